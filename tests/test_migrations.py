"""From an empty database, and from every released one with its data, to the tables the program works with; on both."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, create_engine, select, text

from storage import engine as door
from storage.engine import Schema, StorageError, migrate, open_engine, reading, schema, upgrade, writing
from storage.schema import metadata
from storage.store import Store
from tests.releases import RELEASED, Rows, dump, fingerprint, furnished, load, rows_of

NEXT = '''"""A column that a later version needs"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("authorities", sa.Column("note", sa.Text(), nullable=False, server_default="none"))
'''


def differences(url: str) -> list[object]:
    """What autogenerate would write into the next migration."""
    engine = create_engine(url)
    with engine.connect() as connection:
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


def as_left_by(head: str, rows: Rows, url: str) -> Engine:
    """A database as the version with this schema left it."""
    engine = open_engine(url)
    with writing(engine) as connection:
        migrate(connection, head)
    plain = create_engine(url)
    with plain.begin() as connection:
        load(connection, rows)
    plain.dispose()
    return engine


def counts(engine: Engine) -> dict[str, int]:
    with reading(engine) as connection:
        return {table.name: len(connection.execute(select(table)).all()) for table in metadata.sorted_tables}


@pytest.mark.parametrize("head", RELEASED)
def test_what_a_released_version_left_is_brought_up_to_date_and_can_be_read(head: str, blank_url: str) -> None:
    rows = rows_of(head)
    engine = as_left_by(head, rows, blank_url)
    upgrade(engine)
    found = counts(engine)
    engine.dispose()
    assert differences(blank_url) == []
    assert {name: len(rows[name]) for name in rows if name in found} == {name: found[name] for name in rows}


@pytest.mark.parametrize("head", RELEASED)
def test_a_released_migration_is_never_altered(head: str) -> None:
    assert fingerprint(head) == RELEASED[head], "databases have gone through it: write another migration"


def test_every_schema_but_the_newest_has_been_released() -> None:
    newest = door.ScriptDirectory.from_config(door._migrations()).get_current_head()
    assert door.known_schemas() - {newest} <= set(RELEASED), "migrations that nobody has are one migration"


def test_what_this_version_leaves_is_moved_from_one_database_to_another_without_loss(
    blank_url: str, tmp_path: Path
) -> None:
    """So the rows that are frozen for a release are what its code stored, in every table and every column."""
    path, put_in = furnished(tmp_path)
    assert {name for name, rows in put_in.items() if len(rows) == 2} == set(metadata.tables)
    engine = as_left_by("head", dump(path), blank_url)
    upgrade(engine)
    with reading(engine) as connection:
        for table in metadata.sorted_tables:
            key = [column.name for column in table.primary_key]
            found = [dict(row._mapping) for row in connection.execute(select(table).order_by(*table.primary_key))]
            assert found == sorted(put_in[table.name], key=lambda row: [row[name] for name in key]), table.name
    engine.dispose()


@pytest.fixture
def next_version(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[], None]:
    """From here on, the program is a later version, with one more migration."""

    def become() -> None:
        later = tmp_path / "migrations"
        shutil.copytree(door.MIGRATIONS, later, ignore=shutil.ignore_patterns("__pycache__"))
        (later / "versions" / "0002_a_column.py").write_text(NEXT)
        monkeypatch.setattr(door, "MIGRATIONS", later)

    return become


def test_a_later_version_brings_the_data_of_this_one_along_and_says_what_it_found(
    blank_url: str, tmp_path: Path, next_version: Callable[[], None]
) -> None:
    path, put_in = furnished(tmp_path)
    engine = as_left_by("head", dump(path), blank_url)
    now = schema(engine).needed
    next_version()
    assert schema(engine) == Schema(found=now, needed="0002")
    assert upgrade(engine) == Schema(found=now, needed="0002")
    assert schema(engine).is_current
    assert counts(engine) == {name: len(rows) for name, rows in put_in.items()}
    with reading(engine) as connection:
        assert set(connection.scalars(text("SELECT note FROM authorities"))) == {"none"}
    engine.dispose()


def test_a_migration_that_fails_leaves_the_earlier_schema_with_all_of_its_data(
    blank_url: str, tmp_path: Path, next_version: Callable[[], None]
) -> None:
    path, put_in = furnished(tmp_path)
    engine = as_left_by("head", dump(path), blank_url)
    before = schema(engine)
    next_version()
    broken = door.MIGRATIONS / "versions" / "0002_a_column.py"
    broken.write_text(NEXT + '    op.execute("SELECT * FROM no_such_table")\n')
    with pytest.raises(StorageError, match="what had been begun was undone"):
        upgrade(engine)
    assert schema(engine).found == before.found
    assert counts(engine) == {name: len(rows) for name, rows in put_in.items()}
    engine.dispose()


def test_an_earlier_version_refuses_what_a_later_one_has_brought_up_to_date(
    blank_url: str, monkeypatch: pytest.MonkeyPatch, next_version: Callable[[], None]
) -> None:
    ours = door.MIGRATIONS
    next_version()
    bring_up_to_date_alone(blank_url)
    monkeypatch.setattr(door, "MIGRATIONS", ours)
    with pytest.raises(StorageError, match=r"schema 0002, .* newer .* Install that version"):
        open_engine(blank_url)


def bring_up_to_date_alone(url: str) -> None:
    engine = open_engine(url)
    upgrade(engine)
    engine.dispose()
