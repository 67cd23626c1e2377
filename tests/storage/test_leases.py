"""Work that only one process may do at a time, on both databases."""

from __future__ import annotations

from dataclasses import replace

import pytest

from storage.leases import AHEAD
from storage.store import LostLeaseError, Store
from storage.types import Holding, SourceState
from tests.storage.examples import LEASE, MINUTE, SECOND, T0, URN, change, document, intent, listing

OURS = Holding(name="source:site", owner="us")
THEIRS = replace(OURS, owner="them")


def test_a_lease_is_had_by_one_owner_until_it_ends(store: Store) -> None:
    assert store.claim_lease(OURS, T0, LEASE)
    assert not store.claim_lease(THEIRS, T0 + LEASE - SECOND, LEASE)
    assert store.claim_lease(OURS, T0 + MINUTE, LEASE), "it is ours already"
    assert store.leased_until("source:site") == T0 + MINUTE + LEASE
    assert store.claim_lease(THEIRS, T0 + MINUTE + LEASE, LEASE)
    assert store.claim_lease(replace(OURS, name="fan-out"), T0, LEASE), "other work is not held up"


def test_a_lease_that_was_taken_by_a_clock_that_was_ahead_is_free(store: Store) -> None:
    assert store.claim_lease(OURS, T0 + AHEAD, LEASE)
    assert not store.claim_lease(THEIRS, T0, LEASE)
    assert store.claim_lease(OURS, T0 + AHEAD + SECOND, LEASE)
    assert store.claim_lease(THEIRS, T0, LEASE)
    assert not store.extend_lease(OURS, T0 + AHEAD, LEASE), "it is lost to whoever was ahead"


def test_a_lease_is_extended_as_long_as_nobody_else_has_it(store: Store) -> None:
    store.claim_lease(OURS, T0, LEASE)
    assert store.extend_lease(OURS, T0 + 2 * LEASE, LEASE), "late, but nobody came"
    assert store.claim_lease(THEIRS, T0 + 3 * LEASE, LEASE)
    assert not store.extend_lease(OURS, T0 + 3 * LEASE, LEASE)


def test_a_lease_that_is_given_up_is_free_and_nobody_gives_up_anothers(store: Store) -> None:
    store.claim_lease(OURS, T0, LEASE)
    store.end_lease(THEIRS)
    assert not store.claim_lease(THEIRS, T0, LEASE)
    store.end_lease(OURS)
    assert store.leased_until(OURS.name) is None
    assert store.claim_lease(THEIRS, T0, LEASE)


def test_whoever_wakes_after_losing_his_lease_writes_nothing(store: Store) -> None:
    found = document(listing("1"), sha256="ab", parser="yesterday")
    store.claim_source("site", OURS, T0, LEASE)
    store.apply(intent(documents=(found,)), OURS)
    assert store.claim_source("site", THEIRS, T0 + LEASE, LEASE) is not None
    with pytest.raises(LostLeaseError, match="taken over source:site"):
        store.apply(intent(documents=(document(listing("2")),), changes=(change(),)), OURS)
    with pytest.raises(LostLeaseError):
        store.record_reading(replace(found, parser="today"), OURS)
    with pytest.raises(LostLeaseError):
        store.record_list("site", ["1"], T0, OURS)
    with pytest.raises(LostLeaseError):
        store.release_source(SourceState(key="site", failures=9), OURS)
    assert store.known(URN).documents == (found,)
    assert store.source("site") == SourceState(key="site")
    assert store.waiting_changes(1, T0) == ()
    store.release_source(SourceState(key="site"), THEIRS)
    with pytest.raises(LostLeaseError):
        store.apply(intent(changes=(change(),)), OURS)  # also once the other one is ready


def test_whoever_is_late_and_was_missed_by_nobody_writes(store: Store) -> None:
    store.claim_source("site", OURS, T0, LEASE)
    store.apply(intent(now=T0 + 2 * LEASE, documents=(document(listing("1")),)), OURS)
    assert len(store.known(URN).documents) == 1
