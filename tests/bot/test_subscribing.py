"""What a channel is told, as people change it and ask for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot import words
from bot.channels import facets, scopes
from bot.commands import answer, parse
from bot.messages import render
from bot.types import Asker, Reply
from judgements.authorities import REGISTRY
from storage.store import Store
from storage.types import DocumentSort, Movements, Subscription
from tests.bot.examples import ALICE, HOSTILE, T0, WEST_SUSSEX
from tests.bot.said import lines
from tests.bot.validators import check

BOB = replace(ALICE, user="U02BOB")
ELSEWHERE = replace(ALICE, channel="C02GENERAL")
SCOPE = f"authority:{WEST_SUSSEX}"
LATER = T0 + timedelta(days=2)


def ask(text: str, store: Store, asker: Asker | None = ALICE, now: datetime = T0) -> Reply:
    return answer(parse(text), store, now, asker)


def held(store: Store, asker: Asker = ALICE) -> list[Subscription]:
    return list(store.subscriptions(asker.team, asker.channel))


def commands(reply: Reply) -> list[str]:
    cards = [reply.card, *([reply.aside] if reply.aside else [])]
    return [button.command for card in cards for button in card.buttons]


def test_a_subscription_is_said_in_the_channel_once(store: Store) -> None:
    first, again = ask("subscribe west-sussex", store), ask("subscribe west sussex", store, BOB, LATER)
    assert (first.in_channel, again.in_channel) == (True, False)
    assert again.card.sentence.startswith(
        "This channel has been subscribed to West Sussex since 20 August 2026. Nothing has changed."
    )
    (one,) = held(store)
    assert (one.scope, one.created_by, one.created_at, one.edited_by) == (SCOPE, ALICE.user, T0, None)


def test_what_is_said_again_is_edited_and_what_was_not_said_stays(store: Store) -> None:
    ask("subscribe west-sussex letters weekly", store)
    reply = ask("subscribe west-sussex downgrades daily 09:45 except nobody", store, BOB, LATER)
    assert reply.in_channel
    assert lines(reply.card)[1:4] == [
        "What is different for West Sussex",
        "• When: every Monday at 09:45 → daily at 09:45",
        "• Changes: every change → only downgrades",
    ]
    (one,) = held(store)
    assert (one.documents, one.changes, one.how) == (
        (DocumentSort.LETTERS,),
        (Movements.DOWNGRADES,),
        "daily 09:45",
    )
    assert (one.created_by, one.created_at, one.edited_by, one.edited_at) == (ALICE.user, T0, BOB.user, LATER)


def test_filters_are_taken_back_by_saying_so(store: Store) -> None:
    ask("subscribe west-sussex letters downgrades compact threads off mention <@U1A> except kent", store)
    ask("subscribe west-sussex all documents all changes full threads on mention off now", store)
    (one,) = held(store)
    assert replace(one, edited_by=None, edited_at=None) == Subscription(
        team=ALICE.team, channel=ALICE.channel, scope=SCOPE, created_by=ALICE.user, created_at=T0
    )


def test_what_is_said_already_is_told_as_it_is_with_the_words_that_widen_it(store: Store) -> None:
    ask("subscribe region london send except camden, barnet", store)
    same = lines(ask("subscribe region london", store, BOB, LATER).card)
    assert "How: at once; only area SEND inspections; except Barnet and Camden" in same
    widening = "subscribe region london all documents except nobody"
    assert f"To be told about everything again: /judgements {widening}." in same
    mixed = lines(ask("subscribe region london and kent", store).card)
    assert "The region London: at once; only area SEND inspections; except Barnet and Camden" in mixed
    assert "Kent: at once" in mixed
    ask(widening, store)
    assert "To be told about everything again" not in str(ask("subscribe region london", store).card)


def test_a_second_wish_for_the_same_is_added_by_a_word(store: Store) -> None:
    ask("subscribe england downgrades", store)
    reply = ask("subscribe england also letters weekly", store, BOB, LATER)
    assert reply.in_channel
    assert "It also has, as before: at once; only downgrades" in lines(reply.card)
    assert {one.narrowed: one.how for one in held(store)} == {"downgrades": "now", "letters": "weekly mon 09:45"}
    listed = [line.rsplit(" | ", 1)[0] for line in lines(ask("subscriptions", store).card)[1:]]
    assert listed == [
        "all of England | at once; only downgrades",
        "all of England | every Monday at 09:45; only letters",
    ]
    assert ask("subscriptions", store).card.sentence == "This channel is subscribed to all of England."


def test_a_second_wish_is_added_for_several_at_once(store: Store) -> None:
    ask("subscribe kent send", store)
    reply = ask("subscribe york, kent also letters", store)
    assert "It also has, as before: Kent, at once; only area SEND inspections" in lines(reply.card)
    assert {(scopes.typed(one.scope), one.narrowed) for one in held(store)} == {
        ("kent", "send"),
        ("kent", "letters"),
        ("york", "letters"),
    }


def test_one_of_several_is_edited_by_what_it_is_narrowed_to(store: Store) -> None:
    for typed in ("downgrades", "also letters weekly", "also letters daily"):
        ask(f"subscribe england {typed}", store)
    assert {one.narrowed: one.how for one in held(store)} == {"downgrades": "now", "letters": "daily 09:45"}
    ask("subscribe england letters compact", store)
    assert {one.narrowed: one.compact for one in held(store)} == {"downgrades": False, "letters": True}
    assert lines(ask("subscribe england", store).card)[0] == "Already subscribed to all of England"


def test_what_may_be_meant_for_either_of_several_is_asked_about(store: Store) -> None:
    ask("subscribe england downgrades", store)
    ask("subscribe england also letters", store)
    reply = ask("subscribe kent and england daily 10:00", store)
    assert commands(reply) == [
        "subscribe england downgrades daily 10:00",
        "subscribe england letters daily 10:00",
        "subscribe england also daily 10:00",
    ]
    assert commands(ask("subscribe england jtai", store)) == ["subscribe england also jtai"]
    assert {one.how for one in held(store)} == {"now"}
    assert len(held(store)) == 2
    for command in commands(reply):
        ask(command, store)
    assert {one.narrowed: one.how for one in held(store)} == dict.fromkeys(("downgrades", "letters", ""), "daily 10:00")


def test_the_only_one_is_edited_and_how_to_have_both_is_said(store: Store) -> None:
    ask("subscribe kent letters", store)
    both = "subscribe kent also letters"
    said = lines(ask("subscribe kent send", store).card)
    assert f"To keep the earlier subscription as well: /judgements {both}." in said
    assert [one.narrowed for one in held(store)] == ["send"]
    ask(both, store)
    assert {one.narrowed for one in held(store)} == {"send", "letters"}
    assert "as before too" not in str(ask("subscribe kent send daily", store).card)


def test_one_of_several_is_ended_by_what_it_is_narrowed_to_and_all_by_the_name(store: Store) -> None:
    for typed in ("downgrades", "also letters weekly", "also send"):
        ask(f"subscribe england {typed}", store)
    reply = ask("unsubscribe england letters", store)
    assert reply.in_channel
    told = lines(reply.card)
    assert "This channel will no longer be told about letters on all of England." in told
    assert "To start again: /judgements subscribe england letters weekly mon 09:45." in told
    assert "It is still told about downgrades on all of England." in told
    assert {one.narrowed for one in held(store)} == {"downgrades", "send"}
    ask("unsubscribe england", store)
    assert held(store) == []


def test_what_is_not_held_so_is_not_ended_and_what_is_held_is_told(store: Store) -> None:
    ask("subscribe england", store)
    reply = ask("unsubscribe england letters", store)
    assert not reply.in_channel
    assert lines(reply.card)[1:4] == [
        "This channel has no such subscription to all of England.",
        "What it has: everything, at once",
        "To be told less, type /judgements subscribe england and what you do want, for example inspections.",
    ]
    assert len(held(store)) == 1


def test_an_exception_of_what_is_to_end_is_asked_about(store: Store) -> None:
    ask("subscribe england", store)
    reply = ask("unsubscribe england except kent", store)
    assert commands(reply) == ["subscribe england except kent", "unsubscribe england", "subscribe kent"]
    assert [one.excepted for one in held(store)] == [()]


def test_what_ended_can_be_begun_again_as_it_was(store: Store) -> None:
    ask("subscribe region london except camden letters upgrades compact threads off weekly fri even if empty", store)
    (before,) = held(store)
    said = lines(ask("unsubscribe region london", store).card)
    (again,) = [line for line in said if line.startswith("To start again: /judgements ")]
    ask(again.removeprefix("To start again: /judgements ").rstrip("."), store)
    assert held(store) == [before]


def test_an_empty_digest_is_wished_for_by_a_word_and_ends_with_the_digest(store: Store) -> None:
    assert not ask("subscribe kent even if empty", store).answered
    assert held(store) == []
    reply = ask("subscribe kent weekly thu 10:00 even if empty", store)
    assert "How: every Thursday at 10:00; if there is nothing new, a digest all the same" in lines(reply.card)
    (one,) = held(store)
    assert (one.even_if_empty, one.digest_at) == (True, T0.replace(hour=9, minute=0))
    ask("subscribe kent compact", store, ALICE, LATER)
    assert held(store)[0].digest_at == T0.replace(hour=9, minute=0) + timedelta(days=7)
    ask("subscribe kent now", store)
    (one,) = held(store)
    assert (one.even_if_empty, one.digest_at) == (False, None)


def test_a_subscription_belongs_to_its_channel_and_not_to_a_person(store: Store) -> None:
    ask("subscribe west-sussex", store)
    assert held(store, ELSEWHERE) == []
    assert ask("unsubscribe west-sussex", store, BOB).in_channel
    assert held(store) == []


def test_several_wishes_with_different_filters_live_in_one_channel(store: Store) -> None:
    ask("subscribe west-sussex", store)
    ask("subscribe england downgrades weekly fri 12:00 compact except kent", store)
    assert {one.scope: one.how for one in held(store)} == {SCOPE: "now", "england": "weekly fri 12:00"}


def test_a_pasted_list_subscribes_whom_it_knows_and_asks_about_the_others(store: Store) -> None:
    pasted = "subscribe\nKent\nMedwy\nBournemouth, Christchurch and Poole\nSussex\nCumbria\nregion nowhere\nweekly"
    reply = ask(pasted, store)
    assert reply.in_channel
    assert {one.how for one in held(store)} == {"weekly mon 09:45"}
    assert len(held(store)) == 2
    assert reply.aside is not None
    assert lines(reply.aside)[:5] == [
        "I did not understand everything",
        "• I do not know “Medwy”. Did you mean Medway?",
        "• “Sussex” may be East Sussex or West Sussex.",
        "• Cumbria is not an authority today. Did you mean Cumberland or Westmorland and Furness?",
        "• I do not know the region “nowhere”. The regions are East Midlands, East of England, London, North East, "
        "North West, South East, South West, West Midlands and Yorkshire and the Humber.",
    ]
    assert commands(reply)[:2] == ["subscribe medway weekly mon 09:45", "subscribe east-sussex weekly mon 09:45"]
    for command in commands(reply):
        ask(command, store)
    assert len(held(store)) == 2 + 1 + 2 + 2 + 3
    assert {one.how for one in held(store)} == {"weekly mon 09:45"}


def test_a_list_in_which_an_option_is_mistyped_changes_nothing_and_offers_the_right_one(store: Store) -> None:
    reply = ask("subscribe kent, medway wekly", store)
    assert held(store) == []
    assert commands(reply) == ["subscribe kent, medway weekly"]


@pytest.mark.parametrize("typed", ["kent perhaps", "kent when ofsted wakes", "york or so weekly"])
def test_a_name_is_never_offered_without_the_words_beside_it(typed: str, store: Store) -> None:
    reply = ask(f"subscribe {typed}", store)
    assert held(store) == []
    assert not reply.answered
    assert commands(reply) == []
    assert "I recognise" in reply.card.sentence
    listed = ask(f"subscribe medway, {typed}", store)
    assert [command for command in commands(listed) if "kent" in command or "york" in command] == []


def test_a_time_of_day_without_a_rhythm_is_completed_and_asked_about(store: Store) -> None:
    assert commands(ask("subscribe kent at 9", store)) == ["subscribe kent daily 09:00"]
    assert held(store) == []


@pytest.mark.parametrize("typed", ["sussex weekly", "medwy weekly", "cumbria weekly"])
def test_the_options_go_with_the_name_that_is_asked_about(typed: str, store: Store) -> None:
    reply = ask(f"subscribe {typed}", store)
    assert held(store) == []
    assert not reply.answered
    assert commands(reply)
    assert all(command.endswith(" weekly mon 09:45") for command in commands(reply))


def test_a_region_neighbours_and_the_country_are_subscribed_as_they_are(store: Store) -> None:
    reply = ask("subscribe London, neighbours kent and England", store)
    assert {one.scope for one in held(store)} == {"region:london", f"neighbours:{_urn('kent')}", "england"}
    assert "on all of England, Kent and its statistical neighbours and the region London." in reply.card.sentence


def _urn(name: str) -> str:
    return next(one.urn for one in REGISTRY.current if one.slug == name)


def test_an_exception_that_leaves_nothing_is_refused(store: Store) -> None:
    assert "nothing is left of Kent" in ask("subscribe kent except kent", store).card.sentence
    assert held(store) == []


def test_a_filtered_subscription_says_of_what_it_is(store: Store) -> None:
    reply = ask("subscribe kent letters priority actions threads off mention <!subteam^S1|@social>", store)
    assert "told only about areas for priority action in letters on Kent." in reply.card.sentence
    assert "except" not in reply.card.sentence
    assert "How: at once; only letters; only areas for priority action; detail left out; mentioning @S1" in lines(
        reply.card
    )
    made = render(reply.card)
    assert "<!subteam^S1>" in str(made.blocks), "whoever is mentioned sees it"
    assert "subteam" not in made.text


@pytest.mark.parametrize("whom", ["@here", "@channel", "<!channel>", "<!here|here>", "@social", "everybody"])
def test_nobody_is_mentioned_by_plain_text_and_never_a_whole_channel(whom: str, store: Store) -> None:
    reply = ask(f"subscribe kent mention {whom}", store)
    assert held(store) == []
    assert not reply.answered
    assert "<!" not in str(render(reply.card))


def test_ending_what_never_began_is_told_to_the_asker(store: Store) -> None:
    reply = ask("unsubscribe west-sussex", store)
    assert not reply.in_channel
    assert "was not subscribed to West Sussex" in reply.card.sentence


def test_an_authority_that_is_still_covered_by_another_wish_is_named(store: Store) -> None:
    ask("subscribe west-sussex and region south-east and england except kent", store)
    reply = ask("unsubscribe west-sussex", store)
    assert (
        "It is still told about West Sussex, because of its subscription to all of England and the region South East."
        in (lines(reply.card))
    )
    assert "still told" not in str(ask("unsubscribe region south-east, england", store).card)


@pytest.mark.parametrize(
    ("held_first", "ended", "still"),
    [
        ("kent, england", "england", "It is still told about Kent."),
        ("kent, region south-east", "region south-east", "It is still told about Kent."),
        (
            "region london, neighbours kent",
            "neighbours kent",
            "It is still told about {}, because of its subscription to the region London.",
        ),
        ("kent, england downgrades", "kent", "It is still told about downgrades on Kent, because of its "),
        ("kent, york", "kent", ""),
    ],
)
def test_what_is_still_told_is_named_as_far_as_it_goes(held_first: str, ended: str, still: str, store: Store) -> None:
    for one in held_first.split(", "):
        ask(f"subscribe {one}", store)
    told = [line for line in lines(ask(f"unsubscribe {ended}", store).card) if line.startswith("It is still")]
    shared = scopes.covered(scopes.of_neighbours(_urn("kent"))) & scopes.covered("region:london")
    assert [line.startswith(still.format(facets.names_of(sorted(shared)))) for line in told] == [True] * bool(still)


def test_of_a_list_to_end_what_is_not_understood_is_asked_about(store: Store) -> None:
    ask("subscribe kent, medway", store)
    reply = ask("unsubscribe kent, medwy", store)
    assert reply.in_channel
    assert commands(reply) == ["unsubscribe medway"]


def test_unsubscribing_an_authority_that_is_no_more_works_where_it_is_held(store: Store) -> None:
    cumbria = next(one.urn for one in REGISTRY.all if one.slug == "cumbria")
    old = Subscription(
        team=ALICE.team, channel=ALICE.channel, scope=f"authority:{cumbria}", created_by="U1", created_at=T0
    )
    store.put_subscriptions([old])
    assert ask("unsubscribe cumbria", store).in_channel
    assert held(store) == []


def test_everything_is_ended_by_one_word(store: Store) -> None:
    assert not ask("unsubscribe all", store).in_channel
    ask("subscribe kent, england", store)
    reply = ask("unsubscribe all", store)
    assert reply.in_channel
    assert "It was subscribed to all of England and Kent." in reply.card.sentence
    assert held(store) == []


def test_subscriptions_are_listed_with_how_when_and_by_whom(store: Store) -> None:
    ask("subscribe west-sussex", store)
    ask("subscribe kent letters weekly", store, BOB)
    ask("subscribe kent daily", store, ALICE, LATER)
    assert lines(ask("subscriptions", store).card)[1:] == [
        "Kent | daily at 09:45; only letters | 20 August 2026, by @U02BOB; changed 22 August 2026 by @U01ALICE",
        "West Sussex | at once | 20 August 2026, by @U01ALICE",
    ]


def test_no_subscriptions_says_how_to_begin(store: Store) -> None:
    assert "/judgements subscribe" in str(ask("subscriptions", store).card)


def test_a_channel_with_all_authorities_sees_each_of_them_on_some_page(store: Store) -> None:
    ask("subscribe " + "; ".join(one.name for one in REGISTRY.current), store)
    assert len(held(store)) == len(REGISTRY.current)
    seen: list[str] = []
    for page in range(1, 5):
        reply = ask(f"subscriptions page {page}", store)
        assert "more than fits" not in str(render(reply.card))
        seen += [line for line in lines(reply.card) if " | " in line]
    assert len(seen) == len(set(seen)) == len(REGISTRY.current)
    assert "page 9" not in str(ask("subscriptions page 9", store).card)
    assert not ask("subscriptions page 9", store).answered


EVERY_OPTION = (
    "letters send downgrades upgrades compact threads off weekly mon 09:45 even if empty mention <@U1A> on upgrades"
)


def test_a_list_of_long_subscriptions_is_cut_by_its_length_and_nothing_is_left_out(store: Store) -> None:
    for scope in ("england", "region london", "region south-east"):
        ask(f"subscribe {scope} except region south-east, region north-west, neighbours kent {EVERY_OPTION}", store)
    ask("subscribe " + "; ".join(one.name for one in REGISTRY.current) + f" {EVERY_OPTION}", store)
    for typed, asker in (("subscriptions", ALICE), ("subscriptions workspace", replace(ALICE, is_admin=True))):
        seen: list[str] = []
        command: str | None = typed
        while command:
            reply = ask(command, store, asker)
            made = render(reply.card)
            check(made, ("@U1A", f"@{ALICE.user}"))
            assert "more than fits" not in str(made)
            seen += [line for line in lines(reply.card) if " | " in line]
            command = next((one.command for one in reply.card.buttons if one.label == words.NEXT_PAGE), None)
        assert len(seen) == len(set(seen)) == len(held(store)) == 153 + 3 - 1
    assert not ask("subscriptions workspace page 99", store, replace(ALICE, is_admin=True)).answered


def test_the_workspaces_list_says_which_channels_are_muted(store: Store) -> None:
    admin = replace(ALICE, is_admin=True)
    ask("subscribe kent", store)
    ask("subscribe york", store, ELSEWHERE)
    ask("mute 14d", store, ELSEWHERE)
    told = [line.split(" | ")[0] for line in lines(ask("subscriptions workspace", store, admin).card)[1:]]
    assert told == ["@C01GEN", "@C02GENERAL (muted until 09:36 BST on 3 September 2026)"]


def test_the_workspaces_list_is_for_its_admins(store: Store) -> None:
    admin = replace(ALICE, is_admin=True)
    assert ask("subscriptions workspace", store, admin).card.sentence.startswith("No channel of this workspace")
    ask("subscribe kent", store)
    ask("subscribe york", store, ELSEWHERE)
    ask("subscribe leeds", store, replace(ALICE, team="T9"))
    told = lines(ask("subscriptions workspace", store, admin).card)
    assert [line.split(" | ")[:2] for line in told[1:]] == [["@C01GEN", "Kent"], ["@C02GENERAL", "York"]]
    assert "try again" in ask("subscriptions workspace", store, replace(ALICE, is_unknown=True)).card.sentence
    for asker in (ALICE, replace(admin, is_stranger=True)):
        assert "Only admins" in ask("subscriptions workspace", store, asker).card.sentence


@pytest.mark.parametrize(
    ("asker", "allowed"),
    [
        (ALICE, True),
        (replace(ALICE, is_restricted=True), False),
        (replace(ALICE, is_stranger=True), False),
        (replace(ALICE, is_unknown=True), False),
        (replace(ALICE, is_unknown=True, is_admin=True), False),
        (replace(ALICE, is_out_of_reach=True), False),
        (replace(ALICE, is_stranger=True, is_admin=True), False),
        (replace(ALICE, only_admins=True), False),
        (replace(ALICE, only_admins=True, is_admin=True), True),
    ],
)
def test_who_may_change_what_a_channel_is_told(asker: Asker, allowed: bool, store: Store) -> None:
    assert ask("subscribe kent", store, asker).in_channel is allowed
    ask("subscribe york", store)
    assert ask("unsubscribe york", store, asker).in_channel is allowed
    assert ask("subscriptions", store, asker).answered


@pytest.mark.parametrize("typed", ["subscribe kent", "unsubscribe all", "subscriptions", "mute 2h", "unmute", "unfurl"])
def test_in_the_app_home_there_is_no_channel_to_speak_of(typed: str, store: Store) -> None:
    at_home = replace(ALICE, channel="")
    reply = ask(typed, store, at_home)
    assert not reply.answered
    assert "type it in the channel" in reply.card.sentence
    assert held(store, at_home) == []
    assert "This channel" not in str(ask("help", store, at_home).card)
    assert "subscribe" not in str(ask("kent", store, at_home).card.buttons)


def test_where_the_bot_was_not_invited_it_says_how(store: Store) -> None:
    reply = ask("subscribe kent", store, replace(ALICE, is_uninvited=True))
    assert "/invite @inspection-watch" in reply.card.sentence
    assert len(held(store)) == 1, "it counts from the invitation on"
    assert "/invite" not in str(ask("subscribe york", store).card)


@pytest.mark.parametrize("verb", ["subscribe", "unsubscribe"])
@pytest.mark.parametrize(
    "typed", [HOSTILE, "x" * 3000, "kent except <!channel>", "kent mention <!everyone>", "\u202eetihw"]
)
def test_hostile_words_change_nothing_and_ping_nobody(verb: str, typed: str, store: Store) -> None:
    reply = ask(f"{verb} {typed}", store)
    assert held(store) == []
    made = [render(card) for card in (reply.card, reply.aside) if card]
    assert not any(mark in str(made) for mark in ("<!", "<@U01", "<https"))
    assert len(reply.card.sentence) < 700


def test_the_day_of_a_subscription_is_told_in_london(store: Store) -> None:
    late = T0.replace(hour=23, minute=30)
    ask("subscribe kent", store, ALICE, late)
    assert "since 21 August 2026" in ask("subscribe kent", store, ALICE, late + timedelta(days=2)).card.sentence
