"""Deliveries become messages in channels: once each, in order, whoever dies.

A channel is the unit of sending: whoever claims it holds it, with its oldest delivery, until the lease ends.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    case,
    delete,
    func,
    or_,
    select,
    tuple_,
    update,
)

from storage.engine import reading, writing
from storage.outbox import Place
from storage.rows import MISFITS, Room, UndecodableError, insert, past
from storage.schema import PENDING, UtcDateTime, channels, deliveries, leases, messages, workspaces
from storage.types import AttemptEnd, Dead, Delivery, DeliveryStatus, Message, Paused, Refused, Sent

SEVERAL = 3
"""When so many channels of a workspace are asked to slow down at the same time, the workspace is meant."""
MOST_LOOKS = 20
"""All the channels that were looked at may be owed nothing, or be somebody else's by now: then others are looked at."""


class Sending(Room):
    """The verbs of whoever sends messages."""

    def claim_deliveries(self, now: datetime, lease: timedelta, owner: str, most: int) -> tuple[Delivery, ...]:
        """The oldest delivery of each of at most `most` channels that may be sent to, ours until `now + lease`.

        The attempt is counted here, so that a message that crashes us is counted too: in `attempts`, and in
        `unfinished` until the end of an attempt is recorded. A channel is told in order: what is younger waits until
        the oldest is sent or given up. What cannot be read dies with the reason, and holds up no other.
        """
        for _ in range(MOST_LOOKS):
            with reading(self._engine) as connection:
                looked_at = _one_probe_a_workspace(connection.execute(_free_channels(now).limit(most)).all())
            if not looked_at:
                return ()
            if claimed := self._claim(looked_at, now, lease, owner):
                return self._read(claimed, looked_at, now)
        return ()

    def _claim(
        self, looked_at: Mapping[Place, Row[Any]], now: datetime, lease: timedelta, owner: str
    ) -> dict[Place, int]:
        """Hold those that are free still and owed something; let the others sleep."""
        with writing(self._engine) as connection:
            oldest = _oldest(connection, lock(connection, looked_at, _is_free(now)))
            _lull(connection, [place for place, id_ in oldest.items() if id_ is None])
            claimed = {place: id_ for place, id_ in oldest.items() if id_ is not None}
            _hold(connection, claimed, {"leased_until": now + lease, "leased_by": owner})
            probed = [team for team, channel in claimed if looked_at[team, channel].workspace_paused]
            if probed:
                later = update(workspaces).where(workspaces.c.team.in_(probed)).values(not_before=now + lease)
                connection.execute(later)
        return claimed

    def record(self, ends: Sequence[AttemptEnd], now: datetime) -> frozenset[int]:
        """Write how attempts ended; the ids of the deliveries for which it was written.

        The end of an attempt is written only while no other attempt has begun: a process that slept longer than its
        lease must not alter what is somebody else's by now.
        """
        if not ends:
            return frozenset()
        with writing(self._engine) as connection:
            lock(connection, [(end.delivery.team, end.delivery.channel) for end in ends])
            current = _standing(connection, [end.delivery.id for end in ends])
            valid = [end for end in ends if _is_current(end, current)]
            for kind, write in _WRITERS:
                if ended := [end for end in valid if isinstance(end, kind)]:
                    write(connection, ended, now)
        return frozenset(end.delivery.id for end in valid)

    def resume_channel(self, team: str, channel: str, now: datetime) -> bool:
        """Send to a paused channel again, at once: its next message is due. False if it was not paused."""
        this = and_(channels.c.team == team, channels.c.channel == channel, channels.c.paused_at.is_not(None))
        resumed = update(channels).where(this).values(_RESUMED | {"due_at": now}).returning(channels.c.channel)
        with writing(self._engine) as connection:
            return connection.execute(resumed).one_or_none() is not None

    def resume_workspace(self, team: str) -> bool:
        """Send to a paused workspace again, at once. False if it was not paused."""
        with writing(self._engine) as connection:
            return _resume_workspaces(connection, [team])

    def take_over(self) -> None:
        """Free all that somebody holds. For whoever knows that he is the only one alive: they all died holding it."""
        with writing(self._engine) as connection:
            connection.execute(delete(leases))
            connection.execute(update(channels).where(channels.c.leased_until.is_not(None)).values(_FREED))

    def _read(
        self, claimed: Mapping[Place, int], looked_at: Mapping[Place, Row[Any]], now: datetime
    ) -> tuple[Delivery, ...]:
        try:
            with reading(self._engine) as connection:
                return tuple(_deliveries(connection, claimed.values(), looked_at))
        except MISFITS as error:
            if len(claimed) > 1:
                each = ({place: id_} for place, id_ in claimed.items())
                return tuple(one for single in each for one in self._read(single, looked_at, now))
            self._condemn(claimed, error, now)
            return ()

    def _condemn(self, claimed: Mapping[Place, int], error: Exception, now: datetime) -> None:
        with writing(self._engine) as connection:
            lock(connection, claimed)
            for id_ in claimed.values():
                trouble = str(UndecodableError(f"delivery {id_}", error))
                dead = {"status": DeliveryStatus.DEAD, "ended_at": now, "trouble": trouble}
                connection.execute(update(deliveries).where(deliveries.c.id == id_).values(dead))
            _hold(connection, claimed, {"leased_until": None, "leased_by": None})


_PLACE = tuple_(channels.c.team, channels.c.channel)
_FREED = {"leased_until": None, "leased_by": None}
_RESUMED = {"paused_at": None, "paused_why": "", "pauses": 0}


def lock(
    connection: Connection, places: Collection[Place], which: ColumnElement[bool] | None = None
) -> tuple[Place, ...]:
    """Hold the rows of these channels, in the order of their names, and give those for which `which` is true now."""
    held = select(channels.c.team, channels.c.channel).where(_PLACE.in_(sorted(places)))
    if which is not None:
        held = held.where(which)
    rows = connection.execute(held.order_by(channels.c.team, channels.c.channel).with_for_update())
    return tuple((row.team, row.channel) for row in rows)


def _is_free(now: datetime) -> ColumnElement[bool]:
    return and_(channels.c.due_at <= now, past(channels.c.leased_until, now))


def _free_channels(now: datetime) -> Select[Any]:
    """The channels to look at, the one that has waited longest first, and whether they are paused."""
    workspace_paused = workspaces.c.paused_at.is_not(None)
    paused = or_(workspace_paused, channels.c.paused_at.is_not(None))
    pauses = case((workspace_paused, workspaces.c.pauses), else_=channels.c.pauses)
    columns = (
        channels.c.team,
        channels.c.channel,
        func.coalesce(workspace_paused, False).label("workspace_paused"),
        func.coalesce(paused, False).label("paused"),
        pauses.label("pauses"),
    )
    joined = select(*columns).outerjoin(workspaces, workspaces.c.team == channels.c.team)
    return joined.where(_is_free(now), past(workspaces.c.not_before, now)).order_by(channels.c.due_at)


def _one_probe_a_workspace(rows: Iterable[Row[Any]]) -> dict[Place, Row[Any]]:
    """A paused workspace is asked about one of its channels."""
    chosen: dict[Place, Row[Any]] = {}
    probed: set[str] = set()
    for row in rows:
        if row.workspace_paused and row.team in probed:
            continue
        if row.workspace_paused:
            probed.add(row.team)
        chosen[row.team, row.channel] = row
    return chosen


def _oldest(connection: Connection, places: Sequence[Place]) -> dict[Place, int | None]:
    """The oldest delivery that each of these channels waits for, if it waits for any."""
    of_this = (deliveries.c.team == channels.c.team, deliveries.c.channel == channels.c.channel)
    oldest = select(deliveries.c.id).where(PENDING, *of_this).order_by(deliveries.c.id).limit(1).scalar_subquery()
    rows = connection.execute(select(channels.c.team, channels.c.channel, oldest.label("id")).where(_PLACE.in_(places)))
    return {(row.team, row.channel): row.id for row in rows}


def _lull(connection: Connection, places: Sequence[Place]) -> None:
    """Nothing is owed there: whoever owes them something wakes them."""
    if places:
        connection.execute(update(channels).where(_PLACE.in_(places)).values(due_at=None))


def _hold(connection: Connection, claimed: Mapping[Place, int], marks: Mapping[str, Any]) -> None:
    if claimed:
        connection.execute(update(channels).where(_PLACE.in_(list(claimed))).values(marks))
        if marks["leased_by"] is not None:
            connection.execute(update(deliveries).where(deliveries.c.id.in_(claimed.values())).values(_ONE_MORE))


_ONE_MORE = {
    "attempts": deliveries.c.attempts + 1,
    "unfinished": deliveries.c.unfinished + 1,
    # Where the attempt before came to no end, nobody knows how far it came.
    "uncertain": or_(deliveries.c.uncertain, deliveries.c.unfinished > 0),
}


def _deliveries(
    connection: Connection, ids: Collection[int], looked_at: Mapping[Place, Row[Any]]
) -> Iterator[Delivery]:
    rows = connection.execute(_DELIVERY.where(deliveries.c.id.in_(ids)).order_by(deliveries.c.id)).all()
    wanted = select(messages).where(messages.c.id.in_({row.message for row in rows}))
    said = {row.id: Message(text=row.text, blocks=row.blocks) for row in connection.execute(wanted)}
    for row in rows:
        place = looked_at[row.team, row.channel]
        fields = dict(row._mapping) | {"message": said[row.message]}
        yield Delivery(**fields, paused=bool(place.paused), pauses=place.pauses or 0)


_answered, _edited = deliveries.alias("answered"), deliveries.alias("edited")
_FIELDS = (
    "id",
    "key",
    "team",
    "channel",
    "part",
    "message",
    "thread_of",
    "edits",
    "attempts",
    "unfinished",
    "uncertain",
    "refused_since",
)
_DELIVERY = (
    select(
        *(deliveries.c[name] for name in _FIELDS),
        deliveries.c.created_at.label("since"),
        _answered.c.ts.label("thread_ts"),
        _edited.c.ts.label("edit_ts"),
    )
    .outerjoin(_answered, _answered.c.key == deliveries.c.thread_of)
    .outerjoin(_edited, _edited.c.key == deliveries.c.edits)
)


def _standing(connection: Connection, ids: Collection[int]) -> dict[int, Row[Any]]:
    columns = (deliveries.c.id, deliveries.c.attempts, deliveries.c.status)
    rows: Sequence[Any] = connection.execute(select(*columns).where(deliveries.c.id.in_(ids))).all()
    return {row.id: row for row in rows}


def _is_current(end: AttemptEnd, current: Mapping[int, Row[Any]]) -> bool:
    """Whether it is the end of the latest attempt. What was dropped meanwhile, and sent, was sent."""
    row = current.get(end.delivery.id)
    if row is None or row.attempts != end.delivery.attempts:
        return False
    return bool(row.status != DeliveryStatus.SENT if isinstance(end, Sent) else row.status == DeliveryStatus.PENDING)


def _write_sent(connection: Connection, ends: Sequence[Sent], now: datetime) -> None:
    sent = {"status": DeliveryStatus.SENT, "ended_at": now, "trouble": ""}
    _alter(connection, [{"this": end.delivery.id, "ts": end.ts, **sent} for end in ends])
    _free(connection, ends, _RESUMED | {"limited_until": None})
    _resume_workspaces(connection, {end.delivery.team for end in ends if end.delivery.paused})


def _write_refused(connection: Connection, ends: Sequence[Refused], now: datetime) -> None:
    since = func.coalesce(deliveries.c.refused_since, bindparam("since", type_=UtcDateTime))
    uncertain = or_(deliveries.c.uncertain, bindparam("unsure", type_=Boolean))
    rows = [
        {
            "this": end.delivery.id,
            "trouble": end.trouble,
            "unfinished": 0,
            "since": end.refused_since,
            "unsure": end.uncertain,
        }
        for end in ends
    ]
    _alter(connection, rows, {"refused_since": since, "uncertain": uncertain})
    _free(connection, [end for end in ends if not end.limited], {})
    limited = [end for end in ends if end.limited]
    _free(connection, limited, {"limited_until": max((end.next_at for end in limited), default=None)})
    for team in sorted({end.delivery.team for end in limited}):
        _slow_down(connection, team, now)


def _slow_down(connection: Connection, team: str, now: datetime) -> None:
    """Slack limits channels and workspaces alike and does not say which: where several wait, all of them do."""
    waiting = and_(channels.c.team == team, channels.c.limited_until > now)
    number, until = connection.execute(select(func.count(), func.max(channels.c.limited_until)).where(waiting)).one()
    if number >= SEVERAL:
        longer = case((workspaces.c.not_before > until, workspaces.c.not_before), else_=until)
        _mark_workspace(connection, team, {"not_before": until}, {"not_before": longer})


def _write_paused(connection: Connection, ends: Sequence[Paused], now: datetime) -> None:
    _alter(connection, [{"this": end.delivery.id, "trouble": end.trouble, "unfinished": 0} for end in ends])
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
    _alter(connection, [{"this": end.delivery.id, "trouble": end.trouble, **dead} for end in ends])
    _free(connection, ends, {})


_WRITERS: tuple[tuple[type[AttemptEnd], Callable[[Connection, Any, datetime], None]], ...] = (
    (Sent, _write_sent),
    (Refused, _write_refused),
    (Paused, _write_paused),
    (Dead, _write_dead),
)


def _alter(
    connection: Connection, rows: Sequence[Mapping[str, Any]], reckoned: Mapping[str, ColumnElement[Any]] | None = None
) -> None:
    """Write each row's values on the delivery `this`, and what is reckoned from them."""
    plain: dict[str, Any] = {name: bindparam(name) for name in rows[0] if name in deliveries.c}
    this = deliveries.c.id == bindparam("this")
    connection.execute(update(deliveries).where(this).values(plain | dict(reckoned or {})), rows)


def _free(
    connection: Connection, ends: Sequence[AttemptEnd], values: Mapping[str, Any], due_at: datetime | None = None
) -> None:
    """Give the channels back until their next message is due."""
    by_time: dict[datetime, list[Place]] = {}
    for end in ends:
        by_time.setdefault(due_at or end.next_at, []).append((end.delivery.team, end.delivery.channel))
    for moment, places in by_time.items():
        freed = {"due_at": moment, **_FREED, **values}
        connection.execute(update(channels).where(_PLACE.in_(places)).values(freed))


def _mark_workspace(
    connection: Connection, team: str, marks: Mapping[str, Any], reckoned: Mapping[str, Any] | None = None
) -> None:
    new = insert(connection, workspaces).values(team=team, **marks)
    there = {**marks, **(reckoned or {})}
    connection.execute(new.on_conflict_do_update(index_elements=["team"], set_=there))


def _resume_workspaces(connection: Connection, teams: Collection[str]) -> bool:
    this = and_(workspaces.c.team.in_(teams), workspaces.c.paused_at.is_not(None))
    resumed = update(workspaces).where(this).values(_RESUMED | {"not_before": None}).returning(workspaces.c.team)
    return bool(teams) and bool(connection.execute(resumed).all())
