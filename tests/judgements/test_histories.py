"""How real histories read: the grades five authorities were given, and the moves between one inspection and the next.

The dates (last day of the inspection) and grades are facts from the published reports.
"""

from __future__ import annotations

from datetime import date

import pytest

from judgements.authorities import REGISTRY, Authority
from judgements.diff import diff, earlier
from judgements.frameworks import FRAMEWORKS
from judgements.types import Comparison, Grade, Inspection, Judgement, Kind, Listing, Report, Span

LETTERS = {
    "O": Grade.OUTSTANDING,
    "G": Grade.GOOD,
    "R": Grade.REQUIRES_IMPROVEMENT,
    "I": Grade.INADEQUATE,
}

SIF = ("sif", "2013", "sif_help_and_protection looked_after_children adoption sif_care_leavers sif_leadership overall")
SIF_WITH_BOARD = (*SIF[:2], f"{SIF[2]} lscb")
ILACS_2018 = ("ilacs", "2018", "leadership help_and_protection in_care_and_leavers overall")
ILACS_2023 = ("ilacs", "2023", "leadership help_and_protection in_care care_leavers overall")
ILACS_2026 = ("ilacs", "2026", "leadership help_and_protection in_care care_leavers")

HISTORIES = {
    "west-sussex": [
        ("2015-11-19", SIF_WITH_BOARD, "R R R R R R R"),
        ("2019-03-08", ILACS_2018, "I I I I"),
        ("2023-03-24", ILACS_2023, "G R G R R"),
    ],
    "norfolk": [
        ("2015-07-30", SIF_WITH_BOARD, "R I R I R I R"),
        ("2017-11-24", SIF, "R R O R R R"),
        ("2022-11-18", ILACS_2018, "G G G G"),
        ("2026-02-27", ILACS_2023, "O O O O O"),
    ],
    "sunderland": [
        ("2018-05-18", SIF, "I R G R I I"),
        ("2021-07-09", ILACS_2018, "O G O O"),
        ("2025-01-31", ILACS_2023, "O O O G O"),
    ],
    "blackpool": [
        ("2014-07-23", SIF_WITH_BOARD, "R R R R R R R"),
        ("2018-12-07", ILACS_2018, "I I R I"),
        ("2022-12-16", ILACS_2018, "R R G R"),
        ("2026-06-19", ILACS_2026, "O G O O"),
    ],
    "north-northamptonshire": [
        ("2022-10-14", ILACS_2018, "R R R R"),
        ("2026-05-22", ILACS_2026, "O G G G"),
    ],
}

GOLDEN = {
    "west-sussex": """
2019-03-08 after 2015-11-19
  leadership: requires_improvement -> inadequate, declined
  help_and_protection: requires_improvement -> inadequate, declined
  in_care_and_leavers: requires_improvement -> inadequate, declined
  overall: requires_improvement -> inadequate, declined
  adoption: requires_improvement -> none, no_longer_judged
  sif_care_leavers: requires_improvement -> none, no_longer_judged
  lscb: requires_improvement -> none, no_longer_judged
2023-03-24 after 2019-03-08
  leadership: inadequate -> good, improved
  help_and_protection: inadequate -> requires_improvement, improved
  in_care: inadequate -> good, improved
  care_leavers: inadequate -> requires_improvement, improved
  overall: inadequate -> requires_improvement, improved
""",
    "norfolk": """
2017-11-24 after 2015-07-30
  sif_help_and_protection: requires_improvement -> requires_improvement, same
  looked_after_children: inadequate -> requires_improvement, improved
  adoption: requires_improvement -> outstanding, improved
  sif_care_leavers: inadequate -> requires_improvement, improved
  sif_leadership: requires_improvement -> requires_improvement, same
  overall: inadequate -> requires_improvement, improved
  lscb: requires_improvement -> none, no_longer_judged
2022-11-18 after 2017-11-24
  leadership: requires_improvement -> good, improved
  help_and_protection: requires_improvement -> good, improved
  in_care_and_leavers: requires_improvement -> good, improved
  overall: requires_improvement -> good, improved
  adoption: outstanding -> none, no_longer_judged
  sif_care_leavers: requires_improvement -> none, no_longer_judged
2026-02-27 after 2022-11-18
  leadership: good -> outstanding, improved
  help_and_protection: good -> outstanding, improved
  in_care: good -> outstanding, improved
  care_leavers: good -> outstanding, improved
  overall: good -> outstanding, improved
""",
    "sunderland": """
2021-07-09 after 2018-05-18
  leadership: inadequate -> outstanding, improved
  help_and_protection: inadequate -> good, improved
  in_care_and_leavers: requires_improvement -> outstanding, improved
  overall: inadequate -> outstanding, improved
  adoption: good -> none, no_longer_judged
  sif_care_leavers: requires_improvement -> none, no_longer_judged
2025-01-31 after 2021-07-09
  leadership: outstanding -> outstanding, same
  help_and_protection: good -> outstanding, improved
  in_care: outstanding -> outstanding, same
  care_leavers: outstanding -> good, declined
  overall: outstanding -> outstanding, same
""",
    "blackpool": """
2018-12-07 after 2014-07-23
  leadership: requires_improvement -> inadequate, declined
  help_and_protection: requires_improvement -> inadequate, declined
  in_care_and_leavers: requires_improvement -> requires_improvement, same
  overall: requires_improvement -> inadequate, declined
  adoption: requires_improvement -> none, no_longer_judged
  sif_care_leavers: requires_improvement -> none, no_longer_judged
  lscb: requires_improvement -> none, no_longer_judged
2022-12-16 after 2018-12-07
  leadership: inadequate -> requires_improvement, improved
  help_and_protection: inadequate -> requires_improvement, improved
  in_care_and_leavers: requires_improvement -> good, improved
  overall: inadequate -> requires_improvement, improved
2026-06-19 after 2022-12-16
  leadership: requires_improvement -> outstanding, improved
  help_and_protection: requires_improvement -> good, improved
  in_care: good -> outstanding, improved
  care_leavers: good -> outstanding, improved
  overall: requires_improvement -> none, no_longer_judged
""",
    "north-northamptonshire": """
2026-05-22 after 2022-10-14
  leadership: requires_improvement -> outstanding, improved
  help_and_protection: requires_improvement -> good, improved
  in_care: requires_improvement -> good, improved
  care_leavers: requires_improvement -> good, improved
  overall: requires_improvement -> none, no_longer_judged
""",
}


def document(urn: str, end: str, form: tuple[str, str, str], grades: str) -> tuple[Listing, Report]:
    framework, edition, themes = form
    judged = [
        Judgement(theme=theme, label=theme, grade=LETTERS[letter], span=Span(page=1, quote=letter))
        for theme, letter in zip(themes.split(), grades.split(), strict=True)
    ]
    day = date.fromisoformat(end)
    listing = Listing(file_id=end, urn=urn, title=framework, url=f"https://files.example/{end}", published=day)
    return listing, Report(
        kind=Kind.SIF_INSPECTION if framework == "sif" else Kind.ILACS_INSPECTION,
        framework=framework,
        edition=edition,
        inspection=Inspection(periods=((day, day),)),
        overall=next((one for one in judged if one.theme == "overall"), None),
        judgements=tuple(one for one in judged if one.theme != "overall"),
    )


def told(one: Comparison) -> str:
    before, after = (judgement.grade if judgement else "none" for judgement in (one.before, one.after))
    return f"  {one.theme}: {before} -> {after}, {one.movement}"


def history(slug: str) -> str:
    authority = REGISTRY.find(slug)
    assert isinstance(authority, Authority)
    documents = [document(authority.urn, *row) for row in HISTORIES[slug]]
    lines = []
    for _, new in documents:
        if partner := earlier(new, documents):
            old = partner[1]
            assert old.inspection
            assert new.inspection
            lines += [f"{new.inspection.end} after {old.inspection.end}", *map(told, diff(old, new))]
    return "\n".join(lines)


@pytest.mark.parametrize("slug", HISTORIES)
def test_the_history_of_an_authority_reads_as_it_happened(slug: str) -> None:
    print(history(slug))
    assert history(slug) == GOLDEN[slug].strip()


def test_the_editions_of_these_histories_judge_what_their_frameworks_say() -> None:
    for framework, key, themes in (SIF_WITH_BOARD, ILACS_2018, ILACS_2023, ILACS_2026):
        (edition,) = (one for one in FRAMEWORKS[framework].editions if one.key == key)
        assert {area.theme for area in edition.areas} == set(themes.split())
