"""What the bot asks of what was found, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from judgements.types import Kind, NotRead, Report, Status
from storage.store import Store
from storage.types import KnownDocument
from tests.storage.examples import T0, URN, document, intent, listing, report

OTHER = "80418"
UNREAD = NotRead(status=Status.UNREADABLE, why="encrypted")


def stored(file_id: str, published: date, reading: Report | NotRead | None = None, **other: Any) -> KnownDocument:
    return document(listing(file_id, other.pop("urn", URN), published), reading=reading, **other)


OLD = stored("1", date(2023, 5, 11), report(date(2023, 3, 6)))
NEW = stored("2", date(2026, 8, 20), report(date(2026, 7, 6)))


def latest(store: Store, *documents: KnownDocument) -> list[str]:
    store.apply(intent(documents=documents))
    return [one.listing.file_id for one in store.latest_inspections([URN])[URN].documents]


def test_only_the_newest_inspection_of_each_is_told(store: Store) -> None:
    elsewhere = stored("3", date(2025, 1, 7), report(date(2024, 11, 4)), urn=OTHER)
    store.apply(intent(documents=(NEW, OLD), baseline=True))
    store.apply(intent(OTHER, documents=(elsewhere,)))
    found = store.latest_inspections(one for one in (URN, OTHER, "never seen"))
    assert {urn: [one.listing.file_id for one in known.documents] for urn, known in found.items()} == {
        URN: ["2"],
        OTHER: ["3"],
    }
    assert found[URN].baseline_at == T0
    assert found[URN].documents[0].reading == NEW.reading


def test_the_newest_is_the_one_inspected_last_whatever_was_published_last(store: Store) -> None:
    late = stored("9", date(2026, 8, 30), report(date(2022, 3, 6)))
    assert latest(store, OLD, NEW, late) == ["2"]


def test_letters_and_outcomes_do_not_hide_an_inspection(store: Store) -> None:
    letter = stored("5", date(2026, 8, 21), replace(report(date(2026, 8, 1)), kind=Kind.JTAI_LETTER, overall=None))
    assert latest(store, OLD, letter) == ["1"]


def test_what_was_withdrawn_or_is_a_second_number_does_not_count(store: Store) -> None:
    again = replace(NEW, listing=listing("4"), same_as="1")
    assert latest(store, OLD, replace(NEW, withdrawn_at=T0), again) == ["1"]


def test_an_inspection_without_grades_comes_with_the_ones_before_it(store: Store) -> None:
    silent = replace(NEW, reading=replace(report(date(2026, 7, 6)), overall=None, problems=("two tables",)))
    assert sorted(latest(store, OLD, silent)) == ["1", "2"]


def test_what_was_not_read_is_told_too(store: Store) -> None:
    awaited = stored("7", date(2026, 8, 22))
    assert sorted(latest(store, NEW, stored("6", date(2026, 8, 21), UNREAD), awaited)) == ["2", "6", "7"]


def test_what_was_published_between_two_days_is_told_newest_first(store: Store) -> None:
    store.apply(intent(documents=(OLD, NEW)))
    store.apply(intent(OTHER, documents=(stored("3", date(2026, 8, 20), UNREAD, urn=OTHER),)))

    def between(first: date, last: date) -> list[str]:
        return [one.listing.file_id for one in store.published_between(first, last)]

    assert between(date(2023, 5, 11), date(2026, 8, 20)) == ["3", "2", "1"]
    assert between(date(2023, 5, 12), date(2026, 8, 19)) == []


def test_documents_are_told_by_authority_oldest_first(store: Store) -> None:
    store.apply(intent(documents=(NEW, OLD)))
    found = store.documents_of((URN, OTHER))
    assert [one.listing.file_id for one in found[URN]] == ["1", "2"]
    assert found[OTHER] == ()
