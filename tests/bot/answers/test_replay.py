"""A past day again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.answers.replay import Replay
from bot.commands import answer, parse
from bot.types import Bullets, Card
from storage.store import Store
from tests.bot.answers.conftest import Ask
from tests.bot.examples import ALICE, HISTORY, T0, intent


def titles(card: Card) -> list[str]:
    return [block.title for block in card.blocks if isinstance(block, Bullets)]


@pytest.mark.parametrize("typed", ["2024-07-12", "12 July 2024", "12/07/2024", "12.7.2024", "Friday 12 July 2024"])
def test_a_day_may_be_written_as_people_do(typed: str, ask: Ask) -> None:
    assert ask(f"replay {typed}", None).card == ask("replay 2024-07-12", None).card


def test_ten_authorities_of_one_morning_are_told_as_they_would_have_been(ask: Ask) -> None:
    first, second = ask("replay 2024-07-12", None).card, ask("replay 2024-07-12 page 2", None).card
    told = titles(first) + titles(second)
    assert len(told) == 12
    assert "▼ Halton declined overall: requires improvement to be good → inadequate" in told
    assert "▲ Leicestershire improved overall: requires improvement to be good → outstanding" in told


def test_what_came_later_is_not_known_that_day(ask: Ask) -> None:
    told = titles(ask("replay 2019-05-08", None).card)
    assert "▼ West Sussex declined overall: requires improvement to be good → inadequate" in told


def test_a_channel_is_told_what_it_is_subscribed_to_and_only_the_asker_sees_it(sqlite_store: Store) -> None:
    sqlite_store.apply(intent(*HISTORY))

    def replayed() -> Card:
        reply = answer(Replay("2023-05-12"), sqlite_store, T0, ALICE)
        assert not reply.in_channel
        return reply.card

    assert replayed().sentence.startswith("This channel is not subscribed to anything")
    answer(parse("subscribe kent"), sqlite_store, T0, ALICE)
    assert titles(replayed()) == []
    assert replayed().sentence.endswith(
        "No alert: 1 document published on that day, but nothing that this channel is subscribed to."
    )
    answer(parse("subscribe west-sussex"), sqlite_store, T0, ALICE)
    assert titles(replayed()) == ["▲ West Sussex improved overall: inadequate → requires improvement to be good"]


def test_in_the_app_home_it_is_all_of_england(ask: Ask) -> None:
    assert ask("replay 2024-07-12", replace(ALICE, channel="")).card == ask("replay 2024-07-12", None).card


def test_a_day_without_a_date_is_the_last_of_its_name(ask: Ask) -> None:
    assert ask("replay friday", None).card.title.endswith("on 14 August 2026")


@pytest.mark.parametrize("typed", ["replay", "replay someday", "replay 2024-13-01", "replay 31/02/2024"])
def test_what_is_no_day_is_refused_with_an_example(typed: str, ask: Ask) -> None:
    reply = ask(typed)
    assert not reply.answered
    assert reply.card.sentence.endswith(" /judgements replay 2024-07-12.")


def test_a_day_to_come_is_refused(ask: Ask) -> None:
    assert ask("replay 2099-01-01").card.sentence.startswith("That day has not come yet")


def test_a_day_on_which_nothing_was_published_says_so(ask: Ask) -> None:
    assert ask("replay 2024-07-13", None).card.sentence.endswith(": Nothing was published on that day.")
