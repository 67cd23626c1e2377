"""Work that goes round and round in a thread until it is told to stop, whatever goes wrong in between."""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog

from storage.engine import StorageError

AFTER_A_FAULT_SECONDS = (1.0, 5.0, 30.0)

log = structlog.get_logger()


def go_round(work: Callable[[], float], stop: threading.Event, failed: str) -> None:
    """Call `work` until `stop` is set, each time after as many seconds as it asked for.

    No fault ends it: it is logged as `failed`, and after a pause that grows with each it goes on. What storage could
    not do may pass by itself, and is no fault of the program.
    """
    faults = 0
    while not stop.is_set():
        try:
            pause = work()
            faults = 0
        except Exception as error:
            pause = AFTER_A_FAULT_SECONDS[min(faults, len(AFTER_A_FAULT_SECONDS) - 1)]
            faults += 1
            if isinstance(error, StorageError):
                log.warning(failed, storage=str(error), again_in=pause)
            else:
                log.exception(failed, again_in=pause)
        stop.wait(pause)
