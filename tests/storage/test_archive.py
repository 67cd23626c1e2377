"""The archive on a real disk."""

from __future__ import annotations

import hashlib
import os
import resource
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from storage.archive import Archive
from storage.engine import StorageError

DATA = b"%PDF-1.7 a report"


def files(directory: Path) -> list[Path]:
    return [path for path in directory.rglob("*") if path.is_file()]


def test_what_is_put_can_be_got(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "a/b")
    for data in (DATA, b"", bytes(range(256)) * 5000):
        assert archive.get(archive.put(data)) == data


def test_content_is_kept_under_its_hash_in_two_levels_of_folders(tmp_path: Path) -> None:
    sha256 = Archive(tmp_path).put(DATA)
    assert sha256 == hashlib.sha256(DATA).hexdigest()
    assert files(tmp_path) == [tmp_path / sha256[:2] / sha256[2:4] / sha256]


def test_the_same_content_is_kept_once(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    sha256 = archive.put(DATA)
    path = tmp_path / sha256[:2] / sha256[2:4] / sha256
    written = path.stat()
    assert archive.put(DATA) == sha256
    assert (path.stat().st_ino, files(tmp_path)) == (written.st_ino, [path])


def test_content_is_on_the_disk_before_it_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[tuple[str, list[int]]] = []

    def spy(handle: int) -> None:
        name = Path(f"/proc/self/fd/{handle}").readlink().name
        synced.append((name, [path.stat().st_size for path in files(tmp_path)]))

    monkeypatch.setattr(os, "fsync", spy)
    sha256 = Archive(tmp_path).put(DATA)
    (unfinished, whole), (folder, named) = synced
    assert (unfinished != sha256, whole) == (True, [len(DATA)])
    assert (folder, named) == (sha256[2:4], [len(DATA)])


def test_what_was_never_put_is_a_key_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(KeyError, match=f"ab12 is not in the archive {tmp_path}"):
        Archive(tmp_path).get("ab12")


def test_a_place_that_cannot_be_written_says_so() -> None:
    with pytest.raises(StorageError, match="The archive /proc/nowhere cannot be written"):
        Archive(Path("/proc/nowhere"))


def test_a_check_writes_something_new_and_leaves_nothing_behind(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    archive.check()
    archive.check()
    assert list(tmp_path.iterdir()) == []


def test_a_check_says_when_nothing_can_be_written_though_the_directory_is_there(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    with (
        largest_file(10),
        pytest.raises(StorageError, match=r"cannot be written .* Check that there is room on the disk"),
    ):
        archive.check()
    assert list(tmp_path.iterdir()) == []
    tmp_path.rmdir()
    with pytest.raises(StorageError, match="cannot be written"):
        archive.check()


def test_when_the_disk_is_full_nothing_is_left_behind(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    with largest_file(1000), pytest.raises(StorageError, match="Check that there is room on the disk"):
        archive.put(b"x" * 100_000)
    assert files(tmp_path) == []


def test_many_may_put_the_same_content_at_once(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        hashes = set(pool.map(Archive(tmp_path).put, [DATA] * 40))
    assert len(hashes) == len(files(tmp_path)) == 1


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """The nearest a test comes to a full disk: a write beyond `size` bytes fails."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
