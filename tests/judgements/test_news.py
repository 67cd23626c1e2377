"""The change that one document makes; `tests/watchers/test_decide.py` says when it is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from judgements.news import key_of, kind_of, news
from judgements.types import ChangeKind, Grade, Inspection, Judgement, Kind, Listing, NotRead, Report, Span, Status

SEEN = date(2026, 5, 18)
UNREAD = NotRead(status=Status.UNREADABLE, why="cut off")


def listing(file_id: str, published: date = SEEN) -> Listing:
    url = f"https://files.example/v1/file/{file_id}"
    return Listing(file_id=file_id, urn="80578", title="Children's services inspection", url=url, published=published)


def report(grade: Grade, day: date, kind: Kind = Kind.ILACS_INSPECTION) -> Report:
    overall = Judgement(theme="overall", label="Overall", grade=grade, span=Span(page=1, quote=grade))
    inspection = Inspection(periods=((day, day),))
    return Report(kind=kind, framework="ilacs", edition="2023", inspection=inspection, overall=overall)


OLD = listing("1", date(2023, 5, 11)), report(Grade.GOOD, date(2023, 3, 6))
NEW = listing("2"), report(Grade.OUTSTANDING, date(2026, 3, 2))


def test_a_report_is_compared_with_the_one_before_it_and_never_with_itself() -> None:
    change = news(*NEW, [NEW, OLD])
    assert (change.before_listing, change.before) == OLD
    assert len(change.comparisons) == 1
    assert change.key == "new_inspection:80578:2"


def test_without_an_earlier_inspection_there_is_nothing_to_compare() -> None:
    change = news(*NEW, [NEW])
    assert (change.before, change.comparisons, change.not_compared) == (None, (), "")


def test_over_a_document_that_was_not_read_nothing_is_compared_and_it_says_so() -> None:
    change = news(*NEW, [OLD, (listing("3", date(2025, 1, 7)), UNREAD)])
    assert change.before is None
    assert "7 January 2025) has not been read" in change.not_compared


@pytest.mark.parametrize("reading", [UNREAD, replace(NEW[1], kind=Kind.COUNCIL_REPORT)])
def test_what_was_not_read_or_is_not_ofsteds_is_told_as_not_read(reading: Report | NotRead) -> None:
    change = news(listing("2"), reading, [OLD])
    assert (change.kind, change.reading, change.before) == (ChangeKind.NOT_READ, reading, None)


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        (Kind.SIF_INSPECTION, ChangeKind.NEW_INSPECTION),
        (Kind.JTAI_LETTER, ChangeKind.NEW_LETTER),
        (Kind.AREA_SEND_INSPECTION, ChangeKind.SEND_OUTCOME),
    ],
)
def test_the_kind_of_document_says_the_kind_of_change(kind: Kind, change: ChangeKind) -> None:
    assert kind_of(report(Grade.GOOD, SEEN, kind)) is change


def test_the_same_file_on_two_pages_is_two_changes() -> None:
    one = listing("2")
    assert key_of(ChangeKind.NEW_LETTER, one) != key_of(ChangeKind.NEW_LETTER, replace(one, urn="80500"))
