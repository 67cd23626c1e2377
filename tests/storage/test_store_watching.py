"""What the watcher asks of storage while it polls, on both databases."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from judgements.types import NotRead, Status
from storage.archive import Archive
from storage.store import Store
from storage.types import Fetch, HostState, KnownAuthority, Visit
from tests.storage.examples import MINUTE, T0, URN, change, document, intent, listing, report


def test_the_documents_that_are_awaited_are_those_listed_first_the_ones_that_failed_least_and_are_due_soonest(
    store: Store,
) -> None:
    assert store.awaited() == ()
    often = document(listing("1"), next_try_at=T0, failures=3)
    late = document(listing("2"), next_try_at=T0 + 5 * MINUTE)
    soon = document(listing("3"), next_try_at=T0 + MINUTE)
    never = document(listing("4"), next_try_at=None)
    gone = document(listing("5"), next_try_at=T0, missing_since=T0)
    store.apply(intent(documents=(often, late, soon, never, gone)))
    assert store.awaited() == (soon, late, often)


def test_authorities_are_remembered_as_the_list_shows_them_and_keep_what_is_known_of_them(store: Store) -> None:
    kent = KnownAuthority(urn="1", name="Kent", news_from=T0.date())
    store.note_listed((kent, KnownAuthority(urn=URN, name="Essex")))
    store.apply(intent(baseline=True, listed_report=T0.date(), latest_report=T0.date()))
    store.note_listed((KnownAuthority(urn=URN, name="County of Essex"),))
    essex = KnownAuthority(
        urn=URN,
        name="County of Essex",
        listed_report=T0.date(),
        latest_report=T0.date(),
        baseline_at=T0,
        walked_at=T0,
    )
    assert store.known_authorities() == {"1": kent, URN: essex}


def test_how_a_page_is_doing_is_written_without_anything_else_and_forgotten_when_it_is_read(store: Store) -> None:
    store.apply(intent(baseline=True))
    well = store.known(URN)
    ill = replace(well, failures=2, next_look_at=T0 + MINUTE, trouble="it answered 410", listed_report=T0.date())
    store.record_page(replace(ill, latest_report=None, baseline_at=None, walked_at=None))
    assert store.known(URN) == ill
    store.apply(intent(now=T0 + MINUTE))
    assert store.known(URN) == replace(well, walked_at=T0 + MINUTE)


def test_a_host_is_known_while_it_fails(store: Store) -> None:
    ill = HostState(host="files.example", failures=1, trouble="it answered 403")
    store.record_host(ill)
    store.record_host(replace(ill, failures=2, next_try_at=T0))
    assert store.hosts() == {"files.example": replace(ill, failures=2, next_try_at=T0)}
    store.record_host(HostState(host="files.example"))
    assert store.hosts() == {}


def test_it_is_known_on_whose_pages_a_document_has_been_seen(store: Store) -> None:
    for urn in (URN, "1"):
        store.apply(intent(urn=urn, documents=(document(listing("7", urn=urn)),)))
    assert store.pages_of(["7", "8"]) == {"7": {URN, "1"}, "8": frozenset()}


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
    out = document(listing("5"), sha256="45", reading=report(), told="not_read:5", withdrawn_at=T0)
    store.apply(intent(documents=(waits, told, silent, out)))
    assert store.told_unread() == (waits,)
    assert store.read_at_last() == ()
    store.apply(intent(documents=(replace(read, withdrawn_at=T0),)))
    assert store.read_at_last() == (), "whoever looks for it finds nothing"
    store.apply(intent(documents=(read,)))
    assert store.read_at_last() == (URN,)


def test_what_two_keys_knew_of_one_authority_is_one_history(store: Store) -> None:
    unread = NotRead(status=Status.UNRECOGNISED, why="it names another authority")
    told = document(listing("1", "9"), sha256="ab", reading=unread, parser="today", told="not_read:9:1")
    again = document(listing("1", "key"), sha256="ab", reading=report(), parser="today", told_sha256="ab")
    newer = document(listing("2", "key"), sha256="cd", reading=report(), parser="today", told="new:key:2")
    for urn, at, known in (("9", T0, (told,)), ("key", T0 + MINUTE, (again, newer))):
        store.apply(intent(urn, at, baseline=True, documents=known))
    store.rename_authority("9", "key")
    merged = store.known("key")
    assert merged.documents == (
        replace(told, listing=listing("1", "key"), parser=""),
        replace(newer, listing=listing("2", "key")),
    )
    assert merged.baseline_at == T0
    assert set(store.known_authorities()) == {"key"}
    store.rename_authority("9", "key")
    store.rename_authority("key", "10")
    assert [one.told for one in store.known("10").documents] == ["not_read:9:1", "new:key:2"]
    assert set(store.known_authorities()) == {"10"}


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
