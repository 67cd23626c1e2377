"""What is typed, and what is answered, on a real store."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import commands
from bot.answers.card import Show
from bot.answers.history import History
from bot.answers.status import Status
from bot.answers.tables import England, Neighbours, OfRegion, Part
from bot.answers.why import Why
from bot.channels.holdings import ListSubscriptions
from bot.channels.subscribing import Subscribe
from bot.channels.unsubscribing import Unsubscribe
from bot.commands import Help, answer, parse
from bot.grammar import Command, Usage
from bot.messages import render
from bot.types import Asker, Reply
from judgements.authorities import REGISTRY, Authority
from judgements.types import Grade
from storage.store import Store
from storage.types import TroubleKind
from tests.bot.examples import ALICE, HISTORY, HOSTILE, T0, intent
from tests.bot.validators import check

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
        ("--help", Help()),
        ("?", Help()),
        ("Hello", Help()),
        ("subscribe ?", Help("subscribe")),
        ("help subscribe", Help("subscribe")),
        ("help me", Help()),
        ("how do I subscribe?", Help("subscribe")),
        ("menu", Help()),
        ("hi there", Help()),
        ("Good morning!", Help()),
        ("what is this", Help()),
        ("kent history", History("kent")),
        ("East Sussex neighbours", Neighbours("East Sussex")),
        ("kent why", Why("kent")),
        ("history for kent", History("kent")),
        ("history of the isle of wight 2", History("the isle of wight", 2)),
        ("why for kent leadership", Why("kent leadership")),
        ("neighbours of kent", Neighbours("kent")),
        ("england 2", England(Part(2))),
        ("inadequate", England(Part(grade=Grade.INADEQUATE))),
        ("which authorities are inadequate?", England(Part(grade=Grade.INADEQUATE))),
        ("england requires improvement page 2", England(Part(2, Grade.REQUIRES_IMPROVEMENT))),
        ("region london inadequate", OfRegion("london", Part(grade=Grade.INADEQUATE))),
        ("inadequate in the south east", OfRegion("south east", Part(grade=Grade.INADEQUATE))),
        ("neighbours kent good", Neighbours("kent", Part(grade=Grade.GOOD))),
        ("which authorities in London are good?", OfRegion("london", Part(grade=Grade.GOOD))),
        ("which councils require improvement", England(Part(grade=Grade.REQUIRES_IMPROVEMENT))),
        ("england requires improvement to be good", England(Part(grade=Grade.REQUIRES_IMPROVEMENT))),
        ("how many councils are inadequate", England(Part(grade=Grade.INADEQUATE))),
        ("Who's inadequate?", England(Part(grade=Grade.INADEQUATE))),
        ("show me all the good ones in yorkshire", OfRegion("yorkshire", Part(grade=Grade.GOOD))),
        ("any inadequate london boroughs", OfRegion("london", Part(grade=Grade.INADEQUATE))),
        ("inadequate, london", OfRegion("london", Part(grade=Grade.INADEQUATE))),
        ("inadequate neighbours of kent", Neighbours("kent", Part(grade=Grade.INADEQUATE))),
        ("region of London inadequate", OfRegion("london", Part(grade=Grade.INADEQUATE))),
        ("good 2", England(Part(2, Grade.GOOD))),
        ("kent history 2", History("kent", 2)),
        ("kent why leadership", Why("kent leadership")),
        ("kent neighbours inadequate", Neighbours("kent", Part(grade=Grade.INADEQUATE))),
        ("why is kent inadequate?", Why("kent inadequate?")),
        ("what's new", Help()),
        ("status.", Status()),
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
def test_a_verb_without_a_name_says_what_to_type(verb: str, sqlite_store: Store) -> None:
    reply = ask(verb, sqlite_store)
    assert not reply.answered
    assert reply.card.sentence.endswith(f"/judgements {verb} west-sussex.")


@pytest.mark.parametrize("typed", ["status now", "unmute now"])
def test_a_verb_that_takes_nothing_says_so(typed: str, sqlite_store: Store) -> None:
    assert "takes nothing after it" in ask(typed, sqlite_store).card.sentence


def test_every_command_in_the_help_is_one(sqlite_store: Store) -> None:
    for form in commands.forms():
        assert not isinstance(parse(form.usage), Usage)
        assert form.usage in str(ask("help", sqlite_store).card)


def test_help_tells_what_the_channel_has(sqlite_store: Store) -> None:
    assert "This channel is not subscribed to anything." in str(ask("", sqlite_store).card)
    ask("subscribe kent", sqlite_store)
    assert "This channel is subscribed to Kent." in str(ask("", sqlite_store).card)


@pytest.mark.parametrize("verb", ["subscribe", "unsubscribe"])
def test_a_verb_that_does_something_is_asked_about_behind_the_name(verb: str, sqlite_store: Store) -> None:
    reply = ask(f"kent {verb}", sqlite_store)
    assert reply.card.sentence.endswith(f"Did you mean /judgements {verb} kent?")
    assert [button.command for button in reply.card.buttons] == [f"{verb} kent"]


@pytest.mark.parametrize(
    ("typed", "said", "meant"),
    [
        ("is kent inadequate?", "Did you mean /judgements kent?", ["kent"]),
        ("good in kent", "Did you mean /judgements kent?", ["kent"]),
        ("good or outstanding in london", "One grade at a time, for example /judgements england inadequate.", []),
        ("region london good or outstanding", "One grade at a time, for example /judgements england inadequate.", []),
        ("neighbours kent good, outstanding", "One grade at a time, for example /judgements england inadequate.", []),
        ("england good or outstanding", "One grade at a time, for example /judgements england inadequate.", []),
    ],
)
def test_a_grade_that_is_asked_for_otherwise_leads_to_what_there_is(
    typed: str, said: str, meant: list[str], sqlite_store: Store
) -> None:
    reply = ask(typed, sqlite_store)
    assert reply.card.sentence.endswith(said)
    assert [button.command for button in reply.card.buttons] == meant


@pytest.mark.parametrize("typed", ["not inadequate", "which are not good", "england not good", "no longer inadequate"])
def test_what_denies_a_grade_is_not_answered_with_that_grade(typed: str, sqlite_store: Store) -> None:
    assert not isinstance(parse(typed), England)


def test_an_ambiguous_name_is_answered_with_buttons_that_run_the_same_command(sqlite_store: Store) -> None:
    reply = ask("subscribe sussex", sqlite_store)
    assert not reply.in_channel
    assert sorted(button.command for button in reply.card.buttons) == ["subscribe east-sussex", "subscribe west-sussex"]


def test_an_unknown_name_is_answered_with_the_nearest(sqlite_store: Store) -> None:
    assert "West Sussex" in labels(ask("west susex", sqlite_store))


def test_a_name_like_no_other_says_what_to_type(sqlite_store: Store) -> None:
    assert ask("subscribe !!!", sqlite_store).card.sentence.endswith("/judgements subscribe west-sussex.")


@pytest.mark.parametrize("verb", ["", "subscribe ", "unsubscribe "])
@pytest.mark.parametrize("typed", ["0", "scotland", "<!channel>", "x" * 3000])
def test_what_is_like_no_name_is_answered_without_a_guess(typed: str, verb: str, sqlite_store: Store) -> None:
    reply = ask(verb + typed, sqlite_store)
    assert labels(reply) == []
    assert not reply.answered
    assert reply.card.sentence.endswith(f"for example /judgements {verb}west-sussex.")


def test_no_question_offers_more_than_fits_on_a_screen_and_it_says_how_many_it_leaves_out(sqlite_store: Store) -> None:
    reply = ask("merseyside yorkshire", sqlite_store)
    assert len(labels(reply)) == 12
    assert re.search(r" or \d+ others\?$", reply.card.sentence)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("kent essex surrey devon cornwall hull", "Up to five authorities can be compared, and these are 6;"),
        ("history kent essex", "This works for one authority at a time. Which one: Kent or Essex?"),
        ("subscribe sussex yorkshire", "To name several, put a comma between them."),
        ("unsubscribe sussex yorkshire", "To name several, put a comma between them."),
    ],
)
def test_of_several_names_it_is_said_how_many_are_taken(typed: str, said: str, sqlite_store: Store) -> None:
    assert ask(typed, sqlite_store).card.sentence.startswith(said)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("subscibe west sussex", "subscribe west sussex"),
        ("unsubcribe West Sussex", "unsubscribe West Sussex"),
        ("subscription kent", "subscribe kent"),
        ("subscribed kent", "subscribe kent"),
        ("subscription", "subscriptions"),
        ("subscribed", "subscriptions"),
        ("list", "subscriptions"),
        ("statsu", "status"),
    ],
)
def test_a_mistyped_verb_is_asked_about_with_a_button_that_runs_the_right_one(
    typed: str, meant: str, sqlite_store: Store
) -> None:
    reply = ask(typed, sqlite_store)
    assert reply.card.sentence.endswith(f"Did you mean /judgements {meant}?")
    assert [button.command for button in reply.card.buttons] == [meant]
    assert not reply.answered
    assert sqlite_store.subscriptions(ALICE.team, ALICE.channel) == ()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("latest kent", "history kent"),
        ("new 14d", "recent 14d"),
        ("latest", "recent"),
        ("past kent", "history kent"),
        ("download csv kent", "export csv kent"),
    ],
)
def test_what_is_suggested_is_a_command(typed: str, meant: str, sqlite_store: Store) -> None:
    reply = ask(typed, sqlite_store)
    assert [button.command for button in reply.card.buttons] == [meant]
    assert not isinstance(parse(meant), Usage)


@pytest.mark.parametrize(
    ("typed", "said"), [("subscibe", "needs the name of an authority"), ("latest letters", "mean")]
)
def test_where_the_other_verb_is_no_command_either_that_is_said(typed: str, said: str, sqlite_store: Store) -> None:
    reply = ask(typed, sqlite_store)
    assert (said in reply.card.sentence, labels(reply)) == (True, [])


def test_who_wants_it_to_stop_is_told_how(sqlite_store: Store) -> None:
    said = ask("stop", sqlite_store).card.sentence
    assert "/judgements unsubscribe all" in said
    assert "/judgements mute 14d" in said


def test_a_page_of_nothing_says_of_what_there_are_pages(sqlite_store: Store) -> None:
    assert ask("page 2", sqlite_store).card.sentence.endswith("for example /judgements england page 2.")


def test_the_help_of_one_verb_has_its_forms_alone(sqlite_store: Store) -> None:
    told = str(ask("help subscribe", sqlite_store).card)
    assert "/judgements subscribe west-sussex" in told
    assert "/judgements history" not in told


def test_the_help_says_who_sees_what_and_how_to_go_on(sqlite_store: Store) -> None:
    told = str(ask("help", sqlite_store).card)
    for said in ("Only you see the answers", "page 2", "/invite @inspection-watch"):
        assert said in told


@pytest.mark.parametrize("verb", ["", "subscribe ", "export csv "])
def test_a_region_that_shares_its_name_with_authorities_is_offered_first(verb: str, sqlite_store: Store) -> None:
    first, *others = ask(f"{verb}yorkshire", sqlite_store).card.buttons
    assert (first.label, first.command) == (
        "The region Yorkshire and the Humber",
        f"{verb}region yorkshire-and-the-humber",
    )
    assert len(others) == 12


def test_where_no_region_will_do_none_is_offered(sqlite_store: Store) -> None:
    assert not any("region" in button.command for button in ask("history yorkshire", sqlite_store).card.buttons)


def test_operators_and_the_terminal_are_told_all_that_is_known_to_be_wrong(sqlite_store: Store) -> None:
    sqlite_store.raise_trouble("1", TroubleKind.UNREAD, "Two documents wait.", T0)
    assert "Two documents wait." not in str(ask("status", sqlite_store).card)
    for asker in (None, replace(ALICE, is_operator=True), replace(ALICE, is_at_terminal=True)):
        assert "Two documents wait." in str(ask("status", sqlite_store, asker).card)


@pytest.mark.parametrize("one", REGISTRY.all, ids=lambda one: one.slug)
def test_no_name_is_taken_for_a_mistyped_verb(one: Authority) -> None:
    names = (one.name, one.spoken, one.slug, *one.aliases, *one.nicknames, one.urn, one.la_code, one.ons_code)
    for name in filter(None, names):
        assert parse(name) == Show(name)


def test_an_authority_with_one_successor_says_plainly_which(sqlite_store: Store) -> None:
    reply = ask("poole", sqlite_store)
    assert reply.card.sentence == "Poole was abolished on 1 April 2019; Bournemouth, Christchurch and Poole took over."
    assert labels(reply) == ["Bournemouth, Christchurch and Poole"]


def test_an_authority_that_is_no_more_leads_to_its_successors(sqlite_store: Store) -> None:
    reply = ask("subscribe cumbria", sqlite_store)
    assert "was abolished on 1 April 2023" in reply.card.sentence
    assert sorted(labels(reply)) == ["Cumberland", "Westmorland and Furness"]


def test_an_authority_to_come_says_when_and_who_it_is_until_then(sqlite_store: Store) -> None:
    reply = ask("subscribe east surrey", sqlite_store)
    assert reply.card.sentence == "East Surrey will come into being on 1 April 2027; until then it is Surrey."
    assert [button.command for button in reply.card.buttons] == ["subscribe surrey"]
    assert ask("surrey", sqlite_store).answered, "one that is to be abolished is one of today"


def test_every_buttons_name_leads_to_its_authority() -> None:
    assert all(REGISTRY.find(one.slug) == one for one in REGISTRY.current)


def test_a_card_is_of_what_is_stored_and_offers_the_subscription(sqlite_store: Store) -> None:
    sqlite_store.apply(intent(*HISTORY))
    further = ["History", "Why these grades", "Neighbours"]
    wrong = "This reading is wrong"
    assert labels(ask("west-sussex", sqlite_store)) == [*further, "Subscribe this channel", wrong]
    ask("subscribe west-sussex", sqlite_store)
    assert labels(ask("west-sussex", sqlite_store)) == [*further, "Unsubscribe this channel", wrong]
    assert "published 12 May 2023" in ask("80578", sqlite_store).card.sentence


def test_an_authority_that_was_not_looked_at_yet_says_so(sqlite_store: Store) -> None:
    assert ask("kent", sqlite_store).card.sentence.startswith("Kent has not been checked yet")


def test_an_authority_without_documents_says_when_it_was_looked_at(sqlite_store: Store) -> None:
    sqlite_store.apply(intent())
    assert ask("west-sussex", sqlite_store).card.sentence == (
        "Checked at 09:36 BST on 20 August 2026: Ofsted lists no documents on West Sussex."
    )


def test_without_a_channel_there_are_cards_but_no_subscriptions(sqlite_store: Store) -> None:
    assert labels(ask("kent", sqlite_store, None)) == ["Neighbours"]
    for typed in ("subscribe kent", "unsubscribe kent", "subscriptions"):
        assert "say which one with --channel" in ask(typed, sqlite_store, None).card.sentence
        assert not ask(typed, sqlite_store, None).answered


def test_in_a_terminal_the_help_and_the_hints_are_those_of_the_terminal(sqlite_store: Store) -> None:
    told = str(ask("help", sqlite_store, None).card)
    assert "inspection-watch judgements west-sussex" in told
    assert "/judgements" not in told
    assert "inspection-watch judgements subscribe west-sussex" in told
    assert "say which one with --channel" in told
    for typed in ("west susex", "sussex", "cumbria", "merseyside, yorkshire", "statsu", "0"):
        card = ask(typed, sqlite_store, None).card
        assert "Press" not in str(card)
        assert "/judgements" not in str(card)
        assert ("Try:" in str(card)) is bool(card.buttons)


def test_status_counts_authorities(sqlite_store: Store) -> None:
    sqlite_store.apply(intent(*HISTORY))
    assert ask("status", sqlite_store).card.sentence.startswith("The histories of 1 of England's 153 authorities ")


READING = ("history ", "why ", "neighbours ", "region ", "recent region ", "replay ", "export ", "compare ", "kent vs ")


@pytest.mark.parametrize("verb", ["", "subscribe ", "unsubscribe ", *READING])
@pytest.mark.parametrize(
    "typed", [HOSTILE, "x" * 3000, "'; DROP TABLE subscriptions; --", '{"type": "section"}', "\u202eetihw", "👩‍👧"]
)
def test_hostile_names_change_nothing_and_are_answered_short(verb: str, typed: str, sqlite_store: Store) -> None:
    reply = ask(verb + typed, sqlite_store)
    assert (reply.in_channel, reply.answered) == (False, False)
    assert len(reply.card.sentence) < 600
    assert sqlite_store.subscriptions(ALICE.team, ALICE.channel) == ()
    check(render(reply.card))


@given(st.text(max_size=200))
def test_whatever_is_typed_is_a_command_or_a_hint(typed: str) -> None:
    assert isinstance(parse(typed), Command)
