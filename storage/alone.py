"""One process at a time on an SQLite file: several would each be right, and yet wait for each other for ever.

The lock is a file beside the database, held by the operating system: it ends with the process, however that ends.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from storage.engine import StorageError, sqlite_file, trouble_with


class NotAloneError(StorageError):
    """Somebody else holds the database file, and it cannot be shared."""


@contextmanager
def alone(url: str) -> Iterator[None]:
    """Hold the SQLite file at `url` until the block ends; a PostgreSQL is shared, and nothing is held.

    Raises `NotAloneError` with what to do if another process holds it, StorageError if no lock can be made there.
    """
    path = sqlite_file(url)
    if path is None:
        yield
        return
    lock = path.with_name(f"{path.name}.lock")
    try:
        handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise trouble_with(error)(
            f"The lock {lock} beside the database cannot be created ({error.strerror}). Check that the user this runs "
            f"as may write there."
        ) from error
    try:
        _hold(handle, path)
        yield
    finally:
        os.close(handle)


def _hold(handle: int, path: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(handle, 20, 0).decode("ascii", "replace").strip() or "unknown"
        raise NotAloneError(
            f"The SQLite file {path} is in use by another inspection-watch (process {holder}). End that one first; to "
            f"run several processes, have them share a PostgreSQL."
        ) from None
    os.ftruncate(handle, 0)
    os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
