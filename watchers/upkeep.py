"""What a poll does besides looking for news: a little at a time, so that no poll grows long.

documents read by today's parser -> what was not read is read at last -> some documents asked for again, those that we
have and those that were not to be had -> reorganisations
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import structlog

from judgements.version import PARSER
from storage.engine import StorageError
from storage.types import Intent, KnownDocument, SourceState, TroubleKind
from watchers import decide, rests, succession, troubles
from watchers.pages import by_todays_parser, document_at, read_today
from watchers.rota import london_day
from watchers.search import Listed, absent, shrunk
from watchers.sources import Source
from watchers.world import PollSummary, World, holding

log = structlog.get_logger()

REREAD_AT_ONCE = 50
"""Documents that are read again by today's parser in one poll."""
CHECKED_AT_ONCE = 3
"""Documents that are asked for again in one poll, should they have been replaced."""
AWAITED_AT_ONCE = 50
"""Documents that are asked for again in one poll because they were not to be had."""


def upkeep(world: World, source: Source, summary: PollSummary) -> PollSummary:
    """After the walk. A stop ends it between two steps, and the next poll goes on.

    A failure that nobody foresaw is logged whole and told; it keeps nobody from looking for news.
    """
    for step in (_reread, _settle, _check, _ask_again, _reorganised):
        if summary.stopped or world.stopping():
            return replace(summary, stopped=True)
        try:
            summary = step(world, source, summary)
        except StorageError:
            raise
        except Exception:
            log.exception("upkeep broken off", step=step.__name__)
            summary = replace(
                summary, troubles=(*summary.troubles, "the program failed while tidying up (see the log)")
            )
    return summary


def _reread(world: World, source: Source, summary: PollSummary) -> PollSummary:
    """Some of the documents that another version of the parser read are read again. Nothing is announced by it."""
    for document in world.store.stale(PARSER, REREAD_AT_ONCE):
        if world.stopping():
            return replace(summary, stopped=True)
        by_todays_parser(world, source, document)
    return summary


def _settle(world: World, source: Source, summary: PollSummary) -> PollSummary:
    """What people were told of as not read, and today's parser reads: their messages are put right."""
    for urn in world.store.read_at_last():
        known = world.store.known(urn)
        summary = _write(world, source, summary, decide.settled(known, now=world.clock()))
    return summary


def _check(world: World, source: Source, summary: PollSummary) -> PollSummary:
    """Some of the documents that we have are asked for again."""
    for due in world.store.to_check(world.clock(), CHECKED_AT_ONCE):
        known = read_today(world, source, world.store.known(due.listing.urn))
        document = next(one for one in known.documents if one.listing == due.listing)
        answer = document_at(world, document.listing.url, document)
        if world.stopping():
            return replace(summary, stopped=True)
        if not answer.asked:
            continue
        intent = decide.checked(known, document, answer, parser=PARSER, now=world.clock())
        summary = _write(world, source, summary, intent)
    return summary


def _ask_again(world: World, source: Source, summary: PollSummary) -> PollSummary:
    """The documents that were not to be had, or not in a form that can be read, are asked for when they are due."""
    asked = 0
    for urn, those in _due(world).items():
        known = read_today(world, source, world.store.known(urn))
        got = {one.listing: document_at(world, one.listing.url, one) for one in those if not world.stopping()}
        if world.stopping():
            return replace(summary, stopped=True)
        elsewhere = world.store.pages_of([one.listing.file_id for one in those])
        intent = decide.asked_again(known, got, parser=PARSER, now=world.clock(), elsewhere=elsewhere)
        summary = _write(world, source, summary, intent)
        summary = replace(summary, documents=summary.documents + sum(one.sha256 is not None for one in got.values()))
        asked += sum(one.asked for one in got.values())
        if asked >= AWAITED_AT_ONCE:
            break
    return summary


def _due(world: World) -> Mapping[str, Sequence[KnownDocument]]:
    """The documents that are due, by the authority whose page lists them, the oldest first on each."""
    found: dict[str, list[KnownDocument]] = {}
    for one in world.store.awaited():
        if rests.is_over(one.next_try_at, world.clock()):
            found.setdefault(one.listing.urn, []).append(one)
    return {
        urn: sorted(those, key=lambda one: (one.listing.published, one.listing.file_id)) for urn, those in found.items()
    }


def _reorganised(world: World, source: Source, summary: PollSummary) -> PollSummary:
    """Authorities that were created or abolished are told, once."""

    def page(urn: str) -> str:
        return source.provider_url(world.site, urn) if urn.isdecimal() else world.site

    now = world.clock()
    changes = succession.turns(world.store.known_authorities(), page, today=london_day(now))
    for change in changes:
        if not world.store.told_changes(succession.keys(change)):
            reason = str(change.kind)
            intent = Intent(urn=change.urn, now=now, baseline=False, walked=False, changes=(change,), reason=reason)
            summary = _write(world, source, summary, intent)
    return summary


def _write(world: World, source: Source, summary: PollSummary, intent: Intent) -> PollSummary:
    world.store.apply(intent, holding(world, source))
    if intent.changes:
        log.info("authority", urn=intent.urn, outcome=intent.reason)
    return replace(summary, changes=summary.changes + len(intent.changes))


def tell_operators(world: World, source: Source, state: SourceState, listed: Listed | None) -> None:
    """Write down what operators must know now of the source, and what is over. `listed`: None if there was no list.

    Whatever fails in it is logged whole, and keeps nobody from writing down how the source is doing.
    """
    try:
        _tell_operators(world, source, state, listed)
    except Exception:
        log.exception("operators not told", source=source.key)


def _tell_operators(world: World, source: Source, state: SourceState, listed: Listed | None) -> None:
    now = world.clock()
    seen = _observed(world, source, state, listed)
    found = troubles.troubles(seen, now)
    for one in found:
        world.store.raise_trouble(one.key, one.kind, one.sentence, now, about=one.about)
    for known in world.store.open_troubles():
        if troubles.over(known, found, seen, now):
            world.store.end_trouble(known.key, now)


def _observed(world: World, source: Source, state: SourceState, listed: Listed | None) -> troubles.Observed:
    now = world.clock()
    coverage, known = world.store.coverage(london_day(now)), world.store.known_authorities()
    suspect = {urn for one in coverage.troubles if one.kind is TroubleKind.PAGE_SUSPECT for urn in one.about}
    there = set() if listed is None else {one.urn for one in listed.entries}
    gone = () if listed is None else absent(source, known, listed, now=now)
    return troubles.Observed(
        source=source,
        state=state,
        listed=listed is not None,
        gone=gone,
        short="" if listed is None else shrunk(source, listed, gone),
        list_doubts=() if listed is None else listed.odd,
        unfamiliar=() if listed is None else listed.unfamiliar,
        newest=coverage.newest.published if coverage.newest else None,
        unread=world.store.told_unread(),
        missing_on=world.store.missing_documents(),
        room=world.archive.room(),
        pages=tuple(one for one in known.values() if one.urn in there - suspect),
        hosts=tuple(world.store.hosts().values()),
        awaited=world.store.awaited(),
    )
