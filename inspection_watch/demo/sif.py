"""Reports under the single inspection framework, 2013 to 2018, laid out like the real ones; see `papers.py`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from inspection_watch.demo.papers import (
    Graded,
    closing,
    describe_grades,
    findings,
    front_words,
    long_date,
    printed_period,
    recommendations,
    spoken,
)
from inspection_watch.demo.typeset import (
    HEADING,
    LABEL,
    TITLE,
    Block,
    Foot,
    Item,
    NewPage,
    Row,
    Running,
    Table,
    Words,
    pdf,
    respelled,
)
from judgements.types import Grade, NotJudged

SIF_LABELS: Final = {
    "sif_help_and_protection": "1. Children who need help and protection",
    "looked_after_children": "2. Children looked after and achieving permanence",
    "adoption": "2.1 Adoption performance",
    "sif_care_leavers": "2.2 Experiences and progress of care leavers",
    "sif_leadership": "3. Leadership, management and governance",
}
SECTIONS: Final = {
    "sif_help_and_protection": "The experiences and progress of children who need help and protection",
    "looked_after_children": "The experiences and progress of children looked after and achieving permanence",
    "sif_leadership": "Leadership, management and governance",
}
"""Sections of the report, with the judgement that stands in their headings."""

CELL_WORDS: Final[Mapping[Graded, str]] = {
    Grade.OUTSTANDING: "Outstanding",
    Grade.GOOD: "Good",
    Grade.REQUIRES_IMPROVEMENT: "Requires improvement",
    Grade.INADEQUATE: "Inadequate",
    NotJudged.NOT_JUDGED: "Not judged",
}
BOARD_IN_FRONT_UNTIL: Final = date(2014, 9, 1)
"""Reports published before that day have the board's grade, and a shorter overall sentence, on their front page."""
RECOMMENDATIONS_SINCE: Final = date(2015, 6, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sif:
    """A report under the single inspection framework. `lscb` is None for a re-inspection without the board.

    The rest is for reports that are printed otherwise than most: another overall sentence with a footnote's number,
    other words in the cells, other labels by theme, paragraphs before the table, a table of an earlier inspection,
    other letters wherever text stands, the board's review behind a front page of its own, another council's name over
    the title, recommendations whose numbers go on from what stands before, and headings between them.
    """

    authority: str
    council: str
    start: date
    end: date
    published: date
    periods: tuple[tuple[date, date], ...] = ()
    """Further days after the first visit."""
    overall: Grade
    grades: Mapping[str, Graded]
    lscb: Grade | None = None
    inspectors: tuple[str, ...] = ()
    improvements: tuple[str, ...] = ()
    sentence: str = ""
    sentence_note: str = ""
    cells: Mapping[Graded, str] = field(default_factory=lambda: CELL_WORDS)
    labels: Mapping[str, str] = field(default_factory=dict)
    front_prose: int = 0
    earlier_grades: Mapping[str, Graded] = field(default_factory=dict)
    letters: Mapping[str, str] = field(default_factory=dict)
    board_apart: bool = False
    name_above: str = ""
    numbered_from: int = 1
    headed: tuple[str, ...] = ()

    @property
    def board_in_front(self) -> Grade | None:
        return None if self.board_apart else self.lscb


def sif_report(report: Sif) -> bytes:
    """A report of about a dozen pages: front, summary, contents, recommendations, findings, board, closing pages."""
    parts = (_front, _summary, _contents, _recommendations, _sections, _board, _about)
    blocks = [*(block for part in parts for block in part(report)), *describe_grades(), *closing()]
    return pdf(
        respelled(blocks, report.letters), Running(), title=f"{report.council}: inspection of services for children"
    )


def _front(report: Sif) -> Iterator[Block]:
    if report.name_above:
        yield Words(text=report.name_above, style=TITLE)
    yield Words(text=report.council, style=TITLE)
    yield Words(
        text="Inspection of services for children in need of help and protection, children looked after and care "
        "leavers",
        style=HEADING,
    )
    if report.board_in_front is not None:
        yield Words(text="and")
        yield Words(
            text="Review of the effectiveness of the Local Safeguarding Children Board", style=HEADING, note="1"
        )
    yield from _dates(report, report.published)
    yield from _grades(report)
    if report.board_in_front is not None:
        yield Foot(note="1", text="The inspection and the review are printed together, as the law allows.")
    yield NewPage()


def _dates(report: Sif, published: date) -> Iterator[Block]:
    periods = ((report.start, report.end), *report.periods)
    days = " and ".join(printed_period(start, end, dash="–") for start, end in periods)
    yield Words(text=f"Inspection date: {days}")
    yield Words(text=f"Report published: {long_date(published)}")


def _grades(report: Sif) -> Iterator[Block]:
    early = report.published < BOARD_IN_FRONT_UNTIL
    usual = early_overall(report.overall) if early else overall(report.authority, report.overall)
    yield Words(text=report.sentence or usual, style=LABEL, note=report.sentence_note)
    yield from findings(report.authority, "front", report.front_prose, numbered=False)
    yield _table(report, report.grades)
    if early and report.board_in_front is not None:
        board = "The effectiveness of the Local Safeguarding Children Board (LSCB) is"
        yield Words(text=f"{board}\n{_said(report.board_in_front)}")


def _table(report: Sif, grades: Mapping[str, Graded]) -> Table:
    labels = {**SIF_LABELS, **report.labels}
    return Table(rows=tuple(Row(label=labels[theme], grade=report.cells[grades[theme]]) for theme in labels), split=270)


def _said(grade: Grade) -> str:
    return spoken(grade).removesuffix(" to be good")


def early_overall(grade: Grade) -> str:
    return f"The overall judgement is {_said(grade)}"


def overall(place: str, grade: Grade) -> str:
    """The sentence that holds the overall grade."""
    if grade is Grade.REQUIRES_IMPROVEMENT:
        return f"Children’s services in {place} require improvement to be good"
    return f"Children’s services in {place} are {spoken(grade)}"


def _summary(report: Sif) -> Iterator[Block]:
    yield Words(text="Executive summary", style=HEADING)
    yield from front_words(report.authority, report.overall)
    yield from findings(report.authority, "executive", 3, numbered=False)
    yield NewPage()


def _contents(report: Sif) -> Iterator[Block]:
    board = ["The Local Safeguarding Children Board (LSCB)"] if report.board_in_front is not None else []
    advice = [_advice_title(report, "local authority")] if report.improvements else []
    titles = ["Executive summary", *advice, *SECTIONS.values(), *board]
    yield Words(text="Contents", style=HEADING)
    for page, title in enumerate((*titles, "Information about this inspection"), 2):
        yield Words(text=f"{title} {page}")
    yield NewPage()


def _advice_title(report: Sif, whose: str) -> str:
    return "Recommendations" if report.published >= RECOMMENDATIONS_SINCE else f"What does the {whose} need to improve?"


def _recommendations(report: Sif) -> Iterator[Block]:
    yield Words(text="The local authority", style=HEADING)
    yield Words(text="Information about this local authority area", style=LABEL)
    yield from findings(report.authority, "area", 2, numbered=False)
    if report.earlier_grades:
        yield Words(text="Grades of the inspection before this one", style=LABEL)
        yield _table(report, report.earlier_grades)
    if report.improvements:
        yield Words(text=_advice_title(report, "local authority"), style=HEADING)
        for place, text in enumerate(report.improvements):
            if place < len(report.headed):
                yield Words(text=report.headed[place], style=LABEL)
            yield Item(mark=f"{report.numbered_from + place}.", text=text)


def _sections(report: Sif) -> Iterator[Block]:
    number = len(report.improvements) + report.numbered_from
    for theme, title in SECTIONS.items():
        yield NewPage()
        yield Table(rows=(Row(label=title, grade=CELL_WORDS[report.grades[theme]], place="foot", style=LABEL),))
        yield Words(text="Summary", style=LABEL)
        yield from findings(report.authority, f"summary {theme}", 2, numbered=False)
        yield Words(text="Inspection findings", style=LABEL)
        yield from findings(report.authority, theme, 6, first=number)
        number += 6


def _board(report: Sif) -> Iterator[Block]:
    if report.lscb is None:
        return
    requires = report.lscb is Grade.REQUIRES_IMPROVEMENT
    verdict = "requires improvement" if requires else f"is {spoken(report.lscb)}"
    yield NewPage()
    if report.board_apart:
        yield from _front_of_the_board(report)
    yield Words(text="The Local Safeguarding Children Board (LSCB)", style=HEADING)
    yield Words(text=f"The Local Safeguarding Children Board {verdict}", style=LABEL)
    yield Words(text="Executive summary", style=LABEL)
    yield from findings(report.authority, "board", 2, numbered=False)
    yield Words(text=_advice_title(report, "LSCB"), style=LABEL)
    first = len(report.improvements) + report.numbered_from + 18
    yield from recommendations(report.authority, first=first)
    yield Words(text="Inspection findings – the Local Safeguarding Children Board", style=LABEL)
    yield from findings(report.authority, "board findings", 3, first=first + 2)


def _front_of_the_board(report: Sif) -> Iterator[Block]:
    """As in Hull in 2015: another document, a week younger, bound in with the inspection."""
    yield Words(text=f"{report.authority} Safeguarding Children Board", style=TITLE)
    yield Words(text="Review of the effectiveness of the Local Safeguarding Children Board", style=HEADING, note="1")
    yield from _dates(report, report.published + timedelta(days=7))
    yield Words(text="Contents", style=HEADING)
    yield Words(text="Executive summary 2")
    yield NewPage()


def _about(report: Sif) -> Iterator[Block]:
    yield NewPage()
    yield Words(text="Information about this inspection", style=HEADING)
    yield from findings(report.authority, "about", 1, numbered=False)
    if report.inspectors:
        yield Words(text="The inspection team", style=LABEL)
        yield Words(text=f"Lead inspector: {report.inspectors[0]} HMI")
        yield Words(text="Deputy lead inspector: Edda Specimen HMI")
        yield Words(text="Team inspectors: Finn Specimen HMI, Gwen Specimen HMI")
