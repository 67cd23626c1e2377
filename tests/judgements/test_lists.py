"""Lists: every word of an item, and no word of what stands between items, above them or below."""

from __future__ import annotations

import pytest

from judgements.frameworks import FRAMEWORKS
from judgements.parse import read
from judgements.types import Report
from tests.judgements.test_parse import BODY, FRONT, SIF_FRONT, report

ILACS_END = BODY[BODY.index("The exp") :]
SIF_END = "Summary for children and young people\n"
BOARD = "The Local Safeguarding Children Board is good\n"


def recommended(listed: str, *after: str) -> list[str]:
    """The recommendations read from a report whose list is this."""
    found = report(SIF_FRONT, f"Recommendations\n{listed.strip()}\n{SIF_END}", *after)
    return [item.text for item in found.improvements or ()]


def urgent(listed: str, *after: str) -> list[str]:
    """The priority actions read from a report whose section on them is this."""
    section = f"What does the local authority need to improve?\nPriority and immediate action\n{listed.strip()}\n"
    found = report(SIF_FRONT, f"{section}Areas for improvement\n1. See to the rest.\n{SIF_END}", *after)
    return [item.text for item in found.priority_actions]


def send(listed: str, heading: str = "Areas for improvement") -> Report:
    """A local area's report with this instead of what is listed in the example of the worst outcome."""
    text = FRAMEWORKS["area_send"].examples[2].text
    begin = text.index(f"\n{heading}\n")
    end = text.index("\nAreas for improvement\n" if "action" in heading else "\nLocal area partnership details", begin)
    found = read((text[:begin] + f"\n{heading}\n{listed.strip()}" + text[end:]).encode())
    assert isinstance(found, Report)
    return found


NUMBERED = """
17. See children sooner.
18. Write down
why a case is closed.
19. Visit.
"""


def test_numbers_may_go_on_from_the_section_before() -> None:
    assert recommended(NUMBERED) == ["See children sooner.", "Write down why a case is closed.", "Visit."]
    assert recommended("104. See children.\n105. Visit.") == ["See children.", "Visit."]
    assert urgent("9. See children sooner.") == ["See children sooner."]


@pytest.mark.parametrize("sign", ["•", "–", "■"])
def test_a_numbered_paragraph_may_only_lead_to_the_bullets_below_it(sign: str) -> None:
    listed = f"""
15. To do better, the council should take the following action.
Immediately:
{sign} see children sooner
Within three months:
{sign} write down why a case is closed, with
the reasons
"""
    assert recommended(listed) == ["see children sooner", "write down why a case is closed, with the reasons"]


NOTHING = [
    "There are no areas for priority action.",
    "16. There are no areas of priority action.",
    "16. The inspection did not find any areas for priority and immediate action.",
    "• No areas for priority action were identified.",
    "• There are no additional areas for priority action.",
    "• Inspectors identified no areas for priority action.",
    "• None.",
    "None",
    "None was identified at this inspection.",
]


@pytest.mark.parametrize("sentence", NOTHING)
def test_a_paragraph_that_says_that_there_is_nothing_is_no_item(sentence: str) -> None:
    assert urgent(sentence) == []


@pytest.mark.parametrize("sentence", ["None of the plans is clear.", "No priority is given to visits."])
def test_an_item_may_begin_like_a_sentence_that_there_is_nothing(sentence: str) -> None:
    assert urgent(f"1. {sentence}") == [sentence]


def test_a_table_of_contents_may_print_a_heading_without_its_page() -> None:
    contents = "Recommendations\nSummary for children and young people 5\nInspection findings 7\n"
    found = report(SIF_FRONT + contents, f"Recommendations\n1. See children.\n{SIF_END}")
    assert [item.text for item in found.improvements or ()] == ["See children."]


AGED = "■ The help for young people aged\n17.\n■ The choice of homes"


def test_a_number_wrapped_into_a_line_of_its_own_ends_neither_the_item_nor_the_list() -> None:
    for further in ("", "\n■ What is done before they are\n18. Then as well"):
        listed = f"What needs to improve?\n{AGED}{further}\n{ILACS_END}"
        assert [item.text for item in report(FRONT, listed).improvements or ()] == [
            *("The help for young people aged 17.", "The choice of homes"),
            *(["What is done before they are 18. Then as well"] if further else []),
        ]


def test_a_list_ends_where_the_numbered_paragraphs_begin() -> None:
    first, later = "1. Children are seen.\n2. Plans are clear.", "31. Children are seen.\n32. Plans are clear."
    for ended, body in ((".", first), ("", first), (".", later)):
        found = report(FRONT, f"What needs to improve?\n■ The recording of visits{ended}\n{body}\n{ILACS_END}")
        assert [item.text for item in found.improvements or ()] == [f"The recording of visits{ended}"]


def test_a_number_at_the_beginning_of_a_line_may_belong_to_a_sentence() -> None:
    listed = """
1. See children sooner (page 9, paragraphs 19,
94).
2. Write down why a case is closed (paragraph
12). Tell families.
3. Look after young people aged
16. Then look again.
"""
    assert recommended(listed) == [
        "See children sooner (page 9, paragraphs 19, 94).",
        "Write down why a case is closed (paragraph 12). Tell families.",
        "Look after young people aged 16. Then look again.",
    ]


def test_headings_between_items_are_no_part_of_them() -> None:
    listed = """
Leadership, management and governance
1. See that every manager knows what is going on in their own teams at all times.
Quality of practice
2. See children sooner.
Children looked after and those
who have left care
3. Find homes.
Response at the ‘front door’
4. Visit.
"""
    assert recommended(listed) == [
        "See that every manager knows what is going on in their own teams at all times.",
        "See children sooner.",
        "Find homes.",
        "Visit.",
    ]


def test_what_only_looks_like_a_heading_belongs_to_its_item() -> None:
    listed = """
1. See children sooner.
(National Framework)
2. Find homes for those in
North Mercia and Wessex
3. Visit. (Outcome 2,
National Framework)
4. Write it down.
Tell the families, too.
5. Find carers.
"""
    assert recommended(listed) == [
        "See children sooner. (National Framework)",
        "Find homes for those in North Mercia and Wessex",
        "Visit. (Outcome 2, National Framework)",
        "Write it down. Tell the families, too.",
        "Find carers.",
    ]


LONG = "Much has been done about it since the last time, and there is more to do than can be said here in one line"
LETTER = FRAMEWORKS["jtai"].examples[0].text


def improved(listed: str) -> list[str]:
    """What needs to improve in a joint inspection's letter with this list."""
    begin, end = LETTER.index("\nLeadership\n"), LETTER.index("\nAreas for priority action")
    found = read((LETTER[:begin] + f"\n{listed.strip()}" + LETTER[end:]).encode())
    assert isinstance(found, Report)
    return [item.text for item in found.improvements or ()]


def test_an_item_may_have_several_paragraphs() -> None:
    listed = f"""
• Children wait. {LONG}.
They should not.
Nor should families.
• Plans are late. {LONG}
or two.
Health partners should also see to it that:
• their notes are full. {LONG}
or two.
This closing paragraph is nobody’s.
"""
    assert improved(listed) == [
        f"Children wait. {LONG}. They should not. Nor should families.",
        f"Plans are late. {LONG} or two.",
        f"their notes are full. {LONG} or two.",
    ]


@pytest.mark.parametrize("title", ["Case study: area for improvement", "Practice study: areas for improvement."])
def test_a_case_told_below_a_list_is_no_part_of_it(title: str) -> None:
    listed = f"""
• Children wait. {LONG}.
They should not.
{title}
All names are invented.
Jo waited for a year, and then for another.
"""
    assert improved(listed) == [f"Children wait. {LONG}. They should not."]


def test_a_box_at_the_foot_of_a_page_may_stand_in_the_middle_of_an_item() -> None:
    page = LETTER.index("\nLeadership\n")
    first = f"{LETTER[:page]}\n• Children wait, and\nPractice study: good practice\nJo waited.\n"
    end = "\n• Plans are late.\nNext steps\n"
    for goes_on, text in (
        ("nobody asks why.", "Children wait, and nobody asks why."),
        ("Jo is well.", "Children wait, and"),
    ):
        found = report(first, goes_on + end)
        assert [item.text for item in found.improvements or ()] == [text, "Plans are late."]
    found = report(first.replace("waited.", "waited and"), "was heard." + end)
    assert [item.text for item in found.improvements or ()] == ["Children wait, and", "Plans are late."]


def test_the_last_numbered_item_may_end_in_a_paragraph_of_its_own() -> None:
    assert recommended(f"1. See children. {LONG}.\n2. Visit.\nTell them why.") == [
        f"See children. {LONG}.",
        "Visit. Tell them why.",
    ]


def test_sub_items_are_marked_alike_whatever_marks_them() -> None:
    by_number = """
1. Improve plans by:
– seeing children
– asking them, and
listening.
2. Do better at:
1) visits
2) notes.
"""
    assert recommended(by_number) == [
        "Improve plans by: • seeing children • asking them, and listening.",
        "Do better at: • visits • notes.",
    ]
    in_a_cell = "Leaders should improve plans by:\n◼ seeing children; and\n◼ asking them."
    assert [item.text for item in send(in_a_cell).improvements or ()] == [
        "Leaders should improve plans by: • seeing children; and • asking them."
    ]


def test_the_heading_that_ends_a_section_may_be_printed_at_the_end_of_its_last_line() -> None:
    assert urgent("1. See children sooner. Areas for improvement") == ["See children sooner."]


def test_what_the_board_must_do_is_not_the_authoritys() -> None:
    board = f"{BOARD}Executive summary\nThe board meets.\nPriority and immediate action\n105. Meet.\n106. Meet more.\n"
    found = report(SIF_FRONT, f"Recommendations\n1. See children.\n{SIF_END}", board)
    assert ([item.text for item in found.improvements or ()], found.priority_actions) == (["See children."], ())


def test_the_end_of_a_sentence_is_no_heading_of_a_list() -> None:
    prose = "Managers checked what became of earlier\nrecommendations.\n42. Plans are clear.\n43. Notes are full.\n"
    section = f"Areas for improvement\n2. See children.\n3. Visit.\n{SIF_END}"
    found = report(SIF_FRONT, section, prose)
    assert [item.text for item in found.improvements or ()] == ["See children.", "Visit."]


def test_strengths_listed_below_are_no_recommendations() -> None:
    strengths = "The local authority has the following strengths:\n3. Notes are full.\n"
    assert recommended(f"1. See children.\n2. Visit.\n{strengths}") == ["See children.", "Visit."]


ROWS = """
Responsible body Areas for priority action
Cornwall Council and NHS
Cornwall Integrated Care
Board
Leaders should at once and together, in all that they do:
• see to the needs of children and young people with
SEND in the local area;
• shorten the waits
and tell families what they are told by the services that they
work with.
Cornwall Council Cornwall Council leaders should keep children safe who live
elsewhere, particularly:
• those in hospital.
"""


def test_short_lines_of_a_cell_are_no_names_of_bodies() -> None:
    assert [item.text for item in send(ROWS, "Areas for priority action").priority_actions] == [
        "Leaders should at once and together, in all that they do: • see to the needs of children and young people "
        "with SEND in the local area; • shorten the waits and tell families what they are told by the services that "
        "they work with.",
        "Cornwall Council leaders should keep children safe who live elsewhere, particularly: • those in hospital.",
    ]


def test_the_number_of_a_page_may_be_wrapped_out_of_its_running_line() -> None:
    first, rest = "What needs to improve?\n■ How soon", "families are answered.\n"
    pages = [f"{text}\nInspection of Shropshire, 7 to 18 October\n2024 {n}" for n, text in enumerate((first, rest), 2)]
    found = report(FRONT, pages[0], pages[1].replace("answered.", "answered.\n" + ILACS_END))
    assert [item.text for item in found.improvements or ()] == ["How soon families are answered."]


def test_the_foot_of_a_letters_paper_is_not_its_text() -> None:
    first = FRONT + "What needs to improve?\n■ How soon\nOfsted is proud to use recycled paper"
    found = report(first, "families are answered.\n" + ILACS_END)
    assert [item.text for item in found.improvements or ()] == ["How soon families are answered."]


VISIT = FRAMEWORKS["visits"].examples[0].text
LETTERHEAD = """
Ofsted
Piccadilly Gate
Store Street
Manchester M1 2WD
T 0300 123 1231
Textphone 0161 618
8524
enquiries@ofsted.
gov.uk
www.gov.uk/ofsted
"""


@pytest.mark.parametrize("before", ["The recording of visits.", "the safety of children", "The advice"])
def test_a_letterhead_below_the_salutation_is_no_part_of_what_stands_around_it(before: str) -> None:
    place = VISIT.index(before) + len(before)
    first, rest = VISIT[:place], VISIT[place:].strip()
    assert report(first + LETTERHEAD, rest) == report(first, rest)
    assert report(first + LETTERHEAD + rest) == report(VISIT)


def test_a_line_that_is_also_in_a_letterhead_belongs_to_its_item() -> None:
    found = report(VISIT.replace("visits.", "visits in\nManchester."))
    assert next(item.text for item in found.improvements or ()) == "The recording of visits in Manchester."


PLANS = "Plans are late and do not say\nwhat must change."
PROSE = f"{PLANS}\nFamilies do not know whom they can ask when they need help with\ntheir children at night."
TOLD = [
    "Plans are late and do not say what must change.",
    "Families do not know whom they can ask when they need help with their children at night.",
]


def told(prose: str, heading: str) -> Report:
    """A visit's letter in which this stands under a heading."""
    begin = VISIT.index(f"\n{heading}") + 1
    begin = VISIT.index("\n", begin) + 1
    end = VISIT.index("What needs" if "action" in heading else "Main findings")
    return report(f"{VISIT[:begin]}{prose}\n{VISIT[end:]}")


def test_a_section_told_in_prose_has_a_paragraph_for_each_item() -> None:
    led = f"The local authority needs to act on these:\n{PROSE}"
    for prose in (PROSE, led):
        found = told(prose, "What needs to improve")
        assert ([item.text for item in found.improvements or ()], found.problems) == (TOLD, ())
    found = told(led, "Area for priority action")
    assert ([item.text for item in found.priority_actions], found.problems) == (TOLD, ())


def test_prose_on_what_became_of_an_area_for_priority_action_is_no_such_area() -> None:
    found = told(f"The area named in 2021 has seen much progress. More needs to be done.\n{PROSE}", "Area for priority")
    assert found.priority_actions == ()
    assert "under “Area for priority action” on page 1 is prose" in found.problems[0]


UNTOLD = {
    "a heading between": f"{PROSE}\nManagers\nThey do not look at what is done.",
    "no end": f"{PROSE}\nManagers do not look at what is done and",
    "a box": f"{PROSE}\nPractice study: good practice.\nJo was heard.",
    "only what leads to it": "The local authority needs to act on these:",
}


@pytest.mark.parametrize("prose", UNTOLD.values(), ids=UNTOLD)
def test_prose_whose_paragraphs_cannot_be_told_apart_is_said_and_not_repeated(prose: str) -> None:
    found = told(prose, "What needs to improve")
    assert found.improvements is None
    assert found.problems == (
        "The text under “What needs to improve in this area of social work practice?” on page 1 is prose, not a list, "
        "so it is not repeated here.",
    )
    assert "under “Area for priority action” on page 1" in told(prose, "Area for priority action").problems[0]


def test_prose_that_names_nothing_lists_nothing() -> None:
    found = told("There are a small number of areas in which practice varies.", "What needs to improve")
    assert (found.improvements, found.problems) == ((), ())


@pytest.mark.parametrize("stand", ["set in the letter of March\n2020 remain", "continue to be those of the last one"])
def test_a_section_may_only_say_that_what_was_named_earlier_still_stands(stand: str) -> None:
    found = told(f"The areas for priority action {stand}. Nothing is added.", "Area for priority action")
    assert found.priority_actions == ()
    assert len(found.problems) == 1
    assert "“Area for priority action” on page 1 it only says that those named earlier still stand" in found.problems[0]


def test_two_services_may_each_have_their_own_list() -> None:
    text = FRAMEWORKS["slac"].examples[0].text
    for title, improve in (("Capacity for improvement\n", "see children"), ("Being healthy\n", "visit")):
        place = text.rindex("\n" + title + "Grade") if improve == "visit" else text.index("\n" + title + "Grade")
        listed = f"\nAreas for improvement\n14. The partners should act.\nImmediately:\n■ {improve}.\nHow good are we"
        text = text[:place] + listed + text[place:]
    found = read(text.encode())
    assert isinstance(found, Report)
    assert [item.text for item in found.improvements or ()] == ["see children.", "visit."]
