"""What stands in Slack at the end, against what was owed: every change in every channel once, in order, in its place.

What was owed is read in the database, but where a message must stand, what it must say and what a channel must have
been told is worked out here, and not by the program's own functions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import timedelta
from itertools import groupby, pairwise
from typing import Any

from sqlalchemy import Engine, Row, select

from bot.sending.posting import mark
from judgements.types import ChangeKind, Report
from storage.engine import reading
from storage.schema import changes, deliveries, digest_items, messages, tellings
from storage.types import DeliveryStatus, Part
from tests.chaos.channels import Channel, Manner

Json = Mapping[str, Any]
IN_CHANNEL = {Part.HEADLINE, Part.BURST, Part.DIGEST}
COMINGS_AND_GOINGS = {ChangeKind.WITHDRAWN, ChangeKind.RETURNED}
WITH_DETAIL = {"headline", "line", "burst"}
"""The last word of the key of a message under which there must be one more for each report."""
SETTLING = timedelta(minutes=3)
"""By so much the clocks of the processes and what people say may be apart."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Counts over all channels. All but the first three are nought if all is well."""

    changes: int
    messages: int
    edits: int
    duplicates: int = 0
    """Messages that stand twice, and changes that are told in two messages of a channel."""
    missing: int = 0
    """Messages, changes, and details, that ought to stand there and do not."""
    out_of_order: int = 0
    strangers: int = 0
    """Messages that nobody owed, or that were not to be sent any more."""
    misplaced: int = 0
    """Messages that stand in no thread, or in another one, or elsewhere than was written down."""
    altered: int = 0
    """Messages that say something else than they were to say at last."""
    disturbed: int = 0
    """Changes told to a channel that wanted to be told nothing."""
    dead: int = 0

    @property
    def is_well(self) -> bool:
        return not any(getattr(self, one.name) for one in fields(self)[3:])

    @property
    def wrong(self) -> int:
        """Messages that are not as they should be."""
        return self.strangers + self.misplaced + self.altered + self.disturbed


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the database has."""

    changes: Mapping[str, Any]
    deliveries: Sequence[Any]
    said: Mapping[str, tuple[str, Any]]
    tells: Mapping[str, Sequence[str]]
    """The changes that a delivery tells, by its key."""
    waiting: Mapping[str, set[str]]
    """The changes that are still to be told in a digest, by the channel."""


def judge(
    engine: Engine,
    channels: Sequence[Channel],
    published: Collection[str],
    said: Callable[[str], Sequence[Json]],
) -> Verdict:
    """`published` are the file ids that were put on the site; `said` gives all messages of a channel."""
    known = _known(engine)
    told_of = {row.change.listing.file_id for row in known.changes.values()}
    counts: Counter[str] = Counter(missing=len(set(published) - told_of) * len(channels))
    for channel in channels:
        counts.update(_Sight(channel, known, said(channel.id)).counts())
    return Verdict(changes=len(known.changes), **{one: counts[one] for one in _COUNTED})


_COUNTED = [one.name for one in fields(Verdict) if one.name != "changes"]


def _known(engine: Engine) -> Known:
    waiting: dict[str, set[str]] = {}
    with reading(engine) as connection:
        for row in connection.execute(select(digest_items)).all():
            waiting.setdefault(row.channel, set()).add(row.change_key)
        rows = connection.execute(select(tellings).order_by(tellings.c.delivery_key, tellings.c.change_key)).all()
        return Known(
            changes={row.key: row for row in connection.execute(select(changes)).all()},
            deliveries=connection.execute(select(deliveries).order_by(deliveries.c.id)).all(),
            said={row.id: (row.text, row.blocks) for row in connection.execute(select(messages)).all()},
            waiting=waiting,
            tells={key: [row.change_key for row in ones] for key, ones in groupby(rows, lambda row: row.delivery_key)},
        )


@dataclass
class _Sight:
    """One channel, as it looks and as it should."""

    channel: Channel
    known: Known
    everything: Sequence[Json]
    there: list[Json] = field(init=False)
    posts: dict[str, Row[Any]] = field(init=False)
    """What was to be posted, by its mark."""
    edits: list[Row[Any]] = field(init=False)

    def __post_init__(self) -> None:
        self.there = [one for one in self.everything if "ephemeral_to" not in one]
        here = [row for row in self.known.deliveries if row.channel == self.channel.id]
        self.posts = {mark(row.key): row for row in here if not row.edits}
        self.edits = [row for row in here if row.edits]

    def counts(self) -> Counter[str]:
        marks = [_mark(one) for one in self.there]
        sent = {one for one, row in self.posts.items() if row.status is DeliveryStatus.SENT}
        owed = [self.posts[one] for one in marks if one in self.posts]
        return Counter(
            messages=len(marks),
            edits=sum(row.status is DeliveryStatus.SENT for row in self.edits),
            duplicates=len(marks) - len(set(marks)) + self.told_twice(),
            missing=len(sent - set(marks)) + self.untold() + self.without_detail(),
            out_of_order=_inversions(row.id for row in owed),
            strangers=len([one for one in marks if one not in sent]),
            misplaced=sum(map(self.is_misplaced, self.there)),
            altered=sum(map(self.is_altered, self.there)),
            disturbed=self.disturbed(),
            dead=sum(not self.is_ended_well(row) for row in (*self.posts.values(), *self.edits)),
        )

    def is_misplaced(self, message: Json) -> bool:
        row = self.posts.get(_mark(message))
        if row is None:
            return False
        parents = [str(one["ts"]) for one in self.there if row.thread_of and _mark(one) == mark(row.thread_of)]
        return message.get("thread_ts") not in (parents or [None]) or row.ts not in (None, *self.places(row))

    def places(self, row: Row[Any]) -> list[str]:
        return [str(one["ts"]) for one in self.there if _mark(one) == mark(row.key)]

    def is_altered(self, message: Json) -> bool:
        """Whether it says something else than the last that was to be written there."""
        row = self.posts.get(_mark(message))
        if row is None:
            return False
        *_, last = [row, *(one for one in self.edits if one.edits == row.key and one.status is DeliveryStatus.SENT)]
        text, blocks = self.known.said[last.message]
        bare = [{name: value for name, value in one.items() if name != "block_id"} for one in message["blocks"]]
        return (message["text"], bare) != (text, [dict(one) for one in blocks])

    def told(self, *parts: Part) -> Iterator[tuple[str, Row[Any]]]:
        """The changes that are told here in messages of these parts, each with the message."""
        for row in self.posts.values():
            if row.part in parts:
                yield from ((key, row) for key in self.known.tells.get(row.key, ()))

    def told_twice(self) -> int:
        there = {_mark(one) for one in self.there}
        twice = Counter(key for key, row in self.told(*IN_CHANNEL) if mark(row.key) in there)
        return sum(number - 1 for number in twice.values())

    def untold(self) -> int:
        """Changes that the channel had to be told, and was not: neither they nor what became of them since."""
        told = {key for key, row in self.told(*IN_CHANNEL)} | {key for row in self.edits for key in self.tells(row)}
        told |= self.known.waiting.get(self.channel.id, set())
        return sum(self.must_know(row) and not self.is_told(row, told) for row in self.known.changes.values())

    def tells(self, row: Row[Any]) -> Sequence[str]:
        return self.known.tells.get(row.key, ())

    def must_know(self, change: Row[Any]) -> bool:
        if self.channel.manner is not Manner.RESTLESS:
            return True
        told_at = change.fanned_out_at or change.seen_at
        return self.channel.was_open(change.seen_at - SETTLING, told_at + SETTLING) is True

    def is_told(self, change: Row[Any], told: Collection[str]) -> bool:
        root = change.amends or change.key
        later = [
            row.key
            for row in self.known.changes.values()
            if root in (row.key, row.amends) and (row.key == change.key or row.seen_at >= change.seen_at)
        ]
        if change.change.kind in COMINGS_AND_GOINGS:  # what came and went before anybody was told is told as it is
            later.append(root)
        return any(key in told for key in later)

    def without_detail(self) -> int:
        """Reports told in a message that has a thread, with nothing in it."""
        details = {(key, row.thread_of) for key, row in self.told(Part.DETAIL) if row.status is DeliveryStatus.SENT}
        return sum(
            (key, row.key) not in details
            for key, row in self.told(*IN_CHANNEL)
            if row.status is DeliveryStatus.SENT
            and row.key.rpartition("|")[2] in WITH_DETAIL
            and isinstance(self.known.changes[key].change.reading, Report)
            and self.known.changes[key].change.kind not in COMINGS_AND_GOINGS
        )

    def disturbed(self) -> int:
        there = {_mark(one) for one in self.there}
        news = {key for key, row in self.told(*IN_CHANNEL) if mark(row.key) in there}
        rows = [self.known.changes[key] for key in news]
        return sum(
            self.channel.was_open(row.seen_at - SETTLING, (row.fanned_out_at or row.seen_at) + SETTLING) is False
            for row in rows
        )

    def is_ended_well(self, row: Row[Any]) -> bool:
        if row.status is DeliveryStatus.DROPPED:
            return self.channel.manner is Manner.RESTLESS
        return bool(row.status is DeliveryStatus.SENT)


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
