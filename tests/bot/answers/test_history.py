"""Every inspection and letter of an authority."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from bot.answers.history import PAGE
from bot.commands import answer, parse
from bot.types import Paragraph, Strong
from judgements.types import Report
from storage.store import Store
from storage.types import KnownDocument
from tests.bot.answers.conftest import Ask
from tests.bot.examples import ALICE, HISTORY, T0, UNREAD, WEST_SUSSEX, intent
from tests.bot.histories import fill, many

CUMBRIA, CUMBERLAND, SURREY = "135513", "2733690", "80567"


def heads(blocks: object) -> list[str]:
    told = [block for block in blocks if isinstance(block, Paragraph)]  # type: ignore[attr-defined]
    return [run.text for block in told for run in block.lines[0] if isinstance(run, Strong)]


def test_documents_are_told_from_the_oldest_on_each_with_how_it_moved(sqlite_store: Store) -> None:
    sqlite_store.apply(intent(*reversed(HISTORY)))
    card = answer(parse("history west-sussex"), sqlite_store, T0, ALICE).card
    assert heads(card.blocks) == [
        "Inspection of children's services, 25 February to 8 March 2019",
        "Inspection of children's services, 13 to 24 March 2023",
        "Focused visit, 16 to 17 July 2024",
        "Area SEND inspection, 4 to 8 November 2024",
    ]
    second = card.blocks[2]
    assert isinstance(second, Paragraph)
    assert second.lines[1:3] == (
        ("▲ Overall effectiveness: inadequate → requires improvement to be good",),
        ("▲ Leadership: inadequate → requires improvement to be good",),
    ), "a line for each judgement"
    assert "⚠ 1 area for priority action" in str(card.blocks)
    assert card.sentence == "West Sussex: 4 documents, published from 8 May 2019 to 14 January 2025."


def test_what_was_not_read_stands_in_its_place_and_says_so(sqlite_store: Store) -> None:
    sqlite_store.apply(intent(*HISTORY, UNREAD))
    card = answer(parse("history west-sussex"), sqlite_store, T0, ALICE).card
    assert str(card.blocks[-2]).endswith("'; not yet read'),))")


def test_the_picture_goes_with_the_first_page_and_says_in_words_what_it_shows(ask: Ask) -> None:
    (picture,) = ask("history blackpool").files
    assert picture.content.startswith(b"\x89PNG")
    assert picture.name == "blackpool-timeline.png"
    assert "June 2026 no overall grade given, areas: 3 outstanding and 1 good" in picture.alt


def test_documents_of_one_day_are_said_to_be_of_that_day(sqlite_store: Store) -> None:
    sqlite_store.apply(intent(HISTORY[0]))
    card = answer(parse("history west-sussex"), sqlite_store, T0, ALICE).card
    assert card.sentence == "West Sussex: 1 document, published on 8 May 2019."


def test_what_is_not_on_the_page_any_more_is_no_history(sqlite_store: Store) -> None:
    sqlite_store.apply(intent(replace(HISTORY[0], withdrawn_at=T0)))
    assert not answer(parse("history west-sussex"), sqlite_store, T0, ALICE).answered


def test_a_history_leads_to_the_form_for_a_wrong_reading_of_any_of_its_documents(ask: Ask) -> None:
    assert [button.command for button in ask("history blackpool").card.buttons if button.action] == ["80431/"]


def test_a_long_history_has_pages(sqlite_store: Store) -> None:
    fill(sqlite_store, many({WEST_SUSSEX: HISTORY}, 5))
    first, second = (answer(parse(f"history west-sussex{page}"), sqlite_store, T0, ALICE) for page in ("", " page 2"))
    assert len(heads(first.card.blocks)) == PAGE
    assert len(heads(second.card.blocks)) == 5 * len(HISTORY) - PAGE
    assert (len(first.files), len(second.files)) == (1, 0)
    assert first.card.buttons[0].command == "history west-sussex page 2"


def test_an_authority_without_documents_says_so(ask: Ask) -> None:
    reply = ask("history bolton")
    assert (reply.answered, reply.files) == (False, ())
    assert reply.card.sentence.endswith("Ofsted lists no documents on Bolton.")


def test_an_authority_that_is_no_more_leads_to_its_successors(ask: Ask) -> None:
    reply = ask("history cumbria")
    assert "was abolished on 1 April 2023" in reply.card.sentence
    assert sorted(button.command for button in reply.card.buttons) == [
        "history cumberland",
        "history westmorland-and-furness",
    ]


def test_a_successor_shows_the_documents_of_those_it_took_over_from_with_their_name(sqlite_store: Store) -> None:
    own, inherited = HISTORY[-1], HISTORY[0]
    sqlite_store.apply(replace(intent(_of(inherited, CUMBRIA)), urn=CUMBRIA))
    sqlite_store.apply(replace(intent(_of(own, CUMBERLAND)), urn=CUMBERLAND))
    card = answer(parse("history cumberland"), sqlite_store, T0, ALICE).card
    first, second = [block for block in card.blocks if isinstance(block, Paragraph)][1:3]
    assert first.lines[0][0] == "Cumbria: "
    assert isinstance(second.lines[0][0], Strong)
    assert "2 documents" in card.sentence


def test_a_new_authority_without_documents_shows_what_it_inherited(sqlite_store: Store) -> None:
    sqlite_store.apply(replace(intent(_of(HISTORY[0], SURREY)), urn=SURREY))
    april_2027 = datetime(2027, 4, 2, 9, tzinfo=UTC)
    reply = answer(parse("history east surrey"), sqlite_store, april_2027, ALICE)
    assert reply.answered
    assert "Surrey: " in str(reply.card.blocks)


def test_no_inspection_is_set_beside_a_predecessors(sqlite_store: Store) -> None:
    """Two authorities are two: what one was given says nothing of how the other has moved."""
    sqlite_store.apply(replace(intent(_of(HISTORY[0], CUMBRIA)), urn=CUMBRIA))
    sqlite_store.apply(replace(intent(_of(HISTORY[1], CUMBERLAND)), urn=CUMBERLAND))
    card = answer(parse("history cumberland"), sqlite_store, T0, ALICE).card
    assert "▲" not in str(card.blocks)


def _of(document: KnownDocument, urn: str) -> KnownDocument:
    assert isinstance(document.reading, Report)
    listing = replace(document.listing, urn=urn)
    return replace(document, listing=listing, reading=replace(document.reading, authority=urn))
