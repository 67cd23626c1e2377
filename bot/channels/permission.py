"""Who may change what a channel is told, and how often somebody may ask for what takes much work."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot import words
from bot.grammar import Asked, refused
from bot.types import Asker, Reply


def granted(asked: Asked) -> Asker | Reply:
    """Who asks for something that alters what a channel is told; or the reply that it may not be altered."""
    asker = in_a_channel(asked)
    why = "" if isinstance(asker, Reply) else why_not(asker)
    return refused(why) if why else asker


def in_a_channel(asked: Asked) -> Asker | Reply:
    """Who asks, and in which channel; or the reply that it has to be asked in one."""
    if asked.asker is None:
        return refused(words.WHICH_CHANNEL)
    return asked.asker if asked.asker.channel else refused(words.IN_NO_CHANNEL)


def why_not(asker: Asker) -> str:
    """Why this person may not change what the channel is told, in a sentence; "" if they may."""
    if asker.is_stranger:
        return words.NOT_FOR_STRANGERS
    if asker.is_unknown:
        return words.WHO_IS_IT
    if asker.is_out_of_reach:
        return words.NOT_BETWEEN_PEOPLE
    if asker.is_restricted:
        return words.NOT_FOR_GUESTS
    return words.ONLY_ADMINS if asker.only_admins and not asker.is_admin else ""


BURST = 6
"""So many heavy answers at once; then one every `EVERY`."""
EVERY = timedelta(seconds=20)
MOST_REMEMBERED = 10_000
"""People; who asked long ago has his whole allowance again, and is forgotten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What one person may still ask for: `left` at the moment `at`; it grows by one every `EVERY`, up to `BURST`."""

    at: datetime
    left: float = BURST


def spend(allowance: Allowance | None, now: datetime) -> tuple[Allowance, timedelta]:
    """The allowance after one more answer, and how long to wait for it: no time, or (with nothing spent) some."""
    before = allowance or Allowance(at=now)
    left = min(BURST, before.left + max(now - before.at, timedelta()) / EVERY)
    if left >= 1:
        return Allowance(at=now, left=left - 1), timedelta()
    return Allowance(at=now, left=left), EVERY * (1 - left)


class Allowances:
    """What each person may still ask for, in this process. Threads may share it."""

    def __init__(self) -> None:
        self._left: dict[tuple[str, str], Allowance] = {}
        self._lock = threading.Lock()

    def spend(self, asker: Asker, now: datetime) -> timedelta:
        """How long the person has to wait for one more heavy answer: no time, and it is counted, or some."""
        with self._lock:
            if len(self._left) > MOST_REMEMBERED:
                self._left = {who: one for who, one in self._left.items() if now - one.at < EVERY * BURST}
            allowance, wait = spend(self._left.get((asker.team, asker.user)), now)
            self._left[asker.team, asker.user] = allowance
        return wait
