"""Reports that the tests print: one of every edition, each with every sort of grade that wraps."""

from __future__ import annotations

from datetime import date

from inspection_watch.demo.letters import Jtai, Send, Visit
from inspection_watch.demo.papers import Ilacs, items, priorities
from inspection_watch.demo.sif import Sif
from judgements.types import Grade, Outcome

INSPECTOR = ("Ada Specimen",)
GOOD, REQUIRES, OUTSTANDING, INADEQUATE = (
    Grade.GOOD,
    Grade.REQUIRES_IMPROVEMENT,
    Grade.OUTSTANDING,
    Grade.INADEQUATE,
)

FIRST = Ilacs(
    authority="West Sussex",
    council="West Sussex County Council",
    start=date(2019, 2, 25),
    end=date(2019, 3, 8),
    inspectors=INSPECTOR,
    grades={
        "leadership": GOOD,
        "help_and_protection": REQUIRES,
        "in_care_and_leavers": OUTSTANDING,
        "overall": REQUIRES,
    },
    improvements=items(3, "first"),
)
LATER_FIRST = Ilacs(
    authority="West Sussex",
    start=date(2021, 9, 6),
    end=date(2021, 9, 17),
    inspectors=INSPECTOR,
    grades=FIRST.grades,
    improvements=FIRST.improvements,
)
SECOND = Ilacs(
    authority="West Sussex",
    start=date(2023, 3, 13),
    end=date(2023, 3, 24),
    inspectors=INSPECTOR,
    grades={
        "leadership": GOOD,
        "help_and_protection": REQUIRES,
        "in_care": REQUIRES,
        "care_leavers": OUTSTANDING,
        "overall": REQUIRES,
    },
    improvements=items(7, "second"),
    previous=(INADEQUATE, 2019),
)
THIRD = Ilacs(
    authority="West Sussex",
    start=date(2026, 5, 11),
    end=date(2026, 5, 22),
    inspectors=INSPECTOR,
    grades={"leadership": GOOD, "help_and_protection": REQUIRES, "in_care": INADEQUATE, "care_leavers": OUTSTANDING},
    improvements=items(4, "third"),
    previous=(REQUIRES, 2023),
    invented=True,
)
ILACS = {"2018 in boxes": FIRST, "2018": LATER_FIRST, "2023": SECOND, "2026": THIRD}

LATE_SIF = Sif(
    authority="West Sussex",
    council="West Sussex County Council",
    start=date(2015, 10, 26),
    end=date(2015, 11, 19),
    published=date(2016, 1, 20),
    overall=REQUIRES,
    lscb=INADEQUATE,
    inspectors=INSPECTOR,
    grades={
        "sif_help_and_protection": REQUIRES,
        "looked_after_children": GOOD,
        "adoption": OUTSTANDING,
        "sif_care_leavers": REQUIRES,
        "sif_leadership": GOOD,
    },
    improvements=items(13, "sif"),
)
EARLY_SIF = Sif(
    authority="West Sussex",
    council="West Sussex County Council",
    start=date(2014, 1, 6),
    end=date(2014, 1, 28),
    published=date(2014, 3, 3),
    overall=GOOD,
    lscb=REQUIRES,
    inspectors=INSPECTOR,
    grades=LATE_SIF.grades,
)
SIF = {"early": EARLY_SIF, "late": LATE_SIF}

FOCUSED = Visit(
    authority="Derbyshire",
    council="Derbyshire County Council",
    start=date(2026, 10, 8),
    end=date(2026, 10, 9),
    published=date(2026, 11, 20),
    inspectors=("Ada Specimen", "Bert Specimen"),
    areas=("children at risk outside the home", "children who go missing"),
    improvements=items(3, "focused"),
    priorities=priorities(2, "focused"),
    invented=True,
)
MONITORING = Visit(
    authority="Devon",
    council="Devon County Council",
    start=date(2026, 9, 30),
    end=date(2026, 10, 1),
    published=date(2026, 11, 20),
    inspectors=INSPECTOR,
    areas=("children who go missing",),
    visit_number=3,
    judged=(INADEQUATE, date(2025, 5, 1)),
)
JOINT = Jtai(
    authority="Norfolk",
    start=date(2024, 12, 9),
    end=date(2024, 12, 13),
    published=date(2025, 2, 27),
    theme="children who live with domestic abuse",
    improvements=items(5, "joint"),
    priorities=priorities(1, "joint"),
)
FAILINGS = Send(
    authority="Suffolk",
    council="Suffolk County Council",
    start=date(2023, 11, 27),
    end=date(2023, 12, 1),
    outcome=Outcome.SYSTEMIC_FAILINGS,
    inspectors=INSPECTOR,
    improvements=items(3, "send"),
    priorities=priorities(2, "send", send=True),
)
