"""A database that was put back from a copy: what was told since the copy is not in it, and is not to be told again.

The moment of the copy is the newest that the database knows of: after it something may have been told, before it not
without its knowing. Until all that was on the site by then has been noticed again, whatever is told of it is looked for
in the channel first, from that moment on (ADR 29).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, case, func, insert, literal, or_, select, update

from storage.engine import reading, writing
from storage.rows import Room
from storage.schema import DEAD, PENDING, UtcDateTime, authorities, changes, deliveries, restorations, sources, visits

NOTICED_AGAIN = timedelta(days=14)
"""By then: pages are opened every night, a withdrawal takes two days, and the site may be down for a while."""

SKEW = timedelta(minutes=10)
"""So much may the clock of another machine be behind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restoration:
    """When the database was put back, and the moment of the copy."""

    restored_at: datetime
    copied_at: datetime

    @property
    def last_day(self) -> date:
        """What was published later cannot have been told before."""
        return self.restored_at.date()

    def may_concern(self, owed_at: datetime) -> bool:
        """Whether what was owed then may have been told before the database was put back."""
        return self.restored_at - SKEW <= owed_at < self.restored_at + NOTICED_AGAIN


class Restoring(Room):
    """The verbs of whoever puts a copy in the place of the database, and of who tells things afterwards."""

    def put_back(self, now: datetime) -> Restoration:
        """The database has just been put back from a copy: what it owes, and will owe, may have been sent since."""
        with writing(self._engine) as connection:
            done = Restoration(restored_at=now, copied_at=_newest(connection, now))
            connection.execute(update(deliveries).where(or_(PENDING, DEAD)).values(_unsure(done)))
            connection.execute(insert(restorations).values(restored_at=now, copied_at=done.copied_at))
            return done

    def may_have_been_told(self, now: datetime) -> date | None:
        """What was published until this day may have been told without our knowing; None if nothing may."""
        with reading(self._engine) as connection:
            last = latest(connection)
            return last.last_day if last and last.may_concern(now) else None


def _newest(connection: Connection, now: datetime) -> datetime:
    """The newest moment that the copy knows of, without those that a clock which was ahead has written."""
    past = (select(func.max(column)).where(column <= now) for column in _MOMENTS)
    moments = [moment for query in past if (moment := connection.scalar(query)) is not None]
    return max(moments, default=now)


def _unsure(done: Restoration) -> dict[str, Any]:
    """Between when and when what a copy owes may have been sent: since the copy, unless an attempt had begun before.

    How that one ended is covered by this, and is not asked again. What had been given up may have been sent again.
    """
    moments = {name: literal(getattr(done, name), UtcDateTime()) for name in ("copied_at", "restored_at")}
    begun = case((deliveries.c.unfinished > 0, deliveries.c.begun_at))
    first = func.coalesce(deliveries.c.unsure_since, begun)
    since = case((first < moments["copied_at"], first), else_=moments["copied_at"])
    return {"unsure_since": since, "unsure_until": moments["restored_at"], "unfinished": 0}


def latest(connection: Connection) -> Restoration | None:
    """When the database was last put back from a copy, if ever."""
    query = select(restorations.c.restored_at, restorations.c.copied_at).order_by(restorations.c.id.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    return None if row is None else Restoration(**row._mapping)


_MOMENTS = (
    visits.c.at,
    authorities.c.walked_at,
    sources.c.last_ok_at,
    changes.c.seen_at,
    deliveries.c.created_at,
    deliveries.c.begun_at,
    deliveries.c.ended_at,
)
