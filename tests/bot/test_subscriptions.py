"""Which channels a change reaches, and with what."""

from __future__ import annotations

from bot.subscriptions import key, owed
from storage.types import Part, Subscription
from tests.bot.examples import CHANGES, T0, WEST_SUSSEX

IMPROVED, NOT_READ = CHANGES["improved"], CHANGES["not_read"]


def wish(channel: str, urn: str = WEST_SUSSEX, team: str = "T1", by: str = "U1") -> Subscription:
    return Subscription(team=team, channel=channel, scope=f"authority:{urn}", created_by=by, created_at=T0)


def test_every_subscribed_channel_gets_headline_and_detail() -> None:
    messages = owed(IMPROVED, T0, [wish("C1"), wish("C2")])
    assert [(one.channel, one.part) for one in messages] == [
        ("C1", Part.HEADLINE),
        ("C1", Part.DETAIL),
        ("C2", Part.HEADLINE),
        ("C2", Part.DETAIL),
    ]
    assert {one.tells for one in messages} == {(IMPROVED.key,)}
    assert [one.thread_of for one in messages[:2]] == [None, messages[0].key]


def test_where_the_headline_says_it_all_there_is_no_detail() -> None:
    assert [one.part for one in owed(NOT_READ, T0, [wish("C1")])] == [Part.HEADLINE]


def test_a_channel_is_told_once_however_often_it_is_named_and_others_not_at_all() -> None:
    messages = owed(NOT_READ, T0, [wish("C1"), wish("C1", by="U2"), wish("C3", urn="80476")])
    assert [one.channel for one in messages] == ["C1"]


def test_a_shared_channel_is_told_in_each_workspace() -> None:
    assert len({one.key for one in owed(NOT_READ, T0, [wish("C1"), wish("C1", team="T2")])}) == 2


def test_keys_are_the_same_for_ever() -> None:
    assert key(NOT_READ, "T1", "C1", Part.HEADLINE) == "not_read:50252436|T1|C1|headline"
    assert owed(IMPROVED, T0, [wish("C1")]) == owed(IMPROVED, T0, [wish("C1", by="U2")])
