"""Change -> what is said of it: a headline for the channel and a detail for its thread. Pure.

Priority actions come first, then every judgement that was read, then the first areas for improvement; what was not
read is named as such and nothing is said of it. What is no new document is in `happenings`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from bot import parts, words, wrong_reading
from bot.alerting import happenings, passages, titles
from bot.alerting.differences import differences, redated
from bot.channels import facets
from bot.types import Block, Bullets, Button, Card, Line, Paragraph, Run, SmallPrint, Strong
from judgements.authorities import REGISTRY
from judgements.types import LETTERS, Change, ChangeKind, NotRead, Report

FIRST_ITEMS = 3
"""So many priority actions and areas for improvement stand in the headline; all of them in the thread."""


def headline(
    change: Change, seen_at: datetime, *, threads: bool = True, mentions: Sequence[str] = (), altered: bool = False
) -> Card:
    """What stands in the channel.

    `seen_at`: when the change was noticed; `threads`: whether a detail follows; `altered`: it is written over a message
    that told an earlier reading.
    """
    elsewhere = words.IN_THE_THREAD if threads else words.IN_THE_DOCUMENT
    return with_mentions(_headline(change, seen_at, FIRST_ITEMS, elsewhere, altered=altered), mentions)


def whole(change: Change, seen_at: datetime, *, altered: bool = False) -> Card:
    """Headline and detail in one: what stands in the thread of a card that only names the change."""
    report = _told_report(change)
    card = _headline(change, seen_at, altered=altered)
    if report is None:
        return card
    *told, small_print = card.blocks
    return replace(card, blocks=(*told, *passages.evident(report), small_print))


def detail(change: Change) -> Card | None:
    """What stands in the headline's thread; None where the headline says it all."""
    report = _told_report(change)
    if report is None:
        return None
    blocks = (*passages.priority_actions(report), *passages.improvements(report), *passages.evident(report))
    if not blocks:
        return None
    what, name = parts.what(report), parts.name_in(change)
    title = words.DETAIL_TITLE.format(name=name, what=what)
    told = [f"{block.title[:1].lower()}{block.title[1:]}" for block in blocks if isinstance(block, Bullets)]
    return Card(title=title, sentence=f"{title}: {'; '.join(told)}.", blocks=blocks)


def compact(change: Change, seen_at: datetime, mentions: Sequence[str] = ()) -> Card:
    """The headline in one line."""
    sentence = _headline(change, seen_at).sentence
    seen = words.LINE_SEEN.format(seen=words.moment(seen_at))
    return Card(title="", sentence=sentence, blocks=(Paragraph(((*line(change), seen, *_cc(mentions, " · ")),)),))


def note(change: Change, seen_at: datetime) -> Card:
    """What stands in the thread of a message that was altered: what is different now."""
    name = parts.name_in(change)
    title, told = (form.format(name=name) for form in words.NOTES[change.kind])
    lines = redated(change) or differences(change.instead_of, change.reading)
    form = words.SOURCE if isinstance(change.reading, Report) else words.SOURCE_UNREAD
    source = (passages.source(form, change, seen_at),)
    return Card(
        title="",
        sentence=" ".join(f"{said.rstrip('.')}." for said in (title, *map(facets.plain, lines))),
        blocks=(Paragraph(((Strong(f"{title}."), f" {told}"), *lines)), SmallPrint((source,))),
    )


def no_more_detail() -> Card:
    """What stands in the place of a detail that took more messages before than it takes now."""
    return Card(title="", sentence=words.NO_MORE_DETAIL, blocks=(Paragraph(((words.NO_MORE_DETAIL,),)),))


def withdrawn(card: Card, since: datetime) -> Card:
    """A message about a document that is not on Ofsted's site any more."""
    said = words.WITHDRAWN_SINCE.format(since=words.moment(since))
    title = f"{card.title}{words.WITHDRAWN_MARK}" if card.title else ""
    return replace(
        card, title=title, sentence=f"{said} {card.sentence}", blocks=(Paragraph(((Strong(said),),)), *card.blocks)
    )


def line(change: Change) -> Line:
    """What there is to know, in a line: the headline's title, the day and the link."""
    report, listing = _told_report(change), change.listing
    what, link = "", happenings.link(change)
    if report:
        what = "" if parts.what(report) in said(change) else f"{parts.what(report)}, "
        link = parts.read_link(report, listing, letter=report.kind in LETTERS)
    published = words.LINE_PUBLISHED.format(what=what, published=words.day(listing.published))
    return (Strong(said(change)), published, link)


def said(change: Change) -> str:
    """The headline's title."""
    report = _told_report(change)
    return titles.title(change, report) if report else happenings.title(change)


def with_mentions(card: Card, mentions: Sequence[str]) -> Card:
    return replace(card, blocks=(Paragraph((_cc(mentions),)), *card.blocks)) if mentions else card


def _headline(
    change: Change, seen_at: datetime, most: int | None = None, elsewhere: str = "", *, altered: bool = False
) -> Card:
    """`most`: so many priority actions and areas for improvement, None for all; the others stand `elsewhere`."""
    if change.kind in happenings.KINDS:
        return happenings.card(change, seen_at)
    report = _told_report(change)
    if report is None:
        return replace(_not_read(change, seen_at, altered=altered), buttons=tuple(_buttons(change)))
    return Card(
        title=titles.title(change, report),
        sentence=titles.sentence(change, report),
        blocks=(
            *(() if altered else _corrected(change)),
            *passages.priority_actions(report, most, elsewhere),
            Paragraph(tuple(passages.introduced(change, report))),
            *passages.grades(change, report),
            *passages.improvements(report, most, elsewhere),
            *passages.unread(report),
            SmallPrint(tuple(passages.small_print(change, report, seen_at, altered=altered))),
        ),
        buttons=tuple(_buttons(change)),
    )


def _told_report(change: Change) -> Report | None:
    """The report whose reading is told. There is none of what was not read, and of a council's own."""
    untold = change.kind in happenings.KINDS or change.kind is ChangeKind.NOT_READ
    return None if untold or isinstance(change.reading, NotRead) else change.reading


def _cc(mentions: Sequence[str], before: str = "") -> Line:
    if not mentions:
        return ()
    called: list[Run] = [before + words.CC]
    for mention in mentions:
        called += [facets.mention(mention), " "]
    return tuple(called[:-1])


def _buttons(change: Change) -> Iterator[Button]:
    one, report = REGISTRY.by_urn(change.urn), _told_report(change)
    if one:
        yield Button(label=words.HISTORY_BUTTON, command=f"history {one.slug}")
        if report and (report.graded or report.outcome):
            yield Button(label=words.WHY_BUTTON, command=f"why {one.slug}{' send' if report.outcome else ''}")
        yield Button(label=words.NEIGHBOURS_BUTTON, command=f"neighbours {one.slug}")
    if report:
        yield wrong_reading.button(change.listing)


def _corrected(change: Change) -> Iterator[Block]:
    """What is different, where nobody was told before and no note in a thread can say it."""
    if change.kind is ChangeKind.CORRECTED:
        yield Bullets(title=words.CORRECTED, items=differences(change.instead_of, change.reading))


def _not_read(change: Change, seen_at: datetime, *, altered: bool) -> Card:
    name, listing = parts.name_in(change), change.listing
    why = change.reading.why if isinstance(change.reading, NotRead) else words.COUNCILS_OWN
    published = words.day(listing.published)
    return Card(
        title=happenings.title(change),
        sentence=words.NOT_READ_SENTENCE.format(name=name, title=listing.title, published=published),
        blocks=(
            Paragraph(
                (
                    (Strong(listing.title), f", published {published}. ", parts.read_link(None, listing, letter=False)),
                    (words.NOT_READ.format(why=why),),
                )
            ),
            SmallPrint(
                (
                    (passages.source(words.SOURCE_UNREAD, change, seen_at),),
                    *(passages.alteration(change, seen_at) if altered else ()),
                )
            ),
        ),
    )
