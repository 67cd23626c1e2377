"""A Slack for the tests of the bot."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bot.slack.http_mode import PATH
from inspection_watch.demo.slack import LocalSlack, LocalSlackError, running
from inspection_watch.listen import Doors, serve
from tests.slack import BINARY, People, Proxy, proxy


@pytest.fixture(scope="session")
def listened_to_slack() -> Iterator[LocalSlack]:
    """A real Slack stand-in for the whole run, to which the app keeps a line (Socket Mode)."""
    with started() as slack:
        yield slack


@pytest.fixture(scope="session")
def doors() -> Doors:
    """What is answered to the Slack that posts; a bot that is started adds its own door."""
    return Doors()


@pytest.fixture(scope="session")
def posting_slack(doors: Doors) -> Iterator[LocalSlack]:
    """The same, but it posts signed requests to the app."""
    with serve(("127.0.0.1", 0), doors) as port, started(f"http://127.0.0.1:{port}{PATH}") as slack:
        yield slack


@contextmanager
def started(posts_to: str = "") -> Iterator[LocalSlack]:
    context = running(BINARY, posts_to)
    try:
        slack = context.__enter__()
    except LocalSlackError as error:
        pytest.fail(f"{error} These tests need it: “make test” installs it.", pytrace=False)
    yield slack
    context.__exit__(None, None, None)


@pytest.fixture
def local_slack(listened_to_slack: LocalSlack) -> LocalSlack:
    return listened_to_slack


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
