"""`east sussex vs west sussex`: two to five authorities side by side."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot import naming, parts, words
from bot.answers import cards, reports
from bot.answers.reports import Read
from bot.grammar import Asked, Command, Form, Usage, Verb, refused
from bot.types import Block, Button, Card, GradeRow, Grid, Line, Link, Paragraph, Reply, SmallPrint, Strong
from judgements.authorities import REGISTRY, Authority
from storage.types import KnownAuthority

FEWEST, MOST = 2, 5
BETWEEN = re.compile(r"(?:^|\s)(?:vs|versus|v)\.?(?=\s|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Compare:
    """The authorities that these names mean, side by side."""

    names: tuple[str, ...]

    def answer(self, asked: Asked) -> Reply:
        for place, name in enumerate(self.names):
            if naming.today(name, asked) is None:
                return naming.which(name, _joined(self.names[:place], ""), asked, _joined((), *self.names[place + 1 :]))
        chosen = tuple(dict.fromkeys(one for name in self.names if (one := naming.today(name, asked))))
        if not FEWEST <= len(chosen) <= MOST:
            return refused(words.COMPARE_HOW_MANY.format(command=asked.command))
        return Reply(card=side_by_side([Side(one, asked.store.standing(one.urn)) for one in chosen], asked))


def _joined(before: Sequence[str], *after: str) -> str:
    """What stands before a name, or after it, in the command."""
    return "".join(f"{name} vs " for name in before) + "".join(f" vs {name}" for name in after if name)


def split(typed: str) -> tuple[str, ...]:
    """The names between "vs"; one name, if there is none."""
    return tuple(name.strip(" ,") for name in BETWEEN.split(typed))


def parse(rest: str) -> Command:
    """What follows "compare": names with "vs" between them, or with anything between them that tells them apart."""
    names = split(rest)
    if len(names) < FEWEST:
        names = tuple(one.slug for one in REGISTRY.several(rest))
    return Compare(names) if names and all(names) else Usage(words.COMPARE_HOW_MANY, "compare")


VERBS = (Verb(name="compare", parse=parse, forms=()),)
"""A word for it that people also use; the help shows it without."""
FORM = Form(usage="east-sussex vs west-sussex", does=words.COMPARE_DOES)


@dataclass(frozen=True, slots=True)
class Side:
    one: Authority
    known: KnownAuthority

    @property
    def newest(self) -> Read | None:
        return reports.newest_graded(self.known.documents)

    @property
    def rows(self) -> tuple[GradeRow, ...]:
        newest = self.newest
        return reports.rows(newest, reports.before(newest, self.known.documents)) if newest else ()


def side_by_side(sides: Sequence[Side], asked: Asked) -> Card:
    """Every judgement that one of them has now, a row each with a cell for each of them; the overall one first."""
    names = [side.one.spoken for side in sides]
    table = [{row.short or row.name: row for row in side.rows if row.after} for side in sides]
    overall = words.SHORT["overall"]
    judgements = sorted(dict.fromkeys(name for rows in table for name in rows), key=lambda name: name != overall)
    rows = tuple((words.capital(name), tuple(_cell(name, rows) for rows in table)) for name in judgements)
    blocks: list[Block] = [Paragraph(tuple(_about(side, asked) for side in sides))]
    if rows:
        blocks += [Grid(columns=tuple(names), rows=rows, upright=True), SmallPrint(((words.COMPARE_NOTE,),))]
    return Card(
        title=words.COMPARE_TITLE.format(names=words.joined(names)),
        sentence=_sentence(sides, table),
        blocks=tuple(blocks),
        buttons=tuple(Button(label=side.one.spoken, command=side.one.slug) for side in sides),
    )


def _cell(name: str, rows: Mapping[str, GradeRow]) -> Line:
    """The grade and how it moved, from what; or that there is none."""
    row = rows.get(name)
    if row is None:
        none = words.NO_OVERALL_GIVEN if name == words.SHORT["overall"] else words.NOT_GIVEN
        return (none if rows else words.NOT_READ_YET,)
    if not row.movement:
        return (Strong(row.after),)
    was = words.IT_WAS.format(before=row.before) if row.before not in ("", row.after) else ""
    return (Strong(row.after), f" ({row.sign} {row.movement}{was})")


def _about(side: Side, asked: Asked) -> Line:
    newest = side.newest
    if newest is None:
        return (cards.nothing_known(side.known, side.one),)
    unread = reports.unread(side.known.documents, newest.listing.published)
    said = words.COMPARE_ITEM.format(
        what=parts.what(newest.report), when=words.day(newest.day), ago=words.ago(newest.day, asked.today)
    )
    flag = f" {words.WARNING} {words.NEWER_UNREAD}" if unread else ""
    return (Strong(side.one.spoken), ": ", Link(said, newest.listing.url), flag)


def _sentence(sides: Sequence[Side], table: Sequence[Mapping[str, GradeRow]]) -> str:
    told = []
    for side, rows in zip(sides, table, strict=True):
        overall = rows.get(words.SHORT["overall"])
        stands = overall.after if overall else words.NO_OVERALL_GIVEN if rows else words.NOT_READ_YET
        told.append(f"{side.one.spoken}: {stands}")
    return words.capital("; ".join(told)) + "."
