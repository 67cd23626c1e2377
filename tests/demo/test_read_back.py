"""What is printed from values is read back to the very same values. The golden test of the house."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pypdfium2 import PdfDocument

from inspection_watch.demo.histories import PAST, PRINTERS, Past
from inspection_watch.demo.letters import Jtai, Send, Visit, jtai_letter, send_report, visit_letter
from inspection_watch.demo.papers import Ilacs, ilacs_report, items
from inspection_watch.demo.sif import Sif, sif_report
from judgements.authorities import REGISTRY
from judgements.parse import read
from judgements.types import Grade, Item, Kind, Outcome, Previous, Report, Status
from tests.demo.examples import FAILINGS, FIRST, FOCUSED, ILACS, JOINT, LATER_FIRST, MONITORING, SECOND, SIF, THIRD
from tests.demo.traps import BOXED_DOUBTS, DOUBTS, SIF_DOUBTS, SIF_TRAPS, TRAPS, Doubt

GRADES = (Grade.OUTSTANDING, Grade.GOOD, Grade.REQUIRES_IMPROVEMENT, Grade.INADEQUATE)
EDITION = {"2018 in boxes": "2018", "2018": "2018", "2023": "2023", "2026": "2026"}


def reading(data: bytes) -> Report:
    found = read(data)
    assert isinstance(found, Report), found
    assert found.problems == ()
    assert found.status is Status.PARSED
    return found


def grades(report: Report) -> dict[str, object]:
    return {judgement.theme: judgement.grade for judgement in report.graded}


def texts(found: tuple[Item, ...] | None) -> tuple[str, ...] | None:
    return None if found is None else tuple(item.text for item in found)


def urn(name: str) -> str:
    return next(one.urn for one in REGISTRY.current if one.name == name)


def assert_ilacs(report: Ilacs) -> Report:
    found = reading(ilacs_report(report))
    assert grades(found) == report.grades
    assert (found.kind, found.authority) == (Kind.ILACS_INSPECTION, urn(report.authority))
    assert found.inspection is not None
    assert found.inspection.periods == ((report.start, report.end), *report.periods)
    assert texts(found.improvements) == (with_sub_items(report) or None)
    assert found.lead_inspectors == report.inspectors
    return found


def with_sub_items(report: Ilacs) -> tuple[str, ...]:
    below = report.printed.sub_items
    return (" • ".join([*report.improvements[:1], *below]), *report.improvements[1:]) if below else report.improvements


def doubtful(data: bytes, why: str) -> Report:
    found = read(data)
    assert isinstance(found, Report), found
    assert found.status is Status.PARTIAL
    assert any(why in problem for problem in found.problems), found.problems
    return found


def known(report: Report, lost: tuple[str, ...]) -> dict[str, object]:
    """All that was read, but for what is lost."""
    facts = {"authority": report.authority, "inspection": report.inspection, **grades(report)}
    rest = {"improvements": texts(report.improvements), "inspectors": report.lead_inspectors, "edition": report.edition}
    return {name: fact for name, fact in facts.items() if name not in lost and fact is not None} | rest


def assert_sif(report: Sif) -> None:
    found = reading(sif_report(report))
    board = {} if report.lscb is None else {"lscb": report.lscb}
    assert grades(found) == {**report.grades, **board, "overall": report.overall}
    assert (found.kind, found.authority) == (Kind.SIF_INSPECTION, urn(report.authority))
    assert found.published == report.published
    assert found.inspection is not None
    assert found.inspection.periods == ((report.start, report.end), *report.periods)
    # Where the authority has none, the board still has its own under the same heading.
    assert (texts(found.improvements) or ()) == report.improvements
    assert found.lead_inspectors == report.inspectors


def assert_visit(visit: Visit) -> Report:
    found = reading(visit_letter(visit))
    assert found.authority == urn(visit.authority)
    assert found.published == visit.published
    assert found.inspection is not None
    assert found.inspection.periods == ((visit.start, visit.end),)
    assert found.graded == ()
    assert texts(found.improvements) == (visit.improvements or None)
    assert texts(found.priority_actions) == visit.priorities
    assert found.lead_inspectors == visit.inspectors
    return found


def assert_jtai(letter: Jtai) -> None:
    found = reading(jtai_letter(letter))
    assert (found.kind, found.authority) == (Kind.JTAI_LETTER, urn(letter.authority))
    assert found.published == letter.published
    assert found.inspection is not None
    assert found.inspection.periods == ((letter.start, letter.end),)
    assert found.graded == ()
    assert texts(found.improvements) == letter.improvements
    assert texts(found.priority_actions) == letter.priorities


def assert_send(report: Send) -> None:
    found = reading(send_report(report))
    assert (found.kind, found.authority) == (Kind.AREA_SEND_INSPECTION, urn(report.authority))
    assert found.outcome is not None
    assert found.outcome.outcome is report.outcome
    assert found.inspection is not None
    assert found.inspection.periods == ((report.start, report.end),)
    assert texts(found.improvements) == report.improvements
    assert texts(found.priority_actions) == report.priorities
    assert found.lead_inspectors == report.inspectors


@pytest.mark.parametrize("edition", ILACS)
@pytest.mark.parametrize("grade", GRADES)
def test_every_grade_of_every_edition_is_read_back(edition: str, grade: Grade) -> None:
    report = ILACS[edition]
    found = assert_ilacs(replace(report, grades=dict.fromkeys(report.grades, grade)))
    assert found.edition == EDITION[edition]


@pytest.mark.parametrize("edition", ILACS)
@pytest.mark.parametrize("theme", ["leadership", "help_and_protection", "in_care_and_leavers", "care_leavers"])
def test_a_grade_that_differs_from_all_others_is_read_as_its_own(edition: str, theme: str) -> None:
    report = ILACS[edition]
    alone = {key: Grade.INADEQUATE if key == theme else Grade.GOOD for key in report.grades}
    assert_ilacs(replace(report, grades=alone))


@pytest.mark.parametrize("trap", TRAPS)
@pytest.mark.parametrize("report", [FIRST, SECOND, THIRD], ids=["2018", "2023", "2026"])
def test_no_trap_changes_what_is_read(report: Ilacs, trap: str) -> None:
    assert_ilacs(TRAPS[trap](report))


def test_a_no_break_space_is_really_printed() -> None:
    """Else its traps would test nothing."""
    printed = PdfDocument(ilacs_report(TRAPS["no-break spaces in names, dates and everywhere else"](SECOND)))
    assert "West\u00a0Sussex" in printed[0].get_textpage().get_text_range()
    printed.close()


@pytest.mark.parametrize("age", SIF)
@pytest.mark.parametrize("grade", GRADES)
def test_every_grade_of_the_older_framework_is_read_back(age: str, grade: Grade) -> None:
    report = SIF[age]
    assert_sif(replace(report, grades=dict.fromkeys(report.grades, grade), overall=grade, lscb=grade))


@pytest.mark.parametrize("age", SIF)
@pytest.mark.parametrize("trap", SIF_TRAPS)
def test_no_trap_of_the_older_framework_changes_what_is_read(age: str, trap: str) -> None:
    assert_sif(SIF_TRAPS[trap](SIF[age]))


def assert_doubtful(report: Ilacs, doubt: Doubt[Ilacs]) -> None:
    found = doubtful(ilacs_report(doubt.trap(report)), doubt.why)
    assert known(found, ()) == known(reading(ilacs_report(report)), doubt.lost)


@pytest.mark.parametrize("doubt", DOUBTS)
@pytest.mark.parametrize("report", [LATER_FIRST, SECOND, THIRD], ids=["2018", "2023", "2026"])
def test_what_is_not_certain_is_left_out_and_nothing_else(report: Ilacs, doubt: str) -> None:
    assert_doubtful(report, DOUBTS[doubt])


@pytest.mark.parametrize("doubt", BOXED_DOUBTS)
def test_what_is_not_certain_on_an_older_front_page_is_left_out_and_nothing_else(doubt: str) -> None:
    assert_doubtful(FIRST, BOXED_DOUBTS[doubt])


@pytest.mark.parametrize("age", SIF)
@pytest.mark.parametrize("doubt", SIF_DOUBTS)
def test_what_is_not_certain_in_the_older_framework_is_left_out_and_nothing_else(age: str, doubt: str) -> None:
    found = doubtful(sif_report(SIF_DOUBTS[doubt].trap(SIF[age])), SIF_DOUBTS[doubt].why)
    assert known(found, ()) == known(reading(sif_report(SIF[age])), SIF_DOUBTS[doubt].lost)


@pytest.mark.parametrize("improvements", [FOCUSED.improvements, ()])
@pytest.mark.parametrize("priorities", [FOCUSED.priorities, FOCUSED.priorities[:1], ()])
def test_a_focused_visit_is_read_back(improvements: tuple[str, ...], priorities: tuple[str, ...]) -> None:
    found = assert_visit(replace(FOCUSED, improvements=improvements, priorities=priorities))
    assert found.kind is Kind.ILACS_FOCUSED_VISIT


@pytest.mark.parametrize("number", range(2, 11))
def test_a_monitoring_visit_is_read_back_with_its_number_and_what_it_follows(number: int) -> None:
    found = assert_visit(replace(MONITORING, visit_number=number))
    assert found.kind is Kind.ILACS_MONITORING_VISIT
    assert (found.visit_number, found.previous) == (number, Previous(grade=Grade.INADEQUATE, when="2025-05"))


def test_what_is_printed_on_a_letters_paper_is_not_read() -> None:
    many = items(26, "many")
    for count in range(8, 27):
        assert_visit(replace(FOCUSED, improvements=many[:count], paper="Ofsted is proud to use recycled paper"))


def test_headings_and_cases_in_a_letter_are_no_part_of_its_items() -> None:
    themes = ("Leadership and management", "Response to children at the ‘front door’")
    assert_jtai(replace(JOINT, themes=themes, cases=("Jo waited for a year. Nobody asked why.",)))


@pytest.mark.parametrize("priorities", [JOINT.priorities, ()])
def test_a_joint_inspection_is_read_back(priorities: tuple[str, ...]) -> None:
    assert_jtai(replace(JOINT, priorities=priorities))


def test_a_full_stop_in_a_name_does_not_end_a_sentence_of_a_letter() -> None:
    assert_jtai(replace(JOINT, authority="St. Helens"))


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_of_an_area_inspection_is_read_back(outcome: Outcome) -> None:
    assert_send(replace(FAILINGS, outcome=outcome, priorities=()))


@pytest.mark.parametrize("count", [1, 2])
def test_the_priority_actions_of_an_area_are_read_back(count: int) -> None:
    assert_send(replace(FAILINGS, priorities=FAILINGS.priorities[:count]))


@pytest.mark.parametrize("past", PAST[::15], ids=lambda past: past.seed)
def test_real_histories_are_read_back(past: Past) -> None:
    """Every fifteenth of them; all 421 were compared when the table was made."""
    found = reading(PRINTERS[past.kind](past))
    outcome = {} if found.outcome is None else {"outcome": found.outcome.outcome}
    assert {**grades(found), **outcome} == past.grades
    assert (found.kind, found.authority) == (past.kind, past.authority.urn)
    assert found.inspection is not None
    assert found.inspection.periods == past.periods
    assert len(found.improvements or ()) == past.improvements
    assert len(found.priority_actions) == past.priorities
