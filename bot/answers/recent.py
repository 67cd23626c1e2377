"""`recent [7d] [region …]`: what was published, newest first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from math import ceil

from bot import days, parts, words
from bot.answers import cards, reports
from bot.answers.paging import page_of, turning
from bot.answers.tables import which_region
from bot.grammar import Asked, Command, Form, Usage, Verb, echo, refused
from bot.types import Block, Bullets, Card, Line, Link, Paragraph, Reply, SmallPrint, Strong
from judgements.news import news
from judgements.types import Change, Report
from storage.types import KnownDocument

DAYS, MOST_DAYS = 7, 366
PAGE = 20
"""Documents on one page: each has a line or two with its address."""
_DAY = timedelta(days=1)
_SINCE = re.compile(r"(?<!\S)(?:since (?P<since>.+?)|(?P<day>today|yesterday))(?= region | in |$)", re.IGNORECASE)
_REGION = re.compile(r"^(?:region|in) ", re.IGNORECASE)


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
        if not 1 <= self.days <= MOST_DAYS:
            return refused(words.RECENT_TOO_LONG.format(most=MOST_DAYS, command=asked.command))
        region = asked.registry.region(self.region) if self.region else None
        if self.region and not region:
            return which_region(self.region, f"recent {self.days}d region ", asked)
        urns = frozenset(one.urn for one in region.authorities) if region else None
        found = asked.store.published_between(asked.today - timedelta(days=self.days - 1), asked.today)
        published = [one for one in reports.published(found) if urns is None or one.listing.urn in urns]
        title = (words.RECENT_IN if region else words.RECENT_TITLE).format(
            days=words.counted(self.days, "day"), region=region.name if region else ""
        )
        command = f"recent {self.days}d" + (f" region {region.slug}" if region else "")
        return _listed(title, command, published, asked, self.page)

    def _since(self, asked: Asked) -> Reply:
        day = days.day(self.since, asked.today, past=True)
        if day is None or day > asked.today:
            return refused(words.RECENT_NO_DAY.format(typed=echo(self.since), command=asked.command))
        return replace(self, days=(asked.today - day).days + 1, since="").answer(asked)


def parse(rest: str) -> Command:
    rest, page = page_of(rest)
    region, number, since = _when(rest)
    if region.casefold() in ("region", "in"):
        return Usage(words.REGION_MISSING, "recent region")
    region = _REGION.sub("", region)
    return Recent(number, "" if region.casefold() == "england" else region, page, since)


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


def _listed(title: str, command: str, published: Sequence[KnownDocument], asked: Asked, page: int) -> Reply:
    number = words.counted(len(published), "document") if published else words.NOTHING
    sentence = words.RECENT_SENTENCE.format(title=title, number=number)
    if not published:
        return Reply(card=Card(title=title, sentence=sentence, blocks=(Paragraph(tuple(_nothing(asked))),)))
    pages = -(-len(published) // PAGE)
    if not 1 <= page <= pages:
        return refused(words.NO_PAGE.format(pages=words.counted(pages, "page"), command=f"{asked.command} {command}"))
    shown = published[(page - 1) * PAGE : page * PAGE]
    histories = asked.store.documents_of({one.listing.urn for one in shown})
    count = words.RECENT_COUNT.format(number=number)
    blocks: list[Block] = [Paragraph(((count,),)), *by_day(shown, histories)]
    if pages > 1:
        blocks.append(SmallPrint(((words.PAGE_NUMBER.format(page=page, pages=pages),),)))
    card = Card(title=title, sentence=sentence, blocks=tuple(blocks), buttons=turning(command, page, pages))
    return Reply(card=card)


def _nothing(asked: Asked) -> Iterator[Line]:
    """Nothing was published: whether that is so for all of England, and how to look further back."""
    yield (words.capital(words.RECENT_COUNT.format(number=words.NOTHING)),)
    if newest := asked.store.coverage(asked.today).newest:
        yield (words.RECENT_NEWEST.format(published=words.day(newest.published)),)
    yield (words.RECENT_WIDER.format(command=asked.command),)


def by_day(shown: Iterable[KnownDocument], histories: Mapping[str, Sequence[KnownDocument]]) -> list[Bullets]:
    """The documents under the day of their publication, in the order given."""
    days: dict[str, list[Line]] = {}
    for one in shown:
        days.setdefault(words.day(one.listing.published), []).append(item(one, histories.get(one.listing.urn, ())))
    return [Bullets(title=day, items=tuple(items)) for day, items in days.items()]


def item(document: KnownDocument, history: Sequence[KnownDocument]) -> Line:
    """One document in a line or two: who, what, its grades and how they moved."""
    name = parts.authority_name(document.listing.urn)
    if not isinstance(document.reading, Report):
        return (Strong(name), ": ", *cards.unread_item(document.listing), words.HISTORY_UNREAD)
    change = change_of(document, history)
    what = Link(parts.what(document.reading), document.listing.url)
    told = "; ".join(filter(None, (parts.flag(document.reading), *movements(change))))
    return (Strong(name), ": ", what, f" – {told}" if told else "")


def change_of(document: KnownDocument, history: Iterable[KnownDocument]) -> Change:
    """What the document made of those that were published by then."""
    assert document.reading is not None
    by_then = (one for one in reports.published(history) if one.listing.published <= document.listing.published)
    return news(document.listing, document.reading, [(one.listing, one.reading) for one in by_then])


def movements(change: Change) -> list[str]:
    """Each judgement of the change with its sign; of a report that was read in part, that it was."""
    report = change.reading
    if not isinstance(report, Report):
        return []
    rows = [parts.movement_short(row) for row in parts.rows(report, change.comparisons, change.before)]
    return [*rows, words.NOT_ALL_TOLD] if report.problems else rows
