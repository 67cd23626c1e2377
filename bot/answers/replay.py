"""`replay 2024-07-12`: what this channel would have got that day, for the asker alone.

What is said is made anew from the stored history, with today's parser and today's subscriptions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot import days, parts, words
from bot.alerting.subscriptions import why_not
from bot.answers import reports
from bot.answers.recent import change_of, of_change
from bot.grammar import Asked, Command, Form, Usage, Verb, echo, refused
from bot.paging import page_of, turning
from bot.types import Block, Card, Paragraph, Reply, SmallPrint
from judgements.types import Change

PAGE = 8
"""Alerts on one page: a report of an older framework has ten judgements, and more to say of each."""


@dataclass(frozen=True, slots=True)
class Replay:
    """What was published on a day; `typed` is how the day was written."""

    typed: str
    page: int = 1

    def answer(self, asked: Asked) -> Reply:
        day = days.day(self.typed, asked.today, past=True)
        if day is None or day > asked.today:
            form = words.REPLAY_NO_SUCH_DAY if day is None else words.REPLAY_FUTURE
            return refused(form.format(typed=echo(self.typed), command=asked.command))
        asker = asked.asker if asked.has_channel else None
        held = asked.store.subscriptions(asker.team, asker.channel) if asker else None
        if held == ():
            return refused(words.REPLAY_NONE_HELD.format(command=asked.command, day=day.isoformat()))
        published = reports.published(asked.store.published_between(day, day))
        histories = asked.store.documents_of({one.listing.urn for one in published})
        changes = [change_of(one, histories[one.listing.urn]) for one in published if one.reading]
        changes.sort(key=lambda change: (parts.name_in(change), change.listing.file_id))
        told = [one for one in changes if held is None or any(not why_not(each, one) for each in held)]
        return _told(day, told, len(changes), asked, self.page)


def parse(rest: str) -> Command:
    typed, page = page_of(rest)
    return Replay(typed, page) if typed else Usage(words.REPLAY_NO_DAY, "replay")


VERBS = (Verb(name="replay", parse=parse, forms=(Form(usage="replay 2024-07-12", does=words.REPLAY_DOES),)),)


def _told(day: date, told: Sequence[Change], published: int, asked: Asked, page: int) -> Reply:
    title = (words.REPLAY_TITLE if asked.has_channel else words.REPLAY_TITLE_ALL).format(day=words.day(day))
    form = words.REPLAY_COUNTS if told else words.REPLAY_NO_ALERT if published else words.REPLAY_NOTHING
    counts = form.format(alerts=words.counted(len(told), "alert"), published=words.counted(published, "document"))
    sentence = words.REPLAY_SENTENCE.format(title=title, counts=counts)
    if not told:
        return Reply(card=Card(title=title, sentence=sentence, blocks=(Paragraph(((counts,),)),)))
    command, pages = f"replay {day.isoformat()}", -(-len(told) // PAGE)
    if not 1 <= page <= pages:
        return refused(words.NO_PAGE.format(pages=words.counted(pages, "page"), command=f"{asked.command} {command}"))
    shown = told[(page - 1) * PAGE : page * PAGE]
    notes = [words.REPLAY_NOTE, *([words.PAGE_NUMBER.format(page=page, pages=pages)] if pages > 1 else [])]
    blocks: tuple[Block, ...] = (
        Paragraph(((counts,),)),
        *map(of_change, shown),
        SmallPrint(tuple((note,) for note in notes)),
    )
    return Reply(card=Card(title=title, sentence=sentence, blocks=blocks, buttons=turning(command, page, pages)))
