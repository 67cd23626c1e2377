"""Which authorities' own pages have to be opened, and why. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from judgements.authorities import spell
from storage.types import KnownAuthority
from watchers import rests
from watchers.listings import SearchEntry

FRESH = timedelta(days=2)
"""So long after a publication an authority's page is opened at every poll: the search page tells dates only."""

WalkDue = Callable[[datetime | None, datetime], bool]
"""Whether a page that was last opened then (None: never) has to be opened now, by the plan of walks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """An authority whose own page is to be opened, and why; `failures` of its page before, in a row.

    `was_well`: that it fails now is news, and may be a fault of the site. (A page never read may have been bad always.)
    """

    entry: SearchEntry
    why: str
    failures: int = 0
    was_well: bool = True
    number: str = ""
    """The site's own number for it, where we know it by another key."""


def looks(
    known: Mapping[str, KnownAuthority],
    entries: Iterable[SearchEntry],
    *,
    walk_due: WalkDue,
    now: datetime,
    full: bool = False,
    first_walk: bool = False,
) -> tuple[Look, ...]:
    """The authorities whose own pages have to be opened; all of them if it is a `full` walk.

    `first_walk`: the source has never been read whole, and nothing is known of any page yet.
    Those that moved come first: a walk through all of the pages takes minutes. What failed the last time comes last of
    its kind. Otherwise the order is another one each time: where some pages break a walk off, it is not the same ones
    behind them that are never opened.
    """
    found = []
    for entry in entries:
        one = known.get(entry.urn, KnownAuthority(urn=entry.urn))
        if why := _why(one, entry, walk_due=walk_due, now=now, full=full):
            was_well = not one.failures and (first_walk or one.walked_at is not None)
            found.append(Look(entry=entry, why=why, failures=one.failures, was_well=was_well))
    return tuple(sorted(found, key=lambda look: (look.why == WALK, look.failures > 0, _lot(look.entry.urn, now))))


def _lot(urn: str, now: datetime) -> bytes:
    return sha256(f"{now.isoformat()} {urn}".encode()).digest()


WALK = "full walk"


def _why(known: KnownAuthority, entry: SearchEntry, *, walk_due: WalkDue, now: datetime, full: bool) -> str:
    if _rests(known, entry, now) and not full:
        return ""
    if known.baseline_at is None:
        return "first sight"
    if entry.latest_report != known.latest_report:
        return f"its latest report is of {entry.latest_report}, was {known.latest_report}"
    if is_fresh(entry, now):
        return "another document may follow on the same day"
    if known.failures:
        return f"the last look failed: {known.trouble}"
    return WALK if full or walk_due(known.walked_at, now) else ""


def _rests(known: KnownAuthority, entry: SearchEntry, now: datetime) -> bool:
    """Whether its page is left in peace for now. A date on the list that has not been looked for yet ends that."""
    return entry.latest_report == known.listed_report and not rests.is_over(known.next_look_at, now)


def is_fresh(entry: SearchEntry, now: datetime) -> bool:
    """Whether the list says that something has been published in these days.

    Also while it gives a day that is yet to come: until then no other document can move that date.
    """
    return entry.latest_report is not None and entry.latest_report >= (now - FRESH).date()


def names(known: Mapping[str, KnownAuthority]) -> Mapping[str, str]:
    """Whose name is whose: the authority that the list shows, or has shown, under a name (spelled as `spell` does)."""
    return {spell(one.name): urn for urn, one in known.items() if one.name}
