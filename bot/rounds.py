"""Work that goes round and round in a thread until it is told to stop, whatever goes wrong in between."""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog

AFTER_A_FAULT_SECONDS = (1.0, 5.0, 30.0)

log = structlog.get_logger()


def go_round(work: Callable[[], float], stop: threading.Event, failed: str) -> None:
    """Call `work` until `stop` is set, each time after as many seconds as it asked for.

    No fault ends it: it is logged as `failed`, and after a pause that grows with each it goes on.
    """
    faults = 0
    while not stop.is_set():
        try:
            pause = work()
            faults = 0
        except Exception:
            pause = AFTER_A_FAULT_SECONDS[min(faults, len(AFTER_A_FAULT_SECONDS) - 1)]
            faults += 1
            log.exception(failed, again_in=pause)
        stop.wait(pause)
