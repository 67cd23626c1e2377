"""What the bot asks of what was found, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from judgements.types import Kind, NotRead, Outcome, Report, SendOutcome, Span, Status
from storage.store import Store
from storage.types import KnownAuthority, KnownDocument
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


def test_the_newest_is_the_one_inspected_last_and_what_was_published_since_comes_with_it(store: Store) -> None:
    late = stored("9", date(2026, 8, 30), report(date(2022, 3, 6)))
    early = stored("8", date(2026, 8, 1), report(date(2022, 3, 5)))
    assert latest(store, OLD, NEW, late, early) == ["2", "9"]


def test_letters_and_outcomes_do_not_hide_an_inspection(store: Store) -> None:
    letter = stored("5", date(2026, 8, 21), replace(report(date(2026, 8, 1)), kind=Kind.JTAI_LETTER, overall=None))
    assert latest(store, OLD, letter) == ["1"]


def test_what_was_withdrawn_or_is_a_second_number_does_not_count(store: Store) -> None:
    again = replace(NEW, listing=listing("4"), same_as="1")
    assert latest(store, OLD, replace(NEW, withdrawn_at=T0), again) == ["1"]


def test_the_newest_document_is_one_that_stands_on_a_page_and_not_dated_to_come(store: Store) -> None:
    tomorrow = stored("4", date(2026, 8, 31), report(date(2026, 7, 6)))
    withdrawn = replace(stored("3", date(2026, 8, 29), report(date(2026, 7, 6))), withdrawn_at=T0)
    again = replace(stored("5", date(2026, 8, 28), report(date(2026, 7, 6))), same_as="2")
    store.apply(intent(documents=(OLD, NEW, withdrawn, again, tomorrow)))
    newest = store.coverage(date(2026, 8, 30)).newest
    assert newest is not None
    assert newest.file_id == "2"


def test_an_inspection_without_grades_comes_with_the_ones_before_it(store: Store) -> None:
    silent = replace(NEW, reading=replace(report(date(2026, 7, 6)), overall=None, problems=("two tables",)))
    assert sorted(latest(store, OLD, silent)) == ["1", "2"]


def test_what_was_not_read_is_told_too(store: Store) -> None:
    awaited = stored("7", date(2026, 8, 22))
    assert sorted(latest(store, NEW, stored("6", date(2026, 8, 21), UNREAD), awaited)) == ["2", "6", "7"]


def test_without_an_inspection_something_says_that_there_are_documents(store: Store) -> None:
    letter = stored("5", date(2026, 8, 21), replace(report(), kind=Kind.JTAI_LETTER, overall=None))
    assert latest(store, letter) == ["5"]


def test_of_all_authorities_each_is_told_as_it_is_by_itself(store: Store) -> None:
    store.apply(intent(documents=(NEW, OLD)))
    store.apply(intent(OTHER, documents=(stored("3", date(2025, 1, 7), report(date(2024, 11, 4)), urn=OTHER),)))
    assert store.latest_inspections() == store.latest_inspections([URN, OTHER])


def letter(file_id: str, inspected: date) -> KnownDocument:
    reading = replace(report(inspected), kind=Kind.ILACS_FOCUSED_VISIT, overall=None)
    return stored(file_id, inspected + timedelta(days=40), reading)


def send(file_id: str, inspected: date, outcome: Outcome | None = Outcome.POSITIVE) -> KnownDocument:
    told = SendOutcome(outcome=outcome, span=Span(page=1, quote="lead to")) if outcome else None
    reading = replace(report(inspected), kind=Kind.AREA_SEND_INSPECTION, overall=None, outcome=told)
    return stored(file_id, inspected + timedelta(days=40), reading)


def standing(store: Store, *documents: KnownDocument) -> list[str]:
    store.apply(intent(documents=documents))
    return sorted(one.listing.file_id for one in store.standing(URN).documents)


YEARS = tuple(stored(f"1{year}", date(year, 9, 1), report(date(year, 5, 1))) for year in range(2006, 2026))


def test_of_a_long_history_only_what_a_card_tells_is_read(store: Store) -> None:
    letters = [letter(f"3{year}", date(year, 8, 1)) for year in range(2006, 2026)]
    outcomes = [send(f"4{year}", date(year, 7, 1)) for year in range(2006, 2026)]
    late = stored("6", date(2026, 1, 1), replace(report(date(2007, 1, 1)), overall=None, problems=("two tables",)))
    told = standing(store, *YEARS, *letters, *outcomes, stored("5", date(2010, 1, 1), UNREAD), late)
    assert told == ["12022", "12023", "12024", "12025", "32025", "42025", "5", "6"]


def test_where_the_newest_says_too_little_the_whole_page_is_read(store: Store) -> None:
    silent = stored("2", date(2026, 8, 20), replace(report(), overall=None, problems=("two tables",)))
    assert len(standing(store, *YEARS, silent)) == len(YEARS) + 1


def test_one_inspection_published_again_and_again_does_not_hide_the_one_before(store: Store) -> None:
    again = [stored(f"2{n}", date(2026, 8, n), report(date(2026, 7, 6))) for n in range(1, 6)]
    assert standing(store, OLD, *again) == ["1", "21", "22", "23", "24", "25"]


def test_an_outcome_that_was_not_read_brings_the_one_before(store: Store) -> None:
    assert standing(store, send("4", date(2023, 7, 1)), send("5", date(2024, 7, 1), None)) == ["4", "5"]


def test_one_never_seen_stands_nowhere_and_one_without_documents_was_seen(store: Store) -> None:
    store.apply(intent(OTHER, baseline=True))
    assert store.standing(URN) == KnownAuthority(urn=URN)
    assert store.standing(OTHER).baseline_at == T0


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
