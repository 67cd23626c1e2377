"""Which channels a change reaches, and with what: change and subscriptions -> what is owed. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from bot import alerts, scopes
from bot.messages import render
from judgements.types import Change
from storage.types import Message, Owed, Part, Subscription


def owed(change: Change, seen_at: datetime, subscribers: Iterable[Subscription]) -> tuple[Owed, ...]:
    """A headline for every channel subscribed to the change's authority, and a detail where there is more to tell."""
    said = dict(_said(change, seen_at))
    places = dict.fromkeys((one.team, one.channel) for one in subscribers if change.urn in scopes.covered(one.scope))
    return tuple(
        Owed(
            key=key(change, team, channel, part),
            team=team,
            channel=channel,
            part=part,
            message=message,
            thread_of=key(change, team, channel, Part.HEADLINE) if part is Part.DETAIL else None,
            tells=(change.key,),
        )
        for team, channel in places
        for part, message in said.items()
    )


def key(change: Change, team: str, channel: str, part: Part) -> str:
    """The same change, place and part have the same key for ever; it travels in the message."""
    return f"{change.key}|{team}|{channel}|{part}"


def _said(change: Change, seen_at: datetime) -> Iterator[tuple[Part, Message]]:
    yield Part.HEADLINE, render(alerts.headline(change, seen_at))
    if detail := alerts.detail(change):
        yield Part.DETAIL, render(detail)
