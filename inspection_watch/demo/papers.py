"""Inspection reports and letters as PDF, made from values: laid out like the real ones, saying nothing of theirs.

Every function takes what a document shall say and gives its bytes, the same bytes for the same values:

    ilacs_report(Ilacs(authority="West Sussex", start=…, end=…, inspectors=("…",), grades={"leadership": Grade.GOOD}))

Which real layouts there are stands in the tables (`ILACS_LABELS`, `SIF_LABELS`, `BOXED_UNTIL` …); how they go wrong
stands in `tests/demo/traps.py`.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from importlib import resources
from itertools import cycle
from typing import Any, Final

from inspection_watch.demo.typeset import (
    HEADING,
    LABEL,
    SMALL,
    TITLE,
    Block,
    Foot,
    Item,
    NewPage,
    Place,
    Row,
    Running,
    Table,
    Words,
    pdf,
    respelled,
)
from judgements.types import Grade, NotJudged

_SENTENCES: Final[dict[str, Any]] = tomllib.loads(
    resources.files(__package__).joinpath("sentences.toml").read_text(encoding="utf-8")
)

Graded = Grade | NotJudged

GRADE_WORDS: Final[Mapping[Graded, str]] = {
    Grade.OUTSTANDING: "Outstanding",
    Grade.GOOD: "Good",
    Grade.REQUIRES_IMPROVEMENT: "Requires improvement to be good",
    Grade.ADEQUATE: "Adequate",
    Grade.INADEQUATE: "Inadequate",
    NotJudged.NOT_JUDGED: "Not judged",
}

ILACS_LABELS: Final = {
    "leadership": "The impact of leaders on social work practice with children and families",
    "help_and_protection": "The experiences and progress of children who need help and protection",
    "in_care_and_leavers": "The experiences and progress of children in care and care leavers",
    "in_care": "The experiences and progress of children in care",
    "care_leavers": "The experiences and progress of care leavers",
    "overall": "Overall effectiveness",
}
"""In the order of the table; a report prints those it has grades for."""

BOXED_UNTIL: Final = date(2021, 1, 1)
"""Inspections before that day have the older front page: the council as title, grades in the middle of their cells."""
KING_SINCE: Final = date(2022, 9, 8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Print:
    """How a report is printed, apart from what it says."""

    grades: Mapping[Graded, str] = field(default_factory=lambda: GRADE_WORDS)
    labels: Mapping[str, str] = field(default_factory=dict)
    """Other words for a label, by theme."""
    place: Place | None = None
    """Where a grade stands; None: as usual on a front page of its time."""
    overall_place: Place | None = None
    """Where the overall grade stands, if elsewhere than the others."""
    order: tuple[str, ...] = tuple(ILACS_LABELS)
    dates: str = ""
    """The line of dates as it stands, if it is written otherwise than they are."""
    dash: str = "to"
    bullet: str = "\u25fc"
    """What stands before each item; "{}" in it is the item's number."""
    sub_items: tuple[str, ...] = ()
    """What stands below the first item, which ends in a colon."""
    improvements_heading: str = "What needs to improve?"
    improvements_note: str = ""
    space: str = " "
    """Between the words of a date."""
    date_label: str = ""
    """Another line of dates under the first, with its label."""
    covering_letter: bool = False
    """A letter to the council in front of the report, in the same file."""
    name_above: str = ""
    """Another council's name over that of the older front page."""
    further_row: tuple[str, Graded] | None = None
    """A row of the table that no edition has: its label and its grade."""
    running_date: str | None = None
    """What the running header says where it does not repeat the front page."""
    said_before: str = ""
    """Prose in the summary about another inspection."""
    earlier_grades: Mapping[str, Graded] = field(default_factory=dict)
    """A second table, of an earlier inspection, after the findings."""
    letters: Mapping[str, str] = field(default_factory=dict)
    """Other characters for some, wherever text stands: no-break spaces, ligatures."""
    table_after: int = 0
    """Paragraphs of prose before the table: enough of them and it runs over the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ilacs:
    """An inspection of local authority children's services. `grades` by theme: with "in_care_and_leavers" it is a
    report of the first edition, with "in_care" and "overall" of the second, without "overall" of the third.

    `periods` are further days after the first visit; `council` is the title of the older front page; `invented` marks
    a report on something that never took place.
    """

    authority: str
    start: date
    end: date
    grades: Mapping[str, Graded]
    inspectors: tuple[str, ...] = ()
    improvements: tuple[str, ...] = ()
    council: str = ""
    periods: tuple[tuple[date, date], ...] = ()
    previous: tuple[Grade, int] | None = None
    invented: bool = False
    printed: Print = field(default_factory=Print)


def items(count: int, seed: str) -> tuple[str, ...]:
    """So many different areas for improvement (at most 78), the same ones for the same seed."""
    said = _SENTENCES["items"]
    pairs = [f"{beginning} {matter}." for beginning in said["beginnings"] for matter in said["matters"]]
    return tuple(random.Random(seed).sample(pairs, count))


def priorities(count: int, seed: str, *, send: bool = False) -> tuple[str, ...]:
    """So many different areas for priority action (at most six): of children's services, or of an area's SEND."""
    return tuple(random.Random(seed).sample(_SENTENCES["priority"]["send" if send else "children"], count))


def ilacs_report(report: Ilacs) -> bytes:
    """An ILACS inspection report: front page, what needs to improve, findings, closing page."""
    dates = printed_dates(((report.start, report.end), *report.periods), report.printed)
    title = f"Inspection of {report.authority} local authority children’s services"
    if is_boxed(report):
        front, running = _boxed_front(report, dates), Running()
    else:
        front = _plain_front(report, title, dates)
        running = Running(lines=(title, report.printed.running_date or dates), from_page=2)
    letter = covering_letter(report) if report.printed.covering_letter else ()
    blocks = [*letter, *front, *_ilacs_findings(report), *closing(report.invented)]
    return pdf(respelled(blocks, report.printed.letters), running, title=title)


def is_boxed(report: Ilacs) -> bool:
    return report.start < BOXED_UNTIL


def _plain_front(report: Ilacs, title: str, dates: str) -> Iterator[Block]:
    yield Words(text=title, style=TITLE)
    yield Words(lead="Inspection dates:", text=dates)
    yield from _further_dates(report)
    if report.inspectors:
        yield Words(lead="Lead inspector:", text=f"{' and '.join(report.inspectors)}, {rank(report.end)}")
    yield from _table_and_summary(report)


def _boxed_front(report: Ilacs, dates: str) -> Iterator[Block]:
    if report.printed.name_above:
        yield Words(text=report.printed.name_above, style=TITLE)
    yield Words(text=report.council or report.authority, style=TITLE)
    yield Words(text="Inspection of local authority children’s services", style=HEADING)
    yield Words(text=f"Inspection dates: {dates}", style=LABEL)
    yield from _further_dates(report)
    if report.inspectors:
        yield Words(text=f"Lead inspector: {' and '.join(report.inspectors)}\n{rank(report.end)}", style=LABEL)
    yield from _table_and_summary(report)


def _further_dates(report: Ilacs) -> Iterator[Block]:
    if report.printed.date_label:
        yield Words(text=report.printed.date_label, style=LABEL)


def covering_letter(report: Ilacs) -> Iterator[Block]:
    """A page in front of the report that tells of it, and of a grade that it does not give."""
    yield Words(text=f"{long_date(report.end)}\nDirector of Children’s Services\n{report.council or report.authority}")
    yield Words(text="Dear Director")
    for text in _SENTENCES["covering"]["text"]:
        yield Words(text=text)
    yield Words(text=f"Yours sincerely\nEdda Specimen\n{rank(report.end)}, Ofsted")
    yield NewPage()


def _table_and_summary(report: Ilacs) -> Iterator[Block]:
    printed = report.printed
    yield from findings(report.authority, "before", printed.table_after, numbered=False)
    yield _grades(report, report.grades)
    yield from summary(report)


def _grades(report: Ilacs, grades: Mapping[str, Graded]) -> Table:
    printed = report.printed
    usual: Place = "foot" if is_boxed(report) else "beside"
    rows = [Row(label="Judgement", grade="Grade", style=LABEL)]
    for theme in printed.order:
        if theme in grades:
            place = (printed.overall_place if theme == "overall" else None) or printed.place or usual
            label = printed.labels.get(theme, ILACS_LABELS[theme])
            rows.append(Row(label=label, grade=printed.grades[grades[theme]], place=place))
    if printed.further_row:
        label, grade = printed.further_row
        rows.insert(len(rows) // 2, Row(label=label, grade=printed.grades[grade]))
    return Table(rows=tuple(rows), split=317 if is_boxed(report) else 226)


def summary(report: Ilacs) -> Iterator[Block]:
    """What the front page says under the table."""
    if report.invented:
        yield Words(text=invented(report.authority))
    yield from front_words(report.authority, report.grades.get("overall", report.grades["leadership"]))
    if report.previous is not None:
        grade, year = report.previous
        yield Words(text=f"At the inspection in {year} the overall grade was ‘{spoken(grade)}’.")
    if report.printed.said_before:
        yield Words(text=report.printed.said_before)


def front_words(authority: str, tone: Graded) -> Iterator[Block]:
    """A summary that goes with a grade."""
    for sentence in _SENTENCES["summary"][tone.value]:
        yield Words(text=sentence.format(place=authority))


def invented(authority: str) -> str:
    return (
        f"This document is invented for a demonstration of inspection-watch. Nobody has inspected {authority} "
        "on these days, and nothing that is said here was ever found."
    )


def _ilacs_findings(report: Ilacs) -> Iterator[Block]:
    printed = report.printed
    yield NewPage()
    if report.improvements:
        yield Words(text=printed.improvements_heading, style=HEADING, note=printed.improvements_note)
        for place, item in enumerate(report.improvements, 1):
            yield Item(mark=printed.bullet.format(place), text=item)
            for below in printed.sub_items if place == 1 else ():
                yield Item(mark="–", text=below, indent=18)
    number = 1
    themes = [theme for theme in (*list(ILACS_LABELS)[1:], "leadership") if theme in report.grades]
    for theme in themes:
        if theme == "overall":
            continue
        yield Words(text=f"{ILACS_LABELS[theme]}: {spoken(report.grades[theme])}", style=HEADING)
        yield from findings(report.authority, f"{theme}{report.start}", 4, first=number)
        number += 4
    if printed.earlier_grades:
        yield Words(text="Grades of the inspection before this one", style=LABEL)
        yield _grades(report, printed.earlier_grades)
    if printed.improvements_note:
        yield Foot(note=printed.improvements_note, text="These areas are in no particular order.")


def findings(authority: str, seed: str, count: int, *, first: int = 1, numbered: bool = True) -> Iterator[Block]:
    """So many paragraphs of findings, numbered from `first`."""
    sentences = cycle(_shuffled(_SENTENCES["body"]["sentences"], f"{authority} {seed}"))
    for number in range(first, first + count):
        text = " ".join(next(sentences) for _ in range(3))
        yield Item(mark=f"{number}.", text=text) if numbered else Words(text=text)


def _shuffled(sentences: Sequence[str], seed: str) -> list[str]:
    return random.Random(seed).sample(sentences, len(sentences))


def recommendations(authority: str, *, first: int) -> Iterator[Block]:
    """Two recommendations to a board, numbered from `first`."""
    for number, text in enumerate(items(2, f"{authority} board"), first):
        yield Item(mark=f"{number}.", text=text)


def describe_grades() -> Iterator[Block]:
    """The page at the end that says what each grade means: every grade stands on it and none is given."""
    yield NewPage()
    yield Words(text="What the inspection judgements mean", style=HEADING)
    for text in _SENTENCES["sif_grades"]["text"]:
        yield Words(text=text)


def closing(made_up: bool = False) -> Iterator[Block]:
    """The last page, in words of our own where the real ones have the inspectorate's address."""
    yield NewPage()
    for text in _SENTENCES["closing"]["text"]:
        yield Words(text=text, style=SMALL)
    if made_up:
        yield Words(text="This document is marked as invented.", style=SMALL)
    for line in _SENTENCES["closing"]["address"]:
        yield Words(text=line, style=SMALL)


def spoken(grade: Graded) -> str:
    """A grade in the middle of a sentence."""
    return GRADE_WORDS[grade].lower()


def rank(day: date) -> str:
    return "His Majesty’s Inspector" if day >= KING_SINCE else "Her Majesty’s Inspector"


def long_date(day: date, space: str = " ") -> str:
    return f"{day.day}{space}{day:%B}{space}{day.year}"


def printed_dates(periods: Sequence[tuple[date, date]], printed: Print) -> str:
    """Periods joined by "and"."""
    return printed.dates or " and ".join(
        printed_period(start, end, dash=printed.dash, space=printed.space) for start, end in periods
    )


def printed_period(start: date, end: date, *, dash: str = "to", space: str = " ") -> str:
    """As in "13 to 24 March 2023" and "25 February to 8 March 2019": what both days share is said once."""
    if start == end:
        return long_date(end, space)
    first = long_date(start, space)
    if start.year == end.year:
        first = first.removesuffix(f"{space}{start.year}")
        first = first.removesuffix(f"{space}{start:%B}") if start.month == end.month else first
    return f"{first} {dash} {long_date(end, space)}"
