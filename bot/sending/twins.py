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
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog
from slack_sdk.errors import SlackApiError

from bot.sending import posting
from bot.slack import outcomes
from bot.slack.client import Client
from storage.sending import ARRIVING, Newer
from storage.store import Store
from storage.types import Delivery

PAUSE_SECONDS = 5.0
"""So often it is looked whether it is settled, or Slack can be reached again."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """A message that we said, or may have, until `at`, when it was somebody else's to say already."""

    delivery: Delivery
    at: datetime
    ts: str | None
    """Where it stands; None: it is not known whether it does, for Slack's answer was lost."""
    channel: str
    """Slack's id of where it was said."""


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
        if counts is None:
            return True
        if late.ts is None:
            return self.is_found_alone(late, counts)
        return late.ts == counts or self.take_back(late, late.ts)

    def is_found_alone(self, late: Late, counts: str) -> bool:
        """The same of one of which it is not known where it stands; it may still arrive for a minute."""
        if self.clock() < late.at + ARRIVING:
            return False
        doubtful = replace(late.delivery, unsure_since=late.delivery.begun_at, unsure_until=late.at)
        try:
            twins = () if posting.is_to_a_person(doubtful) else posting.elsewhere(self.client, doubtful, counts)
        except (SlackApiError, posting.SearchTooLongError) as error:
            return not _may_pass(error)
        return all(self.take_back(late, ts) for ts in twins)

    def take_back(self, late: Late, ts: str) -> bool:
        """Whether it is gone, or will never go: then somebody has to be told. Raises what the network does."""
        try:
            self.client.chat_delete(channel=late.channel, ts=ts)
        except SlackApiError as error:
            if _may_pass(error):
                return False
            if (code := outcomes.code_of(error)) != "message_not_found":
                self.tell(late, ts, code)
        else:
            log.warning("taken back", delivery=late.delivery.key, ts=ts)
        return True

    def give_up(self, reason: str) -> None:
        """Nobody will look any more."""
        for one in self.late:
            self.tell(one, one.ts, reason)
        self.late = []

    def tell(self, late: Late, ts: str | None, reason: str) -> None:
        log.warning("stands twice", delivery=late.delivery.key, channel=late.channel, ts=ts, reason=reason)


def _may_pass(error: Exception) -> bool:
    ended = posting.outcome(error)
    return ended is not None and (ended.verdict is outcomes.Verdict.WAIT or ended.uncertain)
