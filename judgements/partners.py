"""Which earlier report a report may be compared with, and why with none: a comparison over a gap would be a guess."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from judgements.diff import FAMILY, earlier
from judgements.types import Listing, Reading, Report

TITLES = (("send", "area SEND"), ("visit", ""), ("joint", ""), ("inspection", "children's services"))
"""What the site's own label of a document that was not read says of its family; the first word that is in it counts."""

UNDATED = "The dates of this inspection could not be read, so it is not compared with an earlier one."
UNREAD = "The document before it (“{title}”, {published:%-d %B %Y}) has not been read, so nothing is compared."


@dataclass(frozen=True, slots=True, kw_only=True)
class NotCompared:
    """There may be an earlier inspection, but it is not certain which or what it said; `why` is a sentence."""

    why: str


def partner(
    listing: Listing, report: Report, others: Sequence[tuple[Listing, Reading | None]]
) -> tuple[Listing, Report] | NotCompared | None:
    """The report that `report` is to be compared with; None if there is none, or if it is a letter.

    `others` are the other documents of its authority in any order, with None for one whose file is not there yet.
    """
    family = FAMILY.get(report.kind)
    if family is None:
        return None
    if report.inspection is None:
        return NotCompared(why=UNDATED)
    before = earlier(report, [(at, reading) for at, reading in others if isinstance(reading, Report)])
    begin = before[0].published if before else date.min
    unread = [
        at
        for at, reading in others
        if begin <= at.published <= listing.published and _may_be(family, at, reading) and at.file_id != listing.file_id
    ]
    if not unread:
        return before
    last = max(unread, key=lambda at: at.published)
    return NotCompared(why=UNREAD.format(title=last.title, published=last.published))


def _may_be(family: str, listing: Listing, reading: Reading | None) -> bool:
    """Whether a document that was not read, or not its dates, may be an inspection of this family."""
    if isinstance(reading, Report):
        return reading.inspection is None and FAMILY.get(reading.kind) == family
    title = listing.title.casefold()
    return next((one for word, one in TITLES if word in title), "") == family
