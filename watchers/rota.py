"""When a document, or a source, is asked for again: what failed soon and then ever later, what we have now and then."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from judgements.types import Listing

LONDON = ZoneInfo("Europe/London")

AGAIN_AFTER = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=3),
    timedelta(hours=12),
    timedelta(days=1),
)
"""How long after its n-th failure a document, or a source, is asked for again; the last one repeats for ever."""

CHECKED = ((timedelta(days=30), timedelta(days=1)), (timedelta(days=365), timedelta(days=7)))
RARELY = timedelta(days=60)
"""A document published within so long is asked for again so often, should it be replaced; an older one rarely."""


def again_after(failures: int) -> timedelta:
    return AGAIN_AFTER[min(failures, len(AGAIN_AFTER)) - 1]


def next_check(listing: Listing, now: datetime) -> datetime:
    """When a document that we have is asked for again. Those that came together are spread, each by its own number."""
    age = now.date() - listing.published
    pause = next((pause for within, pause in CHECKED if age <= within), RARELY)
    share = int.from_bytes(sha256(listing.file_id.encode()).digest()[:2]) / 2**16
    return now + pause * (0.75 + share / 2)


def london_day(moment: datetime) -> date:
    """The day that it is then in London, where what is published has its date."""
    return moment.astimezone(LONDON).date()


def is_another_day(one: datetime, later: datetime) -> bool:
    """Whether a London day lies between: the site is published, and mended, by the day."""
    return london_day(one) < london_day(later)
