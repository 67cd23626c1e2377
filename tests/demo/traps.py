"""How real reports make it hard to read them, each as a change to a report that can be printed.

A trap changes how a report looks, and sometimes what it says (a second visit, no inspector); never what a careful
reader takes from what is there. The tests beside it print every trap and have the parser read it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final, Generic, TypeVar

from inspection_watch.demo.papers import GRADE_WORDS, ILACS_LABELS, Graded, Ilacs, items, long_date
from inspection_watch.demo.sif import CELL_WORDS, Sif, overall
from inspection_watch.demo.typeset import NO_BREAK
from judgements.types import Grade, NotJudged

Trap = Callable[[Ilacs], Ilacs]
SifTrap = Callable[[Sif], Sif]
Printed = TypeVar("Printed", Ilacs, Sif)

NARROW_NO_BREAK: Final = "\u202f"
LIGATURES: Final = {"ff": "\ufb00", "fi": "\ufb01", "fl": "\ufb02"}


def _printed(**changes: object) -> Trap:
    def trap(report: Ilacs) -> Ilacs:
        return replace(report, printed=replace(report.printed, **changes))  # type: ignore[arg-type]

    return trap


def _said(requires_improvement: str) -> Mapping[Graded, str]:
    return {**GRADE_WORDS, Grade.REQUIRES_IMPROVEMENT: requires_improvement}


def _labels(old: str, new: str) -> Mapping[str, str]:
    return {theme: label.replace(old, new) for theme, label in ILACS_LABELS.items()}


def _another_visit(report: Ilacs) -> Ilacs:
    start = report.end + timedelta(days=30)
    return replace(report, periods=((start, start + timedelta(days=1)),))


def _one_day(report: Ilacs) -> Ilacs:
    return replace(report, start=report.end)


def _both_years(report: Ilacs) -> Ilacs:
    return _dated(report, f"{long_date(report.start)} – {long_date(report.end)}")


def _numeric(report: Ilacs) -> Ilacs:
    return _dated(report, f"{report.start:%d/%m/%Y} to {report.end:%d/%m/%Y}")


def _short_months(report: Ilacs) -> Ilacs:
    return _dated(report, f"{report.start.day} {report.start:%b} to {report.end.day} {report.end:%b} {report.end.year}")


def _ordinal(report: Ilacs) -> Ilacs:
    return _dated(report, f"{report.start.day}th {report.start:%B} to {report.end.day}th {report.end:%B %Y}")


def _dated(report: Ilacs, dates: str) -> Ilacs:
    return replace(report, printed=replace(report.printed, dates=dates))


def _inclusive(report: Ilacs) -> Ilacs:
    return _dated(report, f"{report.start.day} {report.start:%B} to {long_date(report.end)} (inclusive)")


def _inclusive_both(report: Ilacs) -> Ilacs:
    return _dated(report, f"{long_date(report.start)} to {long_date(report.end)}, both days inclusive")


def _sub_items(report: Ilacs) -> Ilacs:
    lead, below = "How soon plans are made for:", ("brothers and sisters", "children who live far from home.")
    printed = replace(report.printed, sub_items=below)
    return replace(report, printed=printed, improvements=(lead, *report.improvements))


def _later_dates(report: Ilacs) -> Ilacs:
    label = f"Dates of inspection: {long_date(report.start + timedelta(days=7))} to {long_date(report.end)}"
    return replace(report, printed=replace(report.printed, date_label=label))


def _same_dates(report: Ilacs) -> Ilacs:
    label = f"Dates of inspection: {long_date(report.start)} to {long_date(report.end)}"
    return replace(report, printed=replace(report.printed, date_label=label))


def _long_list(report: Ilacs) -> Ilacs:
    return replace(report, improvements=items(40, report.authority))


TRAPS: Final[Mapping[str, Trap]] = {
    "a grade wrapped before “to be good”": _printed(grades=_said("Requires improvement\nto be good")),
    "a grade wrapped after its first word": _printed(grades=_said("Requires\nimprovement to be good")),
    "a grade wrapped into three lines": _printed(grades=_said("Requires\nimprovement\nto be good")),
    "a grade without “to be good”": _printed(grades=_said("Requires improvement")),
    "a short grade, wrapped": _printed(grades=_said("Requires\nimprovement")),
    "a grade in the singular": _printed(grades=_said("Require improvement to be good")),
    "grades in lower case": _printed(grades={grade: words.lower() for grade, words in GRADE_WORDS.items()}),
    "a capital inside a grade": _printed(grades=_said("Requires Improvement to be good")),
    "grades on the last line of their labels": _printed(place="foot"),
    "grades on the first line of their labels": _printed(place="beside"),
    "a wrapped overall grade above its label": _printed(
        overall_place="above", grades=_said("Requires improvement\nto be good")
    ),
    "leaders last": _printed(order=(*tuple(ILACS_LABELS)[1:-1], "leadership", "overall")),
    "no “social work” in the label": _printed(labels=_labels("social work practice", "practice")),
    "children care leavers": _printed(labels=_labels("progress of care leavers", "progress of children care leavers")),
    "a full stop in a label": _printed(labels=_labels("and families", "and families.")),
    "soft hyphens in the labels": _printed(labels=_labels("experiences", "experi\u00adences")),
    "no-break spaces in the labels": _printed(labels=_labels("in care", f"in{NO_BREAK}care")),
    "a table that runs over the page": _printed(table_after=8),
    "an earlier inspection in the prose": _printed(
        said_before="When it was inspected in 2015 its overall effectiveness was judged inadequate, the experiences "
        "and progress of children in care good, and the impact of leaders outstanding."
    ),
    "a table of the grades before": _printed(
        earlier_grades={
            "leadership": Grade.INADEQUATE,
            "help_and_protection": Grade.OUTSTANDING,
            "in_care_and_leavers": Grade.INADEQUATE,
            "overall": Grade.INADEQUATE,
        }
    ),
    "another authority in the prose": _printed(
        said_before="The trust also works for East Sussex County Council, where services are outstanding."
    ),
    "a line of a drawing as a dash": _printed(dash="\u2500"),
    "a dash between the days": _printed(dash="–"),
    "no-break spaces in the dates": _printed(space=NO_BREAK),
    "narrow no-break spaces in the dates": _printed(space=NARROW_NO_BREAK),
    "no-break spaces in names, dates and everywhere else": _printed(letters={" ": NO_BREAK}),
    "ligatures in headings and everywhere else": _printed(letters=LIGATURES),
    "two visits": _another_visit,
    "one day": _one_day,
    "both years, with a dash": _both_years,
    "numeric dates": _numeric,
    "months cut short": _short_months,
    "days as ordinals": _ordinal,
    "a running header of another inspection": _printed(running_date="2 to 13 March 2015"),
    "no inspector": lambda report: replace(report, inspectors=()),
    "two inspectors": lambda report: replace(report, inspectors=("Ada Specimen", "Bert van der Specimen-O’Hara")),
    "a footnote glued to a heading": _printed(improvements_note="1"),
    "a bullet from a private font": _printed(bullet="\uf06e"),
    "a round bullet": _printed(bullet="•"),
    "a hyphen as bullet": _printed(bullet="-"),
    "numbers in brackets as bullets": _printed(bullet="({})"),
    "items below an item": _sub_items,
    "dates with “(inclusive)”": _inclusive,
    "dates with “both days inclusive”": _inclusive_both,
    "two lines of the same dates": _same_dates,
    "a covering letter before the report": _printed(covering_letter=True),
    "another heading over what must improve": _printed(improvements_heading="What needs to improve"),
    "a third heading over what must improve": _printed(improvements_heading="What needs to improve:"),
    "nothing that must improve": lambda report: replace(report, improvements=()),
    "a list of what must improve that runs over the page": _long_list,
}
"""Traps in inspection reports of every edition of ILACS."""


def _sif_printed(**changes: object) -> SifTrap:
    return lambda report: replace(report, **changes)  # type: ignore[arg-type]


def _cells(requires_improvement: str) -> Mapping[Graded, str]:
    return {**CELL_WORDS, Grade.REQUIRES_IMPROVEMENT: requires_improvement}


def _sentence(of: Callable[[Sif], str]) -> SifTrap:
    return lambda report: replace(report, sentence=of(report))


def _verb(report: Sif) -> str:
    plain = GRADE_WORDS[report.overall].lower().removesuffix(" to be good")
    return plain.replace("requires", "require") if report.overall is Grade.REQUIRES_IMPROVEMENT else f"are {plain}"


def _is(report: Sif) -> str:
    return GRADE_WORDS[report.overall].lower().removesuffix(" to be good")


SIF_TRAPS: Final[Mapping[str, SifTrap]] = {
    "cells wrapped after their first word": _sif_printed(cells=_cells("Requires\nimprovement")),
    "cells with “to be good”, wrapped": _sif_printed(cells=_cells("Requires improvement to\nbe good")),
    "a capital inside a cell": _sif_printed(cells=_cells("Requires Improvement")),
    "a wrong number before leadership": _sif_printed(
        labels={"sif_leadership": "1. Leadership, management and governance"}
    ),
    "a capital in a label": _sif_printed(labels={"sif_care_leavers": "2.2 Experiences and progress of Care Leavers"}),
    "not judged": lambda report: replace(report, grades={**report.grades, "adoption": NotJudged.NOT_JUDGED}),
    "no board": lambda report: replace(report, lscb=None),
    "the overall judgement is": _sentence(lambda report: f"The overall judgement is {_is(report)}"),
    "the overall judgement is that": _sentence(
        lambda report: f"The overall judgement is that children’s services {_verb(report)}"
    ),
    "an overall sentence wrapped inside the grade": _sentence(
        lambda report: overall(report.authority, report.overall).replace(" improvement", "\nimprovement")
    ),
    "a footnote glued to the overall sentence": lambda report: replace(
        report, sentence=f"The overall judgement is that children’s services {_verb(report)}.", sentence_note="2"
    ),
    "a full stop in the authority’s name": lambda report: replace(
        report, authority="St. Helens", council="St. Helens Council"
    ),
    "a full stop in the name, and a sentence that is wrapped there": lambda report: replace(
        report,
        authority="St. Helens",
        council="St. Helens Council",
        sentence=overall("St.\nHelens", report.overall),
    ),
    "no-break spaces in names, dates and everywhere else": _sif_printed(letters={" ": NO_BREAK}),
    "ligatures in headings and everywhere else": _sif_printed(letters=LIGATURES),
    "two documents in one file": _sif_printed(board_apart=True),
    "prose before the table": _sif_printed(front_prose=2),
    "a table that runs over the page": _sif_printed(front_prose=6),
    "a table of the grades before": _sif_printed(
        earlier_grades={
            "sif_help_and_protection": Grade.OUTSTANDING,
            "looked_after_children": Grade.INADEQUATE,
            "adoption": Grade.INADEQUATE,
            "sif_care_leavers": Grade.INADEQUATE,
            "sif_leadership": Grade.INADEQUATE,
        }
    ),
    "two visits": lambda report: replace(
        report, periods=((report.end + timedelta(days=30), report.end + timedelta(days=32)),)
    ),
    "no recommendations": lambda report: replace(report, improvements=()),
    "recommendations numbered on from what stands before": lambda report: replace(
        report, numbered_from=27, improvements=report.improvements or items(3, report.authority)
    ),
    "headings between the recommendations": lambda report: replace(
        report,
        improvements=report.improvements or items(3, report.authority),
        headed=("Leadership, management and governance", "Quality of practice", "Response at the ‘front door’"),
    ),
}
"""Traps in reports under the single inspection framework."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt(Generic[Printed]):
    """A trap after which a careful reader is not sure any more of what is `lost`: "authority", "inspection", or themes.

    Nothing else is lost, and `why` is a part of the reason that is given.
    """

    trap: Callable[[Printed], Printed]
    lost: tuple[str, ...]
    why: str


def _unknown_row(label: str) -> Trap:
    return _printed(further_row=(label, Grade.INADEQUATE))


_TWO_DATES: Final = Doubt(trap=_later_dates, lost=("inspection",), why="The dates of the inspection cannot be read.")

_UNKNOWN_ROW: Final = Doubt(
    trap=_unknown_row("The experiences and progress of young carers"),
    lost=("overall",),
    why="The table of judgements cannot be read",
)

DOUBTS: Final[Mapping[str, Doubt[Ilacs]]] = {
    "two lines of dates that differ": _TWO_DATES,
    "a row that no edition has": _UNKNOWN_ROW,
}
"""Traps in ILACS reports that leave something open. What the headings of the body confirm is not lost."""

BOXED_DOUBTS: Final[Mapping[str, Doubt[Ilacs]]] = {
    "two lines of dates that differ": _TWO_DATES,
    "a row that no edition has": _UNKNOWN_ROW,
    "two names above the title": Doubt(
        trap=_printed(name_above="Kent County Council"), lost=("authority",), why="“Kent"
    ),
}
"""The same where the council stands above the title, and rows are wide enough for one line."""

SIF_DOUBTS: Final[Mapping[str, Doubt[Sif]]] = {
    "two names above the title": Doubt(
        trap=_sif_printed(name_above="Kent County Council"), lost=("authority",), why="“Kent"
    ),
}
"""The same in reports under the single inspection framework."""
