"""Work that only one process may do at a time: a lease has a name, an owner and an end.

Whoever wakes after his lease has gone to somebody else must not write: `still_held` is asked in the transaction that
writes, and keeps the lease from changing hands until that transaction is over.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, delete, or_, select, update

from storage.engine import StorageError, reading, writing
from storage.rows import Room, insert
from storage.schema import leases
from storage.types import Holding


class LostLeaseError(StorageError):
    """The work is somebody else's by now: what was begun under the lost lease is not written."""

    def __init__(self, holding: Holding) -> None:
        super().__init__(f"Another process has taken over {holding.name}: nothing more is written here.")


class Leases(Room):
    """The verbs of leases. A name is whatever callers agree on: "source:…" for a poll, "fan-out"."""

    def claim_lease(self, holding: Holding, now: datetime, lease: timedelta) -> bool:
        """Whether the work is ours until `now + lease`: it was free, its lease was over, or it was ours already."""
        with writing(self._engine) as connection:
            return claim(connection, holding, now, lease)

    def extend_lease(self, holding: Holding, now: datetime, lease: timedelta) -> bool:
        """Keep what is ours until `now + lease`: whoever works longer does this as he goes. False if it is lost."""
        extended = update(leases).where(_is(holding)).values(until=now + lease).returning(leases.c.name)
        with writing(self._engine) as connection:
            return connection.execute(extended).one_or_none() is not None

    def end_lease(self, holding: Holding) -> None:
        """Let others claim it. What is somebody else's stays his."""
        with writing(self._engine) as connection:
            end(connection, holding)

    def is_held(self, beginning: str, now: datetime) -> bool:
        """Whether any work whose name begins so is being done."""
        held = select(leases.c.name).where(leases.c.name.startswith(beginning, autoescape=True), leases.c.until > now)
        with reading(self._engine) as connection:
            return connection.execute(held.limit(1)).one_or_none() is not None

    def leased_until(self, name: str) -> datetime | None:
        """When the present lease ends if nobody extends it; None if there is none."""
        with reading(self._engine) as connection:
            return connection.scalar(select(leases.c.until).where(leases.c.name == name))


AHEAD: Final = timedelta(minutes=10)
"""A lease that would end so much later than ours is that of a clock that is ahead: it counts for nothing."""


def claim(connection: Connection, holding: Holding, now: datetime, lease: timedelta) -> bool:
    new = insert(connection, leases).values(name=holding.name, owner=holding.owner, until=now + lease)
    free = or_(leases.c.until <= now, leases.c.until > now + lease + AHEAD, leases.c.owner == holding.owner)
    taken = new.on_conflict_do_update(
        index_elements=[leases.c.name], set_={"owner": new.excluded.owner, "until": new.excluded.until}, where=free
    )
    return connection.execute(taken.returning(leases.c.name)).one_or_none() is not None


def still_held(connection: Connection, holding: Holding | None) -> None:
    """Raises `LostLeaseError` unless the lease is ours; no one can take it before this transaction ends."""
    if holding is None:
        return
    # An update that alters nothing: it locks the row, and with it everybody who would claim it.
    ours = update(leases).where(_is(holding)).values(owner=holding.owner).returning(leases.c.name)
    if connection.execute(ours).one_or_none() is None:
        raise LostLeaseError(holding)


def end(connection: Connection, holding: Holding) -> None:
    connection.execute(delete(leases).where(_is(holding)))


def _is(holding: Holding) -> ColumnElement[bool]:
    return and_(leases.c.name == holding.name, leases.c.owner == holding.owner)
