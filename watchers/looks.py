"""Which authorities' own pages have to be opened, and why. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from storage.types import KnownAuthority
from watchers.listings import SearchEntry

FRESH = timedelta(days=2)
"""So long after a publication an authority's page is opened at every poll: the search page tells dates only."""

WalkDue = Callable[[datetime | None, datetime], bool]
"""Whether a page that was last opened then (None: never) has to be opened now, by the plan of walks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """An authority whose own page is to be opened, and why."""

    entry: SearchEntry
    why: str
    number: str = ""
    """The site's own number for it, where we know it by another key."""


def looks(
    known: Mapping[str, KnownAuthority],
    awaiting: Mapping[str, datetime],
    entries: Iterable[SearchEntry],
    *,
    walk_due: WalkDue,
    now: datetime,
) -> tuple[Look, ...]:
    """The authorities whose own pages have to be opened. `awaiting`: when the next missing document is due, by URN.

    Those that moved come first: a walk through all of the pages takes minutes. Otherwise the order is another one each
    time: where some pages break a walk off, it is not the same ones behind them that are never opened.
    """
    found = []
    for entry in entries:
        if why := _why(known.get(entry.urn), awaiting.get(entry.urn), entry, walk_due=walk_due, now=now):
            found.append(Look(entry=entry, why=why))
    return tuple(sorted(found, key=lambda look: (look.why == WALK, _lot(look.entry.urn, now))))


def _lot(urn: str, now: datetime) -> bytes:
    return sha256(f"{now.isoformat()} {urn}".encode()).digest()


WALK = "full walk"


def _why(
    known: KnownAuthority | None, due: datetime | None, entry: SearchEntry, *, walk_due: WalkDue, now: datetime
) -> str:
    if known is None or known.baseline_at is None:
        return "first sight"
    if entry.latest_report != known.latest_report:
        return f"its latest report is of {entry.latest_report}, was {known.latest_report}"
    if due is not None and due <= now:
        return "a listed document was not there yet"
    if entry.latest_report is not None and entry.latest_report >= (now - FRESH).date():
        return "another document may follow on the same day"
    return WALK if walk_due(known.walked_at, now) else ""
