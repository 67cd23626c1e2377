"""Pages and documents from the source site, and from the archive where the site says that nothing has changed.

A page is asked for whole once a day, and in between on condition that it has changed. It is archived when what it lists
is not what it listed before: its banner, its token or the order of its attributes may be another one each time. A
document is archived whatever it is, if it is a PDF.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256
from typing import Generic, TypeVar
from urllib.parse import urlsplit

from judgements.document import is_pdf
from judgements.types import NotRead, Reading
from judgements.version import PARSER
from storage.types import Fetch, HostState, KnownAuthority, KnownDocument, Visit
from watchers import decide, rests
from watchers.fetch import MAX_BODY, Fetched, Trouble
from watchers.lifecycle import Got, believed
from watchers.listings import NotThePage
from watchers.sources import Source
from watchers.world import World, holding

TRUSTED = timedelta(hours=20)
"""So long a site is believed that says a page has not changed: each page is asked for whole once a day, by the night's
walk if by nothing else. A 304 that is wrong for ever blinds us for a day."""
PAGE_LIMIT = 3 * 2**20
"""Bytes of a page of the site; a search page of 100 authorities has a tenth of a megabyte."""

Page = TypeVar("Page")


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened(Generic[Page]):
    """A page as it was understood, and as it stands on the site: at `url`, wherever redirects have led."""

    page: Page
    body: bytes
    url: str


def page_at(world: World, url: str, understand: Callable[[bytes, str], Page]) -> Opened[Page] | Trouble:
    """The page at an address; from the archive if the site says that it has not changed.

    `understand` is given its body and the address it came from. What is not the page is not kept in its place.
    """
    visit, now = world.store.visit(url), world.clock()
    kept = world.archive.find(visit.sha256) if visit else None
    fresh = visit is not None and timedelta() <= now - visit.at < TRUSTED
    answer = _ask(world, url, visit if fresh and kept is not None else None, limit=PAGE_LIMIT)
    if isinstance(answer, Trouble):
        return answer
    if answer.not_modified and kept is not None:
        return Opened(page=understand(kept, url), body=kept, url=url)
    page = understand(answer.body, answer.url)
    opened = Opened(page=page, body=answer.body, url=answer.url)
    if isinstance(page, NotThePage):
        return opened
    meaning = sha256(repr(page).encode()).hexdigest()
    if visit is None or kept is None or visit.meaning != meaning:
        _keep(world, url, answer, meaning)
    elif not fresh or (visit.etag, visit.last_modified) != (answer.etag, answer.last_modified):
        world.store.record_visit(_visit(world, url, answer, visit.sha256, meaning))
    return opened


def _ask(world: World, url: str, visit: Visit | None, *, limit: int = MAX_BODY) -> Fetched | Trouble:
    if visit is None:
        return world.fetcher.get(url, limit=limit)
    return world.fetcher.get(url, etag=visit.etag, last_modified=visit.last_modified, limit=limit)


def _keep(world: World, url: str, answer: Fetched, meaning: str = "") -> str:
    """Put a body into the archive, and write down where it came from."""
    digest = world.archive.put(answer.body)
    size, headers = len(answer.body), tuple(answer.headers)
    fetch = Fetch(sha256=digest, url=url, fetched_at=world.clock(), size=size, headers=headers)
    world.store.record_visit(_visit(world, url, answer, digest, meaning), fetch)
    return digest


def copy_of(world: World, opened: Opened[Page]) -> str:
    """A page put into the archive for people to look at, whatever it is."""
    digest = world.archive.put(opened.body)
    world.store.record_fetch(Fetch(sha256=digest, url=opened.url, fetched_at=world.clock(), size=len(opened.body)))
    return digest


def _visit(world: World, url: str, answer: Fetched, digest: str, meaning: str) -> Visit:
    return Visit(
        url=url,
        etag=answer.etag,
        last_modified=answer.last_modified,
        sha256=digest,
        at=world.clock(),
        meaning=meaning,
    )


def document_at(world: World, url: str, old: KnownDocument | None) -> Got:
    """The document at an address, archived and read; or why it is not to be had, or was not asked for.

    `old`: as it is known, its reading by today's parser.
    """
    name, now = urlsplit(url).netloc.lower(), world.clock()
    host = world.store.hosts().get(name, HostState(host=name))
    if not rests.is_over(host.next_try_at, now):
        return Got(why=f"{name} is left in peace: {host.trouble}", asked=False, again_at=host.next_try_at)
    answer = _ask(world, url, _same_as_archived(world, url, old))
    if isinstance(answer, Trouble):
        return _not_had(world, host, answer, was_well=old is None or not old.failures)
    if host.failures:
        world.store.record_host(HostState(host=name))
    if answer.not_modified:
        assert old is not None
        return Got(sha256=old.sha256, reading=old.reading, was=_was(world, old, old.sha256))
    reading = world.reader.read(answer.body)
    if is_pdf(answer.body):
        digest = _keep(world, url, answer)
        return Got(sha256=digest, reading=reading, was=_was(world, old, digest))
    return Got(why=reading.why if isinstance(reading, NotRead) else "What is at its address is not a PDF.")


def _same_as_archived(world: World, url: str, old: KnownDocument | None) -> Visit | None:
    """The last answer of its address, if what we know of the document was read in it and it is still in the archive."""
    visit = world.store.visit(url) if old is not None and old.sha256 else None
    if visit is None or old is None or visit.sha256 != old.sha256:
        return None
    return visit if world.archive.find(visit.sha256) is not None else None


def _not_had(world: World, host: HostState, trouble: Trouble, *, was_well: bool) -> Got:
    """With what it says of the host, unless it was we who broke it off."""
    if trouble.stopped:
        return Got(why=trouble.why)
    after = rests.host_after(host, trouble, was_well=was_well, now=world.clock())
    if after != host:
        world.store.record_host(after)
    return Got(why=trouble.why, again_at=after.next_try_at)


def _was(world: World, old: KnownDocument | None, digest: str | None) -> Reading | None:
    """What today's parser reads in the bytes that people were told of, if they are not these."""
    if old is None or old.told_sha256 is None or old.told_sha256 == digest:
        return None
    if old.told_sha256 == old.sha256 and old.parser == PARSER:
        return old.reading
    data = world.archive.find(old.told_sha256)
    return believed(old.listing, world.reader.read(data)) if data is not None else None


def read_today(world: World, source: Source, known: KnownAuthority) -> KnownAuthority:
    """What is compared is read by today's parser, all of it whose bytes we have."""
    return replace(known, documents=tuple(by_todays_parser(world, source, one) for one in known.documents))


def by_todays_parser(world: World, source: Source, document: KnownDocument) -> KnownDocument:
    """The document with a reading of today's parser, written down; nothing is announced by it."""
    if document.sha256 is None or document.parser == PARSER:
        return document
    data = world.archive.find(document.sha256)
    reading = world.reader.read(data) if data is not None else None
    fresh = decide.reread(document, reading, parser=PARSER, now=world.clock())
    if fresh != document:
        world.store.record_reading(fresh, holding(world, source))
    return fresh
