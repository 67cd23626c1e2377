"""A Slack for the tests of the bot."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from inspection_watch.demo.slack import LocalSlack, LocalSlackError, running
from tests.slack import BINARY, People, Proxy, proxy


@pytest.fixture(scope="session")
def local_slack() -> Iterator[LocalSlack]:
    """A real Slack stand-in for the whole run."""
    context = running(BINARY)
    try:
        slack = context.__enter__()
    except LocalSlackError as error:
        pytest.fail(f"{error} These tests need it: “make test” installs it.", pytrace=False)
    yield slack
    context.__exit__(None, None, None)


@pytest.fixture
def people(local_slack: LocalSlack) -> People:
    """People in an empty workspace."""
    people = People(local_slack)
    people.start_afresh()
    return people


@pytest.fixture
def between(local_slack: LocalSlack, people: People) -> Iterator[Proxy]:
    """The way to Slack, with faults on demand."""
    with proxy(local_slack) as made:
        yield made
