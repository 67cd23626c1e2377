"""What stands in Slack at the end, against what was owed: every change in every channel once, in order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sqlalchemy import Engine, select

from bot.sending.posting import mark
from storage.engine import reading
from storage.schema import changes, deliveries, tellings
from storage.types import DeliveryStatus

Json = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Counts over all subscribed channels. All but the first two are nought if all is well."""

    changes: int
    messages: int
    duplicates: int
    missing: int
    out_of_order: int
    strangers: int
    """Messages that nobody owed."""
    dead: int

    @property
    def is_well(self) -> bool:
        return not (self.duplicates or self.missing or self.out_of_order or self.strangers or self.dead)


def judge(
    engine: Engine, channels: Collection[str], published: Collection[str], said: Callable[[str], Sequence[Json]]
) -> Verdict:
    """`published` are the file ids that were put on the site; `said` gives all messages of a channel."""
    with reading(engine) as connection:
        found = {row.key: row.change.listing.file_id for row in connection.execute(select(changes))}
        told = {(row.channel, row.change_key) for row in connection.execute(_TOLD)}
        rows = connection.execute(select(deliveries).order_by(deliveries.c.id)).all()
    places = {channel: [_mark(one) for one in said(channel) if "ephemeral_to" not in one] for channel in channels}
    owed = {channel: {mark(row.key): row.id for row in rows if row.channel == channel} for channel in channels}
    twice = Counter(found.values())
    return Verdict(
        changes=len(found),
        messages=sum(map(len, places.values())),
        duplicates=sum(len(marks) - len(set(marks)) for marks in places.values())
        + sum(number - 1 for number in twice.values()) * len(channels),
        missing=sum(len(owed[channel].keys() - set(marks)) for channel, marks in places.items())
        + sum((channel, key) not in told for channel in channels for key in found)
        + len(set(published) - set(found.values())) * len(channels),
        out_of_order=sum(
            _inversions(owed[channel][one] for one in marks if one in owed[channel])
            for channel, marks in places.items()
        ),
        strangers=sum(one not in owed[channel] for channel, marks in places.items() for one in marks),
        dead=sum(row.status is not DeliveryStatus.SENT for row in rows if row.channel in channels),
    )


_TOLD = select(deliveries.c.channel, tellings.c.change_key).join(tellings, tellings.c.delivery_key == deliveries.c.key)


def _mark(message: Json) -> str:
    return str(next((block.get("block_id") for block in message.get("blocks") or ()), ""))


def _inversions(ids: Iterable[int]) -> int:
    return sum(later <= earlier for earlier, later in pairwise(_first_of_each(ids)))


def _first_of_each(ids: Iterable[int]) -> Iterator[int]:
    """Duplicates are counted as such."""
    seen: set[int] = set()
    for one in ids:
        if one not in seen:
            seen.add(one)
            yield one
