"""What holds for a channel as a whole: its mute, and whether addresses are unfolded in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.commands import answer, parse
from bot.types import Asker, Reply
from storage.store import Store
from tests.bot.examples import ALICE, T0
from tests.bot.said import lines

ADMINS_ONLY = replace(ALICE, only_admins=True)


def ask(text: str, store: Store, asker: Asker | None = ALICE, now: datetime = T0) -> Reply:
    return answer(parse(text), store, now, asker)


def test_a_mute_is_said_in_the_channel_with_its_end(store: Store) -> None:
    reply = ask("mute 14d", store)
    assert reply.in_channel
    assert reply.card.sentence == "Muted until 09:36 BST on 3 September 2026."
    assert store.channel(ALICE.team, ALICE.channel).muted_until == T0 + timedelta(days=14)
    again = lines(ask("mute until 1 december", store).card)
    assert again[0] == "Muted until 07:00 GMT on 1 December 2026"
    assert "Before this it was muted until 09:36 BST on 3 September 2026." in again
    ask("subscribe kent", store)
    assert "It is muted until 07:00 GMT on 1 December 2026; to unmute it before then: /judgements unmute." in lines(
        ask("subscriptions", store).card
    )


def test_a_channel_that_has_digests_hears_when_they_come(store: Store) -> None:
    ask("subscribe kent", store)
    assert "digest" not in str(ask("mute 2h", store).card)
    assert "digest" not in str(ask("unmute", store).card)
    ask("subscribe essex weekly", store)
    assert "A digest that falls due before then will be posted when the mute is over." in lines(
        ask("mute 2h", store).card
    )
    assert "A digest that fell due in the meantime will be posted now." in lines(ask("unmute", store).card)


def test_an_unmuted_channel_is_told_again(store: Store) -> None:
    assert not ask("unmute", store).in_channel
    ask("mute 2h", store)
    assert ask("unmute", store).in_channel
    assert store.muted(T0) == {}
    ask("mute 2h", store)
    assert not ask("unmute", store, now=T0 + timedelta(hours=3)).in_channel, "it was over"


def test_a_muted_channel_is_said_to_be_so_whenever_its_subscriptions_are_spoken_of(store: Store) -> None:
    ask("mute 14d", store)
    for typed in ("subscriptions", "subscribe kent", "subscribe kent", "subscribe kent daily", "subscriptions"):
        assert "It is muted until 09:36 BST on 3 September 2026" in str(ask(typed, store).card)
    ask("unmute", store)
    assert "muted until" not in str(ask("subscribe kent now", store).card)


def test_what_was_missed_is_named_with_all_its_days(store: Store) -> None:
    assert "/judgements recent 15d." in "".join(lines(ask("mute 14d", store).card))
    later = T0 + timedelta(days=3)
    assert "/judgements recent 11d." in "".join(lines(ask("mute 7d", store, now=later).card)), "it has been muted since"
    assert "/judgements recent 5d." in ask("unmute", store, now=T0 + timedelta(days=4)).card.sentence
    ask("mute 2h", store, now=T0 + timedelta(days=5))
    assert "/judgements recent 1d." in ask("unmute", store, now=T0 + timedelta(days=5)).card.sentence


@pytest.mark.parametrize("typed", ["mute", "mute for ever", "mute 400d", "mute 0d", "mute until 2025-01-01"])
def test_a_mute_without_a_sensible_end_changes_nothing(typed: str, store: Store) -> None:
    reply = ask(typed, store)
    assert not reply.answered
    assert "/judgements" in reply.card.sentence
    assert store.muted(T0) == {}


def test_unfolding_is_switched_off_and_on(store: Store) -> None:
    assert "posted in this channel show what they say" in ask("unfurl", store).card.sentence
    assert ask("unfurl off", store).in_channel
    assert store.channel(ALICE.team, ALICE.channel).unfurls is False
    assert "do not show what they say" in ask("unfurl", store).card.sentence
    ask("unfurl on", store)
    assert store.channel(ALICE.team, ALICE.channel).unfurls is True
    assert not ask("unfurl sometimes", store).answered


@pytest.mark.parametrize("typed", ["mute 2h", "unmute", "unfurl off"])
def test_who_may_not_subscribe_may_not_change_these_either(typed: str, store: Store) -> None:
    assert not ask(typed, store, ADMINS_ONLY).answered
    assert not ask(typed, store, None).answered
    assert ask("unfurl", store, ADMINS_ONLY).answered
