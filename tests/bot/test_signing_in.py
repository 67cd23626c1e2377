"""What is said where Slack does not let us in."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from bot.app import Desk, build
from bot.slack.client import SCOPES, SlackSettingsError, SlackUnreachableError, check_app_token, sign_in, web_client
from bot.slack.socket_mode import connect
from inspection_watch.demo.slack import BOT_USER, TEAM, LocalSlack
from storage.store import Store
from tests.slack import Fault, Proxy, proxy

pytestmark = pytest.mark.e2e

SECRET = "xoxb-secret-000-token"


def now() -> datetime:
    return datetime.now(UTC)


def test_the_bots_token_says_who_we_are(local_slack: LocalSlack) -> None:
    identity = sign_in(web_client(local_slack.bot_token, local_slack.api_url))
    assert (identity.team, identity.user) == (TEAM, BOT_USER)


@pytest.mark.parametrize(
    ("told", "lacks"),
    [
        (None, ()),
        (",".join(SCOPES), ()),
        (", ".join(sorted(SCOPES - {"links:read", "im:write"})), ("im:write", "links:read")),
    ],
)
def test_slack_says_which_scopes_a_token_lacks(
    local_slack: LocalSlack, monkeypatch: pytest.MonkeyPatch, told: str | None, lacks: tuple[str, ...]
) -> None:
    client = web_client(local_slack.bot_token, local_slack.api_url)
    answered = client.auth_test()
    answered.headers = {} if told is None else {"X-OAuth-Scopes": told}
    monkeypatch.setattr(client, "auth_test", lambda: answered)
    assert sign_in(client).lacks == lacks


@pytest.fixture
def refusing(between: Proxy) -> Proxy:
    between.faults.append(Fault(status=200, error="invalid_auth"))
    return between


def _sign_in(url: str, _: Store) -> object:
    return sign_in(web_client(SECRET, url))


def _connect(url: str, store: Store) -> object:
    return connect(build(Desk(store=store, client=web_client("xoxb-local-bot", url), clock=now)), SECRET, url)


def _check(url: str, _: Store) -> object:
    return check_app_token(web_client("xoxb-local-bot", url), SECRET)


WAYS_IN = pytest.mark.parametrize(
    ("way_in", "setting"),
    [(_sign_in, "SLACK_BOT_TOKEN"), (_connect, "SLACK_APP_TOKEN"), (_check, "SLACK_APP_TOKEN")],
)


@WAYS_IN
def test_a_refused_token_is_one_sentence_that_names_the_setting_and_not_the_token(
    way_in: Callable[[str, Store], object],
    setting: str,
    refusing: Proxy,
    sqlite_store: Store,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.INFO), pytest.raises(SlackSettingsError) as told:
        way_in(refusing.api_url, sqlite_store)
    assert str(told.value).startswith(f"{setting}: Slack refuses this token (invalid_auth).")
    assert SECRET not in f"{told.value} {caplog.text}"
    assert told.value.__cause__ is None


@WAYS_IN
def test_a_slack_that_cannot_be_reached_is_one_sentence(
    way_in: Callable[[str, Store], object], setting: str, local_slack: LocalSlack, sqlite_store: Store
) -> None:
    with proxy(local_slack) as gone:
        pass
    with pytest.raises(SlackUnreachableError, match=r"^Slack cannot be reached .*SLACK_API_URL"):
        way_in(gone.api_url, sqlite_store)
