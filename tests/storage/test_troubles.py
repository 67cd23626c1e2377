"""What operators are told, once, and once more when it is over; on both databases."""

from __future__ import annotations

from datetime import timedelta

from storage.store import Store
from storage.troubles import ENOUGH, SETTLED
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


def test_what_it_grows_to_is_told_too_but_not_piece_by_piece_and_nothing_twice(store: Store) -> None:
    def unread(at: timedelta, *documents: str) -> None:
        store.raise_trouble(KEY, TroubleKind.UNREAD, f"{len(documents)} are not read.", T0 + at, about=documents)

    unread(0 * MINUTE, "a")
    assert told(store, MINUTE) == [(KEY, False)]
    unread(2 * MINUTE, "a", "b")
    unread(9 * MINUTE, "a", "b", "c")
    assert told(store, 9 * MINUTE) == [], "it has just been told"
    (again,) = store.untold_troubles(T0 + MINUTE + SETTLED)
    assert (again.sentence, again.about, again.told_of) == ("3 are not read.", ("a", "b", "c"), ("a",))
    assert told(store, MINUTE + SETTLED) == [(KEY, False)]
    unread(3 * SETTLED, "c")
    unread(4 * SETTLED, "a", "b", "c")
    assert told(store, 5 * SETTLED) == [], "all of that has been told"
    unread(6 * SETTLED, "a", "d")
    assert told(store, 6 * SETTLED) == [(KEY, False)]
    store.end_trouble(KEY, T0 + 7 * SETTLED)
    assert told(store, 8 * SETTLED) == [(KEY, True)]
    unread(9 * SETTLED, "a")
    assert told(store, 9 * SETTLED) == [(KEY, False)], "another trouble"
    assert [one.told_of for one in store.open_troubles()] == [("a",)]


def test_what_is_known_to_be_on_many_pages_is_not_told_of_yet_another_page(store: Store) -> None:
    found: list[str] = []
    for hour in range(9):
        found.append(f"8057{hour}")
        store.raise_trouble(KEY, KIND, "It has no timeline.", T0 + hour * SETTLED, about=found)
        told(store, hour * SETTLED)
    (trouble,) = store.open_troubles()
    assert len(trouble.told_of) == ENOUGH[KIND] < len(trouble.about)


def test_a_trouble_that_is_about_nothing_any_more_is_over(store: Store) -> None:
    store.raise_trouble(KEY, KIND, "It has no timeline.", T0, about=["1", "2"])
    store.raise_trouble("another", KIND, "It has lost documents.", T0, about=["2"])
    store.raise_trouble("unread", TroubleKind.UNREAD, "It is not read.", T0, about=["2"])
    store.end_troubles_about("1", KIND, T0 + MINUTE)
    store.end_troubles_about("2", KIND, T0 + MINUTE, but=["another"])
    assert {one.key: one.about for one in store.open_troubles()} == {"another": ("2",), "unread": ("2",)}


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
