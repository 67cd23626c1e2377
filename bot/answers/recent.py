"""`recent [7d] [region …]`: what was published, newest first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from math import ceil

from bot import days, parts, words
from bot.alerting import alerts, titles
from bot.answers import cards, reports
from bot.answers.tables import which_region
from bot.grammar import Asked, Command, Form, Usage, Verb, about, echo, refused
from bot.paging import page_of, turning
from bot.types import Block, Bullets, Card, Line, Link, Paragraph, Reply, SmallPrint
from judgements.authorities import REGISTRY, Authority, Region
from judgements.names import spell
from judgements.news import news
from judgements.types import Change, Report
from storage.types import KnownDocument

DAYS = 7
PAGE = 10
"""Documents on one page: each has a line for every judgement."""
EVERYWHERE = frozenset(["england", "all", "all england", "all of england", "everywhere"])
_DAY = timedelta(days=1)
_SINCE = re.compile(
    r"(?<!\S)(?:since (?P<since>.+?)|(?P<day>today|yesterday))(?= (?:for )?region | in |$)", re.IGNORECASE
)
_REGION = re.compile(r"^(?:for |of )?(?:region|in)\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Recent:
    """What was published in so many days until today; `region` as it was typed, "" for all of England.

    `since` is the first of these days as it was typed, "" where their number was.
    """

    days: int = DAYS
    region: str = ""
    page: int = 1
    since: str = ""

    def answer(self, asked: Asked) -> Reply:
        if self.since:
            return self._since(asked)
        if not 1 <= self.days <= days.MOST_DAYS:
            return refused(words.RECENT_TOO_LONG.format(most=days.MOST_DAYS, command=asked.command))
        region = asked.registry.region(self.region) if self.region else None
        if self.region and not region:
            return which_region(self.region, f"recent {self.days}d region ", asked)
        return _listed(Asking(self.days, region), asked, self.page)

    def _since(self, asked: Asked) -> Reply:
        day = days.day(self.since, asked.today, past=True)
        if day is None or day > asked.today:
            return refused(words.RECENT_NO_DAY.format(typed=echo(self.since), command=asked.command))
        return replace(self, days=(asked.today - day).days + 1, since="").answer(asked)


@dataclass(frozen=True, slots=True)
class Asking:
    """What is asked about: so many days until today, in one region or (None) all of England."""

    days: int
    region: Region | None

    @property
    def title(self) -> str:
        of_today = self.days == 1
        if self.region:
            form = words.RECENT_TODAY_IN if of_today else words.RECENT_IN
        else:
            form = words.RECENT_TODAY if of_today else words.RECENT_TITLE
        return form.format(days=words.counted(self.days, "day"), region=self.region.name if self.region else "")

    @property
    def command(self) -> str:
        return f"recent {self.days}d" + (f" region {self.region.slug}" if self.region else "")

    def published(self, asked: Asked) -> tuple[KnownDocument, ...]:
        found = asked.store.published_between(asked.today - timedelta(days=self.days - 1), asked.today)
        urns = {one.urn for one in self.region.authorities} if self.region else None
        return tuple(one for one in reports.published(found) if urns is None or one.listing.urn in urns)


def parse(rest: str) -> Command:
    """A time and a region in any order; for one authority there is its history."""
    rest, page = page_of(rest)
    region, number, since = _when(rest)
    if region.casefold() in ("region", "in"):
        return Usage(words.REGION_MISSING, "recent region")
    name = _REGION.sub("", region)
    if not name or spell(name) in EVERYWHERE:
        return Recent(number, "", page, since)
    if name == region and not REGISTRY.region(name):
        return _of_no_region(name)
    return Recent(number, name, page, since)


def _when(rest: str) -> tuple[str, int, str]:
    """What is left of the text without its days; their number; and the first of them, if that was typed."""
    if rest.isdigit():
        return "", int(rest), ""
    if since := _SINCE.search(rest):
        return _without(rest, since), DAYS, since["since"] or since["day"]
    for found in days.SPAN.finditer(rest):
        if (long := days.length(found)) is not None:
            return _without(rest, found), ceil(long / _DAY), ""
    return rest, DAYS, ""


def _without(rest: str, found: re.Match[str]) -> str:
    return f"{rest[: found.start()]} {rest[found.end() :]}".strip()


def _of_no_region(typed: str) -> Usage:
    """One authority has a history, with whatever was published on it; of anything else nobody can say more."""
    name = about(typed)
    found = REGISTRY.find(name)
    if isinstance(found, Authority):
        return Usage(words.RECENT_NOT_OF_ONE, found.spoken, f"history {found.slug}")
    return Usage(words.RECENT_HOW, typed)


VERBS = (
    Verb(
        name="recent",
        parse=parse,
        forms=(
            Form(usage="recent", does=words.RECENT_DOES),
            Form(usage="recent 14d region south-east", does=words.RECENT_REGION_DOES),
        ),
        alone=True,
        also=("latest", "new", "news"),
    ),
)


def _listed(asking: Asking, asked: Asked, page: int) -> Reply:
    published = asking.published(asked)
    number = words.counted(len(published), "document") if published else words.NOTHING
    sentence = words.RECENT_SENTENCE.format(title=asking.title, number=number)
    if not published:
        nothing = Paragraph(tuple(_nothing(asking, asked)))
        return Reply(card=Card(title=asking.title, sentence=sentence, blocks=(nothing,)))
    pages = -(-len(published) // PAGE)
    if not 1 <= page <= pages:
        typed = f"{asked.command} {asking.command}"
        return refused(words.NO_PAGE.format(pages=words.counted(pages, "page"), command=typed))
    shown = published[(page - 1) * PAGE : page * PAGE]
    histories = asked.store.documents_of({one.listing.urn for one in shown})
    count = words.RECENT_COUNT.format(number=number)
    blocks: list[Block] = [Paragraph(((count,),)), *(in_brief(one, histories[one.listing.urn]) for one in shown)]
    if pages > 1:
        blocks.append(SmallPrint(((words.PAGE_NUMBER.format(page=page, pages=pages),),)))
    buttons = turning(asking.command, page, pages)
    return Reply(card=Card(title=asking.title, sentence=sentence, blocks=tuple(blocks), buttons=buttons))


def _nothing(asking: Asking, asked: Asked) -> Iterator[Line]:
    """Nothing was published: whether that is so for all of England, and how to look further back."""
    yield (words.RECENT_NONE,)
    if newest := asked.store.coverage(asked.today).newest:
        yield (words.RECENT_NEWEST.format(published=words.day(newest.published)),)
    if asking.days < days.MOST_DAYS:
        further = replace(asking, days=min(2 * asking.days, days.MOST_DAYS))
        yield (words.RECENT_WIDER.format(command=f"{asked.command} {further.command}"),)


def in_brief(document: KnownDocument, history: Iterable[KnownDocument]) -> Bullets:
    """One document as a headline, with a line for each judgement, and where it stands."""
    listing = document.listing
    if document.reading is None:
        title = words.NOT_READ_TITLE.format(name=parts.authority_name(listing.urn))
        return Bullets(title=title, items=(cards.unread_item(listing),))
    return of_change(change_of(document, history))


def of_change(change: Change) -> Bullets:
    """The same of what a document has changed."""
    report, listing = change.reading, change.listing
    if not isinstance(report, Report):
        return Bullets(title=alerts.said(change), items=(cards.unread_item(listing),))
    told = [parts.flag(report), *map(parts.movement_short, titles.untold(change, report))]
    told.append(words.capital(words.NOT_ALL_TOLD) if report.problems else "")
    what = words.UNREAD_ITEM.format(title=words.capital(parts.what(report)), published=words.day(listing.published))
    items: list[Line] = [(one,) for one in told if one]
    return Bullets(title=alerts.said(change), items=(*items, (Link(what, listing.url),)))


def change_of(document: KnownDocument, history: Iterable[KnownDocument]) -> Change:
    """What the document made of those that were published by then."""
    assert document.reading is not None
    by_then = (one for one in reports.published(history) if one.listing.published <= document.listing.published)
    return news(document.listing, document.reading, [(one.listing, one.reading) for one in by_then])
