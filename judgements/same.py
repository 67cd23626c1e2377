"""When two documents are of the same inspection, and when two readings say the same to a reader."""

from __future__ import annotations

import re
from collections.abc import Iterable

from judgements.types import Item, NotRead, Reading, Report


def same_inspection(one: Reading | None, other: Reading | None) -> bool:
    """Whether two documents of one authority report on one inspection: of one kind, on the same days, the same visit.

    Where the days of either are not known, it is not certain, and they are two.
    """
    if not isinstance(one, Report) or not isinstance(other, Report):
        return False
    if one.inspection is None or other.inspection is None or not one.inspection.periods:
        return False
    days = [(report.inspection.start, report.inspection.end) for report in (one, other) if report.inspection]
    return one.kind is other.kind and days[0] == days[1] and one.visit_number == other.visit_number


def same_reading(one: Reading | None, other: Reading | None) -> bool:
    """Whether two readings tell people the same: grades, outcome, dates, actions and improvements, word for word.

    On which page something stands, how a line is broken or who led the inspection is no correction.
    """
    return one == other or _told(one) == _told(other)


def _told(reading: Reading | None) -> object:
    if not isinstance(reading, Report):
        return reading.status if isinstance(reading, NotRead) else None
    return (
        reading.kind,
        reading.inspection,
        reading.visit_number,
        tuple(sorted((one.group or "", one.theme, one.grade.value) for one in reading.graded)),
        reading.outcome.outcome if reading.outcome else None,
        _words(reading.priority_actions),
        None if reading.improvements is None else _words(reading.improvements),
        bool(reading.problems),
    )


_BETWEEN_WORDS = re.compile(r"[\W_]+")


def _words(items: Iterable[Item]) -> tuple[str, ...]:
    return tuple(bare_words(item.text) for item in items)


def bare_words(text: str) -> str:
    """The words alone, by which two readings of an area are compared: no capitals, no marks, no line breaks."""
    return _BETWEEN_WORDS.sub(" ", text.casefold()).strip()
