"""What an alert says, and what it must not say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot import words
from bot.alerting import alerts
from bot.types import Bullets, Card, Grades, Paragraph
from judgements.types import ChangeKind, Kind, NotRead, Report, Status
from tests.bot.examples import BEFORE, CHANGES, IN_2023, IN_2026, T0, change, inspection, items


def bullets(card: Card | None) -> dict[str, Bullets]:
    assert card is not None
    return {block.title: block for block in card.blocks if isinstance(block, Bullets)}


def test_priority_actions_stand_before_everything_else() -> None:
    card = alerts.headline(CHANGES["declined_with_priority_actions"], T0)
    assert isinstance(card.blocks[0], Bullets)
    assert card.blocks[0].title == "⚠ 1 area for priority action"
    assert card.title.startswith("⚠ ")
    assert "⚠ 1 area for priority action; " in card.sentence


def test_three_areas_stand_in_the_headline_and_all_in_the_thread() -> None:
    in_headline = bullets(alerts.headline(CHANGES["improved"], T0))["5 areas for improvement"]
    in_thread = bullets(alerts.detail(CHANGES["improved"]))["5 areas for improvement"]
    assert (len(in_headline.items), in_headline.left_out) == (3, 2)
    assert (len(in_thread.items), in_thread.left_out) == (5, 0)


def test_overall_effectiveness_is_the_first_row_and_every_judgement_is_there() -> None:
    (grades,) = [block for block in alerts.headline(CHANGES["improved"], T0).blocks if isinstance(block, Grades)]
    assert grades.rows[0].name == "Overall effectiveness"
    assert len(grades.rows) == 5
    assert all(row.page for row in grades.rows)


def test_an_overall_grade_that_is_no_longer_given_is_no_loss() -> None:
    card = alerts.headline(CHANGES["no_overall_any_more"], T0)
    (grades,) = [block for block in card.blocks if isinstance(block, Grades)]
    assert (grades.rows[-1].name, grades.rows[-1].movement) == ("Overall effectiveness", "no longer judged")
    assert grades.rows[-1].why == "Ofsted gives no overall grade for inspections from April 2026"
    assert card.title == "West Sussex: 3 judgements improved"


def test_a_report_read_in_part_says_so_in_title_sentence_and_text() -> None:
    card = alerts.headline(CHANGES["read_in_part"], T0)
    assert card.title.endswith("(read in part)")
    assert "; some of it could not be read with certainty. " in card.sentence
    (unread,) = [block for title, block in bullets(card).items() if title.startswith("Parts of this report could not")]
    assert unread.items == (("overall effectiveness: the table and the text disagree",),)


def test_a_document_that_was_not_read_is_news_without_any_grade() -> None:
    card = alerts.headline(CHANGES["not_read"], T0)
    assert card.title == "West Sussex: new document, judgements not yet read"
    assert not any(isinstance(block, Grades) for block in card.blocks)
    assert alerts.detail(CHANGES["not_read"]) is None


def test_a_councils_own_report_is_never_told_as_ofsteds() -> None:
    report = replace(inspection("GGGG", "G", IN_2026), kind=Kind.COUNCIL_REPORT)
    told = change(report, kind=ChangeKind.NOT_READ)
    card = alerts.headline(told, T0)
    assert "good" not in str(card)
    assert "the council's own report" in str(card)
    assert alerts.detail(told) is None


def test_a_document_that_was_replaced_by_something_that_is_not_read_says_so_in_every_form() -> None:
    unread = change(NotRead(status=Status.NOT_A_REPORT, why="it is a form"), kind=ChangeKind.CORRECTED)
    gone = replace(unread, instead_of=inspection("GGGG", "G", IN_2026))
    title = "West Sussex: republished document, judgements not yet read"
    assert alerts.headline(gone, T0).title == alerts.whole(gone, T0).title == alerts.said(gone) == title
    assert title in str(alerts.compact(gone, T0).blocks)
    assert "Corrected at 09:36 BST" in str(alerts.headline(gone, T0, altered=True))
    assert "Overall effectiveness: no longer stated; it was good." in alerts.note(gone, T0).sentence


def test_a_letter_that_was_not_read_whole_does_not_say_that_it_has_no_priority_actions() -> None:
    letter = CHANGES["joint_inspection"].reading
    assert isinstance(letter, Report)
    unsure = replace(CHANGES["joint_inspection"], reading=replace(letter, problems=("a heading is missing",)))
    assert "no areas for priority action" in str(alerts.headline(CHANGES["joint_inspection"], T0))
    assert "no areas for priority action" not in str(alerts.headline(unsure, T0))


def test_a_monitoring_visit_says_which_it_is_and_since_when() -> None:
    card = alerts.headline(CHANGES["monitoring_visit"], T0)
    assert "third monitoring visit" in card.sentence
    assert ("This is the third visit since the authority was judged inadequate in May 2019.",) in _lines(card)


def _lines(card: Card) -> list[object]:
    return [line for block in card.blocks if isinstance(block, Paragraph) for line in block.lines]


@pytest.mark.parametrize(
    ("now", "title"),
    [
        ("G", "▲ West Sussex improved overall: requires improvement to be good → good"),
        ("I", "▼ West Sussex declined overall: requires improvement to be good → inadequate"),
        ("R", "= West Sussex: still requires improvement to be good overall"),
    ],
)
def test_the_title_tells_how_the_overall_grade_moved(now: str, title: str) -> None:
    assert alerts.headline(change(inspection("RRRR", now, IN_2026), BEFORE), T0).title == title


def test_an_inspection_whose_dates_and_list_are_missing_is_told_all_the_same() -> None:
    bare = inspection("GGGG", "G", IN_2026, inspection=None, improvements=None, lead_inspectors=())
    card = alerts.headline(change(bare), T0)
    assert "Inspected" not in str(card)
    assert bullets(card) == {}


def test_recommendations_of_the_single_framework_are_called_so() -> None:
    report = inspection("IRGRI", "I", IN_2026, "sif", "2013", improvements=items(2))
    assert "2 recommendations" in bullets(alerts.headline(change(report), T0))


@pytest.mark.parametrize("name", [name for name, change in CHANGES.items() if change.listing.file_id])
def test_a_sentence_begins_with_the_title_for_a_phone_shows_no_more(name: str) -> None:
    card = alerts.headline(CHANGES[name], T0)
    assert card.sentence.startswith(card.title.split(":")[0])
    assert card.sentence.replace("published on", "published").count("published 20 August 2026") == 1


def test_a_sentence_tells_every_judgement_by_its_short_name_and_the_overall_grade_once() -> None:
    assert alerts.headline(CHANGES["declined_with_priority_actions"], T0).sentence == (
        "⚠ ▼ West Sussex declined overall: requires improvement to be good → inadequate. "
        "⚠ 1 area for priority action; leadership: requires improvement to be good → inadequate; "
        "help and protection: still requires improvement to be good; "
        "children in care: still requires improvement to be good; "
        "care leavers: requires improvement to be good → good. "
        "Inspection of children's services, published 20 August 2026."
    )


def test_a_sentence_tells_an_overall_grade_that_the_title_does_not_tell_whole() -> None:
    told = alerts.headline(change(inspection("RRRR", "R", IN_2026), inspection("RRRR", "-", IN_2023)), T0).sentence
    assert told.startswith("West Sussex: requires improvement to be good overall. Overall effectiveness: not judged → ")
    assert "→ requires improvement to be good (newly judged); leadership: still " in told


def test_the_day_of_publication_stands_once_in_an_alert() -> None:
    for name in ("improved", "not_read", "monitoring_visit"):
        assert str(alerts.headline(CHANGES[name], T0).blocks).count("ublished 20 August 2026") == 1


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("Ada Example",), "Lead inspector: Ada Example."),
        (("Ada Example", "Bea Sample"), "Lead inspectors: Ada Example and Bea Sample."),
    ],
)
def test_one_inspector_leads_or_several_do(names: tuple[str, ...], said: str) -> None:
    told = alerts.detail(change(inspection("GGGG", "G", IN_2026, lead_inspectors=names)))
    assert said in str(told)


@pytest.mark.parametrize(
    ("name", "leads_to"),
    [
        ("improved", ["why west-sussex"]),
        ("send_declined", ["why west-sussex send"]),
        ("focused_visit_with_priority_action", []),
        ("joint_inspection", []),
        ("not_read", []),
    ],
)
def test_an_alert_leads_to_its_own_grades_and_a_letter_to_none(name: str, leads_to: list[str]) -> None:
    buttons = alerts.headline(CHANGES[name], T0).buttons
    assert [button.command for button in buttons if button.label == words.WHY_BUTTON] == leads_to
