"""Once a day, and only what somebody has said may be forgotten."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert
from structlog.testing import capture_logs

from inspection_watch.retention import EVERY, Tidying
from inspection_watch.settings import Settings, SettingsError, load
from storage.archive import Archive
from storage.engine import StorageError, writing
from storage.schema import fetches
from storage.store import Store
from tests.storage.examples import MINUTE, T0

DAYS = timedelta(days=61)


def keep(monkeypatch: pytest.MonkeyPatch, **kept: str) -> Settings:
    for name in Settings.model_fields:
        monkeypatch.delenv(name, raising=False)
    for name, value in kept.items():
        monkeypatch.setenv(f"INSPECTION_WATCH_KEEP_{name}", value)
    return load()


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive")


def put(store: Store, archive: Archive, data: bytes) -> str:
    """Bytes that nothing refers to."""
    sha256 = archive.put(data)
    with writing(store._engine) as connection:
        row = {"sha256": sha256, "url": "https://site.example/", "fetched_at": T0, "size": len(data), "headers": ()}
        connection.execute(insert(fetches).values(row))
    return sha256


def test_by_default_nothing_is_ever_forgotten(
    sqlite_store: Store, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    sha256 = put(sqlite_store, archive, b"a page")
    for kept in ({}, {"COPIES": "for ever", "MESSAGES": "for ever"}):
        Tidying(keep(monkeypatch, **kept), sqlite_store, archive).tidy(T0 + timedelta(days=36_000))
        assert archive.get(sha256) == b"a page"
        assert len(sqlite_store.fetches(sha256)) == 1


def test_what_may_be_forgotten_is_gone_from_the_archive_too(
    sqlite_store: Store, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    sha256 = put(sqlite_store, archive, b"a page")
    tidying = Tidying(keep(monkeypatch, COPIES="60d"), sqlite_store, archive)
    tidying.tidy(T0 + timedelta(days=59))
    assert archive.get(sha256) == b"a page"
    with capture_logs() as logged:
        tidying.tidy(T0 + DAYS)
    assert archive.find(sha256) is None
    assert [(line["event"], line["messages"], line["copies"]) for line in logged] == [("tidied", 0, 1)]


def test_it_is_done_once_a_day(sqlite_store: Store, archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    tidying = Tidying(keep(monkeypatch, MESSAGES="60d"), sqlite_store, archive)
    with capture_logs() as logged:
        for now in (T0, T0 + MINUTE, T0 + EVERY - MINUTE, T0 + EVERY):
            tidying.tidy(now)
    assert len(logged) == 2


def test_a_database_that_does_not_take_it_is_a_line_and_stops_nobody(
    sqlite_store: Store, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> int:
        raise StorageError("The database could not do its work.")

    monkeypatch.setattr(sqlite_store, "forget_messages", refuse)
    with capture_logs() as logged:
        Tidying(keep(monkeypatch, MESSAGES="60d"), sqlite_store, archive).tidy(T0)
    assert [(line["event"], line["log_level"]) for line in logged] == [("not tidied", "warning")]


@pytest.mark.parametrize("value", ["59d", "0", "-1d", "a year", "60 days", "99999d", "٦٠d"])
def test_too_short_a_memory_and_what_is_no_number_of_days_are_refused(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    with pytest.raises(SettingsError, match=r"INSPECTION_WATCH_KEEP_COPIES: must be “for ever” or a number of days"):
        keep(monkeypatch, COPIES=value)


def test_days_are_days(monkeypatch: pytest.MonkeyPatch) -> None:
    for value in ("400d", "400"):
        assert timedelta(days=400) == keep(monkeypatch, MESSAGES=value).INSPECTION_WATCH_KEEP_MESSAGES
