"""Nothing is answered over HTTP that does not bear Slack's signature of the last five minutes."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from urllib.parse import urlencode

import pytest

from bot.app import Desk, SlackApp, build
from bot.slack import http_mode
from bot.slack.client import web_client
from inspection_watch.listen import Doors, Reply, as_text, serve
from storage.store import Store
from tests.bot.examples import T0
from tests.slack import signed as signed_by

SECRET = "0123456789abcdef0123456789abcdef"
BODY = '{"type": "url_verification", "challenge": "are you there?"}'


@pytest.fixture
def app(sqlite_store: Store) -> SlackApp:
    client = web_client("xoxb-none", "http://127.0.0.1:1/api/")
    return build(Desk(store=sqlite_store, client=client, clock=lambda: T0))


def signed(body: str = BODY, secret: str = SECRET, age: float = 0) -> dict[str, str]:
    """The headers of a request that Slack signed so many seconds ago."""
    return signed_by(body, secret, time.time() - age)


def test_what_slack_signed_is_acknowledged(app: SlackApp) -> None:
    answer = http_mode.answer(app, SECRET, signed(), BODY.encode())
    assert (answer.status, json.loads(answer.body)) == (200, {"challenge": "are you there?"})


@pytest.mark.parametrize(
    "headers",
    [
        lambda: signed(secret="another-secret-of-some-other-app"),
        lambda: signed(age=301),
        lambda: signed(age=-330),
        lambda: signed(body=BODY + " "),
        lambda: {**signed(), "X-Slack-Signature": "v0="},
        lambda: {**signed(), "X-Slack-Signature": "v0=\xe9"},
        lambda: {**signed(), "X-Slack-Request-Timestamp": "yesterday"},
        lambda: {**signed(), "X-Slack-Request-Timestamp": "²"},
        lambda: {**signed(), "X-Slack-Request-Timestamp": "9" * 5000},
        lambda: {"Content-Type": "application/json"},
    ],
    ids=[
        "another secret",
        "older than five minutes",
        "from the future",
        "altered",
        "empty",
        "no ASCII",
        "a time that is none",
        "digits of another kind",
        "a time in eternity",
        "none",
    ],
)
def test_anything_else_is_refused(app: SlackApp, headers: Callable[[], Mapping[str, str]]) -> None:
    assert http_mode.answer(app, SECRET, headers(), BODY.encode()).status == 401


DEEP = "[[" * 200_000
"""What no parser of JSON takes to its end."""


@pytest.mark.parametrize("body", [DEEP.encode(), b"\xff\xfe"], ids=["deep", "no text"])
def test_nothing_is_made_of_a_body_that_is_not_slacks(
    app: SlackApp, monkeypatch: pytest.MonkeyPatch, body: bytes
) -> None:
    def touched(*_: object, **__: object) -> None:
        raise AssertionError("it was looked into")

    monkeypatch.setattr(http_mode, "BoltRequest", touched)
    assert http_mode.answer(app, SECRET, signed(), body).status == 401


@pytest.mark.parametrize("body", ["{", DEEP])
def test_nonsense_that_is_signed_is_refused_and_breaks_nothing(app: SlackApp, body: str) -> None:
    assert http_mode.answer(app, SECRET, signed(body), body.encode()).status == 400


def test_who_is_not_slack_cannot_make_us_post_anywhere(app: SlackApp) -> None:
    """An error of ours is told to the address in the request: it has to be Slack's word that it stands there."""
    heard: list[bytes] = []

    def hear(headers: Mapping[str, str], body: bytes) -> Reply:
        heard.append(body)
        return as_text("thanks")

    with serve(("127.0.0.1", 0), Doors(post={"/admin": hear})) as port:
        fields = {"command": "/judgements", "text": "help", "response_url": f"http://127.0.0.1:{port}/admin"}
        body = urlencode({"team_id": "T", "channel_id": "C", "user_id": "U", **fields})
        forged = {**signed(body), "Content-Type": "application/x-www-form-urlencoded", "X-Slack-Signature": "v0=\xe9"}
        assert http_mode.answer(app, SECRET, forged, body.encode()).status == 401
    assert heard == []
