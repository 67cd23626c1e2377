"""What a document makes of the ones before it: the one change there is to tell.

Used for a document that has just been published, and for one of a past day, set beside what was known then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from judgements.diff import diff
from judgements.partners import NotCompared, partner
from judgements.types import LETTERS, Change, ChangeKind, Kind, Listing, NotRead, Reading, Report, Status


def news(listing: Listing, reading: Reading, others: Sequence[tuple[Listing, Reading | None]]) -> Change:
    """The change that the document at `listing`, read as `reading`, makes on its authority's page.

    `others` are the authority's documents that are known with it, in any order (this one may be among them), with None
    for one whose file is not there yet. A council's own report is never told as Ofsted's.
    """
    if isinstance(reading, Report) and reading.kind is not Kind.COUNCIL_REPORT:
        return _compared(listing, reading, [other for other in others if other[0].file_id != listing.file_id])
    return not_read(listing, reading)


def not_read(listing: Listing, reading: Reading) -> Change:
    """A document that is there, and nothing that is certain about what it says."""
    return _change(ChangeKind.NOT_READ, listing, reading)


def kind_of(report: Report) -> ChangeKind:
    if report.kind in LETTERS:
        return ChangeKind.NEW_LETTER
    return ChangeKind.SEND_OUTCOME if report.kind is Kind.AREA_SEND_INSPECTION else ChangeKind.NEW_INSPECTION


def key_of(kind: ChangeKind, listing: Listing) -> str:
    """The same document may stand on the pages of two authorities (a joint inspection): it is news to each."""
    return f"{kind}:{listing.urn}:{listing.file_id}"


def _change(kind: ChangeKind, listing: Listing, reading: Reading) -> Change:
    return Change(key=key_of(kind, listing), kind=kind, urn=listing.urn, listing=listing, reading=reading)


def _compared(listing: Listing, report: Report, others: Sequence[tuple[Listing, Reading | None]]) -> Change:
    before = partner(listing, report, others)
    change = _change(kind_of(report), listing, report)
    if isinstance(before, NotCompared):
        return replace(change, not_compared=before.why)
    if before is None:
        return change
    return replace(change, before=before[1], before_listing=before[0], comparisons=diff(before[1], report))


def read_at_last(told: str, news_now: Change) -> Change:
    """What was told as not read, under the key `told`, is read: `news_now` is what would have been told of it."""
    key = key_of(ChangeKind.READ_AT_LAST, news_now.listing)
    return replace(news_now, key=key, kind=ChangeKind.READ_AT_LAST, amends=told)


def corrected(told: str, was: Reading, news_now: Change, *, turn: int) -> Change:
    """The document reads otherwise than what people know, `was`; its `turn`-th correction (from 1).

    `news_now` is what would be told of it as it is: with it the first alert, `told`, can be said anew.
    """
    key = f"{key_of(ChangeKind.CORRECTED, news_now.listing)}:{turn}"
    return replace(news_now, key=key, kind=ChangeKind.CORRECTED, amends=told, instead_of=was)


def redated(told: str, was: date, news_now: Change, *, turn: int) -> Change:
    """The site gives another date of publication than `was`, which people were told.

    `news_now` is what would be told of the document as it is; of what was told, it is the `turn`-th thing taken back.
    """
    key = f"{key_of(ChangeKind.REDATED, news_now.listing)}:{turn}"
    return replace(news_now, key=key, kind=ChangeKind.REDATED, amends=told, dated_before=was)


def withdrawn(told: str, listing: Listing, reading: Reading, *, turn: int) -> Change:
    """The document is not on its authority's page any more, for the `turn`-th time (from 1)."""
    return _turned(ChangeKind.WITHDRAWN, told, listing, reading, turn)


def returned(told: str, listing: Listing, reading: Reading, *, turn: int) -> Change:
    """The document that was withdrawn for the `turn`-th time is on the page again."""
    return _turned(ChangeKind.RETURNED, told, listing, reading, turn)


def _turned(kind: ChangeKind, told: str, listing: Listing, reading: Reading, turn: int) -> Change:
    change = _change(kind, listing, reading)
    return replace(change, key=f"{change.key}:{turn}", amends=told)


def authority_change(kind: ChangeKind, listing: Listing, why: str) -> Change:
    """An authority is created, abolished or renamed: `listing` is its page, with the day it happens; `why` a sentence.

    The first two happen to it once, but it may be renamed again.
    """
    reading = NotRead(status=Status.NOT_A_REPORT, why=why)
    day = f":{listing.published.isoformat()}" if kind is ChangeKind.AUTHORITY_RENAMED else ""
    return Change(key=f"{kind}:{listing.urn}{day}", kind=kind, urn=listing.urn, listing=listing, reading=reading)
