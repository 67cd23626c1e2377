"""Changes -> deliveries: what there is to tell is matched with the subscriptions, once.

    take the waiting changes -> route them -> plan messages and corrections -> write what is owed
    take the digests that are due -> compose them -> write what is owed
    see whether anybody watches -> take what operators have not been told -> write what is owed

A change row is the announcement; here it becomes messages, and `deliver` sends them. One process at a time does it,
under a lease.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from bot.alerting import digests, operators
from bot.alerting.amending import ONLY_WHERE_TOLD, Amended, Means, amend
from bot.alerting.stories import earlier, news_of, stories
from bot.alerting.subscriptions import Place, called_anew, route
from bot.alerting.telling import Drawing, plan
from bot.channels import hows, scopes
from bot.rounds import go_round
from storage import overdue
from storage.store import FAN_OUT, Store
from storage.types import ClaimedChange, DigestItem, DueDigest, Holding, Owed, Subscription, TroubleKind

LEASE = timedelta(minutes=3)
MOST = 100
"""Changes at a time."""
SETTLING = timedelta(seconds=60)
"""So long a poll that is going on may find more, so that what comes on one morning is told together."""
POLLS = "source:"
"""The beginning of the names of the leases under which sources are polled."""
IDLE_SECONDS = 0.3

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class FanOut:
    """Who turns changes into what is owed: no other process has the same `owner`.

    `operators` is where those who run the bot are told of trouble; None if nowhere.
    """

    store: Store
    clock: Callable[[], datetime]
    owner: str
    operators: Place | None = None


def fan_out_waiting(store: Store, owner: str, now: datetime) -> int:
    """Turn the changes that wait into the deliveries they owe; how many changes. Raises `StorageError`."""
    waiting = _waiting(store, now)
    if not waiting or not is_settled(waiting, now, polling=store.is_held(POLLS, now)):
        return 0
    return _under_lease(store, owner, now, lambda holding: _fan_out(store, holding, now))


def _waiting(store: Store, now: datetime) -> tuple[ClaimedChange, ...]:
    """What is to be told next. What may have been told before a restore is told one by one, and so looked for alone."""
    waiting = store.waiting_changes(MOST, now)
    day = store.may_have_been_told(now) if waiting else None
    doubtful = tuple(one for one in waiting if day is not None and one.change.listing.published <= day)
    return doubtful[:1] or waiting


def is_settled(waiting: Sequence[ClaimedChange], now: datetime, *, polling: bool) -> bool:
    """Whether no more is to be expected of a poll that is going on, or the oldest change has waited long enough."""
    return not polling or now - min(one.seen_at for one in waiting) >= SETTLING


def fan_out_digests(store: Store, owner: str, now: datetime) -> int:
    """Compose the digests that are due; how many messages. Raises `StorageError`."""
    if not store.due_digests(now):
        return 0
    return _under_lease(store, owner, now, lambda holding: _fan_out_digests(store, holding, now))


def _under_lease(store: Store, owner: str, now: datetime, work: Callable[[Holding], int]) -> int:
    holding = Holding(name=FAN_OUT, owner=owner)
    if not store.claim_lease(holding, now, LEASE):
        return 0
    try:
        return work(holding)
    finally:
        store.end_lease(holding)


def _fan_out(store: Store, holding: Holding, now: datetime) -> int:
    waiting = _waiting(store, now)
    keys = [one.change.key for one in waiting]
    owed, later = _planned(store, waiting, now)
    new = store.fan_out(holding, keys, owed, later, now)
    for one in waiting:
        log.info("fanned out", change=one.change.key, urn=one.change.urn)
    log.info("owed", changes=len(keys), deliveries=new, later=len(later))
    return len(waiting)


def _planned(
    store: Store, waiting: Sequence[ClaimedChange], now: datetime
) -> tuple[tuple[Owed, ...], tuple[DigestItem, ...]]:
    muted, drawing = store.muted(now), Drawing()
    amending = [one for one in waiting if one.change.amends]
    family = store.family([one.change.key for one in amending])
    known = stories(family)
    calls = {
        one.change.key: called_anew(one.change, earlier(one, family, known), _reached(store, one)) for one in amending
    }
    amended = _amended(store, amending, Means(known=known, calls=calls, muted=muted, drawing=drawing))
    tellings = [
        telling
        for one in news_of(waiting, known)
        if one.change.kind not in ONLY_WHERE_TOLD
        for telling in route(one, _reached(store, one), muted, now)
        if (one.change.key, telling.place) not in amended.done
    ]
    planned = plan(tellings, known, drawing)
    return (*amended.owed, *planned.owed), planned.later


def _reached(store: Store, one: ClaimedChange) -> Sequence[Subscription]:
    return store.reached_by(scopes.reaching(one.change.urn))


def _amended(store: Store, amending: Sequence[ClaimedChange], means: Means) -> Amended:
    told = store.told(list(means.known)) if amending else ()
    # A card that names several changes is written anew as a whole.
    others = {key for one in told for key in one.change_keys if key not in means.known}
    return amend(amending, told, replace(means, known={**means.known, **stories(store.family(others))}))


def _fan_out_digests(store: Store, holding: Holding, now: datetime) -> int:
    return sum(
        store.fan_out_digest(holding, due, _digest(store, due, now), now, hows.due(due.how, now))
        for due in store.due_digests(now)
    )


def _digest(store: Store, due: DueDigest, now: datetime) -> tuple[Owed, ...]:
    family = store.family(due.change_keys)
    wishes = store.subscriptions(due.team, due.channel)
    told = _told_here(store, due, [one.change.key for one in family])
    owed = digests.owed(due, stories(family), wishes, told, now)
    if owed or not due.even_if_empty:
        return owed
    looks = [one.last_ok_at for one in store.coverage().sources]
    return (digests.empty(due, wishes, min((look for look in looks if look), default=None), now),)


def _told_here(store: Store, due: DueDigest, keys: Collection[str]) -> frozenset[str]:
    """What messages that were posted in the channel tell; that one was written over tells nobody anything new."""
    here = [one for one in store.told(keys) if (one.team, one.channel) == (due.team, due.channel) and not one.edits]
    return frozenset(each for one in here for each in one.change_keys)


def notice_silence(store: Store, now: datetime) -> None:
    """Say that nobody has read a source for a day: with every watcher dead, none does. Raises `StorageError`."""
    silent = {state.key: last for state in store.sources() if (last := overdue.last_look(state, now))}
    known = {one.key for one in store.open_troubles()} if silent else set()
    for source, last in silent.items():
        if overdue.key(source) not in known:
            words = operators.silence(last)
            store.raise_trouble(overdue.key(source), TroubleKind.NO_GOOD_POLL, words, now)


def tell_operators(store: Store, place: Place, now: datetime) -> int:
    """Owe operators a notice for each trouble that has begun or is over; how many. Raises `StorageError`."""
    untold = store.untold_troubles(now)
    for trouble in untold:
        store.owe([operators.notice(trouble, place)], now)
        store.record_trouble_told(trouble, now)
    return len(untold)


def run(work: FanOut, *, stop: threading.Event) -> None:
    """Fan out until `stop` is set. No fault ends it."""

    def once() -> float:
        now = work.clock()
        done = fan_out_waiting(work.store, work.owner, now) + fan_out_digests(work.store, work.owner, now)
        notice_silence(work.store, now)
        if work.operators:
            done += tell_operators(work.store, work.operators, now)
        return 0.0 if done else IDLE_SECONDS

    go_round(once, stop, "fan-out failed")
