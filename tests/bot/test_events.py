"""What happens in Slack without a command: posted here as Slack posts it, because local-slack does not tell of it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from bot.app import Desk, build
from bot.slack import http_mode
from bot.slack.client import web_client
from inspection_watch.demo.slack import ALICE, CHANNEL, TEAM, LocalSlack
from storage.store import Store
from tests.bot.examples import CHANGES, HISTORY, T0, intent
from tests.slack import Json, People, signed, soon

pytestmark = pytest.mark.e2e

SECRET = "0123456789abcdef0123456789abcdef"
PAGE = "https://reports.ofsted.gov.uk/provider/44/80578"
FILE = f"https://files.ofsted.gov.uk/v1/file/{HISTORY[-1].listing.file_id}"

Happen = Callable[..., None]


@pytest.fixture
def happen(sqlite_store: Store, local_slack: LocalSlack, people: People) -> Happen:
    """Lets an event happen: its type, and what else Slack says of it."""
    client = web_client(local_slack.bot_token, local_slack.api_url)
    app = build(Desk(store=sqlite_store, client=client, clock=lambda: T0), signing_secret=SECRET)

    def happen(type: str, **said: Any) -> None:
        event = {"type": type, "event_ts": "1.0", **said}
        body = json.dumps({"type": "event_callback", "team_id": TEAM, "event_id": "Ev1", "event": event})
        assert http_mode.answer(app, signed(body, SECRET, time.time()), body.encode()).status == 200

    return happen


def write(happen: Happen, *urls: str, channel: str = CHANNEL) -> None:
    links = [{"domain": "ofsted.gov.uk", "url": url} for url in urls]
    happen("link_shared", user=ALICE, channel=channel, message_ts="1.0", links=links)


def unfolded(people: People, number: int = 1) -> list[Json]:
    soon(lambda: len(people.calls("chat.unfurl")) >= number, f"{number} addresses to be unfolded")
    return people.calls("chat.unfurl")


@pytest.fixture
def _known(sqlite_store: Store) -> None:
    sqlite_store.apply(replace(intent(*HISTORY, changes=(CHANGES["improved"],)), now=T0))


@pytest.mark.usefixtures("_known")
class TestAddresses:
    @pytest.mark.parametrize("url", [PAGE, FILE], ids=["an authority", "a document"])
    def test_an_address_is_unfolded_where_it_was_written(self, happen: Happen, people: People, url: str) -> None:
        write(happen, url)
        (call,) = unfolded(people)
        assert (call["channel"], call["ts"]) == (CHANNEL, "1.0")
        assert "West Sussex" in json.dumps(call["unfurls"])
        assert url in call["unfurls"]

    def test_it_is_not_unfolded_again_within_half_an_hour_but_in_another_channel_it_is(
        self, happen: Happen, people: People
    ) -> None:
        write(happen, PAGE)
        unfolded(people)
        write(happen, PAGE)
        write(happen, PAGE, channel="C09OTHER")
        assert [call["channel"] for call in unfolded(people, 2)] == [CHANNEL, "C09OTHER"]

    def test_a_list_of_addresses_and_strange_ones_are_left_alone(self, happen: Happen, people: People) -> None:
        write(happen, PAGE, FILE, f"{PAGE}?again")
        write(happen, "https://elsewhere.example/provider/44/80578")
        write(happen, "https://reports.ofsted.gov.uk/provider/44/1")
        write(happen, PAGE)
        assert len(unfolded(people)) == 1
