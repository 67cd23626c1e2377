"""The part that delivers, with a person's settings: what a refused token holds up, and what a new one frees."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from inspection_watch import slack as wired
from inspection_watch.demo.slack import CHANNEL, TEAM
from inspection_watch.health import Check
from inspection_watch.settings import Settings
from storage.store import Store
from storage.types import Message, Owed, Part
from tests.slack import Fault, People, Proxy, soon

pytestmark = pytest.mark.e2e

REFUSED = Fault(status=200, error="invalid_auth")


def now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def delivering(store: Store, between: Proxy) -> Iterator[Check]:
    stop = threading.Event()
    settings = Settings(SLACK_BOT_TOKEN="xoxb-local-bot", SLACK_API_URL=between.api_url)
    with wired.delivering(settings, store, stop, now) as check:
        yield check


def owe(store: Store) -> None:
    said = Message(text="West Sussex improved", blocks=())
    store.owe([Owed(key="k", team=TEAM, channel=CHANNEL, part=Part.NOTICE, message=said)], now())


def test_a_workspace_that_refuses_the_token_is_not_ready_and_is_sent_to_as_soon_as_a_new_one_is_taken(
    sqlite_store: Store, between: Proxy, people: People
) -> None:
    between.decide = lambda method, _: REFUSED if method == "chat.postMessage" else None
    owe(sqlite_store)
    with delivering(sqlite_store, between) as check:
        soon(lambda: check() != "", "the refusal to be noticed")
        assert "nothing can be sent in this workspace: Slack does not accept the bot's token" in check()
    between.decide = lambda *_: None
    with delivering(sqlite_store, between) as check:
        (said,) = people.wait_for(1)
        soon(lambda: sqlite_store.coverage().waiting == 0, "the message to be recorded as sent")
        assert (said["text"], check()) == ("West Sussex improved", "")


def test_a_channel_that_is_paused_is_its_own_affair(sqlite_store: Store, between: Proxy, people: People) -> None:
    between.decide = lambda method, _: Fault(status=200, error="is_archived") if method == "chat.postMessage" else None
    owe(sqlite_store)
    with delivering(sqlite_store, between) as check:
        soon(lambda: sqlite_store.paused() != (), "the channel to be paused")
        assert check() == ""
