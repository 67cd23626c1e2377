"""`make bench-deliver`: draining deliveries, beside the same client that posts the same messages in a bare loop.

Both talk to the same stand-in for Slack without limits, with the same number of threads, one after the other in turn.
The loop keeps no second between two messages of a channel: so neither does what is measured beside it. With that second
2,000 channels take no more than 2,000 messages a second from anybody, which is told on a row of its own.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.standin import standin
from bot.sending import deliver, posting
from bot.slack.client import Client, web_client
from inspection_watch import logs
from storage.engine import open_engine, upgrade
from storage.store import Store
from storage.types import AttemptEnd, Delivery, Message, Owed, Part, Sent
from tests.bot.messages_said import MESSAGES
from tests.counterparts import running_postgres

TEAM = "T0BENCH"
GOAL = 0.8


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deliveries", type=int, default=10_000)
    parser.add_argument("--channels", type=int, default=2_000)
    parser.add_argument("--workers", type=int, default=deliver.WORKERS)
    parser.add_argument("--turns", type=int, default=2)
    asked = parser.parse_args()
    logs.start()  # a line for each message, as the service writes it
    owed = list(messages_owed(asked.deliveries, asked.channels))
    rows = []
    with standin() as address:
        client = web_client("xoxb-bench", address)
        for database in ("postgresql", "sqlite"):
            for spacing in [timedelta(0)] * asked.turns + [deliver.SPACING]:
                bare = bare_loop(client, owed, asked.workers)
                with a_store(database) as store:
                    store.owe(owed, datetime.now(UTC))
                    drained = drain(store, client, asked.workers, spacing)
                rows.append(row(database, spacing, len(owed), bare, drained))
    heading = (
        "database",
        "seconds between two of a channel",
        "bare loop, messages a second",
        "drained, messages a second",
        "ratio",
        "goal",
        "CPU ms a message, bare",
        "drained",
    )
    said = [
        f"{asked.deliveries:,} deliveries to {asked.channels:,} channels, {asked.workers} threads.",
        "",
        f"| {' | '.join(heading)} |",
        f"|{'---|' * len(heading)}",
        *rows,
    ]
    sys.stdout.write("\n".join(said) + "\n")


@dataclass(frozen=True)
class Took:
    """Seconds of the clock, and of this process's CPU."""

    seconds: float
    cpu: float


@contextmanager
def measured() -> Iterator[list[Took]]:
    took: list[Took] = []
    begun, cpu = time.perf_counter(), time.process_time()
    yield took
    took.append(Took(time.perf_counter() - begun, time.process_time() - cpu))


def row(database: str, spacing: timedelta, number: int, bare: Took, drained: Took) -> str:
    cells = (
        database,
        f"{spacing.total_seconds():.0f}",
        f"{number / bare.seconds:,.0f}",
        f"{number / drained.seconds:,.0f}",
        f"{bare.seconds / drained.seconds:.2f}",
        "" if spacing else f"≥ {GOAL}",
        f"{1000 * bare.cpu / number:.2f}",
        f"{1000 * drained.cpu / number:.2f}",
    )
    return f"| {' | '.join(cells)} |"


def messages_owed(number: int, channels: int) -> Iterator[Owed]:
    """Messages as the bot makes them, spread over the channels."""
    messages = list(MESSAGES.values())
    for one in range(number):
        message = messages[one // channels % len(messages)]
        yield Owed(key=f"{one}", team=TEAM, channel=f"C{one % channels}", part=Part.HEADLINE, message=message)


def bare_loop(client: Client, owed: list[Owed], workers: int) -> Took:
    """What it takes to post them all with nothing kept and nothing looked up."""

    def post(one: Owed) -> None:
        posting.put(client, as_claimed(one, one.message), lambda: False)

    with measured() as took, ThreadPoolExecutor(workers) as pool:
        for _ in pool.map(post, owed):
            pass
    return took[0]


def as_claimed(owed: Owed, message: Message) -> Delivery:
    now = datetime.now(UTC)
    return Delivery(
        id=0, key=owed.key, team=owed.team, channel=owed.channel, part=owed.part, message=message, begun_at=now
    )


class Watched(Store):
    """A store that knows when nothing is left to send, without asking the database while it is measured."""

    def __init__(self, store: Store, left: int) -> None:
        super().__init__(store._engine)
        self.left, self.done = left, threading.Event()

    def record(self, ends: Sequence[AttemptEnd], now: datetime) -> frozenset[int]:
        recorded = super().record(ends, now)
        self.left -= sum(end.delivery.id in recorded for end in ends if isinstance(end, Sent))
        if self.left <= 0:
            self.done.set()
        return recorded


def drain(store: Store, client: Client, workers: int, spacing: timedelta) -> Took:
    """What it takes until all are recorded as sent."""
    watched = Watched(store, store.coverage().waiting)
    sender = deliver.Sender(
        store=watched,
        client=client,
        clock=lambda: datetime.now(UTC),
        jitter=random.random,
        owner="bench",
        spacing=spacing,
        lines_together=logs.together,
    )
    stop = threading.Event()
    thread = threading.Thread(target=deliver.run, args=(sender,), kwargs={"stop": stop, "workers": workers})
    with measured() as took:
        thread.start()
        watched.done.wait()
    stop.set()
    thread.join()
    if left := store.coverage().waiting:
        sys.exit(f"{left} deliveries were not sent after all: what was measured is not what it says.")
    return took[0]


@contextmanager
def a_store(database: str) -> Iterator[Store]:
    """An empty store on a database of its own."""
    if database == "postgresql":
        with running_postgres() as postgres, opened(postgres.create("bench")) as store:
            yield store
        return
    with tempfile.TemporaryDirectory() as folder, opened(f"sqlite:///{Path(folder)}/bench.sqlite") as store:
        yield store


@contextmanager
def opened(url: str) -> Iterator[Store]:
    engine = open_engine(url)
    upgrade(engine)
    try:
        yield Store(engine)
    finally:
        engine.dispose()


if __name__ == "__main__":
    main()
