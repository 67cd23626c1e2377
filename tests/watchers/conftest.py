"""A world to poll in, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from inspection_watch.demo.site import LocalSite, Provider, Site
from storage.archive import Archive
from storage.store import Store
from tests.fakes import FakeReader
from tests.watchers.bench import EAST, NEW, OLD, T0, WEST, Bench
from watchers.fetch import Fetcher
from watchers.world import World


@pytest.fixture
def bench(store: Store, tmp_path: Path) -> Iterator[Bench]:
    site = Site([Provider(urn=WEST, name="West Sussex"), Provider(urn=EAST, name="East Sussex")], [OLD, NEW])
    with LocalSite(site) as address:
        fetcher = Fetcher(hosts=[address.removeprefix("http://")], user_agent="test", gap=0, wait=lambda _: False)
        now = [T0]
        world = World(
            store=store,
            archive=Archive(tmp_path / "archive"),
            fetcher=fetcher,
            reader=FakeReader(),  # type: ignore[arg-type]
            site=address,
            clock=lambda: now[0],
        )
        yield Bench(site=site, world=world, now=now)
        fetcher.close()
