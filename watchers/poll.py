"""One poll of one source.

    claim -> search pages -> which authorities moved -> for each: look at it -> release

Everything that can be known beforehand is decided in `decide.py`; here things are only called in order. What goes wrong
with one authority is written down and never stops the others; a site that refuses us is left in peace.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from judgements.version import PARSER
from storage.engine import StorageError
from storage.store import LostLeaseError
from storage.types import SourceState
from watchers import decide
from watchers.fetch import Trouble
from watchers.lease import LEASE, kept
from watchers.listings import NotThePage, SearchEntry, search_page
from watchers.look import PollSummary, World, by_todays_parser, holding, look_at, page_at
from watchers.sources import Source, no_more

log = structlog.get_logger()

MAX_SEARCH_PAGES = 20
REFUSALS = frozenset({403, 429})
PATIENCE = 3
"""Authorities in a row whose pages cannot be had before the walk is broken off."""
MOST_ODD = 5
"""Sentences on what is odd about the search pages that are kept: each authority may have one."""
REREAD_AT_ONCE = 50
"""Documents that are read again by today's parser in one poll."""

__all__ = ["LEASE", "PollSummary", "World", "poll"]


def poll(world: World, source: Source, *, full: bool = False, even_if_resting: bool = False) -> PollSummary:
    """Poll a source once: claim it, look, write what is new, release it."""
    now, ours = world.clock(), holding(world, source)
    state = world.store.claim_source(source.key, ours, now, LEASE, even_if_resting=even_if_resting)
    if state is None:
        return _skipped(world, source, now)
    try:
        with kept(world.store, ours, world.clock) as lost:
            summary = _poll_ours(replace(world, stopping=lambda: lost() or world.stopping()), source, state, full=full)
            world.store.release_source(_after(state, summary, now=world.clock()), ours)
    except LostLeaseError:
        return _skipped(world, source, world.clock())
    log.info("poll", source=source.key, **summary.fields)
    after = world.store.source(source.key)
    return replace(summary, again_at=_soonest((after.next_check_at, *world.store.awaited().values())))


def _poll_ours(world: World, source: Source, state: SourceState, *, full: bool) -> PollSummary:
    try:
        return _poll(world, source, state, full=full)
    except LostLeaseError:
        raise
    except StorageError as error:  # a full disk, say: the next poll goes on from here
        return PollSummary(troubles=(str(error),), rest=timedelta())


def _skipped(world: World, source: Source, now: datetime) -> PollSummary:
    """Left alone because it rests after a failure, or because somebody polls it, or died while polling it."""
    state, until = world.store.source(source.key), world.store.leased_until(holding(world, source).name)
    if until is None and state.next_check_at is not None and state.next_check_at > now:
        why = f"{source.name} rests after a failure until {state.next_check_at:%H:%M} UTC: {state.trouble}"
        summary = PollSummary(skipped=why, again_at=state.next_check_at)
    else:
        summary = PollSummary(skipped=f"{source.name} is being polled by another process", again_at=until or now)
    log.info("poll skipped", source=source.key, why=summary.skipped, again_at=str(summary.again_at))
    return summary


def _soonest(moments: Iterable[datetime | None]) -> datetime | None:
    return min((moment for moment in moments if moment is not None), default=None)


def _poll(world: World, source: Source, state: SourceState, *, full: bool) -> PollSummary:
    found = _search(world, source)
    if isinstance(found, Trouble):
        if found.stopped:
            return PollSummary(stopped=True)
        return PollSummary(troubles=(found.why,), rest=timedelta(seconds=found.retry_after or 0))
    summary = _walk(world, source, state, found, full=full)
    return summary if summary.stopped else _reread(world, source, summary)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listed:
    """Every authority on the search pages, and what was odd about them."""

    entries: tuple[SearchEntry, ...]
    odd: tuple[str, ...]


def _search(world: World, source: Source) -> _Listed | Trouble:
    """What the search pages list, or what went wrong. Pages on until one brings nothing new."""
    entries: dict[str, SearchEntry] = {}
    odd: list[str] = []
    for _ in range(MAX_SEARCH_PAGES):
        body = page_at(world, source.search_url(world.site, len(entries)))
        if isinstance(body, Trouble):
            return body
        page = search_page(body)
        if isinstance(page, NotThePage):
            return Trouble(why=f"{source.name} answers with {page.why}")
        fresh = [entry for entry in page.entries if entry.urn not in entries]
        entries.update((entry.urn, entry) for entry in fresh)
        odd.extend(page.odd)
        if not fresh or not page.has_next:
            listed = _Listed(entries=tuple(entries.values()), odd=tuple(odd[:MOST_ODD]))
            return listed if entries else Trouble(why=f"{source.name} is empty")
    return Trouble(why=f"{source.name} does not end after {MAX_SEARCH_PAGES} pages")


def _walk(world: World, source: Source, state: SourceState, listed: _Listed, *, full: bool) -> PollSummary:
    """Open the pages of the authorities that moved, one transaction each."""
    known = world.store.known_authorities()
    looks = decide.looks(known, world.store.awaited(), listed.entries, full=full, now=world.clock())
    summary = PollSummary(
        seen=len(listed.entries), troubles=(*_shrunk(source, known, listed.entries, world.clock()), *listed.odd)
    )
    since = state.last_ok_at.date() if state.last_ok_at else None
    for done, look in enumerate(looks):
        if world.stopping():
            return replace(summary, stopped=True)
        world.progress(done, len(looks), look.entry.name)
        summary = look_at(world, source, look, summary, since=since)
        if summary.refused in REFUSALS or summary.failures_in_a_row >= PATIENCE:
            return replace(summary, rest=summary.rest or timedelta())
    world.progress(len(looks), len(looks), "")
    return summary


def _shrunk(source: Source, known: Iterable[str], entries: tuple[SearchEntry, ...], now: datetime) -> tuple[str, ...]:
    gone = decide.missing(source.expected.union(known) - no_more(now.date()), entries)
    return (
        (f"{source.name} shows {len(entries)} authorities, {len(gone)} that have to be there are not",) if gone else ()
    )


def _reread(world: World, source: Source, summary: PollSummary) -> PollSummary:
    """Some of the documents that another version of the parser read are read again. Nothing is announced by it."""
    for document in world.store.stale(PARSER, REREAD_AT_ONCE):
        if world.stopping():
            return replace(summary, stopped=True)
        by_todays_parser(world, source, document)
    return summary


def _after(state: SourceState, summary: PollSummary, *, now: datetime) -> SourceState:
    """The state of a source after a poll: well, or in trouble, and at rest if it gave no list or refused us."""
    if summary.stopped and not summary.troubles:
        return state
    if not summary.troubles:
        return replace(state, last_ok_at=now, failures=0, trouble="", next_check_at=None, seen=summary.seen)
    failures = state.failures + 1
    rest = None if summary.rest is None else now + max(summary.rest, decide.again_after(failures))
    return replace(state, failures=failures, trouble=" ".join(summary.troubles), next_check_at=rest)
