"""The bot in HTTP mode: it says that Slack cannot be asked, and that somebody who is not Slack knocks, now and then."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from bot.slack.http_mode import PATH
from inspection_watch import slack as wired
from inspection_watch.health import Check
from inspection_watch.listen import Doors
from inspection_watch.settings import Settings
from storage.store import Store
from tests.slack import Fault, Proxy, signed

pytestmark = pytest.mark.e2e

SECRET = "0123456789abcdef0123456789abcdef"


class Clock:
    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def doors() -> Doors:
    return Doors()


@pytest.fixture
def check(sqlite_store: Store, between: Proxy, clock: Clock, doors: Doors) -> Iterator[Check]:
    given = {"SLACK_BOT_TOKEN": "xoxb-local-bot", "SLACK_API_URL": between.api_url, "SLACK_SIGNING_SECRET": SECRET}
    with wired.answering(Settings.model_validate(given), sqlite_store, clock, doors) as check:
        yield check


def test_a_slack_that_cannot_be_asked_is_told_within_a_minute_and_asked_no_oftener(
    check: Check, between: Proxy, clock: Clock
) -> None:
    assert check() == ""
    asked: list[str] = []

    def gone(method: str, _who: str) -> Fault:
        asked.append(method)
        return Fault()

    between.decide = gone
    for _ in range(6):
        clock.now += timedelta(seconds=20)
        said = check()
    assert said.startswith("Slack cannot be reached")
    assert asked == ["auth.test"] * 2
    between.decide = lambda *_: None
    clock.now += timedelta(minutes=1)
    assert check() == ""


@pytest.mark.usefixtures("check")
def test_what_is_not_signed_is_a_line_a_minute_however_much_comes(doors: Doors, clock: Clock) -> None:
    with capture_logs() as logged:
        for _ in range(30):
            clock.now += timedelta(seconds=10)
            assert doors.post[PATH]({}, b"x").status == 401
    refused = [line for line in logged if line["event"] == "request refused"]
    assert len(refused) == 5
    assert "SLACK_SIGNING_SECRET" in refused[0]["why"]


@pytest.mark.usefixtures("check")
def test_what_slack_signed_is_no_line(doors: Doors) -> None:
    body = '{"type": "url_verification", "challenge": "x"}'
    with capture_logs() as logged:
        assert doors.post[PATH](signed(body, SECRET, datetime.now(UTC).timestamp()), body.encode()).status == 200
    assert logged == []
