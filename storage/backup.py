"""A copy of an SQLite database while it is being written, and the way back. PostgreSQL has its own tools.

SQLite's online backup copies the database as it is at one moment, in one go: others write to the log meanwhile. (In
several goes it would begin anew whenever somebody wrote in between.) A copy is checked before it takes its name; what a
restore replaces is kept.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL, make_url

from storage.alone import alone
from storage.engine import SETTING, StorageError, known_schemas, sqlite_file

PATIENCE_SECONDS = 30.0
DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def backup(url: str, to: Path, *, replace: bool = False) -> Path:
    """Copy the SQLite database at `url` into the file `to`, checked and whole, while others use it; the file's path.

    An earlier file is only replaced if `replace` says so, and then by a whole copy. Raises StorageError, for PostgreSQL
    with the command to use instead.
    """
    path = _file(url, _DUMP)
    if to.exists() and (not replace or to.samefile(path)):
        raise StorageError(f"{to} is there already, and was left as it is. Name another file, or add --replace.")
    if not path.exists():
        raise StorageError(f"There is no database {path} yet, so there is nothing to copy.")
    with _new_file(to) as fresh:
        _copy(path, fresh)
        _check(fresh, path)
        _make_one_file(fresh)
    return to


def _make_one_file(copy: Path) -> None:
    """A copy has no write-ahead log beside it: so it can be read from a medium that cannot be written."""
    with closing(_opened(copy)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")


def restore(url: str, of: Path, now: datetime) -> Path | None:
    """Put the copy `of` in the place of the SQLite database at `url`; where the earlier one is kept, if there was one.

    `Store.put_back` has to follow. Raises `NotAloneError` while the service runs, StorageError if the file is no copy
    that this version can use; then nothing is altered.
    """
    path = _file(url, _UNDUMP)
    if not of.exists():
        raise StorageError(f"There is no file {of}.")
    with alone(url):
        _check(of, of)
        kept = path.with_name(f"{path.name}.before-{now:%Y%m%dT%H%M%S}") if path.exists() else None
        if kept is None or not _keep(path, kept):
            _put(of, path, kept)
        else:
            _copy(of, path)
        return kept


def _keep(path: Path, kept: Path) -> bool:
    """Copy what is there before it is replaced; False if it is too damaged to be copied."""
    try:
        with _new_file(kept) as fresh:
            _copy(path, fresh)
    except StorageError as error:
        if getattr(error.__cause__, "sqlite_errorcode", None) in DAMAGED:
            return False
        raise
    return True


def _put(of: Path, path: Path, kept: Path | None) -> None:
    """Make the database anew; a damaged one gives way as it is, once the new one is whole."""
    with _new_file(path) as fresh:
        _copy(of, fresh)
        for end in ("", "-wal", "-shm") if kept else ():
            with suppress(FileNotFoundError):
                path.with_name(f"{path.name}{end}").rename(f"{kept}{end}")


def _copy(source: Path, target: Path) -> None:
    try:
        with closing(_opened(source)) as reader, closing(_opened(target)) as writer:
            reader.backup(writer)
    except (sqlite3.Error, OSError) as error:
        raise StorageError(f"{source} could not be copied to {target} ({error}).") from error


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=PATIENCE_SECONDS)


def _check(copy: Path, called: Path) -> None:
    """Raises StorageError unless it is a whole database of this program, with a schema that this version knows."""
    try:
        with closing(sqlite3.connect(f"{copy.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            (verdict,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
            schemas = {row[0] for row in connection.execute("SELECT version_num FROM alembic_version")}
    except sqlite3.Error as error:
        raise StorageError(f"{called} is not a database of this program ({error}).") from error
    if verdict != "ok":
        raise StorageError(f"{called} is damaged ({verdict}): take another copy.")
    if unknown := schemas - known_schemas():
        raise StorageError(
            f"{called} has the schema {', '.join(sorted(unknown))}, which this version does not know: it was made by a "
            f"newer one. Install that version first."
        )


@contextmanager
def _new_file(to: Path) -> Iterator[Path]:
    """A file beside `to` that takes its name once it is whole and on the disk; nothing of it stays otherwise."""
    try:
        handle, name = tempfile.mkstemp(dir=to.absolute().parent, prefix=f".{to.name}-")
        os.close(handle)
    except OSError as error:
        raise StorageError(f"{to} cannot be written ({error.strerror}).") from error
    fresh = Path(name)
    try:
        yield fresh
        _onto_the_disk(fresh)
        fresh.replace(to)
        _onto_the_disk(to.absolute().parent)
    except OSError as error:
        raise StorageError(f"{to} cannot be written ({error.strerror}).") from error
    finally:
        for left in (fresh, *(fresh.with_name(f"{fresh.name}{end}") for end in ("-wal", "-shm", "-journal"))):
            left.unlink(missing_ok=True)


def _onto_the_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _file(url: str, instead: str) -> Path:
    path = sqlite_file(url)
    if path is None:
        raise StorageError(instead.format(address=_address(make_url(url)), setting=SETTING))
    return path


_ITS_OWN_TOOLS = "The database is a PostgreSQL, which has its own tools for this, and {setting} the password. "
_DUMP = _ITS_OWN_TOOLS + "Type: pg_dump --format=custom --file=inspection-watch.dump '{address}'"
_UNDUMP = _ITS_OWN_TOOLS + (
    "End every inspection-watch, then type: pg_restore --clean --if-exists --no-owner --dbname='{address}' "
    "inspection-watch.dump; then: inspection-watch db restored"
)


def _address(url: URL) -> str:
    """The address as PostgreSQL's own tools take it, without the password."""
    query = {name: value for name, value in url.query.items() if name != "password"}
    bare = URL.create("postgresql", url.username, None, url.host, url.port, url.database, query)
    return bare.render_as_string()
