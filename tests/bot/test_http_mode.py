"""Nothing is answered over HTTP that does not bear Slack's signature of the last five minutes."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping

import pytest

from bot.app import Desk, SlackApp, build
from bot.slack import http_mode
from bot.slack.client import web_client
from storage.store import Store
from tests.bot.examples import T0
from tests.slack import signed as signed_by

SECRET = "0123456789abcdef0123456789abcdef"
BODY = '{"type": "url_verification", "challenge": "are you there?"}'


@pytest.fixture
def app(sqlite_store: Store) -> SlackApp:
    client = web_client("xoxb-none", "http://127.0.0.1:1/api/")
    return build(Desk(store=sqlite_store, client=client, clock=lambda: T0), signing_secret=SECRET)


def signed(body: str = BODY, secret: str = SECRET, age: float = 0) -> dict[str, str]:
    """The headers of a request that Slack signed so many seconds ago."""
    return signed_by(body, secret, time.time() - age)


def test_what_slack_signed_is_acknowledged(app: SlackApp) -> None:
    answer = http_mode.answer(app, signed(), BODY.encode())
    assert (answer.status, json.loads(answer.body)) == (200, {"challenge": "are you there?"})


@pytest.mark.parametrize(
    "headers",
    [
        lambda: signed(secret="another-secret-of-some-other-app"),
        lambda: signed(age=301),
        lambda: signed(age=-330),
        lambda: signed(body=BODY + " "),
        lambda: {**signed(), "X-Slack-Signature": "v0="},
        lambda: {"Content-Type": "application/json"},
    ],
    ids=["another secret", "older than five minutes", "from the future", "altered", "empty", "none"],
)
def test_anything_else_is_refused(app: SlackApp, headers: Callable[[], Mapping[str, str]]) -> None:
    assert http_mode.answer(app, headers(), BODY.encode()).status == 401


@pytest.mark.parametrize(
    ("timestamp", "body"),
    [("yesterday", BODY.encode()), ("", b"\xff\xfe")],
    ids=["a time that is none", "no text"],
)
def test_nonsense_is_refused_and_breaks_nothing(app: SlackApp, timestamp: str, body: bytes) -> None:
    headers = signed() | ({"X-Slack-Request-Timestamp": timestamp} if timestamp else {})
    assert http_mode.answer(app, headers, body).status == 400
