"""How attempts ended, as it is written: for many deliveries at a time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, case, func, select, update

from storage import dropping
from storage.places import FREED, RESUMED, has_id
from storage.rows import insert, update_many
from storage.schema import channels, deliveries, workspaces
from storage.types import AttemptEnd, Dead, Delivery, DeliveryStatus, Dropped, Paused, Refused, Sent

SEVERAL = 3
"""When so many channels of a workspace are asked to slow down at the same time, the workspace is meant."""


def standing(connection: Connection, ids: Collection[int]) -> dict[int, Row[Any]]:
    columns = (deliveries.c.id, deliveries.c.attempts, deliveries.c.status, deliveries.c.ts)
    rows: Sequence[Any] = connection.execute(select(*columns).where(has_id(connection, ids))).all()
    return {row.id: row for row in rows}


def is_current(end: AttemptEnd, current: Mapping[int, Row[Any]]) -> bool:
    """Whether it is the end of the latest attempt. What was dropped meanwhile, and sent, was sent."""
    row = current.get(end.delivery.id)
    if row is None or row.attempts != end.delivery.attempts:
        return False
    return bool(row.status != DeliveryStatus.SENT if isinstance(end, Sent) else row.status == DeliveryStatus.PENDING)


def _write_sent(connection: Connection, ends: Sequence[Sent], now: datetime) -> None:
    sent = {"status": DeliveryStatus.SENT, "ended_at": now, "trouble": ""}
    rows = [{"id": end.delivery.id, "ts": end.ts, "in_another": end.in_another} for end in ends]
    update_many(connection, deliveries, rows, sent)
    _free(connection, ends, RESUMED | {"limited_until": None})
    resume_workspaces(connection, {end.delivery.team for end in ends if end.delivery.paused})


def _write_refused(connection: Connection, ends: Sequence[Refused], now: datetime) -> None:
    update_many(connection, deliveries, [_refusal(end, end.delivery) for end in ends])
    _free(connection, [end for end in ends if not end.limited], {})
    limited = [end for end in ends if end.limited]
    _free(connection, limited, {"limited_until": max((end.next_at for end in limited), default=None)})
    for team in sorted({end.delivery.team for end in limited}):
        _slow_down(connection, team, now)


def _refusal(end: Refused, of: Delivery) -> dict[str, Any]:
    return {
        "id": of.id,
        "trouble": end.trouble,
        "unfinished": 0,
        "refused_since": of.refused_since or end.refused_since,
        **_doubt(end, of),
    }


def _doubt(end: Refused | Dead, of: Delivery) -> dict[str, Any]:
    """Between when and when attempts may have reached Slack without our knowing, with this one."""
    return {
        "unsure_since": of.unsure_since or (of.begun_at if end.uncertain else None),
        "unsure_until": of.begun_at if end.uncertain else of.unsure_until,
    }


def _slow_down(connection: Connection, team: str, now: datetime) -> None:
    """Slack limits channels and workspaces alike and does not say which: while several wait, all of them do."""
    waiting = and_(channels.c.team == team, channels.c.limited_until > now)
    moments = select(channels.c.limited_until).where(waiting).order_by(channels.c.limited_until.desc())
    until = connection.scalar(moments.offset(SEVERAL - 1).limit(1))
    if until:
        longer = case((workspaces.c.not_before > until, workspaces.c.not_before), else_=until)
        _mark_workspace(connection, team, {"not_before": until}, {"not_before": longer})


def _write_paused(connection: Connection, ends: Sequence[Paused], now: datetime) -> None:
    rows = [{"id": end.delivery.id, "trouble": end.trouble, "unfinished": 0} for end in ends]
    update_many(connection, deliveries, rows)
    for end in ends:
        table = workspaces if end.workspace else channels
        times = end.delivery.pauses + 1 if end.delivery.paused else 1
        first = {"paused_why": end.trouble, "paused_at": now, "pauses": times}
        again = {"paused_at": func.coalesce(table.c.paused_at, now)}
        if end.workspace:
            _free(connection, [end], {}, due_at=now)
            _mark_workspace(connection, end.delivery.team, first | {"not_before": end.next_at}, again)
        else:
            _free(connection, [end], first | again)


def _write_dead(connection: Connection, ends: Sequence[Dead], now: datetime) -> None:
    dead = {"status": DeliveryStatus.DEAD, "ended_at": now}
    rows = [{"id": end.delivery.id, "trouble": end.trouble, **dead, **_doubt(end, end.delivery)} for end in ends]
    update_many(connection, deliveries, rows)
    _free(connection, ends, {})


def _write_dropped(connection: Connection, ends: Sequence[Dropped], now: datetime) -> None:
    for end in ends:
        dropping.with_what_belongs_to_it(connection, end.delivery.key, end.trouble)
    update_many(connection, deliveries, [{"id": end.delivery.id, "ended_at": now} for end in ends])
    _free(connection, ends, {})


WRITERS: tuple[tuple[type[AttemptEnd], Callable[[Connection, Any, datetime], None]], ...] = (
    (Sent, _write_sent),
    (Refused, _write_refused),
    (Paused, _write_paused),
    (Dead, _write_dead),
    (Dropped, _write_dropped),
)


def _free(
    connection: Connection, ends: Sequence[AttemptEnd], values: Mapping[str, Any], due_at: datetime | None = None
) -> None:
    """Give the channels back until their next message is due."""
    rows = [
        {"team": end.delivery.team, "channel": end.delivery.channel, "due_at": due_at or end.next_at} for end in ends
    ]
    update_many(connection, channels, rows, {**FREED, **values})


def _mark_workspace(
    connection: Connection, team: str, marks: Mapping[str, Any], reckoned: Mapping[str, Any] | None = None
) -> None:
    new = insert(connection, workspaces).values(team=team, **marks)
    there = {**marks, **(reckoned or {})}
    connection.execute(new.on_conflict_do_update(index_elements=["team"], set_=there))


def resume_workspaces(connection: Connection, teams: Collection[str]) -> bool:
    this = and_(workspaces.c.team.in_(teams), workspaces.c.paused_at.is_not(None))
    resumed = update(workspaces).where(this).values(RESUMED | {"not_before": None}).returning(workspaces.c.team)
    return bool(teams) and bool(connection.execute(resumed).all())
