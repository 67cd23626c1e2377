"""What storage shall write, and why: pure functions over what is known, what is listed and what was read.

The rules, each with its test in `tests/watchers/test_decide.py`:

- first sight of an authority is a baseline and announces nothing; an authority that turns up later is news from the
  day of the last good poll on;
- a document is new if its file id is not known; its date, title and address are not its identity, and bytes that are
  known already under another id are a move, not news;
- a page is opened again for some days after a publication: another document may follow on the same date;
- a document that is listed but cannot be had is asked for again for ever, and told if it stays missing for a while;
- a document that cannot be read is still news;
- a document that does not name the authority whose page it stands on is not believed;
- readings are compared, never bytes, and always both by today's parser; never over an inspection that is not read;
- a list that suddenly shows less is a fault of the list.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from judgements.news import news, not_read
from judgements.types import Change, Listing, NotRead, Reading, Report, Status
from storage.types import Intent, KnownAuthority, KnownDocument, Standing
from watchers.listings import ProviderPage, SearchEntry

PATIENCE = 3
"""Looks at a listed document that is not there before people are told of it."""

FRESH = timedelta(days=2)
"""So long after a publication an authority's page is opened at every poll: the search page tells dates only."""

WALK_EVERY = timedelta(hours=20)
"""An authority's page is opened at least so often, for what the search page does not show."""

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
    """URNs that have to be listed and are not. Anything but () makes the list suspect."""
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
    if entry.latest_report is not None and entry.latest_report >= (now - FRESH).date():
        return "another document may follow on the same day"
    return "full walk" if full or known.walked_at is None or known.walked_at <= now - WALK_EVERY else ""


def suspicion(known: KnownAuthority, entry: SearchEntry, page: ProviderPage) -> str:
    """What is wrong with an authority's page, "" if nothing: it lists less than it did, or nothing where it should."""
    if gone := _not_listed(known, page):
        return f"{len(gone)} documents that its page listed before are not there"
    if not page.listings and entry.latest_report is not None:
        return f"its latest report is of {entry.latest_report}, but its page lists no document"
    return ""


def _not_listed(known: KnownAuthority, page: ProviderPage) -> tuple[KnownDocument, ...]:
    listed = {listing.file_id for listing in page.listings}
    return tuple(document for document in known.documents if document.listing.file_id not in listed)


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
    since: date | None = None,
) -> Intent:
    """What to write about one authority after its page was read and `got` was asked for, oldest first.

    The documents of `known` carry readings of today's parser: the caller sees to that. `since` is the day of the last
    good poll of the whole source, None if there has been none.
    """
    before = {document.listing.file_id: document for document in known.documents}
    documents = [
        _document(listing, answer, before.get(listing.file_id), parser=parser, now=now)
        for listing, answer in got.items()
    ]
    after = tuple((before | {document.listing.file_id: document for document in documents}).values())
    changes = [
        change
        for document in documents
        if _is_news(document, before.get(document.listing.file_id), known, since)
        for change in _changes(document, after)
    ]
    return Intent(
        urn=known.urn,
        now=now,
        latest_report=_latest(entry, page),
        baseline=known.baseline_at is None,
        documents=(*documents, *_put_off(known, page, now=now)),
        changes=tuple(changes),
        reason=_reason(known, documents, changes),
    )


def _is_news(new: KnownDocument, old: KnownDocument | None, known: KnownAuthority, since: date | None) -> bool:
    if _is_moved(new, known):
        return False
    if known.baseline_at is None:
        return since is not None and new.listing.published >= since
    return old is None or old.first_seen_at > known.baseline_at


def _is_moved(new: KnownDocument, known: KnownAuthority) -> bool:
    """Bytes that are known under another id: the site has numbered them anew."""
    others = {one.sha256 for one in known.documents if one.listing.file_id != new.listing.file_id}
    return new.sha256 is not None and new.sha256 in others


def _latest(entry: SearchEntry, page: ProviderPage) -> date | None:
    """The search page's date, once the authority's own page bears it out: till then it is looked at again."""
    dates = [listing.published for listing in page.listings]
    return entry.latest_report if entry.latest_report in dates else max(dates, default=None)


def _put_off(known: KnownAuthority, page: ProviderPage, *, now: datetime) -> tuple[KnownDocument, ...]:
    """Documents that are due but not listed any more: asked about later and later, not at every poll."""
    return tuple(
        replace(one, failures=one.failures + 1, next_try_at=now + again_after(one.failures + 1))
        for one in _not_listed(known, page)
        if _is_due(one, now)
    )


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


def _believed(listing: Listing, reading: Reading | None) -> Reading | None:
    """A report is told as this authority's only if it names it, or names nobody at all."""
    if not isinstance(reading, Report) or reading.authority == listing.urn:
        return reading
    if reading.authority is None and reading.authority_printed is None:
        return reading
    why = f"It stands on the page of another authority than the one it names, “{reading.authority_printed}”."
    return NotRead(status=Status.UNRECOGNISED, why=why)


def _changes(new: KnownDocument, all_known: tuple[KnownDocument, ...]) -> tuple[Change, ...]:
    if new.standing is Standing.AWAITED:
        return (_not_there(new),) if new.failures == PATIENCE else ()
    assert new.reading is not None
    return (news(new.listing, new.reading, [(one.listing, one.reading) for one in all_known]),)


def _not_there(document: KnownDocument) -> Change:
    return not_read(document.listing, NotRead(status=Status.UNREADABLE, why=document.why))


def _reason(known: KnownAuthority, documents: list[KnownDocument], changes: list[Change]) -> str:
    if known.baseline_at is None:
        return f"first sight: {len(documents)} documents taken as the baseline, nothing announced"
    if not documents:
        return "nothing new on its page"
    return f"{len(documents)} documents, {len(changes)} changes to tell"


def reread(document: KnownDocument, reading: Reading | None, *, parser: str, now: datetime) -> KnownDocument:
    """The document with the reading of today's parser; without its bytes (None) it is unread, and fetched again."""
    if reading is None:
        lost = NotRead(status=Status.UNREADABLE, why="Its file is not in the archive any more.")
        return replace(document, reading=lost, parser=parser, next_try_at=now)
    return replace(document, reading=_believed(document.listing, reading), parser=parser)
