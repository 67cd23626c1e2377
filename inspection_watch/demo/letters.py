"""Letters after focused visits, monitoring visits and joint inspections, and reports on area SEND; see `papers.py`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from inspection_watch.demo.papers import closing, findings, invented, long_date, printed_period, rank, spoken
from inspection_watch.demo.typeset import (
    HEADING,
    LABEL,
    SMALL,
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
)
from judgements.types import Grade, Outcome

ORDINALS: Final = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
LETTERHEAD: Final = ("Printed on this machine", "for whoever is looking")
BULLET: Final = "\u25fc"

OUTCOMES: Final = {
    Outcome.POSITIVE: (
        "The local area partnership’s special educational needs and/or disabilities (SEND) arrangements typically lead "
        "to positive experiences and outcomes for children and young people with SEND. The local area partnership is "
        "taking action where improvements are needed.",
        "The next full area SEND inspection will be within approximately five years.",
    ),
    Outcome.INCONSISTENT: (
        "The local area partnership’s arrangements lead to inconsistent experiences and outcomes for children and "
        "young people with special educational needs and/or disabilities (SEND). The local area partnership must work "
        "jointly to make improvements.",
        "The next full area SEND inspection will be within approximately three years.",
    ),
    Outcome.SYSTEMIC_FAILINGS: (
        "There are widespread and/or systemic failings leading to significant concerns about the experiences and "
        "outcomes of children and young people with special educational needs and/or disabilities (SEND), which the "
        "local area partnership must address urgently.",
        "A monitoring inspection will be carried out within approximately 18 months. The next full reinspection will "
        "be within approximately three years.",
    ),
}
"""The outcome and what follows from it, in the framework's fixed words: the judgement itself, as a grade is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A focused visit; with a `visit_number`, a monitoring visit after the authority was `judged` (grade, month)."""

    authority: str
    council: str
    start: date
    end: date
    published: date
    inspectors: tuple[str, ...]
    areas: tuple[str, ...]
    improvements: tuple[str, ...] = ()
    priorities: tuple[str, ...] = ()
    visit_number: int | None = None
    judged: tuple[Grade, date] | None = None
    invented: bool = False
    paper: str = ""
    """What is printed at the foot of the first page's paper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Jtai:
    """A joint targeted area inspection. `theme` completes "the multi-agency response to"; each text of `cases` is a
    child's story in a box below what must improve, and `themes` are headings between the items."""

    authority: str
    start: date
    end: date
    published: date
    theme: str
    improvements: tuple[str, ...] = ()
    priorities: tuple[str, ...] = ()
    invented: bool = False
    cases: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """An area SEND inspection. Only widespread failings have `priorities`."""

    authority: str
    council: str
    start: date
    end: date
    outcome: Outcome
    inspectors: tuple[str, ...] = ()
    improvements: tuple[str, ...] = ()
    priorities: tuple[str, ...] = ()
    invented: bool = False


def visit_letter(visit: Visit) -> bytes:
    """The letter after a focused or a monitoring visit."""
    sort = "Focused" if visit.visit_number is None else "Monitoring"
    title = f"{sort} visit to {visit.authority} children’s services"
    blocks = [*_head(visit), Words(text=title, style=HEADING), *_opening(visit, sort.lower()), *_visit_body(visit)]
    return pdf([*blocks, *_signature(visit), *closing(visit.invented)], Running(from_page=2), title=title)


def _head(visit: Visit) -> Iterator[Block]:
    if visit.paper:
        yield Foot(note="", text=visit.paper)
    yield Words(text="\n".join(LETTERHEAD), style=SMALL)
    yield Words(text=long_date(visit.published))
    yield Words(text=f"Director of Children’s Services\n{visit.council}")
    yield Words(text="Dear Director")


def _opening(visit: Visit, sort: str) -> Iterator[Block]:
    days = printed_period(visit.start, visit.end, dash="and" if (visit.end - visit.start).days == 1 else "to")
    said = f"This letter summarises the findings of the {sort} visit to {visit.authority} on {days}."
    if visit.visit_number is not None and visit.judged is not None:
        grade, when = visit.judged
        said += (
            f" This was the {ORDINALS[visit.visit_number - 1]} monitoring visit since the local authority was judged "
            f"{spoken(grade)} in {when:%B %Y}."
        )
    plural = "s" if len(visit.inspectors) > 1 else ""
    were = "were" if plural else "was"
    yield Words(text=f"{said} {rank(visit.end)}{plural} for this visit {were} {' and '.join(visit.inspectors)}.")
    if visit.invented:
        yield Words(text=invented(visit.authority))


def _visit_body(visit: Visit) -> Iterator[Block]:
    monitoring = visit.visit_number is not None
    if monitoring:
        yield Words(text="Areas covered by the visit", style=HEADING)
    yield Words(text="Inspectors looked at the local authority’s arrangements for:")
    yield from _bullets(visit.areas)
    yield Words(text="Headline findings", style=HEADING)
    yield from findings(visit.authority, f"headline {visit.start}", 1, numbered=False)
    if visit.priorities:
        plural = "s" if len(visit.priorities) > 1 else ""
        yield Words(text=f"Area{plural} for priority action", style=HEADING)
        yield Words(text="The local authority needs to act at once on:")
        yield from _bullets(visit.priorities)
    if visit.improvements:
        yield Words(text="What needs to improve in this area of social work practice?", style=HEADING)
        yield from _bullets(visit.improvements)
    yield Words(text="Findings and evaluation of progress" if monitoring else "Main findings", style=HEADING)
    yield from findings(visit.authority, f"main {visit.start}", 5, numbered=False)


def _bullets(texts: tuple[str, ...]) -> Iterator[Block]:
    return (Item(mark=BULLET, text=text) for text in texts)


def _signature(visit: Visit) -> Iterator[Block]:
    yield Words(text=f"Yours sincerely\n{visit.inspectors[0]}\n{rank(visit.end)}")


def jtai_letter(letter: Jtai) -> bytes:
    """The letter after a joint targeted area inspection."""
    title = f"Joint targeted area inspection of {letter.authority}"
    blocks = [*_jtai_front(letter, title), *_jtai_findings(letter), *_next_steps(letter), *closing(letter.invented)]
    return pdf(blocks, Running(from_page=2), title=title)


def _jtai_front(letter: Jtai, title: str) -> Iterator[Block]:
    place = letter.authority
    yield Words(text=long_date(letter.published))
    yield Words(text=f"The chief executive of the council, {place}\nThe chief constable\nThe integrated care board")
    yield Words(text=f"Dear {place} Safeguarding Children Partnership")
    yield Words(text=title, style=HEADING)
    yield Words(
        text="This letter summarises the findings of the joint targeted area inspection (JTAI) of the multi-agency "
        f"response to {letter.theme} in {place}."
    )
    yield Words(
        text=f"This inspection took place from {printed_period(letter.start, letter.end)}. It was carried out by "
        "inspectors from Ofsted, the Care Quality Commission, and the inspectorates of constabulary and of probation."
    )
    if letter.invented:
        yield Words(text=invented(place))


def _jtai_findings(letter: Jtai) -> Iterator[Block]:
    yield Words(text="Headline findings", style=HEADING)
    yield from findings(letter.authority, "joint", 2, numbered=False)
    if letter.priorities:
        yield Words(text="Areas for priority action", style=HEADING)
        yield from _bullets(letter.priorities)
    if letter.improvements:
        yield Words(text="What needs to improve?", style=HEADING)
        for place, text in enumerate(letter.improvements):
            if place < len(letter.themes):
                yield Words(text=letter.themes[place], style=LABEL)
            yield Item(mark=BULLET, text=text)
    for text in letter.cases:
        yield Words(text=f"Case study: area for improvement\n{text}")
    yield Words(text="Main findings", style=HEADING)
    yield from findings(letter.authority, "joint main", 5, numbered=False)


def _next_steps(letter: Jtai) -> Iterator[Block]:
    yield Words(text="Next steps", style=HEADING)
    yield Words(text=f"The agencies in {letter.authority} answer this letter together, in writing.")
    yield Words(text="Yours sincerely\nFour inspectorates")


def send_report(report: Send) -> bytes:
    """The report on an area's arrangements for special educational needs and disabilities."""
    partnership = f"{report.authority} Local Area Partnership"
    dates = printed_period(report.start, report.end)
    running = Running(lines=(f"Inspection report: {partnership}", dates), from_page=2)
    blocks = [*_send_front(report, dates), *_send_findings(report), *_send_actions(report), *_send_team(report)]
    return pdf([*blocks, *closing(report.invented)], running, title=f"Area SEND inspection of {partnership}")


def _send_front(report: Send, dates: str) -> Iterator[Block]:
    yield Words(text="Local Area Partnership report", style=LABEL)
    yield Words(text=f"Area SEND inspection of {report.authority} Local Area Partnership", style=TITLE)
    yield Words(lead="Inspection dates:", text=dates)
    yield Words(text="Inspection outcome", style=HEADING)
    for text in OUTCOMES[report.outcome]:
        yield Words(text=text)
    if report.invented:
        yield Words(text=invented(report.authority))
    yield Words(text="Information about the local area partnership", style=HEADING)
    yield Words(text=f"{report.council} and the integrated care board plan and pay for these services together.")
    yield NewPage()


def _send_findings(report: Send) -> Iterator[Block]:
    yield Words(text="What is it like to be a child or young person with SEND in this area?", style=HEADING)
    yield from findings(report.authority, "send", 3, numbered=False)
    yield Words(text="What does the area partnership need to do better?", style=HEADING)
    for block in findings(report.authority, "better", 3, numbered=False):
        if isinstance(block, Words):
            yield Item(mark=BULLET, text=block.text)


def _send_actions(report: Send) -> Iterator[Block]:
    if report.priorities:
        yield Words(text="Areas for priority action", style=HEADING)
        head = Row(label="Responsible body", grade="Areas for priority action", style=LABEL)
        bodies = f"{report.council} and the integrated care board"
        yield Table(rows=(head, *(Row(label=bodies, grade=text) for text in report.priorities)), split=150)
    if report.improvements:
        yield Words(text="Areas for improvement", style=HEADING)
        yield Words(text="Areas for improvement", style=LABEL)
        for text in report.improvements:
            yield Words(text=text)


def _send_team(report: Send) -> Iterator[Block]:
    yield Words(text="Local area partnership details", style=HEADING)
    yield Table(rows=(Row(label="Local Authority", grade="Integrated Care Board", style=LABEL),))
    yield Words(text="Information about this inspection", style=HEADING)
    yield from findings(report.authority, "about", 1, numbered=False)
    if report.inspectors:
        yield Words(text="Inspection team", style=HEADING)
        lead = Row(
            label=f"{report.inspectors[0]} HMI, Ofsted Lead inspector", grade="Hope Specimen, CQC Lead inspector"
        )
        yield Table(rows=(Row(label="Ofsted", grade="Care Quality Commission", style=LABEL), lead))
