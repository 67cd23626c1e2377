"""The rows of channels: held together in one order, and freed for the next message."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable

from sqlalchemy import BigInteger, ColumnElement, Connection, Text, any_, func, literal, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY

from storage.outbox import Place
from storage.rows import insert
from storage.schema import channels, deliveries

FREED = {"leased_until": None, "leased_by": None, "alone": False}
RESUMED = {"paused_at": None, "paused_why": "", "pauses": 0}


def is_one_of(connection: Connection, places: Collection[Place]) -> ColumnElement[bool]:
    """Whether it is one of these channels, however many they are: one parameter, and the same statement each time."""
    if connection.dialect.name == "sqlite":
        one = func.json_each(json.dumps(list(places))).table_valued("value")
        named = select(func.json_extract(one.c.value, "$[0]"), func.json_extract(one.c.value, "$[1]"))
    else:
        team, channel = ([place[part] for place in places] for part in (0, 1))
        named = select(func.unnest(literal(team, ARRAY(Text))), func.unnest(literal(channel, ARRAY(Text))))
    return tuple_(channels.c.team, channels.c.channel).in_(named)


def has_id(connection: Connection, ids: Iterable[int]) -> ColumnElement[bool]:
    if connection.dialect.name == "sqlite":
        return deliveries.c.id.in_(select(func.json_each(json.dumps(list(ids))).table_valued("value").c.value))
    return deliveries.c.id == any_(literal(list(ids), ARRAY(BigInteger)))


def hold(connection: Connection, team: str, channel: str) -> None:
    """Hold the row of this channel, which is made if it is not there."""
    new = insert(connection, channels).values(team=team, channel=channel)
    key, nothing = ["team", "channel"], {"alone": channels.c.alone}
    connection.execute(new.on_conflict_do_update(index_elements=key, set_=nothing))


def lock(
    connection: Connection, places: Collection[Place], which: ColumnElement[bool] | None = None
) -> tuple[Place, ...]:
    """Hold the rows of these channels, in the order of their names, and give those for which `which` is true now."""
    held = select(channels.c.team, channels.c.channel).where(is_one_of(connection, places))
    if which is not None:
        held = held.where(which)
    rows = connection.execute(held.order_by(channels.c.team, channels.c.channel).with_for_update(of=channels))
    return tuple((row.team, row.channel) for row in rows)
