"""What a poll costs us and the site: requests, bytes and CPU seconds, beside the walk that scrapers do.

    python -m bench.poll

The site runs as a process of its own, with 153 authorities of at least 15 documents each, and with as much around what
a page is about as the real one has (0.1 MB for a page of 100 results); what it spends is not counted. Bytes are those
of the bodies, unpacked. The naive walk fetches and reads the list and every authority's page with the same fetcher and
the same reader of pages, and does nothing else.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

import structlog
from rich.console import Console
from rich.table import Table

from storage.archive import Archive
from storage.engine import open_engine, upgrade
from storage.store import Store
from watchers.fetch import Fetched, Fetcher, Trouble
from watchers.listings import SearchPage, provider_page, search_page
from watchers.poll import poll
from watchers.read import Reader
from watchers.sources import LOCAL_AUTHORITIES
from watchers.world import World

DOCUMENTS = 15
FURNITURE = 70
"""Kilobytes of menus and filters on each page."""
ROUNDS = 5
SOURCE = LOCAL_AUTHORITIES
T0 = datetime(2026, 11, 17, 10, 0, tzinfo=UTC)
"""A Tuesday, months after the last publication of the histories: nothing on the site is fresh."""
NEWS = T0.date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """`cpu` and `seconds` are of this process; `reading` is CPU seconds of the child that reads documents."""

    requests: int
    bytes: int
    cpu: float
    seconds: float
    reading: float = 0.0


class Counting(Fetcher):
    """A fetcher that counts: each GET is one request here, because nothing on the local site fails."""

    requests = 0
    bytes = 0

    def get(
        self, url: str, *, etag: str | None = None, last_modified: str | None = None, limit: int = 2**26
    ) -> Fetched | Trouble:
        answer = super().get(url, etag=etag, last_modified=last_modified, limit=limit)
        self.requests += 1
        self.bytes += len(answer.body) if isinstance(answer, Fetched) else 0
        return answer


@dataclass
class Bench:
    """A world, the clock it goes by, and the address of the site."""

    world: World
    fetcher: Counting
    child: Callable[[], float]
    now: list[datetime] = field(default_factory=lambda: [T0])

    def poll(self, *, later: timedelta = timedelta(minutes=5)) -> Cost:
        self.now[0] += later
        return self.measured(lambda: _well(poll(self.world, SOURCE).troubles))

    def walk(self) -> Cost:
        self.now[0] += timedelta(minutes=5)
        return self.measured(lambda: _well(poll(self.world, SOURCE, full=True).troubles))

    def measured(self, work: Callable[[], None]) -> Cost:
        requests, size, reading = self.fetcher.requests, self.fetcher.bytes, self.child()
        wall, cpu = perf_counter(), process_time()
        work()
        return Cost(
            cpu=process_time() - cpu,
            seconds=perf_counter() - wall,
            requests=self.fetcher.requests - requests,
            bytes=self.fetcher.bytes - size,
            reading=self.child() - reading,
        )

    def naive(self) -> None:
        """Every page, whatever the list says."""
        urns: list[str] = []
        more = True
        while more:
            page = search_page(self._body(SOURCE.search_url(self.world.site, len(urns))))
            assert isinstance(page, SearchPage)
            urns += [entry.urn for entry in page.entries]
            more = page.has_next
        for urn in urns:
            url = SOURCE.provider_url(self.world.site, urn)
            provider_page(self._body(url), urn=urn, url=url)

    def _body(self, url: str) -> bytes:
        answer = self.fetcher.get(url)
        assert isinstance(answer, Fetched), answer
        return answer.body


def _well(troubles: Sequence[str]) -> None:
    assert not troubles, troubles


@contextmanager
def site() -> Iterator[str]:
    """The address of a site of its own."""
    how = ("--documents", str(DOCUMENTS), "--furniture", str(FURNITURE))
    command = [sys.executable, "-m", "inspection_watch.demo.site", *how]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def publish(address: str, scene: str) -> None:
    order = json.dumps({"scene": scene, "day": NEWS.isoformat()}).encode()
    urllib.request.urlopen(urllib.request.Request(f"{address}/_demo/publish", order), timeout=10).close()


@contextmanager
def bench(address: str, folder: Path) -> Iterator[Bench]:
    engine = open_engine(f"sqlite:///{folder / 'watch.sqlite'}")
    upgrade(engine)
    host = address.removeprefix("http://")
    fetcher = Counting(hosts=[host], own=host, user_agent="inspection-watch/bench", gap=0, wait=lambda _: False)
    now = [T0]
    with Reader() as reader:
        world = World(
            store=Store(engine),
            archive=Archive(folder / "archive"),
            fetcher=fetcher,
            reader=reader,
            site=address,
            clock=lambda: now[0],
        )
        yield Bench(world=world, fetcher=fetcher, child=lambda: _cpu_of(reader), now=now)
    fetcher.close()
    engine.dispose()


def _cpu_of(reader: Reader) -> float:
    """CPU seconds of the child that reads documents, as Linux tells them; nothing elsewhere or before it is there."""
    child = reader._child
    stat = Path(f"/proc/{child.pid}/stat") if child is not None else Path()
    if not stat.is_file():
        return 0.0
    user, system = stat.read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def report(costs: Sequence[tuple[str, Cost]]) -> Table:
    """The table of one run; the last row is the naive walk, with which all others are compared."""
    naive = costs[-1][1]
    table = Table(
        *("what", "requests", "MB", "CPU s", "of the reader", "seconds", "requests / naive", "CPU / naive"),
        title=f"{len(SOURCE.expected)} authorities, {DOCUMENTS} documents each; {datetime.now(UTC):%d %B %Y}",
    )
    for name, cost in costs:
        table.add_row(
            name,
            str(cost.requests),
            f"{cost.bytes / 2**20:.1f}",
            f"{cost.cpu:.2f}",
            f"{cost.reading:.1f}" if cost.reading else "",
            f"{cost.seconds:.1f}",
            f"{cost.requests / naive.requests:.2f}",
            f"{cost.cpu / naive.cpu:.2f}",
        )
    return table


def run(one: Bench, address: str) -> list[tuple[str, Cost]]:
    first = one.poll()
    nothing = _middle(one.poll for _ in range(ROUNDS))
    naive = _middle(partial(one.measured, one.naive) for _ in range(ROUNDS))
    walk = _middle(one.walk for _ in range(ROUNDS))
    publish(address, "west-sussex")
    news = one.poll()
    rows = {"first sight": first, "nothing changed": nothing, "one new report": news, "full walk": walk}
    return [*rows.items(), ("naive walk", naive)]


def _middle(measures: Iterable[Callable[[], Cost]]) -> Cost:
    """The run with the median of CPU seconds."""
    costs = sorted((measure() for measure in measures), key=lambda cost: cost.cpu)
    return costs[len(costs) // 2]


def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with site() as address, TemporaryDirectory() as folder, bench(address, Path(folder)) as one:
        Console(width=140).print(report(run(one, address)))


if __name__ == "__main__":
    main()
