"""Many threads at one database: nothing is given to two, nothing is forgotten, nothing waits for ever."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from secrets import token_hex
from threading import Barrier
from typing import TypeVar

from storage.store import FAN_OUT, Store
from storage.types import Delivery, Holding, Owed, Part, Sent
from tests.storage.examples import LEASE, SECOND, T0, change, document, fan_out, intent, listing, message, owed, tell

Result = TypeVar("Result")
THREADS = 6


def at_once(work: Callable[[], Result]) -> list[Result]:
    """The results of `THREADS` threads that begin the same work together."""
    together = Barrier(THREADS)

    def begin() -> Result:
        together.wait()
        return work()

    with ThreadPoolExecutor(THREADS) as pool:
        return [running.result() for running in [pool.submit(begin) for _ in range(THREADS)]]


def test_no_channel_is_claimed_by_two(store: Store) -> None:
    channels = [f"C{number}" for number in range(24)]
    tell(store, change(), channels)

    def claim_until_none() -> list[Delivery]:
        owner, mine = token_hex(4), []
        while claimed := store.claim_deliveries(T0, LEASE, owner, 5):
            mine.extend(claimed)
        return mine

    claims = at_once(claim_until_none)
    assert sorted(claimed.channel for mine in claims for claimed in mine) == sorted(channels)
    assert {claimed.attempts for mine in claims for claimed in mine} == {1}


def test_a_source_is_claimed_by_one(store: Store) -> None:
    claims = at_once(lambda: store.claim_source("search", Holding(name="s", owner=token_hex()), T0, LEASE))
    assert sum(claimed is not None for claimed in claims) == 1


def test_a_change_is_fanned_out_by_one(store: Store) -> None:
    store.apply(intent(changes=(change(),)))
    messages = [message for channel in ("C1", "C2") for message in owed(change(), channel)]

    def fan_out_if_ours() -> int:
        holding = Holding(name=FAN_OUT, owner=token_hex(4))
        return fan_out(store, ["new"], messages, holding=holding) if store.claim_lease(holding, T0, LEASE) else 0

    assert sorted(at_once(fan_out_if_ours)) == [0] * (THREADS - 1) + [4]


def test_a_channel_is_told_in_order_however_many_send(store: Store) -> None:
    keys = [f"change {number}" for number in range(6)]
    channels = ["C1", "C2", "C3"]
    for turn, key in enumerate(keys):
        tell(store, change(key, listing(str(turn))), channels, T0 + turn * SECOND)
    sent: list[tuple[str, str]] = []

    def send_until_all_is_sent() -> None:
        owner = token_hex(4)
        while store.coverage().waiting:
            claimed = store.claim_deliveries(T0 + LEASE, LEASE, owner, 2)
            sent.extend((one.channel, one.key) for one in claimed)
            store.record([Sent(delivery=one, ts="ts", next_at=T0) for one in claimed], T0)

    at_once(send_until_all_is_sent)
    assert set(Counter(sent).values()) == {1}
    for channel in channels:
        told = [key for where, key in sent if where == channel]
        assert told == [f"{key}/T1/{channel}/{part}" for key in keys for part in ("headline", "detail")]


def test_no_wake_up_is_lost_while_channels_fall_asleep(store: Store) -> None:
    """A sender that finds nothing lets the channel sleep; whoever owes it something at that moment wakes it."""
    turns = iter(range(60))

    def owe_or_send() -> None:
        owner = token_hex(4)
        for turn in turns:
            store.owe([Owed(key=f"{turn}", team="T1", channel="C1", part=Part.NOTICE, message=message())], T0)
            claimed = store.claim_deliveries(T0, LEASE, owner, 1)
            store.record([Sent(delivery=one, ts="ts", next_at=T0) for one in claimed], T0)

    at_once(owe_or_send)
    while claimed := store.claim_deliveries(T0, LEASE, "the last", 1):
        store.record([Sent(delivery=one, ts="ts", next_at=T0) for one in claimed], T0)
    assert store.coverage().waiting == 0


def test_those_who_read_and_write_at_once_do_not_lock_each_other_out(store: Store) -> None:
    def watch_and_tell() -> int:
        told, holding = 0, Holding(name=FAN_OUT, owner=token_hex(4))
        for turn in range(8):
            found = store.known("80573")
            noticed = change(f"change {len(found.documents)}", listing(str(turn)))
            store.apply(intent(documents=(document(noticed.listing),), changes=(noticed,)))
            if store.claim_lease(holding, T0, LEASE):
                waiting = [one.change for one in store.waiting_changes(9, T0)]
                messages = [one for each in waiting for one in owed(each)]
                told += fan_out(store, [one.key for one in waiting], messages, holding=holding)
                store.end_lease(holding)
        return told

    assert sum(at_once(watch_and_tell)) == store.coverage().waiting > 0
