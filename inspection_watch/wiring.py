"""Which part gets what: everything that is made from settings is made here."""

from __future__ import annotations

import os
import random
import secrets
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from importlib.metadata import version

import structlog

from inspection_watch.settings import Settings
from storage.alone import alone as hold_alone
from storage.archive import Archive
from storage.engine import Database, open_engine, sqlite_file, trouble_with, upgrade
from storage.store import Store
from watchers.fetch import Fetcher
from watchers.read import Reader
from watchers.schedule import parse_walks
from watchers.world import World

log = structlog.get_logger()

JITTER_SECONDS = 20.0
"""At most this much later than the plan says, so that many watchers do not knock at once."""


def now() -> datetime:
    """The one place where the time comes from."""
    return datetime.now(UTC)


def jitter(settings: Settings) -> timedelta:
    """A small delay, smaller than the gap a test or a demo polls with."""
    return timedelta(seconds=random.uniform(0, min(JITTER_SECONDS, settings.INSPECTION_WATCH_GAP * JITTER_SECONDS)))


def alone(settings: Settings) -> AbstractContextManager[None]:
    """An SQLite file has one service at a time. Raises `StorageError` that says so and what to do."""
    _state_dir(settings)
    return hold_alone(settings.database_url)


@contextmanager
def store(settings: Settings) -> Iterator[Store]:
    """The store with its schema brought up to date. Raises `StorageError`."""
    with database(settings) as engine:
        before = upgrade(engine)
        if not before.is_current:
            log.info("schema brought up to date", before=before.found, now=before.needed)
        yield Store(engine)


def take_over(settings: Settings, opened: Store) -> None:
    """Begin soon where a predecessor died: alone on an SQLite file, we need not wait until its leases end."""
    if sqlite_file(settings.database_url) is not None:
        opened.take_over(now())


@contextmanager
def database(settings: Settings) -> Iterator[Database]:
    """The database with its schema as it is, in a state directory that exists. Raises `StorageError`."""
    _state_dir(settings)
    engine = open_engine(settings.database_url)
    try:
        yield engine
    finally:
        engine.dispose()


def _state_dir(settings: Settings) -> None:
    folder = settings.INSPECTION_WATCH_STATE_DIR
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise trouble_with(error)(f"INSPECTION_WATCH_STATE_DIR: {folder} cannot be made ({error.strerror}).") from error


def fetcher(settings: Settings, wait: Callable[[float], bool]) -> Fetcher:
    return Fetcher(
        hosts=settings.hosts,
        own=settings.inside,
        user_agent=user_agent(settings),
        gap=settings.INSPECTION_WATCH_GAP,
        wait=wait,
    )


def user_agent(settings: Settings) -> str:
    contact = settings.INSPECTION_WATCH_CONTACT
    return f"inspection-watch/{version('inspection-watch')}" + (f" (+{contact})" if contact else "")


def archive(settings: Settings) -> Archive:
    """The archive of fetched documents and pages. Raises `StorageError`."""
    return Archive(settings.INSPECTION_WATCH_STATE_DIR / "archive")


def owner() -> str:
    """Who we are among all processes on one database, and where to look for us."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


@contextmanager
def world(
    settings: Settings,
    opened: Store,
    *,
    stop: threading.Event,
    progress: Callable[[int, int, str], None] = lambda _done, _total, _name: None,
    next_look: Callable[[datetime], datetime | None] = lambda _now: None,
) -> Iterator[World]:
    """What a poll works with; the connections and the reading child are closed at the end."""
    requests = fetcher(settings, stop.wait)
    with Reader() as reader:
        try:
            yield World(
                store=opened,
                archive=archive(settings),
                fetcher=requests,
                reader=reader,
                site=settings.INSPECTION_WATCH_SITE_URL,
                clock=now,
                owner=owner(),
                walks=parse_walks(settings.INSPECTION_WATCH_WALK),
                next_look=next_look,
                stopping=stop.is_set,
                progress=progress,
            )
        finally:
            requests.close()
