"""What the watcher asks of storage while it polls, on both databases."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from judgements.types import NotRead, Status
from storage.archive import Archive
from storage.store import Store
from tests.storage.examples import MINUTE, T0, URN, document, intent, listing, report


def test_the_first_due_of_the_documents_that_are_awaited_is_told_by_authority(store: Store) -> None:
    assert store.awaited() == {}
    late = document(listing("1"), next_try_at=T0 + 5 * MINUTE)
    soon = document(listing("2"), next_try_at=T0 + MINUTE)
    never = document(listing("3"), next_try_at=None)
    store.apply(intent(documents=(late, soon, never)))
    assert store.awaited() == {URN: T0 + MINUTE}


def test_readings_of_another_parser_are_found_and_written_anew_without_announcing_anything(store: Store) -> None:
    old = document(listing("1"), sha256="ab", reading=report(), parser="yesterday")
    fresh = document(listing("2"), sha256="cd", reading=report(), parser="today")
    absent = document(listing("3"))
    store.apply(intent(documents=(old, fresh, absent)))
    assert store.stale("today", 10) == (old,)
    assert store.stale("today", 0) == ()
    read_again = replace(old, parser="today", reading=NotRead(status=Status.UNREADABLE, why="lost"), next_try_at=T0)
    store.record_reading(read_again)
    assert store.stale("today", 10) == ()
    assert read_again in store.known(URN).documents
    assert store.waiting_changes(1, T0) == ()


def test_the_archive_finds_what_was_put_and_nothing_else(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    assert archive.find(archive.put(b"bytes")) == b"bytes"
    assert archive.find("0" * 64) is None
