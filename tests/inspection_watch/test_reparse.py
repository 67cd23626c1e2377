"""The archive read again: what differs is listed, and only what is accepted is stored."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from rich.console import Console

from inspection_watch.demo.histories import SCENES
from inspection_watch.reparse import Reread, accept, differences, reread, show
from judgements.parse import read
from judgements.types import Inspection, Listing, NotRead, Report, Status
from judgements.version import PARSER
from storage.archive import Archive
from storage.store import Store
from storage.types import Intent, KnownDocument, Standing

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
URN = "80578"


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive")


@pytest.fixture
def stored(sqlite_store: Store, archive: Archive) -> KnownDocument:
    """A report in the archive, with the reading of today's parser."""
    scene = SCENES["west-sussex"].stage(NOW.date())
    body = scene.body if isinstance(scene.body, bytes) else scene.body()
    url = f"https://files.example/v1/file/{scene.file_id}"
    document = KnownDocument(
        listing=Listing(file_id=scene.file_id, urn=URN, title=scene.title, url=url, published=scene.published),
        standing=Standing.READ,
        first_seen_at=NOW,
        sha256=archive.put(body),
        reading=read(body),
        parser=PARSER,
    )
    assert isinstance(document.reading, Report)
    sqlite_store.apply(Intent(urn=URN, now=NOW, latest_report=scene.published, baseline=True, documents=(document,)))
    return document


def read_again(store: Store, archive: Archive) -> Reread:
    (one,) = reread(store, archive, NOW, lambda _done, _total, _name: None)
    return one


def test_what_reads_as_it_is_stored_differs_in_nothing(
    sqlite_store: Store, archive: Archive, stored: KnownDocument
) -> None:
    one = read_again(sqlite_store, archive)
    assert (one.differences, one.lost, one.today) == ((), False, stored)


def test_what_reads_otherwise_is_told_and_stored_once_accepted_and_announces_nothing(
    sqlite_store: Store, archive: Archive, stored: KnownDocument
) -> None:
    wrong = NotRead(status=Status.UNRECOGNISED, why="No framework fits.")
    sqlite_store.record_reading(replace(stored, reading=wrong, parser="yesterday"))
    one = read_again(sqlite_store, archive)
    ((what, was, now),) = one.differences
    assert (what, was) == ("reading", "unrecognised: No framework fits.")
    assert now.startswith("ilacs_inspection, ")
    assert sqlite_store.known(URN).documents[0].reading == wrong, "nothing is stored by looking"
    accept(sqlite_store, [one])
    assert sqlite_store.known(URN).documents == (stored,)
    assert sqlite_store.waiting_changes(9, NOW) == ()
    assert read_again(sqlite_store, archive).differences == ()


def test_a_file_that_is_lost_is_told_and_will_be_fetched_again(
    sqlite_store: Store, archive: Archive, stored: KnownDocument, tmp_path: Path
) -> None:
    next(tmp_path.rglob(str(stored.sha256))).unlink()
    one = read_again(sqlite_store, archive)
    assert one.lost
    assert "no longer in the archive" in one.differences[0][2]
    accept(sqlite_store, [one])
    assert sqlite_store.awaited() == (replace(stored, next_try_at=NOW),), "its reading is kept"


def test_each_field_that_differs_is_a_row_in_a_few_words(stored: KnownDocument) -> None:
    assert isinstance(stored.reading, Report)
    overall = stored.reading.judgements[0]
    other = replace(
        stored.reading,
        visit_number=3,
        inspection=Inspection(periods=((date(2026, 1, 5), date(2026, 1, 9)),)),
        judgements=(replace(overall, span=replace(overall.span, page=99)), *stored.reading.judgements[1:]),
    )
    rows = {what: (was, now) for what, was, now in differences(stored.reading, other)}
    assert rows["visit_number"] == ("–", "3")
    assert rows["inspection"][1] == "2026-01-05 to 2026-01-09"
    assert rows["judgements"][1] == "the same, read elsewhere"
    assert len(rows) == 3


def test_the_table_names_the_authority_and_the_document(stored: KnownDocument) -> None:
    console = Console(record=True, width=200)
    unread = replace(stored, reading=NotRead(status=Status.UNREADABLE, why="cut off"))
    show(console, [Reread(stored=stored, today=unread)])
    assert f"West Sussex, {stored.listing.published}, {stored.listing.file_id}" in console.export_text()
