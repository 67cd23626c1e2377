"""Changes become deliveries: once each, in order, whoever dies. `storage.sending` has what becomes of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
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
    union,
    update,
)

from storage import troubles
from storage.codec import CHANGE
from storage.engine import reading, writing
from storage.leases import LostLeaseError, still_held
from storage.places import Place, hold, is_one_of, wake
from storage.rows import MISFITS, Room, UndecodableError, columns_of, insert_many, insert_new, past
from storage.schema import JSON_VALUE, changes, channels, deliveries, digest_items, messages, subscriptions, tellings
from storage.types import (
    ClaimedChange,
    DeliveryStatus,
    DigestItem,
    DueDigest,
    Holding,
    Message,
    Owed,
    Told,
    TroubleKind,
)

FAN_OUT = "fan-out"
"""The lease under which changes become deliveries."""
PUT_OFF = timedelta(minutes=15)
"""So long what cannot be told is left alone before it is tried again: another version of the program may tell it."""

log = structlog.get_logger()


class Outbox(Room):
    """The verbs of whoever turns changes into messages."""

    def waiting_changes(self, most: int, now: datetime) -> tuple[ClaimedChange, ...]:
        """The oldest changes that not everybody has been told of yet, in the order in which they are told.

        One that cannot be read is put off with the reason, and holds up no other.
        """
        columns = (changes.c.key, changes.c.seen_at, type_coerce(changes.c.change, JSON_VALUE).label("change"))
        waits = and_(changes.c.fanned_out_at.is_(None), past(changes.c.put_off_until, now))
        query = select(*columns).where(waits).order_by(*_NOTICED).limit(most)
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        decoded = [self._decoded(row, now) for row in rows]
        return tuple(one for one in decoded if one is not None)

    def places_of(self, scopes: Collection[str], change_keys: Collection[str]) -> tuple[Place, ...]:
        """Every channel that has a wish for one of these scopes, or was told one of these changes, in order."""
        wish, telling = subscriptions.c, tellings.c
        wishing = select(wish.team, wish.channel).where(wish.scope.in_(scopes))
        told_it = select(telling.team, telling.channel).where(telling.change_key.in_(change_keys))
        with reading(self._engine) as connection:
            return tuple(sorted((row.team, row.channel) for row in connection.execute(union(wishing, told_it))))

    def fan_out(
        self,
        holding: Holding,
        change_keys: Collection[str],
        places: Collection[Place],
        plan: Callable[[], tuple[Sequence[Owed], Sequence[DigestItem]]],
        now: datetime,
    ) -> int:
        """Write what these changes owe to these channels; how many deliveries are new.

        `plan` is called while the channels are held: what people wish meanwhile waits until it is written, and holds
        for it. Raises `LostLeaseError` unless the lease `FAN_OUT` is still held and all these changes still wait.
        """
        waiting = select(func.count()).where(changes.c.key.in_(change_keys), changes.c.fanned_out_at.is_(None))
        with writing(self._engine) as connection:
            still_held(connection, holding)
            if connection.scalar(waiting) != len(set(change_keys)):
                raise LostLeaseError(holding)
            hold(connection, places)
            owed, later = plan()
            items = [columns_of(digest_items, item) for item in later]
            insert_many(connection, digest_items, items, digest_items.c.change_key)
            return write_owed(connection, owed, now)

    def end_fan_out(self, holding: Holding, change_keys: Collection[str], now: datetime) -> None:
        """All that these changes owe has been written. Raises `LostLeaseError` unless the lease is still held."""
        these = and_(changes.c.key.in_(change_keys), changes.c.fanned_out_at.is_(None))
        with writing(self._engine) as connection:
            still_held(connection, holding)
            told_at = {"fanned_out_at": now, "put_off_until": None, "trouble": ""}
            connection.execute(update(changes).where(these).values(told_at))
            troubles.end(connection, [_untold(key) for key in change_keys], now)

    def put_off(self, change_key: str, until: datetime, trouble: str, now: datetime) -> None:
        """What this change owes cannot be written: it is tried again then, and operators are told the sentence."""
        put_off = update(changes).where(changes.c.key == change_key, changes.c.fanned_out_at.is_(None))
        with writing(self._engine) as connection:
            connection.execute(put_off.values(put_off_until=until, trouble=trouble))
            troubles.begin(connection, _untold(change_key), TroubleKind.UNTOLD, trouble, now)

    def owe(self, owed: Sequence[Owed], now: datetime) -> int:
        """Write what is owed for no change's sake; how many deliveries are new."""
        with writing(self._engine) as connection:
            return write_owed(connection, owed, now)

    def told(self, change_keys: Collection[str], places: Collection[Place] | None = None) -> tuple[Told, ...]:
        """The deliveries that tell any of these changes, in these channels or in all, in the order in which they were
        written."""
        which = select(tellings.c.delivery_key).where(tellings.c.change_key.in_(change_keys))
        if places is not None:
            which = which.where(is_one_of(self._engine, places, tellings.c.team, tellings.c.channel))
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
            hold(connection, [(digest.team, digest.channel)])
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
        self.put_off(row.key, now + PUT_OFF, trouble, now)
        log.error("put off", change=row.key, reason="undecodable", trouble=trouble)
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


def _untold(change_key: str) -> str:
    return f"untold:{change_key}"


def _told(rows: Sequence[Row[Any]]) -> Told:
    return Told(**{name: rows[0]._mapping[name] for name in _TOLD}, change_keys=tuple(row.change_key for row in rows))


def write_owed(connection: Connection, owed: Sequence[Owed], now: datetime) -> int:
    """Wake the channels and write what they are owed, in this order; how many deliveries are new."""
    if not owed:
        return 0
    wake(connection, {(one.team, one.channel) for one in owed}, now)
    ids = write_messages(connection, [one.message for one in owed])
    rows = [_row(one, ids[id(one.message)], now) for one in owed]
    written = insert_many(connection, deliveries, rows, deliveries.c.key)
    telling = [row for one in owed if one.key in written for row in _tellings(one)]
    insert_many(connection, tellings, telling, tellings.c.change_key)
    return len(written)


def _tellings(owed: Owed) -> list[dict[str, object]]:
    place = {"team": owed.team, "channel": owed.channel}
    return [{"change_key": key, **place, "delivery_key": owed.key} for key in owed.tells]


def write_messages(connection: Connection, said: Sequence[Message]) -> Mapping[int, str]:
    """Write these messages where they are new; their ids, each by the identity of the message.

    Channels that are told the same share the very same message: its id is worked out once.
    """
    ids = {id(message): message.id for message in {id(one): one for one in said}.values()}
    rows = {ids[id(one)]: {"id": ids[id(one)], "text": one.text, "blocks": one.blocks} for one in said}
    insert_new(connection, messages, [row for _, row in sorted(rows.items())])
    return ids


def _row(owed: Owed, message: str, now: datetime) -> dict[str, object]:
    fields = {name: getattr(owed, name) for name in ("key", "team", "channel", "part", "thread_of", "edits")}
    state = {"status": DeliveryStatus.PENDING, "attempts": 0, "unfinished": 0, "trouble": ""}
    return fields | state | {"message": message, "created_at": now}
