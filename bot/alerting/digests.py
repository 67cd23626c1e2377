"""What waited for its day and hour -> the digest of a channel. Pure. An empty one is sent where it is wished for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from bot.alerting import alerts, bursts
from bot.alerting.stories import Stories, Story
from bot.alerting.subscriptions import called, why_not
from bot.alerting.telling import Form, key, nth_of
from bot.channels import hows
from bot.messages import render
from bot.types import Card
from storage.types import DueDigest, Owed, Part, Subscription


def owed(
    due: DueDigest, known: Stories, wishes: Sequence[Subscription], told: Collection[str], now: datetime
) -> tuple[Owed, ...]:
    """The messages of a channel's digest.

    What is told is what there is to say now of each change, and only what the channel still wants to know; who is to be
    called is called in the first message. `known` are the stories of the changes by their keys, `told` the keys of
    those that stand in the channel already.
    """
    wanting = [(one, wish) for one in _untold(due, known, told) for wish in wishes if not why_not(wish, one.change)]
    mentions = called((wish, one.change) for one, wish in wanting)
    pages = bursts.pages(list({one.change.key: one for one, _ in wanting}.values()))
    return tuple(_owed(due, page, (number, len(pages)), mentions, now) for number, page in enumerate(pages, 1))


def _owed(due: DueDigest, page: Sequence[Story], nth: tuple[int, int], mentions: Sequence[str], now: datetime) -> Owed:
    rhythm = hows.rhythm(due.how)
    card = bursts.digest(page, rhythm, nth)
    return Owed(
        key=key(f"digest|{rhythm}|{now.isoformat()}", (due.team, due.channel), Form.DIGEST, nth),
        team=due.team,
        channel=due.channel,
        part=Part.DIGEST,
        message=render(alerts.with_mentions(card, mentions if nth[0] == 1 else ())),
        tells=tuple(one.change.key for one in page),
    )


def empty(due: DueDigest, wishes: Sequence[Subscription], looked_at: datetime | None, now: datetime) -> Owed:
    """The message of a digest that is wished for although there is nothing to tell."""
    rhythm = hows.rhythm(due.how)
    asking = [one for one in wishes if one.even_if_empty and one.how == due.how]
    return Owed(
        key=key(f"digest|{rhythm}|{now.isoformat()}|0|0", (due.team, due.channel), Form.DIGEST),
        team=due.team,
        channel=due.channel,
        part=Part.DIGEST,
        message=render(bursts.empty_digest(rhythm, asking, looked_at)),
    )


def _untold(due: DueDigest, known: Stories, told: Collection[str]) -> list[Story]:
    """A document's story once, if no message here tells it; and where it came or went since it was told, that too."""
    stories = {known[each].change.key: known[each] for each in due.change_keys if each in known}
    standing = {known[each].root for each in told if each in known and not known[each].is_turn}
    fresh = [one for one in stories.values() if not one.is_turn and one.root not in standing]
    roots = {one.root for one in fresh}
    turns = [one for key, one in stories.items() if one.is_turn and one.root not in roots and key not in told]
    return [*fresh, *turns]


def anew(digest_key: str, page: Sequence[Story]) -> Card:
    """One message of a digest as it is to be said now: its key tells how it was said."""
    return bursts.digest(page, digest_key.split("|")[1], nth_of(digest_key))
