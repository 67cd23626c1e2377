"""One look at one authority.

its page -> the documents that are new on it -> their bytes -> child process -> readings -> decide -> apply
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial

import structlog

from judgements.types import Listing
from judgements.version import PARSER
from storage.engine import StorageError
from storage.types import KnownAuthority, TroubleKind
from watchers import decide, suspicion
from watchers.fetch import Trouble
from watchers.lifecycle import Got
from watchers.listings import NotThePage, ProviderPage, provider_page
from watchers.looks import Look
from watchers.pages import Opened, by_todays_parser, document_at, page_at
from watchers.sources import Source
from watchers.world import PollSummary, World, holding

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Footing:
    """What a walk stands on: the day of the last good poll (None: there was none), and whether the site is believed."""

    since: date | None = None
    trusted: bool = True


def look_at(world: World, source: Source, look: Look, summary: PollSummary, footing: Footing) -> PollSummary:
    """Open one authority's page, read what is new on it, write it down; the summary with what came of it.

    A failure that nobody foresaw is logged whole and costs this authority only.
    """
    try:
        return _look_at(world, source, look, summary, footing)
    except StorageError:
        raise
    except Exception:
        log.exception("authority not looked at", urn=look.entry.urn)
        return _failed(summary, f"{look.entry.name}: the program failed on it, see the log")


def _look_at(world: World, source: Source, look: Look, summary: PollSummary, footing: Footing) -> PollSummary:
    url = source.provider_url(world.site, look.number)
    opened = page_at(world, url, partial(provider_page, urn=look.entry.urn, url=url))
    if isinstance(opened, Trouble):
        if opened.stopped:
            return replace(summary, stopped=True)
        return _failed(summary, f"{look.entry.name}: {opened.why}", trouble=opened)
    known = world.store.known(look.entry.urn)
    page, doubts = opened.page, _doubts(known, look, opened)
    _tell_operators(world, look, opened, doubts)
    if isinstance(page, NotThePage):
        return _failed(summary, *doubts)
    if doubts and not page.listings:  # suspect, but had: it is no reason to leave the others unopened
        return replace(_failed(summary, *doubts), failures_in_a_row=0)
    got: dict[Listing, Got] = {}
    for listing in decide.wanted(known, page, now=world.clock()):
        known = _read_today(world, source, known)
        old = next((one for one in known.documents if one.listing.file_id == listing.file_id), None)
        got[listing] = document_at(world, listing.url, old)
        if world.stopping():  # also in mid-wait: what was asked for then is no failure, and is not written
            return replace(summary, stopped=True)
    intent = decide.decide(
        known,
        look.entry,
        page,
        got,
        parser=PARSER,
        now=world.clock(),
        since=footing.since,
        trusted=footing.trusted,
    )
    world.store.apply(intent, holding(world, source))
    log.info("authority", urn=intent.urn, looked=look.why, outcome=intent.reason, doubts=doubts)
    return replace(
        summary,
        opened=summary.opened + 1,
        documents=summary.documents + len(got),
        changes=summary.changes + len(intent.changes),
        doubts=(*summary.doubts, *doubts),
        refused=None,
        failures_in_a_row=0,
    )


def _doubts(known: KnownAuthority, look: Look, opened: Opened[ProviderPage | NotThePage]) -> tuple[str, ...]:
    page = opened.page
    whys = (page.why,) if isinstance(page, NotThePage) else suspicion.doubts(known, look.entry, page)
    return tuple(f"{look.entry.name}: {why}" for why in whys)


def _read_today(world: World, source: Source, known: KnownAuthority) -> KnownAuthority:
    """What is compared is read by today's parser, all of it."""
    return replace(known, documents=tuple(by_todays_parser(world, source, one) for one in known.documents))


def _tell_operators(
    world: World, look: Look, opened: Opened[ProviderPage | NotThePage], doubts: tuple[str, ...]
) -> None:
    """A page that is suspect, or well again, and what has never been seen on one."""
    page, key = opened.page, f"page:{look.entry.urn}"
    if doubts:
        _raise(world, key, TroubleKind.PAGE_SUSPECT, ". ".join(doubts), opened.body)
    else:
        world.store.end_trouble(key, world.clock())
    if isinstance(page, NotThePage):
        return
    for words in page.unfamiliar:
        # The same on the pages of many authorities is one thing.
        known_as = f"unfamiliar:{words.replace(page.name, '…')}"
        _raise(world, known_as, TroubleKind.UNFAMILIAR, f"{look.entry.name}: {words}", opened.body)


def _raise(world: World, key: str, kind: TroubleKind, sentence: str, body: bytes) -> None:
    """With a copy of the page, the first time."""
    known = any(trouble.key == key for trouble in world.store.open_troubles())
    copy = None if known else world.archive.put(body)
    world.store.raise_trouble(key, kind, f"{sentence}.", world.clock(), copy=copy)


def _failed(summary: PollSummary, *why: str, trouble: Trouble | None = None) -> PollSummary:
    log.warning("authority not looked at", why=why)
    return replace(
        summary,
        troubles=(*summary.troubles, *why),
        refused=trouble.status if trouble else None,
        rest=timedelta(seconds=trouble.retry_after) if trouble and trouble.retry_after else summary.rest,
        failures_in_a_row=summary.failures_in_a_row + 1,
    )
