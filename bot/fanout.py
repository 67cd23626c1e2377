"""Change -> deliveries: what there is to tell is matched with the subscriptions, once.

    take the waiting changes -> match them with the subscriptions -> write what is owed

A change row is the announcement; here it becomes messages, and `deliver` sends them. One process at a time does it,
under a lease.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from bot import scopes
from bot.rounds import go_round
from bot.subscriptions import owed
from storage.store import FAN_OUT, Store
from storage.types import Holding

LEASE = timedelta(minutes=3)
MOST = 100
"""Changes at a time."""
IDLE_SECONDS = 0.3

log = structlog.get_logger()


def fan_out_waiting(store: Store, owner: str, now: datetime) -> int:
    """Turn the changes that wait into the deliveries they owe; how many changes. Raises `StorageError`."""
    holding = Holding(name=FAN_OUT, owner=owner)
    if not store.waiting_changes(1, now) or not store.claim_lease(holding, now, LEASE):
        return 0
    try:
        return _fan_out(store, holding, now)
    finally:
        store.end_lease(holding)


def _fan_out(store: Store, holding: Holding, now: datetime) -> int:
    waiting = store.waiting_changes(MOST, now)
    messages = [
        message
        for one in waiting
        for message in owed(one.change, one.seen_at, store.reached_by(scopes.reaching(one.change.urn)))
    ]
    new = store.fan_out(holding, [one.change.key for one in waiting], messages, (), now)
    for one in waiting:
        log.info("fanned out", change=one.change.key, urn=one.change.urn, deliveries=new)
    return len(waiting)


def run(store: Store, owner: str, *, stop: threading.Event, clock: Callable[[], datetime]) -> None:
    """Fan out until `stop` is set. No fault ends it."""

    def work() -> float:
        return 0.0 if fan_out_waiting(store, owner, clock()) else IDLE_SECONDS

    go_round(work, stop, "fan-out failed")
