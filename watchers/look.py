"""One look at one authority.

its page -> the documents that are new on it -> their bytes -> child process -> readings -> decide -> apply
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import structlog

from judgements.document import is_pdf
from judgements.types import Listing, NotRead
from judgements.version import PARSER
from storage.archive import Archive
from storage.engine import StorageError
from storage.store import Store
from storage.types import Holding, KnownDocument, Visit
from watchers import decide
from watchers.fetch import Fetched, Fetcher, Trouble
from watchers.listings import NotThePage, ProviderPage, provider_page
from watchers.read import Reader
from watchers.sources import Source

log = structlog.get_logger()

PAGE_LIMIT = 3 * 2**20
"""Bytes of a page of the site; a search page of 100 authorities has a tenth of a megabyte."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What a poll works with: where it reads, where it writes, and the time."""

    store: Store
    archive: Archive
    fetcher: Fetcher
    reader: Reader
    site: str
    clock: Callable[[], datetime]
    owner: str = "this process"
    """Who we are: no two processes on one database may be the same."""
    stopping: Callable[[], bool] = lambda: False
    progress: Callable[[int, int, str], None] = lambda _done, _total, _name: None


@dataclass(frozen=True, slots=True, kw_only=True)
class PollSummary:
    """How a poll went, so far. `troubles` are sentences for operators; () means that all is well."""

    seen: int = 0
    opened: int = 0
    documents: int = 0
    changes: int = 0
    troubles: tuple[str, ...] = ()
    stopped: bool = False
    skipped: str = ""
    """Why nothing was done, where nothing was to be done."""
    rest: timedelta | None = None
    """The source gave no list, or refused us: it is left in peace for so long at least. None: it is well."""
    refused: int | None = None
    """The HTTP status of the last page that could not be had."""
    failures_in_a_row: int = 0
    again_at: datetime | None = None
    """When to look again, if that is before the plan says: a failure to be tried again, a document not there yet."""

    @property
    def fields(self) -> dict[str, object]:
        """For the log line."""
        counts = {"seen": self.seen, "opened": self.opened, "documents": self.documents, "changes": self.changes}
        return {**counts, "troubles": self.troubles, "stopped": self.stopped}


def holding(world: World, source: Source) -> Holding:
    """The lease under which a source is polled."""
    return Holding(name=f"source:{source.key}", owner=world.owner)


def look_at(
    world: World,
    source: Source,
    look: decide.Look,
    summary: PollSummary,
    *,
    since: date | None,
) -> PollSummary:
    """Open one authority's page, read what is new on it, write it down; the summary with what came of it.

    A failure that nobody foresaw is logged whole and costs this authority only.
    """
    try:
        return _look_at(world, source, look, summary, since=since)
    except StorageError:
        raise
    except Exception:
        log.exception("authority not looked at", urn=look.entry.urn)
        return _failed(summary, f"{look.entry.name}: the program failed on it, see the log")


def _look_at(
    world: World,
    source: Source,
    look: decide.Look,
    summary: PollSummary,
    *,
    since: date | None,
) -> PollSummary:
    page = _provider_page(world, source, look.entry.urn)
    if isinstance(page, Trouble) and page.stopped:
        return replace(summary, stopped=True)
    if isinstance(page, Trouble | NotThePage):
        log.warning("authority not looked at", urn=look.entry.urn, why=page.why)
        trouble = page if isinstance(page, Trouble) else None
        return _failed(summary, f"{look.entry.name}: {page.why}", trouble=trouble)
    known = world.store.known(look.entry.urn)
    odd = tuple(f"{look.entry.name}: {why}" for why in (decide.suspicion(known, look.entry, page), *page.odd) if why)
    if not page.listings and odd:
        return _failed(summary, *odd)
    got: dict[Listing, decide.Got] = {}
    for listing in decide.wanted(known, page, now=world.clock()):
        got[listing] = _document(world, listing)
        if world.stopping():  # also in mid-wait: what was asked for then is no failure, and is not written
            return replace(summary, stopped=True)
    if got:
        known = replace(
            known, documents=tuple(by_todays_parser(world, source, document) for document in known.documents)
        )
    intent = decide.decide(known, look.entry, page, got, parser=PARSER, now=world.clock(), since=since)
    world.store.apply(intent, holding(world, source))
    log.info("authority", urn=intent.urn, looked=look.why, outcome=intent.reason, odd=odd)
    return replace(
        summary,
        opened=summary.opened + 1,
        documents=summary.documents + len(got),
        changes=summary.changes + len(intent.changes),
        troubles=(*summary.troubles, *odd),
        refused=None,
        failures_in_a_row=0,
    )


def _failed(summary: PollSummary, *why: str, trouble: Trouble | None = None) -> PollSummary:
    return replace(
        summary,
        troubles=(*summary.troubles, *why),
        refused=trouble.status if trouble else None,
        rest=timedelta(seconds=trouble.retry_after) if trouble and trouble.retry_after else summary.rest,
        failures_in_a_row=summary.failures_in_a_row + 1,
    )


def _provider_page(world: World, source: Source, urn: str) -> ProviderPage | NotThePage | Trouble:
    url = source.provider_url(world.site, urn)
    body = page_at(world, url)
    return body if isinstance(body, Trouble) else provider_page(body, urn=urn, url=url)


def page_at(world: World, url: str) -> bytes | Trouble:
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
        return world.fetcher.get(url, limit=PAGE_LIMIT)
    return world.fetcher.get(url, etag=visit.etag, last_modified=visit.last_modified, limit=PAGE_LIMIT)


def _document(world: World, listing: Listing) -> decide.Got:
    answer = world.fetcher.get(listing.url)
    if isinstance(answer, Trouble):
        return decide.Got(why=answer.why)
    reading = world.reader.read(answer.body)
    if is_pdf(answer.body):
        return decide.Got(sha256=world.archive.put(answer.body), reading=reading)
    return decide.Got(why=reading.why if isinstance(reading, NotRead) else "What stands at its address is not a PDF.")


def by_todays_parser(world: World, source: Source, document: KnownDocument) -> KnownDocument:
    """The document with a reading of today's parser, written down; nothing is announced by it."""
    if document.sha256 is None or document.parser == PARSER:
        return document
    data = world.archive.find(document.sha256)
    reading = world.reader.read(data) if data is not None else None
    fresh = decide.reread(document, reading, parser=PARSER, now=world.clock())
    world.store.record_reading(fresh, holding(world, source))
    return fresh
