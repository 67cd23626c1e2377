"""Changes become deliveries: once each, in order, whoever dies. `storage.sending` has what becomes of them.

Whoever writes deliveries takes hold of the rows of their channels first, in the order of their names: whoever sends
does so too, and so nobody misses a wake-up and nobody waits in a circle.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

import structlog
from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Table,
    and_,
    delete,
    func,
    or_,
    select,
    type_coerce,
    update,
)

from storage.codec import CHANGE
from storage.engine import reading, writing
from storage.leases import still_held
from storage.rows import MISFITS, Room, UndecodableError, columns_of, insert, insert_new, past
from storage.schema import JSON_VALUE, changes, channels, deliveries, digest_items, messages, subscriptions, tellings
from storage.types import ClaimedChange, DeliveryStatus, DigestItem, DueDigest, Holding, Message, Owed, Told

FAN_OUT = "fan-out"
"""The lease under which changes become deliveries."""

Place = tuple[str, str]
"""Slack's ids of a workspace and of a channel in it."""

log = structlog.get_logger()


class Outbox(Room):
    """The verbs of whoever turns changes into messages."""

    def waiting_changes(self, most: int, now: datetime) -> tuple[ClaimedChange, ...]:
        """The oldest changes that nobody has been told of yet, in the order in which they are told.

        One that cannot be read is set aside with the reason, and holds up no other.
        """
        columns = (changes.c.key, changes.c.seen_at, type_coerce(changes.c.change, JSON_VALUE).label("change"))
        query = select(*columns).where(changes.c.fanned_out_at.is_(None)).order_by(*_NOTICED).limit(most)
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        decoded = [self._decoded(row, now) for row in rows]
        return tuple(one for one in decoded if one is not None)

    def fan_out(
        self,
        holding: Holding,
        change_keys: Collection[str],
        owed: Sequence[Owed],
        later: Sequence[DigestItem],
        now: datetime,
    ) -> int:
        """Write what these changes owe, and that they have been told; how many deliveries are new.

        Nothing is written unless all these changes still wait. Raises `LostLeaseError` unless the lease `FAN_OUT` is
        still held.
        """
        these = changes.c.key.in_(change_keys)
        waiting = select(func.count()).where(these, changes.c.fanned_out_at.is_(None))
        with writing(self._engine) as connection:
            still_held(connection, holding)
            if connection.scalar(waiting) != len(set(change_keys)):
                return 0
            connection.execute(update(changes).where(these).values(fanned_out_at=now))
            insert_new(connection, digest_items, [columns_of(digest_items, item) for item in later])
            return write_owed(connection, owed, now)

    def owe(self, owed: Sequence[Owed], now: datetime) -> int:
        """Write what is owed for no change's sake; how many deliveries are new."""
        with writing(self._engine) as connection:
            return write_owed(connection, owed, now)

    def told(self, change_keys: Collection[str]) -> tuple[Told, ...]:
        """The deliveries that tell any of these changes, in the order in which they were written."""
        which = select(tellings.c.delivery_key).where(tellings.c.change_key.in_(change_keys))
        with reading(self._engine) as connection:
            return told(connection, deliveries.c.key.in_(which))

    def family(self, change_keys: Collection[str]) -> tuple[ClaimedChange, ...]:
        """These changes, what they amend and what amends them, in the order in which they were noticed.

        One that cannot be read is left out: it was set aside when it was to be told.
        """
        known: set[str] = set()
        columns = (changes.c.key, changes.c.amends, changes.c.seen_at)
        query = select(*columns, type_coerce(changes.c.change, JSON_VALUE).label("change")).order_by(*_NOTICED)
        with reading(self._engine) as connection:
            found: Sequence[Any] = ()
            wanted = set(change_keys)
            while wanted != known:
                known = wanted
                these = or_(changes.c.key.in_(known), changes.c.amends.in_(known))
                found = connection.execute(query.where(these)).all()
                wanted = known.union(*({row.key, row.amends} for row in found)) - {""}
        return tuple(one for row in found if (one := _readable(row)))

    def due_digests(self, now: datetime) -> tuple[DueDigest, ...]:
        """Which channels are to have a digest now, and what it tells, in the order in which it was noticed.

        One that falls due while its channel is muted waits until the mute is over.
        """
        digest = (digest_items.c.team, digest_items.c.channel, digest_items.c.how)
        waiting = select(*digest, digest_items.c.change_key).join(changes).where(digest_items.c.due_at <= now)
        wished = (subscriptions.c.team, subscriptions.c.channel, subscriptions.c.how)
        in_any_case = select(*wished).where(subscriptions.c.digest_at <= now)
        with reading(self._engine) as connection:
            rows = connection.execute(_unless_muted(waiting, digest_items, now).order_by(*digest, *_NOTICED)).all()
            wished_for = {tuple(row) for row in connection.execute(_unless_muted(in_any_case, subscriptions, now))}
        grouped = groupby(rows, attrgetter("team", "channel", "how"))
        items = {digest: tuple(row.change_key for row in rows) for digest, rows in grouped}
        return tuple(
            DueDigest(
                team=team,
                channel=channel,
                how=how,
                change_keys=items.get((team, channel, how), ()),
                even_if_empty=(team, channel, how) in wished_for,
            )
            for team, channel, how in sorted(items.keys() | wished_for)
        )

    def fan_out_digest(
        self,
        holding: Holding,
        digest: DueDigest,
        owed: Sequence[Owed],
        now: datetime,
        next_at: datetime | None = None,
    ) -> int:
        """Write a channel's digest, that its items are told, and when it comes next in any case; how many deliveries
        are new.

        Nothing is written unless all the items still wait, and one that is wished for in any case is still to come.
        Raises `LostLeaseError` unless the lease `FAN_OUT` is still held.
        """
        these = (
            (digest_items.c.team == digest.team)
            & (digest_items.c.channel == digest.channel)
            & digest_items.c.change_key.in_(digest.change_keys)
        )
        waiting = select(func.count()).select_from(digest_items).where(these)
        wishes = (
            (subscriptions.c.team == digest.team)
            & (subscriptions.c.channel == digest.channel)
            & (subscriptions.c.how == digest.how)
            & (subscriptions.c.digest_at <= now)
        )
        later = update(subscriptions).where(wishes).values(digest_at=next_at).returning(subscriptions.c.scope)
        with writing(self._engine) as connection:
            still_held(connection, holding)
            if connection.scalar(waiting) != len(digest.change_keys):
                return 0
            if digest.even_if_empty and not connection.execute(later).all():
                return 0
            connection.execute(delete(digest_items).where(these))
            return write_owed(connection, owed, now)

    def _decoded(self, row: Row[Any], now: datetime) -> ClaimedChange | None:
        try:
            return ClaimedChange(change=CHANGE.decode(row.change), seen_at=row.seen_at)
        except MISFITS as error:
            trouble = str(UndecodableError(f'change "{row.key}"', error))
        with writing(self._engine) as connection:
            set_aside = {"fanned_out_at": now, "trouble": trouble}
            connection.execute(update(changes).where(changes.c.key == row.key).values(set_aside))
        log.error("given up", reason="undecodable", trouble=trouble)
        return None


def _readable(row: Row[Any]) -> ClaimedChange | None:
    try:
        return ClaimedChange(change=CHANGE.decode(row.change), seen_at=row.seen_at)
    except MISFITS:
        return None


def _unless_muted(query: Select[Any], of: Table, now: datetime) -> Select[Any]:
    here = and_(channels.c.team == of.c.team, channels.c.channel == of.c.channel)
    return query.outerjoin(channels, here).where(past(channels.c.muted_until, now))


_NOTICED = (changes.c.seen_at, changes.c.published, changes.c.key)


_TOLD = ("key", "team", "channel", "part", "edits", "thread_of", "ts", "status")


def told(connection: Connection, which: ColumnElement[bool]) -> tuple[Told, ...]:
    """These deliveries with the changes that they tell, in the order in which they were written."""
    columns = [deliveries.c[name] for name in _TOLD]
    query = select(*columns, tellings.c.change_key).join(tellings, tellings.c.delivery_key == deliveries.c.key)
    rows: Sequence[Any] = connection.execute(query.where(which).order_by(deliveries.c.id, tellings.c.change_key)).all()
    return tuple(_told(list(of_one)) for _, of_one in groupby(rows, attrgetter("key")))


def _told(rows: Sequence[Row[Any]]) -> Told:
    return Told(**{name: rows[0]._mapping[name] for name in _TOLD}, change_keys=tuple(row.change_key for row in rows))


def write_owed(connection: Connection, owed: Sequence[Owed], now: datetime) -> int:
    """Wake the channels and write what they are owed, in this order; how many deliveries are new."""
    if not owed:
        return 0
    wake(connection, {(one.team, one.channel) for one in owed}, now)
    ids = write_messages(connection, [one.message for one in owed])
    new = insert(connection, deliveries).on_conflict_do_nothing().returning(deliveries.c.key)
    written = set(connection.execute(new, [_row(one, ids[id(one.message)], now) for one in owed]).scalars())
    telling = [{"change_key": key, "delivery_key": one.key} for one in owed if one.key in written for key in one.tells]
    insert_new(connection, tellings, telling)
    return len(written)


def write_messages(connection: Connection, said: Sequence[Message]) -> Mapping[int, str]:
    """Write these messages where they are new; their ids, each by the identity of the message.

    Channels that are told the same share the very same message: its id is worked out once.
    """
    ids = {id(message): message.id for message in {id(one): one for one in said}.values()}
    rows = {ids[id(one)]: {"id": ids[id(one)], "text": one.text, "blocks": one.blocks} for one in said}
    insert_new(connection, messages, [row for _, row in sorted(rows.items())])
    return ids


def wake(connection: Connection, places: Collection[Place], now: datetime) -> None:
    """Let senders look at these channels; a channel that has to wait for its next message still has to."""
    if not places:
        return
    new = insert(connection, channels)
    due = {"due_at": func.coalesce(channels.c.due_at, new.excluded.due_at)}
    rows = [{"team": team, "channel": channel, "due_at": now} for team, channel in sorted(places)]
    woken = new.on_conflict_do_update(index_elements=["team", "channel"], set_=due).returning(channels.c.channel)
    connection.execute(woken, rows).all()


def _row(owed: Owed, message: str, now: datetime) -> dict[str, object]:
    fields = {name: getattr(owed, name) for name in ("key", "team", "channel", "part", "thread_of", "edits")}
    state = {"status": DeliveryStatus.PENDING, "attempts": 0, "unfinished": 0, "trouble": ""}
    return fields | state | {"message": message, "created_at": now}
