"""What the watcher asks of storage while it polls, on both databases."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from judgements.types import NotRead, Status
from storage.archive import Archive
from storage.store import Store
from storage.types import Fetch, Visit
from tests.storage.examples import MINUTE, T0, URN, change, document, intent, listing, report


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


def test_documents_are_asked_for_again_when_it_is_time_the_longest_due_first(store: Store) -> None:
    late = document(listing("1"), sha256="ab", check_at=T0)
    soon = document(listing("2"), sha256="cd", check_at=T0 - MINUTE)
    later = document(listing("3"), sha256="ef", check_at=T0 + MINUTE)
    gone = document(listing("4"), sha256="01", check_at=T0, missing_since=T0)
    never = document(listing("5"), sha256="23")
    store.apply(intent(documents=(late, soon, later, gone, never)))
    assert store.to_check(T0, 9) == (soon, late)
    assert store.to_check(T0, 1) == (soon,)


def test_what_people_were_told_of_as_not_read_is_known_until_it_is_read(store: Store) -> None:
    unread = NotRead(status=Status.UNRECOGNISED, why="no framework fits")
    waits = document(listing("1"), sha256="ab", reading=unread, told="not_read:1")
    read = document(listing("2"), sha256="cd", reading=report(), told="not_read:2")
    told = document(listing("3"), sha256="ef", reading=report(), told="new:3", told_sha256="ef")
    silent = document(listing("4"), sha256="01", reading=unread)
    out = document(listing("5"), told="not_read:5", withdrawn_at=T0)
    store.apply(intent(documents=(waits, told, silent, out)))
    assert store.told_unread() == (waits,)
    assert store.read_at_last() == ()
    store.apply(intent(documents=(replace(read, withdrawn_at=T0),)))
    assert store.read_at_last() == (), "whoever looks for it finds nothing"
    store.apply(intent(documents=(read,)))
    assert store.read_at_last() == (URN,)


def test_authorities_that_have_lost_documents_are_known(store: Store) -> None:
    gone = document(listing("1"), missing_since=T0)
    second_number = document(listing("2"), missing_since=T0, same_as="1")
    withdrawn = document(listing("3"), missing_since=T0, withdrawn_at=T0)
    store.apply(intent(documents=(gone, second_number, withdrawn, document(listing("4")))))
    assert store.missing_documents() == {URN: 1}


def test_a_document_that_was_replaced_while_it_was_read_keeps_the_reading_of_its_new_bytes(store: Store) -> None:
    old = document(listing("1"), sha256="ab", parser="yesterday")
    store.apply(intent(documents=(replace(old, sha256="cd", reading=report(), parser="today"),)))
    store.record_reading(replace(old, parser="today", reading=NotRead(status=Status.UNREADABLE, why="cut off")))
    assert store.known(URN).documents[0].reading == report()


def test_what_was_told_is_known_by_its_key(store: Store) -> None:
    store.apply(intent(walked=False, changes=(change("told"),)))
    assert store.told_changes(["told", "untold"]) == {"told"}
    assert store.known_authorities() == {}, "its page was not opened"


def test_where_archived_bytes_came_from_is_kept_as_it_was_the_first_time(store: Store) -> None:
    visit = Visit(url="https://site.example/a", etag=None, last_modified=None, sha256="ab", at=T0)
    fetch = Fetch(sha256="ab", url=visit.url, fetched_at=T0, size=5, headers=(("etag", '"1"'),))
    store.record_visit(visit, fetch)
    store.record_visit(replace(visit, at=T0 + MINUTE), replace(fetch, fetched_at=T0 + MINUTE, headers=()))
    assert store.fetches("ab") == (fetch,)
    assert store.fetches("cd") == ()
