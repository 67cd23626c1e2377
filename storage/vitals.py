"""What the operators' instruments show of the database: counts and the moments since when something waits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Executable, Row, and_, case, func, select, tuple_, union

from storage.engine import reading
from storage.rows import ALL_SOURCES, Room
from storage.schema import DEAD, PENDING, changes, channels, deliveries, documents, troubles, workspaces
from storage.types import SourceState, Standing, TroubleKind


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
    """Messages that are owed and not sent, without those that wait for a pause to end."""
    paused_channels: int
    """Channels that take no messages at the moment."""
    paused_workspaces: int
    """Workspaces whose token Slack does not accept at the moment."""
    dead: int
    """Messages given up."""
    troubles: Mapping[TroubleKind, Waiting]
    """What is wrong now, by kind; only the kinds that are."""


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
                paused_channels=connection.scalar(_PAUSED_CHANNELS) or 0,
                paused_workspaces=connection.scalar(_PAUSED_WORKSPACES) or 0,
                dead=connection.scalar(_DEAD) or 0,
                troubles={row.kind: _waiting(row) for row in connection.execute(_TROUBLES)},
            )


def _one(connection: Connection, query: Executable) -> Waiting:
    return _waiting(connection.execute(query).one())


def _waiting(row: Row[Any]) -> Waiting:
    return Waiting(number=row.number, since=row.since)


# The second id of a document and what the site has taken back are nobody's business here.
_COUNTED = and_(documents.c.withdrawn_at.is_(None), documents.c.same_as == "")
_OUTCOME = case(
    (documents.c.standing == Standing.AWAITED, DocumentOutcome.AWAITED.value),
    (documents.c.kind.is_(None), DocumentOutcome.UNREAD.value),
    else_=DocumentOutcome.READ.value,
).label("outcome")
_DOCUMENTS = (
    select(_OUTCOME, func.count().label("number"), func.min(documents.c.first_seen_at).label("since"))
    .where(_COUNTED)
    .group_by(_OUTCOME)
)
_TROUBLES = (
    select(troubles.c.kind, func.count().label("number"), func.min(troubles.c.since).label("since"))
    .where(troubles.c.over_at.is_(None))
    .group_by(troubles.c.kind)
)
_CHANGES = select(func.count().label("number"), func.min(changes.c.seen_at).label("since")).where(
    changes.c.fanned_out_at.is_(None)
)
_PAUSED = union(
    select(channels.c.team, channels.c.channel).where(channels.c.paused_at.is_not(None)),
    select(channels.c.team, channels.c.channel)
    .join(workspaces, workspaces.c.team == channels.c.team)
    .where(workspaces.c.paused_at.is_not(None)),
)
_DELIVERIES = select(func.count().label("number"), func.min(deliveries.c.created_at).label("since")).where(
    PENDING, tuple_(deliveries.c.team, deliveries.c.channel).not_in(_PAUSED)
)
_PAUSED_CHANNELS = select(func.count()).select_from(channels).where(channels.c.paused_at.is_not(None))
_PAUSED_WORKSPACES = select(func.count()).select_from(workspaces).where(workspaces.c.paused_at.is_not(None))
_DEAD = select(func.count()).select_from(deliveries).where(DEAD)
