"""Moments that a clock which was ahead has written, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from storage.ahead import SKEW
from storage.store import Store
from storage.types import Holding, KnownAuthority, KnownDocument, SourceState, Standing, TroubleKind
from tests.storage.examples import LEASE, T0, URN, document, intent, listing

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


def test_what_lies_ahead_rightly_stays(store: Store) -> None:
    soon = replace(written(T0 + SKEW), next_try_at=T0 + timedelta(days=1), check_at=T0 + timedelta(days=75))
    state = SourceState(key="search", last_ok_at=T0 + SKEW, next_look_at=T0 + timedelta(days=8))
    store.apply(intent(now=T0 + SKEW, documents=(soon,)))
    store.release_source(state)
    known, state_now = known_after_a_poll(store)
    assert (known.documents, known.walked_at, state_now) == ((soon,), T0 + SKEW, state)
