"""Reading: what is stated is taken where it is stated, and what is not certain is left out and said."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judgements.frameworks import FRAMEWORKS
from judgements.parse import parse, read
from judgements.types import Document, Grade, Kind, NotJudged, NotRead, Page, Report, Status
from tests.judgements.pdfs import pdf

FRONT = """
Inspection of Shropshire local authority
children’s services
Inspection dates: 7 to 18 October 2024
Lead inspector: Ada Brand, His Majesty’s Inspector
Judgement Grade
The impact of leaders on social work
practice with children and families
Good
The experiences and progress of
children who need help and protection
Requires improvement to be good
The experiences and progress of
children in care
Good
The experiences and progress of care
leavers
Outstanding
Overall effectiveness Good
Children in Shropshire are listened to.
"""
BODY = """
What needs to improve?
■ The recording of visits.
The experiences and progress of children who need help and
protection: requires improvement to be good
1. At the last inspection, this service was inadequate.
The experiences and progress of children in care: good
2. Homes are found in time.
"""
SIF_FRONT = """
1
Shropshire Council
Inspection of services for children in need of help and
protection, children looked after and care leavers
Inspection date: 3 February – 25 February 2015
Report published: 7 April 2015
Children’s services in Shropshire require improvement
to be good
1. Children who need help and protection Requires improvement
2. Children looked after and achieving
permanence
Good
2.1 Adoption performance Not judged
2.2 Experiences and progress of care leavers Good
3. Leadership, management and governance Good
Executive summary
"""


def document(*pages: str) -> Document:
    numbered = enumerate(pages, 1)
    return Document(
        form="pdf", pages=tuple(Page(number=n, lines=tuple(text.strip().splitlines())) for n, text in numbered)
    )


def report(*pages: str) -> Report:
    found = parse(document(*pages))
    assert isinstance(found, Report), found
    return found


def grades(found: Report) -> dict[str, str]:
    return {one.theme: str(one.grade) for one in found.graded}


WHOLE = {
    "leadership": "good",
    "help_and_protection": "requires_improvement",
    "in_care": "good",
    "care_leavers": "outstanding",
    "overall": "good",
}


def test_a_report_is_read_with_page_and_words_for_every_grade() -> None:
    found = report(FRONT, BODY)
    assert found.status is Status.PARSED
    assert grades(found) == WHOLE
    assert found.judgements[1].span.page == 1
    assert found.judgements[1].span.quote == (
        "The experiences and progress of children who need help and protection Requires improvement to be good"
    )
    assert found.judgements[1].label == "The experiences and progress of children who need help and protection"


WRAPS = {
    "a grade over two lines": ("Requires improvement to be good", "Requires improvement\nto be good"),
    "a grade that shares a line with its label": ("leavers\nOutstanding", "leavers Outstanding"),
    "an overall grade above its label": ("Overall effectiveness Good", "Good\nOverall effectiveness"),
    "no “to be good”": ("Requires improvement to be good", "Requires improvement"),
    "another number": ("Requires improvement to be good", "Require improvement"),
    "lower case": ("Requires improvement to be good", "requires improvement to be good"),
    "a full stop in a label": ("families\nGood", "families.\nGood"),
    "care leavers called children": ("progress of care\nleavers", "progress of\nchildren care leavers"),
    "leaders without social work": ("leaders on social work\npractice", "leaders on\npractice"),
    "a footnote after a grade": ("Overall effectiveness Good", "Overall effectiveness Good1"),
    "a page break between rows": ("The experiences and progress of care", "1\nThe experiences and progress of care"),
}


@pytest.mark.parametrize(("printed", "instead"), WRAPS.values(), ids=WRAPS)
def test_the_table_may_be_set_otherwise(printed: str, instead: str) -> None:
    assert printed in FRONT
    found = report(FRONT.replace(printed, instead), BODY)
    assert grades(found) == WHOLE
    assert found.problems == ()


BAIT = {
    "an earlier grade in prose": "In 2019 the experiences and progress of care leavers was inadequate.",
    "another authority": "In Herefordshire, overall effectiveness is inadequate.",
    "prose that wraps like a heading": "Of\nthe experiences and progress of care leavers: good\nthings are said.",
    "a table of the grades before": """
Judgement Grade
The experiences and progress of children in care
Inadequate
The experiences and progress of care leavers Inadequate
Overall effectiveness Inadequate
""",
    "a list of what grades mean": "Outstanding means a service that is better.\nInadequate means one that is not.",
}


@pytest.mark.parametrize("bait", BAIT.values(), ids=BAIT)
def test_bait_is_not_taken(bait: str) -> None:
    found = report(FRONT + bait, BODY + bait)
    assert grades(found) == WHOLE
    assert found.problems == ()


@pytest.mark.parametrize("other", ["inadequate", "good", "outstanding"])
def test_where_table_and_heading_disagree_there_is_no_grade_but_a_problem(other: str) -> None:
    found = report(FRONT, BODY.replace("protection: requires improvement to be good", f"protection: {other}"))
    assert "help_and_protection" not in grades(found)
    assert found.status is Status.PARTIAL
    assert f"says requires improvement, but the heading on page 2 says {other}." in found.problems[0]


def test_a_table_that_is_contradicted_in_one_row_is_believed_only_where_something_else_confirms_it() -> None:
    found = report(FRONT, BODY.replace("protection: requires improvement to be good", "protection: good"))
    assert grades(found) == {"in_care": "good"}
    assert "“Overall effectiveness”: only the table of judgements gives a grade" in " ".join(found.problems)


def test_a_row_without_a_grade_leaves_the_table_unread_rather_than_shifted() -> None:
    found = report(FRONT.replace("children in care\nGood\n", "children in care\n"))
    assert grades(found) == {}
    assert "labels and grades do not pair up" in found.problems[0]


def test_grades_that_might_belong_to_either_row_are_not_taken() -> None:
    rows = (
        "The impact of leaders on practice with children and families The experiences and progress of children who need"
    )
    front = FRONT[: FRONT.index("The impact")] + rows + " help and protection\nGood\nInadequate\nChildren are heard."
    assert grades(report(front)) == {}


def test_a_report_after_the_boundary_has_no_overall_grade_and_lacks_nothing() -> None:
    front = FRONT.replace("October 2024", "May 2026").replace("Overall effectiveness Good\n", "")
    found = report(front, BODY)
    assert (found.edition, found.overall, found.problems) == ("2026", None, ())


def test_judgements_that_the_date_does_not_lead_to_expect_are_said() -> None:
    found = report(FRONT.replace("2024", "2019"), BODY)
    assert found.status is Status.PARTIAL
    assert any("does not lead one to expect" in problem for problem in found.problems)


def test_a_page_number_before_the_title_and_running_headers_do_not_matter() -> None:
    header = "Inspection of Shropshire local authority children’s services\n7 to 8 October 2024 {}\n"
    pages = [header.format(n) + text for n, text in enumerate((BODY, "3. More.", "4. More."), 2)]
    found = report("1\n" + FRONT, *pages)
    assert found.inspection is not None
    assert found.inspection.end.day == 18
    assert (grades(found), found.authority_printed) == (WHOLE, "Shropshire")


def test_an_ambiguous_or_unknown_authority_is_a_problem_that_names_it() -> None:
    ambiguous = report(FRONT.replace("Shropshire", "Sussex"))
    unknown = report(FRONT.replace("Shropshire", "Ruritania"))
    assert ambiguous.authority is None
    assert "“Sussex” can be more than one authority" in ambiguous.problems[0]
    assert "“Ruritania” is not the name of an authority" in unknown.problems[0]


def test_the_older_framework_is_read_with_cells_that_are_not_judged() -> None:
    found = report(SIF_FRONT)
    assert found.kind is Kind.SIF_INSPECTION
    assert found.overall is not None
    assert found.overall.grade is Grade.REQUIRES_IMPROVEMENT
    assert {one.label: one.grade for one in found.judgements}["2.1 Adoption performance"] is NotJudged.NOT_JUDGED


def test_a_table_may_run_over_a_page_and_a_footnote() -> None:
    first, second = SIF_FRONT.split("2.2 Exp")
    found = report(
        first + "1 Ofsted produces this report under its power to combine reports.\n1", "2\n2.2 Exp" + second
    )
    assert len(found.judgements) == 5
    assert found.judgements[3].span.page == 2


def test_the_board_is_judged_inside_the_report_and_its_description_is_bait() -> None:
    board = "The Local Safeguarding Children Board is good\nThe board meets.\nAn LSCB that is inadequate does not."
    assert grades(report(SIF_FRONT + board))["lscb"] == "good"


def test_a_second_document_in_the_same_file_changes_nothing_of_the_first() -> None:
    board = """
Shropshire Safeguarding Children Board
Review of the effectiveness of the Local Safeguarding Children Board
Inspection date: 4 February – 25 February 2015
Report published: 14 April 2015
The Local Safeguarding Children Board is inadequate
"""
    found = report(SIF_FRONT, "2\nThe local authority knows itself.", board)
    assert found.published is not None
    assert found.published.day == 7
    assert found.inspection is not None
    assert found.inspection.start.day == 3
    assert grades(found)["lscb"] == "inadequate"


def test_items_go_on_over_lines_and_pages_and_keep_their_sub_items() -> None:
    improve = """
What needs to improve?1
■ The quality of plans for:
– brothers and sisters
– children who move.
■ How soon
"""
    rest = "2\nfamilies2 are answered.\n"
    found = report(FRONT, improve, rest + BODY[BODY.index("The exp") :])
    assert [(item.text, item.page) for item in found.improvements or ()] == [
        ("The quality of plans for: • brothers and sisters • children who move.", 2),
        ("How soon families are answered.", 2),
    ]


def test_no_section_is_not_the_same_as_an_empty_one() -> None:
    nothing = BODY.replace("■ The recording of visits.", "There are no areas for improvement.")
    assert report(FRONT).improvements is None
    assert report(FRONT, nothing).improvements == ()


def test_there_are_no_priority_actions_where_the_section_says_so() -> None:
    section = "Areas for priority action\nThere are no areas for priority action.\n"
    assert report(FRONT, section + BODY).priority_actions == ()


OLDER = {
    "looked after children": ("looked_after", "Leadership and management\nGrade 2 (good)", "Grade 4 (inadequate)"),
    "protection of children": ("child_protection", "The quality of practice\nAdequate.", "Good."),
    "two services": ("slac", "Economic well-being\nGrade 2 (good)", "Grade 3 (adequate)"),
}


@pytest.mark.parametrize(("key", "section", "instead"), OLDER.values(), ids=OLDER)
def test_a_closing_record_and_the_sections_must_agree(key: str, section: str, instead: str) -> None:
    text = FRAMEWORKS[key].examples[0].text
    assert section in text
    whole = read(text.encode())
    split = read(text.replace(section, section.split("\n", maxsplit=1)[0] + "\n" + instead).encode())
    assert isinstance(whole, Report)
    assert isinstance(split, Report)
    assert (whole.status, split.status) == (Status.PARSED, Status.PARTIAL)
    assert grades(split).items() < grades(whole).items()


def test_a_first_item_that_lost_its_mark_is_an_item() -> None:
    listed = """
What needs to improve?
At once:
the recording of visits.
In time:
- the wait for plans, and what is said meanwhile
- the audits
"""
    found = report(FRONT, listed + BODY[BODY.index("The exp") :])
    assert [item.text for item in found.improvements or ()] == [
        "the recording of visits.",
        "the wait for plans, and what is said meanwhile",
        "the audits",
    ]


UNKNOWN = {
    "a ministry's notice": """
Dear Chief Executive
Improvement notice to Shropshire Council
This notice follows the inspection of children’s services in 2024, which judged overall effectiveness
inadequate, and the monitoring visit to Shropshire children’s services on 2 May 2025.
""",
    "minutes": "Minutes of the scrutiny panel\nThe panel noted that Ofsted found the service good.",
    "a school's report": "School inspection report\nOverall effectiveness Good\nInspection dates 1 to 2 May 2024",
}


@pytest.mark.parametrize("text", UNKNOWN.values(), ids=UNKNOWN)
def test_what_is_not_one_of_these_documents_is_unrecognised(text: str) -> None:
    found = parse(document(text))
    assert isinstance(found, NotRead)
    assert found.status is Status.UNRECOGNISED


def test_a_web_page_that_is_no_report_says_what_it_is() -> None:
    found = read(
        b"<!doctype html><title>Just a moment...</title><p>Checking that you are a person and not a program.</p>"
    )
    assert isinstance(found, NotRead)
    assert found.status is Status.NOT_A_REPORT
    assert "Just a moment..." in found.why


def test_bytes_of_a_pdf_are_read_like_its_pages() -> None:
    text = FRONT.replace("’", "'").strip().splitlines()
    found = read(pdf([text, BODY.replace("■", "-").strip().splitlines()]))
    assert isinstance(found, Report)
    assert grades(found) == WHOLE


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_whatever_lines_are_lost_no_grade_is_read_that_is_not_printed(data: st.DataObject) -> None:
    lines = FRONT.strip().splitlines()
    lost = data.draw(st.sets(st.integers(3, len(lines) - 1), max_size=4))
    kept = "\n".join(line for place, line in enumerate(lines) if place not in lost)
    found = parse(document(kept, BODY))
    if isinstance(found, Report):
        assert grades(found).items() <= WHOLE.items()
        for one in found.graded:
            pages = {1: " ".join(kept.split()), 2: " ".join(BODY.split())}
            assert one.span.quote in pages[one.span.page]


@given(st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_no_bytes_are_an_error(data: bytes) -> None:
    assert read(data) is not None
    assert read(b"%PDF-1.7\n" + data + b"%%EOF") is not None


@given(st.lists(st.text(max_size=80), max_size=30))
@settings(max_examples=100, deadline=None)
def test_no_words_are_an_error(lines: list[str]) -> None:
    assert parse(document(FRONT + "\n".join(lines))) is not None
