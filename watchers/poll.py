"""One poll of one source.

    claim -> search pages -> which authorities moved -> for each: look at it -> upkeep -> release -> tell operators

Everything that can be known beforehand is decided in pure functions (`decide.py` says where); here things are only
called in order. What goes wrong with one authority is written down and never stops the others; a site that refuses us
is left in peace. A poll whose lease was lost writes nothing more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from storage.engine import StorageError
from storage.store import LostLeaseError
from storage.types import Intent, SourceState
from watchers.fetch import Trouble
from watchers.lease import LEASE, kept
from watchers.look import Footing, look_at
from watchers.looks import Look, looks
from watchers.rota import LONDON, again_after
from watchers.schedule import walk_due
from watchers.search import Listed, search, shrunk
from watchers.sources import Source
from watchers.succession import renamed
from watchers.suspicion import is_widespread
from watchers.upkeep import tell_operators, upkeep
from watchers.world import PollSummary, World, holding

log = structlog.get_logger()

REFUSALS = frozenset({403, 429})
PATIENCE = 3
"""Authorities in a row whose pages cannot be had before the walk is broken off."""

__all__ = ["LEASE", "PollSummary", "World", "poll"]


def poll(world: World, source: Source, *, full: bool = False, even_if_resting: bool = False) -> PollSummary:
    """Poll a source once: claim it, look, write what is new, release it."""
    now, ours = world.clock(), holding(world, source)
    state = world.store.claim_source(source.key, ours, now, LEASE, even_if_resting=even_if_resting)
    if state is None:
        return _skipped(world, source, now)
    try:
        with kept(world.store, ours, world.clock) as lost:
            alert = replace(world, stopping=lambda: lost() or world.stopping())
            summary, listed = _poll(alert, source, state, full=full)
            after = _after(state, summary, now=world.clock(), next_look=world.next_look(world.clock()))
            tell_operators(world, source, after, listed)
            world.store.release_source(after, ours)
    except LostLeaseError:
        return _skipped(world, source, world.clock())
    log.info("poll", source=source.key, **summary.fields)
    return replace(summary, again_at=_soonest((after.next_check_at, *world.store.awaited().values())))


def _skipped(world: World, source: Source, now: datetime) -> PollSummary:
    """Left alone because it rests after a failure, or because somebody polls it, or died while polling it."""
    state, until = world.store.source(source.key), world.store.leased_until(holding(world, source).name)
    if until is None and state.next_check_at is not None and state.next_check_at > now:
        why = f"{source.name} rests after a failure until {state.next_check_at:%H:%M} UTC: {state.trouble}"
        summary = PollSummary(skipped=why, again_at=state.next_check_at)
        tell_operators(world, source, state, None)
    else:
        summary = PollSummary(skipped=f"{source.name} is being polled by another process", again_at=until or now)
    log.info("poll skipped", source=source.key, why=summary.skipped, again_at=str(summary.again_at))
    return summary


def _soonest(moments: Iterable[datetime | None]) -> datetime | None:
    return min((moment for moment in moments if moment is not None), default=None)


def _poll(world: World, source: Source, state: SourceState, *, full: bool) -> tuple[PollSummary, Listed | None]:
    """How it went, and the list if there was one."""
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


def _no_list(trouble: Trouble) -> PollSummary:
    if trouble.stopped:
        return PollSummary(stopped=True)
    return PollSummary(troubles=(trouble.why,), rest=timedelta(seconds=trouble.retry_after or 0))


def _walk(world: World, source: Source, state: SourceState, listed: Listed, *, full: bool) -> PollSummary:
    """Open the pages of the authorities that moved, one transaction each."""
    for old, new in renamed(world.store.known_authorities()):
        world.store.rename_authority(old, new, holding(world, source))
    now, known = world.clock(), world.store.known_authorities()
    less = shrunk(source, known, listed, now=now)
    summary = PollSummary(seen=len(listed.entries), troubles=(less,) if less else (), doubts=listed.odd)
    since = state.last_ok_at.astimezone(LONDON).date() if state.last_ok_at else None
    footing = Footing(since=since, trusted=not is_widespread(world.store.missing_documents()))
    to_open = looks(
        known,
        world.store.awaited(),
        listed.entries,
        walk_due=lambda walked, at: full or walk_due(world.walks, walked, at),
        now=now,
    )
    if state.last_ok_at is None:
        _note_the_list(world, source, known, listed)
    for done, look in enumerate(to_open):
        if world.stopping():
            return replace(summary, stopped=True)
        world.progress(done, len(to_open), look.entry.name)
        summary = look_at(world, source, _numbered(look, listed), summary, footing)
        if summary.refused in REFUSALS or summary.failures_in_a_row >= PATIENCE:
            return replace(summary, rest=summary.rest or timedelta())
    world.progress(len(to_open), len(to_open), "")
    return summary


def _note_the_list(world: World, source: Source, known: Collection[str], listed: Listed) -> None:
    """What the list said before the first walk: what is published while that goes on, for days perhaps, is news."""
    for entry in listed.entries:
        if entry.urn not in known:
            seen = Intent(
                urn=entry.urn, now=world.clock(), latest_report=entry.latest_report, baseline=False, reason="listed"
            )
            world.store.apply(seen, holding(world, source))


def _numbered(look: Look, listed: Listed) -> Look:
    return replace(look, number=listed.numbers.get(look.entry.urn, look.entry.urn))


def _after(state: SourceState, summary: PollSummary, *, now: datetime, next_look: datetime | None) -> SourceState:
    """The state of a source after a poll: well, or in trouble, and at rest if it gave no list or refused us."""
    state = replace(state, next_look_at=next_look or state.next_look_at)
    if summary.stopped and not summary.troubles:
        return state
    if not summary.troubles:
        return replace(state, last_ok_at=now, failures=0, trouble="", next_check_at=None, seen=summary.seen)
    failures = state.failures + 1
    rest = None if summary.rest is None else now + max(summary.rest, again_after(failures))
    return replace(state, failures=failures, trouble=" ".join(summary.troubles), next_check_at=rest)
