"""`why west-sussex [judgement]`: document, page and quoted words behind each grade."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot import naming, parts, words
from bot.answers import cards, reports
from bot.answers.reports import Read
from bot.grammar import Asked, Command, Form, Usage, Verb, echo, question, refused
from bot.types import Block, Button, Card, Line, Link, Paragraph, Reply, SmallPrint, Strong, Table
from judgements.authorities import Authority
from judgements.names import spell
from judgements.types import Judgement, Report, Span
from storage.types import KnownAuthority

MOST_WORDS = 12
"""Of an authority's name, however it is written: no more of what was typed is tried as one."""
MOST_OFFERED = 20
"""Judgements offered in one question; the oldest framework has more."""


@dataclass(frozen=True, slots=True)
class Why:
    """What was typed: a name and, if the asker wants one judgement only, some words of it."""

    typed: str

    def answer(self, asked: Asked) -> Reply:
        name, rest = split(self.typed, asked)
        return naming.about(name, "why ", asked, lambda one: _why(one, rest, asked))


def split(typed: str, asked: Asked) -> tuple[str, str]:
    """The longest beginning that is an authority's name, and what follows it; all of it and "" where there is none."""
    said = typed.split()
    for length in range(min(len(said), MOST_WORDS), 0, -1):
        name = " ".join(said[:length])
        if naming.today(name, asked):
            return name, " ".join(said[length:])
    return typed, ""


def _parse(rest: str) -> Command:
    return Why(rest) if rest else Usage(words.NAME_MISSING, "why")


VERBS = (
    Verb(
        name="why",
        parse=_parse,
        forms=(
            Form(usage="why west-sussex", does=words.WHY_DOES),
            Form(usage="why west-sussex leadership", does=words.WHY_ONE_DOES),
        ),
    ),
)


def _why(one: Authority, rest: str, asked: Asked) -> Reply:
    known = asked.store.standing(one.urn)
    newest = reports.newest_graded(known.documents)
    if newest is None:
        return refused(cards.nothing_known(known, one))
    chosen = tuple(_chosen(newest.report, rest))
    if not chosen:
        return _which(one, newest.report, rest, asked)
    return Reply(card=_card(one, known, newest, chosen, only=bool(rest)))


def _chosen(report: Report, rest: str) -> Iterator[Judgement]:
    """The judgements in whose name all the words stand."""
    wanted = spell(rest).split()
    for judgement in parts.overall_first(report):
        name = f"{parts.name_of(judgement, report)} {parts.short_name_of(judgement, report)}"
        if all(f" {word}" in f" {spell(name)}" for word in wanted):
            yield judgement


def _which(one: Authority, report: Report, rest: str, asked: Asked) -> Reply:
    names = [parts.short_name_of(each, report) for each in parts.overall_first(report)][:MOST_OFFERED]
    said = words.WHY_NO_SUCH.format(typed=echo(rest), name=one.spoken, names=words.joined(names, "or"))
    buttons = [Button(label=words.capital(name), command=f"why {one.slug} {name}") for name in names]
    return question(said, buttons, words.PRESS_A_JUDGEMENT, asked)


def _card(one: Authority, known: KnownAuthority, newest: Read, chosen: tuple[Judgement, ...], *, only: bool) -> Card:
    title = words.WHY_TITLE.format(name=one.spoken)
    told = "; ".join(
        f"{parts.short_name_of(each, newest.report)}: {words.GRADES[each.grade]} (page {each.span.page})"
        for each in chosen
    )
    blocks: list[Block] = [_document(newest), _evidence(newest, chosen)]
    if only:
        blocks += _earlier(known, newest, chosen)
    else:
        blocks += _outcome(known)
    blocks.append(SmallPrint(((words.WHY_NOTE,),)))
    buttons = (
        Button(label=words.CARD_BUTTON, command=one.slug),
        Button(label=words.HISTORY_BUTTON, command=f"history {one.slug}"),
    )
    return Card(title=title, sentence=f"{one.spoken}: {told}.", blocks=tuple(blocks), buttons=buttons)


def _document(read: Read) -> Paragraph:
    published = words.day(read.listing.published)
    said = words.WHY_DOCUMENT.format(title=read.listing.title, file_id=read.listing.file_id, published=published)
    return Paragraph(((Link(said, read.listing.url),), (cards.under_framework(read.report),)))


def _evidence(read: Read, chosen: tuple[Judgement, ...]) -> Table:
    rows = (_row(parts.name_of(one, read.report), words.GRADES[one.grade], one.span) for one in chosen)
    return Table(columns=words.WHY_COLUMNS, rows=tuple(rows))


def _row(name: str, grade: str, span: Span) -> tuple[Line, ...]:
    return (name,), (Strong(grade),), (words.WHY_PAGE.format(page=span.page),), (words.QUOTED.format(quote=span.quote),)


def _earlier(known: KnownAuthority, newest: Read, chosen: tuple[Judgement, ...]) -> Iterator[Block]:
    """Where the earlier grades were read that these are compared with, and how they moved."""
    before = reports.before(newest, known.documents)
    if not isinstance(before, Read):
        yield Paragraph(((before.why if before else words.NOTHING_TO_COMPARE,),))
        return
    compared = [one for one in reports.compared(newest, before) if one.after in chosen]
    if found := tuple(dict.fromkeys(one.before for one in compared if one.before)):
        yield Paragraph(((Strong(words.WHY_BEFORE),),))
        yield _document(before)
        yield _evidence(before, found)
    rows = [row for row in reports.rows(newest, before) if row.after and row.why]
    names = {parts.name_of(one, newest.report) for one in chosen}
    if whys := tuple((f"{row.name}: {row.why}.",) for row in rows if row.name in names):
        yield Paragraph(whys)


def _outcome(known: KnownAuthority) -> Iterator[Block]:
    """The newest area SEND outcome, which stands in another document."""
    read = reports.newest_outcome(known.documents)
    if read and read.report.outcome:
        outcome = read.report.outcome
        yield _document(read)
        row = _row(words.OUTCOME, words.OUTCOMES[outcome.outcome], outcome.span)
        yield Table(columns=words.WHY_COLUMNS, rows=(row,))
