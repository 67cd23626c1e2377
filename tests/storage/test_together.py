"""Many threads at one database: nothing is given to two, nothing is forgotten, nothing waits for ever."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from secrets import token_hex
from threading import Barrier
from typing import TypeVar

from storage.store import Store
from storage.types import ClaimedChange, Holding
from tests.storage.examples import LEASE, SECOND, T0, change, deliveries, document, intent, listing, tell

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


def until_none(claim: Callable[[], Result | None]) -> list[Result]:
    return list(iter(claim, None))  # type: ignore[arg-type]


def test_no_change_is_claimed_by_two(store: Store) -> None:
    keys = [f"change {number}" for number in range(24)]
    store.apply(intent(changes=tuple(change(key) for key in keys)))
    claims = at_once(lambda: until_none(lambda: store.claim_change(T0, LEASE)))
    assert sorted(claimed.change.key for mine in claims for claimed in mine) == sorted(keys)


def test_no_delivery_is_claimed_by_two(store: Store) -> None:
    channels = [f"C{number}" for number in range(24)]
    tell(store, change(), channels)
    claims = at_once(lambda: until_none(lambda: store.claim_delivery(T0, LEASE)))
    assert sorted(claimed.channel for mine in claims for claimed in mine) == sorted(channels)
    assert {claimed.attempts for mine in claims for claimed in mine} == {1}


def test_a_source_is_claimed_by_one(store: Store) -> None:
    claims = at_once(lambda: store.claim_source("search", Holding(name="s", owner=token_hex()), T0, LEASE))
    assert sum(claimed is not None for claimed in claims) == 1


def test_a_change_is_fanned_out_by_one(store: Store) -> None:
    store.apply(intent(changes=(change(),)))
    owed = [delivery for channel in ("C1", "C2") for delivery in deliveries(change(), channel)]
    assert sorted(at_once(lambda: store.fan_out("new", owed, T0))) == [0] * (THREADS - 1) + [4]


def test_a_channel_is_told_in_order_however_many_send(store: Store) -> None:
    keys = [f"change {number}" for number in range(6)]
    channels = ["C1", "C2", "C3"]
    for turn, key in enumerate(keys):
        tell(store, change(key, listing(str(turn))), channels, T0 + turn * SECOND)
    sent: list[tuple[str, str]] = []

    def send_until_all_is_sent() -> None:
        while store.coverage().waiting:
            claimed = store.claim_delivery(T0 + LEASE, LEASE)
            if claimed:
                sent.append((claimed.channel, f"{claimed.change.key} {claimed.part}"))
                store.record_sent(claimed, "ts", T0)

    at_once(send_until_all_is_sent)
    assert set(Counter(sent).values()) == {1}
    for channel in channels:
        messages = [message for where, message in sent if where == channel]
        assert [message for message in messages if "headline" in message] == [f"{key} headline" for key in keys]
        assert len(messages) == 2 * len(keys)


def test_those_who_read_and_write_at_once_do_not_lock_each_other_out(store: Store) -> None:
    def watch_and_tell() -> int:
        told = 0
        for turn in range(8):
            found = store.known("80573")
            noticed = change(f"change {len(found.documents)}", listing(str(turn)))
            store.apply(intent(documents=(document(noticed.listing),), changes=(noticed,)))
            claimed: ClaimedChange | None = store.claim_change(T0, LEASE)
            if claimed:
                told += store.fan_out(claimed.change.key, deliveries(claimed.change), T0)
        return told

    assert sum(at_once(watch_and_tell)) == store.coverage().waiting > 0
