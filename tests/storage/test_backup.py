"""A copy of a database in use, and the way back."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest

from storage.alone import NotAloneError, alone
from storage.backup import backup, restore
from storage.engine import StorageError, open_engine, upgrade, writing
from storage.store import Store
from tests.storage.examples import MINUTE, T0, URN, intent

POSTGRESQL = "postgresql+psycopg://watch:s3cr3t-pass@db.example:5433/watch?sslmode=require"


@pytest.fixture
def url(sqlite_url: str) -> str:
    remember(sqlite_url, "80573")
    return sqlite_url


def remember(url: str, urn: str) -> None:
    engine = open_engine(url)
    Store(engine).apply(intent(urn, baseline=True))
    engine.dispose()


def remembered(url: str) -> set[str]:
    engine = open_engine(url)
    found = set(Store(engine).known_authorities())
    engine.dispose()
    return found


def test_a_copy_is_the_database_as_it_was_and_one_file(url: str, tmp_path: Path) -> None:
    to = tmp_path / "copies" / "watch.copy"
    to.parent.mkdir()
    assert backup(url, to) == to
    remember(url, "80574")
    assert [path.name for path in to.parent.iterdir()] == ["watch.copy"]
    with closing(sqlite3.connect(f"{to.as_uri()}?mode=ro&immutable=1", uri=True)) as copy:
        assert copy.execute("SELECT urn FROM authorities").fetchall() == [("80573",)]


def test_a_copy_is_taken_while_somebody_writes_and_has_nothing_unfinished(url: str, tmp_path: Path) -> None:
    engine = open_engine(url)
    with writing(engine) as connection:
        connection.exec_driver_sql("INSERT INTO authorities (urn) VALUES ('80575')")
        backup(url, tmp_path / "copy")
    engine.dispose()
    assert remembered(f"sqlite:///{tmp_path}/copy") == {URN}
    assert remembered(url) == {URN, "80575"}


def test_a_copy_of_a_large_database_comes_to_an_end_however_much_is_written_meanwhile(url: str, tmp_path: Path) -> None:
    """SQLite begins a copy anew that was let go of when somebody wrote."""
    path, done, written = url.removeprefix("sqlite:///"), Event(), []
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE pages AS SELECT randomblob(67108864) AS many")

    def write() -> None:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            while not done.wait(0.002) and len(written) < 500:
                connection.execute("INSERT INTO authorities (urn) VALUES (?)", (str(len(written)),))
                written.append(None)

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        backup(url, tmp_path / "copy")
        done.set()
        writing.result()
    assert len(written) < 500, "it came to an end while somebody wrote, and not because nobody did any more"
    assert URN in remembered(f"sqlite:///{tmp_path}/copy")


def test_a_file_that_is_there_is_only_replaced_if_that_is_said(url: str, tmp_path: Path) -> None:
    to = tmp_path / "copy"
    to.write_text("something precious")
    with pytest.raises(StorageError, match="is there already, and was left as it is"):
        backup(url, to)
    assert to.read_text() == "something precious"
    backup(url, to, replace=True)
    assert remembered(f"sqlite:///{to}") == {URN}


def test_the_database_itself_is_never_the_copy(url: str) -> None:
    with pytest.raises(StorageError, match="is there already"):
        backup(url, Path(url.removeprefix("sqlite:///")), replace=True)
    assert remembered(url) == {URN}


def test_where_there_is_no_database_none_is_made_and_none_is_copied(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="nothing to copy"):
        backup(f"sqlite:///{tmp_path}/nothing.sqlite", tmp_path / "copy")
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_a_sentence(url: str, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="nowhere/copy cannot be written"):
        backup(url, tmp_path / "nowhere" / "copy")


def test_a_damaged_database_is_not_passed_off_as_a_copy(url: str, tmp_path: Path) -> None:
    damage(Path(url.removeprefix("sqlite:///")))
    with pytest.raises(StorageError, match=r"damaged|no database"):
        backup(url, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()
    assert not list(tmp_path.glob(".copy*"))


def damage(path: Path) -> None:
    """Overwrite every page but the first."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    data = path.read_bytes()
    path.write_bytes(data[:4096] + b"\x5a" * (len(data) - 4096))


def test_a_restore_brings_back_the_copy_and_keeps_what_was_there(url: str, tmp_path: Path) -> None:
    backup(url, tmp_path / "copy")
    remember(url, "80574")
    kept = restore(url, tmp_path / "copy", T0)
    assert remembered(url) == {URN}
    assert kept is not None
    assert kept.name == "watch.sqlite.before-20260820T083000"
    assert remembered(f"sqlite:///{kept}") == {URN, "80574"}
    remember(url, "80576")
    assert remembered(url) == {URN, "80576"}, "and it goes on from there"


def test_somebody_who_has_it_open_meanwhile_sees_the_restored_one(url: str, tmp_path: Path) -> None:
    backup(url, tmp_path / "copy")
    remember(url, "80574")
    engine = open_engine(url)
    assert set(Store(engine).known_authorities()) == {URN, "80574"}
    restore(url, tmp_path / "copy", T0)
    assert set(Store(engine).known_authorities()) == {URN}
    engine.dispose()


def test_a_damaged_database_gives_way_to_the_copy_and_is_kept_as_it_is(url: str, tmp_path: Path) -> None:
    backup(url, tmp_path / "copy")
    path = Path(url.removeprefix("sqlite:///"))
    path.write_bytes(b"%PDF-1.7 " * 1000)
    for left in ("-wal", "-shm"):
        path.with_name(f"{path.name}{left}").unlink(missing_ok=True)
    kept = restore(url, tmp_path / "copy", T0)
    assert remembered(url) == {URN}
    assert kept is not None
    assert kept.read_bytes().startswith(b"%PDF")


def test_a_restore_to_where_nothing_is_makes_the_database(url: str, tmp_path: Path) -> None:
    backup(url, tmp_path / "copy")
    elsewhere = f"sqlite:///{tmp_path}/elsewhere.sqlite"
    assert restore(elsewhere, tmp_path / "copy", T0) is None
    assert remembered(elsewhere) == {URN}


def test_a_restore_waits_for_no_service_but_refuses_while_it_runs(url: str, tmp_path: Path) -> None:
    backup(url, tmp_path / "copy")
    remember(url, "80574")
    with alone(url), pytest.raises(NotAloneError, match=r"in use by another inspection-watch \(process \d+\)"):
        restore(url, tmp_path / "copy", T0)
    assert remembered(url) == {URN, "80574"}


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda path: path.write_bytes(b"%PDF-1.7 " * 100), "is not a database of this program"),
        (lambda path: path.write_bytes(b""), "is not a database of this program"),
        (lambda path: damage(path), "is damaged|is not a database"),
        (lambda path: path.unlink(), "There is no file"),
    ],
)
def test_what_is_no_copy_alters_nothing(url: str, tmp_path: Path, spoil, sentence: str) -> None:  # type: ignore[no-untyped-def]
    copy = backup(url, tmp_path / "copy")
    spoil(copy)
    with pytest.raises(StorageError, match=sentence):
        restore(url, copy, T0)
    assert remembered(url) == {URN}


def test_a_copy_of_a_newer_version_is_refused_by_name(url: str, tmp_path: Path) -> None:
    copy = backup(url, tmp_path / "copy")
    with closing(sqlite3.connect(copy)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StorageError, match="schema 9999, which this version does not know"):
        restore(url, copy, T0)
    assert remembered(url) == {URN}


def test_postgresql_has_its_own_tools_and_its_password_stays_where_it_is(tmp_path: Path) -> None:
    address = r"'postgresql://watch@db.example:5433/watch\?sslmode=require'"
    with pytest.raises(StorageError, match=f"pg_dump .*{address}") as failure:
        backup(POSTGRESQL, tmp_path / "copy")
    assert "s3cr3t-pass" not in str(failure.value)
    with pytest.raises(StorageError, match=f"pg_restore .*--dbname={address}") as failure:
        restore(POSTGRESQL, tmp_path / "copy", T0)
    assert "s3cr3t-pass" not in str(failure.value)


def test_one_holds_a_sqlite_file_at_a_time_and_the_next_as_soon_as_it_ends(url: str) -> None:
    with alone(url):
        with pytest.raises(NotAloneError, match="have them share a PostgreSQL"), alone(url):
            pass
        with pytest.raises(NotAloneError), alone(url):
            pass
    with alone(url):
        pass


def test_a_postgresql_is_shared() -> None:
    with alone(POSTGRESQL), alone(POSTGRESQL):
        pass


def test_a_lock_that_cannot_be_made_is_a_sentence() -> None:
    with pytest.raises(StorageError, match="cannot be created"), alone("sqlite:////proc/watch.sqlite"):
        pass


def test_an_older_copy_is_brought_up_to_date_afterwards(tmp_path: Path) -> None:
    """What `db restore` does next: the copy of an earlier version has that version's schema."""
    older = tmp_path / "older"
    with closing(sqlite3.connect(older)) as connection, connection:
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
    url = f"sqlite:///{tmp_path}/watch.sqlite"
    restore(url, older, T0 + MINUTE)
    engine = open_engine(url)
    assert upgrade(engine).found == ""
    engine.dispose()
