"""The door of the database: SQLite or PostgreSQL, opened, brought up to date, and entered by one transaction a time.

What goes wrong at this door becomes a `StorageError`, whose text is written for a person and never holds a password.
"""

from __future__ import annotations

import errno
import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, create_engine, event, func, make_url, select
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError

Database = Engine
"""What `open_engine` gives, for whoever passes it on."""
SETTING = "INSPECTION_WATCH_DATABASE_URL"
EXAMPLES = "sqlite:////var/lib/inspection-watch/watch.sqlite or postgresql+psycopg://user:password@host/database"

_PATIENCE_SECONDS = 30
"""How long a transaction waits for another one's lock before it gives up."""
_IDLE_SECONDS = 20
"""How long a transaction may stand still before PostgreSQL undoes it: a process that is frozen in the middle of one, or
whose machine is gone, holds rows that others need."""
_LINE = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
"""How soon a line to PostgreSQL is given up at whose other end nobody is: seconds, and at last milliseconds."""
_MIGRATION_LOCK = 0x1259EC7104
"""Names our advisory lock in PostgreSQL; any number will do that nobody else uses."""
_LOCK_TIMEOUT = "55P03"
"""PostgreSQL's code for a lock that was not to be had in time."""


class StorageError(Exception):
    """The database or the archive cannot do its work: what is wrong and what to do next, in plain words."""


class StorageSettingsError(StorageError):
    """It is not where the settings say, or does not let us in: that stays so until somebody acts."""


_MAY_PASS = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.ESTALE)
"""What is wrong with a disk and may be mended by itself, or by others."""


def trouble_with(error: OSError) -> type[StorageError]:
    """Which of the two a place on the disk is worth that could not be used."""
    return StorageError if error.errno in _MAY_PASS else StorageSettingsError


def open_engine(url: str) -> Engine:
    """The database at `url`, reached once to see that it answers.

    `url` is "sqlite:///path" (in a directory that exists) or "postgresql+psycopg://…". Raises StorageError if it
    cannot be opened, or was made by a newer version of this program. It may still need `upgrade`.
    """
    address = _address(url)
    engine = _sqlite(address) if address.get_backend_name() == "sqlite" else _postgresql(address)
    try:
        with engine.connect() as connection:
            _refuse_unknown_schema(connection)
    except (DBAPIError, OSError) as error:
        engine.dispose()
        kind = StorageSettingsError if _stays(error) else StorageError
        raise kind(_cannot_open(address, _reason(error))) from None
    except StorageError:
        engine.dispose()
        raise
    return engine


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """The schema a database has ("" if it has no tables yet), and the one this version works with."""

    found: str
    needed: str

    @property
    def is_current(self) -> bool:
        return self.found == self.needed


def schema(engine: Engine) -> Schema:
    """The schema of the database as it is. Raises StorageError if it cannot be read."""
    with reading(engine) as connection:
        return _schema(connection)


def upgrade(engine: Engine) -> Schema:
    """Bring the schema up to date, all of it or nothing, and say what it was before.

    Others who start at the same time wait for the first. Raises StorageError if the database was made by a newer
    version of this program, if we may not write it, or if somebody else keeps it locked for too long.
    """
    with writing(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
        _refuse_unknown_schema(connection)
        before = _schema(connection)
        migrate(connection, "head")
        return before


def migrate(connection: Connection, to: str) -> None:
    """Bring the schema forwards to the revision `to`, in the transaction of `connection`."""
    migrations = _migrations()
    migrations.attributes["connection"] = connection
    command.upgrade(migrations, to)


def known_schemas() -> frozenset[str]:
    """Every schema that this version knows how to bring up to date."""
    return frozenset(script.revision for script in ScriptDirectory.from_config(_migrations()).walk_revisions())


def sqlite_file(url: str) -> Path | None:
    """The file of an SQLite database; None for PostgreSQL. Raises StorageError if `url` is no address of either."""
    address = _address(url)
    return Path(str(address.database)).absolute() if address.get_backend_name() == "sqlite" else None


def _schema(connection: Connection) -> Schema:
    heads = MigrationContext.configure(connection).get_current_heads()
    needed = ScriptDirectory.from_config(_migrations()).get_current_head()
    return Schema(found=", ".join(sorted(heads)), needed=str(needed))


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """What only reads, and waits for no writer.

    On SQLite all of it sees one moment, on PostgreSQL each statement its own, in a transaction or not: so there it is
    none. Nothing is said but the statements themselves, and it may take its time over what it has read.
    """
    options = {"isolation_level": "AUTOCOMMIT"} if engine.dialect.name == "postgresql" else {}
    with _in_plain_words(engine.url), engine.connect().execution_options(**options) as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes. On SQLite it waits for its turn here, so that it never fails half-way."""
    with _in_plain_words(engine.url), engine.connect().execution_options(writes=True) as connection, connection.begin():
        yield connection


@contextmanager
def _in_plain_words(address: URL) -> Iterator[None]:
    try:
        yield
    except IntegrityError:
        raise
    except DBAPIError as error:
        sentence = f"The database could not do its work ({_reason(error)}), and what had been begun was undone. "
        raise StorageError(_without_secrets(sentence + _remedy(error), address)) from error


def _remedy(error: DBAPIError) -> str:
    if getattr(error.orig, "sqlstate", None) == _LOCK_TIMEOUT or "database is locked" in str(error.orig):
        return "Another program seems to hang while it holds a lock there: end it, and start this one again."
    return (
        f"Check that it is running, can be reached and has room on its disk, and that the user this runs as, or the "
        f"one in {SETTING}, may create tables and write there; or have somebody who may run “inspection-watch db "
        f"upgrade” first."
    )


def _address(url: str) -> URL:
    try:
        address = make_url(url)
    except (ArgumentError, ValueError):
        raise StorageSettingsError(f"{SETTING} is not the address of a database. Write {EXAMPLES}.") from None
    if address.drivername not in ("sqlite", "postgresql+psycopg"):
        raise StorageSettingsError(
            f'{SETTING} begins with "{address.drivername}:", which is not known here. Write {EXAMPLES}.'
        )
    if "@" in (address.host or ""):
        raise StorageSettingsError(f'The password in {SETTING} contains a "@". Write each "@" in it as "%40".')
    return address


def _sqlite(address: URL) -> Engine:
    if address.database in (None, "", ":memory:"):
        raise StorageSettingsError(
            f"{SETTING} names no file, and without a file nothing is remembered. Write {EXAMPLES}."
        )
    directory = Path(str(address.database)).parent
    if not directory.is_dir():
        raise StorageSettingsError(
            f"The directory {directory} for the database does not exist. Create it, or name another file in {SETTING}."
        )
    engine = create_engine(address, connect_args={"timeout": _PATIENCE_SECONDS}, hide_parameters=True)
    event.listen(engine, "connect", lambda connection, _record: _prepare_sqlite(connection, directory))
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, directory: Path) -> None:
    # A new file is turned to WAL once. Two processes that do so at the same time get "database is locked", however
    # patient they are.
    with _alone_in(directory):
        connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA foreign_keys = ON")


@contextmanager
def _alone_in(directory: Path) -> Iterator[None]:
    handle = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _begin_sqlite(connection: Connection) -> None:
    # Two transactions that have both read cannot both go on to write: "database is locked", at once and whatever the
    # patience. So one that will write says so at its beginning, where waiting helps.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _postgresql(address: URL) -> Engine:
    line = {name: value for name, value in _LINE.items() if name not in address.query}
    engine = create_engine(address, connect_args=line, pool_pre_ping=True, hide_parameters=True)
    event.listen(engine, "connect", lambda connection, _record: _prepare_postgresql(connection))
    return engine


def _prepare_postgresql(connection: psycopg.Connection) -> None:
    limits = {"lock_timeout": _PATIENCE_SECONDS, "idle_in_transaction_session_timeout": _IDLE_SECONDS}
    for name, seconds in limits.items():
        connection.execute("SELECT set_config(%s, %s, false)", (name, f"{seconds * 1000:.0f}ms"))
    connection.commit()


_SHUT = {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_NOTADB}
_NO_ENTRY = ("authentication failed", "no password supplied", "does not exist", "no pg_hba.conf entry")
"""What PostgreSQL's own words have in them where it refuses us: before it lets us in, it gives no code."""


def _stays(error: DBAPIError | OSError) -> bool:
    """Whether a database that could not be opened will not be opened later either."""
    if isinstance(error, OSError):
        return trouble_with(error) is StorageSettingsError
    code = getattr(error.orig, "sqlite_errorcode", None)
    return code & 0xFF in _SHUT if code is not None else any(words in str(error.orig) for words in _NO_ENTRY)


def _cannot_open(address: URL, reason: str) -> str:
    if address.get_backend_name() == "sqlite":
        return (
            f"The database file {address.database} cannot be opened ({reason}). Check that it is a file of this "
            f"program, and that the user this runs as may write to it and its directory, or name another file in "
            f"{SETTING}."
        )
    host = address.host or address.query.get("host", "this machine")
    sentence = (
        f"PostgreSQL does not let us into the database {address.database} at {host} ({reason}). "
        f"Check that it is running, and that {SETTING} names the right host, database, user and password."
    )
    return _without_secrets(sentence, address)


def _without_secrets(sentence: str, address: URL) -> str:
    for secret in filter(None, (address.password, address.query.get("password"))):
        sentence = sentence.replace(str(secret), "***")
    return sentence


def _reason(error: DBAPIError | OSError) -> str:
    return " ".join(str(error.orig if isinstance(error, DBAPIError) else error.strerror).split())


def _refuse_unknown_schema(connection: Connection) -> None:
    unknown = set(MigrationContext.configure(connection).get_current_heads()) - known_schemas()
    if unknown:
        raise StorageError(
            f"The database has the schema {', '.join(sorted(unknown))}, which this version does not know: it was made "
            f"by a newer one. Install that version, or name another database in {SETTING}."
        )


MIGRATIONS = Path(__file__).parent / "migrations"


def _migrations() -> Config:
    migrations = Config()
    migrations.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return migrations
