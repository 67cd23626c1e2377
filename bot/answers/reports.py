"""What is known of an authority -> where it stands: its newest graded report, what came since, what was not read. Pure.

A document that was taken off its page, or that is the council's own, never says where an authority stands.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from bot import parts
from bot.types import GradeRow
from judgements.diff import diff
from judgements.partners import NotCompared, partner
from judgements.types import INSPECTIONS, LETTERS, Comparison, Listing, Reading, Report
from storage.types import KnownDocument


@dataclass(frozen=True, slots=True)
class Read:
    """A document that was read, and where it is published."""

    listing: Listing
    report: Report

    @property
    def day(self) -> date:
        """When its inspection ended, else when it was published."""
        return self.report.inspection.end if self.report.inspection else self.listing.published


def published(documents: Iterable[KnownDocument]) -> tuple[KnownDocument, ...]:
    """Those that stand on the page now, each once: not what was taken off it, nor a second number of the same file."""
    return tuple(each for each in documents if each.withdrawn_at is None and not each.same_as)


def read(documents: Iterable[KnownDocument]) -> tuple[Read, ...]:
    """The published documents that were read, in the order given."""
    return tuple(Read(one.listing, one.reading) for one in published(documents) if isinstance(one.reading, Report))


def order(one: Read) -> tuple[date, date, str]:
    """Of two reports on one inspection the later publication counts: it is the correction."""
    return one.day, one.listing.published, one.listing.file_id


def newest_graded(documents: Iterable[KnownDocument]) -> Read | None:
    """The report that says where an authority stands; None if none was read that gives a grade."""
    graded = [each for each in read(documents) if each.report.kind in INSPECTIONS and each.report.graded]
    return max(graded, key=order, default=None)


def newest_outcome(documents: Iterable[KnownDocument]) -> Read | None:
    """The newest area SEND report whose outcome was read."""
    return max((each for each in read(documents) if each.report.outcome), key=order, default=None)


def letters_since(documents: Iterable[KnownDocument], newest: Read) -> list[Read]:
    """The letters on visits after the newest report's inspection, newest first."""
    later = [each for each in read(documents) if each.report.kind in LETTERS and each.day > newest.day]
    return sorted(later, key=order, reverse=True)


def unread(documents: Iterable[KnownDocument], since: date = date.min) -> list[Listing]:
    """Documents published on that day or later that were not read, newest first: what is told may be out of date."""
    found = [each.listing for each in published(documents) if not _says_where_it_stands(each.reading)]
    newer = (each for each in found if each.published >= since)
    return sorted(newer, key=lambda each: each.published, reverse=True)


def _says_where_it_stands(reading: Reading | None) -> bool:
    """An inspection whose grades were all left out as uncertain is as good as unread."""
    return isinstance(reading, Report) and (reading.kind not in INSPECTIONS or bool(reading.graded))


def before(newest: Read, documents: Iterable[KnownDocument]) -> Read | NotCompared | None:
    """The report that `newest` is compared with, or why with none."""
    others = [(each.listing, each.reading) for each in published(documents) if each.listing != newest.listing]
    found = partner(newest.listing, newest.report, others)
    return Read(*found) if isinstance(found, tuple) else found


def compared(newest: Read, earlier: Read | NotCompared | None) -> tuple[Comparison, ...]:
    """The judgements beside the earlier ones; () where nothing is compared."""
    return diff(earlier.report, newest.report) if isinstance(earlier, Read) else ()


def rows(newest: Read, earlier: Read | NotCompared | None) -> tuple[GradeRow, ...]:
    """The newest judgements as rows, with how they moved where they were compared."""
    if not isinstance(earlier, Read):
        return parts.rows(newest.report)
    return parts.rows(newest.report, compared(newest, earlier), earlier.report)
