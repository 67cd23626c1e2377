"""`neighbours west-sussex`, `region south-east`, `england`: where many authorities stand, with counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from bot import naming, parts, words
from bot.answers import reports
from bot.answers.paging import page_of, turning
from bot.answers.reports import Read
from bot.grammar import Asked, Command, Form, Usage, Verb, refused
from bot.types import Block, Button, Card, Grid, Line, Link, Paragraph, Reply, SmallPrint, Table
from judgements.authorities import Authority, Region
from judgements.types import Grade, Judgement
from storage.types import KnownAuthority

PAGE = 55
"""Authorities on one page: with their links they stay below what Slack takes in one message."""

NO_OVERALL, NOT_READ = "no overall", "not read"
ORDER = (*Grade, NO_OVERALL, NOT_READ)
"""The groups of a table: the grades from the best on, then those without an overall one, then those without any."""


@dataclass(frozen=True, slots=True)
class England:
    page: int = 1

    def answer(self, asked: Asked) -> Reply:
        return _table(words.ENGLAND_TITLE, "england", asked.registry.current, asked, self.page)


@dataclass(frozen=True, slots=True)
class OfRegion:
    name: str
    page: int = 1

    def answer(self, asked: Asked) -> Reply:
        if self.name and (found := asked.registry.region(self.name)):
            return of_region(found, asked, self.page)
        return which_region(self.name, "region ", asked)


@dataclass(frozen=True, slots=True)
class Neighbours:
    name: str
    page: int = 1

    def answer(self, asked: Asked) -> Reply:
        return naming.about(self.name, "neighbours ", asked, lambda one: self._of(one, asked))

    def _of(self, one: Authority, asked: Asked) -> Reply:
        near = asked.registry.neighbours(one.urn)
        if not near:
            return refused(words.NO_NEIGHBOURS.format(name=one.spoken))
        title = words.NEIGHBOURS_TITLE.format(name=one.spoken)
        return _table(title, f"neighbours {one.slug}", (one, *near), asked, self.page, note=words.NEIGHBOURS_NOTE)


def of_region(region: Region, asked: Asked, page: int = 1) -> Reply:
    return _table(region.name, f"region {region.slug}", region.authorities, asked, page)


def which_region(typed: str, verb: str, asked: Asked) -> Reply:
    """The question which region was meant; the buttons run `verb` with it."""
    buttons = [Button(label=one.name, command=f"{verb}{one.slug}") for one in asked.registry.regions]
    return naming.which_of(words.NO_REGION if typed else words.WHICH_REGION, typed, buttons, asked)


def _england(rest: str) -> Command:
    rest, page = page_of(rest)
    return Usage(words.NOTHING_FOLLOWS, "england") if rest else England(page)


def _region(rest: str) -> Command:
    return OfRegion(*page_of(rest))


def _neighbours(rest: str) -> Command:
    name, page = page_of(rest)
    return Neighbours(name, page) if name else Usage(words.NAME_MISSING, "neighbours")


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
    Verb(name="england", parse=_england, forms=(Form(usage="england", does=words.ENGLAND_DOES),), alone=True),
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


def _table(
    title: str, command: str, authorities: Sequence[Authority], asked: Asked, page: int, note: str = ""
) -> Reply:
    """Counts, then the authorities by grade and name, a page of them, with buttons to the other pages."""
    everyone = authorities == asked.registry.current
    known = asked.store.latest_inspections(None if everyone else [one.urn for one in authorities])
    rows = [_row(one, known.get(one.urn)) for one in authorities]
    rows.sort(key=lambda row: (ORDER.index(row.group), row.one.spoken))
    pages = max(1, -(-len(rows) // PAGE))
    if not 1 <= page <= pages:
        return refused(words.NO_PAGE.format(pages=words.counted(pages, "page"), command=f"{asked.command} {command}"))
    shown = rows[(page - 1) * PAGE : page * PAGE]
    counts = Counter(row.group for row in rows)
    told = words.TABLE_COUNTS.format(
        number=words.counted(len(rows), "authority", "authorities"), counts=_counted(counts)
    )
    sentence = words.TABLE_SENTENCE.format(title=title, counts=told)
    blocks: list[Block] = [Paragraph(((told,),))]
    if page == 1 and (judged := _judged(rows)):
        blocks.append(judged)
    blocks += [
        _grouped(group, list(members), counts, asked) for group, members in groupby(shown, lambda row: row.group)
    ]
    blocks.append(SmallPrint(tuple((line,) for line in _notes(shown, note, page, pages))))
    return Reply(card=Card(title=title, sentence=sentence, blocks=tuple(blocks), buttons=turning(command, page, pages)))


def _row(one: Authority, known: KnownAuthority | None) -> _Row:
    known = known or KnownAuthority(urn=one.urn)
    return _Row(one, known, reports.newest_graded(known.documents))


def _counted(counts: Mapping[str, int]) -> str:
    return words.joined([f"{counts[group]} {words.GROUPS[group]}" for group in ORDER if counts.get(group)])


def _judged(rows: Iterable[_Row]) -> Grid | None:
    """How many stand at which grade, judgement by judgement: the overall one, then those most of them were given."""
    counts: dict[str, Counter[Grade]] = {}
    for row in rows:
        for name, grade in _named_grades(row):
            counts.setdefault(name, Counter())[grade] += 1
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


def _grouped(group: str, rows: Sequence[_Row], counts: Mapping[str, int], asked: Asked) -> Table:
    title = f"{words.capital(words.GROUPS[group])} ({counts[group]})"
    columns = words.TABLE_COLUMNS
    return Table(title=title, columns=columns, rows=tuple(_cells(row, asked) for row in rows))


def _cells(row: _Row, asked: Asked) -> tuple[Line, ...]:
    if row.newest is None:
        why = words.UNREAD_ONLY if row.known.documents else words.NOTHING_STORED
        return (row.one.spoken,), (why,), ()
    newest = row.newest
    when = words.INSPECTED_IN.format(when=words.day(newest.day), ago=words.ago(newest.day, asked.today))
    unread = reports.unread(row.known.documents, newest.listing.published)
    areas = _areas(newest) if row.group == NO_OVERALL else ""
    flag = " · ".join(filter(None, (areas, f"{words.WARNING} {words.NEWER_UNREAD}" if unread else "")))
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
