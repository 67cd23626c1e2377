"""Changes become deliveries, and deliveries become messages in channels: once each, in order, whoever dies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Tuple,
    and_,
    func,
    literal,
    not_,
    or_,
    select,
    tuple_,
    update,
)

from storage.engine import reading, writing
from storage.rows import MISFITS, Room, UndecodableError, claim, columns_of, insert_new, past
from storage.schema import UtcDateTime, changes, deliveries
from storage.types import ClaimedChange, Delivery, DeliveryStatus, Part

UNSUBSCRIBED = "the channel unsubscribed"
"""The end of a message that nobody waits for any more: no trouble to anybody."""


class Outbox(Room):
    """The verbs of whoever turns changes into messages and sends them."""

    def claim_change(self, now: datetime, lease: timedelta) -> ClaimedChange | None:
        """The oldest change that has no deliveries yet, ours until `now + lease`; None if there is none.

        It is read after it is ours, so that one which cannot be read is set aside and holds up no other: that raises
        `UndecodableError`.
        """
        waiting = and_(changes.c.fanned_out_at.is_(None), past(changes.c.leased_until, now))
        order = (changes.c.seen_at, changes.c.published, changes.c.key)
        with writing(self._engine) as connection:
            key = claim(connection, changes, waiting, order, {"leased_until": now + lease})
        if key is None:
            return None
        try:
            with reading(self._engine) as connection:
                query = select(changes.c.change, changes.c.seen_at).where(changes.c.key == key)
                return ClaimedChange(**connection.execute(query).one()._mapping)
        except MISFITS as error:
            raise self._without_change(key, UndecodableError(f'change "{key}"', error), now) from None

    def fan_out(self, change_key: str, messages: Sequence[Delivery], now: datetime) -> int:
        """Write the deliveries of a change and that it has had them; how many rows are new.

        A change is fanned out once: where somebody was faster (our lease had ended), nothing is written.
        """
        first = and_(changes.c.key == change_key, changes.c.fanned_out_at.is_(None))
        done = update(changes).where(first).values(fanned_out_at=now).returning(changes.c.key)
        with writing(self._engine) as connection:
            if connection.execute(done).one_or_none() is None:
                return 0
            return insert_new(connection, deliveries, [_delivery_row(change_key, one, now) for one in messages])

    def claim_delivery(self, now: datetime, lease: timedelta) -> Delivery | None:
        """The oldest message that may be sent now, ours until `now + lease`; None if there is none.

        This attempt is counted here, so that a message that crashes us is counted too: in `attempts`, and in
        `unfinished` until the end of an attempt is recorded.

        A channel is told in order: a headline waits while an older one of the same channel is neither sent nor dead,
        a detail waits for the headline of its change.

        It is read after it is ours, so that one which cannot be read dies and holds up no other: that raises
        `UndecodableError`.
        """
        counted = {name: deliveries.c[name] + 1 for name in ("attempts", "unfinished")}
        marks = {"leased_until": now + lease} | counted
        order = (deliveries.c.seen_at, deliveries.c.published, deliveries.c.change_key, deliveries.c.key)
        with writing(self._engine) as connection:
            key = claim(connection, deliveries, _may_be_sent(now), order, marks)
        if key is None:
            return None
        try:
            with reading(self._engine) as connection:
                return _delivery(connection, key)
        except MISFITS as error:
            raise self._without_delivery(key, UndecodableError(f'delivery "{key}"', error), now) from None

    def record_sent(self, claimed: Delivery, ts: str, now: datetime) -> bool:
        """The message stands in the channel as `ts`. The first `ts` recorded stays.

        This and the other ends of an attempt are recorded only while no other attempt has begun: a process that slept
        longer than its lease must not alter what is somebody else's by now. False if nothing was recorded.
        """
        sent = {"status": DeliveryStatus.SENT, "ts": ts, "ended_at": now, "trouble": ""}
        unsent = and_(_this_attempt(claimed), deliveries.c.status != DeliveryStatus.SENT)
        with writing(self._engine) as connection:
            return _alter(connection, unsent, sent)

    def record_retry(
        self, claimed: Delivery, not_before: datetime, trouble: str, *, refused_since: datetime | None = None
    ) -> bool:
        """The message was refused for now: try again from `not_before` on. The first `refused_since` stays."""
        again = {
            "not_before": not_before,
            "leased_until": None,
            "trouble": trouble,
            "unfinished": 0,
            "refused_since": func.coalesce(deliveries.c.refused_since, literal(refused_since, UtcDateTime)),
        }
        with writing(self._engine) as connection:
            return _alter(connection, and_(_this_attempt(claimed), _PENDING), again)

    def record_dead(self, claimed: Delivery, trouble: str, now: datetime) -> bool:
        """The message will never be sent. A headline takes its detail with it, which has no thread to stand in."""
        with writing(self._engine) as connection:
            return _condemn(connection, claimed.key, _this_attempt(claimed), trouble, now)

    def _without_change(self, key: str, error: UndecodableError, now: datetime) -> UndecodableError:
        given_up = {"fanned_out_at": now, "trouble": str(error)}
        with writing(self._engine) as connection:
            connection.execute(update(changes).where(changes.c.key == key).values(given_up))
        return error

    def _without_delivery(self, key: str, error: UndecodableError, now: datetime) -> UndecodableError:
        with writing(self._engine) as connection:
            _condemn(connection, key, deliveries.c.key == key, str(error), now)
        return error


def drop_what_is_owed(connection: Connection, team: str, channel: str, urn: str) -> None:
    """Nobody waits any more for what this channel is still owed about this authority."""
    _alter(connection, _owed(team, channel, urn), {"status": DeliveryStatus.DEAD, "trouble": UNSUBSCRIBED})


def _may_be_sent(now: datetime) -> ColumnElement[bool]:
    headline = deliveries.alias()
    in_this_channel = select(headline.c.key).where(
        headline.c.part == Part.HEADLINE,
        headline.c.team == deliveries.c.team,
        headline.c.channel == deliveries.c.channel,
    )
    has_its_headline = in_this_channel.where(
        headline.c.change_key == deliveries.c.change_key, headline.c.status == DeliveryStatus.SENT
    ).exists()
    is_preceded = in_this_channel.where(
        headline.c.status == DeliveryStatus.PENDING, _turn(headline) < _turn(deliveries)
    ).exists()
    return and_(
        deliveries.c.status == DeliveryStatus.PENDING,
        past(deliveries.c.not_before, now),
        past(deliveries.c.leased_until, now),
        or_(
            and_(deliveries.c.part == Part.HEADLINE, not_(is_preceded)),
            and_(deliveries.c.part == Part.DETAIL, has_its_headline),
        ),
    )


def _turn(table: FromClause) -> Tuple:
    return tuple_(table.c.seen_at, table.c.published, table.c.change_key)


def _delivery(connection: Connection, key: str) -> Delivery:
    headline = deliveries.alias()
    thread_ts = (
        select(headline.c.ts)
        .where(headline.c.part == Part.HEADLINE)
        .where(*(headline.c[name] == deliveries.c[name] for name in _ONE_ALERT))
        .scalar_subquery()
    )
    columns = [deliveries.c[name] for name in _DELIVERY_FIELDS]
    query = select(*columns, changes.c.change, thread_ts.label("thread_ts")).join_from(deliveries, changes)
    return Delivery(**connection.execute(query.where(deliveries.c.key == key)).one()._mapping)


_ONE_ALERT = ("change_key", "team", "channel")
_DELIVERY_FIELDS = (
    "key",
    "team",
    "channel",
    "part",
    "seen_at",
    "status",
    "attempts",
    "unfinished",
    "refused_since",
    "not_before",
    "ts",
    "trouble",
)
_PENDING = deliveries.c.status == DeliveryStatus.PENDING


def _this_attempt(claimed: Delivery) -> ColumnElement[bool]:
    return and_(deliveries.c.key == claimed.key, deliveries.c.attempts == claimed.attempts)


def _owed(team: str, channel: str, urn: str) -> ColumnElement[bool]:
    about = select(changes.c.key).where(changes.c.key == deliveries.c.change_key, changes.c.urn == urn).exists()
    return and_(_PENDING, deliveries.c.team == team, deliveries.c.channel == channel, about)


def _detail_of(key: str) -> ColumnElement[bool]:
    """The pending detail of the headline with this key; nothing, if it is a detail's."""
    headline = deliveries.alias()
    of_this_headline = (
        select(headline.c.key)
        .where(headline.c.key == key, headline.c.part == Part.HEADLINE)
        .where(*(headline.c[name] == deliveries.c[name] for name in _ONE_ALERT))
        .exists()
    )
    return and_(_PENDING, deliveries.c.part == Part.DETAIL, of_this_headline)


def _alter(connection: Connection, which: ColumnElement[bool], values: Mapping[str, Any]) -> bool:
    """Whether there was any such delivery to alter."""
    altered = update(deliveries).where(which).values(values).returning(deliveries.c.key)
    return bool(connection.execute(altered).all())


def _condemn(connection: Connection, key: str, which: ColumnElement[bool], trouble: str, now: datetime) -> bool:
    dead = {"status": DeliveryStatus.DEAD, "ended_at": now, "trouble": trouble}
    if not _alter(connection, and_(which, _PENDING), dead):
        return False
    _alter(connection, _detail_of(key), dead)
    return True


def _delivery_row(change_key: str, delivery: Delivery, now: datetime) -> dict[str, Any]:
    return columns_of(deliveries, delivery, delivery.change.listing) | {"change_key": change_key, "created_at": now}
