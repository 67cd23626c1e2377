"""What became of messages, for the operator: the dead ones, and where none can be sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    update,
)

from storage.engine import reading, writing
from storage.leases import still_held
from storage.outbox import told, write_messages
from storage.places import Place, has_id, wake
from storage.rows import Room
from storage.schema import DEAD, PENDING, changes, channels, deliveries, messages, tellings, workspaces
from storage.types import DeadLetter, DeliveryStatus, Holding, Message, PausedChannel, Retried, Told

TOLD_SINCE = "the channel has been told something newer since"


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

    def overtaken_letters(self, key: str | None = None) -> tuple[Told, ...]:
        """Of the dead message with this key and what belongs to it, or of all, those that tell what has been told
        otherwise since."""
        with reading(self._engine) as connection:
            ids, _ = _dead_with_followers(connection, key)
            return told(connection, and_(has_id(connection, ids.values()), _OVERTAKEN))

    def retry_dead(
        self,
        holding: Holding,
        now: datetime,
        key: str | None = None,
        instead: Mapping[str, Message | None] = MappingProxyType({}),
    ) -> Retried:
        """Let the dead message with this key, or all, be sent again.

        What was to stand in its thread, or to correct it, is sent again with it. Those whose keys are in `instead` say
        that now, or are dropped. Raises `LostLeaseError` unless the lease `FAN_OUT` is still held.
        """
        revived = {
            "status": DeliveryStatus.PENDING,
            "unfinished": 0,
            "refused_since": None,
            "ended_at": None,
            "trouble": "",
        }
        left = {"status": DeliveryStatus.DROPPED, "ended_at": now, "trouble": TOLD_SINCE}
        with writing(self._engine) as connection:
            still_held(connection, holding)
            ids, places = _dead_with_followers(connection, key)
            _say_instead(connection, {ids[of]: said for of, said in instead.items() if of in ids and said})
            dropped = _alter(connection, [ids[of] for of, said in instead.items() if of in ids and not said], left)
            wake(connection, places, now)
            return Retried(revived=_alter(connection, ids.values(), revived), dropped=dropped)

    def drop_dead(self, now: datetime, key: str | None = None) -> int:
        """Forget the dead message with this key, or all; how many."""
        dropped = {"status": DeliveryStatus.DROPPED, "ended_at": now}
        with writing(self._engine) as connection:
            ids, _ = _dead_with_followers(connection, key)
            return _alter(connection, ids.values(), dropped)

    def paused(self) -> tuple[PausedChannel, ...]:
        """Where no messages can be sent, the longest first: workspaces, then channels."""
        with reading(self._engine) as connection:
            found = [*connection.execute(_PAUSED_WORKSPACES), *connection.execute(_PAUSED_CHANNELS)]
        return tuple(PausedChannel(**row._mapping) for row in found)


_telling, _first, _later = tellings.alias(), changes.alias(), changes.alias()
_OVERTAKEN = exists().where(
    _telling.c.delivery_key == deliveries.c.key,
    _first.c.key == _telling.c.change_key,
    _later.c.amends == case((_first.c.amends == "", _first.c.key), else_=_first.c.amends),
    _later.c.seen_at > _first.c.seen_at,
    _later.c.fanned_out_at.is_not(None),
)
"""Whether something that has become of a document since has been told, too."""


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


def _dead_with_followers(connection: Connection, key: str | None) -> tuple[dict[str, int], set[Place]]:
    """The ids of these deliveries by their keys, and their channels."""
    wanted = DEAD if key is None else and_(DEAD, deliveries.c.key == key)
    columns = (deliveries.c.id, deliveries.c.key, deliveries.c.team, deliveries.c.channel)
    found = {row.key: row for row in connection.execute(select(*columns).where(wanted))}
    newest = set(found)
    while key is not None and newest:
        follows = or_(deliveries.c.thread_of.in_(newest), deliveries.c.edits.in_(newest))
        rows = connection.execute(select(*columns).where(DEAD, follows)).all()
        newest = {row.key for row in rows} - set(found)
        found |= {row.key: row for row in rows}
    return {row.key: row.id for row in found.values()}, {(row.team, row.channel) for row in found.values()}


def _say_instead(connection: Connection, said: Mapping[int, Message]) -> None:
    if said:
        ids = write_messages(connection, list(said.values()))
        rows = [{"this": this, "message": ids[id(message)]} for this, message in said.items()]
        that = update(deliveries).where(deliveries.c.id == bindparam("this"))
        connection.execute(that.values(message=bindparam("message")), rows)


def _alter(connection: Connection, ids: Iterable[int], values: dict[str, Any]) -> int:
    these = update(deliveries).where(has_id(connection, ids), DEAD).values(values).returning(deliveries.c.id)
    return len(connection.execute(these).all())
