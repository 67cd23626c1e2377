"""Changes -> deliveries: what there is to tell is matched with the subscriptions, once.

    take the waiting changes -> for some channels at a time: route them -> plan messages and corrections -> write
    take the digests that are due -> compose them -> write what is owed
    see whether anybody watches -> take what operators have not been told -> write what is owed

A change row is the announcement; here it becomes messages, and `deliver` sends them. One process at a time does it,
under a lease. A change is told once all its channels have what they are owed; who dies in between is followed by
somebody who leaves out the channels that have. What cannot be told because of a bug holds up nothing else.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot import parts, words
from bot.alerting import digests, operators
from bot.alerting.amending import Amended, Means, amend
from bot.alerting.stories import earlier, news_of, stories
from bot.alerting.subscriptions import called_anew, route
from bot.alerting.telling import Drawing, plan
from bot.channels import hows, scopes
from bot.rounds import go_round
from judgements.types import Change
from storage import overdue
from storage.engine import StorageError
from storage.keeping import LEASE, kept
from storage.outbox import PUT_OFF
from storage.places import Place
from storage.store import FAN_OUT, Store
from storage.types import ClaimedChange, DigestItem, DueDigest, Holding, Owed, Told, TroubleKind

MOST = 100
"""Changes at a time."""
SLICE = 250
"""Channels at a time: they are held while theirs is planned and written."""
AT_ONCE = 10_000
"""Of many changes so many are told at a time, each in each channel: PostgreSQL ends who holds them for too long."""
HOPELESS = 3
"""A change that cannot be told in so many channels, one by one, is not tried in any other for now."""
SETTLING = timedelta(seconds=60)
"""So long a poll that is going on may find more, so that what comes on one morning is told together."""
POLLS = "source:"
"""The beginning of the names of the leases under which sources are polled."""
DIGESTS = "untold-digest:"
"""The beginning of the names of troubles with digests."""
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


def fan_out_waiting(store: Store, owner: str, now: datetime, clock: Callable[[], datetime] | None = None) -> int:
    """Turn the changes that wait into the deliveries they owe; how many changes. Raises `StorageError`.

    With a `clock` the lease is kept for as long as it takes.
    """
    waiting, _ = _waiting(store, now)
    if not waiting or not is_settled(waiting, now, polling=store.is_held(POLLS, now)):
        return 0
    return _under_lease(store, owner, clock or (lambda: now), lambda holding: _fan_out(store, holding, now))


def _waiting(store: Store, now: datetime) -> tuple[tuple[ClaimedChange, ...], frozenset[str]]:
    """What is to be told next, and the keys of what has to wait for it.

    What may have been told before a restore is told one by one, as if nothing had become of it yet: so it is looked for
    alone, and what has become of it puts right what is found.
    """
    waiting = store.waiting_changes(MOST, now)
    day = store.may_have_been_told(now) if waiting else None
    doubtful = tuple(one for one in waiting if day is not None and one.change.listing.published <= day)
    told = doubtful[:1] or waiting
    return told, frozenset(one.change.key for one in waiting if one not in told)


def is_settled(waiting: Sequence[ClaimedChange], now: datetime, *, polling: bool) -> bool:
    """Whether no more is to be expected of a poll that is going on, or the oldest change has waited long enough."""
    return not polling or now - min(one.seen_at for one in waiting) >= SETTLING


def fan_out_digests(store: Store, owner: str, now: datetime, clock: Callable[[], datetime] | None = None) -> int:
    """Compose the digests that are due; how many messages.

    Raises `StorageError`, or in the end what went wrong with some of them: they are tried at the next call, and hold up
    no other.
    """
    if not store.due_digests(now):
        return 0
    return _under_lease(store, owner, clock or (lambda: now), lambda holding: _fan_out_digests(store, holding, now))


def _under_lease(store: Store, owner: str, clock: Callable[[], datetime], work: Callable[[Holding], int]) -> int:
    holding = Holding(name=FAN_OUT, owner=owner)
    if not store.claim_lease(holding, clock(), LEASE):
        return 0
    try:
        with kept(store, holding, clock):
            return work(holding)
    finally:
        store.end_lease(holding)


@dataclass(frozen=True, slots=True)
class _Batch:
    """Changes that are told together: what has become of all they belong to, and what went wrong with which of them."""

    store: Store
    holding: Holding
    now: datetime
    family: Sequence[ClaimedChange]
    drawing: Drawing = field(default_factory=Drawing)
    faults: dict[str, list[Exception]] = field(default_factory=dict)

    def tell(self, changes: Sequence[ClaimedChange], places: Sequence[Place]) -> int:
        """Write what these changes owe to these channels, all but what a bug concerns; how many deliveries."""
        hopeful = [one for one in changes if len(self.faults.get(one.change.key, ())) < HOPELESS]
        if not hopeful:
            return 0
        try:
            keys = [one.change.key for one in hopeful]
            return self.store.fan_out(self.holding, keys, places, partial(self.plan, hopeful, places), self.now)
        except StorageError:
            raise
        except Exception as error:
            if len(places) > 1:
                half = len(places) // 2
                return self.tell(hopeful, places[:half]) + self.tell(hopeful, places[half:])
            if len(hopeful) > 1:
                return sum(self.tell([one], places) for one in hopeful)
            log.exception("not told", change=keys[0], channel=places[0])
            self.faults.setdefault(keys[0], []).append(error)
            return 0

    def plan(
        self, waiting: Sequence[ClaimedChange], places: Sequence[Place]
    ) -> tuple[tuple[Owed, ...], tuple[DigestItem, ...]]:
        known, muted = stories(self.family), self.store.muted(self.now, places)
        told = self.store.told({*known, *(one.change.key for one in waiting)}, places)
        reaching = {one.change.key: scopes.reaching(one.change.urn) for one in waiting}
        wishes = self.store.reached_by({scope for each in reaching.values() for scope in each}, places)
        wanting = {key: [wish for wish in wishes if wish.scope in each] for key, each in reaching.items()}
        amending = [one for one in waiting if one.change.amends]
        calls = {
            one.change.key: called_anew(one.change, earlier(one, self.family, known), wanting[one.change.key])
            for one in amending
        }
        means = Means(known=known, calls=calls, muted=muted, drawing=self.drawing)
        amended = _amended(self.store, amending, told, means)
        done = amended.done | {(key, (one.team, one.channel)) for one in told for key in one.change_keys}
        tellings = [
            telling
            for one in news_of(waiting, known)
            for telling in route(one, wanting[one.change.key], muted, self.now)
            if (one.change.key, telling.place) not in done
        ]
        planned = plan(tellings, known, self.drawing)
        return (*amended.owed, *planned.owed), planned.later


def _fan_out(store: Store, holding: Holding, now: datetime) -> int:
    waiting, later = _waiting(store, now)
    if not waiting:  # Somebody else has told them a moment ago.
        return 0
    keys = [one.change.key for one in waiting]
    family = [one for one in store.family(keys) if one.change.key not in later]
    batch = _Batch(store, holding, now, family)
    reaching = {scope for one in waiting for scope in scopes.reaching(one.change.urn)}
    places = store.places_of(reaching, {*keys, *(one.change.key for one in family)})
    many = max(1, min(SLICE, AT_ONCE // len(waiting)))
    new = sum(batch.tell(waiting, places[first : first + many]) for first in range(0, len(places), many))
    store.end_fan_out(holding, [key for key in keys if key not in batch.faults], now)
    for one in waiting:
        if faults := batch.faults.get(one.change.key):
            store.put_off(one.change.key, now + PUT_OFF, _why(one.change, faults[0]), now)
        else:
            log.info("fanned out", change=one.change.key, urn=one.change.urn)
    log.info("owed", changes=len(keys), deliveries=new, channels=len(places), put_off=len(batch.faults))
    return len(waiting)


def _why(change: Change, fault: Exception) -> str:
    name, title = parts.authority_name(change.urn), change.listing.title
    return words.NOT_TOLD.format(name=name, title=title, why=type(fault).__name__)


def _amended(store: Store, amending: Sequence[ClaimedChange], told: Sequence[Told], means: Means) -> Amended:
    if not amending:
        return Amended()
    # A card that names several changes is written anew as a whole.
    others = {key for one in told for key in one.change_keys if key not in means.known}
    return amend(amending, told, replace(means, known={**means.known, **stories(store.family(others))}))


def _fan_out_digests(store: Store, holding: Holding, now: datetime) -> int:
    new, faults = 0, dict[str, Exception]()
    for due in store.due_digests(now):
        name = f"{DIGESTS}{due.team}:{due.channel}:{due.how}"
        try:
            new += store.fan_out_digest(holding, due, _digest(store, due, now), now, hows.due(due.how, now))
        except StorageError:
            raise
        except Exception as error:
            faults[name] = error
            why = words.DIGEST_NOT_TOLD.format(channel=due.channel, why=type(error).__name__)
            store.raise_trouble(name, TroubleKind.UNTOLD, why, now)
    for one in store.open_troubles():
        if one.key.startswith(DIGESTS) and one.key not in faults:
            store.end_trouble(one.key, now)
    if faults:
        raise ExceptionGroup("digests were not written", list(faults.values()))
    return new


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
    here = [one for one in store.told(keys, [(due.team, due.channel)]) if not one.edits]
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
    """Fan out until `stop` is set. No fault ends it, and a fault of one job does not keep the others from theirs."""
    place, lease = work.operators, threading.Lock()

    def waiting() -> float:
        with lease:
            return _pause(fan_out_waiting(work.store, work.owner, work.clock(), work.clock))

    def due() -> float:
        with lease:
            return _pause(fan_out_digests(work.store, work.owner, work.clock(), work.clock))

    def untold() -> float:
        now = work.clock()
        notice_silence(work.store, now)
        return _pause(tell_operators(work.store, place, now) if place else 0)

    jobs = {"fan-out failed": waiting, "digests failed": due, "operators not told": untold}
    with ThreadPoolExecutor(len(jobs), thread_name_prefix="fan-out") as pool:
        for failed, job in jobs.items():
            pool.submit(go_round, job, stop, failed)


def _pause(done: int) -> float:
    return 0.0 if done else IDLE_SECONDS
