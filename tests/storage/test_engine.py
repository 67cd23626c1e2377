"""Databases that cannot be opened, and transactions."""

from __future__ import annotations

import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, Event

import pytest
from psycopg import sql
from sqlalchemy import Engine, insert, select, text

from storage.engine import _MIGRATION_LOCK, StorageError, open_engine, reading, upgrade, writing
from storage.rows import columns_of
from storage.schema import authorities, documents
from storage.store import Store
from tests.counterparts import Postgres
from tests.storage.examples import document, listing

PASSWORD = "s3cr3t-pass"

HOPELESS = {
    "": "is not the address of a database",
    PASSWORD: "is not the address of a database",
    f"postgresql+psycopg://watch:{PASSWORD}@127.0.0.1:port/watch": "is not the address of a database",
    f"mysql://watch:{PASSWORD}@127.0.0.1/watch": 'begins with "mysql:"',
    f"postgresql://watch:{PASSWORD}@127.0.0.1/watch": r"Write .* or postgresql\+psycopg://",
    f"postgresql+psycopg://watch:{PASSWORD}@127.0.0.1:1/watch": "does not let us into the database watch at 127.0.0.1",
    f"postgresql+psycopg://watch@/watch?host=/nowhere&password={PASSWORD}": "at /nowhere",
    f"postgresql+psycopg://watch:{PASSWORD}@/watch?host=/nowhere&options={PASSWORD}": "at /nowhere",
    f"postgresql+psycopg://watch:half@{PASSWORD}@127.0.0.1:1/watch": 'Write each "@" in it as "%40"',
    "sqlite://": "names no file",
    "sqlite:///:memory:": "names no file",
    "sqlite:////proc/watch.sqlite": "cannot be opened .* may write to it and its directory",
    "sqlite:////proc/nowhere/watch.sqlite": "The directory /proc/nowhere for the database does not exist",
}


@pytest.mark.parametrize(("url", "sentence"), HOPELESS.items())
def test_a_database_that_cannot_be_opened_is_named_with_what_to_do_and_without_its_password(
    url: str, sentence: str
) -> None:
    with pytest.raises(StorageError, match=sentence) as failure:
        open_engine(url)
    assert "INSPECTION_WATCH_DATABASE_URL" in str(failure.value)
    assert PASSWORD not in str(failure.value)
    assert not any(PASSWORD in line for line in traceback.format_exception(failure.value))


@pytest.mark.postgres
def test_a_password_that_the_server_repeats_is_not_passed_on(postgres: Postgres) -> None:
    """Somebody put the password where the user's name belongs, too."""
    url = postgres.url("postgres").replace("postgres@", f"{PASSWORD}:{PASSWORD}@")
    with pytest.raises(StorageError, match=r'role "\*\*\*" does not exist'):
        open_engine(url)


def test_a_file_that_is_no_database_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "watch.sqlite"
    path.write_bytes(b"%PDF-1.7 " * 100)
    with pytest.raises(StorageError, match="file is not a database"):
        open_engine(f"sqlite:///{path}")


def test_the_directory_of_a_sqlite_file_is_not_made_for_who_mistyped_it(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="Create it, or name another file"):
        open_engine(f"sqlite:///{tmp_path}/a/b/watch.sqlite")
    assert list(tmp_path.iterdir()) == []


def test_sqlite_keeps_a_write_ahead_log_and_checks_foreign_keys(sqlite_store: Store, sqlite_url: str) -> None:
    engine = open_engine(sqlite_url)
    with reading(engine) as connection:
        assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1
        assert connection.scalar(text("PRAGMA busy_timeout")) == 30_000
    engine.dispose()


def test_a_new_sqlite_file_may_be_opened_by_two_at_the_same_time(tmp_path: Path) -> None:
    together = Barrier(2)

    def start(turn: int) -> None:
        together.wait()
        open_engine(f"sqlite:///{tmp_path}/{turn}.sqlite").dispose()

    with ThreadPoolExecutor(2) as pool:
        starts = [pool.submit(start, turn // 2) for turn in range(80)]
    assert {opened.result() for opened in starts} == {None}


def test_a_document_of_an_authority_that_is_not_there_is_a_bug_and_not_a_sentence(engine: Engine) -> None:
    orphan = columns_of(documents, document(listing()), listing())
    with pytest.raises(Exception, match=r"(?i)foreign key") as failure, writing(engine) as connection:
        connection.execute(insert(documents).values(orphan))
    assert listing().title not in str(failure.value), (
        "an error may be logged, and what people wrote does not belong there"
    )


def test_a_transaction_that_fails_leaves_nothing_behind(engine: Engine) -> None:
    def begin_and_fail() -> None:
        with writing(engine) as connection:
            connection.execute(insert(authorities).values(urn="80573"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        begin_and_fail()
    with reading(engine) as connection:
        assert connection.execute(select(authorities)).all() == []


def test_a_reader_waits_for_no_writer(engine: Engine) -> None:
    with writing(engine) as writer:
        writer.execute(insert(authorities).values(urn="80573"))
        with reading(engine) as reader:
            assert reader.execute(select(authorities)).all() == []


def test_sqlite_without_tables_says_so_in_a_sentence(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/watch.sqlite")
    with pytest.raises(StorageError, match=r"could not do its work .*no such table"):
        Store(engine).coverage()
    engine.dispose()


@pytest.mark.postgres
def test_a_user_who_may_make_no_tables_is_told_what_to_do(postgres: Postgres) -> None:
    url = postgres.create("guarded").replace("postgres@", f"visitor:{PASSWORD}@")
    postgres.execute(sql.SQL("CREATE ROLE visitor LOGIN"))
    postgres.execute(sql.SQL("REVOKE CREATE ON SCHEMA public FROM PUBLIC"), database="guarded")
    engine = open_engine(url)
    with pytest.raises(StorageError, match=r"permission denied for schema public.* may create tables") as failure:
        upgrade(engine)
    assert PASSWORD not in str(failure.value)
    engine.dispose()


@pytest.mark.postgres
def test_a_database_that_may_only_be_read_is_told_from_a_bug(postgres: Postgres) -> None:
    url = postgres.create("readonly")
    postgres.execute(sql.SQL("ALTER DATABASE readonly SET default_transaction_read_only = on"))
    engine = open_engine(url)
    with pytest.raises(StorageError, match=r"read-only transaction.* may create tables and write"):
        upgrade(engine)
    engine.dispose()


@pytest.mark.postgres
def test_a_start_does_not_wait_for_ever_for_another_one_that_hangs(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.engine._PATIENCE_SECONDS", 0.05)
    url = postgres.create("contended")
    hanging, late = open_engine(url), open_engine(url)
    with writing(hanging) as connection:
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})"))
        with pytest.raises(StorageError, match=r"lock timeout.* Another program .* end it"):
            upgrade(late)
    upgrade(late)
    for engine in (hanging, late):
        engine.dispose()


def test_a_sqlite_file_that_somebody_keeps_locked_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.engine._PATIENCE_SECONDS", 0.05)
    hanging, late = (open_engine(f"sqlite:///{tmp_path}/watch.sqlite") for _ in range(2))
    with writing(hanging), pytest.raises(StorageError, match=r"database is locked.* Another program .* end it"):
        upgrade(late)
    for engine in (hanging, late):
        engine.dispose()


@pytest.mark.postgres
def test_one_that_is_frozen_in_the_middle_of_its_work_does_not_keep_the_others_from_theirs(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.engine._IDLE_SECONDS", 0.2)
    url = postgres.create("frozen")
    frozen, other = open_engine(url), open_engine(url)
    upgrade(other)

    def freeze_in_the_middle() -> None:
        with writing(frozen) as connection:
            connection.execute(insert(authorities).values(urn="80573"))
            with writing(other) as another:
                another.execute(insert(authorities).values(urn="80573"))
            connection.execute(select(authorities))

    with pytest.raises(StorageError, match="what had been begun was undone"):
        freeze_in_the_middle()
    assert Store(other).coverage().authorities_known == 1
    for engine in (frozen, other):
        engine.dispose()


@pytest.mark.postgres
def test_nobody_waits_for_ever_for_what_another_one_holds(postgres: Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.engine._PATIENCE_SECONDS", 0.05)
    url = postgres.create("held")
    holder, other = open_engine(url), open_engine(url)
    upgrade(other)
    with writing(holder) as connection:
        connection.execute(insert(authorities).values(urn="80573"))
        with pytest.raises(StorageError, match=r"lock timeout.* Another program .* end it"), writing(other) as late:
            late.execute(insert(authorities).values(urn="80573"))
    for engine in (holder, other):
        engine.dispose()


@pytest.mark.postgres
def test_whoever_only_reads_may_take_his_time_over_what_he_has_read(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.engine._IDLE_SECONDS", 0.05)
    engine = open_engine(postgres.create("read"))
    with reading(engine) as connection:
        connection.execute(text("SELECT 1"))
        Event().wait(0.3)
        assert connection.scalar(text("SELECT 2")) == 2
    engine.dispose()


@pytest.mark.postgres
def test_a_line_to_a_server_that_is_gone_is_given_up_within_half_a_minute_unless_the_address_says_otherwise(
    postgres: Postgres,
) -> None:
    url = postgres.create("lines")
    assert {name: said_to_the_server(url)[name] for name in LINE} == LINE
    assert said_to_the_server(f"{url}&keepalives_idle=99")["keepalives_idle"] == "99"


def said_to_the_server(url: str) -> dict[str, str]:
    """What is asked for when the line is opened."""
    engine = open_engine(url)
    with engine.connect() as connection:
        asked = dict(connection.connection.driver_connection.info.get_parameters())  # type: ignore[union-attr]
    engine.dispose()
    return asked


LINE = {
    "connect_timeout": "10",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "20000",
}


@pytest.mark.postgres
def test_a_connection_that_is_cut_is_a_sentence_and_the_next_work_is_done(
    postgres: Postgres, postgresql_url: str
) -> None:
    engine = open_engine(postgresql_url)

    def cut() -> None:
        postgres.execute(sql.SQL("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'watch'"))

    def read_while_it_is_cut() -> None:
        with reading(engine) as connection:
            cut()
            connection.execute(select(authorities))

    with pytest.raises(StorageError, match="could not do its work"):
        read_while_it_is_cut()
    assert Store(engine).coverage().authorities_known == 0
    cut()
    assert Store(engine).coverage().authorities_known == 0
    engine.dispose()


def test_a_newer_schema_is_refused_by_name(blank_url: str) -> None:
    engine = open_engine(blank_url)
    upgrade(engine)
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for refused in (lambda: open_engine(blank_url), lambda: upgrade(engine)):
        with pytest.raises(StorageError, match=r"schema 9999, .* newer .* Install that version"):
            refused()
    engine.dispose()


@pytest.mark.postgres
def test_a_reading_opens_no_transaction_in_postgresql_and_a_writing_does(postgresql_url: str) -> None:
    """It would be two more turns to a database that may be far away. There, `now()` is when the transaction began."""
    engine = open_engine(postgresql_url)
    with reading(engine) as connection:
        assert connection.scalar(text("SELECT now()")) < connection.scalar(text("SELECT now()"))
    with writing(engine) as connection:
        assert connection.scalar(text("SELECT now()")) == connection.scalar(text("SELECT now()"))
    engine.dispose()
