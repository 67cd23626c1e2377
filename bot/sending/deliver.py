"""Deliveries -> Slack.

    claim the oldest of each channel that is due -> post -> record

Each verb of storage is one transaction, and none is open while Slack is asked. One thread, the dispatcher, does all
that the database is asked for, many deliveries at a time; the workers only talk to Slack. Sent is recorded after it is
sent, so that what a crash leaves behind is looked for (`posting`) and not lost.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from queue import SimpleQueue

import structlog
from structlog.typing import FilteringBoundLogger

from bot.rounds import go_round
from bot.sending import notices, posting
from bot.sending.twins import Late, Twins
from bot.slack import outcomes
from bot.slack.client import Client
from storage.engine import StorageError
from storage.store import Store
from storage.types import AttemptEnd, Dead, Delivery, Dropped, Owed, Part, Paused, Refused, Sent

LEASE = timedelta(minutes=4)
MARGIN = timedelta(seconds=150)
"""With less of the lease left nothing is said any more, for somebody else may say it: what is said may take half a
minute to leave us and a minute to arrive in the channel, and another machine's clock may be a minute fast."""
SPACING = timedelta(seconds=1)
"""Slack takes one message a second in a channel."""
MOST_UNFINISHED = 14
"""So many attempts in a row that never came to an end are enough: a crash for each, and in most of them nothing else
was under way."""
TURN_SECONDS = 60.0
"""So often at least one of the suspects has its turn, however much else is to be sent."""
NEVER_ENDED = "the last attempts to send it never came to an end: this is a fault of the program, please report it"
STOPPED = "the program was stopped before it was sent"
WORKERS = 8
AHEAD, FURTHEST_AHEAD = 4, 128
"""So many deliveries are claimed for each worker: few while Slack is slow, for what is claimed must be sent before
its lease ends, also if each takes as long as is not yet called slow."""
SLOW_SECONDS = 0.5
TOGETHER_SECONDS = 0.1
IDLE_SECONDS = 0.3

log = structlog.get_logger()


class Step(StrEnum):
    """What one attempt came to."""

    SENT = "sent"
    FOUND = "found in the channel"
    REFUSED = "refused, to be tried again"
    PAUSED = "the channel takes no messages"
    GIVEN_UP = "given up"
    DROPPED = "dropped, as nobody waits for it any more"
    OVERTAKEN = "somebody else's by now, because this attempt took longer than its lease"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One delivery after Slack was asked: where it stands, or how it ended otherwise."""

    delivery: Delivery
    at: datetime
    """When it was over; it is recorded a moment later, with others."""
    stands: posting.Stands | None = None
    ended: outcomes.Outcome | None = None
    owed: tuple[Owed, ...] = ()
    """What somebody is to be told because of it."""

    @property
    def late(self) -> Late | None:
        """What it has said, or may have, should it have been somebody else's to say."""
        if self.stands and not self.stands.found:
            return Late(delivery=self.delivery, at=self.at, ts=self.stands.ts, channel=self.stands.channel)
        if self.ended and self.ended.uncertain:
            return Late(delivery=self.delivery, at=self.at, ts=self.delivery.edit_ts, channel=self.delivery.channel)
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who sends: with what, by which clock, and under which name it claims.

    `client` must not retry by itself (`bot.slack.client.web_client` makes such a one); `jitter` gives numbers from 0
    to 1; no other process has the same `owner`.
    """

    store: Store
    client: Client
    clock: Callable[[], datetime]
    jitter: Callable[[], float]
    owner: str
    spacing: timedelta = SPACING
    lines_together: Callable[[], AbstractContextManager[None]] = nullcontext
    """What is logged within it may be written in one go."""


def deliver_due(sender: Sender, most: int = 1) -> tuple[Step, ...]:
    """Send what is due, at most one message a channel, and record what came of it. Raises `StorageError`."""
    begun = sender.clock()
    claimed = sender.store.claim_deliveries(begun, LEASE, sender.owner, most)
    claimed = claimed or sender.store.claim_suspect(begun, LEASE, sender.owner)
    return record(sender, [attempt(sender, delivery) for delivery in claimed])


def attempt(sender: Sender, delivery: Delivery) -> Attempt:
    """Ask Slack. What is no trouble of Slack's or the network's is raised: it is a bug."""
    if delivery.unfinished > MOST_UNFINISHED:
        never = _fatal(NEVER_ENDED, "never_ended")
        return Attempt(delivery=delivery, at=sender.clock(), ended=never)
    try:
        until = delivery.begun_at + LEASE - MARGIN
        stands = posting.put(sender.client, delivery, lambda: sender.clock() > until)
    except Exception as error:
        ended = posting.outcome(error)
        if ended is None:
            raise
        return _refused(sender, delivery, ended)
    return Attempt(delivery=delivery, at=sender.clock(), stands=stands)


def _fatal(trouble: str, reason: str) -> outcomes.Outcome:
    return outcomes.Outcome(verdict=outcomes.Verdict.DEAD, trouble=trouble, reason=reason)


def _refused(sender: Sender, delivery: Delivery, ended: outcomes.Outcome) -> Attempt:
    owed: tuple[Owed, ...] = ()
    if ended.verdict is outcomes.Verdict.PAUSE:
        if delivery.part is Part.NOTICE and posting.is_to_a_person(delivery):
            ended = _fatal(ended.trouble, ended.reason)
            owed = notices.of_unwritable(sender.client, delivery)
        elif not delivery.paused:
            owed = notices.of_pause(sender.store, sender.client, delivery, ended.trouble)
    return Attempt(delivery=delivery, at=sender.clock(), ended=ended, owed=owed)


def record(sender: Sender, attempts: Sequence[Attempt]) -> tuple[Step, ...]:
    """Write how these attempts ended, all of them in one transaction. Raises `StorageError`."""
    if not attempts:
        return ()
    now = sender.clock()
    ends = [_end(sender, one) for one in attempts]
    # Written first: its key keeps it from being said twice, and nobody would remember it after a crash.
    if owed := [one for attempt in attempts for one in attempt.owed]:
        sender.store.owe(owed, now)
    recorded = sender.store.record(ends, now)
    line = log.bind()  # Once for them all: to find out each time how lines are written takes as long as to write one.
    with sender.lines_together():
        return tuple(_logged(line, one, end, recorded) for one, end in zip(attempts, ends, strict=True))


def _end(sender: Sender, attempt: Attempt) -> AttemptEnd:
    if attempt.ended is None:
        assert attempt.stands is not None
        there, next_at = attempt.stands, attempt.at + sender.spacing
        return Sent(delivery=attempt.delivery, ts=there.ts, in_another=there.in_another, next_at=next_at)
    return outcomes.end_of(attempt.delivery, attempt.ended, attempt.at, sender.jitter())


def _logged(log: FilteringBoundLogger, attempt: Attempt, end: AttemptEnd, recorded: frozenset[int]) -> Step:
    """One line for each attempt; what it came to."""
    step = _step(attempt, end)
    key, attempts = end.delivery.key, end.delivery.attempts
    if end.delivery.id not in recorded:
        log.warning("overtaken", delivery=key, attempts=attempts, step=step.value)
        return Step.OVERTAKEN
    if isinstance(end, Sent):
        log.info("delivered", delivery=key, attempts=attempts, step=step.value, ts=end.ts)
        return step
    reason, trouble = attempt.ended.reason if attempt.ended else "", end.trouble
    if isinstance(end, Dropped):
        log.info("dropped", delivery=key, attempts=attempts, trouble=trouble)
        return step
    if isinstance(end, Dead):
        log.error("given up", delivery=key, attempts=attempts, reason=reason, trouble=trouble)
        return step
    again = str(end.next_at - attempt.at)
    if isinstance(end, Paused):
        log.warning("paused", delivery=key, attempts=attempts, reason=reason, trouble=trouble, again_in=again)
    else:
        log.warning("refused", delivery=key, attempts=attempts, reason=reason, trouble=trouble, again_in=again)
    return step


def _step(attempt: Attempt, end: AttemptEnd) -> Step:
    if isinstance(end, Sent):
        return Step.FOUND if attempt.stands and attempt.stands.found else Step.SENT
    return {Refused: Step.REFUSED, Paused: Step.PAUSED, Dead: Step.GIVEN_UP, Dropped: Step.DROPPED}[type(end)]


@dataclass(slots=True)
class _Dispatcher:
    """What is under way: `claimed` for the workers, `finished` by them and not yet recorded."""

    sender: Sender
    workers: int
    stop: threading.Event
    under_way: int = 0
    claimed: SimpleQueue[Delivery | None] = field(default_factory=SimpleQueue)
    finished: deque[Attempt | None] = field(default_factory=deque)
    bell: threading.Event = field(default_factory=threading.Event)
    """Rung by workers when there is something to record: for every one of them the dispatcher would wake too often.

    At the beginning it is rung: people wait for what is due, and nothing is under way that would ring it.
    """
    unrecorded: list[Attempt] = field(default_factory=list)
    ahead: int = AHEAD
    slow: bool = False
    """Slack took long over an answer since we last looked."""
    suspected: bool = False
    """What is under way may be what brings us down."""
    next_turn: float = field(default_factory=lambda: time.monotonic() + TURN_SECONDS)
    twins: Twins = field(init=False)

    def __post_init__(self) -> None:
        self.bell.set()
        self.twins = Twins(store=self.sender.store, client=self.sender.client, clock=self.sender.clock)

    def round(self) -> float:
        """Record what is finished and begin what is due; no pause, for the wait is for whatever is finished."""
        self.record()  # What could not be recorded in the last round: until it is, nothing more is begun.
        self.pace()
        self.collect(IDLE_SECONDS)
        if self.is_overdue():
            self.record()
        self.begin()  # The workers have something to do while we record.
        self.record()
        self.twins.look()
        return 0.0

    def is_overdue(self) -> bool:
        """Whether a lease is over of what is finished and not recorded: then it could be claimed, by ourselves too."""
        now = self.sender.clock()
        return any(one.delivery.begun_at + LEASE <= now for one in self.unrecorded)

    def begin(self) -> None:
        if not self.stop.is_set():
            for delivery in self.claim():
                self.under_way += 1
                self.claimed.put(delivery)

    def record(self) -> None:
        steps = record(self.sender, self.unrecorded)
        for one, step in zip(self.unrecorded, steps, strict=True):
            if step is Step.OVERTAKEN and one.late:
                self.twins.add(one.late)
        self.unrecorded = []

    def claim(self) -> tuple[Delivery, ...]:
        """What is due; of what may be the reason why attempts come to no end, one at a time and nothing beside it."""
        unended = bool(self.under_way or self.unrecorded)
        if self.suspected and unended:
            return ()
        self.suspected = False
        claimed = () if self.is_turn_of_suspects() else self.claim_ahead()
        return claimed if claimed or unended else self.claim_suspect()

    def is_turn_of_suspects(self) -> bool:
        """They are last, for what they bring down is everybody's, but not for ever."""
        now = time.monotonic()
        if now >= self.next_turn and not self.sender.store.is_suspect_due(self.sender.clock()):
            self.next_turn = now + TURN_SECONDS
        return now >= self.next_turn

    def claim_ahead(self) -> tuple[Delivery, ...]:
        free = self.workers * self.ahead - self.under_way
        if free <= 0:
            return ()
        return self.sender.store.claim_deliveries(self.sender.clock(), LEASE, self.sender.owner, free)

    def claim_suspect(self) -> tuple[Delivery, ...]:
        self.next_turn = time.monotonic() + TURN_SECONDS
        claimed = self.sender.store.claim_suspect(self.sender.clock(), LEASE, self.sender.owner)
        self.suspected = bool(claimed)
        return claimed

    def pace(self) -> None:
        """Claim further and further ahead, so that many share a transaction, but no further than Slack keeps up."""
        self.ahead = AHEAD if self.slow else min(2 * self.ahead, FURTHEST_AHEAD)
        self.slow = False

    def collect(self, seconds: float) -> None:
        """Take what is finished; where nothing is, wait for the first, and a moment for others to share its record."""
        if self.bell.wait(seconds) and not self.is_enough():
            self.bell.clear()
            self.bell.wait(TOGETHER_SECONDS)
        self.bell.clear()
        while self.finished:
            self.under_way -= 1
            if (attempt := self.finished.popleft()) is not None:
                self.unrecorded.append(attempt)

    def is_enough(self) -> bool:
        """Whether half of what was claimed is finished: the workers will soon have nothing to do."""
        return len(self.finished) >= self.under_way / 2

    def serve(self) -> None:
        """What each worker does until there is nothing more to come."""
        while (delivery := self.claimed.get()) is not None:
            self.work(delivery)

    def work(self, delivery: Delivery) -> None:
        """In a worker's thread. An attempt that a bug ended is not recorded: it counts among those without an end."""
        attempted, begun_at = None, time.monotonic()
        try:
            attempted = self.stopped(delivery) if self.stop.is_set() else attempt(self.sender, delivery)
        except StorageError as error:
            log.warning("attempt failed", delivery=delivery.key, attempts=delivery.attempts, storage=str(error))
        except Exception:
            log.exception("attempt failed", delivery=delivery.key, attempts=delivery.attempts)
        finally:
            self.slow |= time.monotonic() - begun_at > SLOW_SECONDS
            self.finished.append(attempted)
            if len(self.finished) == 1 or self.is_enough():
                self.bell.set()

    def stopped(self, delivery: Delivery) -> Attempt:
        now = outcomes.Outcome(
            verdict=outcomes.Verdict.WAIT, trouble=STOPPED, retry_after=timedelta(0), reason="stopped"
        )
        return Attempt(delivery=delivery, at=self.sender.clock(), ended=now)

    def end(self) -> None:
        """Wait for what is under way, and record it."""
        while self.under_way:
            self.collect(IDLE_SECONDS)
        for _ in range(self.workers):
            self.claimed.put(None)
        self.record()
        self.twins.settle()


def run(sender: Sender, *, stop: threading.Event, workers: int = WORKERS) -> None:
    """Deliver until `stop` is set, to as many channels at once as there are workers. No fault ends it."""
    dispatcher = _Dispatcher(sender=sender, workers=workers, stop=stop)
    for number in range(workers):
        threading.Thread(target=dispatcher.serve, name=f"send {number}", daemon=True).start()
    go_round(dispatcher.round, stop, "delivery failed")
    try:
        dispatcher.end()
    except StorageError as error:
        log.warning("not recorded at the end", storage=str(error))
    dispatcher.twins.give_up("stopped")
