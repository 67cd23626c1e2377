"""What a clock that was ahead has left behind: moments that cannot be yet. They are taken for now.

A machine that starts with a wrong clock may write that a page was read, or that it is to be asked for again, next year:
till then nothing would be done. How far ahead each moment may rightly lie is a table; `LIMITS` is generous.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Table,
    bindparam,
    case,
    exists,
    literal,
    or_,
    select,
    true,
    update,
)

from storage.schema import (
    authorities,
    changes,
    channels,
    digest_items,
    documents,
    hosts,
    sources,
    subscriptions,
    troubles,
    workspaces,
)

SKEW: Final = timedelta(minutes=1)
"""Clocks of several machines need not agree to the second."""
DAY: Final = timedelta(days=1)

LIMITS: Final[Mapping[Column[Any], timedelta]] = {
    sources.c.last_ok_at: SKEW,
    sources.c.listed_at: SKEW,
    sources.c.next_check_at: 2 * DAY,
    sources.c.not_before: 2 * DAY,
    sources.c.next_look_at: 9 * DAY,
    authorities.c.baseline_at: SKEW,
    authorities.c.walked_at: SKEW,
    authorities.c.unlisted_since: SKEW,
    authorities.c.next_look_at: 2 * DAY,
    documents.c.first_seen_at: SKEW,
    documents.c.altered_at: SKEW,
    documents.c.missing_since: SKEW,
    documents.c.next_try_at: 2 * DAY,
    documents.c.check_at: 90 * DAY,
    hosts.c.next_try_at: 2 * DAY,
    changes.c.put_off_until: DAY,
    subscriptions.c.digest_at: 9 * DAY,
    troubles.c.since: SKEW,
    troubles.c.last_at: SKEW,
    troubles.c.over_at: SKEW,
    channels.c.due_at: 9 * DAY,
    channels.c.leased_until: DAY,
    channels.c.limited_until: 2 * DAY,
    workspaces.c.not_before: 2 * DAY,
    digest_items.c.due_at: 9 * DAY,
}
"""How far ahead each moment may be. (How long a channel is muted is for people to say; when attempts to send a message
began is put right when it is sent.)"""

_SIGNS: Final[Mapping[Table, ColumnElement[bool]]] = {
    sources: true(),
    workspaces: true(),
    channels: channels.c.due_at.is_not(None),
    changes: changes.c.fanned_out_at.is_(None),
    subscriptions: subscriptions.c.digest_at.is_not(None),
}
"""The rows in which a clock that was ahead shows, whether it was one of who polls, tells or sends: few, and indexed."""


def put_right(connection: Connection, now: datetime) -> None:
    """If a clock was ahead, whatever it has written for later than there is a reason for is due now.

    Only a few rows are looked at where all is well: a poll writes its own first.
    """
    if any(connection.scalar(select(_shows(table, now))) for table in _SIGNS):
        for table in dict.fromkeys(column.table for column in LIMITS):
            late = {column.name: _no_later(column, now) for column in LIMITS if column.table is table}
            connection.execute(update(table).where(or_(*_too_late(table, now))).values(late))
        _notice_now(connection, now)


def _shows(table: Table, now: datetime) -> ColumnElement[bool]:
    return exists().where(_SIGNS[table], or_(*_too_late(table, now)))


def _notice_now(connection: Connection, now: datetime) -> None:
    """What was noticed later than it can have been was noticed now, in the same order: what amends it comes later."""
    columns = (changes.c.key, changes.c.seen_at)
    late = connection.execute(select(*columns).where(changes.c.seen_at > now)).all()
    moments = sorted({row.seen_at for row in late})
    order = {moment: now + nth * timedelta.resolution for nth, moment in enumerate(moments)}
    if late:
        this = update(changes).where(changes.c.key == bindparam("this")).values(seen_at=bindparam("seen"))
        connection.execute(this, [{"this": row.key, "seen": order[row.seen_at]} for row in late])


def _too_late(table: Any, now: datetime) -> list[ColumnElement[bool]]:
    return [column > now + limit for column, limit in LIMITS.items() if column.table is table]


def _no_later(column: Column[Any], now: datetime) -> ColumnElement[Any]:
    return case((column > now + LIMITS[column], literal(now, column.type)), else_=column)
