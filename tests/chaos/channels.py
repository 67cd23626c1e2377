"""The channels of a run: what they have subscribed to, and one whose people change their minds again and again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import cycle
from zoneinfo import ZoneInfo

from bot.commands import answer, parse
from bot.types import Asker
from inspection_watch.demo import slack as local
from storage.engine import StorageError
from storage.store import Store
from storage.types import Subscription

LONDON = ZoneInfo("Europe/London")
SOON = timedelta(minutes=4)
"""So long after the beginning the first digest is due."""
NOTHING, EVERYTHING = ("unsubscribe england", "mute 3h"), ("subscribe england", "unmute")
"""What people of a restless channel say, in turn, and what they say next."""


class Manner(StrEnum):
    """How a channel is told."""

    PLAIN = "plain"
    COMPACT = "compact"
    DIGEST = "digest"
    RESTLESS = "restless"


@dataclass(frozen=True)
class Turn:
    """From the first to the second moment it was not certain whether the channel wants to be told; then it was."""

    begun: datetime
    done: datetime
    is_open: bool


@dataclass
class Channel:
    """One channel."""

    id: str
    manner: Manner
    turns: list[Turn] = field(default_factory=list)

    def wish(self, now: datetime) -> Subscription:
        return Subscription(
            team=local.TEAM,
            channel=self.id,
            scope="england",
            created_by=local.ALICE,
            created_at=now,
            compact=self.manner is Manner.COMPACT,
            how=f"daily {(now + SOON).astimezone(LONDON):%H:%M}" if self.manner is Manner.DIGEST else "now",
        )

    def was_open(self, first: datetime, last: datetime) -> bool | None:
        """Whether it wanted to be told all the time from the first to the last moment; None if that changed."""
        is_open = True
        for turn in self.turns:
            if turn.done <= first:
                is_open = turn.is_open
            elif turn.begun <= last:
                return None
        return is_open


def channels(number: int) -> list[Channel]:
    """At least four, of every manner."""
    of_its_own = {1: Manner.COMPACT, number - 2: Manner.DIGEST, number - 1: Manner.RESTLESS}
    return [Channel(f"C{one:04d}CHAOS", of_its_own.get(one, Manner.PLAIN)) for one in range(number)]


@dataclass
class Minds:
    """The people of a restless channel."""

    channel: Channel
    store: Store
    clock: Callable[[], datetime]
    moods: cycle[tuple[str, str]] = field(default_factory=lambda: cycle(zip(NOTHING, EVERYTHING, strict=True)))
    next_words: list[str] = field(default_factory=list)
    begun: datetime | None = None

    def change(self) -> None:
        """Say the next thing, or say it again where the database did not hear it."""
        if not self.next_words:
            self.next_words = list(next(self.moods))
        self.begun = self.begun or self.clock()
        if self._say(self.next_words[0]):
            words = self.next_words.pop(0)
            self.channel.turns.append(Turn(self.begun, self.clock(), words in EVERYTHING))
            self.begun = None

    def settle(self) -> None:
        """At the end the channel wants to be told again."""
        while self.next_words:
            self.change()

    def _say(self, words: str) -> bool:
        asker = Asker(team=local.TEAM, channel=self.channel.id, user=local.ALICE)
        try:
            answer(parse(words), self.store, self.clock(), asker)
        except StorageError:
            return False
        return True


def wishes(of: Sequence[Channel], now: datetime) -> list[Subscription]:
    return [channel.wish(now) for channel in of]
