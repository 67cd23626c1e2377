"""What a poll works with, and how it went."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.archive import Archive
from storage.store import Store
from storage.types import Holding
from watchers.fetch import Fetcher
from watchers.read import Reader
from watchers.schedule import DEFAULT_WALKS, Walks, parse_walks
from watchers.sources import Source

WALKS = parse_walks(DEFAULT_WALKS)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What a poll works with: where it reads, where it writes, and the time."""

    store: Store
    archive: Archive
    fetcher: Fetcher
    reader: Reader
    site: str
    clock: Callable[[], datetime]
    owner: str = "this process"
    """Who we are: no two processes on one database may be the same."""
    walks: Walks = WALKS
    next_look: Callable[[datetime], datetime | None] = lambda _now: None
    """When the plan says to look again, if there is a plan."""
    stopping: Callable[[], bool] = lambda: False
    progress: Callable[[int, int, str], None] = lambda _done, _total, _name: None


def holding(world: World, source: Source) -> Holding:
    """The lease under which a source is polled."""
    return Holding(name=f"source:{source.key}", owner=world.owner)


@dataclass(frozen=True, slots=True, kw_only=True)
class PollSummary:
    """How a poll went, so far.

    `troubles` are sentences on what is wrong with the source as a whole; () means that it is well. `failed` are
    sentences on single pages that could not be read: each of them rests by itself. `doubts` are sentences on what was
    seen and is not quite believed.
    """

    seen: int = 0
    opened: int = 0
    documents: int = 0
    """Those whose bytes came."""
    changes: int = 0
    troubles: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    stopped: bool = False
    skipped: str = ""
    """Why nothing was done, where nothing was to be done."""
    rest: timedelta | None = None
    """The source has to be left in peace, for so long at least if it asked for that. None: it has not."""
    failures_in_a_row: int = 0
    """The last pages that could not be had, and that had not failed before."""
    again_at: datetime | None = None
    """When to look again, if that is before the plan says: something that failed is to be tried again."""

    @property
    def fields(self) -> dict[str, object]:
        """For the log line."""
        counts = {"seen": self.seen, "opened": self.opened, "documents": self.documents, "changes": self.changes}
        whys = {"troubles": self.troubles, "failed": self.failed, "doubts": self.doubts}
        return {**counts, **whys, "stopped": self.stopped}
