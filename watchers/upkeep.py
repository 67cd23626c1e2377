"""What a poll does besides looking for news: a little at a time, so that no poll grows long.

documents read by today's parser -> what was not read is read at last -> some documents asked for again
"""

from __future__ import annotations

from dataclasses import replace

import structlog

from judgements.version import PARSER
from storage.types import Intent, KnownAuthority, SourceState
from watchers import decide, succession, troubles
from watchers.pages import by_todays_parser, document_at
from watchers.rota import LONDON
from watchers.search import Listed, shrunk
from watchers.sources import Source
from watchers.world import PollSummary, World, holding

log = structlog.get_logger()

REREAD_AT_ONCE = 50
"""Documents that are read again by today's parser in one poll."""
CHECKED_AT_ONCE = 3
"""Documents that are asked for again in one poll, should they have been replaced."""


def upkeep(world: World, source: Source, summary: PollSummary) -> PollSummary:
    """After the walk. A stop ends it between two steps, and the next poll goes on."""
    for step in (_reread, _settle, _check, _reorganised):
        if summary.stopped or world.stopping():
            return replace(summary, stopped=True)
        summary = step(world, source, summary)
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
        known = _read_today(world, source, world.store.known(due.listing.urn))
        document = next(one for one in known.documents if one.listing == due.listing)
        answer = document_at(world, document.listing.url, document)
        if world.stopping():
            return replace(summary, stopped=True)
        intent = decide.checked(known, document, answer, parser=PARSER, now=world.clock())
        summary = _write(world, source, summary, intent)
    return summary


def _read_today(world: World, source: Source, known: KnownAuthority) -> KnownAuthority:
    return replace(known, documents=tuple(by_todays_parser(world, source, one) for one in known.documents))


def _reorganised(world: World, source: Source, summary: PollSummary) -> PollSummary:
    """Authorities that were created or abolished are told, once."""

    def page(urn: str) -> str:
        return source.provider_url(world.site, urn) if urn.isdecimal() else world.site

    now = world.clock()
    changes = succession.turns(world.store.known_authorities(), page, today=now.astimezone(LONDON).date())
    for change in changes:
        if not world.store.told_changes(succession.keys(change)):
            intent = Intent(
                urn=change.urn, now=now, latest_report=None, baseline=False, walked=False, changes=(change,),
                reason=str(change.kind),
            )  # fmt: skip
            summary = _write(world, source, summary, intent)
    return summary


def _write(world: World, source: Source, summary: PollSummary, intent: Intent) -> PollSummary:
    world.store.apply(intent, holding(world, source))
    if intent.changes:
        log.info("authority", urn=intent.urn, outcome=intent.reason)
    return replace(summary, changes=summary.changes + len(intent.changes))


def tell_operators(world: World, source: Source, state: SourceState, listed: Listed | None) -> None:
    """Write down what operators must know now of the source, and what is over. `listed`: None if there was no list."""
    now = world.clock()
    seen = _observed(world, source, state, listed)
    found = troubles.troubles(seen, now)
    for one in found:
        world.store.raise_trouble(one.key, one.kind, one.sentence, now)
    for known in world.store.open_troubles():
        if troubles.over(known, found, seen, now):
            world.store.end_trouble(known.key, now)


def _observed(world: World, source: Source, state: SourceState, listed: Listed | None) -> troubles.Observed:
    newest = world.store.coverage().newest
    known = world.store.known_authorities()
    doubts = () if listed is None else (shrunk(source, known, listed, now=world.clock()), *listed.odd)
    return troubles.Observed(
        source=source,
        state=state,
        listed=listed is not None,
        list_doubts=tuple(filter(None, doubts)),
        unfamiliar=() if listed is None else listed.unfamiliar,
        newest=newest.published if newest else None,
        unread=world.store.told_unread(),
        missing_on=world.store.missing_documents(),
        room=world.archive.room(),
    )
