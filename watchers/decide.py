"""What storage shall write about one authority, and why: pure functions over what is known, listed and read.

The rules stand in five places, each rule with its test in `tests/watchers/`:

- `looks.py`: which pages are opened. Those that moved or failed, and all of them by the plan of walks.
- `rests.py`: what is left in peace, and for how long, when something could not be had.
- `suspicion.py`: a page that is another authority's is none; a list or a page that suddenly shows less is a fault, not
  a withdrawal; a date on the list is believed once the authority's own page bears it out.
- `lifecycle.py`: what becomes of a document, from its first listing to its withdrawal; what is told, once, of each.
- here: what is news. First sight of an authority is a baseline and announces nothing, except what is published from the
  day on that was written down when it was first listed; a document is new if its file id is not known, whatever its
  date, its title and its address; one that names another authority, and is known from that one's page, is that one's.

Readings are compared, never bytes, and always both by today's parser: the caller sees to that. An improved parser tells
nothing, except that what was told as not read is read at last.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from types import MappingProxyType

from judgements.types import Change, Listing, Reading, Report
from storage.types import Intent, KnownAuthority, KnownDocument
from watchers import lifecycle, rests, suspicion
from watchers.lifecycle import Got, Turn
from watchers.listings import ProviderPage, SearchEntry
from watchers.looks import is_fresh

Pages = Mapping[str, frozenset[str]]
"""The URNs of the authorities on whose pages documents have been seen, by file id."""
NOWHERE: Pages = MappingProxyType({})


def first_listed(
    known: Mapping[str, KnownAuthority], entries: Iterable[SearchEntry], *, since: date | None, today: date
) -> tuple[KnownAuthority, ...]:
    """The authorities on the list that are to be remembered: new ones, and those named otherwise than before.

    `since` is the day of the last good poll: what a new authority published from then on is news. Before the first one
    (None) it is what is published today or later, and later than what the list dates: while the first walk goes on.
    """
    new = (
        KnownAuthority(urn=one.urn, name=one.name, news_from=since or max(today, _day_after(one.latest_report)))
        for one in entries
        if one.urn not in known
    )
    renamed = (
        replace(known[one.urn], name=one.name)
        for one in entries
        if one.urn in known and known[one.urn].name != one.name
    )
    return (*new, *renamed)


def _day_after(day: date | None) -> date:
    return min(day or date.min, date.max - timedelta(days=1)) + timedelta(days=1)


def wanted(known: KnownAuthority, page: ProviderPage) -> tuple[Listing, ...]:
    """The listed documents that are new to us, oldest first."""
    seen = {document.listing.file_id for document in known.documents}
    new = [listing for listing in page.listings if listing.file_id not in seen]
    return tuple(sorted(new, key=lambda listing: (listing.published, listing.file_id)))


def decide(
    known: KnownAuthority,
    entry: SearchEntry,
    page: ProviderPage,
    got: Mapping[Listing, Got],
    *,
    parser: str,
    now: datetime,
    elsewhere: Pages = NOWHERE,
    trusted: bool = True,
    common: bool = False,
) -> Intent:
    """What to write about one authority after its page was read and `got` was asked for, oldest first.

    `elsewhere`: on whose pages each of these documents has been seen already. `trusted` is False while the source as a
    whole is suspect; `common`: many pages are in trouble.
    """
    shelf = _Shelf(known.documents)
    _arrive(shelf, known, got, elsewhere, parser=parser, now=now)
    believe = trusted and suspicion.may_withdraw(known, entry, page)
    _follow_the_page(shelf, page, may_withdraw=believe, now=now)
    wish = suspicion.unborne(entry, page)
    failures, fresh = known.failures + 1 if wish else 0, is_fresh(entry, now)
    return Intent(
        urn=known.urn,
        now=now,
        listed_report=entry.latest_report,
        latest_report=suspicion.latest(entry, page),
        failures=failures,
        next_look_at=rests.unborne_again(failures, fresh=fresh, common=common, now=now) if wish else None,
        trouble=wish,
        baseline=known.baseline_at is None,
        documents=shelf.altered,
        changes=tuple(shelf.changes),
        reason=_reason(known, shelf),
    )


def asked_again(
    known: KnownAuthority, got: Mapping[Listing, Got], *, parser: str, now: datetime, elsewhere: Pages = NOWHERE
) -> Intent:
    """What to write after documents that we had not, or not in a form that can be read, were asked for again."""
    shelf = _Shelf(known.documents)
    _arrive(shelf, known, got, elsewhere, parser=parser, now=now)
    return _of_documents(known, shelf, now)


def _arrive(
    shelf: _Shelf, known: KnownAuthority, got: Mapping[Listing, Got], elsewhere: Pages, *, parser: str, now: datetime
) -> None:
    """What was asked for, oldest first: each is decided on beside all that came with it."""
    for listing, answer in got.items():
        shelf.put(lifecycle.asked(listing, answer, shelf.now.get(listing.file_id), parser=parser, now=now))
    for listing, answer in got.items():
        is_news = _is_news(listing, shelf.before.get(listing.file_id), known)
        document, theirs = shelf.now[listing.file_id], _theirs(listing, answer, elsewhere)
        shelf.take(lifecycle.arrived(document, shelf.now, was=answer.was, is_news=is_news, theirs=theirs, now=now))


def _theirs(listing: Listing, answer: Got, elsewhere: Pages) -> str:
    """The document of the authority that this one names, if it is known from that one's page; "" if it is not."""
    named = answer.reading.authority if isinstance(answer.reading, Report) else None
    if named is None or named == listing.urn or named not in elsewhere.get(listing.file_id, ()):
        return ""
    return f"{named}/{listing.file_id}"


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
            shelf.take(lifecycle.relisted(shelf.now[file_id], listing, shelf.now))
    for file_id in tuple(shelf.now):
        turn = lifecycle.back(shelf.now[file_id], shelf.now, listed, now=now)
        if turn is None and file_id not in listed:
            turn = lifecycle.gone(shelf.now[file_id], shelf.now, listed, may_withdraw=may_withdraw, now=now)
        shelf.take(turn)


def _is_news(listing: Listing, old: KnownDocument | None, known: KnownAuthority) -> bool:
    if known.baseline_at is None:
        return known.news_from is not None and listing.published >= known.news_from
    return old is None or old.first_seen_at > known.baseline_at


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
        baseline=False,
        walked=False,
        documents=shelf.altered,
        changes=tuple(shelf.changes),
        reason="; ".join(shelf.whys),
    )


def reread(document: KnownDocument, reading: Reading | None, *, parser: str, now: datetime) -> KnownDocument:
    """The document with the reading of today's parser; without its bytes (None) as it was, and to be fetched again."""
    if reading is None:
        return replace(document, next_try_at=document.next_try_at or now)
    return replace(document, reading=lifecycle.believed(document.listing, reading), parser=parser)
