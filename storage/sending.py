"""Deliveries become messages in channels: once each, in order, whoever dies.

A channel is the unit of sending: whoever claims it holds it, with its oldest delivery, until the lease ends.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

import structlog
from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    case,
    delete,
    func,
    or_,
    select,
    update,
)

from storage import restoring
from storage.ahead import DAY
from storage.endings import WRITERS, is_current, resume_workspaces, standing
from storage.engine import reading, writing
from storage.places import FREED, RESUMED, Place, has_id, hold, is_one_of, lock, wake
from storage.restoring import Restoration
from storage.rows import MISFITS, Room, UndecodableError, past
from storage.schema import PENDING, changes, channels, deliveries, leases, messages, tellings, workspaces
from storage.types import AttemptEnd, Delivery, DeliveryStatus, Message

SUSPECT = 3
"""After so many attempts in a row that came to no end, a message may be what ends them: it is sent alone."""
ARRIVING = timedelta(minutes=1)
"""So long after an attempt broke off its message may still arrive in the channel."""
FAST = timedelta(hours=1)
"""By no more than this may a clock have been fast at an attempt: around it is looked as far for its message."""
MOST_LOOKS = 20
"""All the channels that were looked at may be owed nothing, or be somebody else's by now: then others are looked at."""


log = structlog.get_logger()


class Newer(StrEnum):
    """What has become of the newest correction of a message, beside an older one."""

    NONE = "there is none"
    WAITS = "still to be written"
    UNDER_WAY = "perhaps written already"
    WRITTEN = "written, and owed once more"


class Sending(Room):
    """The verbs of whoever sends messages."""

    def claim_deliveries(self, now: datetime, lease: timedelta, owner: str, most: int) -> tuple[Delivery, ...]:
        """The oldest delivery of each of at most `most` channels that may be sent to, ours until `now + lease`.

        The attempt is counted here, so that a message that crashes us is counted too: in `attempts`, and in
        `unfinished` until the end of an attempt is recorded. A channel is told in order: what is younger waits until
        the oldest is sent or given up. What cannot be read dies with the reason, and holds up no other. What may
        itself be the reason why attempts come to no end is not among them: `claim_suspect`.
        """
        claimed = self._claim_some(_free_channels(now).where(~channels.c.alone).limit(most), now, lease, owner)
        self._set_apart([one for one in claimed if one.unfinished >= SUSPECT])
        return claimed

    def claim_suspect(self, now: datetime, lease: timedelta, owner: str) -> tuple[Delivery, ...]:
        """One delivery, if there is such, that may be the reason why attempts to send it came to no end.

        Whoever claims it sends nothing else meanwhile, so that it brings down nothing else.
        """
        return self._claim_some(_free_suspects(now), now, lease, owner)

    def is_suspect_due(self, now: datetime) -> bool:
        """Whether there is such a delivery that may be sent."""
        with reading(self._engine) as connection:
            return connection.execute(_free_suspects(now)).one_or_none() is not None

    def _claim_some(self, free: Select[Any], now: datetime, lease: timedelta, owner: str) -> tuple[Delivery, ...]:
        for _ in range(MOST_LOOKS):
            with reading(self._engine) as connection:
                looked_at = _one_probe_a_workspace(connection.execute(free).all())
            if not looked_at:
                return ()
            if claimed := self._claim(looked_at, now, lease, owner):
                return self._read(claimed, looked_at, now)
        return ()

    def _set_apart(self, suspects: Sequence[Delivery]) -> None:
        if suspects:
            places = [(one.team, one.channel) for one in suspects]
            with writing(self._engine) as connection:
                connection.execute(update(channels).where(is_one_of(connection, places)).values(alone=True))

    def _claim(
        self, looked_at: Mapping[Place, Row[Any]], now: datetime, lease: timedelta, owner: str
    ) -> dict[Place, int]:
        """Hold those that are free still and owed something; let the others sleep."""
        with writing(self._engine) as connection:
            oldest = _oldest(connection, lock(connection, looked_at, _is_free(now)))
            _lull(connection, [place for place, id_ in oldest.items() if id_ is None])
            claimed = {place: id_ for place, id_ in oldest.items() if id_ is not None}
            _hold(connection, claimed, now, {"leased_until": now + lease, "leased_by": owner})
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
            current = standing(connection, [end.delivery.id for end in ends])
            valid = [end for end in ends if is_current(end, current)]
            for kind, write in WRITERS:
                if ended := [end for end in valid if isinstance(end, kind)]:
                    write(connection, ended, now)
        return frozenset(end.delivery.id for end in valid)

    def settled(self, ids: Collection[int]) -> Mapping[int, str | None]:
        """Which of these deliveries are sent or given up, and where they stand by what is recorded; None: nowhere."""
        with reading(self._engine) as connection:
            known = standing(connection, ids)
        rows = {id_: known.get(id_) for id_ in ids}  # What is tidied away is settled, and nobody knows where it stood.
        return {
            id_: row.ts if row and row.status == DeliveryStatus.SENT else None
            for id_, row in rows.items()
            if row is None or row.status != DeliveryStatus.PENDING
        }

    def write_again(self, late: Delivery, now: datetime) -> Newer:
        """Owe what was last written over a message once more, as `late`, an older correction, was written after it."""
        of_the_same = and_(deliveries.c.edits == late.edits, deliveries.c.id > late.id)
        alive = deliveries.c.status.in_((DeliveryStatus.SENT, DeliveryStatus.PENDING))
        columns = (deliveries.c.id, deliveries.c.status, deliveries.c.unfinished)
        newest = select(*columns).where(of_the_same, alive).order_by(deliveries.c.id.desc()).limit(1)
        owed = {"status": DeliveryStatus.PENDING, "unfinished": 0, "refused_since": None, "ended_at": None}
        with writing(self._engine) as connection:
            hold(connection, [(late.team, late.channel)])
            row = connection.execute(newest).one_or_none()
            if row is None:
                return Newer.NONE
            if row.status == DeliveryStatus.PENDING:
                return Newer.UNDER_WAY if row.unfinished else Newer.WAITS
            connection.execute(update(deliveries).where(deliveries.c.id == row.id).values(owed))
            wake(connection, [(late.team, late.channel)], now)
            return Newer.WRITTEN

    def resume_channel(self, team: str, channel: str, now: datetime) -> bool:
        """Send to a paused channel again, at once: its next message is due. False if it was not paused."""
        this = and_(channels.c.team == team, channels.c.channel == channel, channels.c.paused_at.is_not(None))
        resumed = update(channels).where(this).values(RESUMED | {"due_at": now}).returning(channels.c.channel)
        with writing(self._engine) as connection:
            return connection.execute(resumed).one_or_none() is not None

    def resume_workspace(self, team: str) -> bool:
        """Send to a paused workspace again, at once. False if it was not paused."""
        with writing(self._engine) as connection:
            return resume_workspaces(connection, [team])

    def take_over(self, now: datetime) -> None:
        """Free all that somebody holds. For whoever knows that he is the only one alive: they all died holding it.

        What they were sending may still arrive for a moment, in which nobody looks for it.
        """
        soon = now + ARRIVING
        with writing(self._engine) as connection:
            connection.execute(delete(leases))
            connection.execute(update(channels).where(channels.c.leased_until > soon).values(leased_until=soon))

    def _read(
        self, claimed: Mapping[Place, int], looked_at: Mapping[Place, Row[Any]], now: datetime
    ) -> tuple[Delivery, ...]:
        try:
            with reading(self._engine) as connection:
                return tuple(_deliveries(connection, claimed.values(), looked_at, now))
        except MISFITS as error:
            if len(claimed) > 1:
                each = ({place: id_} for place, id_ in claimed.items())
                return tuple(one for single in each for one in self._read(single, looked_at, now))
            self._condemn(claimed, error, now)
            return ()

    def _condemn(self, claimed: Mapping[Place, int], error: Exception, now: datetime) -> None:
        condemned = []
        with writing(self._engine) as connection:
            lock(connection, claimed)
            for id_ in claimed.values():
                trouble = str(UndecodableError(f"delivery {id_}", error))
                dead = {"status": DeliveryStatus.DEAD, "ended_at": now, "trouble": trouble}
                this = update(deliveries).where(deliveries.c.id == id_).values(dead)
                row = connection.execute(this.returning(deliveries.c.key, deliveries.c.attempts)).one()
                condemned.append((row, trouble))
            connection.execute(update(channels).where(is_one_of(connection, claimed)).values(FREED))
        for row, trouble in condemned:
            log.error("given up", delivery=row.key, attempts=row.attempts, reason="undecodable", trouble=trouble)


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


def _free_suspects(now: datetime) -> Select[Any]:
    """The one that has waited longest, and of several the same one until it is sent or given up."""
    return _free_channels(now).where(channels.c.alone).order_by(channels.c.team, channels.c.channel).limit(1)


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
    query = select(channels.c.team, channels.c.channel, oldest.label("id")).where(is_one_of(connection, places))
    return {(row.team, row.channel): row.id for row in connection.execute(query).all()}


def _lull(connection: Connection, places: Sequence[Place]) -> None:
    """Nothing is owed there: whoever owes them something wakes them."""
    if places:
        connection.execute(update(channels).where(is_one_of(connection, places)).values(due_at=None))


def _hold(connection: Connection, claimed: Mapping[Place, int], now: datetime, marks: Mapping[str, Any]) -> None:
    if claimed:
        connection.execute(update(channels).where(is_one_of(connection, claimed)).values(marks))
        begun = _ONE_MORE | {"begun_at": now}
        connection.execute(update(deliveries).where(has_id(connection, claimed.values())).values(begun))


# Where the attempt before came to no end, nobody knows how far it came.
_UNKNOWN = deliveries.c.unfinished > 0
_FIRST = func.coalesce(deliveries.c.unsure_since, deliveries.c.begun_at)
_ONE_MORE = {
    "attempts": deliveries.c.attempts + 1,
    "unfinished": deliveries.c.unfinished + 1,
    "unsure_since": case((_UNKNOWN, _FIRST), else_=deliveries.c.unsure_since),
    "unsure_until": case((_UNKNOWN, deliveries.c.begun_at), else_=deliveries.c.unsure_until),
}


def _deliveries(
    connection: Connection, ids: Collection[int], looked_at: Mapping[Place, Row[Any]], now: datetime
) -> Iterator[Delivery]:
    rows = connection.execute(_DELIVERY.where(has_id(connection, ids)).order_by(deliveries.c.id)).all()
    wanted = select(messages).where(messages.c.id.in_({row.message for row in rows}))
    said = {row.id: Message(text=row.text, blocks=row.blocks) for row in connection.execute(wanted).all()}
    told, restoration = _told(connection, ids), restoring.latest(connection)
    for row in rows:
        place, tells = looked_at[row.team, row.channel], told.get(row.id, {})
        doubt = _before_now(row, tells.values(), now)
        fields = {name: value for name, value in row._mapping.items() if name != "created_at"} | doubt
        fields |= {"message": said[row.message], "tells": tuple(tells)}
        fields |= _after(restoration, row.created_at, tells.values(), doubt)
        yield Delivery(**fields, paused=bool(place.paused), pauses=place.pauses or 0)


def _told(connection: Connection, ids: Collection[int]) -> dict[int, dict[str, date]]:
    """Which changes each of these deliveries tells, or the message it corrects, and when those were published."""
    of_it = tellings.c.delivery_key.in_([deliveries.c.key, deliveries.c.edits])
    joined = (
        select(deliveries.c.id, changes.c.key, changes.c.published)
        .join(tellings, of_it)
        .join(changes, changes.c.key == tellings.c.change_key)
    )
    told: dict[int, dict[str, date]] = {}
    for row in connection.execute(joined.where(has_id(connection, ids)).order_by(changes.c.key)):
        told.setdefault(row.id, {})[row.key] = row.published
    return told


def _before_now(row: Any, published: Collection[date], now: datetime) -> dict[str, Any]:
    """Between when and when attempts are in doubt, and since when Slack refuses it.

    When a clock that was ahead has made an attempt nobody knows: it was after the message was owed, or, where that is
    not known either, after what it tells was published.
    """
    latest = now + FAST
    since, until, refused = row.unsure_since, row.unsure_until, row.refused_since
    if since and since > latest:
        since = row.created_at if row.created_at <= latest else _published(published, now)
    if until and until > latest:
        until = now
    if refused and refused > latest:
        refused = now
    return {"unsure_since": since, "unsure_until": until, "refused_since": refused}


def _published(published: Collection[date], now: datetime) -> datetime:
    return min((datetime.combine(day, time(), UTC) for day in published), default=now - DAY)


def _after(
    restoration: Restoration | None, owed_at: datetime, published: Collection[date], doubt: Mapping[str, Any]
) -> dict[str, Any]:
    """What else is to be known of a delivery that tells what may have been told before the database was put back."""
    if restoration is None or not restoration.may_concern(owed_at):
        return {}
    if not published or min(published) > restoration.last_day:
        return {}
    since, until = restoration.copied_at, restoration.restored_at
    if doubt["unsure_since"]:  # An attempt of our own may have been made after it, and then the message is younger.
        since, until = min(since, doubt["unsure_since"]), max(until, doubt["unsure_until"])
    return {"unsure_since": since, "unsure_until": until, "again": True}


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
    "begun_at",
    "unsure_since",
    "unsure_until",
    "unwanted",
    "refused_since",
)
_DELIVERY = (
    select(
        *(deliveries.c[name] for name in _FIELDS),
        deliveries.c.created_at,
        _answered.c.ts.label("thread_ts"),
        _edited.c.ts.label("edit_ts"),
        func.coalesce(_edited.c.in_another, False).label("edits_another"),
    )
    .outerjoin(_answered, _answered.c.key == deliveries.c.thread_of)
    .outerjoin(_edited, _edited.c.key == deliveries.c.edits)
)
