"""`neighbours west-sussex`, `region south-east`, `england`: where many authorities stand, with counts."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeVar

from bot import naming, parts, words
from bot.answers import reports
from bot.answers.reports import Read
from bot.grammar import Asked, Command, Form, Usage, Verb, about, refused
from bot.paging import page_of, turning
from bot.types import Block, Button, Card, Grid, Line, Link, Paragraph, Reply, SmallPrint, Table
from judgements.authorities import REGISTRY, Authority, Region
from judgements.types import Grade, Judgement
from storage.types import KnownAuthority

Made = TypeVar("Made")

PAGE = 55
"""Authorities on one page: with their links they stay below what Slack takes in one message."""

NO_OVERALL, NOT_READ = "no overall", "not read"
ORDER = (*Grade, NO_OVERALL, NOT_READ)
"""The groups of a table: the grades from the best on, then those without an overall one, then those without any."""


@dataclass(frozen=True, slots=True)
class Part:
    """How much of a table is wanted: one page of it, and of the authorities those with one grade alone, or all."""

    page: int = 1
    grade: Grade | None = None


@dataclass(frozen=True, slots=True)
class England:
    part: Part = Part()

    def answer(self, asked: Asked) -> Reply:
        return _table(words.ENGLAND_TITLE, "england", asked.registry.current, asked, self.part)


@dataclass(frozen=True, slots=True)
class OfRegion:
    name: str
    part: Part = Part()

    def answer(self, asked: Asked) -> Reply:
        if self.name and (found := asked.registry.region(self.name)):
            return of_region(found, asked, self.part)
        return which_region(self.name, "region ", asked, _typed(self.part.grade))


@dataclass(frozen=True, slots=True)
class Neighbours:
    name: str
    part: Part = Part()

    def answer(self, asked: Asked) -> Reply:
        return naming.about(self.name, "neighbours ", asked, lambda one: self._of(one, asked))

    def _of(self, one: Authority, asked: Asked) -> Reply:
        near = asked.registry.neighbours(one.urn)
        if not near:
            return refused(words.NO_NEIGHBOURS.format(name=one.spoken))
        title = words.NEIGHBOURS_TITLE.format(name=one.spoken)
        return _table(title, f"neighbours {one.slug}", (one, *near), asked, self.part, note=words.NEIGHBOURS_NOTE)


def of_region(region: Region, asked: Asked, part: Part = Part()) -> Reply:
    return _table(region.name, f"region {region.slug}", region.authorities, asked, part)


def which_region(typed: str, verb: str, asked: Asked, after: str = "") -> Reply:
    """The question which region was meant; the buttons run `verb` with it, and `after` behind it."""
    buttons = [Button(label=one.name, command=f"{verb}{one.slug}{after}") for one in asked.registry.regions]
    return naming.which_of(words.NO_REGION if typed else words.WHICH_REGION, typed, buttons, asked)


_GRADES: Mapping[str, Grade] = {
    "requir(?:es?|ing)[ -]improvement(?:[ -]to[ -]be[ -]good)?|ri": Grade.REQUIRES_IMPROVEMENT,
    "outstanding": Grade.OUTSTANDING,
    "good": Grade.GOOD,
    "inadequate": Grade.INADEQUATE,
}
"""How people type the grades of today; no name has such a word in it. The longest first: "good" is in it too."""
_SMALL = re.compile(
    r"(?:show|list|give|me|us|all|any|the|there|which|what|who(?:['’]?s)?|how|many|ones?|councils?|boroughs?|"
    r"authorit(?:y|ies)|las?|is|are|was|were|that|with|currently|now|today|only|rated|graded|judged|grades?|overall|for|"
    r"of|on|about|in)?"
)
"""A word around a grade or a name that tells nothing, or none: a name is known without it."""
_BETWEEN = " ,:?!-"


def graded(typed: str) -> tuple[str, Grade | None]:
    """What was typed without a grade in it and the little words around, and that grade; None where there is none."""
    said = f" {typed.casefold()} "
    for pattern, grade in _GRADES.items():
        if found := re.search(rf"(?<=[ ,:])(?:{pattern})(?=[ ,:?!])", said):
            return _telling(f"{said[: found.start()]} {said[found.end() :]}"), grade
    return typed, None


def _telling(said: str) -> str:
    """The words from the first to the last that tells something."""
    each = said.split()
    telling = [place for place, word in enumerate(each) if not _SMALL.fullmatch(word.strip(_BETWEEN))]
    return " ".join(each[telling[0] : telling[-1] + 1]).strip(_BETWEEN) if telling else ""


def of_a_grade(typed: str) -> Command | None:
    """ "inadequate", "which are inadequate", "inadequate in london": a table of those; None for what is none."""
    return _narrowed(typed, _of_some) if graded(typed)[1] else None


def _narrowed(rest: str, make: Callable[[str, Part], Made]) -> Made | Usage:
    """What `make` makes of the text without its page and its grade, and of these."""
    rest, page = page_of(rest, bare=True)
    name, grade = graded(rest)
    return Usage(words.ONE_GRADE, rest) if grade and graded(name)[1] else make(name, Part(page, grade))


def _of_some(name: str, part: Part) -> Command | None:
    """The table of whom somebody named beside a grade; None where that is nobody."""
    near, region = name.removeprefix("neighbours "), name.removeprefix("region ")
    if name in ("", "england"):
        return England(part)
    if near != name:
        return Neighbours(about(near), part)
    if region != name or REGISTRY.region(name):
        return OfRegion(about(region), part)
    one = REGISTRY.find(name)
    return Usage(words.GRADE_NOT_OF_ONE, name, one.slug) if isinstance(one, Authority) else None


def _typed(grade: Grade | None) -> str:
    """How a grade is typed behind a command, with a space before it; "" for none."""
    return f" {grade.replace('_', ' ')}" if grade else ""


def _england(rest: str) -> Command:
    return _narrowed(rest, lambda name, part: Usage(words.ENGLAND_HOW, "england") if name else England(part))


def _region(rest: str) -> Command:
    return _narrowed(rest, lambda name, part: OfRegion(about(name), part))


def _neighbours(rest: str) -> Command:
    missing = Usage(words.NAME_MISSING, "neighbours")
    return _narrowed(rest, lambda name, part: Neighbours(about(name), part) if name else missing)


VERBS = (
    Verb(
        name="neighbours",
        parse=_neighbours,
        forms=(Form(usage="neighbours west-sussex", does=words.NEIGHBOURS_DOES),),
        also=("neighbour", "neighbors", "neighbor"),
    ),
    Verb(
        name="region",
        parse=_region,
        forms=(Form(usage="region south-east", does=words.REGION_DOES),),
        alone=True,
        also=("regions",),
    ),
    Verb(
        name="england",
        parse=_england,
        forms=(
            Form(usage="england", does=words.ENGLAND_DOES),
            Form(usage="england inadequate", does=words.ENGLAND_GRADE_DOES),
        ),
        alone=True,
    ),
)


@dataclass(frozen=True, slots=True)
class _Row:
    """Where one authority stands."""

    one: Authority
    known: KnownAuthority
    newest: Read | None

    @property
    def group(self) -> str:
        if self.newest is None:
            return NOT_READ
        overall = self.newest.report.overall
        return overall.grade if overall and isinstance(overall.grade, Grade) else NO_OVERALL

    def has(self, grade: Grade | None) -> bool:
        """Whether it belongs to the table of this grade: by its overall grade, or without one by any judgement."""
        if grade is None or self.group == grade:
            return True
        return bool(self.newest) and self.group == NO_OVERALL and any(one == grade for _, one in _named_grades(self))


def _table(
    title: str, command: str, authorities: Sequence[Authority], asked: Asked, part: Part, note: str = ""
) -> Reply:
    """Counts, then the authorities by grade and name, a page of them, with buttons to the other pages."""
    everyone = authorities == asked.registry.current
    known = asked.store.latest_inspections(None if everyone else [one.urn for one in authorities])
    all_of = [_row(one, known.get(one.urn)) for one in authorities]
    rows = sorted((row for row in all_of if row.has(part.grade)), key=_place)
    pages, command = max(1, -(-len(rows) // PAGE)), f"{command}{_typed(part.grade)}"
    if not 1 <= part.page <= pages:
        return refused(words.NO_PAGE.format(pages=words.counted(pages, "page"), command=f"{asked.command} {command}"))
    first = (part.page - 1) * PAGE
    shown = rows[first : first + PAGE]
    counts = Counter(row.group for row in rows)
    told = _told(all_of, counts, part.grade)
    blocks: list[Block] = [Paragraph(((told if part.grade else _number(all_of, counts),),))]
    if part.page == 1 and part.grade is None and (judged := _judged(rows)):
        blocks.append(judged)
    went_on = rows[first - 1].group if first else ""
    itself = authorities[0] if command.startswith("neighbours ") else None
    for group, members in groupby(shown, lambda row: row.group):
        blocks.append(_grouped(_heading(group, counts, part.grade, continued=group == went_on), members, itself, asked))
    blocks.append(SmallPrint(tuple((line,) for line in _notes(shown, note, part.page, pages))))
    sentence = words.TABLE_SENTENCE.format(title=title, counts=told)
    title = f"{title}: {words.GRADES[part.grade]}" if part.grade else title
    return Reply(
        card=Card(title=title, sentence=sentence, blocks=tuple(blocks), buttons=turning(command, part.page, pages))
    )


def _place(row: _Row) -> tuple[int, str]:
    return ORDER.index(row.group), row.one.spoken


def _row(one: Authority, known: KnownAuthority | None) -> _Row:
    known = known or KnownAuthority(urn=one.urn)
    return _Row(one, known, reports.newest_graded(known.documents))


def _told(rows: Sequence[_Row], counts: Mapping[str, int], grade: Grade | None) -> str:
    """How many stand where, in a sentence; of one grade, what is left out of it as well."""
    number = words.counted(len(rows), "authority", "authorities")
    if grade is None:
        return words.TABLE_COUNTS.format(number=number, counts=_counted(counts))
    said = [words.TABLE_OF_GRADE.format(count=counts.get(grade, 0), number=number, grade=words.GRADES[grade])]
    if areas := counts.get(NO_OVERALL):
        said.append(words.TABLE_AREAS_OF_GRADE.format(count=areas, grade=words.GRADES[grade]))
    if unread := sum(row.group == NOT_READ for row in rows):
        said.append(words.TABLE_LEFT_OUT.format(count=unread))
    return " ".join(said)


def _number(rows: Sequence[_Row], counts: Mapping[str, int]) -> str:
    """How many there are, and how many of them have no overall grade: the others are counted below."""
    without = {group: counts[group] for group in (NO_OVERALL, NOT_READ) if counts.get(group)}
    number = words.counted(len(rows), "authority", "authorities")
    return words.TABLE_NUMBER.format(number=", ".join(filter(None, (number, _counted(without)))))


def _counted(counts: Mapping[str, int]) -> str:
    return words.joined([f"{counts[group]} {words.GROUPS[group]}" for group in ORDER if counts.get(group)])


def _judged(rows: Iterable[_Row]) -> Grid | None:
    """How many stand at which grade, judgement by judgement: the overall one, then those most of them were given."""
    counts: defaultdict[str, Counter[Grade]] = defaultdict(Counter)
    for row in rows:
        for name, grade in _named_grades(row):
            counts[name][grade] += 1
    if not counts:
        return None
    overall = words.SHORT["overall"]
    ordered = sorted(counts.items(), key=lambda one: (one[0] != overall, -one[1].total()))
    grades = [grade for grade in Grade if any(count[grade] for count in counts.values())]
    cells = tuple(
        (words.capital(name), tuple((str(count[grade]),) if count[grade] else () for grade in grades))
        for name, count in ordered
    )
    return Grid(columns=tuple(words.GRADES[grade] for grade in grades), rows=cells)


def _named_grades(row: _Row) -> list[tuple[str, Grade]]:
    report = row.newest.report if row.newest else None
    given: list[Judgement] = list(parts.overall_first(report)) if report else []
    return [(parts.short_name_of(one, report), one.grade) for one in given if report and isinstance(one.grade, Grade)]


def _heading(group: str, counts: Mapping[str, int], grade: Grade | None, *, continued: bool) -> str:
    of_areas = grade is not None and group == NO_OVERALL
    name = words.AREAS_OF_GRADE.format(grade=words.GRADES[grade]) if of_areas and grade else words.GROUPS[group]
    form = words.GROUP_CONTINUED if continued else words.GROUP_HEADING
    return form.format(name=words.capital(name), count=counts[group])


def _grouped(title: str, rows: Iterable[_Row], itself: Authority | None, asked: Asked) -> Table:
    return Table(title=title, columns=words.TABLE_COLUMNS, rows=tuple(_cells(row, itself, asked) for row in rows))


def _cells(row: _Row, itself: Authority | None, asked: Asked) -> tuple[Line, ...]:
    mark = words.ASKED_ABOUT if row.one == itself else ""
    if row.newest is None:
        why = words.UNREAD_ONLY if row.known.documents else words.NOTHING_STORED
        return (row.one.spoken,), (why,), (mark,) if mark else ()
    newest = row.newest
    when = words.INSPECTED_IN.format(when=words.day(newest.day), ago=words.ago(newest.day, asked.today))
    unread = reports.unread(row.known.documents, newest.listing.published)
    areas = _areas(newest) if row.group == NO_OVERALL else ""
    flag = " · ".join(filter(None, (mark, areas, f"{words.WARNING} {words.NEWER_UNREAD}" if unread else "")))
    return (Link(row.one.spoken, newest.listing.url),), (when,), (flag,) if flag else ()


def _areas(newest: Read) -> str:
    """The area judgements, where there is no overall one to speak for them."""
    report = newest.report
    return "; ".join(f"{parts.short_name_of(one, report)} {words.GRADES[one.grade]}" for one in report.judgements)


def _notes(shown: Sequence[_Row], note: str, page: int, pages: int) -> list[str]:
    notes = [note] if note else []
    if any(row.group == NO_OVERALL for row in shown):
        notes.append(words.NO_OVERALL_NOTE)
    notes.append(words.TABLE_NOTE)
    return [*notes, words.PAGE_NUMBER.format(page=page, pages=pages)] if pages > 1 else notes
