"""A lease that is kept for as long as a piece of work lasts, from a thread of its own.

A process that dies, or is halted, extends nothing any more: within `LEASE` somebody else may take over. When it wakes
it finds its lease lost, and storage refuses what it would write.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final

import structlog

from storage.engine import StorageError
from storage.store import Store
from storage.types import Holding

log = structlog.get_logger()

LEASE: Final = timedelta(seconds=40)
BEAT_SECONDS: Final = 10.0


@contextmanager
def kept(store: Store, holding: Holding, clock: Callable[[], datetime]) -> Iterator[Callable[[], bool]]:
    """Extends a lease that is ours until the block ends; gives a function that says whether it has been lost."""
    ended, lost = threading.Event(), threading.Event()

    def beat() -> None:
        while not ended.wait(BEAT_SECONDS) and not lost.is_set():
            if not extended(store, holding, clock()):
                lost.set()

    thread = threading.Thread(target=beat, name=f"lease of {holding.name}", daemon=True)
    thread.start()
    try:
        yield lost.is_set
    finally:
        ended.set()
        thread.join()


def extended(store: Store, holding: Holding, now: datetime) -> bool:
    """False if the lease is somebody else's. A database that does not answer takes nothing away."""
    try:
        return store.extend_lease(holding, now, LEASE)
    except StorageError as error:
        log.warning("lease not extended", name=holding.name, why=str(error))
        return True
