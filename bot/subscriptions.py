"""Which channels a change reaches, and with what: change and subscriptions -> deliveries. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from bot import alerts, scopes
from judgements.types import Change
from storage.types import Delivery, Part, Subscription


def deliveries(change: Change, seen_at: datetime, subscribers: Iterable[Subscription]) -> tuple[Delivery, ...]:
    """A headline for every channel subscribed to the change's authority, and a detail where there is more to tell."""
    told = alerts.detail(change) is not None
    places = dict.fromkeys((one.team, one.channel) for one in subscribers if change.urn in scopes.covered(one.scope))
    return tuple(
        Delivery(
            key=key(change, team, channel, part), team=team, channel=channel, part=part, change=change, seen_at=seen_at
        )
        for team, channel in places
        for part in _parts(told)
    )


def key(change: Change, team: str, channel: str, part: Part) -> str:
    """The same change, place and part have the same key for ever; it travels in the message."""
    return f"{change.key}|{team}|{channel}|{part}"


def _parts(told: bool) -> Iterator[Part]:
    yield Part.HEADLINE
    if told:
        yield Part.DETAIL
