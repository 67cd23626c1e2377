"""What left us too late: taken back where it stands a second time.

Between the last look at the clock and the bytes that leave there is an instant. A process that stands still just there,
for longer than its lease, says when it wakes what somebody else has said meanwhile. It learns so when it records: then
it waits until it is settled which message counts, and takes back its own if that is another one. Where it has written
over a message, what was written there since is written again (ADR 41).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from slack_sdk.errors import SlackApiError

from bot.slack import outcomes
from bot.slack.client import Client
from storage.sending import Newer
from storage.store import Store
from storage.types import Delivery

PAUSE_SECONDS = 5.0
"""So often it is looked whether it is settled, or Slack can be reached again."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """A message that we posted, or wrote over, when it was somebody else's to say already; it stands as `ts`.

    `channel`: Slack's id of where it was posted.
    """

    delivery: Delivery
    ts: str
    channel: str


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
        """Put right what can be put right by now, at most every few seconds. Raises `StorageError`."""
        if self.late and self.seconds() >= self.next_look:
            self.next_look = self.seconds() + PAUSE_SECONDS
            self.settle()

    def settle(self) -> None:
        """Put right what can be put right by now. Raises `StorageError`."""
        if not self.late:
            return
        settled = self.store.settled([one.delivery.id for one in self.late])
        with suppress(*outcomes.NETWORK):  # Who cannot reach Slack for one cannot for the next: it takes its time.
            for one in tuple(self.late):
                if self.is_rewritten(one) if one.delivery.edits else self.is_alone(one, settled):
                    self.late.remove(one)

    def is_rewritten(self, late: Late) -> bool:
        """Whether nothing older than the newest correction stands there for good."""
        newer = self.store.write_again(late.delivery, self.clock())
        if newer is Newer.WRITTEN:
            log.warning("written again", delivery=late.delivery.key, ts=late.ts)
        return newer is not Newer.UNDER_WAY

    def is_alone(self, late: Late, settled: Mapping[int, str | None]) -> bool:
        """Whether nothing remains to be done about it. Who has not ended yet may still find ours, or say it again."""
        if late.delivery.id not in settled:
            return False
        counts = settled[late.delivery.id]
        return counts in (None, late.ts) or self.take_back(late)

    def take_back(self, late: Late) -> bool:
        """Whether it is gone, or will never go: then somebody has to be told. Raises what the network does."""
        try:
            self.client.chat_delete(channel=late.channel, ts=late.ts)
        except SlackApiError as error:
            ended = outcomes.outcome(error)
            if ended and (ended.verdict is outcomes.Verdict.WAIT or ended.uncertain):
                return False
            if (code := outcomes.code_of(error)) != "message_not_found":
                self.tell(late, code)
        else:
            log.warning("taken back", delivery=late.delivery.key, ts=late.ts)
        return True

    def give_up(self, reason: str) -> None:
        """Nobody will look any more."""
        for one in self.late:
            self.tell(one, reason)
        self.late = []

    def tell(self, late: Late, reason: str) -> None:
        log.warning("stands twice", delivery=late.delivery.key, channel=late.channel, ts=late.ts, reason=reason)
