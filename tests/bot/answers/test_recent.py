"""What was published lately."""

from __future__ import annotations

import pytest

from bot.answers.recent import Recent
from bot.commands import parse
from bot.types import Bullets, Card
from tests.bot.answers.conftest import Ask
from tests.bot.said import plain


def told(card: Card) -> list[Bullets]:
    return [block for block in card.blocks if isinstance(block, Bullets)]


def days(card: Card) -> list[str]:
    """When each of the documents was published."""
    return [plain(block.items[-1]).partition("published ")[2] for block in told(card)]


@pytest.mark.parametrize(
    ("typed", "command"),
    [
        ("recent", Recent()),
        ("recent 14d", Recent(14)),
        ("recent 3 weeks", Recent(21)),
        ("recent last 2 days", Recent(2)),
        ("recent region london", Recent(7, "london")),
        ("recent london 30d", Recent(30, "london")),
        ("recent 30d region south-east page 2", Recent(30, "south-east", 2)),
        ("recent in the north east", Recent(7, "the north east")),
        ("recent 1m england", Recent(31)),
        ("recent month", Recent(31)),
        ("recent this week region london", Recent(7, "london")),
        ("recent two weeks", Recent(14)),
        ("recent 90", Recent(90)),
        ("recent today", Recent(since="today")),
        ("recent since june region london", Recent(7, "london", since="june")),
        ("recent london since 1 june", Recent(7, "london", since="1 june")),
    ],
)
def test_days_and_region_stand_in_any_order(typed: str, command: Recent) -> None:
    assert parse(typed) == command


def test_the_newest_day_comes_first_and_each_document_says_how_it_moved(ask: Ask) -> None:
    card = ask("recent 30d").card
    assert days(card) == ["20 August 2026", "18 August 2026", "4 August 2026", "28 July 2026"]
    assert told(card)[0].title == "Lancashire: 2 judgements improved"
    assert told(card)[0].items[0] == ("▲ Leadership: good → outstanding",)
    assert card.sentence == "Published in the last 30 days: 4 documents."


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("recent today", "Published today"),
        ("recent yesterday", "Published in the last 2 days"),
        ("recent since 1 august region london", "London: published in the last 21 days"),
    ],
)
def test_days_are_counted_from_the_one_that_was_named(typed: str, first: str, ask: Ask) -> None:
    assert ask(typed).card.title == first


@pytest.mark.parametrize("typed", ["recent since tomorrow", "recent since the flood"])
def test_since_no_day_is_refused_with_an_example(typed: str, ask: Ask) -> None:
    reply = ask(typed)
    assert not reply.answered
    assert "/judgements recent since 1 june" in reply.card.sentence


def test_a_region_leaves_the_others_out(ask: Ask) -> None:
    card = ask("recent 30d region north-east").card
    assert days(card) == ["4 August 2026"]


def test_nothing_published_says_how_to_look_further_back(ask: Ask) -> None:
    card = ask("recent 2d region london").card
    assert card.sentence == "London: published in the last 2 days: nothing."
    assert "The latest document in all of England was published on 20 August 2026." in str(card.blocks)
    assert "To look further back: /judgements recent 4d region london." in str(card.blocks)
    assert "further back" not in str(ask("recent 366d region london").card.blocks)


def test_a_long_list_has_pages(ask: Ask) -> None:
    first, second = ask("recent 366d").card, ask("recent 366d page 2").card
    assert first.buttons[0].command == "recent 366d page 2"
    assert days(first)[0] == "20 August 2026"
    assert days(first)[-1] != days(second)[-1]
    assert len(told(first)) == 10


@pytest.mark.parametrize("typed", ["recent 0d", "recent 9999d", "recent 400w"])
def test_no_day_and_too_many_days_are_refused_with_what_can_be_told(typed: str, ask: Ask) -> None:
    assert ask(typed).card.sentence.startswith("You can look back from 1 to 366 days")


def test_a_region_that_is_none_is_asked_about_with_the_same_days(ask: Ask) -> None:
    reply = ask("recent 14d region narnia")
    assert not reply.answered
    assert reply.card.buttons[0].command == "recent 14d region east-midlands"


def test_of_one_authority_its_history_is_offered(ask: Ask) -> None:
    for typed in ("recent kent", "recent 14d for kent"):
        reply = ask(typed)
        assert not reply.answered
        assert [button.command for button in reply.card.buttons] == ["history kent"]


@pytest.mark.parametrize("typed", ["recent letters", "recent downgrades 14d", "recent londno"])
def test_what_is_neither_time_nor_region_is_named_with_the_right_form(typed: str, ask: Ask) -> None:
    reply = ask(typed)
    assert (reply.answered, reply.card.buttons) == (False, ())
    assert reply.card.sentence.endswith("for example /judgements recent 14d region south-east.")
