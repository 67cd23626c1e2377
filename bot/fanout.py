"""Change -> deliveries: what there is to tell is matched with the subscriptions, once.

    claim a change -> match it with the subscriptions -> write its deliveries

A change row is the announcement; here it becomes messages, and `deliver` sends them.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

import structlog

from bot import scopes
from bot.subscriptions import deliveries
from storage.store import Store, UndecodableError

LEASE = timedelta(minutes=5)

log = structlog.get_logger()


class FanOut(StrEnum):
    """What one step came to."""

    NOTHING_TO_DO = "nothing to do"
    FANNED_OUT = "fanned out"
    GIVEN_UP = "given up"


def fan_out_next(store: Store, now: datetime) -> FanOut:
    """Turn the oldest change into the deliveries it owes. Raises `StorageError`."""
    try:
        claimed = store.claim_change(now, LEASE)
    except UndecodableError as error:
        log.error("given up", reason="undecodable", trouble=str(error))
        return FanOut.GIVEN_UP
    if claimed is None:
        return FanOut.NOTHING_TO_DO
    change = claimed.change
    owed = deliveries(change, claimed.seen_at, store.reached_by(scopes.reaching(change.urn)))
    new = store.fan_out(change.key, owed, now)
    log.info("fanned out", change=change.key, urn=change.urn, deliveries=new)
    return FanOut.FANNED_OUT
