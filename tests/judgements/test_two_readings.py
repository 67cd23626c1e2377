"""What two readings agree on is stated even where the rest of a table is not understood; one alone is not enough."""

from __future__ import annotations

import pytest

from judgements.frameworks import FRAMEWORKS
from judgements.parse import parse, read
from judgements.types import Kind, NotRead, Report, Status
from tests.judgements.test_parse import BODY, FRONT, SIF_FRONT, WHOLE, document, grades, report

STRANGE = FRONT.replace("Overall effectiveness Good", "How children are heard Good\nOverall effectiveness Good")
UNKNOWN = FRONT.replace("leaders on social work\npractice with children and families", "those who lead the service")


@pytest.mark.parametrize("front", [UNKNOWN, UNKNOWN.replace("Judgement Grade\n", "")], ids=["headed", "not headed"])
def test_a_row_with_a_name_not_known_costs_only_what_nothing_else_confirms(front: str) -> None:
    found = report(front, BODY)
    assert grades(found) == {"help_and_protection": "requires_improvement", "in_care": "good"}
    assert found.status is Status.PARTIAL
    assert "cannot be read" in found.problems[0]
    assert "No grade could be read with certainty for “Overall effectiveness”." in found.problems


def test_a_plain_row_of_a_table_not_understood_that_contradicts_its_heading_is_left_out() -> None:
    found = report(UNKNOWN, BODY.replace("children in care: good", "children in care: outstanding"))
    assert "in_care" not in grades(found)
    assert any("says good, but the heading on page 2 says outstanding" in problem for problem in found.problems)


def test_a_heading_without_any_table_is_one_reading_and_not_enough() -> None:
    begin, end = FRONT.index("The impact"), FRONT.index("Children in Shropshire")
    found = report(FRONT[:begin] + FRONT[end:], BODY)
    assert grades(found) == {}
    assert found.status is Status.PARTIAL


OTHER_ROW = {
    "inadequate": "The experiences and progress of\nchildren in care\nInadequate",
    "a lost grade": "The experiences and progress of\nchildren in care",
}


@pytest.mark.parametrize("row", OTHER_ROW.values(), ids=OTHER_ROW)
def test_every_row_must_agree_with_its_heading(row: str) -> None:
    found = report(FRONT.replace("The experiences and progress of\nchildren in care\nGood", row), BODY)
    assert "in_care" not in grades(found)
    assert set(grades(found).items()) < set(WHOLE.items())


@pytest.mark.parametrize("key", ["ilacs", "sif", "looked_after", "slac"])
def test_a_heading_for_a_row_of_a_table_is_never_enough_by_itself(key: str) -> None:
    form = next(one for one in FRAMEWORKS[key].forms if one.table)
    rows = {area.theme for group in form.table.groups for area in group} if form.table else set()
    headings = [one for one in form.statements if not one.front]
    for heading in headings:
        about = {area.theme for areas, _ in heading.words for area in areas}
        assert not (heading.alone and about & rows)
    assert headings


LETTER = """
Ofsted
3 May 2024
Dear Director of Children’s Services
Inspection of children’s services
The report of the inspection is enclosed.
Yours sincerely
Tom de Witt
His Majesty’s Inspector
"""


@pytest.mark.parametrize(("front", "body"), [(FRONT, BODY), (SIF_FRONT, "2\nThe authority knows itself.")])
def test_a_letter_may_cover_a_report_in_the_same_file(front: str, body: str) -> None:
    found, alone = report(LETTER, front, body), report(front, body)
    assert (grades(found), found.kind, found.status) == (grades(alone), alone.kind, Status.PARSED)
    assert found.inspection == alone.inspection
    assert {one.span.page for one in found.graded} == {2}


@pytest.mark.parametrize(
    "from_whom", ["Department for Education", "Parliamentary Under Secretary of State", "Improvement notice to Kent"]
)
def test_a_ministrys_letter_covers_no_report(from_whom: str) -> None:
    found = parse(document(LETTER.replace("3 May", f"{from_whom}\n3 May"), FRONT, BODY))
    assert isinstance(found, NotRead)


def test_an_older_report_is_known_by_its_front_page_where_its_title_cannot_be_read() -> None:
    begin, end = SIF_FRONT.index("Inspection of services"), SIF_FRONT.index("Inspection date:")
    found = report(SIF_FRONT[:begin] + "lnspecti0n of servlces\n" + SIF_FRONT[end:])
    whole = report(SIF_FRONT)
    assert (found.kind, grades(found), found.authority) == (Kind.SIF_INSPECTION, grades(whole), whole.authority)
    assert (found.inspection, found.status) == (whole.inspection, Status.PARSED)


def test_prose_about_a_councils_services_is_not_a_report() -> None:
    found = parse(document("Minutes\nChildren’s services in Shropshire are good\nThe inspection was in 2015."))
    assert isinstance(found, NotRead)


def test_the_first_years_rows_for_two_services_are_known() -> None:
    found = read(FRAMEWORKS["slac"].examples[1].text.encode())
    assert isinstance(found, Report)
    assert {one.theme: one.grade for one in found.graded} == dict(FRAMEWORKS["slac"].examples[1].grades)
    assert found.status is Status.PARSED


@pytest.mark.parametrize("key", ["looked_after", "child_protection", "slac"])
def test_a_heading_of_a_closing_record_on_the_last_line_is_no_table(key: str) -> None:
    text = FRAMEWORKS[key].examples[0].text
    found = read((text[: text.index("Record of main findings")] + "\nRecord of main findings").encode())
    whole = read(text.encode())
    assert isinstance(found, Report)
    assert isinstance(whole, Report)
    assert grades(found).items() < grades(whole).items()


@pytest.mark.parametrize("key", ["looked_after", "slac", "child_protection", "sif"])
def test_headings_of_a_later_framework_do_not_make_an_older_report_one_of_it(key: str) -> None:
    for example in FRAMEWORKS[key].examples:
        lines = example.text.strip().splitlines()
        found = read("\n".join([*lines, "The experiences and progress of children in care 5"]).encode())
        assert isinstance(found, Report)
        assert found.kind is example.kind
