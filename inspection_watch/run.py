"""`inspection-watch run`: watcher, delivery and bot in one process, each in its threads, until SIGTERM or Ctrl-C."""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import datetime
from enum import StrEnum

import structlog

from inspection_watch import health, slack, wiring
from inspection_watch.settings import Settings, SettingsError
from storage.engine import StorageError
from storage.store import Store
from watchers import schedule
from watchers.poll import LEASE, World, poll
from watchers.sources import LOCAL_AUTHORITIES

log = structlog.get_logger()

GRACE_SECONDS = 3.0
"""How long threads are waited for at the end. What they leave undone is done at the next start: rows say so."""


class Part(StrEnum):
    """What can run alone. Slack comes first: where its tokens are wrong, nothing is begun."""

    DELIVER = "deliver"
    BOT = "bot"
    WATCH = "watch"


def run(settings: Settings, only: Part | None = None) -> None:
    """Run until told to stop. Raises `SettingsError`, `SlackError` or `StorageError` before it begins."""
    stop = threading.Event()
    _stop_when_told(stop)
    parts = (only,) if only else tuple(Part)
    slack.check_settings(settings, [name for part in parts for name in _TOKENS[part]])
    with ExitStack() as stack:
        store = stack.enter_context(wiring.store(settings))
        stack.enter_context(_health(settings, store))
        for part in parts:
            stack.enter_context(_PARTS[part](settings, store, stop))
        log.info("running", parts=parts)
        stop.wait()
    log.info("stopped")


def _stop_when_told(stop: threading.Event) -> None:
    """SIGTERM or Ctrl-C sets `stop`; what hangs then is cut off after the grace, or at once if we are told again.

    A thread of its own hears it, from the pipe that the interpreter writes signals to: the main thread may be waiting
    for Slack's first answer, and runs no handler while it waits for a name server. Nothing is lost by the cut.
    """
    told, telling = os.pipe()
    os.set_blocking(telling, False)
    signal.set_wakeup_fd(telling)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)

    def leave() -> None:
        os.read(told, 1)
        stop.set()
        select.select([told], [], [], GRACE_SECONDS)
        log.warning("stopped without waiting for a request that hangs")
        sys.stderr.flush()
        os._exit(0)

    threading.Thread(target=leave, name="leave", daemon=True).start()


@contextmanager
def _watch(settings: Settings, store: Store, stop: threading.Event) -> Iterator[None]:
    plan = schedule.parse_plan(settings.INSPECTION_WATCH_POLL)
    with wiring.world(settings, store, stop=stop) as world:
        scheduler = schedule.start(plan, lambda: _look(world), jitter=lambda: wiring.jitter(settings))
        try:
            yield
        finally:
            stop.set()
            scheduler.shutdown(wait=True)


def _look(world: World) -> datetime | None:
    """When to look again before the plan says so. A failure nobody foresaw is logged whole and tried again."""
    try:
        return poll(world, LOCAL_AUTHORITIES).again_at
    except Exception:
        if world.stopping():
            return None
        log.exception("poll failed")
        return world.clock() + LEASE


def _deliver(settings: Settings, store: Store, stop: threading.Event) -> AbstractContextManager[None]:
    return slack.delivering(settings, store, stop, wiring.now)


def _bot(settings: Settings, store: Store, _stop: threading.Event) -> AbstractContextManager[None]:
    return slack.answering(settings, store, wiring.now)


_PARTS: dict[Part, Callable[[Settings, Store, threading.Event], AbstractContextManager[None]]] = {
    Part.WATCH: _watch,
    Part.DELIVER: _deliver,
    Part.BOT: _bot,
}


_TOKENS: dict[Part, tuple[str, ...]] = {
    Part.DELIVER: ("SLACK_BOT_TOKEN",),
    Part.BOT: ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"),
    Part.WATCH: (),
}


@contextmanager
def _health(settings: Settings, store: Store) -> Iterator[None]:
    with ExitStack() as stack:
        try:
            stack.enter_context(health.serve(settings.listen, lambda: _trouble(store)))
        except (OSError, UnicodeError) as error:
            where = settings.INSPECTION_WATCH_LISTEN
            reason = getattr(error, "strerror", None) or "no such host"
            raise SettingsError(f"INSPECTION_WATCH_LISTEN: {where} cannot be listened on ({reason}).") from error
        yield


def _trouble(store: Store) -> str:
    try:
        store.coverage()
    except StorageError as error:
        return str(error)
    return ""
