"""`why west-sussex [judgement]`: document, page and quoted words behind each grade."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot import naming, parts, words, wrong_reading
from bot.answers import cards, reports
from bot.answers.reports import Read
from bot.answers.tables import graded
from bot.grammar import Asked, Command, Form, Usage, Verb, about, echo, question, refused
from bot.types import Block, Button, Card, GradeRow, Grades, Link, Paragraph, Reply, SmallPrint, Strong
from judgements.authorities import Authority
from judgements.names import spell
from judgements.partners import NotCompared
from judgements.types import Judgement, Span
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
    """The longest beginning that is an authority's name, and what follows it; all of it and "" where there is none.

    "Kent area SEND" may be a name as well: there the shorter one counts.
    """
    said = typed.split()
    halves = [(" ".join(said[:n]), " ".join(said[n:])) for n in range(min(len(said), MOST_WORDS), 0, -1)]
    named = ((place, one) for place, (name, _) in enumerate(halves) if (one := naming.today(name, asked)))
    place, one = next(named, (-1, None))
    if one is None:
        return typed, ""
    shorter = ((name, rest) for name, rest in halves[place + 1 :] if naming.today(name, asked) == one)
    return next((half for half in shorter if _is_about(half[1], words.WHY_SEND_ALSO)), halves[place])


_ASKED = re.compile(r"^(?:is|are|was|were|has|have|did) (?=\S)", re.IGNORECASE)


def _parse(rest: str) -> Command:
    return Why(about(_ASKED.sub("", rest))) if rest else Usage(words.NAME_MISSING, "why")


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
    # Of one judgement the earlier grade is told too, of an outcome as well, and that may stand far back.
    known = asked.store.known(one.urn) if rest else asked.store.standing(one.urn)
    newest, outcome = reports.newest_graded(known.documents), reports.newest_outcome(known.documents)
    if newest is None and outcome is None:
        return refused(cards.nothing_known(known, one))
    chosen, about_send = _chosen(newest, rest), _is_about(rest, words.WHY_SEND_ALSO)
    if not chosen and not (outcome and about_send):
        return _which(one, newest, outcome, rest, asked)
    told = outcome if about_send else None
    return Reply(card=_card(one, known, (newest, chosen), told, only=bool(rest)))


def _is_about(rest: str, name: str) -> bool:
    """Whether all the words of `rest` stand in the name, or begin one that does."""
    return all(f" {word}" in f" {spell(name)}" for word in spell(rest).split())


def _chosen(newest: Read | None, rest: str) -> tuple[Judgement, ...]:
    """The judgements in whose name all the words stand; with a grade among the words, those of that grade."""
    if newest is None:
        return ()
    rest, grade = graded(rest)
    named = ((each, f"{_long(each, newest)} {_short(each, newest)}") for each in parts.overall_first(newest.report))
    return tuple(each for each, name in named if _is_about(rest, name) and grade in (None, each.grade))


def _long(judgement: Judgement, read: Read) -> str:
    return parts.name_of(judgement, read.report)


def _short(judgement: Judgement, read: Read) -> str:
    return parts.short_name_of(judgement, read.report)


def _which(one: Authority, newest: Read | None, outcome: Read | None, rest: str, asked: Asked) -> Reply:
    """What there is instead of a judgement that there is not."""
    if _is_about(rest, words.WHY_SEND_ALSO):
        return refused(words.WHY_NO_SEND.format(name=one.spoken))
    names = [_short(each, newest) for each in parts.overall_first(newest.report)][:MOST_OFFERED] if newest else []
    offered = {name: name for name in names} | ({words.SEND_SHORT: "send"} if outcome else {})
    no_overall = newest and _is_about(rest, words.OVERALL) and not parts.judges(newest.report, "overall")
    form = words.WHY_NO_OVERALL if no_overall else words.WHY_NO_SUCH
    said = form.format(typed=echo(rest), name=one.spoken, names=words.joined(list(offered)))
    buttons = [Button(label=words.capital(name), command=f"why {one.slug} {typed}") for name, typed in offered.items()]
    return question(said, buttons, words.PRESS_A_JUDGEMENT, asked)


def _card(
    one: Authority,
    known: KnownAuthority,
    graded: tuple[Read | None, tuple[Judgement, ...]],
    outcome: Read | None,
    *,
    only: bool,
) -> Card:
    """`graded`: the newest graded report, and those of its judgements that are asked about."""
    told: list[str] = []
    blocks: list[Block] = []
    wrong: list[Button] = []
    newest, chosen = graded
    if newest and chosen:
        wrong.append(wrong_reading.button(newest.listing))
        told += [_said(_short(each, newest), words.GRADES[each.grade], each.span) for each in chosen]
        blocks += [_document(newest), _evidence(newest, chosen)]
        blocks += _earlier(known, newest, chosen) if only else ()
    if outcome:
        row, span = _outcome(outcome)
        wrong.append(wrong_reading.button(outcome.listing))
        told.append(_said(words.SEND_SHORT, row.after, span))
        blocks += [_document(outcome), Grades((row,))]
        blocks += _earlier_outcome(known, outcome) if only else ()
    blocks.append(SmallPrint(((words.WHY_NOTE,),)))
    return Card(
        title=words.WHY_TITLE.format(name=one.spoken),
        sentence=f"{one.spoken}: {'; '.join(told)}.",
        blocks=tuple(blocks),
        buttons=(*_buttons(one), *wrong[:1]),
    )


def _said(name: str, grade: str, span: Span) -> str:
    return f"{name}: {grade} ({words.WHY_PAGE.format(page=span.page)})"


def _buttons(one: Authority) -> tuple[Button, ...]:
    history = Button(label=words.HISTORY_BUTTON, command=f"history {one.slug}")
    return (Button(label=words.CARD_BUTTON, command=one.slug), history)


def _document(read: Read) -> Paragraph:
    published = words.day(read.listing.published)
    said = words.WHY_DOCUMENT.format(title=read.listing.title, file_id=read.listing.file_id, published=published)
    return Paragraph(((Link(said, read.listing.url),), (cards.under_framework(read.report),)))


def _evidence(read: Read, chosen: tuple[Judgement, ...]) -> Grades:
    return Grades(tuple(_row(_long(one, read), words.GRADES[one.grade], one.span) for one in chosen))


def _row(name: str, grade: str, span: Span) -> GradeRow:
    return GradeRow(name=name, after=grade, page=span.page, why=words.QUOTED.format(quote=span.quote))


def _earlier(known: KnownAuthority, newest: Read, chosen: tuple[Judgement, ...]) -> Iterator[Block]:
    """Where the earlier grades were read that these are compared with, and how they moved."""
    before = reports.before(newest, known.documents)
    if not isinstance(before, Read):
        yield _not_compared(before)
        return
    compared = [one for one in reports.compared(newest, before) if one.after in chosen]
    if found := tuple(dict.fromkeys(one.before for one in compared if one.before)):
        yield Paragraph(((Strong(words.WHY_BEFORE),),))
        yield _document(before)
        yield _evidence(before, found)
    rows = [row for row in reports.rows(newest, before) if row.after and row.why]
    names = {_long(one, newest) for one in chosen}
    if whys := tuple((f"{row.name}: {row.why}.",) for row in rows if row.name in names):
        yield Paragraph(whys)


def _not_compared(before: NotCompared | None) -> Paragraph:
    return Paragraph(((before.why if before else words.NOTHING_TO_COMPARE,),))


def _outcome(read: Read) -> tuple[GradeRow, Span]:
    """The outcome of an area SEND inspection, and where it was read."""
    outcome = read.report.outcome
    assert outcome is not None, "only a report with an outcome is asked for it"
    return _row(words.SEND_OUTCOME, words.OUTCOMES[outcome.outcome], outcome.span), outcome.span


def _earlier_outcome(known: KnownAuthority, newest: Read) -> Iterator[Block]:
    """Where the outcome before was read, if there is one."""
    before = reports.before(newest, known.documents)
    if isinstance(before, Read) and before.report.outcome:
        yield Paragraph(((Strong(words.WHY_BEFORE),),))
        yield _document(before)
        yield Grades((_outcome(before)[0],))
    elif isinstance(before, NotCompared):
        yield _not_compared(before)
