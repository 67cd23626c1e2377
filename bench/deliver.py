"""`make bench-deliver`: draining deliveries, beside the same client that posts the same messages in a bare loop.

Both talk to the same stand-in for Slack without limits, with the same number of threads, one after the other in turn.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.standin import standin
from bot.sending import deliver, posting
from bot.slack.client import Client, web_client
from inspection_watch import logs
from storage.engine import open_engine, upgrade
from storage.store import Store
from storage.types import Delivery, Message, Owed, Part
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
            for _ in range(asked.turns):
                bare = bare_loop(client, owed, asked.workers)
                with a_store(database) as store:
                    store.owe(owed, datetime.now(UTC))
                    drained = drain(store, client, asked.workers)
                rows.append(row(database, len(owed), bare, drained))
    heading = (
        "database",
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


def row(database: str, number: int, bare: Took, drained: Took) -> str:
    cells = (
        database,
        f"{number / bare.seconds:,.0f}",
        f"{number / drained.seconds:,.0f}",
        f"{bare.seconds / drained.seconds:.2f}",
        f"≥ {GOAL}",
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


def drain(store: Store, client: Client, workers: int) -> Took:
    """What it takes until nothing waits any more."""
    stop = threading.Event()
    sender = deliver.Sender(
        store=store, client=client, clock=lambda: datetime.now(UTC), jitter=random.random, owner="bench"
    )
    thread = threading.Thread(target=deliver.run, args=(sender,), kwargs={"stop": stop, "workers": workers})
    with measured() as took:
        thread.start()
        while store.coverage().waiting:
            time.sleep(0.1)
    stop.set()
    thread.join()
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
