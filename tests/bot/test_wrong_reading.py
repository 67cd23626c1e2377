"""“This reading is wrong”: the form, and what those who run the bot are told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot import words, wrong_reading
from inspection_watch.demo.histories import PAST
from judgements.types import Report
from storage.types import KnownDocument
from tests.bot.examples import ALICE, HISTORY, HOSTILE, UNREAD
from tests.bot.histories import document
from tests.bot.validators import check, check_view

DOCUMENT = next(one for one in reversed(HISTORY) if isinstance(one.reading, Report) and one.reading.overall)
REFERENCE = wrong_reading.reference(DOCUMENT.listing.urn, DOCUMENT.listing.file_id)


def filled_in(text: str | None) -> dict[str, Any]:
    """The form as Slack sends it back."""
    form = wrong_reading.form((DOCUMENT,), "C01GEN")
    values = {wrong_reading.FIELD: {wrong_reading.INPUT: {"type": "plain_text_input", "value": text}}}
    return {**form, "id": "V1", "state": {"values": values}}


def test_the_form_shows_what_was_read() -> None:
    said = json.dumps(wrong_reading.form((DOCUMENT,), "C01GEN"), ensure_ascii=False)
    assert isinstance(DOCUMENT.reading, Report)
    assert DOCUMENT.reading.overall
    assert f"Overall effectiveness: {words.GRADES[DOCUMENT.reading.overall.grade]}" in said


@pytest.mark.parametrize("of", [*HISTORY, UNREAD, *(document(past, n) for n, past in enumerate(PAST[::7]))])
def test_form_report_and_thanks_are_ones_that_slack_takes(of: KnownDocument) -> None:
    check_view(wrong_reading.form((of,), "C01GEN"))
    thanks, report = wrong_reading.messages_about(of, ALICE, HOSTILE * 20, "C0OPS", "V1")
    check(thanks.message)
    check(report.message, (f"@{ALICE.user}",))


def test_of_several_documents_the_form_asks_which_the_newest_first() -> None:
    form = wrong_reading.form((*HISTORY, UNREAD), "C01GEN")
    (choice,) = [block for block in form["blocks"] if block["block_id"] == wrong_reading.WHICH]
    options = choice["element"]["options"]
    assert [one["text"]["text"] for one in options[:2]] == [
        "Children's services inspection, published 4 August 2026",
        "Area SEND inspection, published 14 January 2025",
    ]
    assert all(len(one["text"]["text"]) <= 75 and len(one["value"]) <= 75 for one in options)
    chosen = {wrong_reading.CHOSEN: {"type": "static_select", "selected_option": options[-1]}}
    written = {wrong_reading.INPUT: {"type": "plain_text_input", "value": "It says good."}}
    state = {"values": {wrong_reading.WHICH: chosen, wrong_reading.FIELD: written}}
    assert wrong_reading.written({**form, "state": state}) == wrong_reading.Written(
        reference=options[-1]["value"], channel="C01GEN", text="It says good."
    )


def test_of_more_documents_than_slack_offers_the_newest_are_offered() -> None:
    form = wrong_reading.form(HISTORY * 40, "C01GEN")
    (choice,) = [block for block in form["blocks"] if block["block_id"] == wrong_reading.WHICH]
    assert len(choice["element"]["options"]) == 100


def test_what_comes_back_names_the_document_the_channel_and_the_words() -> None:
    assert wrong_reading.written(filled_in("It says inadequate.")) == wrong_reading.Written(
        reference=REFERENCE, channel="C01GEN", text="It says inadequate."
    )


def test_an_empty_field_and_a_strange_form_are_nothing_and_break_nothing() -> None:
    assert wrong_reading.written(filled_in(None)).text == ""
    assert wrong_reading.written({}) == wrong_reading.Written(reference="/", channel="", text="")
    assert wrong_reading.referred("nonsense") == ("", "")


def test_operators_and_the_person_are_told_once_for_each_form() -> None:
    told = wrong_reading.messages_about(DOCUMENT, ALICE, "It says inadequate.", "C0OPS", "V1")
    assert [one.channel for one in told] == [ALICE.user, "C0OPS"]
    assert len({one.key for one in told}) == 2
    again = wrong_reading.messages_about(DOCUMENT, ALICE, "It says inadequate.", "C0OPS", "V1")
    assert [one.key for one in again] == [one.key for one in told]
    said = json.dumps(told[1].message.blocks, ensure_ascii=False)
    assert "It says inadequate." in said
    assert DOCUMENT.listing.url in said


def test_without_operators_the_person_is_told_that_nobody_was() -> None:
    (thanks,) = wrong_reading.messages_about(DOCUMENT, ALICE, "Wrong.", "", "V1")
    assert "Nobody is set up here" in thanks.message.text


def test_what_a_person_writes_pings_nobody() -> None:
    _, report = wrong_reading.messages_about(DOCUMENT, ALICE, HOSTILE, "C0OPS", "V1")
    said = json.dumps(report.message.blocks, ensure_ascii=False)
    assert "<!channel>" not in said
    assert f"<@{ALICE.user}>: " in said, "but who wrote is named"
