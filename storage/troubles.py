"""What operators must know: one row for each thing that is wrong, told once and, when it is mended, once more."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, case, null, or_, select, update

from storage.engine import reading, writing
from storage.rows import Room, insert
from storage.schema import troubles
from storage.types import KnownTrouble, TroubleKind

SETTLED: Final = timedelta(hours=1)
"""So long something must have been well before it is told as mended: what comes and goes is one trouble."""


class Troubles(Room):
    """The verbs of troubles. The watcher raises and ends them; whoever talks to operators asks what is untold."""

    def raise_trouble(
        self, key: str, kind: TroubleKind, sentence: str, now: datetime, *, copy: str | None = None
    ) -> None:
        """Something is wrong. Said again of the same `key` it is the same trouble; once told as over, another one.

        `copy` is the archived page that shows it; the first one is kept.
        """
        first = {"key": key, "kind": kind, "sentence": sentence, "since": now, "last_at": now, "times": 1, "copy": copy}
        with writing(self._engine) as connection:
            new = insert(connection, troubles).values(first)
            again = {
                "sentence": new.excluded.sentence,
                "last_at": now,
                "over_at": null(),
                "over_told_at": null(),
                "kind": new.excluded.kind,
                "since": case((_ENDED, new.excluded.since), else_=troubles.c.since),
                "times": case((_ENDED, 1), else_=troubles.c.times + 1),
                "copy": case((_ENDED, new.excluded.copy), else_=troubles.c.copy),
                "told_at": case((_ENDED, null()), else_=troubles.c.told_at),
            }
            connection.execute(new.on_conflict_do_update(index_elements=[troubles.c.key], set_=again))

    def end_trouble(self, key: str, now: datetime) -> None:
        """It is well again. What was well, or never was a trouble, stays so."""
        this = and_(troubles.c.key == key, troubles.c.over_at.is_(None))
        with writing(self._engine) as connection:
            connection.execute(update(troubles).where(this).values(over_at=now))

    def open_troubles(self) -> tuple[KnownTrouble, ...]:
        """What is wrong now, oldest first."""
        with reading(self._engine) as connection:
            return open_troubles(connection)

    def untold_troubles(self, now: datetime) -> tuple[KnownTrouble, ...]:
        """What operators have to be told now, oldest first: that something is wrong, or (`over_at`) is over.

        What was over before anybody was told of it is not told; an end is told once it has lasted.
        """
        begun = and_(troubles.c.told_at.is_(None), troubles.c.over_at.is_(None))
        ended = and_(troubles.c.told_at.is_not(None), troubles.c.over_at <= now - SETTLED)
        with reading(self._engine) as connection:
            return _troubles(connection, or_(begun, and_(ended, troubles.c.over_told_at.is_(None))))

    def record_trouble_told(self, trouble: KnownTrouble, now: datetime) -> None:
        """Operators have been told of it as `untold_troubles` gave it: that it began, or that it is over."""
        told = "told_at" if trouble.over_at is None else "over_told_at"
        # Raised again in the meantime, it is not over, and its end is still to be told.
        same = troubles.c.told_at.is_(None) if trouble.over_at is None else troubles.c.over_at == trouble.over_at
        with writing(self._engine) as connection:
            connection.execute(update(troubles).where(troubles.c.key == trouble.key, same).values({told: now}))


def open_troubles(connection: Connection) -> tuple[KnownTrouble, ...]:
    return _troubles(connection, troubles.c.over_at.is_(None))


def _troubles(connection: Connection, wanted: ColumnElement[bool]) -> tuple[KnownTrouble, ...]:
    rows = connection.execute(select(troubles).where(wanted).order_by(troubles.c.since, troubles.c.key))
    return tuple(KnownTrouble(**row._mapping) for row in rows)


_ENDED = or_(troubles.c.over_told_at.is_not(None), and_(troubles.c.over_at.is_not(None), troubles.c.told_at.is_(None)))
"""It came to an end that was told, or that nobody had to be told: what follows is another trouble."""
