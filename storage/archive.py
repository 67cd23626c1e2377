"""The bytes of every document and page we were given, for ever, each under the hash of its content."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from storage.engine import StorageError, trouble_with

_TRIAL = bytes(4096)
"""A block: a full disk may still take an empty file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Bytes of a disk."""

    whole: int
    free: int


class Archive:
    """A directory of files named by the SHA-256 of their content, in two levels of folders: "ab/cd/abcd…".

    Any number of processes may put the same content at the same time.
    """

    def __init__(self, directory: Path) -> None:
        """Makes the directory if need be; raises StorageError if it cannot."""
        self._directory = directory
        try:
            directory.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise trouble_with(error)(_cannot_write(directory, error)) from error

    def put(self, data: bytes) -> str:
        """The SHA-256 of `data` (64 hexadecimal digits), once `data` is safely on disk.

        Raises StorageError if it cannot be written; then nothing is left behind.
        """
        sha256 = hashlib.sha256(data).hexdigest()
        path = self._path(sha256)
        if not path.exists():
            try:
                _write_whole(path, data)
            except OSError as error:
                raise StorageError(_cannot_write(self._directory, error)) from error
        return sha256

    def check(self) -> None:
        """Write something and remove it again. Raises StorageError if that cannot be done."""
        try:
            with tempfile.NamedTemporaryFile(dir=self._directory, prefix=".") as trial:
                trial.write(_TRIAL)
                trial.flush()
                os.fsync(trial.fileno())
        except OSError as error:
            raise StorageError(_cannot_write(self._directory, error)) from error

    def room(self) -> Room:
        """How much room there is on its disk."""
        usage = shutil.disk_usage(self._directory)
        return Room(whole=usage.total, free=usage.free)

    def get(self, sha256: str) -> bytes:
        """What was put; KeyError if nothing with this hash was."""
        try:
            return self._path(sha256).read_bytes()
        except FileNotFoundError:
            raise KeyError(f"{sha256} is not in the archive {self._directory}") from None

    def find(self, sha256: str) -> bytes | None:
        """What was put, or None if nothing with this hash was."""
        try:
            return self.get(sha256)
        except KeyError:
            return None

    def remove(self, sha256: str) -> None:
        """Take out what was put, if it is there. Raises StorageError if that cannot be done."""
        try:
            self._path(sha256).unlink(missing_ok=True)
        except OSError as error:
            raise StorageError(_cannot_write(self._directory, error)) from error

    def _path(self, sha256: str) -> Path:
        return self._directory / sha256[:2] / sha256[2:4] / sha256


def _write_whole(path: Path, data: bytes) -> None:
    """Write a file that is either there with all of its bytes or not at all, whenever the power fails."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as unfinished:
        try:
            unfinished.write(data)
            unfinished.flush()
            os.fsync(unfinished.fileno())
            Path(unfinished.name).replace(path)
        except OSError:
            Path(unfinished.name).unlink()
            raise
    _sync_directory(path.parent)


def _sync_directory(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _cannot_write(directory: Path, error: OSError) -> str:
    return (
        f"The archive {directory} cannot be written ({error.strerror}). Check that there is room on the disk and that "
        f"the user this runs as may write there."
    )
