"""How often one person may ask for what takes much work."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.types import Asker

AT_ONCE = 6
"""So many heavy answers at once; then one every `EVERY`."""
EVERY = timedelta(seconds=20)
MOST_REMEMBERED = 10_000
"""People; whoever asked long ago has the whole allowance again, and is forgotten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What a person may still ask for: `left` at the moment `at`. It grows with time, up to `AT_ONCE` answers.

    An answer takes `EVERY` of it. It is a time and not a number of answers, for times are exact.
    """

    at: datetime
    left: timedelta = AT_ONCE * EVERY


def spend(allowance: Allowance | None, now: datetime) -> tuple[Allowance, timedelta]:
    """The allowance after one more answer, and how long to wait for it: no time, or (with nothing spent) some."""
    before = allowance or Allowance(at=now)
    left = min(AT_ONCE * EVERY, before.left + max(now - before.at, timedelta()))
    if left >= EVERY:
        return Allowance(at=now, left=left - EVERY), timedelta()
    return Allowance(at=now, left=left), EVERY - left


class Allowances:
    """What each person may still ask for, in this process. Threads may share it."""

    def __init__(self) -> None:
        self._left: dict[tuple[str, str], Allowance] = {}
        self._lock = threading.Lock()

    def spend(self, asker: Asker, now: datetime) -> timedelta:
        """How long the person has to wait for one more heavy answer: no time, and it is counted, or some."""
        with self._lock:
            if len(self._left) > MOST_REMEMBERED:
                self._left = {who: one for who, one in self._left.items() if now - one.at < EVERY * AT_ONCE}
            allowance, wait = spend(self._left.get((asker.team, asker.user)), now)
            self._left[asker.team, asker.user] = allowance
        return wait
