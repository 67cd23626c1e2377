"""What operators must know: one row for each cause, told when it begins, when it grows and when it is mended."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, case, null, or_, select, update

from storage.engine import reading, writing
from storage.rows import Room, insert
from storage.schema import troubles
from storage.types import KnownTrouble, TroubleKind

SETTLED: Final = timedelta(hours=1)
"""So long something must have been well before it is told as mended, and so long after it was told it is not told to
have grown: what comes and goes is one trouble, and what spreads is not told piece by piece."""
ENOUGH: Final[Mapping[TroubleKind, int]] = {
    TroubleKind.PAGE_SUSPECT: 3,
    TroubleKind.OUT_OF_REACH: 3,
    TroubleKind.UNFAMILIAR: 1,
}
"""From so many on it is known to be everywhere, and where else it is found is not told any more."""


def is_to_be_told(trouble: KnownTrouble, now: datetime) -> bool:
    """Whether operators have to be told now that it has begun, has grown or (`over_at`) is over.

    What was over before anybody was told of it is not told; an end is told once it has lasted.
    """
    if trouble.over_at is not None:
        return trouble.told_at is not None and trouble.over_told_at is None and trouble.over_at <= now - SETTLED
    if trouble.told_at is None:
        return True
    more = frozenset(trouble.about) - frozenset(trouble.told_of)
    few = len(trouble.told_of) < ENOUGH.get(trouble.kind, len(trouble.told_of) + 1)
    return bool(more) and few and trouble.told_at <= now - SETTLED


class Troubles(Room):
    """The verbs of troubles. The watcher raises and ends them; whoever talks to operators asks what is untold."""

    def raise_trouble(
        self,
        key: str,
        kind: TroubleKind,
        sentence: str,
        now: datetime,
        *,
        copy: str | None = None,
        about: Collection[str] = (),
    ) -> None:
        """Something is wrong. Said again of the same `key` it is the same trouble; once told as over, another one.

        `about` is all that it concerns now. `copy` is the archived page that shows it; the first one is kept.
        """
        with writing(self._engine) as connection:
            begin(connection, key, kind, sentence, now, copy=copy, about=about)

    def end_trouble(self, key: str, now: datetime) -> None:
        """It is well again. What was well, or never was a trouble, stays so."""
        with writing(self._engine) as connection:
            end(connection, [key], now)

    def end_troubles_about(self, one: str, kind: TroubleKind, now: datetime, *, but: Collection[str] = ()) -> None:
        """Of all troubles of this kind but those with these keys, none is about this one any more.

        What is about nothing any more is over.
        """
        with writing(self._engine) as connection:
            for trouble in _troubles(connection, and_(troubles.c.kind == kind, troubles.c.over_at.is_(None))):
                if one in trouble.about and trouble.key not in but:
                    rest = tuple(each for each in trouble.about if each != one)
                    values = {"about": rest} if rest else {"about": rest, "over_at": now}
                    connection.execute(update(troubles).where(troubles.c.key == trouble.key).values(values))

    def open_troubles(self) -> tuple[KnownTrouble, ...]:
        """What is wrong now, oldest first."""
        with reading(self._engine) as connection:
            return open_troubles(connection)

    def untold_troubles(self, now: datetime) -> tuple[KnownTrouble, ...]:
        """What operators have to be told now, oldest first; see `is_to_be_told`."""
        ended = and_(troubles.c.told_at.is_not(None), troubles.c.over_told_at.is_(None))
        with reading(self._engine) as connection:
            found = _troubles(connection, or_(troubles.c.over_at.is_(None), ended))
        return tuple(one for one in found if is_to_be_told(one, now))

    def record_trouble_told(self, trouble: KnownTrouble, now: datetime) -> None:
        """Operators have been told of it as `untold_troubles` gave it: that it began, has grown, or is over."""
        if trouble.over_at is None:
            told = {"told_at": now, "told_of": tuple(sorted({*trouble.told_of, *trouble.about}))}
            same = troubles.c.told_at.is_not_distinct_from(trouble.told_at)
        else:
            told = {"over_told_at": now}
            # Raised again in the meantime, it is not over, and its end is still to be told.
            same = troubles.c.over_at == trouble.over_at
        with writing(self._engine) as connection:
            connection.execute(update(troubles).where(troubles.c.key == trouble.key, same).values(told))


def begin(
    connection: Connection,
    key: str,
    kind: TroubleKind,
    sentence: str,
    now: datetime,
    *,
    copy: str | None = None,
    about: Collection[str] = (),
) -> None:
    """What `raise_trouble` writes."""
    first = {
        "key": key, "kind": kind, "sentence": sentence, "since": now, "last_at": now, "times": 1, "copy": copy,
        "about": tuple(sorted(about)), "told_of": (),
    }  # fmt: skip
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
        "about": new.excluded.about,
        "told_of": case((_ENDED, new.excluded.told_of), else_=troubles.c.told_of),
    }
    connection.execute(new.on_conflict_do_update(index_elements=[troubles.c.key], set_=again))


def end(connection: Connection, keys: Collection[str], now: datetime) -> None:
    these = and_(troubles.c.key.in_(keys), troubles.c.over_at.is_(None))
    connection.execute(update(troubles).where(these).values(over_at=now))


def open_troubles(connection: Connection) -> tuple[KnownTrouble, ...]:
    return _troubles(connection, troubles.c.over_at.is_(None))


def _troubles(connection: Connection, wanted: ColumnElement[bool]) -> tuple[KnownTrouble, ...]:
    rows = connection.execute(select(troubles).where(wanted).order_by(troubles.c.since, troubles.c.key))
    return tuple(KnownTrouble(**row._mapping) for row in rows)


_ENDED = or_(troubles.c.over_told_at.is_not(None), and_(troubles.c.over_at.is_not(None), troubles.c.told_at.is_(None)))
"""It came to an end that was told, or that nobody had to be told: what follows is another trouble."""
