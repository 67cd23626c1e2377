"""`inspection-watch run`: watcher, delivery and bot in one process, each in its threads, until SIGTERM or Ctrl-C."""

from __future__ import annotations

import os
import secrets
import select
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import datetime
from enum import StrEnum
from errno import EADDRINUSE
from functools import partial

import structlog

from inspection_watch import slack, wiring
from inspection_watch.health import Check, Looks, Readiness, healthz, readyz
from inspection_watch.listen import Doors, TakenError, serve
from inspection_watch.metrics import Metrics
from inspection_watch.retention import Tidying
from inspection_watch.settings import Settings, SettingsError
from storage.engine import StorageError
from storage.keeping import LEASE, on_duty
from storage.store import Store
from storage.types import Holding
from watchers import schedule
from watchers.poll import poll
from watchers.sources import LOCAL_AUTHORITIES
from watchers.world import World

log = structlog.get_logger()

GRACE_SECONDS = 3.0
"""How long threads are waited for at the end. What they leave undone is done at the next start: rows say so."""


class Part(StrEnum):
    """What can run alone. Slack comes first: where its tokens are wrong, nothing is begun."""

    DELIVER = "deliver"
    BOT = "bot"
    WATCH = "watch"


def run(settings: Settings, metrics: Metrics, only: Part | None = None) -> None:
    """Run until told to stop. Raises `SettingsError`, `SlackError`, `StorageError` or `TakenError` before it begins."""
    stop = threading.Event()
    _stop_when_told(stop)
    parts = (only,) if only else tuple(Part)
    slack.check_settings(settings, [name for part in parts for name in _TOKENS[part]])
    with ExitStack() as stack:
        stack.enter_context(wiring.alone(settings))
        store = stack.enter_context(wiring.store(settings))
        wiring.take_over(settings, store)
        readiness = _readiness(store, parts)
        doors = _doors(store, readiness, metrics)
        stack.enter_context(_listening(settings, doors))
        for part in parts:
            readiness.add(_READY[part], stack.enter_context(_PARTS[part](settings, store, doors, stop)))
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
def _watch(settings: Settings, store: Store, _doors: Doors, stop: threading.Event) -> Iterator[Check]:
    plan = schedule.parse_plan(settings.INSPECTION_WATCH_POLL)
    looks = Looks(partial(schedule.next_look, plan), wiring.now())
    with (
        wiring.world(settings, store, stop=stop, next_look=partial(schedule.next_look, plan)) as world,
        on_duty(store, Holding(name=f"watch:{LOCAL_AUTHORITIES.key}", owner=world.owner), world.clock) as standing_by,
    ):
        tidying = Tidying(settings, store, world.archive)
        scheduler = schedule.start(
            plan,
            lambda: _look(world, looks, standing_by, tidying),
            jitter=lambda: wiring.jitter(settings),
            walks=world.walks,
        )
        try:
            yield lambda: looks.overdue(wiring.now()) or _resting(store, wiring.now())
        finally:
            stop.set()
            scheduler.shutdown(wait=True)


def _look(world: World, looks: Looks, standing_by: Callable[[], datetime | None], tidying: Tidying) -> datetime | None:
    """When to look again before the plan says so. What fails is tried again; what nobody foresaw is logged whole."""
    with structlog.contextvars.bound_contextvars(poll=secrets.token_hex(4)):
        try:
            if (again_at := standing_by()) is None:
                again_at = poll(world, LOCAL_AUTHORITIES).again_at
                tidying.tidy(world.clock())
            return again_at
        except Exception as error:
            if world.stopping():
                return None
            if isinstance(error, StorageError):
                log.warning("poll failed", storage=str(error))
            else:
                log.exception("poll failed")
            return world.clock() + LEASE
        finally:
            looks.ended(world.clock())


def _resting(store: Store, now: datetime) -> str:
    """Why the source is left in peace at the moment, if it is: it gave no list, or refused us."""
    source = store.source(LOCAL_AUTHORITIES.key)
    resting = source.next_check_at is not None and source.next_check_at > now
    return source.trouble if resting else ""


def _deliver(settings: Settings, store: Store, _doors: Doors, stop: threading.Event) -> AbstractContextManager[Check]:
    return slack.delivering(settings, store, stop, wiring.now)


def _bot(settings: Settings, store: Store, doors: Doors, _stop: threading.Event) -> AbstractContextManager[Check]:
    return slack.answering(settings, store, wiring.now, doors)


_PARTS: dict[Part, Callable[[Settings, Store, Doors, threading.Event], AbstractContextManager[Check]]] = {
    Part.WATCH: _watch,
    Part.DELIVER: _deliver,
    Part.BOT: _bot,
}
"""Each runs its part while the block lasts, and gives the check that says whether it goes on."""

_READY = {Part.WATCH: "poll", Part.DELIVER: "delivery", Part.BOT: "slack"}
"""What the check of each part is called in `/readyz`."""

_TOKENS: dict[Part, tuple[str, ...]] = {
    Part.DELIVER: ("SLACK_BOT_TOKEN",),
    Part.BOT: ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"),
    Part.WATCH: (),
}


def _readiness(store: Store, parts: Iterable[Part]) -> Readiness:
    """The database, and of each part that it has not begun yet: signing in to Slack may take its time."""
    readiness = Readiness()
    readiness.add("database", lambda: _trouble(store))
    for part in parts:
        readiness.add(_READY[part], lambda: "it has not begun yet")
    return readiness


def _trouble(store: Store) -> str:
    store.source(LOCAL_AUTHORITIES.key)
    return ""


def _doors(store: Store, readiness: Readiness, metrics: Metrics) -> Doors:
    metrics.read_from(store.vitals, readiness.look)
    return Doors(get={"/healthz": healthz, "/readyz": partial(readyz, readiness), "/metrics": metrics.reply})


@contextmanager
def _listening(settings: Settings, doors: Doors) -> Iterator[None]:
    with ExitStack() as stack:
        try:
            port = stack.enter_context(serve(settings.listen, doors))
        except (OSError, UnicodeError) as error:
            where = settings.INSPECTION_WATCH_LISTEN
            reason = getattr(error, "strerror", None) or "no such host"
            kind = TakenError if getattr(error, "errno", None) == EADDRINUSE else SettingsError
            raise kind(f"INSPECTION_WATCH_LISTEN: {where} cannot be listened on ({reason}).") from error
        log.info("listening", host=settings.listen[0], port=port)
        yield
