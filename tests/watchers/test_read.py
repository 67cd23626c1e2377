"""The reading child, with real processes and documents that hurt."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from judgements.types import NotRead, Status
from watchers import read as room
from watchers.read import Reader


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


def test_a_bug_of_the_parser_is_a_reading_with_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(data: bytes) -> None:
        raise KeyError("theme")

    monkeypatch.setattr(room, "read", broken)
    assert room._reading(b"x") == NotRead(status=Status.UNREADABLE, why="The parser failed on it (KeyError: 'theme').")


def test_a_child_that_cannot_start_is_our_fault_and_not_the_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "CHILD", "raise SystemExit(1)")
    with Reader() as reader, pytest.raises(RuntimeError, match="cannot be started"):
        reader.read(b"x")
