"""One look at one authority.

its page -> the documents that are new on it -> their bytes -> child process -> readings -> decide -> apply
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial

import structlog

from judgements.version import PARSER
from storage.engine import StorageError
from storage.types import KnownAuthority, TroubleKind
from watchers import decide, rests, suspicion
from watchers.fetch import Trouble
from watchers.listings import NotThePage, ProviderPage, provider_number, provider_page
from watchers.looks import Look, is_fresh
from watchers.pages import Opened, copy_of, document_at, page_at, read_today
from watchers.rota import london_day
from watchers.sources import Source
from watchers.world import PollSummary, World, holding

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Footing:
    """What a walk stands on: whose name is whose, whether the site is believed, whether many pages are in trouble."""

    names: Mapping[str, str]
    trusted: bool
    common: bool


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
        return _blaming(_failed(world, source, look, summary, "the program failed on it (see the log)"), look)


def _look_at(world: World, source: Source, look: Look, summary: PollSummary, footing: Footing) -> PollSummary:
    opened = page_at(world, source.provider_url(world.site, look.number), partial(_understood, look, footing))
    if isinstance(opened, Trouble):
        if opened.stopped:
            return replace(summary, stopped=True)
        return _blaming(_failed(world, source, look, summary, opened.why), look, opened)
    known = world.store.known(look.entry.urn)
    page, doubts = opened.page, _doubts(known, look, opened, today=london_day(world.clock()))
    _tell_operators(world, look, opened, doubts)
    if isinstance(page, NotThePage):
        return _blaming(_failed(world, source, look, summary, *doubts), look)
    if doubts and not page.listings:  # suspect, but had: it is no reason to leave the others unopened
        return replace(_failed(world, source, look, summary, *doubts), failures_in_a_row=0)
    known, got = read_today(world, source, known), {}
    for listing in decide.wanted(known, page):
        got[listing] = document_at(world, listing.url, None)
        if world.stopping():  # also in mid-wait: what was asked for then is no failure, and is not written
            return replace(summary, stopped=True)
    intent = decide.decide(
        known,
        look.entry,
        page,
        got,
        elsewhere=world.store.pages_of([listing.file_id for listing in got]),
        parser=PARSER,
        now=world.clock(),
        trusted=footing.trusted,
        common=footing.common,
    )
    world.store.apply(intent, holding(world, source))
    log.info("authority", urn=intent.urn, looked=look.why, outcome=intent.reason, doubts=doubts)
    return replace(
        summary,
        opened=summary.opened + 1,
        documents=summary.documents + sum(one.sha256 is not None for one in got.values()),
        changes=summary.changes + len(intent.changes),
        doubts=(*summary.doubts, *(f"{look.entry.name}: {why}" for why in doubts)),
        failures_in_a_row=0,
    )


def _understood(look: Look, footing: Footing, html: bytes, url: str) -> ProviderPage | NotThePage:
    """The page, if it is this authority's: a redirect, or a cache's mistake, may have given us another one's."""
    led_to = provider_number(url)
    if led_to not in ("", look.number):
        return NotThePage(why=f"its address leads to the page of number {led_to}")
    page = provider_page(html, urn=look.entry.urn, url=url)
    mistaken = "" if isinstance(page, NotThePage) else suspicion.anothers(look.entry, page, footing.names)
    return NotThePage(why=mistaken) if mistaken else page


def _doubts(
    known: KnownAuthority, look: Look, opened: Opened[ProviderPage | NotThePage], *, today: date
) -> tuple[str, ...]:
    page = opened.page
    return (page.why,) if isinstance(page, NotThePage) else suspicion.doubts(known, look.entry, page, today)


def _failed(world: World, source: Source, look: Look, summary: PollSummary, *why: str) -> PollSummary:
    """Nothing was read: the page rests."""
    log.warning("authority not looked at", urn=look.entry.urn, why=why)
    entry, failures, now = look.entry, look.failures + 1, world.clock()
    page = KnownAuthority(
        urn=entry.urn,
        listed_report=entry.latest_report,
        failures=failures,
        next_look_at=rests.failing_again(failures, fresh=is_fresh(entry, now), now=now),
        trouble=". ".join(why),
    )
    world.store.record_page(page, holding(world, source))
    return replace(summary, failed=(*summary.failed, *(f"{entry.name}: {one}" for one in why)))


def _blaming(summary: PollSummary, look: Look, trouble: Trouble | None = None) -> PollSummary:
    """What a page that was not read says of the source as a whole: whether that rests too."""
    if rests.is_about_itself(trouble):
        return summary
    summary = replace(summary, failures_in_a_row=summary.failures_in_a_row + look.was_well)
    if not rests.is_about_all(trouble, summary.failures_in_a_row, was_well=look.was_well):
        return summary
    asked = timedelta(seconds=trouble.retry_after or 0) if trouble else timedelta()
    why = f"not all pages were looked at. {summary.failed[-1]}"
    return replace(summary, troubles=(*summary.troubles, why), rest=asked)


def _tell_operators(
    world: World, look: Look, opened: Opened[ProviderPage | NotThePage], doubts: tuple[str, ...]
) -> None:
    """A page that is suspect, or well again, and what has never been seen on one."""
    page, urn, kind = opened.page, look.entry.urn, TroubleKind.PAGE_SUSPECT
    told = doubts if look.entry.listed else ()  # of one that is not, the list's own trouble says it
    found = {suspicion.cause(doubt, look.entry.name): doubt for doubt in told}
    for key, doubt in found.items():
        _raise(world, key, kind, f"{look.entry.name}: {doubt}", opened, about=urn)
    world.store.end_troubles_about(urn, kind, world.clock(), but=found)
    if isinstance(page, NotThePage):
        return
    for words in page.unfamiliar:
        # The same on the pages of many authorities is one thing.
        known_as = f"unfamiliar:{words.replace(page.name, '…')}"
        _raise(world, known_as, TroubleKind.UNFAMILIAR, f"{look.entry.name}: {words}", opened, about=urn)


def _raise(
    world: World,
    key: str,
    kind: TroubleKind,
    sentence: str,
    opened: Opened[ProviderPage | NotThePage],
    *,
    about: str,
) -> None:
    """With a copy of the page, the first time."""
    known = next((trouble for trouble in world.store.open_troubles() if trouble.key == key), None)
    copy = copy_of(world, opened) if known is None else None
    pages = {about, *(known.about if known else ())}
    also = f" The same is so on {len(pages) - 1} other pages." if len(pages) > 1 else ""
    world.store.raise_trouble(key, kind, f"{sentence}.{also}", world.clock(), copy=copy, about=pages)
