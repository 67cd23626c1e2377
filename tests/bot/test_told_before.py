"""Backed up, told, put back, noticed again: nothing stands in a channel twice, in whatever form it was told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from slack_sdk import WebClient

from bot.alerting.fanout import fan_out_digests, fan_out_waiting
from bot.sending.deliver import SPACING, Step, deliver_due
from inspection_watch.demo.slack import CHANNEL, TEAM
from judgements.types import Change
from storage.backup import backup, restore
from storage.store import Store
from tests.bot.examples import CHANGES, HISTORY, intent
from tests.bot.test_deliver import Clock, client, clock, sender  # noqa: F401
from tests.bot.test_fanout import CORRECTED, IMPROVED, KENT, LEEDS, of, wish
from tests.slack import Fault, People, Proxy

pytestmark = pytest.mark.e2e

NOT_READ = CHANGES["not_read"]
Copy = Callable[[], Callable[[], None]]


@pytest.fixture
def copy(sqlite_url: str, sqlite_store: Store, clock: Clock, tmp_path: Path) -> Copy:  # noqa: F811
    """Makes a copy of the database; what it gives puts the copy back, a day later."""

    def make() -> Callable[[], None]:
        made = backup(sqlite_url, tmp_path / "copy")

        def put_back() -> None:
            clock.now += timedelta(days=1)
            restore(sqlite_url, made, clock.now)
            sqlite_store.put_back(clock.now)

        return put_back

    return make


@pytest.fixture
def told(sqlite_store: Store, client: WebClient, clock: Clock, people: People) -> Callable[..., list[Step]]:  # noqa: F811
    """Lets changes be noticed together, and all that is owed for them be sent; what each attempt came to."""

    def tell(*changes: Change) -> list[Step]:
        for one in changes:
            sqlite_store.apply(replace(intent(changes=(one,)), urn=one.urn, now=clock.now))
        while fan_out_waiting(sqlite_store, "test", clock.now) + fan_out_digests(sqlite_store, "test", clock.now):
            pass
        steps: list[Step] = []
        while done := deliver_due(sender(sqlite_store, client, clock)):
            steps += done
            clock.now += SPACING
        return steps

    return tell


def wished(store: Store, **other: object) -> None:
    store.apply(replace(intent(*HISTORY), now=datetime.fromisoformat("2026-08-20T08:00:00+00:00")))
    store.put_subscriptions([replace(wish(CHANNEL, "england"), team=TEAM, **other)])  # type: ignore[arg-type]


@pytest.fixture(params=[{}, {"threads": False}, {"compact": True}], ids=["in full", "without threads", "in a line"])
def _wished(request: pytest.FixtureRequest, sqlite_store: Store) -> None:
    wished(sqlite_store, **request.param)


Tell = Callable[..., list[Step]]


@pytest.mark.usefixtures("_wished")
class TestNothingIsToldTwice:
    def test_of_what_was_told_alone(self, copy: Copy, told: Tell, people: People) -> None:
        put_back = copy()
        told(IMPROVED)
        before = people.messages()
        put_back()
        assert set(told(IMPROVED)) == {Step.FOUND}
        assert people.messages() == before

    def test_of_what_was_told_on_several_mornings_and_is_noticed_in_one(
        self, copy: Copy, told: Tell, people: People
    ) -> None:
        put_back = copy()
        told(IMPROVED)
        told(of(KENT))
        before = people.messages()
        put_back()
        assert set(told(IMPROVED, of(KENT))) == {Step.FOUND}
        assert people.messages() == before

    def test_of_what_was_told_in_one_card(self, copy: Copy, told: Tell, people: People) -> None:
        put_back = copy()
        told(IMPROVED, of(KENT), of(LEEDS, NOT_READ))
        before = people.messages()
        put_back()
        assert set(told(IMPROVED, of(KENT), of(LEEDS, NOT_READ))) == {Step.FOUND}
        assert people.messages() == before

    def test_and_what_was_never_told_is_told(self, copy: Copy, told: Tell, people: People) -> None:
        put_back = copy()
        told(IMPROVED, of(KENT))
        before = people.messages()
        put_back()
        assert Step.SENT in told(IMPROVED, of(KENT), of(LEEDS))
        after = people.messages()
        assert after[: len(before)] == before
        assert all("Leeds" in str(one) for one in after[len(before) :])
        assert len(after) > len(before)


def test_a_detail_that_was_not_told_any_more_is_told_below_its_headline(
    sqlite_store: Store, copy: Copy, told: Tell, people: People, between: Proxy
) -> None:
    wished(sqlite_store)
    put_back = copy()
    between.decide = lambda *_: Fault(status=200, error="is_archived") if len(people.messages()) else None
    told(IMPROVED)
    between.decide = lambda *_: None
    assert len(people.messages()) == 1
    put_back()
    assert told(IMPROVED) == [Step.FOUND, Step.SENT]
    headline, detail = people.messages()
    assert detail["thread_ts"] == headline["ts"]


def test_a_digest_that_was_sent_is_not_sent_again(
    sqlite_store: Store,
    copy: Copy,
    told: Tell,
    people: People,
    clock: Clock,  # noqa: F811
) -> None:
    wished(sqlite_store, how="daily 09:00")
    told(IMPROVED, of(KENT))
    put_back = copy()
    clock.now += timedelta(days=1)
    assert told() == [Step.SENT]
    put_back()
    assert told() == [Step.FOUND]
    assert len(people.messages()) == 1


def test_a_correction_that_waits_with_what_was_told_is_written_over_it(
    sqlite_store: Store,
    copy: Copy,
    told: Tell,
    people: People,
    clock: Clock,  # noqa: F811
) -> None:
    wished(sqlite_store)
    put_back = copy()
    told(IMPROVED)
    put_back()
    sqlite_store.apply(replace(intent(changes=(IMPROVED,)), now=clock.now))
    clock.now += timedelta(minutes=1)
    assert told(CORRECTED) == [Step.FOUND, Step.FOUND, Step.SENT, Step.SENT, Step.SENT]
    headline, detail, note = people.messages()
    assert "declined overall" in headline["text"]
    assert {detail["thread_ts"], note["thread_ts"]} == {headline["ts"]}


def test_a_correction_leaves_a_card_of_several_as_it_is_and_says_below_it_what_is_different(
    sqlite_store: Store, copy: Copy, told: Tell, people: People
) -> None:
    wished(sqlite_store)
    put_back = copy()
    told(IMPROVED, of(KENT))
    card = people.messages()[0]
    put_back()
    told(IMPROVED, of(KENT))
    before = people.messages()
    assert told(CORRECTED) == [Step.FOUND, Step.FOUND, Step.SENT]
    *after, note = people.messages()
    assert after == before
    assert note["thread_ts"] == card["ts"]
