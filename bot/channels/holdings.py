"""`subscriptions` and `subscriptions workspace`: who subscribed what, when, and how."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot import messages, words
from bot.channels import facets, permission, scopes
from bot.grammar import Asked, Command, Form, Usage, Verb, refused
from bot.paging import cut, page_of, turning
from bot.types import Asker, Block, Card, Channel, Line, Paragraph, Person, Reply, Run, SmallPrint, Table
from storage.types import Subscription

PAGE, PAGE_CHARACTERS = 40, 7000
"""Of one page: subscriptions, and what is said of them all together; one with every option may take 600 characters."""


@dataclass(frozen=True, slots=True)
class ListSubscriptions:
    """Of the asker's channel, or (`everywhere`) of all channels of the workspace."""

    everywhere: bool = False
    page: int = 1

    def answer(self, asked: Asked) -> Reply:
        if not self.everywhere:
            asker = permission.in_a_channel(asked)
            return asker if isinstance(asker, Reply) else _of_channel(asked, asker, self.page)
        if asked.asker is None:
            return refused(words.WHICH_CHANNEL)
        if asked.asker.is_unknown:
            return refused(words.WHO_IS_IT)
        if not asked.asker.is_admin or asked.asker.is_stranger:
            return refused(words.WORKSPACE_FOR_ADMINS)
        return _of_workspace(asked, asked.asker, self.page)


def _parse(rest: str) -> Command:
    typed, page = page_of(rest)
    if typed.casefold() in ("", "workspace"):
        return ListSubscriptions(everywhere=bool(typed), page=page)
    return Usage(words.WORKSPACE_OR_NOTHING, "subscriptions")


VERBS = (
    Verb(
        name="subscriptions",
        parse=_parse,
        forms=(
            Form(usage="subscriptions", does=words.SUBSCRIPTIONS_DOES),
            Form(usage="subscriptions workspace", does=words.WORKSPACE_DOES),
        ),
        alone=True,
        takes=False,
        also=("list", "subs", "subscribed"),
        of_channel=True,
    ),
)


def names(held: Iterable[Subscription]) -> list[str]:
    """What is subscribed to, each once and in words: the whole country first, then regions and neighbours, by name."""
    return list(dict.fromkeys(scopes.spoken(one.scope) for one in in_order(held)))


def channel_has(asked: Asked) -> str:
    """What the asker's channel is subscribed to, in a sentence; "" where there is no channel."""
    if asked.asker is None or not asked.has_channel:
        return ""
    held = names(asked.store.subscriptions(asked.asker.team, asked.asker.channel))
    return words.CHANNEL_HAS.format(names=facets.shortened(held)) if held else words.CHANNEL_HAS_NONE


def in_order(held: Iterable[Subscription]) -> list[Subscription]:
    return sorted(held, key=_turn)


def _turn(one: Subscription) -> tuple[bool, bool, str, str]:
    return one.scope != scopes.ENGLAND, one.scope.startswith("authority:"), scopes.spoken(one.scope), one.narrowed


def _of_channel(asked: Asked, asker: Asker, page: int) -> Reply:
    held = in_order(asked.store.subscriptions(asker.team, asker.channel))
    if not held:
        how = words.SUBSCRIBE_FIRST.format(command=asked.command)
        lines = filter(None, (words.CHANNEL_HAS_NONE, how, muted(asked, asker)))
        block: Block = Paragraph(tuple((line,) for line in lines))
        return Reply(card=Card(title=words.SUBSCRIPTIONS_TITLE, sentence=words.CHANNEL_HAS_NONE, blocks=(block,)))
    sentence = words.CHANNEL_HAS.format(names=facets.shortened(names(held)))
    if until := muted(asked, asker):
        sentence = f"{sentence} {until}"
    of = _List(words.SUBSCRIPTIONS_TITLE, sentence, "subscriptions", words.SUBSCRIPTIONS_COLUMNS, len(held))
    reply = _paged(of, [_row(one) for one in held], page, asked)
    return _with(reply, until) if until and reply.answered else reply


def muted(asked: Asked, asker: Asker) -> str:
    """Until when the channel is muted, in a sentence; "" if it is not."""
    state = asked.store.channel(asker.team, asker.channel)
    if state.muted_until is None or state.muted_until <= asked.now:
        return ""
    return words.MUTED_STATE.format(until=words.moment(state.muted_until), command=asked.command)


def _with(reply: Reply, line: str) -> Reply:
    return replace(reply, card=replace(reply.card, blocks=(Paragraph(((line,),)), *reply.card.blocks)))


def _of_workspace(asked: Asked, asker: Asker, page: int) -> Reply:
    number, channels = asked.store.count_subscriptions(asker.team)
    if not number:
        block = Paragraph(((words.WORKSPACE_NONE,),))
        return Reply(card=Card(title=words.WORKSPACE_TITLE, sentence=words.WORKSPACE_NONE, blocks=(block,)))
    sentence = words.WORKSPACE_SENTENCE.format(
        count=words.counted(number, "subscription"), channels=words.counted(channels, "channel")
    )
    # No page has more than `PAGE`: what comes after this page need not be known.
    held = asked.store.workspace_subscriptions(asker.team, 0, page * PAGE)
    ends = asked.store.muted(asked.now)
    rows = [(_place(one, ends.get((one.team, one.channel))), *_row(one)) for one in held]
    columns = (words.CHANNEL_COLUMN, *words.SUBSCRIPTIONS_COLUMNS)
    return _paged(_List(words.WORKSPACE_TITLE, sentence, "subscriptions workspace", columns, number), rows, page, asked)


def _place(one: Subscription, muted_until: datetime | None) -> Line:
    until = words.MUTED_UNTIL.format(until=words.moment(muted_until)) if muted_until else ""
    return (Channel(one.channel), until)


def _row(one: Subscription) -> tuple[Line, ...]:
    since = words.day(words.london_day(one.created_at))
    by: list[Run] = [words.SINCE_BY.format(since=since), Person(one.created_by)]
    if one.edited_by and one.edited_at:
        by += [words.EDITED_BY.format(on=words.day(words.london_day(one.edited_at))), Person(one.edited_by)]
    return ((scopes.spoken(one.scope),), facets.told(one), tuple(by))


@dataclass(frozen=True, slots=True)
class _List:
    """A list that comes in pages: what is said of it, the command that asks for it, and how many rows it has in all."""

    title: str
    sentence: str
    command: str
    columns: tuple[str, ...]
    number: int


def _paged(of: _List, rows: Sequence[tuple[Line, ...]], page: int, asked: Asked) -> Reply:
    """One page of these rows, which are all of the list or at least all up to the end of this page."""
    ends = cut((sum(messages.length(cell) + 3 for cell in row) for row in rows), PAGE, PAGE_CHARACTERS)
    if not 1 <= page <= len(ends):
        pages = words.counted(len(ends), "page")
        return refused(words.NO_PAGE.format(pages=pages, command=f"{asked.command} {of.command}"))
    first, last = (0, *ends)[page - 1 : page + 1]
    blocks: list[Block] = [Table(columns=of.columns, rows=tuple(rows[first:last]))]
    if (first, last) != (0, of.number):
        shown = words.SHOWN.format(page=page, first=first + 1, last=last, number=of.number)
        blocks.append(SmallPrint(((shown,),)))
    buttons = turning(of.command, page, page + (last < of.number))
    return Reply(card=Card(title=of.title, sentence=of.sentence, blocks=tuple(blocks), buttons=buttons))
