"""Channels by their names, however many: as rows of a statement, held together in one order, freed, and woken.

Whoever sends, writes what is owed or drops it holds the rows of its channels first, in the order of their names: so
nobody misses a wake-up and nobody waits in a circle.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Engine,
    Select,
    Text,
    any_,
    cast,
    func,
    literal,
    select,
    true,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY

from storage.rows import insert, listed
from storage.schema import channels, deliveries

Place = tuple[str, str]
"""Slack's ids of a workspace and of a channel in it."""

FREED = {"leased_until": None, "leased_by": None, "alone": False}
RESUMED = {"paused_at": None, "paused_why": "", "pauses": 0}


def is_one_of(
    connection: Connection | Engine,
    places: Collection[Place],
    team: Column[Any] = channels.c.team,
    channel: Column[Any] = channels.c.channel,
) -> ColumnElement[bool]:
    """Whether it is one of these channels, however many they are: one parameter, and the same statement each time."""
    return tuple_(team, channel).in_(_rows(connection, places))


def _rows(connection: Connection | Engine, places: Collection[Place]) -> Select[Any]:
    each = listed(connection, list(places))
    return select(each.cell(0, Text()), each.cell(1, Text())).where(true())


def has_id(connection: Connection, ids: Iterable[int]) -> ColumnElement[bool]:
    if connection.dialect.name == "sqlite":
        return deliveries.c.id.in_(select(func.json_each(json.dumps(list(ids))).table_valued("value").c.value))
    # As a text, for a driver takes longer to write an array than the database to read one.
    return deliveries.c.id == any_(cast(literal(f"{{{','.join(map(str, ids))}}}", Text), ARRAY(BigInteger)))


def lock(
    connection: Connection, places: Collection[Place], which: ColumnElement[bool] | None = None
) -> tuple[Place, ...]:
    """Hold the rows of these channels, in the order of their names, and give those for which `which` is true now."""
    held = select(channels.c.team, channels.c.channel).where(is_one_of(connection, places))
    if which is not None:
        held = held.where(which)
    rows = connection.execute(held.order_by(channels.c.team, channels.c.channel).with_for_update(of=channels)).all()
    return tuple((row.team, row.channel) for row in rows)


def hold(connection: Connection, places: Collection[Place]) -> None:
    """Hold the rows of these channels, which are made where they are not there."""
    new = insert(connection, channels).from_select(["team", "channel"], _rows(connection, sorted(places)))
    connection.execute(new.on_conflict_do_nothing())
    lock(connection, places)


def wake(connection: Connection, places: Collection[Place], now: datetime) -> None:
    """Let senders look at these channels; a channel that has to wait for its next message still has to."""
    hold(connection, places)
    asleep = channels.c.due_at.is_(None)
    connection.execute(update(channels).where(is_one_of(connection, places), asleep).values(due_at=now))
