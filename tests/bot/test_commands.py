"""What is typed, and what is answered, on a real store."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import words
from bot.commands import (
    Command,
    Help,
    ListSubscriptions,
    Show,
    Status,
    Subscribe,
    Unsubscribe,
    Usage,
    answer,
    parse,
)
from bot.messages import render
from bot.types import Asker, Person, Reply, Table
from judgements.authorities import REGISTRY
from storage.store import Store
from tests.bot.examples import ALICE, HISTORY, HOSTILE, T0, WEST_SUSSEX, intent

BOB = Asker(team=ALICE.team, channel=ALICE.channel, user="U02BOB")
ELSEWHERE = Asker(team=ALICE.team, channel="C02GENERAL", user="U01ALICE")


def ask(text: str, store: Store, asker: Asker | None = ALICE) -> Reply:
    return answer(parse(text), store, T0, asker)


def labels(reply: Reply) -> list[str]:
    return [button.label for button in reply.card.buttons]


@pytest.mark.parametrize(
    ("typed", "command"),
    [
        ("", Help()),
        ("  help ", Help()),
        ("west-sussex", Show("west-sussex")),
        ("  East   Riding of Yorkshire ", Show("East Riding of Yorkshire")),
        ("Subscribe west-sussex", Subscribe("west-sussex")),
        ("unsubscribe  west sussex", Unsubscribe("west sussex")),
        ("subscriptions", ListSubscriptions()),
        ("status", Status()),
    ],
)
def test_what_is_typed_becomes_a_command(typed: str, command: Command) -> None:
    assert parse(typed) == command


@pytest.mark.parametrize("verb", ["subscribe", "unsubscribe"])
def test_a_verb_without_a_name_says_what_to_type(verb: str) -> None:
    usage = parse(verb)
    assert isinstance(usage, Usage)
    assert usage.mistake.endswith(f"/judgements {verb} west-sussex")


@pytest.mark.parametrize("typed", ["help me", "status now", "subscriptions all"])
def test_a_verb_that_stands_alone_says_so(typed: str, sqlite_store: Store) -> None:
    assert "stands alone" in ask(typed, sqlite_store).card.sentence


def test_every_command_in_the_help_is_one(sqlite_store: Store) -> None:
    for usage, _ in words.COMMANDS:
        assert not isinstance(parse(usage), Usage)
        assert usage in str(ask("help", sqlite_store).card)


def test_help_tells_what_the_channel_has(sqlite_store: Store) -> None:
    assert "This channel is not subscribed to any authority." in str(ask("", sqlite_store).card)
    ask("subscribe kent", sqlite_store)
    assert "This channel is subscribed to Kent." in str(ask("", sqlite_store).card)


def test_a_subscription_is_said_in_the_channel_once(sqlite_store: Store) -> None:
    first, again = ask("subscribe west-sussex", sqlite_store), ask("subscribe west sussex", sqlite_store, BOB)
    assert (first.in_channel, again.in_channel) == (True, False)
    assert again.card.sentence == "This channel has been subscribed to West Sussex since 20 August 2026."
    (held,) = sqlite_store.subscriptions(ALICE.team, ALICE.channel)
    assert (held.urn, held.created_by, held.created_at) == (WEST_SUSSEX, ALICE.user, T0)


def test_a_subscription_belongs_to_its_channel_and_not_to_a_person(sqlite_store: Store) -> None:
    ask("subscribe west-sussex", sqlite_store)
    assert sqlite_store.subscriptions(ELSEWHERE.team, ELSEWHERE.channel) == ()
    assert ask("unsubscribe west-sussex", sqlite_store, BOB).in_channel
    assert sqlite_store.subscriptions(ALICE.team, ALICE.channel) == ()


def test_ending_what_never_began_is_told_to_the_asker(sqlite_store: Store) -> None:
    reply = ask("unsubscribe west-sussex", sqlite_store)
    assert not reply.in_channel
    assert "was not subscribed to West Sussex" in reply.card.sentence


def test_subscriptions_are_listed_with_when_and_by_whom(sqlite_store: Store) -> None:
    ask("subscribe west-sussex", sqlite_store)
    ask("subscribe kent", sqlite_store, BOB)
    card = ask("subscriptions", sqlite_store).card
    (table,) = [block for block in card.blocks if isinstance(block, Table)]
    assert (("Kent",), ("20 August 2026",), (Person("U02BOB"),)) in table.rows
    assert card.sentence == "This channel is subscribed to Kent and West Sussex."


def test_no_subscriptions_says_how_to_begin(sqlite_store: Store) -> None:
    assert "/judgements subscribe" in str(ask("subscriptions", sqlite_store).card)


def test_an_ambiguous_name_is_answered_with_buttons_that_run_the_same_command(sqlite_store: Store) -> None:
    reply = ask("subscribe sussex", sqlite_store)
    assert not reply.in_channel
    assert sorted(button.command for button in reply.card.buttons) == ["subscribe east-sussex", "subscribe west-sussex"]


def test_an_unknown_name_is_answered_with_the_nearest(sqlite_store: Store) -> None:
    assert "West Sussex" in labels(ask("west susex", sqlite_store))


def test_a_name_like_no_other_says_what_to_type(sqlite_store: Store) -> None:
    assert ask("subscribe !!!", sqlite_store).card.sentence.endswith("/judgements subscribe west-sussex")


def test_an_authority_that_is_no_more_leads_to_its_successors(sqlite_store: Store) -> None:
    reply = ask("subscribe cumbria", sqlite_store)
    assert "was abolished on 1 April 2023" in reply.card.sentence
    assert sorted(labels(reply)) == ["Cumberland", "Westmorland and Furness"]


def test_every_buttons_name_leads_to_its_authority() -> None:
    assert all(REGISTRY.find(one.slug) == one for one in REGISTRY.current)


def test_a_card_is_of_what_is_stored_and_offers_the_subscription(sqlite_store: Store) -> None:
    sqlite_store.apply(intent(*HISTORY))
    assert labels(ask("west-sussex", sqlite_store)) == ["Subscribe this channel"]
    ask("subscribe west-sussex", sqlite_store)
    assert labels(ask("west-sussex", sqlite_store)) == ["Unsubscribe this channel"]
    assert "published 12 May 2023" in ask("80578", sqlite_store).card.sentence


def test_nothing_stored_is_said_plainly(sqlite_store: Store) -> None:
    assert ask("kent", sqlite_store).card.sentence == "Nothing is stored on Kent yet."


def test_without_a_channel_there_are_cards_but_no_subscriptions(sqlite_store: Store) -> None:
    assert labels(ask("kent", sqlite_store, None)) == []
    for typed in ("subscribe kent", "unsubscribe kent", "subscriptions"):
        assert "only be asked in Slack" in ask(typed, sqlite_store, None).card.sentence
    assert "This channel" not in str(ask("help", sqlite_store, None).card.sentence)


def test_status_counts_authorities(sqlite_store: Store) -> None:
    sqlite_store.apply(intent(*HISTORY))
    assert ask("status", sqlite_store).card.sentence.startswith("1 of 153 authorities seen")


@pytest.mark.parametrize("verb", ["", "subscribe ", "unsubscribe "])
@pytest.mark.parametrize(
    "typed", [HOSTILE, "x" * 3000, "'; DROP TABLE subscriptions; --", '{"type": "section"}', "\u202eetihw", "👩‍👧"]
)
def test_hostile_names_change_nothing_and_are_answered_short(verb: str, typed: str, sqlite_store: Store) -> None:
    reply = ask(verb + typed, sqlite_store)
    assert not reply.in_channel
    assert len(reply.card.sentence) < 600
    assert sqlite_store.subscriptions(ALICE.team, ALICE.channel) == ()
    assert "<" not in render(reply.card).text


@given(st.text(max_size=200))
def test_whatever_is_typed_is_a_command_or_a_hint(typed: str) -> None:
    assert isinstance(parse(typed), Command | Usage)


def test_the_time_of_a_subscription_is_told_in_london(sqlite_store: Store) -> None:
    late = T0.replace(hour=23, minute=30)
    answer(Subscribe("kent"), sqlite_store, late, ALICE)
    again = answer(Subscribe("kent"), sqlite_store, late + timedelta(days=2), ALICE)
    assert "since 21 August 2026" in again.card.sentence
