"""What storage shall write about one authority, and why: pure functions over what is known, listed and read.

The rules stand in four places, each rule with its test in `tests/watchers/`:

- `looks.py`: which pages are opened. Those that moved, those that wait for something, all of them by the plan of walks.
- `suspicion.py`: a list or a page that suddenly shows less is a fault, not a withdrawal.
- `lifecycle.py`: what becomes of a document, from its first listing to its withdrawal; what is told, once, of each.
- here: what is news. First sight of an authority is a baseline and announces nothing, except what was published while
  the first walk went on; an authority that turns up later is news from the day of the last good poll on; a document is
  new if its file id is not known, whatever its date, its title and its address; the date of an authority is believed
  once its own page bears it out.

Readings are compared, never bytes, and always both by today's parser: the caller sees to that. An improved parser tells
nothing, except that what was told as not read is read at last.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime

from judgements.types import Change, Listing, NotRead, Reading, Status
from storage.types import Intent, KnownAuthority, KnownDocument
from watchers import lifecycle
from watchers.lifecycle import Got, Turn
from watchers.listings import ProviderPage, SearchEntry
from watchers.rota import LONDON
from watchers.suspicion import may_withdraw


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
    trusted: bool = True,
) -> Intent:
    """What to write about one authority after its page was read and `got` was asked for, oldest first.

    `since` is the day of the last good poll of the whole source, None if there has been none; `trusted` is False while
    the source as a whole is suspect.
    """
    shelf = _Shelf(known.documents)
    for listing, answer in got.items():
        shelf.put(lifecycle.asked(listing, answer, shelf.now.get(listing.file_id), parser=parser, now=now))
    for listing, answer in got.items():
        document, is_news = (
            shelf.now[listing.file_id],
            _is_news(listing, shelf.before.get(listing.file_id), known, since),
        )
        shelf.take(lifecycle.arrived(document, shelf.now, was=answer.was, is_news=is_news, now=now))
    believe = trusted and may_withdraw(known, entry, page)
    _follow_the_page(shelf, page, may_withdraw=believe, now=now)
    return Intent(
        urn=known.urn,
        now=now,
        latest_report=_latest(entry, page),
        baseline=known.baseline_at is None,
        documents=shelf.altered,
        changes=tuple(shelf.changes),
        reason=_reason(known, shelf),
    )


class _Shelf:
    """The documents of one authority while they are decided on, one after the other: each knows those before it."""

    def __init__(self, documents: Iterable[KnownDocument]) -> None:
        self.before = {document.listing.file_id: document for document in documents}
        self.now = dict(self.before)
        self.changes: list[Change] = []
        self.whys: list[str] = []

    def put(self, document: KnownDocument) -> None:
        self.now[document.listing.file_id] = document

    def take(self, turn: Turn | None) -> None:
        if turn is not None:
            for document in turn.documents:
                self.put(document)
            self.changes.extend(turn.changes)
            self.whys.append(turn.why)

    @property
    def altered(self) -> tuple[KnownDocument, ...]:
        return tuple(one for file_id, one in self.now.items() if one != self.before.get(file_id))


def _follow_the_page(shelf: _Shelf, page: ProviderPage, *, may_withdraw: bool, now: datetime) -> None:
    """What is listed otherwise than before, not any more, or again."""
    listed = {listing.file_id: listing for listing in page.listings}
    for file_id, listing in listed.items():
        if file_id in shelf.now and shelf.now[file_id].listing != listing:
            shelf.put(replace(shelf.now[file_id], listing=listing))
    for file_id in tuple(shelf.now):
        turn = lifecycle.back(shelf.now[file_id], shelf.now, listed, now=now)
        if turn is None and file_id not in listed:
            turn = lifecycle.gone(shelf.now[file_id], shelf.now, listed, may_withdraw=may_withdraw, now=now)
        shelf.take(turn)


def _is_news(listing: Listing, old: KnownDocument | None, known: KnownAuthority, since: date | None) -> bool:
    if known.baseline_at is None:
        return (since is not None and listing.published >= since) or _is_since_the_first_list(listing, known)
    return old is None or old.first_seen_at > known.baseline_at


def _is_since_the_first_list(listing: Listing, known: KnownAuthority) -> bool:
    """Published while the first walk went on: not before that day, and later than what the list dated at its beginning.

    Of an authority that is listed and not walked yet, that is what is known.
    """
    if known.walked_at is None or listing.published < known.walked_at.astimezone(LONDON).date():
        return False
    return known.latest_report is None or listing.published > known.latest_report


def _latest(entry: SearchEntry, page: ProviderPage) -> date | None:
    """The search page's date, once the authority's own page bears it out: till then it is looked at again."""
    dates = [listing.published for listing in page.listings]
    return entry.latest_report if entry.latest_report in dates else max(dates, default=None)


def _reason(known: KnownAuthority, shelf: _Shelf) -> str:
    if known.baseline_at is None and not shelf.changes:
        return f"first sight: {len(shelf.altered)} documents taken as the baseline, nothing announced"
    told = "; ".join(dict.fromkeys(filter(None, shelf.whys)))
    return f"{told}: {len(shelf.changes)} changes to tell" if told else "nothing new on its page"


def checked(known: KnownAuthority, document: KnownDocument, answer: Got, *, parser: str, now: datetime) -> Intent:
    """What to write after a document that we have was asked for again."""
    shelf = _Shelf(known.documents)
    shelf.take(lifecycle.altered(document, answer, shelf.now, parser=parser, now=now))
    return _of_documents(known, shelf, now)


def settled(known: KnownAuthority, *, now: datetime) -> Intent:
    """What to write of the documents that were told as not read, and that today's parser can read."""
    shelf = _Shelf(known.documents)
    for document in known.documents:
        shelf.take(lifecycle.read_at_last(document, shelf.now))
    return _of_documents(known, shelf, now)


def _of_documents(known: KnownAuthority, shelf: _Shelf, now: datetime) -> Intent:
    return Intent(
        urn=known.urn,
        now=now,
        latest_report=known.latest_report,
        baseline=False,
        walked=False,
        documents=shelf.altered,
        changes=tuple(shelf.changes),
        reason="; ".join(shelf.whys),
    )


def reread(document: KnownDocument, reading: Reading | None, *, parser: str, now: datetime) -> KnownDocument:
    """The document with the reading of today's parser; without its bytes (None) it is unread, and fetched again."""
    if reading is None:
        lost = NotRead(status=Status.UNREADABLE, why="Its file is not in the archive any more.")
        return replace(document, reading=lost, parser=parser, next_try_at=now)
    return replace(document, reading=lifecycle.believed(document.listing, reading), parser=parser)
