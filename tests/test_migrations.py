"""From an empty database to the tables the program works with, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from storage.engine import open_engine, reading, upgrade
from storage.schema import metadata
from storage.store import Store


def differences(url: str) -> list[object]:
    """What autogenerate would write into the next migration."""
    engine = open_engine(url)
    with reading(engine) as connection:
        found = compare_metadata(MigrationContext.configure(connection), metadata)
    engine.dispose()
    return found


def test_the_migrations_make_exactly_the_tables_of_the_schema(blank_url: str) -> None:
    assert len(differences(blank_url)) >= len(metadata.tables), "this comparison can fail"
    bring_up_to_date(blank_url)()
    assert differences(blank_url) == []


def test_what_is_up_to_date_stays_as_it_is(blank_url: str) -> None:
    bring_up_to_date(blank_url)()
    bring_up_to_date(blank_url)()
    assert differences(blank_url) == []


def test_programs_that_start_at_the_same_time_wait_for_each_other(blank_url: str) -> None:
    together = Barrier(4)
    with ThreadPoolExecutor(4) as pool:
        starts = [pool.submit(bring_up_to_date(blank_url, together.wait)) for _ in range(4)]
    assert [start.result() for start in starts] == [0, 0, 0, 0]


def bring_up_to_date(url: str, first: Callable[[], object] = lambda: None) -> Callable[[], int]:
    def start() -> int:
        first()
        engine = open_engine(url)
        upgrade(engine)
        known = Store(engine).coverage().authorities_known
        engine.dispose()
        return known

    return start
