"""`/healthz`, whether this process lives; `/readyz`, whether it can do its work, each check with its reason.

A check is a function that says in a sentence what is wrong, and "" while all is well. Each part of the program adds
its own: so a process answers for what it does, and for nothing else.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime, timedelta
from typing import Generic, TypeVar

import structlog

from inspection_watch.listen import Reply, as_json, as_text
from storage.engine import StorageError

Answer = TypeVar("Answer")
Check = Callable[[], str]

PATIENCE_SECONDS = 2.0
"""How long whoever asks waits for a check: shorter than any monitor's own patience."""

log = structlog.get_logger()


class InTime(Generic[Answer]):
    """Work that may hang, for many who ask: nobody waits longer than `seconds`, and only one such work is under way.

    A call gives what the work gives, raises what it raises, or raises TimeoutError. Work that hangs is not begun again
    before it has ended, so that a database that hangs does not collect threads and connections.
    """

    def __init__(self, work: Callable[[], Answer], seconds: float = PATIENCE_SECONDS) -> None:
        self._work = work
        self._seconds = seconds
        self._lock = threading.Lock()
        self._under_way: Future[Answer] | None = None

    def __call__(self) -> Answer:
        return self.begin().result(self._seconds)

    def begin(self) -> Future[Answer]:
        """The work that is under way, begun now unless it was."""
        with self._lock:
            if self._under_way is None or self._under_way.done():
                self._under_way = self._begun()
            return self._under_way

    def _begun(self) -> Future[Answer]:
        future: Future[Answer] = Future()

        def do() -> None:
            try:
                future.set_result(self._work())
            except Exception as error:
                future.set_exception(error)

        # A daemon, unlike an executor's threads: the end of the program does not wait for it.
        threading.Thread(target=do, name="check", daemon=True).start()
        return future


class Readiness:
    """The checks of this process by name, and what they say within so many seconds."""

    def __init__(self, seconds: float = PATIENCE_SECONDS) -> None:
        self._seconds = seconds
        self._checks: dict[str, InTime[str]] = {}

    def add(self, name: str, check: Check) -> None:
        """Ask `check` under this name from now on, in place of an earlier one."""
        self._checks[name] = InTime(check)

    def look(self) -> dict[str, str]:
        """What is wrong with each, "" where nothing is. They are asked together: the patience is for all of them."""
        until = time.monotonic() + self._seconds
        begun = {name: check.begin() for name, check in tuple(self._checks.items())}
        return {name: self._said(name, answer, until) for name, answer in begun.items()}

    def _said(self, name: str, answer: Future[str], until: float) -> str:
        try:
            return answer.result(max(0.0, until - time.monotonic()))
        except TimeoutError:
            return f"no answer within {self._seconds:g} seconds"
        except StorageError as error:
            return str(error)
        except Exception:
            log.exception("check failed", check=name)
            return "the check itself failed; the log has the whole story"


def healthz() -> Reply:
    """200 as long as this process answers at all: starting it again would mend nothing that `/readyz` finds."""
    return as_text("ok")


def readyz(readiness: Readiness) -> Reply:
    """200 if every check is well, else 503; as JSON, each check with its reason."""
    said = readiness.look()
    ready = not any(said.values())
    checks = {name: {"ready": not why, "reason": why} for name, why in said.items()}
    return as_json({"ready": ready, "checks": checks}, 200 if ready else 503)


LATE = timedelta(hours=1)
"""How much later than planned a look may end: the first one takes the history of every authority."""


class Looks:
    """Whether looks at the source go on. `due(moment)` is when the plan wants the next one after one at `moment`."""

    def __init__(self, due: Callable[[datetime], datetime], begun: datetime) -> None:
        self._due = due
        self._begun = begun
        self._ended: datetime | None = None

    def ended(self, now: datetime) -> None:
        """A look has ended, however it went."""
        self._ended = now

    def overdue(self, now: datetime) -> str:
        """What is wrong in a sentence, "" while looks end when they should."""
        if self._ended is None:
            waited = now - self._begun > LATE
            return f"no look has ended since the start at {_clock(self._begun)}" if waited else ""
        self._ended = min(self._ended, now)  # a clock that was set back
        due = self._due(self._ended)
        if now <= due + LATE:
            return ""
        return f"the last look ended at {_clock(self._ended)}, and the next was due at {_clock(due)}"


def _clock(moment: datetime) -> str:
    return f"{moment:%d %B %H:%M} UTC"
