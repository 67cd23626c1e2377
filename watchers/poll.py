"""One poll of one source.

    claim -> search pages -> which authorities moved -> for each: its page -> new documents -> readings
          -> decide -> apply, one transaction an authority -> release

Everything that can be known beforehand is decided in `decide.py`; here things are only called in order. A failure of
one authority is written down and never stops the others; a bug is an exception and stops the poll.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from judgements.types import Listing
from judgements.version import PARSER
from storage.archive import Archive
from storage.store import Store
from storage.types import KnownAuthority, KnownDocument, SourceState, Visit
from watchers import decide
from watchers.fetch import Fetched, Fetcher, Trouble
from watchers.listings import NotThePage, SearchEntry, provider_page, search_page
from watchers.read import Reader
from watchers.sources import Source

log = structlog.get_logger()

LEASE = timedelta(minutes=1)
MAX_SEARCH_PAGES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What a poll works with: where it reads, where it writes, and the time."""

    store: Store
    archive: Archive
    fetcher: Fetcher
    reader: Reader
    site: str
    clock: Callable[[], datetime]
    stopping: Callable[[], bool] = lambda: False
    progress: Callable[[int, int, str], None] = lambda _done, _total, _name: None


@dataclass(frozen=True, slots=True, kw_only=True)
class PollSummary:
    """How a poll went. `troubles` are sentences for operators; () means that all is well."""

    seen: int = 0
    opened: int = 0
    documents: int = 0
    changes: int = 0
    troubles: tuple[str, ...] = ()
    stopped: bool = False
    skipped: str = ""
    """Why nothing was done, where nothing was to be done."""
    again_at: datetime | None = None
    """When to look again, if that is before the plan says: a failure to be tried again, a document not there yet."""


def poll(world: World, source: Source, *, full: bool = False, even_if_resting: bool = False) -> PollSummary:
    """Poll a source once: claim it, look, write what is new, release it."""
    now = world.clock()
    state = world.store.claim_source(source.key, now, LEASE, even_if_resting=even_if_resting)
    if state is None:
        return _skipped(world.store.source(source.key), source, now)
    found = _search(world, source)
    summary = PollSummary(troubles=(found,)) if isinstance(found, str) else _walk(world, source, found, full=full)
    after = _after(state, summary, now=world.clock())
    world.store.release_source(after)
    summary = replace(
        summary, again_at=min(filter(None, (after.next_check_at, *world.store.awaited().values())), default=None)
    )
    log.info("poll", source=source.key, **_fields(summary))
    return summary


def _skipped(state: SourceState, source: Source, now: datetime) -> PollSummary:
    """Left alone because it rests after a failure, or because somebody polls it, or died while polling it."""
    if state.next_check_at is not None and state.next_check_at > now:
        why = f"{source.name} rests after a failure until {state.next_check_at:%H:%M} UTC: {state.trouble}"
        summary = PollSummary(skipped=why, again_at=state.next_check_at)
    else:
        summary = PollSummary(skipped=f"{source.name} is being polled by another process", again_at=now + LEASE)
    log.info("poll skipped", source=source.key, why=summary.skipped, again_at=str(summary.again_at))
    return summary


def _search(world: World, source: Source) -> tuple[SearchEntry, ...] | str:
    """Every authority on the search pages, or what went wrong. Pages on until one brings nothing new."""
    entries: dict[str, SearchEntry] = {}
    for _ in range(MAX_SEARCH_PAGES):
        body = _page(world, source.search_url(world.site, len(entries)))
        if isinstance(body, Trouble):
            return body.why
        page = search_page(body)
        if isinstance(page, NotThePage):
            return f"{source.name} answers with {page.why}"
        fresh = [entry for entry in page.entries if entry.urn not in entries]
        entries.update((entry.urn, entry) for entry in fresh)
        if not fresh or not page.has_next:
            return tuple(entries.values()) or f"{source.name} is empty"
    return f"{source.name} does not end after {MAX_SEARCH_PAGES} pages"


def _walk(world: World, source: Source, entries: tuple[SearchEntry, ...], *, full: bool) -> PollSummary:
    """Open the pages of the authorities that moved, one transaction each."""
    known = world.store.known_authorities()
    looks = decide.looks(known, world.store.awaited(), entries, full=full, now=world.clock())
    summary = PollSummary(seen=len(entries), troubles=_shrunk(source, known, entries))
    for done, look in enumerate(looks):
        if world.stopping():
            return replace(summary, stopped=True)
        world.progress(done, len(looks), look.entry.name)
        world.store.extend_lease(source.key, world.clock(), LEASE)
        summary = _look(world, source, look, summary)
    world.progress(len(looks), len(looks), "")
    return summary


def _shrunk(source: Source, known: Mapping[str, KnownAuthority], entries: tuple[SearchEntry, ...]) -> tuple[str, ...]:
    gone = decide.missing(known, entries)
    if not gone:
        return ()
    return (f"{source.name} shows {len(entries)} authorities, {len(gone)} that were there before are not",)


def _look(world: World, source: Source, look: decide.Look, summary: PollSummary) -> PollSummary:
    """Open one authority's page, read what is new on it, and write it down."""
    url = source.provider_url(world.site, look.entry.urn)
    body = _page(world, url)
    page = provider_page(body, urn=look.entry.urn, url=url) if isinstance(body, bytes) else body
    if isinstance(page, Trouble | NotThePage):
        log.warning("authority not looked at", urn=look.entry.urn, why=page.why)
        return replace(summary, troubles=(*summary.troubles, f"{look.entry.name}: {page.why}"))
    known = world.store.known(look.entry.urn)
    wanted = decide.wanted(known, page, now=world.clock())
    known, refreshed = _by_todays_parser(world, known) if wanted else (known, ())
    got = {}
    for listing in wanted:
        if world.stopping():
            return replace(summary, stopped=True)
        got[listing] = _document(world, listing)
        world.store.extend_lease(source.key, world.clock(), LEASE)
    intent = decide.decide(known, look.entry, page, got, parser=PARSER, now=world.clock())
    world.store.apply(replace(intent, documents=(*refreshed, *intent.documents)))
    log.info("authority", urn=intent.urn, looked=look.why, outcome=intent.reason, odd=page.odd)
    return replace(
        summary,
        opened=summary.opened + 1,
        documents=summary.documents + len(intent.documents),
        changes=summary.changes + len(intent.changes),
        troubles=(*summary.troubles, *(f"{look.entry.name}: {odd}" for odd in page.odd)),
    )


def _page(world: World, url: str) -> bytes | Trouble:
    """The body of a page, from the archive if the site says that it has not changed."""
    visit = world.store.visit(url)
    kept = world.archive.find(visit.sha256) if visit else None
    answer = _ask(world, url, visit if kept is not None else None)
    if isinstance(answer, Trouble):
        return answer
    if answer.not_modified and kept is not None:
        return kept
    if answer.etag or answer.last_modified:
        world.store.record_visit(
            Visit(
                url=url,
                etag=answer.etag,
                last_modified=answer.last_modified,
                sha256=world.archive.put(answer.body),
                at=world.clock(),
            )
        )
    return answer.body


def _ask(world: World, url: str, visit: Visit | None) -> Fetched | Trouble:
    if visit is None:
        return world.fetcher.get(url)
    return world.fetcher.get(url, etag=visit.etag, last_modified=visit.last_modified)


def _document(world: World, listing: Listing) -> decide.Got:
    answer = world.fetcher.get(listing.url)
    if isinstance(answer, Trouble):
        return decide.Got(why=answer.why)
    if not decide.is_pdf(answer.body):
        reading = world.reader.read(answer.body)
        return decide.Got(why=getattr(reading, "why", "") or "what stands at its address is not a PDF")
    return decide.Got(sha256=world.archive.put(answer.body), reading=world.reader.read(answer.body))


def _by_todays_parser(world: World, known: KnownAuthority) -> tuple[KnownAuthority, tuple[KnownDocument, ...]]:
    """The authority with every stored reading made by today's parser, and the documents this altered."""
    refreshed = {
        document.listing.file_id: decide.reread(document, world.reader.read(data), parser=PARSER)
        for document in decide.stale(known.documents, parser=PARSER)
        if (data := world.archive.find(document.sha256 or "")) is not None
    }
    documents = tuple(refreshed.get(document.listing.file_id, document) for document in known.documents)
    return replace(known, documents=documents), tuple(refreshed.values())


def _after(state: SourceState, summary: PollSummary, *, now: datetime) -> SourceState:
    """The state of a source after a poll: well, or in trouble and asked again later and later."""
    if not summary.troubles:
        return replace(state, last_ok_at=now, failures=0, trouble="", next_check_at=None, seen=summary.seen)
    failures = state.failures + 1
    # A list that could be read was a look: only a source that gave no list is slowed down.
    rest = None if summary.seen else now + decide.again_after(failures)
    return replace(state, failures=failures, trouble=" ".join(summary.troubles), next_check_at=rest)


def _fields(summary: PollSummary) -> dict[str, object]:
    return {
        "seen": summary.seen,
        "opened": summary.opened,
        "documents": summary.documents,
        "changes": summary.changes,
        "troubles": summary.troubles,
        "stopped": summary.stopped,
    }
