"""Documents worded, laid out or dated otherwise than any at hand: read where it is clear, else left out and said."""

from __future__ import annotations

import pytest

from judgements.frameworks import FRAMEWORKS
from judgements.parse import parse, read
from judgements.types import Kind, NotRead, Report
from tests.judgements.test_parse import BODY, FRONT, SIF_FRONT, WHOLE, document, grades, report

LABELS = {
    "one experience": ("The experiences and progress of care\nleavers", "The experience and progress of care\nleavers"),
    "one experience in every row": ("The experiences", "The experience"),
    "a comma after a label": ("children in care\n", "children in care,\n"),
    "an asterisk after a label": ("care\nleavers\n", "care\nleavers*\n"),
    "an asterisk after a grade": ("Outstanding", "Outstanding*"),
}


@pytest.mark.parametrize(("printed", "instead"), LABELS.values(), ids=LABELS)
def test_a_label_may_be_printed_otherwise(printed: str, instead: str) -> None:
    assert printed in FRONT
    found = report(FRONT.replace(printed, instead), BODY)
    assert (grades(found), found.problems) == (WHOLE, ())


def test_dates_that_go_on_in_words_not_known_are_a_problem_not_a_part_of_them() -> None:
    found = report(FRONT.replace("October 2024", "October 2024 returning on 4 November 2024"), BODY)
    assert (grades(found), found.inspection) == (WHOLE, None)
    assert found.problems == ("The dates of the inspection cannot be read.",)


def test_a_whole_inspection_whose_title_is_broken_is_no_review_of_a_board() -> None:
    board = "Review of the effectiveness of the Local Safeguarding Children Board\n"
    front = SIF_FRONT.replace("Inspection of services for children in need of help and\n", "")
    found = parse(document(front.replace("Inspection date", board + "Inspection date")))
    assert isinstance(found, NotRead) or found.kind is not Kind.LSCB_REVIEW


PARTS_OF_NAMES = [
    "City of\nLincoln and North\nLincolnshire",
    "Kingston upon Thames and\nRichmond upon Thames",
    "Mid and West\nKent",
    "The councils of East\nSussex",
    "Greater\nManchester",
    "Somewhere &\nRutland",
    "Somewhere in North-West\nKent",
]


@pytest.mark.parametrize("name", PARTS_OF_NAMES)
def test_the_rest_of_a_wrapped_name_is_no_name(name: str) -> None:
    front = FRONT.replace("Inspection of Shropshire local authority\nchildren", name + "\nInspection of children")
    found = report(front, BODY)
    assert (grades(found), found.authority) == (WHOLE, None)
    assert len(found.problems) == 1


@pytest.mark.parametrize("above", ["Shropshire", "A picture of a bridge\nThe County Council of\nShropshire"])
def test_prose_about_another_authority_never_names_the_one_inspected(above: str) -> None:
    title = "Inspection of Shropshire local authority\nchildren"
    prose = "This follows the inspection of Kent local authority children’s services in 2020.\nJudgement Grade"
    front = FRONT.replace(title, above + "\nInspection of children").replace("Judgement Grade", prose)
    assert report(front, BODY).authority == report(FRONT, BODY).authority
    assert report(FRONT.replace("Shropshire", "Ruritania").replace("Judgement Grade", prose)).authority is None


DATED = {
    "dates of inspection": "Dates of inspection: 7 to 18 October 2024",
    "those before above": "Previous inspection dates: 3 to 14 June 2019\nInspection dates: 7 to 18 October 2024",
    "on two lines": "Previous\ninspection dates: 3 to 14 June 2019\nInspection dates: 7 to 18 October 2024",
    "one day before": "Date of last inspection: 3 June 2019\nInspection dates: 7 to 18 October 2024",
}


@pytest.mark.parametrize("dated", DATED.values(), ids=DATED)
def test_the_dates_are_those_of_this_inspection(dated: str) -> None:
    found = report(FRONT.replace("Inspection dates: 7 to 18 October 2024", dated), BODY)
    assert found.inspection == report(FRONT, BODY).inspection
    assert found.problems == ()


@pytest.mark.parametrize("key", ["area_send", "slac", "looked_after", "child_protection"])
def test_dates_of_a_previous_inspection_are_never_those_of_this_one(key: str) -> None:
    text = FRAMEWORKS[key].examples[0].text
    former = "Previous inspection dates: 3 to 14 June 2009\nInspection dates:"
    whole, later = read(text.encode()), read(text.replace("Inspection dates:", former).encode())
    only = read(text.replace("Inspection dates:", "Previous inspection dates:").encode())
    assert isinstance(whole, Report)
    assert isinstance(later, Report)
    assert isinstance(only, Report)
    assert (later.inspection, only.inspection) == (whole.inspection, None)


VISIT = FRAMEWORKS["visits"].examples[0].text


def test_a_letter_may_have_its_date_and_address_below_its_text() -> None:
    dated = "\n9 May 2023\nThe Director\nMarket Street"
    below = VISIT.replace("9 May 2023\n", "").replace("\nMain findings", dated + "\nMain findings")
    found = report(below)
    assert found == report(VISIT)
    assert report(below.replace(dated, f"{dated}{dated}")).published is None
    assert report(below.replace("9 May 2023\n", "as planned on 9 May 2023\n")).published is None


MISPRINTS = {
    "a digit too many": ("9 May 20205", None, "year of five digits"),
    "another year": ("9 May 2022", "2022-05-09", "dated 9 May 2022, before its inspection began"),
    "a footnote’s number": ("9 May 20231", "2023-05-09", ""),
}


@pytest.mark.parametrize(("printed", "published", "problem"), MISPRINTS.values(), ids=MISPRINTS)
def test_a_date_that_cannot_be_is_a_problem(printed: str, published: str | None, problem: str) -> None:
    found = report(VISIT.replace("9 May 2023", printed))
    assert (found.published and found.published.isoformat()) == published
    assert problem in "".join(found.problems)
    assert bool(found.problems) == bool(problem)


def test_a_visit_that_would_last_a_year_is_told_as_printed_and_as_a_misprint() -> None:
    found = report(VISIT.replace("28\nand 29 March 2023", "28 April 2022 to 29 March 2023"))
    assert found.inspection is not None
    assert found.inspection.start.year == 2022
    assert found.problems == (
        "Its inspection is said to have lasted from 28 April 2022 to 29 March 2023: one of these dates is misprinted.",
    )


def test_judgements_of_another_edition_in_the_same_file_are_left_out_and_said() -> None:
    other = "The experiences and progress of children in care and care leavers: inadequate\n"
    found = report(FRONT, BODY + other)
    assert grades(found) == WHOLE
    assert found.problems == (
        "It has judgements that its inspection date does not lead one to expect; they are left out.",
    )


@pytest.mark.parametrize("end", ["inadequate", "inadequate.", "require improvement.", "Good."])
def test_a_lost_grade_is_never_the_end_of_a_sentence_below_the_table(end: str) -> None:
    front = FRONT.replace("Overall effectiveness Good", f"Overall effectiveness\nServices were once\n{end}\nThey grew.")
    found = report(front, BODY)
    assert found.overall is None
    assert "labels and grades do not pair up" in found.problems[0]


@pytest.mark.parametrize("first", [True, False], ids=["above", "below"])
def test_a_row_in_which_two_tables_on_the_front_differ_is_in_doubt(first: bool) -> None:
    table = FRONT[FRONT.index("Judgement Grade") : FRONT.index("Children in Shropshire")]
    former = table.replace("Outstanding", "Inadequate") + "\nThe text goes on.\n"
    place = "Judgement Grade" if first else "Children in Shropshire"
    found = report(FRONT.replace(place, former + place, 1), BODY)
    assert "care_leavers" not in grades(found)
    assert grades(found).items() < WHOLE.items()
    assert "care leavers”: the table of judgements on page 1 says" in found.problems[0]


def test_the_rows_of_a_closing_record_do_not_confirm_each_other() -> None:
    text = FRAMEWORKS["child_protection"].examples[0].text
    found = read(text.replace("The quality of practice\nAdequate.", "The quality of practice\nGood.").encode())
    assert isinstance(found, Report)
    assert grades(found) == {"protection_overall": "good"}
    assert any("only the record of main findings gives a grade" in problem for problem in found.problems)


TITLES = {
    "help or protection": ("help and\nprotection", "help or\nprotection"),
    "looked after children": ("children looked after and", "looked after children and"),
    "semicolons": ("protection, children looked after", "protection; children looked after;"),
    "no comma": ("protection, children", "protection children"),
    "a single inspection": ("Inspection of services", "Single inspection of services"),
    "dates of inspection": ("Inspection date:", "Dates of inspection:"),
}


@pytest.mark.parametrize(("printed", "instead"), TITLES.values(), ids=TITLES)
def test_the_front_of_the_older_framework_may_be_worded_otherwise(printed: str, instead: str) -> None:
    assert printed in SIF_FRONT
    board = "Review of the effectiveness of the Local Safeguarding Children Board\n"
    found = report(SIF_FRONT.replace(printed, instead).replace("Report published", board + "Report published"))
    assert (found.kind, found.inspection) == (Kind.SIF_INSPECTION, report(SIF_FRONT).inspection)
    assert grades(found) == grades(report(SIF_FRONT))


OVERALL = "Children’s services in Shropshire require improvement\nto be good"
SENTENCES = [
    "Children’s services in Shropshire are good1",
    "Children’s services in Shropshire are good.2",
    "Children’s services in Shropshire are judged to be good",
    "Shropshire’s children’s services are good",
    "The overall judgement is that children’s services in Shropshire are good",
    "The overall judgement is that children’s services in St. Helens are good.",
    "The overall judgement is that children’s services in Shropshire are judged to be good",
]
PROSE = [
    "Children’s services in Shropshire are goodness itself",
    "The leaders of Shropshire’s children’s services are good",
    "Leaders in Shropshire’s children’s services are good",
    "Leaders and Shropshire’s children’s services are good",
    "Shropshire’s children’s services are good at listening",
    "The overall judgement is that children’s services in Shropshire were good",
]


@pytest.mark.parametrize("sentence", SENTENCES)
def test_the_overall_sentence_may_be_worded_otherwise(sentence: str) -> None:
    found = report(SIF_FRONT.replace(OVERALL, sentence))
    assert (grades(found)["overall"], found.problems) == ("good", ())


@pytest.mark.parametrize("sentence", PROSE)
def test_what_only_sounds_like_the_overall_sentence_gives_no_grade(sentence: str) -> None:
    found = report(SIF_FRONT.replace(OVERALL, sentence))
    assert found.overall is None
    assert found.problems


@pytest.mark.parametrize("day", ["9 to 13 December 2024", "Monday 9 December to Friday, 13 December 2024"])
def test_a_joint_inspection_may_name_the_days_of_the_week(day: str) -> None:
    example = FRAMEWORKS["jtai"].examples[1]
    assert "9 to 13 December 2024" in example.text
    found = read(example.text.replace("9 to 13 December 2024", day).encode())
    assert isinstance(found, Report)
    assert found.inspection is not None
    assert (found.inspection.start, found.inspection.end) == (example.start, example.end)


BOARD = SIF_FRONT.replace(
    "Inspection date", "and\nReview of the effectiveness of the Local Safeguarding\nChildren Board1\nInspection date"
)


@pytest.mark.parametrize("name", ["Local", "Shropshire", "Windsor and Maidenhead"])
def test_a_board_may_be_graded_under_its_own_name(name: str) -> None:
    found = report(BOARD, f"The {name} Safeguarding Children Board is good\nIt meets often.")
    assert (grades(found)["lscb"], found.problems) == ("good", ())


@pytest.mark.parametrize(
    "prose",
    [
        "The work of Shropshire Safeguarding Children Board is good.",
        "The Shropshire Safeguarding Children Board is good at listening.",
        "The Shropshire Safeguarding Children Board was good.",
    ],
)
def test_a_board_that_the_front_promises_and_no_heading_grades_is_a_problem(prose: str) -> None:
    found = report(BOARD, prose)
    assert "lscb" not in grades(found)
    assert len(found.problems) == 1
    assert "Local Safeguarding Children Board" in found.problems[0]


@pytest.mark.parametrize("heading", ["Judgment Grade", "Judgments Grades", "Grade", "Area\nHow it was graded", ""])
def test_a_table_may_be_headed_otherwise_or_not_at_all(heading: str) -> None:
    found = report(FRONT.replace("Judgement Grade", heading).replace("\n\n", "\n"), BODY)
    assert (grades(found), found.problems) == (WHOLE, ())


ROWS = ["The voice of young carers Inadequate", "4. Early help Requires improvement to be good"]


@pytest.mark.parametrize("row", ROWS)
@pytest.mark.parametrize("after", ["Overall effectiveness Good\n", "children in care\nGood\n"])
def test_a_row_that_is_not_known_leaves_only_what_headings_confirm(row: str, after: str) -> None:
    found = report(FRONT.replace(after, f"{after}{row}\n"), BODY)
    assert grades(found) == {theme: WHOLE[theme] for theme in ("help_and_protection", "in_care")}
    assert f"it has a row that is not known here, “{row}”" in found.problems[0]
