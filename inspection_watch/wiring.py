"""Which part gets what: everything that is made from settings is made here."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from importlib.metadata import version

from inspection_watch.settings import Settings
from storage.archive import Archive
from storage.engine import StorageError, open_engine, upgrade
from storage.store import Store
from watchers.fetch import Fetcher
from watchers.poll import World
from watchers.read import Reader

JITTER_SECONDS = 20.0
"""At most this much later than the plan says, so that many watchers do not knock at once."""


def now() -> datetime:
    """The one place where the time comes from."""
    return datetime.now(UTC)


def jitter(settings: Settings) -> timedelta:
    """A small delay, smaller than the gap a test or a demo polls with."""
    return timedelta(seconds=random.uniform(0, min(JITTER_SECONDS, settings.INSPECTION_WATCH_GAP * JITTER_SECONDS)))


@contextmanager
def store(settings: Settings) -> Iterator[Store]:
    """The store with its schema brought up to date. Raises `StorageError`."""
    folder = settings.INSPECTION_WATCH_STATE_DIR
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"INSPECTION_WATCH_STATE_DIR: {folder} cannot be made ({error.strerror}).") from error
    engine = open_engine(settings.database_url)
    try:
        upgrade(engine)
        yield Store(engine)
    finally:
        engine.dispose()


def fetcher(settings: Settings, wait: Callable[[float], bool]) -> Fetcher:
    return Fetcher(
        hosts=settings.hosts,
        own=settings.hosts[0],
        user_agent=user_agent(settings),
        gap=settings.INSPECTION_WATCH_GAP,
        wait=wait,
    )


def user_agent(settings: Settings) -> str:
    contact = settings.INSPECTION_WATCH_CONTACT
    return f"inspection-watch/{version('inspection-watch')}" + (f" (+{contact})" if contact else "")


@contextmanager
def world(
    settings: Settings,
    opened: Store,
    *,
    stop: threading.Event,
    progress: Callable[[int, int, str], None] = lambda _done, _total, _name: None,
) -> Iterator[World]:
    """What a poll works with; the connections and the reading child are closed at the end."""
    requests = fetcher(settings, stop.wait)
    with Reader() as reader:
        try:
            yield World(
                store=opened,
                archive=Archive(settings.INSPECTION_WATCH_STATE_DIR / "archive"),
                fetcher=requests,
                reader=reader,
                site=settings.INSPECTION_WATCH_SITE_URL,
                clock=now,
                stopping=stop.is_set,
                progress=progress,
            )
        finally:
            requests.close()
