"""The same words spelt, marked or dated otherwise mean the same: a general rule for each, not one for each document."""

from __future__ import annotations

from datetime import date

import pytest

from judgements.dates import periods_at
from judgements.frameworks import FRAMEWORKS
from judgements.parse import read
from judgements.people import people
from judgements.types import Grade, Previous, Report, Status
from tests.judgements.test_parse import BODY, FRONT, SIF_FRONT, WHOLE, grades, report

SIF_GRADES = grades(report(SIF_FRONT))
WORDS = {
    "an ampersand": (" and ", " & "),
    "an apostrophe after the s": ("ren’s services", "rens’ services"),
    "judgment": ("udgement", "udgment"),
}
ILACS_WORDS = WORDS | {
    "leadership for leaders": ("impact of leaders", "impact of leadership"),
    "our care": ("children in care", "children in our care"),
    "looked after": ("children in care", "looked after children"),
    "or for and": ("need help and protection", "need help or protection"),
}
SIF_WORDS = WORDS | {
    "no comma": ("Leadership, management", "Leadership management"),
    "a further comma": ("management and governance", "management, and governance"),
    "another order": ("Children looked after and", "Looked after children and"),
    "brackets for full stops": ("1. ", "1) "),
}


@pytest.mark.parametrize(("printed", "instead"), ILACS_WORDS.values(), ids=ILACS_WORDS)
def test_a_report_may_be_spelt_otherwise(printed: str, instead: str) -> None:
    found = report(FRONT.replace(printed, instead), BODY.replace(printed, instead))
    assert (grades(found), found.status) == (WHOLE, Status.PARSED)


@pytest.mark.parametrize(("printed", "instead"), SIF_WORDS.values(), ids=SIF_WORDS)
def test_an_older_report_may_be_spelt_otherwise(printed: str, instead: str) -> None:
    assert printed in SIF_FRONT or printed in ("udgement",)
    found = report(SIF_FRONT.replace(printed, instead))
    assert (grades(found), found.status) == (SIF_GRADES, Status.PARSED)


DATED = [
    "from 7 to 18 October 2024",
    "Between 7 October and 18 October 2024",
    "Mon 7 October to Fri 18 October 2024",
    "7 to 18 October 2024 (inclusive)",
    "7 to 18 October 20241",
    "7October to 18October2024",
    "07-10-2024 to 18-10-2024",
    "the 7th of October to the 18th of October 2024",
]
LABELLED = [
    "Inspection dates : ",
    "Inspection dates – ",
    "Inspection date(s): ",
    "Inspection period: ",
    "Dates of this inspection: ",
]


@pytest.mark.parametrize("dated", DATED)
def test_dates_may_be_written_otherwise(dated: str) -> None:
    found = report(FRONT.replace("7 to 18 October 2024", dated), BODY)
    assert found.inspection is not None
    assert (found.inspection.start, found.inspection.end) == (date(2024, 10, 7), date(2024, 10, 18))


@pytest.mark.parametrize("label", LABELLED)
def test_dates_may_be_labelled_otherwise(label: str) -> None:
    found = report(FRONT.replace("Inspection dates: ", label), BODY)
    assert (grades(found), found.inspection) == (WHOLE, report(FRONT).inspection)


def test_a_second_visit_after_inclusive_days_is_not_lost() -> None:
    text = "8 to 12 july 2019 (inclusive) and 7 to 8 august 2019"
    assert periods_at(text, 0) == (
        (date(2019, 7, 8), date(2019, 7, 12)),
        (date(2019, 8, 7), date(2019, 8, 8)),
    )


def test_dates_that_go_on_after_a_full_stop_are_not_cut_off() -> None:
    assert periods_at("8 to 12 july 2019. and 7 to 8 august 2019", 0) is None
    assert periods_at("8 to 12 july 2019. it was", 0) == ((date(2019, 7, 8), date(2019, 7, 12)),)


@pytest.mark.parametrize("same", [True, False])
def test_two_lines_of_dates_that_differ_leave_it_open_which_they_are(same: bool) -> None:
    other = "7 to 18 October 2024" if same else "4 to 8 November 2024"
    found = report(FRONT.replace("Judgement Grade", f"Inspection dates: {other}\nJudgement Grade"), BODY)
    assert grades(found) == WHOLE
    assert (found.inspection is not None) == same
    assert (found.problems == ()) == same


PUBLISHED = [
    "Published: ",
    "Date published: ",
    "Publication date: ",
    "Date of publication: ",
    "Report published on ",
    "Report published – ",
]


@pytest.mark.parametrize("label", PUBLISHED)
def test_the_day_of_publication_may_be_labelled_otherwise(label: str) -> None:
    found = report(SIF_FRONT.replace("Report published: ", label))
    assert found.published == date(2015, 4, 7)


LEADS = [
    "Lead inspector(s): Ada Brand",
    "Lead inspector – Ada Brand, HMI",
    "Reporting inspector: Ada Brand",
    "Lead inspector:\nAda Brand, His Majesty’s Inspector",
    "Lead inspector: Ada\nBrand, His Majesty’s Inspector",
]


@pytest.mark.parametrize("lead", LEADS)
def test_who_led_may_be_printed_otherwise(lead: str) -> None:
    found = report(FRONT.replace("Lead inspector: Ada Brand, His Majesty’s Inspector", lead), BODY)
    assert found.lead_inspectors == ("Ada Brand",)
    assert grades(found) == WHOLE


@pytest.mark.parametrize("rank", ["His Majestys Inspector", "HIS MAJESTY’S INSPECTOR", "– Her Majesty’s Inspector"])
def test_a_rank_is_no_part_of_a_name(rank: str) -> None:
    assert people(f"Ada Brand {rank}") == ("Ada Brand",)


VISIT, MONITORED = (example.text for example in FRAMEWORKS["visits"].examples[:2])
VISITED = "29 March 2023. His Majesty’s Inspectors for this visit were Ada Brand and Tom de Witt."
VISITORS = [
    ". Her Majesty’s Inspectors were Ada Brand and Tom de Witt.",
    ". Her Majesty’s inspectors (HMI) for this visit were Ada Brand, with Tom de Witt, HMI designate.",
    ". The visit was conducted by Ada Brand and Tom de Witt, two of Her Majesty’s Inspectors.",
    ". The visit was carried out by Her Majesty’s Inspectors Ada Brand and Tom de Witt.",
    ". The inspection was undertaken by Ada Brand and Tom de Witt, Her Majesty’s Inspectors.",
    ". The inspectors were HMI Ada Brand, and Tom de Witt, HMI Schools.",
    ". The inspectors were Her Majesty’s Inspectors (HMIs) Ada Brand and Tom de Witt.",
    ". The inspectors were Her Majesty’s Inspectors (HMI) Social Care, Ada Brand and Tom de Witt, Senior HMI.",
    ". His Majesty’s Inspectors for this visit were lead inspector Ada Brand and team inspector Tom de Witt.",
    ", carried out by Ada Brand and Tom de Witt, Her Majesty’s Inspectors.",
    " which was carried out by Her Majesty’s Inspectors Ada Brand and Tom de Witt.",
]


@pytest.mark.parametrize("visitors", VISITORS)
def test_who_visited_may_be_said_otherwise(visitors: str) -> None:
    assert VISITED in VISIT
    assert report(VISIT.replace(VISITED, f"29 March 2023{visitors}")) == report(VISIT)


def test_who_wrote_a_report_to_the_council_did_not_visit() -> None:
    audit = (
        "29 March 2023. An audit of May 2022, carried out by Brand and Partners Limited, was read. Ofsted read more."
    )
    assert report(VISIT.replace(VISITED, audit)).lead_inspectors == ()


FOLLOWS = "It was the fourth monitoring visit since the local authority was judged inadequate in\nJune 2019."
FOLLOWED = [
    "It was the fourth and final monitoring visit since the local authority was judged ‘inadequate’ in June 2019.",
    "It was the fourth, and last, monitoring visit since services were judged inadequate overall in June 2019.",
    "This was the fourth visit since it was judged inadequate for overall effectiveness in June 2019.",
    "It was the 4th visit since it was judged to be inadequate at its last inspection in June 2019.",
    "It was the fourth monitoring visit following the inspection in June 2019, when it was judged inadequate.",
]


@pytest.mark.parametrize("follows", FOLLOWED)
def test_which_visit_it_is_and_what_it_follows_may_be_said_otherwise(follows: str) -> None:
    found = report(MONITORED)
    assert (found.visit_number, found.previous) == (4, Previous(grade=Grade.INADEQUATE, when="2019-06"))
    assert FOLLOWS in MONITORED
    assert report(MONITORED.replace(FOLLOWS, follows)) == found


def test_a_visit_since_something_else_has_no_number() -> None:
    other = "It was the first visit since the offices were closed. The last visit was long."
    assert report(MONITORED.replace(FOLLOWS, other)).visit_number is None


OWNERS = {
    "Shropshire Council’s": "Shropshire Council",
    "Shropshire's": "Shropshire",
    "St Helens’": "St Helens",
    "the Royal Borough of Windsor and Maidenhead’s": "the Royal Borough of Windsor and Maidenhead",
}


@pytest.mark.parametrize(("owner", "name"), OWNERS.items())
def test_a_name_may_be_that_of_the_owner_of_the_services(owner: str, name: str) -> None:
    found = report(VISIT.replace("Shropshire", owner))
    assert found.authority is not None
    assert found == report(VISIT.replace("Shropshire", name))


MARKS = ["•", "■ ", "► ", "→", "○ ", "· ", "* ", "1) ", "(1) ", "n ", "§ ", "•\n", "1.\n"]


@pytest.mark.parametrize("mark", MARKS)
def test_items_may_be_marked_otherwise(mark: str) -> None:
    first = f"{mark}The recording of visits."
    second = f"{mark.replace('1', '2')}The advice\nthat families are given."
    found = report(SIF_FRONT, f"Recommendations\n{first}\n{second}\nSummary for children and young people\n")
    assert [item.text for item in found.improvements or ()] == [
        "The recording of visits.",
        "The advice that families are given.",
    ]


def test_an_asterisk_below_other_marks_is_a_footnote() -> None:
    improve = "What needs to improve?\n■ The visits to Jo.*\n* This is not the child’s name.\n"
    found = report(FRONT, improve + BODY[BODY.index("The exp") :])
    assert [item.text for item in found.improvements or ()] == ["The visits to Jo.*"]


HEADINGS = [
    "What needs to be improved?",
    "What still needs to improve",
    "What needs to improve further:",
    "Areas for improvement",
    "AREAS FOR IMPROVEMENT",
]


@pytest.mark.parametrize("heading", HEADINGS)
def test_what_needs_to_improve_may_be_headed_otherwise(heading: str) -> None:
    found = report(FRONT, BODY.replace("What needs to improve?", heading))
    assert [item.text for item in found.improvements or ()] == ["The recording of visits."]


SUBJECTS = ["Re: {}", "Subject: {}", "RE {}"]


@pytest.mark.parametrize("subject", SUBJECTS)
@pytest.mark.parametrize("key", ["visits", "jtai"])
def test_the_subject_of_a_letter_may_be_led_in(key: str, subject: str) -> None:
    for example in FRAMEWORKS[key].examples:
        title = example.text[example.text.index("Dear") :].splitlines()[1]
        found = read(example.text.replace(f"\n{title}", f"\n{subject.format(title)}", 1).encode())
        assert found == read(example.text.encode())
        assert isinstance(found, Report)


@pytest.mark.parametrize("title", ["Focussed visit to {}", "Focused visit: {}", "Monitoring visit – {}"])
def test_a_visit_may_be_titled_otherwise(title: str) -> None:
    example = FRAMEWORKS["visits"].examples[1 if "Monitoring" in title else 0]
    line = example.text[example.text.index("Dear") :].splitlines()[1]
    name = line.split(" visit ")[1].split(" ", 1)[1]
    found = read(example.text.replace(f"\n{line}", "\n" + title.format(name), 1).encode())
    assert found == read(example.text.encode())


def test_a_council_may_announce_its_list_in_a_sentence() -> None:
    text = FRAMEWORKS["council_report"].examples[1].text
    listed = """
1.2 Meetings are planned. The areas to improve identified by Ofsted are as follows:
- How soon families
are answered.
-
- The recording of visits.
1.3 Other matters are:
- The canteen.
"""
    found = read((text + listed).encode())
    assert isinstance(found, Report)
    assert [item.text for item in found.improvements or ()] == [
        "How soon families are answered.",
        "The recording of visits.",
    ]


def test_a_running_header_above_the_name_does_not_hide_it() -> None:
    found = report(
        FRONT.replace(
            "Inspection of Shropshire local authority\nchildren’s services",
            "Inspection of children’s services\nShropshire Council\nInspection of children’s services",
        ),
        BODY,
    )
    assert (grades(found), found.authority) == (WHOLE, report(FRONT).authority)


def test_another_council_in_a_line_of_its_own_leaves_it_open_which_is_meant() -> None:
    above = "Shropshire Council\nKent County Council\nInspection of services"
    found = report(SIF_FRONT.replace("Shropshire Council\nInspection of services", above))
    assert found.authority is None
    assert "“Shropshire” and “Kent County Council”" in found.problems[0]
