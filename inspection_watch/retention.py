"""Once a day, after a look at the source: forget what is older than somebody wants it kept. By default nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from inspection_watch.settings import Settings
from storage.archive import Archive
from storage.engine import StorageError
from storage.store import Store

EVERY = timedelta(days=1)
AT_ONCE = 500
MOST_ROUNDS = 20
"""So that a first time with years to forget does not keep the watcher: the rest is for tomorrow."""

log = structlog.get_logger()


class Tidying:
    """How long what is kept, and when it was last seen to."""

    def __init__(self, settings: Settings, store: Store, archive: Archive) -> None:
        self._messages = settings.INSPECTION_WATCH_KEEP_MESSAGES
        self._copies = settings.INSPECTION_WATCH_KEEP_COPIES
        self._store, self._archive = store, archive
        self._done: datetime | None = None

    def tidy(self, now: datetime) -> None:
        """Forget what is due, if that is not done yet today. A database that does not take it is tried tomorrow."""
        if (self._messages is None and self._copies is None) or (self._done and now - self._done < EVERY):
            return
        self._done = now
        try:
            self._tidy(now)
        except StorageError as error:
            log.warning("not tidied", storage=str(error))

    def _tidy(self, now: datetime) -> None:
        messages = 0 if self._messages is None else self._forget_messages(now - self._messages)
        copies = 0 if self._copies is None else self._forget_copies(now - self._copies)
        log.info("tidied", messages=messages, copies=copies)

    def _forget_messages(self, before: datetime) -> int:
        forgotten = 0
        for _ in range(MOST_ROUNDS):
            forgotten += (now := self._store.forget_messages(before, AT_ONCE))
            if now < AT_ONCE:
                break
        return forgotten

    def _forget_copies(self, before: datetime) -> int:
        forgotten = 0
        for _ in range(MOST_ROUNDS):
            copies = self._store.forget_copies(before, AT_ONCE)
            for sha256 in copies:
                self._archive.remove(sha256)
            forgotten += len(copies)
            if len(copies) < AT_ONCE:
                break
        return forgotten
