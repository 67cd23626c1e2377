"""When two documents are one inspection, and when two readings are one to a reader."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from judgements.same import same_inspection, same_reading
from judgements.types import Grade, Inspection, Item, Judgement, Kind, NotRead, Report, Span, Status

DAYS = Inspection(periods=((date(2026, 2, 2), date(2026, 2, 6)),))
GOOD = Judgement(theme="overall", label="Overall", grade=Grade.GOOD, span=Span(page=1, quote="Good"))
REPORT = Report(
    kind=Kind.ILACS_INSPECTION,
    framework="ilacs",
    edition="2023",
    inspection=DAYS,
    overall=GOOD,
    improvements=(Item(text="The quality of plans.", page=2),),
)
UNREAD = NotRead(status=Status.UNREADABLE, why="cut off")


@pytest.mark.parametrize(
    "other",
    [
        replace(REPORT, kind=Kind.ILACS_FOCUSED_VISIT),
        replace(REPORT, inspection=Inspection(periods=((date(2026, 2, 2), date(2026, 2, 13)),))),
        replace(REPORT, inspection=None),
        replace(REPORT, visit_number=2),
        UNREAD,
        None,
    ],
)
def test_another_kind_other_days_or_another_visit_is_another_inspection(other: Report | NotRead | None) -> None:
    assert same_inspection(REPORT, REPORT)
    assert not same_inspection(REPORT, other)
    assert not same_inspection(other, REPORT)


def test_two_documents_without_dates_or_readings_may_be_anything() -> None:
    undated = replace(REPORT, inspection=None)
    assert not same_inspection(undated, undated)
    assert not same_inspection(UNREAD, UNREAD)


def test_what_no_reader_is_told_is_no_difference() -> None:
    moved = replace(GOOD, span=Span(page=3, quote="GOOD"), label="Overall effectiveness")
    items = (Item(text="The quality  of plans", page=9),)
    assert same_reading(REPORT, replace(REPORT, overall=moved, improvements=items, lead_inspectors=("A. Person",)))
    assert same_reading(UNREAD, replace(UNREAD, why="encrypted"))


@pytest.mark.parametrize(
    "other",
    [
        replace(REPORT, overall=replace(GOOD, grade=Grade.INADEQUATE)),
        replace(REPORT, overall=None),
        replace(REPORT, judgements=(replace(GOOD, theme="leadership"),)),
        replace(REPORT, improvements=()),
        replace(REPORT, improvements=None),
        replace(REPORT, priority_actions=(Item(text="The oversight of risk", page=2),)),
        replace(REPORT, problems=("A grade could not be read.",)),
        UNREAD,
        None,
    ],
)
def test_every_thing_that_a_reader_is_told_is_a_difference(other: Report | NotRead | None) -> None:
    assert not same_reading(REPORT, other)
    assert not same_reading(other, REPORT)
