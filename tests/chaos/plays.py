"""What luck would bring about once in a thousand hours: processes that stand still at the worst of moments, on purpose.

A play needs several processes of each part. It says how long it took until another process had taken over, by the
program's clock, or that it was not played, because something else died in it.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from bot.sending.deliver import LEASE
from storage.engine import StorageError
from storage.sending import ARRIVING
from tests.chaos import moments

if TYPE_CHECKING:
    from tests.chaos.harness import Chaos

Found = TypeVar("Found")
MOMENTS = (moments.SAYING, moments.LEAVING, moments.REFUSED, moments.PLANNING)
"""Those at which processes stand still in plays."""
PROMISED = timedelta(minutes=1)
"""Within so long another process takes over."""
SLOW_SECONDS = 5.0
"""Of ours, in which a busy machine starts, polls and sends."""
A_MOMENT = 1.0
"""Seconds in which what should not happen would."""


def promised(run: Chaos) -> float:
    """Seconds of ours within which somebody has to have taken over."""
    return PROMISED.total_seconds() / run.plan.speed + SLOW_SECONDS


def frozen_in_a_transaction(run: Chaos) -> None:
    """A process stands still while it holds channels and plans what they are owed: another one tells them."""
    order = moments.order(run.orders, moments.PLANNING, signal.SIGSTOP)
    file_id = run.publish_next().file_id
    taken = run.wait_for(lambda: moments.taken(order))
    order.unlink(missing_ok=True)
    if taken:
        run.halt_one(taken.pid)
        took_over(run, lambda: run.is_told(file_id), "who was about to tell")
        run.wake(taken.pid)


def the_watcher_on_duty(run: Chaos) -> None:
    """It stands still: another one finds what is published."""
    owner = run.owner_of("watch:")
    pid = int(owner.split(":")[1]) if owner else 0
    if pid not in run.running.values():
        return
    run.halt_one(pid)
    file_id = run.publish_next().file_id
    took_over(run, lambda: file_id not in run.not_found(), "the watcher on duty")
    run.wake(pid)


def sleepers(run: Chaos) -> None:
    """One sleeps through its lease just before it says something, another just after it was refused: while they sleep,
    and when they wake, everything is said once."""
    over = LEASE.total_seconds() / run.plan.speed + A_MOMENT
    asleep = [moments.order(run.orders, moment, signal.SIGSTOP) for moment in (moments.SAYING, moments.REFUSED)]
    run.scripted.extend(["429"] * 3)
    run.publish_next()
    saying, refused = (run.wait_for(lambda order=order: moments.taken(order)) for order in asleep)
    for order in asleep:
        order.unlink(missing_ok=True)
    run.scripted.clear()
    for one in filter(None, (saying, refused)):
        run.halt_one(one.pid)
    if saying is None or refused is None:
        for one in filter(None, (saying, refused)):
            run.wake(one.pid)
        return
    again = moments.order(run.orders, moments.SAYING, signal.SIGSTOP, refused.key)
    time.sleep(over)  # their leases end, and what the first was about to say is said by somebody else
    next_one = run.wait_for(lambda: moments.taken(again))
    again.unlink(missing_ok=True)
    if next_one:
        run.halt_one(next_one.pid)
    run.wake(refused.pid)  # what it has to record is not its own any more: somebody is saying it
    time.sleep(A_MOMENT)
    if next_one:
        run.wake(next_one.pid)
    run.wake(saying.pid)  # what it was about to say has been said
    time.sleep(A_MOMENT)
    run.counts.plays += 1


def too_late(run: Chaos) -> None:
    """One stands still between its last look at the clock and its bytes: when it wakes it says what another has said
    meanwhile, and takes it back."""
    order = moments.order(run.orders, moments.LEAVING, signal.SIGSTOP, moments.A_MESSAGE)
    run.publish_next()
    taken = run.wait_for(lambda: moments.taken(order))
    order.unlink(missing_ok=True)
    if taken:
        run.halt_one(taken.pid)
        run.spared.add(taken.pid)
        # The others' clocks may be a minute behind.
        time.sleep((LEASE + PROMISED).total_seconds() / run.plan.speed + 2 * A_MOMENT)
        run.wake(taken.pid)
        time.sleep(2 * ARRIVING.total_seconds() / run.plan.speed + A_MOMENT)
        run.spared.discard(taken.pid)


def took_over(run: Chaos, done: Callable[[], bool], what: str) -> None:
    begun = time.monotonic()
    is_done = run.wait_for(lambda: done() or None, promised(run))
    run.counts.takeovers.append((time.monotonic() - begun) * run.plan.speed)
    if not is_done:
        run.counts.not_taken_over.append(what)


def patiently(look: Callable[[], Found | None], seconds: float, pause: float = 0.05) -> Found | None:
    """What there is to see as soon as there is, None if nothing is until then. The database may be down meanwhile."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with suppress(StorageError):
            if found := look():
                return found
        time.sleep(pause)
    return None


ACTS: tuple[tuple[Callable[[Chaos], None], ...], ...] = (
    (the_watcher_on_duty,),
    (frozen_in_a_transaction, sleepers, too_late),
)
"""What is played at the same time, as it is about other processes, and what one after the other."""
