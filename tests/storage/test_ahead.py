"""Moments that a clock which was ahead has written, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from storage.ahead import DAY, SKEW
from storage.store import Store
from storage.types import Holding, KnownAuthority, KnownDocument, Refused, SourceState, Standing, TroubleKind
from tests.storage.examples import (
    LEASE,
    MINUTE,
    T0,
    URN,
    change,
    claimed,
    document,
    intent,
    listing,
    subscription,
    tell,
)

YEAR = timedelta(days=365)
OURS = Holding(name="source:search", owner="us")
FUTURE = T0 + YEAR


def known_after_a_poll(store: Store) -> tuple[KnownAuthority, SourceState | None]:
    state = store.claim_source("search", OURS, T0, LEASE)
    return store.known(URN), state


def written(moment: datetime) -> KnownDocument:
    return document(
        listing("1"), standing=Standing.AWAITED, first_seen_at=moment, next_try_at=moment, check_at=moment,
        missing_since=moment, altered_at=moment,
    )  # fmt: skip


def test_what_was_written_for_next_year_is_due_now(store: Store) -> None:
    store.claim_source("search", OURS, FUTURE, LEASE)
    store.record_list("search", [URN], FUTURE, OURS)
    store.apply(intent(now=FUTURE, baseline=True, documents=(written(FUTURE),)), OURS)
    store.raise_trouble("it", TroubleKind.NOTHING_NEW, "It is wrong.", FUTURE)
    state = SourceState(key="search", last_ok_at=FUTURE, next_check_at=FUTURE, next_look_at=FUTURE)
    store.release_source(state, OURS)
    known, state_now = known_after_a_poll(store)
    assert known.documents == (written(T0),)
    assert (known.baseline_at, known.walked_at) == (T0, T0)
    assert state_now == replace(state, last_ok_at=T0, next_check_at=T0, next_look_at=T0, seen=1, listed_at=T0)
    assert [(one.since, one.last_at) for one in store.open_troubles()] == [(T0, T0)]


def test_a_poll_that_was_killed_while_the_clock_was_ahead_is_noticed_too(store: Store) -> None:
    store.claim_source("search", OURS, FUTURE, LEASE)
    store.record_list("search", [URN], FUTURE, OURS)
    store.apply(intent(now=FUTURE), OURS)
    known, state = known_after_a_poll(store)
    assert state is not None
    assert known.walked_at == T0


def test_a_source_that_rests_until_next_year_is_polled(store: Store) -> None:
    store.release_source(SourceState(key="search", failures=1, trouble="It is down.", next_check_at=FUTURE))
    assert known_after_a_poll(store)[1] is not None


def put_right(store: Store, now: datetime = T0) -> None:
    store.claim_source("search", OURS, now, LEASE)
    store.release_source(SourceState(key="search", next_check_at=now), OURS)


class TestMessages:
    """What was written by the clock of a process that tells and sends; perhaps none that polls was ahead."""

    def test_a_channel_that_was_held_until_next_year_is_sent_to(self, store: Store) -> None:
        tell(store, change())
        key = claimed(store, FUTURE).key
        put_right(store)
        assert claimed(store, T0 + MINUTE).key == key

    def test_one_that_was_to_wait_until_next_year_is_sent_to(self, store: Store) -> None:
        tell(store, change())
        refused = Refused(delivery=claimed(store, FUTURE), next_at=FUTURE, trouble="no")
        store.record([refused], FUTURE)
        put_right(store)
        assert claimed(store, T0 + MINUTE).key == refused.delivery.key

    def test_what_an_attempt_of_next_year_left_is_looked_for_since_it_was_owed(self, store: Store) -> None:
        tell(store, change(), seen_at=T0 - MINUTE)
        broken_off = claimed(store, FUTURE)
        put_right(store)
        again = claimed(store, T0)
        assert (again.key, again.unsure_since, again.unsure_until) == (broken_off.key, T0 - MINUTE, T0)

    def test_or_where_that_was_next_year_too_since_it_was_published(self, store: Store) -> None:
        tell(store, change(of=listing(published=T0.date() - DAY)), seen_at=FUTURE)
        in_doubt = Refused(delivery=claimed(store, FUTURE), next_at=FUTURE, trouble="no", uncertain=True)
        store.record([replace(in_doubt, refused_since=FUTURE)], FUTURE)
        put_right(store)
        again = claimed(store, T0)
        published = datetime.combine(T0.date() - DAY, time(), UTC)
        assert (again.unsure_since, again.unsure_until, again.refused_since) == (published, T0, T0)

    def test_a_change_that_was_put_off_until_next_year_is_told(self, store: Store) -> None:
        store.apply(intent(changes=(change(),)))
        store.put_off("new", FUTURE, "a bug", T0)
        put_right(store)
        assert [one.change.key for one in store.waiting_changes(9, T0)] == ["new"]

    def test_changes_that_were_noticed_next_year_keep_their_order_and_come_before_what_is_noticed_now(
        self, store: Store
    ) -> None:
        store.apply(intent(now=T0 + SKEW, changes=(change("d"),)))
        for number, key in enumerate(("c", "b", "a")):
            store.apply(intent(now=FUTURE + number * MINUTE, changes=(change(key),)))
        store.release_source(SourceState(key="search", last_ok_at=FUTURE))
        put_right(store)
        store.apply(intent(now=T0 + MINUTE, changes=(change("0"),)))
        waiting = store.waiting_changes(9, T0 + MINUTE)
        assert [one.change.key for one in waiting] == ["d", "c", "b", "a", "0"]
        assert all(one.seen_at <= T0 + MINUTE for one in waiting)

    def test_a_digest_that_was_to_come_next_year_even_if_empty_comes(self, store: Store) -> None:
        daily = replace(subscription(), how="daily 09:45", even_if_empty=True, digest_at=FUTURE)
        store.put_subscriptions([daily])
        put_right(store)
        assert [one.even_if_empty for one in store.due_digests(T0)] == [True]


def test_what_lies_ahead_rightly_stays(store: Store) -> None:
    soon = replace(written(T0 + SKEW), next_try_at=T0 + timedelta(days=1), check_at=T0 + timedelta(days=75))
    state = SourceState(key="search", last_ok_at=T0 + SKEW, next_look_at=T0 + timedelta(days=8))
    store.apply(intent(now=T0 + SKEW, documents=(soon,)))
    store.release_source(state)
    known, state_now = known_after_a_poll(store)
    assert (known.documents, known.walked_at, state_now) == ((soon,), T0 + SKEW, state)
