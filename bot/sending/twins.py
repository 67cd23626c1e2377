"""What left us too late: taken back where it stands a second time.

Between the last look at the clock and the bytes that leave there is an instant. A process that stands still just there,
for longer than its lease, says when it wakes what somebody else has said meanwhile. It learns so when it records: then
it waits until it is settled which message counts, and takes back its own if that is another one. Where it has written
over a message, what was written there since is written again (ADR 41).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from slack_sdk.errors import SlackApiError

from bot.slack import outcomes
from bot.slack.client import Client
from storage.store import Store
from storage.types import Delivery

PAUSE_SECONDS = 5.0
"""So often it is looked whether it is settled, or Slack can be reached again."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """A message that we posted, or wrote over, when it was somebody else's to say already; it stands as `ts`."""

    delivery: Delivery
    ts: str


@dataclass(slots=True, kw_only=True)
class Twins:
    """The late messages of one sender, until it is known that each stands alone."""

    store: Store
    client: Client
    clock: Callable[[], datetime]
    seconds: Callable[[], float] = time.monotonic
    late: list[Late] = field(default_factory=list)
    next_look: float = 0.0

    def add(self, late: Late) -> None:
        self.late.append(late)

    def look(self) -> None:
        """Take back those that stand a second time, at most every few seconds. Raises `StorageError`."""
        if self.late and self.seconds() >= self.next_look:
            self.next_look = self.seconds() + PAUSE_SECONDS
            self.settle()

    def settle(self) -> None:
        """Take back those that stand a second time, now. Raises `StorageError`."""
        if self.late:
            settled = self.store.settled([one.delivery.id for one in self.late])
            self.late = [one for one in self.late if not self.is_done(one, settled)]

    def is_done(self, late: Late, settled: Mapping[int, str | None]) -> bool:
        """Whether nothing remains to be done about it. Who has not ended yet may still find ours, or say it again."""
        if late.delivery.edits:
            if self.store.write_again(late.delivery, self.clock()):
                log.warning("written again", delivery=late.delivery.key, ts=late.ts)
            return True
        if late.delivery.id not in settled:
            return False
        counts = settled[late.delivery.id]
        return counts in (None, late.ts) or self.take_back(late, counts)

    def take_back(self, late: Late, counts: str | None) -> bool:
        """Whether it is gone, or will never go: then somebody has to be told."""
        said = {"delivery": late.delivery.key, "ts": late.ts, "counts": counts}
        try:
            self.client.chat_delete(channel=late.delivery.channel, ts=late.ts)
        except SlackApiError as error:
            if (code := outcomes.code_of(error)) != "message_not_found":
                log.warning("stands twice", **said, reason=code)
        except outcomes.NETWORK:
            return False
        else:
            log.warning("taken back", **said)
        return True
