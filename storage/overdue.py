"""Whether a source has not been read for too long. Pure.

The watcher says so of a source that gives it trouble, and whoever delivers of one that nobody looks at: with every
watcher dead, nobody else is left to say it. Both mean the same trouble.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from storage.types import SourceState

NO_GOOD_POLL_FOR: Final = timedelta(hours=24)


def key(source: str) -> str:
    """The key of the trouble."""
    return f"no-good-poll:{source}"


def last_well(state: SourceState, now: datetime) -> datetime | None:
    """When all that was to be seen of the source was last seen, if that is too long ago."""
    return _too_long_ago(state.last_ok_at, now)


def last_look(state: SourceState, now: datetime) -> datetime | None:
    """When anybody last read anything of the source, if that is too long ago; a poll that failed reads nothing."""
    read = [moment for moment in (state.listed_at, state.last_ok_at) if moment is not None]
    return _too_long_ago(max(read, default=None), now)


def _too_long_ago(moment: datetime | None, now: datetime) -> datetime | None:
    return moment if moment is not None and moment <= now - NO_GOOD_POLL_FOR else None
