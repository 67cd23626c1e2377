"""The reading child, with real processes and documents that hurt."""

from __future__ import annotations

import os
import resource
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from judgements.types import NotRead, Status
from watchers import read as room
from watchers.read import GIVEN, Reader


@pytest.fixture
def reader() -> Iterator[Reader]:
    with Reader(seconds=10) as reader:
        yield reader


def _child(reader: Reader) -> int:
    assert reader._child is not None
    return reader._child.pid


def test_a_document_is_read_in_another_process_that_is_kept(reader: Reader) -> None:
    first = reader.read(b"not a report at all")
    child = _child(reader)
    assert isinstance(first, NotRead)
    assert child != os.getpid()
    assert reader.read(b"not a report at all") == first
    assert _child(reader) == child


def test_the_child_has_no_setting_of_ours_in_its_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SLACK_BOT_TOKEN", "INSPECTION_WATCH_DATABASE_URL", "POSTGRES_PASSWORD", "https_proxy"):
        monkeypatch.setenv(name, "hunter2")
    with Reader(seconds=10) as reader:
        reader.read(b"x")
        environment = Path(f"/proc/{_child(reader)}/environ").read_bytes()
    assert b"hunter2" not in environment
    assert {one.partition(b"=")[0].decode() for one in environment.split(b"\0") if one} <= {*GIVEN, "MALLOC_ARENA_MAX"}


LOOK = """
import ctypes, os, sys
from watchers.read import GIVEN, Reader
with Reader() as reader:
    reader.read(b"x")
    sys.exit(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))  # PR_GET_DUMPABLE
"""


def test_whoever_reads_documents_lets_no_child_look_into_it() -> None:
    assert subprocess.run([sys.executable, "-c", LOOK], timeout=60).returncode == 0
    assert subprocess.run([sys.executable, "-c", LOOK.replace("reader.read", "len")], timeout=60).returncode == 1


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\n%%EOF", b"%PDF-1.7\n" + b"\xff" * 5000, b"<html><title>x</title>"])
def test_bad_bytes_have_their_reason(reader: Reader, data: bytes) -> None:
    reading = reader.read(data)
    assert isinstance(reading, NotRead)
    assert reading.why


def test_a_child_that_dies_costs_one_document_and_not_the_service(reader: Reader) -> None:
    reader.read(b"x")
    os.kill(_child(reader), signal.SIGKILL)
    lost = reader.read(b"y")
    assert isinstance(lost, NotRead)
    assert lost.status is Status.UNREADABLE
    assert reader.read(b"z") == reader.read(b"z")


def test_a_child_that_hangs_is_killed_at_its_limit() -> None:
    with Reader(seconds=0.5) as reader:
        reader.read(b"x")
        os.kill(_child(reader), signal.SIGSTOP)
        assert reader.read(b"y") == NotRead(status=Status.UNREADABLE, why="Reading it took longer than 0.5 s.")


def test_a_child_that_swells_is_stopped_at_its_limit() -> None:
    with Reader(seconds=10, megabytes=400) as reader:
        reading = reader.read(b"%PDF-" + b"x" * (450 * 2**20))
        assert isinstance(reading, NotRead)
        assert reading.status is Status.UNREADABLE


def test_closing_ends_the_child(reader: Reader) -> None:
    reader.read(b"x")
    child = _child(reader)
    reader.close()
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


def test_a_bug_of_the_parser_is_told_to_people_in_words_and_to_operators_in_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(data: bytes) -> None:
        raise KeyError("theme", "a\nb")

    monkeypatch.setattr(room, "read", broken)
    why = "The program that reads documents failed on it."
    assert room._reading(b"x") == NotRead(status=Status.UNREADABLE, why=why)
    told = capsys.readouterr().err
    assert "KeyError('theme'" in told
    assert "test_read.py:" in told
    assert told.count("\n") == 1


BUSY = """
import sys, re
from watchers import read
read.read = lambda data: eval(data)
read.serve(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
"""
"""A child that reads a document by doing what it says."""

PARENT = f"""
from watchers import read
read.CHILD = {BUSY!r}
reader = read.Reader(seconds=60)
reader._start()
print(reader._child.pid, flush=True)
reader.read(b"print('busy', flush=True) or all(iter(lambda: 1, 0))")
"""


def test_a_busy_child_does_not_outlive_its_parent() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        handle = os.pidfd_open(child)
        assert parent.stdout.readline() == b"busy\n"
        parent.kill()
    ended, _, _ = select.select([handle], [], [], 5)
    if not ended:
        os.kill(child, signal.SIGKILL)
    os.close(handle)
    assert ended


def test_a_child_that_its_parent_forgets_is_ended_by_its_own_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "CHILD", BUSY.replace("read.serve(", "read.CPU_GRACE = 0; read.serve("))
    with Reader(seconds=1) as reader:
        reader._start()
        reader._seconds = 20
        begun = time.monotonic()
        lost = reader.read(b"re.match('(a|aa)+$', 'a' * 99 + 'b')")
        assert isinstance(lost, NotRead)
        assert time.monotonic() - begun < 10


def test_the_limit_of_cpu_time_is_for_each_document_anew() -> None:
    room_limit, hard = resource.getrlimit(resource.RLIMIT_CPU)
    try:
        room._limit_cpu(100)
        soft, _ = resource.getrlimit(resource.RLIMIT_CPU)
    finally:
        resource.setrlimit(resource.RLIMIT_CPU, (room_limit, hard))
    assert 100 <= soft - time.process_time() <= 100 + room.CPU_GRACE


def test_a_child_that_cannot_start_is_our_fault_and_not_the_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "CHILD", "raise SystemExit(1)")
    with Reader() as reader, pytest.raises(RuntimeError, match="cannot be started"):
        reader.read(b"x")
