"""What storage shall write, and why: pure functions over what is known, what is listed and what was read.

The rules, each with its test in `tests/watchers/test_decide.py`:

- first sight of an authority is a baseline and announces nothing;
- a document is new if its file id is not known; its date, title and address are not its identity;
- a document that is listed but cannot be had is asked for again for ever, and told if it stays missing for a while;
- a document that cannot be read is still news;
- a document that names another authority than the page it stands on is not believed;
- readings are compared, never bytes, and always both by today's parser;
- a list that suddenly shows fewer authorities is a fault of the list.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from judgements.diff import diff, earlier
from judgements.types import Change, ChangeKind, Kind, Listing, NotRead, Reading, Report, Status
from storage.types import Intent, KnownAuthority, KnownDocument, Standing
from watchers.listings import ProviderPage, SearchEntry

PATIENCE = 3
"""Looks at a listed document that is not there before people are told of it."""

LETTERS = frozenset({Kind.ILACS_FOCUSED_VISIT, Kind.ILACS_MONITORING_VISIT, Kind.JTAI_LETTER})

AGAIN_AFTER = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=3),
    timedelta(hours=12),
    timedelta(days=1),
)
"""How long after its n-th failure a document, or a source, is asked for again; the last one repeats for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """An authority whose own page is to be opened, and why."""

    entry: SearchEntry
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Got:
    """What came of asking for one document: its archived bytes and their reading, or why there are none."""

    sha256: str | None = None
    reading: Reading | None = None
    why: str = ""


def missing(known: Iterable[str], entries: Iterable[SearchEntry]) -> tuple[str, ...]:
    """URNs that were listed before and are not now. Anything but () makes the list suspect."""
    return tuple(sorted(set(known) - {entry.urn for entry in entries}))


def looks(
    known: Mapping[str, KnownAuthority],
    awaiting: Mapping[str, datetime],
    entries: Iterable[SearchEntry],
    *,
    full: bool,
    now: datetime,
) -> tuple[Look, ...]:
    """The authorities whose own pages have to be opened. `awaiting`: when the next missing document is due, by URN."""
    found = []
    for entry in entries:
        if why := _why_look(known.get(entry.urn), awaiting.get(entry.urn), entry, full=full, now=now):
            found.append(Look(entry=entry, why=why))
    return tuple(found)


def _why_look(
    known: KnownAuthority | None, due: datetime | None, entry: SearchEntry, *, full: bool, now: datetime
) -> str:
    if known is None or known.baseline_at is None:
        return "first sight"
    if entry.latest_report != known.latest_report:
        return f"its latest report is of {entry.latest_report}, was {known.latest_report}"
    if due is not None and due <= now:
        return "a listed document was not there yet"
    return "full walk" if full else ""


def wanted(known: KnownAuthority, page: ProviderPage, *, now: datetime) -> tuple[Listing, ...]:
    """The listed documents that have to be fetched, oldest first."""
    by_id = {document.listing.file_id: document for document in known.documents}
    due = [listing for listing in page.listings if _is_due(by_id.get(listing.file_id), now)]
    return tuple(sorted(due, key=lambda listing: (listing.published, listing.file_id)))


def _is_due(document: KnownDocument | None, now: datetime) -> bool:
    return document is None or (document.next_try_at is not None and document.next_try_at <= now)


def decide(
    known: KnownAuthority,
    entry: SearchEntry,
    page: ProviderPage,
    got: Mapping[Listing, Got],
    *,
    parser: str,
    now: datetime,
) -> Intent:
    """What to write about one authority after its page was read and `got` was asked for, oldest first.

    The documents of `known` carry readings of today's parser: the caller sees to that.
    """
    before = {document.listing.file_id: document for document in known.documents}
    told_from = known.baseline_at
    documents: list[KnownDocument] = []
    changes: list[Change] = []
    for listing, answer in got.items():
        old = before.get(listing.file_id)
        new = _document(listing, answer, old, parser=parser, now=now)
        documents.append(new)
        if told_from is not None and new.first_seen_at > told_from:
            changes.extend(_changes(new, (*known.documents, *documents)))
    return Intent(
        urn=known.urn,
        now=now,
        latest_report=_latest(known, entry, page),
        baseline=known.baseline_at is None,
        documents=tuple(documents),
        changes=tuple(changes),
        reason=_reason(known, documents, changes),
    )


def _latest(known: KnownAuthority, entry: SearchEntry, page: ProviderPage) -> date | None:
    """The search page's date, once the authority's own page bears it out: till then it is looked at again."""
    borne_out = any(listing.published == entry.latest_report for listing in page.listings)
    return entry.latest_report if borne_out or known.baseline_at is None else known.latest_report


def _document(listing: Listing, answer: Got, old: KnownDocument | None, *, parser: str, now: datetime) -> KnownDocument:
    reading = _believed(listing, answer.reading)
    failed = answer.sha256 is None or (isinstance(reading, NotRead) and reading.status is Status.UNREADABLE)
    failures = (old.failures if old else 0) + 1 if failed else 0
    return KnownDocument(
        listing=listing,
        standing=Standing.AWAITED if answer.sha256 is None else Standing.READ,
        first_seen_at=old.first_seen_at if old else now,
        sha256=answer.sha256,
        reading=reading,
        parser=parser if answer.sha256 else None,
        why=answer.why,
        failures=failures,
        # An unreadable document may have been cut off on its way: it is asked for again as a missing one is.
        next_try_at=now + again_after(failures) if failed else None,
    )


def again_after(failures: int) -> timedelta:
    return AGAIN_AFTER[min(failures, len(AGAIN_AFTER)) - 1]


def is_pdf(body: bytes) -> bool:
    """The first bytes decide what a body is, never its content type, status or address."""
    return b"%PDF-" in body[:1024]


def _believed(listing: Listing, reading: Reading | None) -> Reading | None:
    """A report on another authority than the one whose page lists it is not told as this one's."""
    if isinstance(reading, Report) and reading.authority not in (None, listing.urn):
        why = f"it stands on the page of {listing.urn} but says it is about {reading.authority_printed}"
        return NotRead(status=Status.UNRECOGNISED, why=why)
    return reading


def _changes(new: KnownDocument, all_known: tuple[KnownDocument, ...]) -> tuple[Change, ...]:
    if new.standing is Standing.AWAITED:
        return (_not_there(new),) if new.failures == PATIENCE else ()
    if isinstance(new.reading, Report) and new.reading.kind is not Kind.COUNCIL_REPORT:
        return (_news(new.listing, new.reading, all_known),)
    assert new.reading is not None
    return (_not_read(new.listing, new.reading),)


def _not_there(document: KnownDocument) -> Change:
    return _not_read(document.listing, NotRead(status=Status.UNREADABLE, why=document.why))


def _not_read(listing: Listing, reading: Reading) -> Change:
    return Change(
        key=_key(ChangeKind.NOT_READ, listing),
        kind=ChangeKind.NOT_READ,
        urn=listing.urn,
        listing=listing,
        reading=reading,
    )


def _news(listing: Listing, report: Report, all_known: tuple[KnownDocument, ...]) -> Change:
    kind = _kind(report)
    others = [
        (document.listing, document.reading)
        for document in all_known
        if isinstance(document.reading, Report) and document.listing.file_id != listing.file_id
    ]
    before = earlier(report, others)
    return Change(
        key=_key(kind, listing),
        kind=kind,
        urn=listing.urn,
        listing=listing,
        reading=report,
        before=before[1] if before else None,
        before_listing=before[0] if before else None,
        comparisons=diff(before[1], report) if before else (),
    )


def _kind(report: Report) -> ChangeKind:
    if report.kind in LETTERS:
        return ChangeKind.NEW_LETTER
    return ChangeKind.SEND_OUTCOME if report.kind is Kind.AREA_SEND_INSPECTION else ChangeKind.NEW_INSPECTION


def _key(kind: ChangeKind, listing: Listing) -> str:
    """The same document may stand on the pages of two authorities (a joint inspection): it is news to each."""
    return f"{kind}:{listing.urn}:{listing.file_id}"


def _reason(known: KnownAuthority, documents: list[KnownDocument], changes: list[Change]) -> str:
    if known.baseline_at is None:
        return f"first sight: {len(documents)} documents taken as the baseline, nothing announced"
    if not documents:
        return "nothing new on its page"
    return f"{len(documents)} documents, {len(changes)} changes to tell"


def stale(documents: Iterable[KnownDocument], *, parser: str) -> tuple[KnownDocument, ...]:
    """Documents whose reading another version of the parser made."""
    return tuple(document for document in documents if document.sha256 is not None and document.parser != parser)


def reread(document: KnownDocument, reading: Reading, *, parser: str) -> KnownDocument:
    return replace(document, reading=_believed(document.listing, reading), parser=parser)
