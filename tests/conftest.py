"""Databases for every test that asks for one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg import sql
from sqlalchemy import Engine

from storage.engine import open_engine, upgrade
from storage.schema import metadata
from storage.store import Store
from tests.counterparts import Postgres, running_postgres

POSTGRESQL = pytest.param("postgresql", marks=pytest.mark.postgres)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A real PostgreSQL for the whole run."""
    running = running_postgres()
    try:
        server = running.__enter__()
    except Exception as error:
        pytest.fail(f"PostgreSQL could not be started, and these tests need it: {error!r}", pytrace=False)
    yield server
    running.__exit__(None, None, None)


@pytest.fixture(params=["sqlite", POSTGRESQL])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a database that is up to date and empty, once on SQLite and once on PostgreSQL."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture(params=["sqlite", POSTGRESQL])
def blank_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without any tables, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/blank.sqlite"
    postgres: Postgres = request.getfixturevalue("postgres")
    return postgres.create(f"blank_{abs(hash(tmp_path))}")


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = open_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def store(engine: Engine) -> Store:
    """An empty store, once on SQLite and once on PostgreSQL."""
    return Store(engine)


@pytest.fixture
def sqlite_store(sqlite_url: str) -> Iterator[Store]:
    """An empty store on SQLite, for tests of what lies above storage."""
    engine = open_engine(sqlite_url)
    yield Store(engine)
    engine.dispose()


@pytest.fixture
def sqlite_url(_migrated_sqlite: Path, tmp_path: Path) -> str:
    return f"sqlite:///{shutil.copy(_migrated_sqlite, tmp_path / 'watch.sqlite')}"


@pytest.fixture
def postgresql_url(_migrated_postgres: str, postgres: Postgres) -> str:
    tables = sql.SQL(", ").join(sql.Identifier(table.name) for table in metadata.sorted_tables)
    postgres.execute(sql.SQL("TRUNCATE {}").format(tables), database="watch")
    return _migrated_postgres


@pytest.fixture(scope="session")
def _migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "watch.sqlite"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def _migrated_postgres(postgres: Postgres) -> str:
    url = postgres.create("watch")
    _migrate(url)
    return url


def _migrate(url: str) -> None:
    engine = open_engine(url)
    upgrade(engine)
    engine.dispose()
