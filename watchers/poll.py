"""One poll of one source.

    claim -> search pages -> which authorities moved -> for each: look at it -> upkeep -> tell operators -> release

Everything that can be known beforehand is decided in pure functions (`decide.py` says where); here things are only
called in order. What goes wrong with one authority is written down and never stops the others; what cannot be had is
left in peace for a while. A poll whose lease was lost writes nothing more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from storage.engine import StorageError
from storage.keeping import LEASE, kept
from storage.store import LostLeaseError
from storage.types import KnownAuthority, SourceState
from watchers import decide, looks, rests
from watchers.fetch import Trouble
from watchers.look import Footing, look_at
from watchers.looks import Look
from watchers.rota import london_day
from watchers.schedule import walk_due
from watchers.search import Listed, absent, everybody, search, shrunk
from watchers.sources import Source
from watchers.succession import moved
from watchers.suspicion import is_common, is_widespread
from watchers.upkeep import tell_operators, upkeep
from watchers.world import PollSummary, World, holding

log = structlog.get_logger()


def poll(world: World, source: Source, *, full: bool = False, even_if_resting: bool = False) -> PollSummary:
    """Poll a source once: claim it, look, write what is new, release it.

    `full`: open every page. `even_if_resting`: also while we leave the source in peace, unless it asked for that.
    """
    now, ours = world.clock(), holding(world, source)
    state = world.store.claim_source(source.key, ours, now, LEASE, even_if_resting=even_if_resting)
    if state is None:
        return _skipped(world, source, now)
    try:
        with kept(world.store, ours, world.clock) as lost:
            alert = replace(world, stopping=lambda: lost() or world.stopping())
            summary, listed = _poll(alert, source, state, full=full)
            state = replace(state, next_look_at=world.next_look(world.clock()) or state.next_look_at)
            after = rests.source_after(state, summary, now=world.clock())
            tell_operators(world, source, after, listed)
            world.store.release_source(after, ours)
    except LostLeaseError:
        return _skipped(world, source, world.clock())
    log.info("poll", source=source.key, **summary.fields)
    return replace(summary, again_at=_again_at(world, after, listed))


def _skipped(world: World, source: Source, now: datetime) -> PollSummary:
    """Left alone because it rests after a failure, or because somebody polls it, or died while polling it."""
    state, until = world.store.source(source.key), world.store.leased_until(holding(world, source).name)
    if until is None and state.next_check_at is not None and state.next_check_at > now:
        summary = PollSummary(skipped=rests.why_not(source.name, state, now), again_at=state.next_check_at)
        tell_operators(world, source, state, None)
    else:
        summary = PollSummary(skipped=f"{source.name} is being polled by another process", again_at=until or now)
    log.info("poll skipped", source=source.key, why=summary.skipped, again_at=str(summary.again_at))
    return summary


def _again_at(world: World, state: SourceState, listed: Listed | None) -> datetime | None:
    """When to look again, should that be before the plan says: what failed is to be tried again."""
    if state.next_check_at is not None or listed is None:
        return state.next_check_at
    known, now = world.store.known_authorities(), world.clock()
    documents = (document.next_try_at for document in world.store.awaited())
    pages = (known[one.urn].next_look_at for one in everybody(known, listed, today=london_day(now)) if one.urn in known)
    return rests.soonest(state, (*documents, *pages), now=now)


def _poll(world: World, source: Source, state: SourceState, *, full: bool) -> tuple[PollSummary, Listed | None]:
    """How it went, and the list if there was one. A failure that nobody foresaw is one of the source, logged whole."""
    listed: Listed | None = None
    try:
        found = search(world, source)
        if isinstance(found, Trouble):
            return _no_list(found), None
        listed = found
        summary = _walk(world, source, state, listed, full=full)
        return (summary if summary.stopped else upkeep(world, source, summary)), listed
    except LostLeaseError:
        raise
    except StorageError as error:  # a full disk, say: the next poll goes on from here
        return PollSummary(troubles=(str(error),), rest=timedelta()), listed
    except Exception:
        log.exception("poll broken off", source=source.key)
        return PollSummary(troubles=("the program failed (see the log)",), rest=timedelta()), listed


def _no_list(trouble: Trouble) -> PollSummary:
    if trouble.stopped:
        return PollSummary(stopped=True)
    return PollSummary(troubles=(trouble.why,), rest=timedelta(seconds=trouble.retry_after or 0))


def _walk(world: World, source: Source, state: SourceState, listed: Listed, *, full: bool) -> PollSummary:
    """Open the pages of the authorities that moved, one transaction each."""
    known, now = _remembered(world, source, state, listed), world.clock()
    less = shrunk(source, listed, absent(source, known, listed, now=now))
    summary = PollSummary(seen=len(listed.entries), troubles=(less,) if less else (), doubts=listed.odd)
    trusted = not is_widespread(world.store.missing_documents())
    footing = Footing(names=looks.names(known), trusted=trusted, common=is_common(known.values()))
    entries = everybody(known, listed, today=london_day(now))
    due, first = partial(walk_due, world.walks), state.last_ok_at is None
    to_open = looks.looks(known, entries, walk_due=due, now=now, full=full, first_walk=first)
    for done, look in enumerate(to_open):
        if world.stopping():
            return replace(summary, stopped=True)
        world.progress(done, len(to_open), look.entry.name)
        summary = look_at(world, source, _numbered(look, listed), summary, footing)
        if summary.rest is not None:
            return summary
    world.progress(len(to_open), len(to_open), "")
    return summary


def _remembered(world: World, source: Source, state: SourceState, listed: Listed) -> Mapping[str, KnownAuthority]:
    """Every authority seen so far, those included that are listed for the first time now."""
    for old, new in moved(world.store.known_authorities(), listed.numbers):
        world.store.rename_authority(old, new, holding(world, source))
    urns = [entry.urn for entry in listed.entries]
    world.store.record_list(source.key, urns, world.clock(), holding(world, source))
    known = world.store.known_authorities()
    since = london_day(state.last_ok_at) if state.last_ok_at else None
    unknown = decide.first_listed(known, listed.entries, since=since, today=london_day(world.clock()))
    if not unknown:
        return known
    world.store.note_listed(unknown, holding(world, source))
    return world.store.known_authorities()


def _numbered(look: Look, listed: Listed) -> Look:
    return replace(look, number=listed.numbers.get(look.entry.urn, look.entry.urn))
