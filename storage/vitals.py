"""What the operators' instruments show of the database: counts and the moments since when something waits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Connection, Executable, Row, and_, case, func, select, type_coerce

from storage.engine import reading
from storage.rows import ALL_SOURCES, Room
from storage.schema import changes, deliveries, documents
from storage.types import DeliveryStatus, SourceState, Standing


class DocumentOutcome(StrEnum):
    """What became of a listed document."""

    READ = "read"
    UNREAD = "unread"
    """Its bytes are here and the parser could not read them with certainty."""
    AWAITED = "awaited"
    """Listed, and not to be had yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How many of something wait, and since when the oldest does (None if none does)."""

    number: int
    since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """The database at one moment, in numbers."""

    sources: tuple[SourceState, ...]
    documents: Mapping[DocumentOutcome, Waiting]
    """By outcome; `since` is when the oldest was first seen. Every outcome is there."""
    changes: Waiting
    """Found, and not yet turned into messages."""
    deliveries: Waiting
    """Messages that are owed and not sent."""
    dead: int
    """Messages given up."""


class Signs(Room):
    """The verb of whoever watches over the watcher."""

    def vitals(self) -> Vitals:
        """One look at everything that is counted. It reads no document and no message, only what stands beside them."""
        with reading(self._engine) as connection:
            found = {DocumentOutcome(row.outcome): _waiting(row) for row in connection.execute(_DOCUMENTS)}
            nothing = Waiting(number=0, since=None)
            return Vitals(
                sources=tuple(SourceState(**row._mapping) for row in connection.execute(ALL_SOURCES)),
                documents={outcome: found.get(outcome, nothing) for outcome in DocumentOutcome},
                changes=_one(connection, _CHANGES),
                deliveries=_one(connection, _DELIVERIES),
                dead=connection.scalar(_DEAD) or 0,
            )


def _one(connection: Connection, query: Executable) -> Waiting:
    return _waiting(connection.execute(query).one())


def _waiting(row: Row[Any]) -> Waiting:
    return Waiting(number=row.number, since=row.since)


_NOT_READ = type_coerce(documents.c.reading, JSON)["status"].as_string().is_not(None)
_OUTCOME = case(
    (documents.c.standing == Standing.AWAITED, DocumentOutcome.AWAITED.value),
    (and_(documents.c.reading.is_not(None), _NOT_READ), DocumentOutcome.UNREAD.value),
    else_=DocumentOutcome.READ.value,
).label("outcome")
_DOCUMENTS = select(
    _OUTCOME, func.count().label("number"), func.min(documents.c.first_seen_at).label("since")
).group_by(_OUTCOME)
_CHANGES = select(func.count().label("number"), func.min(changes.c.seen_at).label("since")).where(
    changes.c.fanned_out_at.is_(None)
)
_DELIVERIES = select(func.count().label("number"), func.min(deliveries.c.created_at).label("since")).where(
    deliveries.c.status == DeliveryStatus.PENDING
)
_DEAD = select(func.count()).where(deliveries.c.status == DeliveryStatus.DEAD)
