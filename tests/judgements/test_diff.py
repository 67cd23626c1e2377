"""What changed between two reports: tables of real moves between frameworks, and what must hold for any two."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgements.diff import FAMILY, diff, earlier, movement_of_outcome
from judgements.frameworks import FRAMEWORKS, Framework
from judgements.types import (
    Comparison,
    Grade,
    Inspection,
    Judgement,
    Kind,
    Listing,
    Movement,
    NotJudged,
    Outcome,
    Report,
    SendOutcome,
    Span,
)

DAY = date(2023, 3, 24)
GRADES: Mapping[str, Grade | NotJudged] = {
    "O": Grade.OUTSTANDING,
    "G": Grade.GOOD,
    "R": Grade.REQUIRES_IMPROVEMENT,
    "A": Grade.ADEQUATE,
    "I": Grade.INADEQUATE,
    "-": NotJudged.NOT_JUDGED,
}
SIGNS = {
    Movement.IMPROVED: "up",
    Movement.DECLINED: "down",
    Movement.SAME: "same",
    Movement.NEWLY_JUDGED: "new",
    Movement.NO_LONGER_JUDGED: "gone",
    Movement.NOT_COMPARABLE: "?",
}
MIRROR = {
    Movement.IMPROVED: Movement.DECLINED,
    Movement.DECLINED: Movement.IMPROVED,
    Movement.NEWLY_JUDGED: Movement.NO_LONGER_JUDGED,
    Movement.NO_LONGER_JUDGED: Movement.NEWLY_JUDGED,
    Movement.SAME: Movement.SAME,
    Movement.NOT_COMPARABLE: Movement.NOT_COMPARABLE,
}


def framework(key: str, scale: str, edition: str, first: date, areas: str) -> Framework:
    """A framework that never was, made from the single inspection framework: `scale` as in "OGI"."""
    model = FRAMEWORKS["sif"]
    area = model.editions[0].areas[0]
    made = tuple(replace(area, theme=theme, label=theme, compares_with=()) for theme in areas.split())
    only = replace(model.editions[0], key=edition, first=first, last=None, areas=made)
    return replace(model, key=key, scale=tuple(Grade(GRADES[letter]) for letter in scale), editions=(only,))


def merging(old: str, themes: str) -> Framework:
    """A framework that never was, in which these themes of an older one become one judgement."""
    made = framework(old, "OGRI", "2028", date(2028, 1, 1), "children overall")
    children, overall = made.editions[0].areas
    whole = replace(made.editions[0], areas=(replace(children, compares_with=tuple(themes.split())), overall))
    return replace(made, editions=(whole,))


ALL: Mapping[str, Framework] = {
    **FRAMEWORKS,
    "merged": merging("merged", "in_care care_leavers"),
    "forebear": framework("forebear", "OGAI", "2012", date(2012, 1, 1), "quality_of_practice overall"),
    "heir": framework("heir", "OGI", "2027", date(2027, 1, 1), "overall"),
}


def judgement(theme: str, grade: str, group: str | None = None) -> Judgement:
    return Judgement(theme=theme, label=theme, grade=GRADES[grade], span=Span(page=1, quote=grade), group=group)


def report(edition: str, grades: str, end: date = DAY, problems: tuple[str, ...] = ()) -> Report:
    """`report("ilacs 2023", "leadership G, overall R")`."""
    framework, key = edition.split()
    judged = [judgement(*one.split()) for one in grades.split(", ")]
    return Report(
        kind=Kind.SIF_INSPECTION if framework == "sif" else Kind.ILACS_INSPECTION,
        framework=framework,
        edition=key,
        inspection=Inspection(periods=((end - timedelta(days=11), end),)),
        overall=next((one for one in judged if one.theme == "overall"), None),
        judgements=tuple(one for one in judged if one.theme != "overall"),
        problems=problems,
    )


def moves(before: Report, after: Report) -> list[str]:
    """The comparisons in short: "care_leavers: in_care_and_leavers G -> care_leavers R down"."""
    return [
        f"{one.theme}: {side(one.before)} -> {side(one.after)} {SIGNS[one.movement]}"
        for one in diff(before, after, ALL)
    ]


def side(judgement: Judgement | None) -> str:
    letters = {grade: letter for letter, grade in GRADES.items()}
    return f"{judgement.theme} {letters[judgement.grade]}" if judgement else "nothing"


ILACS_2018 = "leadership R, help_and_protection G, in_care_and_leavers G, overall R"
ILACS_2023 = "leadership G, help_and_protection G, in_care O, care_leavers R, overall G"
ILACS_2026 = "leadership O, help_and_protection R, in_care O, care_leavers G"
SIF = (
    "sif_help_and_protection R, looked_after_children G, adoption O, sif_care_leavers G, sif_leadership I, lscb R, "
    "overall R"
)

TABLE = [
    (
        "ILACS of 2018 to 2023: the split judgement is the parent of two",
        ("ilacs 2018", ILACS_2018),
        ("ilacs 2023", ILACS_2023),
        [
            "leadership: leadership R -> leadership G up",
            "help_and_protection: help_and_protection G -> help_and_protection G same",
            "in_care: in_care_and_leavers G -> in_care O up",
            "care_leavers: in_care_and_leavers G -> care_leavers R down",
            "overall: overall R -> overall G up",
        ],
    ),
    (
        "ILACS of 2023 to 2026: no overall grade is not a loss",
        ("ilacs 2023", ILACS_2023),
        ("ilacs 2026", ILACS_2026),
        [
            "leadership: leadership G -> leadership O up",
            "help_and_protection: help_and_protection G -> help_and_protection R down",
            "in_care: in_care O -> in_care O same",
            "care_leavers: care_leavers R -> care_leavers G up",
            "overall: overall G -> nothing gone",
        ],
    ),
    (
        "ILACS of 2018 to 2026: both at once",
        ("ilacs 2018", ILACS_2018),
        ("ilacs 2026", ILACS_2026),
        [
            "leadership: leadership R -> leadership O up",
            "help_and_protection: help_and_protection G -> help_and_protection R down",
            "in_care: in_care_and_leavers G -> in_care O up",
            "care_leavers: in_care_and_leavers G -> care_leavers G same",
            "overall: overall R -> nothing gone",
        ],
    ),
    (
        "SIF to ILACS of 2018: three go, the board's among them",
        ("sif 2013", SIF),
        ("ilacs 2018", ILACS_2018),
        [
            "leadership: sif_leadership I -> leadership R up",
            "help_and_protection: sif_help_and_protection R -> help_and_protection G up",
            "in_care_and_leavers: looked_after_children G -> in_care_and_leavers G same",
            "overall: overall R -> overall R same",
            "adoption: adoption O -> nothing gone",
            "sif_care_leavers: sif_care_leavers G -> nothing gone",
            "lscb: lscb R -> nothing gone",
        ],
    ),
    (
        "SIF to ILACS of 2023: care leavers have their own partner",
        ("sif 2013", SIF),
        ("ilacs 2023", ILACS_2023),
        [
            "leadership: sif_leadership I -> leadership G up",
            "help_and_protection: sif_help_and_protection R -> help_and_protection G up",
            "in_care: looked_after_children G -> in_care O up",
            "care_leavers: sif_care_leavers G -> care_leavers R down",
            "overall: overall R -> overall G up",
            "adoption: adoption O -> nothing gone",
            "lscb: lscb R -> nothing gone",
        ],
    ),
    (
        "two judgements that become one: it is set beside the first, and the other is not lost",
        ("ilacs 2023", "in_care O, care_leavers R, overall G"),
        ("merged 2028", "children G, overall G"),
        [
            "children: in_care O -> children G down",
            "overall: overall G -> overall G same",
            "care_leavers: care_leavers R -> nothing gone",
        ],
    ),
    (
        "arrangements for the protection of children to SIF: its overall grade is of one judgement's subject",
        ("child_protection 2012", "protection_overall A, protection_practice I"),
        ("sif 2013", "sif_help_and_protection R, looked_after_children G, overall R"),
        [
            "sif_help_and_protection: protection_overall A -> sif_help_and_protection R ?",
            "looked_after_children: nothing -> looked_after_children G new",
            "overall: nothing -> overall R new",
            "protection_practice: protection_practice I -> nothing gone",
        ],
    ),
    (
        "inspection of looked after children to SIF",
        ("looked_after 2013", "looked_after_overall A, looked_after_leadership G"),
        ("sif 2013", "looked_after_children G, sif_leadership G"),
        [
            "looked_after_children: looked_after_overall A -> looked_after_children G up",
            "sif_leadership: nothing -> sif_leadership G new",
            "looked_after_leadership: looked_after_leadership G -> nothing gone",
        ],
    ),
    (
        "adequate to requires improvement: the same rank, another word",
        ("forebear 2012", "quality_of_practice A, overall A"),
        ("sif 2013", "sif_help_and_protection R, overall R"),
        [
            "sif_help_and_protection: nothing -> sif_help_and_protection R new",
            "overall: overall A -> overall R ?",
            "quality_of_practice: quality_of_practice A -> nothing gone",
        ],
    ),
    (
        "adequate to good is a step up in any words",
        ("forebear 2012", "overall A"),
        ("sif 2013", "overall G"),
        ["overall: overall A -> overall G up"],
    ),
    (
        "adequate to inadequate is a step down in any words",
        ("forebear 2012", "overall A"),
        ("sif 2013", "overall I"),
        ["overall: overall A -> overall I down"],
    ),
    (
        "a scale of three grades cannot be laid beside one of four",
        ("ilacs 2023", "overall G"),
        ("heir 2027", "overall G"),
        ["overall: overall G -> overall G ?"],
    ),
    (
        "a cell that says 'not judged' is no grade",
        ("sif 2013", "adoption -, sif_care_leavers G, looked_after_children -, lscb -"),
        ("sif 2013", "adoption G, sif_care_leavers -, looked_after_children -"),
        [
            "adoption: adoption - -> adoption G new",
            "sif_care_leavers: sif_care_leavers G -> sif_care_leavers - gone",
            "looked_after_children: looked_after_children - -> looked_after_children - same",
            "lscb: lscb - -> nothing ?",
        ],
    ),
]


@pytest.mark.parametrize(("older", "newer", "expected"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_a_move_between_editions(older: tuple[str, str], newer: tuple[str, str], expected: list[str]) -> None:
    assert moves(report(*older, DAY - timedelta(days=900)), report(*newer)) == expected


WHYS = [
    ("ilacs 2018", "in_care_and_leavers G", "ilacs 2026", "in_care G, care_leavers G", "in_care",
     "Compared with “The experiences and progress of children in care and care leavers”, since split"),
    ("sif 2013", "sif_leadership G", "ilacs 2023", "leadership G", "leadership",
     "Compared with “Leadership, management and governance”, its nearest counterpart"),
    ("ilacs 2023", "overall G", "ilacs 2026", "leadership G", "overall",
     "Ofsted gives no overall grade for inspections from April 2026"),
    ("sif 2013", "adoption G", "ilacs 2023", "leadership G", "adoption",
     "Not a judgement of its own for inspections from January 2018"),
    ("sif 2013", "lscb G", "sif 2013", "adoption G", "lscb", "This inspection did not judge it"),
    ("ilacs 2023", "in_care O, care_leavers R", "merged 2028", "children G", "care_leavers",
     "Judged within “children” in the later inspection. Not a judgement of its own for inspections from January 2028"),
    ("sif 2013", "looked_after_children G, sif_care_leavers I", "ilacs 2018", "in_care_and_leavers G",
     "sif_care_leavers",
     "Judged within “The experiences and progress of children in care and care leavers” in the later inspection. "
     "Not a judgement of its own for inspections from January 2018"),
    ("child_protection 2012", "protection_overall A", "sif 2013", "sif_help_and_protection R",
     "sif_help_and_protection",
     "Compared with “Overall effectiveness”, its nearest counterpart. “adequate” and “requires improvement to be good” "
     "are not the same word, though each is grade 3 of 4"),
    ("sif 2013", "adoption G", "sif 2013", "adoption -", "adoption", "This inspection did not judge it"),
    ("sif 2013", "adoption -", "sif 2013", "adoption G", "adoption", "The earlier inspection did not judge it"),
    ("sif 2013", "adoption -", "sif 2013", "adoption -, lscb G", "adoption", "Neither inspection judged it"),
    ("sif 2013", "sif_leadership -", "ilacs 2018", "leadership G", "leadership",
     "Compared with “Leadership, management and governance”, its nearest counterpart. "
     "The earlier inspection did not judge it"),
    ("forebear 2012", "overall A", "sif 2013", "overall R", "overall",
     "“adequate” and “requires improvement to be good” are not the same word, though each is grade 3 of 4"),
    ("ilacs 2023", "overall G", "heir 2027", "overall G", "overall", "The two inspections grade on different scales"),
    ("ilacs 2018", "leadership G", "ilacs 2023", "leadership R", "leadership", ""),
]  # fmt: skip


@pytest.mark.parametrize(("was", "before", "now", "after", "theme", "why"), WHYS)
def test_a_movement_says_what_a_reader_must_know(
    was: str, before: str, now: str, after: str, theme: str, why: str
) -> None:
    compared = diff(report(was, before, DAY - timedelta(days=900)), report(now, after), ALL)
    assert {one.theme: one.why for one in compared}[theme] == why


def test_a_judgement_that_has_become_part_of_another_names_it() -> None:
    before = report("sif 2013", "looked_after_children G, adoption G, sif_care_leavers I", DAY - timedelta(days=900))
    compared = diff(before, report("ilacs 2018", "in_care_and_leavers G"))
    assert {one.theme: one.within for one in compared} == {
        "in_care_and_leavers": "",
        "adoption": "",
        "sif_care_leavers": "in_care_and_leavers",
    }


EARLIER_UNREAD = "It could not be read with certainty in the earlier report"
THIS_UNREAD = "It could not be read with certainty in this report"


def test_what_could_not_be_read_is_neither_new_nor_gone() -> None:
    old, new = ("ilacs 2018", "leadership G"), ("ilacs 2023", "help_and_protection G, in_care G")
    earlier_day = DAY - timedelta(days=900)
    trouble = ("no grade beside a label",)
    unread_before = diff(report(*old, earlier_day, problems=trouble), report(*new))
    unread_now = diff(report(*old, earlier_day), report(*new, problems=trouble))
    said = {(one.theme, one.movement, one.why) for one in (*unread_before, *unread_now)}
    assert ("help_and_protection", Movement.NOT_COMPARABLE, EARLIER_UNREAD) in said
    assert ("in_care", Movement.NOT_COMPARABLE, EARLIER_UNREAD) in said
    assert ("leadership", Movement.NOT_COMPARABLE, THIS_UNREAD) in said
    assert ("leadership", Movement.NO_LONGER_JUDGED, "This inspection did not judge it") in said


def test_an_overall_grade_that_is_no_longer_given_is_not_called_unread() -> None:
    new = report("ilacs 2026", "leadership G", problems=("no lead inspector",))
    compared = diff(report("ilacs 2023", "leadership G, overall G", DAY - timedelta(days=900)), new)
    assert [one.movement for one in compared] == [Movement.SAME, Movement.NO_LONGER_JUDGED]


def test_a_report_of_an_unknown_edition_is_compared_theme_by_theme() -> None:
    undated = replace(report("ilacs 2018", "leadership G, overall G"), edition="", inspection=None)
    assert moves(undated, report("ilacs 2026", "leadership R")) == [
        "leadership: leadership G -> leadership R down",
        "overall: overall G -> nothing gone",
    ]
    assert [one.why for one in diff(report("ilacs 2023", "in_care G"), undated)][
        -1
    ] == "This inspection did not judge it"


def test_two_services_of_one_report_are_never_mixed_up() -> None:
    safeguarding, in_care = judgement("overall_service", "A", "safeguarding"), judgement("overall_service", "G", "lac")
    old = replace(report("forebear 2012", "overall A"), overall=None, judgements=(safeguarding, in_care))
    new = replace(old, judgements=(replace(in_care, grade=Grade.ADEQUATE), replace(safeguarding, grade=Grade.GOOD)))
    pairs = [(one.before, one.movement) for one in diff(old, new, ALL)]
    assert pairs == [(in_care, Movement.DECLINED), (safeguarding, Movement.IMPROVED)]


def test_one_judgement_for_all_is_not_set_beside_one_for_each_service() -> None:
    services = (judgement("leadership", "A", "safeguarding"), judgement("leadership", "G", "lac"))
    old = replace(report("forebear 2012", "overall A", date(2012, 5, 1)), overall=None, judgements=services)
    compared = diff(old, report("ilacs 2023", "leadership G"), ALL)
    assert [(one.before, one.after is None) for one in compared] == [
        (None, False),
        (services[0], True),
        (services[1], True),
    ]
    assert {(one.movement, one.why) for one in compared} == {
        (Movement.NOT_COMPARABLE, "One inspection judged it once, the other for each service by itself")
    }


def test_read_backwards_a_cell_that_says_not_judged_is_still_no_grade() -> None:
    old = report("sif 2013", "sif_leadership -", DAY - timedelta(days=900))
    (one,) = diff(report("ilacs 2018", "leadership G"), old)
    assert one.movement == Movement.NO_LONGER_JUDGED
    assert one.why.endswith("nearest counterpart. This inspection did not judge it")


def test_letters_judge_nothing() -> None:
    letter = Report(kind=Kind.JTAI_LETTER, framework="jtai", edition="2016")
    assert diff(letter, replace(letter, visit_number=2)) == ()


# What must hold for any two reports.

LETTER_OF = {grade: letter for letter, grade in GRADES.items()}
EDITIONS = [(framework, edition) for framework in ALL.values() for edition in framework.editions if edition.areas]
"""Of every scale, with and without services that are judged by themselves."""


@st.composite
def reports(draw: st.DrawFn) -> Report:
    framework, edition = draw(st.sampled_from(EDITIONS))
    areas = draw(st.lists(st.sampled_from(edition.areas), min_size=1, unique_by=lambda area: area.theme))
    scale = [*(LETTER_OF[grade] for grade in framework.scale), "-"]
    judged = [judgement(area.theme, draw(st.sampled_from(scale)), area.group) for area in areas]
    end = date(2009, 1, 1) + timedelta(days=draw(st.integers(min_value=0, max_value=7000)))
    made = report(f"{framework.key} {edition.key}", "overall G", end, draw(st.sampled_from([(), ("unread",)])))
    overall = next((one for one in judged if one.theme == "overall"), None)
    return replace(made, overall=overall, judgements=tuple(one for one in judged if one.theme != "overall"))


def older_and_younger(one: Report, other: Report) -> tuple[Report, Report]:
    assert one.inspection
    assert other.inspection
    return (one, other) if one.inspection.end <= other.inspection.end else (other, one)


@given(one=reports())
def test_a_report_has_not_changed_against_itself(one: Report) -> None:
    assert diff(one, one, ALL) == ()


@given(one=reports())
def test_the_same_grades_at_another_inspection_are_the_same(one: Report) -> None:
    again = replace(one, inspection=Inspection(periods=((date(2030, 1, 1), date(2030, 1, 2)),)))
    assert {comparison.movement for comparison in diff(one, again, ALL)} == {Movement.SAME}


@given(one=reports(), other=reports())
def test_every_judgement_stands_in_a_comparison_and_none_is_made_up(one: Report, other: Report) -> None:
    older, younger = older_and_younger(one, other)
    compared = diff(older, younger, ALL)
    if older == younger:
        return
    assert Counter(it.after for it in compared if it.after) == Counter(younger.graded)
    partners = [it.before for it in compared if it.before and it.after]
    alone = [it.before for it in compared if it.before and not it.after]
    assert set(partners) | set(alone) == set(older.graded)
    assert set(partners).isdisjoint(alone)
    assert len(alone) == len(set(alone))
    assert all(it.before or it.after for it in compared)


@given(history=st.lists(reports(), min_size=2, max_size=5))
def test_a_history_replayed_from_its_comparisons_ends_where_it_is(history: list[Report]) -> None:
    """Whoever knows the first report and every diff since knows the last one."""
    history.sort(key=lambda one: one.inspection.end if one.inspection else DAY)
    standing = Counter(history[0].graded)
    for before, after in pairwise(history):
        compared = diff(before, after, ALL)
        assert compared == diff(before, after, ALL)
        if compared:
            assert {it.before for it in compared if it.before} == set(standing)
            standing = Counter(it.after for it in compared if it.after)
    assert standing == Counter(history[-1].graded)


@given(one=reports(), other=reports())
def test_every_theme_is_told_once(one: Report, other: Report) -> None:
    themes = [it.theme for it in diff(one, other, ALL)]
    assert len(themes) == len(set(themes))


@given(one=reports(), other=reports())
def test_reading_backwards_turns_every_movement_round(one: Report, other: Report) -> None:
    older, younger = older_and_younger(one, other)
    if older.inspection == younger.inspection:
        younger = replace(younger, inspection=Inspection(periods=((date(2030, 1, 1), date(2030, 1, 2)),)))
    forwards, backwards = diff(older, younger, ALL), diff(younger, older, ALL)
    assert [mirrored(it) for it in forwards] == [(it.theme, it.before, it.after, it.movement) for it in backwards]


def mirrored(one: Comparison) -> tuple[str, Judgement | None, Judgement | None, Movement]:
    return one.theme, one.after, one.before, MIRROR[one.movement]


@given(one=reports(), other=reports())
def test_a_movement_without_both_grades_always_says_why(one: Report, other: Report) -> None:
    for it in diff(one, other, ALL):
        graded = isinstance(it.before and it.before.grade, Grade) and isinstance(it.after and it.after.grade, Grade)
        assert graded or it.why
        if it.movement in (Movement.IMPROVED, Movement.DECLINED):
            assert graded


# Area SEND.

OUTCOMES = [
    (Outcome.SYSTEMIC_FAILINGS, Outcome.INCONSISTENT, Movement.IMPROVED),
    (Outcome.INCONSISTENT, Outcome.POSITIVE, Movement.IMPROVED),
    (Outcome.POSITIVE, Outcome.SYSTEMIC_FAILINGS, Movement.DECLINED),
    (Outcome.INCONSISTENT, Outcome.INCONSISTENT, Movement.SAME),
    (None, Outcome.INCONSISTENT, Movement.NEWLY_JUDGED),
    (Outcome.INCONSISTENT, None, Movement.NO_LONGER_JUDGED),
    (None, None, None),
]


def send(outcome: Outcome | None, problems: tuple[str, ...] = ()) -> Report:
    said = SendOutcome(outcome=outcome, span=Span(page=1, quote="said")) if outcome else None
    return Report(kind=Kind.AREA_SEND_INSPECTION, framework="send", edition="2023", outcome=said, problems=problems)


@pytest.mark.parametrize(("was", "now", "movement"), OUTCOMES)
def test_the_outcome_of_an_area_send_inspection_moves(
    was: Outcome | None, now: Outcome | None, movement: Movement | None
) -> None:
    assert movement_of_outcome(send(was), send(now)) == movement


def test_an_outcome_that_could_not_be_read_is_not_comparable() -> None:
    unread, read = send(None, problems=("no outcome sentence",)), send(Outcome.POSITIVE)
    assert movement_of_outcome(unread, read) == movement_of_outcome(read, unread) == Movement.NOT_COMPARABLE


# Which earlier report.


def known(file_id: str, kind: Kind, end: date | None, published: date = DAY) -> tuple[Listing, Report]:
    listing = Listing(
        file_id=file_id, urn="80578", title="Report", url=f"https://files.example/{file_id}", published=published
    )
    inspection = Inspection(periods=((end, end),)) if end else None
    return listing, Report(kind=kind, framework="ilacs", edition="2018", inspection=inspection)


HISTORY = (
    known("3", Kind.ILACS_INSPECTION, date(2023, 3, 24)),
    known("1", Kind.SIF_INSPECTION, date(2015, 11, 19)),
    known("2", Kind.ILACS_INSPECTION, date(2019, 3, 8)),
    known("4", Kind.ILACS_FOCUSED_VISIT, date(2024, 5, 2)),
    known("5", Kind.AREA_SEND_INSPECTION, date(2023, 12, 1)),
    known("6", Kind.COUNCIL_REPORT, date(2024, 6, 1)),
    known("7", Kind.ILACS_INSPECTION, None),
    known("8", Kind.LSCB_REVIEW, date(2015, 12, 1)),
)


@pytest.mark.parametrize(
    ("kind", "end", "file_id"),
    [
        (Kind.ILACS_INSPECTION, date(2026, 5, 1), "3"),
        (Kind.ILACS_INSPECTION, date(2023, 3, 24), "2"),
        (Kind.ILACS_INSPECTION, date(2019, 3, 8), "1"),
        (Kind.SIF_INSPECTION, date(2015, 11, 19), None),
        (Kind.AREA_SEND_INSPECTION, date(2026, 5, 1), "5"),
        (Kind.AREA_SEND_INSPECTION, date(2023, 12, 1), None),
        (Kind.ILACS_FOCUSED_VISIT, date(2026, 5, 1), None),
        (Kind.COUNCIL_REPORT, date(2026, 5, 1), None),
        (Kind.ILACS_INSPECTION, None, None),
    ],
)
def test_a_report_is_compared_with_the_inspection_before_it(kind: Kind, end: date | None, file_id: str | None) -> None:
    found = earlier(known("9", kind, end)[1], HISTORY)
    assert (found[0].file_id if found else None) == file_id


def test_of_two_documents_on_one_inspection_the_one_published_last_is_taken() -> None:
    end = date(2019, 3, 8)
    first = known("2", Kind.ILACS_INSPECTION, end, published=date(2019, 5, 8))
    again = known("1", Kind.ILACS_INSPECTION, end, published=date(2019, 6, 8))
    assert earlier(HISTORY[0][1], (again, first)) == again


def test_every_kind_with_a_family_has_a_partner_of_its_own_kind() -> None:
    for kind in FAMILY:
        old = known("1", kind, date(2012, 1, 1))
        assert earlier(known("2", kind, date(2013, 1, 1))[1], (old,)) == old
