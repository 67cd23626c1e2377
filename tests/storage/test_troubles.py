"""What operators are told, once, and once more when it is over; on both databases."""

from __future__ import annotations

from datetime import timedelta

from storage.store import Store
from storage.troubles import SETTLED
from storage.types import KnownTrouble, TroubleKind
from tests.storage.examples import MINUTE, SECOND, T0

KIND = TroubleKind.PAGE_SUSPECT
KEY = "page:80573"


def told(store: Store, at: timedelta) -> list[tuple[str, bool]]:
    """Tell operators what they have to know then: of what, and whether it was that it is over."""
    untold = store.untold_troubles(T0 + at)
    for one in untold:
        store.record_trouble_told(one, T0 + at)
    return [(one.key, one.over_at is not None) for one in untold]


def test_a_trouble_is_told_once_however_often_it_is_seen(store: Store) -> None:
    store.raise_trouble(KEY, KIND, "Its page lists nothing.", T0, copy="ab")
    assert told(store, MINUTE) == [(KEY, False)]
    store.raise_trouble(KEY, KIND, "Its page lists less.", T0 + 2 * MINUTE, copy="cd")
    assert told(store, 3 * MINUTE) == []
    assert store.open_troubles() == (
        KnownTrouble(
            key=KEY, kind=KIND, sentence="Its page lists less.", since=T0, last_at=T0 + 2 * MINUTE, times=2,
            copy="ab", told_at=T0 + MINUTE,
        ),
    )  # fmt: skip
    assert store.coverage().troubles == store.open_troubles()


def test_that_it_is_over_is_told_once_it_has_lasted(store: Store) -> None:
    store.raise_trouble(KEY, KIND, "Its page lists nothing.", T0)
    told(store, MINUTE)
    store.end_trouble(KEY, T0 + 2 * MINUTE)
    store.end_trouble(KEY, T0 + 9 * MINUTE)
    assert store.open_troubles() == ()
    assert told(store, 2 * MINUTE + SETTLED - SECOND) == []
    assert told(store, 2 * MINUTE + SETTLED) == [(KEY, True)]
    assert told(store, 3 * SETTLED) == []


def test_what_comes_and_goes_is_one_trouble(store: Store) -> None:
    store.raise_trouble(KEY, KIND, "Its page lists nothing.", T0)
    told(store, MINUTE)
    for turn in range(1, 5):
        store.end_trouble(KEY, T0 + (10 * turn) * MINUTE)
        store.raise_trouble(KEY, KIND, "Its page lists nothing.", T0 + (10 * turn + 5) * MINUTE)
        assert told(store, (10 * turn + 6) * MINUTE) == []
    assert told(store, 5 * SETTLED) == []


def test_after_an_end_that_was_told_it_is_another_trouble(store: Store) -> None:
    store.raise_trouble(KEY, KIND, "Its page lists nothing.", T0, copy="ab")
    told(store, MINUTE)
    store.end_trouble(KEY, T0 + 2 * MINUTE)
    told(store, 2 * SETTLED)
    store.raise_trouble(KEY, KIND, "Its page lists nothing.", T0 + 3 * SETTLED, copy="cd")
    assert told(store, 3 * SETTLED) == [(KEY, False)]
    (again,) = store.open_troubles()
    assert (again.since, again.times, again.copy) == (T0 + 3 * SETTLED, 1, "cd")


def test_what_was_over_before_anybody_was_told_is_not_told(store: Store) -> None:
    store.raise_trouble(KEY, KIND, "Its page lists nothing.", T0)
    store.end_trouble(KEY, T0 + MINUTE)
    assert told(store, 9 * SETTLED) == []
    store.raise_trouble(KEY, KIND, "Its page lists nothing.", T0 + 10 * SETTLED)
    assert told(store, 10 * SETTLED) == [(KEY, False)]


def test_an_end_told_while_it_begins_again_is_not_taken_for_told(store: Store) -> None:
    store.raise_trouble(KEY, KIND, "Its page lists nothing.", T0)
    told(store, MINUTE)
    store.end_trouble(KEY, T0 + 2 * MINUTE)
    (over,) = store.untold_troubles(T0 + 2 * SETTLED)
    store.raise_trouble(KEY, KIND, "Its page lists nothing.", T0 + 2 * SETTLED)
    store.record_trouble_told(over, T0 + 2 * SETTLED + SECOND)
    store.end_trouble(KEY, T0 + 3 * SETTLED)
    assert told(store, 4 * SETTLED) == [(KEY, True)]


def test_what_is_well_is_not_ended(store: Store) -> None:
    store.end_trouble(KEY, T0)
    assert store.untold_troubles(T0 + SETTLED) == ()
