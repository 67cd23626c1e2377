"""A lease that is kept for as long as a piece of work lasts, from a thread of its own.

A process that dies, or is halted, extends nothing any more: within `LEASE` somebody else may take over. When it wakes
it finds its lease lost, and storage refuses what it would write.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Final

import structlog

from storage.engine import StorageError
from storage.store import Store
from storage.types import Holding

log = structlog.get_logger()

LEASE: Final = timedelta(seconds=30)
BEAT_SECONDS: Final = 8.0


@contextmanager
def kept(store: Store, holding: Holding, clock: Callable[[], datetime]) -> Iterator[Callable[[], bool]]:
    """Extends a lease that is ours until the block ends; gives a function that says whether it has been lost."""
    ended, lost = threading.Event(), threading.Event()

    def beat() -> None:
        while not ended.wait(BEAT_SECONDS) and not lost.is_set():
            if not extended(store, holding, clock()):
                lost.set()

    with _beating(beat, ended):
        yield lost.is_set


@contextmanager
def on_duty(store: Store, holding: Holding, clock: Callable[[], datetime]) -> Iterator[Callable[[], datetime | None]]:
    """Of several processes that would do the same work one is on duty, and the others stand by.

    Gives a function that claims the duty, or keeps it: None if it is ours, else when to ask again. At the end of the
    block it is free at once; of a process that died, once its lease is over.
    """
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(BEAT_SECONDS):
            extended(store, holding, clock())

    def ask() -> datetime | None:
        if store.claim_lease(holding, clock(), LEASE):
            return None
        return (store.leased_until(holding.name) or clock()) + timedelta(seconds=1)

    with _beating(beat, ended):
        try:
            yield ask
        finally:
            with suppress(StorageError):  # then it ends by itself
                store.end_lease(holding)


@contextmanager
def _beating(beat: Callable[[], None], ended: threading.Event) -> Iterator[None]:
    thread = threading.Thread(target=beat, name="lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def extended(store: Store, holding: Holding, now: datetime) -> bool:
    """False if the lease is somebody else's. A database that does not answer takes nothing away."""
    try:
        return store.extend_lease(holding, now, LEASE)
    except StorageError as error:
        log.warning("lease not extended", name=holding.name, storage=str(error))
        return True
