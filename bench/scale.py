"""`make bench-scale`: how the time of a fan-out, a command and a poll, and the memory, grow with what is stored.

Subscriptions grow from a thousand to a million, documents from 700 to 70,000, on PostgreSQL. Each number is the median
of some runs over a store that was filled through its own tables; a fan-out tells one change about one authority.
"""

from __future__ import annotations

import argparse
import logging
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice

import structlog
from sqlalchemy import Engine, insert, text

from bot import commands
from bot.alerting import fanout
from bot.channels.scopes import of_authority
from bot.types import Asker
from judgements.authorities import REGISTRY
from judgements.types import Change
from storage.engine import open_engine, upgrade, writing
from storage.rows import columns_of
from storage.schema import documents, subscriptions
from storage.store import Store
from storage.types import Intent, Subscription
from tests.bot.examples import CHANGES, HISTORY
from tests.counterparts import running_postgres

TEAM = "T0BENCH"
NOW = datetime(2026, 9, 1, 9, tzinfo=UTC)
RUNS = 5
SIZES = ((1_000, 700), (10_000, 700), (100_000, 7_000), (1_000_000, 70_000))
"""Subscriptions and documents."""
FOLLOWED = "80578"
"""The authority that changes: its share of the subscriptions stays the same, so that its messages grow with them."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, default=len(SIZES), help="how many of the sizes, the smallest first")
    asked = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    columns = (
        "subscriptions",
        "documents",
        "fan-out, ms",
        "messages of it",
        "ms a message",
        "claim of 32, ms",
        "card, ms",
        "subscriptions, ms",
        "known of all, ms",
        "memory, MB",
    )
    print(f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}", flush=True)  # noqa: T201
    for wishes, papers in SIZES[: asked.sizes]:
        command = [sys.executable, "-c", f"from bench.scale import measure; measure({wishes}, {papers})"]
        subprocess.run(command, check=True)


def measure(wishes: int, papers: int) -> None:
    """One row, in a process of its own, so that the memory is that of this size."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with running_postgres() as postgres:
        engine = open_engine(postgres.create("scale"))
        upgrade(engine)
        store = Store(engine)
        fill(engine, store, wishes, papers)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        fan_outs = [timed(lambda turn=turn: fan_out(store, turn)) for turn in range(RUNS)]
        messages = store.coverage().waiting // RUNS
        fanned = statistics.median(fan_outs)
        claim = median(lambda: store.claim_deliveries(NOW + timedelta(days=1), timedelta(seconds=1), "bench", 32))
        asker = Asker(team=TEAM, channel="C0000007", user="U1")
        card = median(lambda: commands.answer(commands.parse("west-sussex"), store, NOW, asker))
        listed = median(lambda: commands.answer(commands.parse("subscriptions"), store, NOW, asker))
        known = median(store.known_authorities)
        peak = max(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, before)
        cells = (
            f"{wishes:,}",
            f"{papers:,}",
            f"{fanned:.0f}",
            f"{messages:,}",
            f"{fanned / max(messages, 1):.2f}",
            f"{claim:.0f}",
            f"{card:.1f}",
            f"{listed:.1f}",
            f"{known:.1f}",
            f"{peak / 1024:.0f}",
        )
        print(f"| {' | '.join(cells)} |", flush=True)  # noqa: T201
        engine.dispose()


def timed(work: Callable[[], object]) -> float:
    """Milliseconds."""
    begun = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - begun)


def median(work: Callable[[], object]) -> float:
    work()
    return statistics.median(timed(work) for _ in range(RUNS))


def fan_out(store: Store, turn: int) -> None:
    store.apply(Intent(urn=FOLLOWED, now=NOW, latest_report=None, baseline=False, changes=(news(turn),)))
    assert fanout.fan_out_waiting(store, "bench", NOW) == 1


def news(turn: int) -> Change:
    from dataclasses import replace

    change = CHANGES["improved"]
    return replace(change, key=f"{change.key} {turn}", urn=FOLLOWED)


def fill(engine: Engine, store: Store, wishes: int, papers: int) -> None:
    """Every authority is as often subscribed to as every other; each channel has ten subscriptions."""
    urns = [one.urn for one in REGISTRY.current]
    for urn in urns:
        store.apply(Intent(urn=urn, now=NOW, latest_report=None, baseline=True))
    store.apply(Intent(urn=FOLLOWED, now=NOW, latest_report=None, baseline=True, documents=HISTORY))
    with writing(engine) as connection:
        template = dict(connection.execute(documents.select().limit(1)).one()._mapping)
        connection.execute(text("SET LOCAL synchronous_commit = off"))
        for chunk in chunks(_documents(template, urns, papers), 2_000):
            connection.execute(insert(documents), chunk)
        for chunk in chunks(_wishes(urns, wishes), 5_000):
            connection.execute(insert(subscriptions), chunk)


def _documents(template: dict[str, object], urns: Sequence[str], papers: int) -> Iterator[dict[str, object]]:
    for number in range(papers):
        yield template | {"file_id": f"9{number:08d}", "urn": urns[number % len(urns)]}


def _wishes(urns: Sequence[str], wishes: int) -> Iterator[dict[str, object]]:
    for number in range(wishes):
        scope = of_authority(urns[(number * 7 + number // 10) % len(urns)])
        channel = f"C{number // 10:07d}"
        wish = Subscription(team=TEAM, channel=channel, scope=scope, created_by="U1", created_at=NOW)
        yield columns_of(subscriptions, wish)


def chunks(rows: Iterator[dict[str, object]], size: int) -> Iterator[list[dict[str, object]]]:
    while chunk := list(islice(rows, size)):
        yield chunk


if __name__ == "__main__":
    main()
