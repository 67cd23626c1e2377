"""What became of messages, for the operator: the dead ones, and where none can be sent."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, literal, or_, select, update

from storage.engine import reading, writing
from storage.outbox import wake
from storage.places import has_id
from storage.rows import Room
from storage.schema import DEAD, PENDING, channels, deliveries, messages, workspaces
from storage.types import DeadLetter, DeliveryStatus, PausedChannel


class Letters(Room):
    """The verbs of the operator."""

    def dead_letters(self, most: int) -> tuple[DeadLetter, ...]:
        """The messages that were given up, the oldest first."""
        fields = ("key", "team", "channel", "part", "trouble", "attempts", "ended_at")
        columns = (*(deliveries.c[name] for name in fields), deliveries.c.created_at.label("since"), messages.c.text)
        query = select(*columns).join(messages, messages.c.id == deliveries.c.message).where(DEAD)
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(deliveries.c.id).limit(most))
            return tuple(DeadLetter(**row._mapping) for row in rows)

    def retry_dead(self, now: datetime, key: str | None = None) -> int:
        """Let the dead message with this key, or all, be sent again; how many.

        What was to stand in its thread, or to correct it, is sent again with it.
        """
        revived = {
            "status": DeliveryStatus.PENDING,
            "unfinished": 0,
            "refused_since": None,
            "ended_at": None,
            "trouble": "",
        }
        with writing(self._engine) as connection:
            ids, places = _dead_with_followers(connection, key)
            wake(connection, places, now)
            return _alter(connection, ids, revived)

    def drop_dead(self, now: datetime, key: str | None = None) -> int:
        """Forget the dead message with this key, or all; how many."""
        dropped = {"status": DeliveryStatus.DROPPED, "ended_at": now}
        with writing(self._engine) as connection:
            ids, _ = _dead_with_followers(connection, key)
            return _alter(connection, ids, dropped)

    def paused(self) -> tuple[PausedChannel, ...]:
        """Where no messages can be sent, the longest first: workspaces, then channels."""
        with reading(self._engine) as connection:
            found = [*connection.execute(_PAUSED_WORKSPACES), *connection.execute(_PAUSED_CHANNELS)]
        return tuple(PausedChannel(**row._mapping) for row in found)


def _waiting(*where: ColumnElement[bool]) -> Any:
    return select(func.count()).select_from(deliveries).where(PENDING, *where).scalar_subquery().label("waiting")


_PAUSED_WORKSPACES: Select[Any] = (
    select(
        workspaces.c.team,
        literal("").label("channel"),
        workspaces.c.paused_at.label("since"),
        workspaces.c.paused_why.label("why"),
        _waiting(deliveries.c.team == workspaces.c.team),
    )
    .where(workspaces.c.paused_at.is_not(None))
    .order_by(workspaces.c.paused_at)
)
_PAUSED_CHANNELS: Select[Any] = (
    select(
        channels.c.team,
        channels.c.channel,
        channels.c.paused_at.label("since"),
        channels.c.paused_why.label("why"),
        _waiting(deliveries.c.team == channels.c.team, deliveries.c.channel == channels.c.channel),
    )
    .where(channels.c.paused_at.is_not(None))
    .order_by(channels.c.paused_at, channels.c.team, channels.c.channel)
)


def _dead_with_followers(connection: Connection, key: str | None) -> tuple[list[int], set[tuple[str, str]]]:
    wanted = DEAD if key is None else and_(DEAD, deliveries.c.key == key)
    columns = (deliveries.c.id, deliveries.c.key, deliveries.c.team, deliveries.c.channel)
    found = {row.key: row for row in connection.execute(select(*columns).where(wanted))}
    newest = set(found)
    while key is not None and newest:
        follows = or_(deliveries.c.thread_of.in_(newest), deliveries.c.edits.in_(newest))
        rows = connection.execute(select(*columns).where(DEAD, follows)).all()
        newest = {row.key for row in rows} - set(found)
        found |= {row.key: row for row in rows}
    return [row.id for row in found.values()], {(row.team, row.channel) for row in found.values()}


def _alter(connection: Connection, ids: Collection[int], values: dict[str, Any]) -> int:
    these = update(deliveries).where(has_id(connection, ids), DEAD).values(values).returning(deliveries.c.id)
    return len(connection.execute(these).all())
