"""Where a document states a grade twice, the two must agree before it is ours to repeat."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from judgements.frameworks import Area
from judgements.types import Grade, Judgement, NotJudged, Span

WORDS = {
    Grade.OUTSTANDING: "outstanding",
    Grade.GOOD: "good",
    Grade.REQUIRES_IMPROVEMENT: "requires improvement",
    Grade.ADEQUATE: "adequate",
    Grade.INADEQUATE: "inadequate",
    NotJudged.NOT_JUDGED: "not judged",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """One place that states one grade.

    `where` names it for people: "the front table". If it is not `alone`, it needs another that says the same. One of
    many is a row of a table, which is right or wrong with its other rows.
    """

    area: Area
    label: str
    grade: Grade | NotJudged
    span: Span
    where: str
    alone: bool = True
    of_many: bool = False


def agree(stated: Iterable[Stated]) -> tuple[tuple[Judgement, ...], tuple[str, ...]]:
    """One judgement for each area whose statements agree, in the order first met; and what is wrong with the others.

    A table that is contradicted in one row is not believed in any other row that nothing else confirms: its rows may
    have been read in the wrong order.
    """
    by_area: dict[str, list[Stated]] = {}
    for one in stated:
        by_area.setdefault(one.area.theme, []).append(one)
    split = [ones for ones in by_area.values() if len({one.grade for one in ones}) > 1]
    doubtful = {one.where for ones in split for one in ones if one.of_many}
    sound = [ones for ones in by_area.values() if ones not in split and _enough(ones)]
    kept = [ones for ones in sound if not {one.where for one in ones} <= doubtful]
    problems = [*map(_disagreement, split), *(_doubt(ones[0]) for ones in sound if ones not in kept)]
    return tuple(_judgement(next((one for one in ones if one.alone), ones[0])) for ones in kept), tuple(problems)


def _enough(ones: Sequence[Stated]) -> bool:
    """One statement that is enough by itself, or two in different places."""
    return any(one.alone for one in ones) or len({one.where for one in ones}) > 1


def _doubt(one: Stated) -> str:
    return f"“{one.area.label}”: only {one.where} gives a grade, and it is contradicted in another row."


def _judgement(one: Stated) -> Judgement:
    return Judgement(theme=one.area.theme, label=one.label, grade=one.grade, span=one.span, group=one.area.group)


def _disagreement(ones: Sequence[Stated]) -> str:
    first = ones[0]
    other = next(one for one in ones if one.grade != first.grade)
    return f"“{first.area.label}”: {_says(first)}, but {_says(other)}."


def _says(one: Stated) -> str:
    return f"{one.where} on page {one.span.page} says {WORDS[one.grade]}"
