"""The generated documents as a reader of PDF sees them: line for line as the real ones are laid out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pypdfium2
import pytest

from inspection_watch.demo.letters import jtai_letter, send_report, visit_letter
from inspection_watch.demo.papers import ilacs_report, items, priorities
from inspection_watch.demo.sif import sif_report
from tests.demo.examples import (
    EARLY_SIF,
    FAILINGS,
    FIRST,
    FOCUSED,
    ILACS,
    JOINT,
    LATE_SIF,
    MONITORING,
    SECOND,
    SIF,
    THIRD,
)
from tests.demo.traps import SIF_TRAPS, TRAPS, Trap

EVERY_KIND: dict[str, Callable[[], bytes]] = {
    "ILACS, first edition": lambda: ilacs_report(FIRST),
    "ILACS, second edition": lambda: ilacs_report(SECOND),
    "ILACS, third edition": lambda: ilacs_report(THIRD),
    "SIF": lambda: sif_report(LATE_SIF),
    "focused visit": lambda: visit_letter(FOCUSED),
    "monitoring visit": lambda: visit_letter(MONITORING),
    "JTAI": lambda: jtai_letter(JOINT),
    "area SEND": lambda: send_report(FAILINGS),
}


def pages(data: bytes) -> list[list[str]]:
    """The lines of every page, as the library we read with gives them."""
    pdf = pypdfium2.PdfDocument(data)
    try:
        return [[line.strip() for line in _text(pdf, number).splitlines()] for number in range(len(pdf))]
    finally:
        pdf.close()


def _text(pdf: pypdfium2.PdfDocument, number: int) -> str:
    page = pdf[number]
    text = page.get_textpage()
    try:
        return str(text.get_text_range())
    finally:
        text.close()
        page.close()


def test_a_front_page_since_2021_has_each_grade_on_a_line_of_its_own_after_a_label_of_two_lines() -> None:
    assert pages(ilacs_report(SECOND))[0][:15] == [
        "Inspection of West Sussex local authority",
        "children’s services",
        "Inspection dates: 13 to 24 March 2023",
        "Lead inspector: Ada Specimen, His Majesty’s Inspector",
        "Judgement Grade",
        "The impact of leaders on social work",
        "practice with children and families",
        "Good",
        "The experiences and progress of children",
        "who need help and protection",
        "Requires improvement to be good",
        "The experiences and progress of children",
        "in care",
        "Requires improvement to be good",
        "The experiences and progress of care",
    ]


def test_a_front_page_before_2021_has_the_council_as_title_and_grades_at_the_end_of_labels() -> None:
    assert pages(ilacs_report(FIRST))[0][:13] == [
        "1",
        "West Sussex County Council",
        "Inspection of local authority children’s services",
        "Inspection dates: 25 February to 8 March 2019",
        "Lead inspector: Ada Specimen",
        "Her Majesty’s Inspector",
        "Judgement Grade",
        "The impact of leaders on social work practice with children",
        "and families Good",
        "The experiences and progress of children who need help",
        "and protection",
        "Requires improvement",
        "to be good",
    ]


def test_no_break_spaces_are_there() -> None:
    text = "\n".join(pages(ilacs_report(TRAPS["no-break spaces in the dates"](SECOND)))[0])
    assert "13 to 24\u00a0March\u00a02023" in text


def test_the_second_page_begins_with_the_running_header_and_what_needs_to_improve() -> None:
    second = pages(ilacs_report(SECOND))[1]
    assert second[:3] == [
        "Inspection of West Sussex local authority children’s services",
        "13 to 24 March 2023 2",
        "What needs to improve?",
    ]
    assert [line for line in second if line.startswith("\u25fc ")] == [
        line for line in second if line.startswith("\u25fc")
    ]
    assert sum(line.startswith("\u25fc") for line in second) == len(SECOND.improvements)


def test_body_headings_carry_the_grades_over_a_wrap() -> None:
    text = "\n".join(line for page in pages(ilacs_report(SECOND)) for line in page)
    assert "protection: requires improvement to be good" in text
    assert "The experiences and progress of care leavers: outstanding" in text


def test_the_third_edition_has_no_overall_grade() -> None:
    text = " ".join(line for page in pages(ilacs_report(THIRD)) for line in page)
    assert "Overall effectiveness" not in text


def test_a_sif_front_page_holds_the_overall_grade_in_a_sentence_and_a_numbered_table() -> None:
    assert pages(sif_report(LATE_SIF))[0] == [
        "1",
        "West Sussex County Council",
        "Inspection of services for children in need of help and",
        "protection, children looked after and care leavers",
        "and",
        "Review of the effectiveness of the Local Safeguarding Children",
        "Board1",
        "Inspection date: 26 October – 19 November 2015",
        "Report published: 20 January 2016",
        "Children’s services in West Sussex require improvement to be good",
        "1. Children who need help and protection Requires improvement",
        "2. Children looked after and achieving",
        "permanence",
        "Good",
        "2.1 Adoption performance Outstanding",
        "2.2 Experiences and progress of care leavers Requires improvement",
        "3. Leadership, management and governance Good",
        "1 The inspection and the review are printed together, as the law allows.",
    ]


def test_the_board_has_its_grade_inside_a_late_report_and_on_the_front_of_an_early_one() -> None:
    late, early = pages(sif_report(LATE_SIF)), pages(sif_report(EARLY_SIF))
    assert "The Local Safeguarding Children Board is inadequate" in [line for page in late[1:] for line in page]
    front = early[0]
    place = front.index("The effectiveness of the Local Safeguarding Children Board (LSCB) is")
    assert front[place + 1] == "requires improvement"


def test_a_sif_report_ends_with_a_page_that_names_every_grade_and_gives_none() -> None:
    described = " ".join(pages(sif_report(LATE_SIF))[-2])
    assert all(word in described for word in ("outstanding", "good", "requires improvement", "inadequate"))


def test_a_monitoring_letter_counts_itself() -> None:
    text = " ".join(pages(visit_letter(MONITORING))[0])
    assert "This was the third monitoring visit since the local authority was judged inadequate in May 2025." in text
    assert "on 30 September and 1 October 2026" in text


def test_a_visit_without_priority_action_has_no_heading_for_it() -> None:
    text = " ".join(line for page in pages(visit_letter(replace(FOCUSED, priorities=()))) for line in page)
    assert "priority action" not in text


@pytest.mark.parametrize("make", EVERY_KIND.values(), ids=EVERY_KIND)
def test_the_same_values_give_the_same_bytes(make: Callable[[], bytes]) -> None:
    assert make() == make()


@pytest.mark.parametrize("make", EVERY_KIND.values(), ids=EVERY_KIND)
def test_every_document_says_on_its_last_page_that_its_sentences_are_invented(make: Callable[[], bytes]) -> None:
    assert "its sentences are invented" in " ".join(pages(make())[-1])


def test_what_never_took_place_is_said_to_be_invented_on_the_front_page() -> None:
    for data in (ilacs_report(THIRD), visit_letter(FOCUSED)):
        assert "This document is invented for a demonstration" in " ".join(pages(data)[0])


def test_there_are_as_many_different_items_as_are_asked_for() -> None:
    assert len(set(items(40, "x"))) == 40
    assert len(set(priorities(6, "x"))) == 6
    assert items(5, "x") != items(5, "y")


@pytest.mark.parametrize("trap", TRAPS.values(), ids=TRAPS)
def test_every_trap_changes_how_some_report_is_printed(trap: Trap) -> None:
    assert any(ilacs_report(trap(report)) != ilacs_report(report) for report in ILACS.values())


@pytest.mark.parametrize("name", SIF_TRAPS)
def test_every_trap_of_the_older_framework_changes_how_some_report_is_printed(name: str) -> None:
    assert any(sif_report(SIF_TRAPS[name](report)) != sif_report(report) for report in SIF.values())
