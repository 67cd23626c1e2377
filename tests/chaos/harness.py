"""Real processes that are killed at random moments, between a local site and a local Slack where things go wrong.

    site (here)  <--  watch, bot, deliver (processes of their own)  -->  a proxy with faults (here)  -->  local-slack
                                       |
                             a real database that is restarted

Everything random comes from one seed; what it meets does not, for processes take their own time.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import psycopg
from psycopg import sql

from inspection_watch.demo import slack as local
from inspection_watch.demo.catalogue import Publication
from inspection_watch.demo.histories import build_site
from inspection_watch.demo.site import LocalSite, Site
from judgements.authorities import REGISTRY
from storage.engine import open_engine, upgrade
from storage.store import Store
from storage.types import Intent, Subscription
from tests.chaos.disk import Disk, disk
from tests.chaos.nursery import hastened
from tests.chaos.papers import publications
from tests.chaos.verdict import Verdict, judge
from tests.counterparts import Postgres, running_postgres
from tests.slack import BINARY, Fault, People, Proxy, proxy

ROOT = Path(__file__).parent.parent.parent
MOST_YOUTH = 4.0
"""Seconds. A process this old may be killed whatever luck says of its youth."""
A_DAY_LATER = 86_400.0
"""Seconds that the program's clock is set forward at the end, so that nothing waits any more."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What shall go wrong, how often, and for how long."""

    seconds: float
    seed: int
    database: str
    """"sqlite" or "postgresql"."""
    speed: float = 8.0
    each: int = 1
    """Processes of each part, on PostgreSQL; their clocks differ by up to a minute."""
    channels: int = 8
    kill_every: float = 2.0
    publish_every: float = 4.0
    patience: float = 240.0
    """Seconds without any progress, at the end, after which nothing more is hoped for."""


@dataclass
class Counts:
    """What was done and what came of it."""

    plan: Plan
    kills: int = 0
    halts: int = 0
    exits: int = 0
    """Processes that ended by themselves, because of a fault, and were started again as a service manager would."""
    restarts: int = 0
    full_disks: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    published: int = 0
    verdict: Verdict | None = None
    left: str = ""
    """What was not done when patience ended."""
    disk: str = ""
    """How the disk was made full."""

    @property
    def is_well(self) -> bool:
        return not self.left and self.verdict is not None and self.verdict.is_well


@dataclass
class Nursery:
    """The process that starts the others; see `tests.chaos.nursery`."""

    process: subprocess.Popen[str]

    def start(self, arguments: Sequence[str], environment: Mapping[str, str]) -> int:
        """Start the program; the id of its process."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"start": arguments, "environment": environment}) + "\n")
        self.process.stdin.flush()
        return int(json.loads(self.process.stdout.readline())["pid"])


@contextmanager
def nursery(log: Path) -> Iterator[Nursery]:
    """A nursery until the end of the block; what it and the processes say is added to `log`."""
    command = [sys.executable, "-m", "tests.chaos.nursery"]
    with log.open("ab") as errors:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True, cwd=ROOT
        )
    try:
        yield Nursery(process)
    finally:
        with suppress(BrokenPipeError):
            process.communicate(timeout=20)


@dataclass
class Chaos:
    """One run."""

    plan: Plan
    counts: Counts
    nursery: Nursery
    disk: Disk
    site: Site
    people: People
    between: Proxy
    store: Store
    environment: dict[str, str]
    postgres: Postgres | None
    luck: random.Random
    epoch: float
    ahead: float = 0.0
    running: dict[str, int] = field(default_factory=dict)
    born: dict[str, float] = field(default_factory=dict)
    """When each of them was started."""
    doomed: set[int] = field(default_factory=set)
    """Processes that are killed while they send."""
    published: list[Publication] = field(default_factory=list)

    def run(self) -> None:
        """Start everything, let it go wrong until the time is over, then let it come to rest and judge."""
        stream = publications(datetime.now(UTC).date())
        self.keep_all_running()
        begun = next_publication = time.monotonic()
        next_blow = begun + self.plan.kill_every
        self.between.decide = self.fault
        while (now := time.monotonic()) < begun + self.plan.seconds:
            self.keep_all_running()
            if now >= next_publication:
                next_publication += self.plan.publish_every
                self.publish(next(stream))
            if now >= next_blow:
                next_blow = now + self.plan.kill_every * self.luck.uniform(0.2, 1.8)
                self.strike()
            time.sleep(0.02)
        self.between.decide = lambda *_: None
        self.come_to_rest()

    def publish(self, publication: Publication) -> None:
        self.site.publish(publication)
        self.published.append(publication)
        self.counts.published += 1

    @property
    def parts(self) -> Iterator[tuple[str, list[str], float]]:
        """The name, the arguments and the clock's error of each process."""
        if self.postgres is None:
            yield "run", ["run"], 0.0
            return
        for number in range(self.plan.each):
            for part in ("watch", "bot", "deliver"):
                error = 60.0 * number / (self.plan.each - 1) - 30.0 if self.plan.each > 1 else 0.0
                yield f"{part} {number}", ["run", "--only", part], error

    def keep_all_running(self) -> None:
        for name, arguments, error in self.parts:
            if name in self.running and not _is_alive(self.running[name]):
                self.counts.exits += self.running.pop(name) not in self.doomed
            if name not in self.running:
                times = {"CHAOS_EPOCH": self.epoch, "CHAOS_SPEED": self.plan.speed, "CHAOS_OFFSET": error + self.ahead}
                environment = self.environment | {key: str(value) for key, value in times.items()}
                self.running[name] = self.nursery.start(arguments, environment)
                self.born[name] = time.monotonic()

    def strike(self) -> None:
        (blow,) = self.luck.choices((self.kill, self.halt, self.restart_database, self.fill_disk), (80, 10, 5, 5))
        blow()

    def kill(self) -> None:
        name = self.luck.choice(sorted(self.running))
        if time.monotonic() - self.born[name] < self.luck.uniform(0, MOST_YOUTH):
            return  # a process that is always killed while it starts is killed at no other moment
        _kill(self.running.pop(name))
        self.counts.kills += 1

    def halt(self) -> None:
        """A process that stands still for a while, sometimes for longer than its leases."""
        pid = self.running[self.luck.choice(sorted(self.running))]
        longest = 200 / self.plan.speed if self.luck.random() < 0.2 else 2.0
        self.counts.halts += 1
        _stop(pid, signal.SIGSTOP)
        threading.Timer(self.luck.uniform(0.1, longest), _stop, (pid, signal.SIGCONT)).start()

    def restart_database(self) -> None:
        """A process of the server is killed: it ends all connections and recovers from its log."""
        if self.postgres is None:
            return self.kill()
        try:
            with psycopg.connect(f"postgresql://postgres@/postgres?host={self.postgres.sockets}") as connection:
                find = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'"
                row = connection.execute(sql.SQL(find)).fetchone()
        except psycopg.OperationalError:
            return None  # it is recovering from the last time
        if row:
            _kill(row[0])
            self.counts.restarts += 1
        return None

    def fill_disk(self) -> None:
        if not self.disk.own:
            return self.kill()
        self.counts.full_disks += 1
        self.disk.fill()
        until = time.monotonic() + self.luck.uniform(0.3, 2.0)
        while time.monotonic() < until:
            if self.luck.random() < 0.2:
                self.kill()  # what cannot be written is not written by the next process either
            self.keep_all_running()
            time.sleep(0.1)
        self.disk.free()
        return None

    def fault(self, method: str, _who: str) -> Fault | None:
        if method.startswith(("auth.", "apps.")) or self.luck.random() > 0.4:
            return None
        name = self.luck.choice(tuple(FAULTS))
        if name == KILLED and (method != "chat.postMessage" or not self.kill_sender()):
            return None
        self.counts.faults[name] += 1
        return FAULTS[name]

    def kill_sender(self) -> bool:
        """Kill whoever may have sent this, once Slack has it and before the answer is there."""
        senders = [pid for name, pid in list(self.running.items()) if name.startswith(("run", "deliver"))]
        if len(senders) == 1:
            threading.Timer(0.1, _stop, (senders[0], signal.SIGKILL)).start()
            self.counts.kills += 1
            self.doomed.update(senders)
        return len(senders) == 1

    def come_to_rest(self) -> None:
        """Nothing goes wrong any more, and a day passes; then everything is done, or never will be."""
        self.ahead = A_DAY_LATER
        for name in list(self.running):
            _kill(self.running.pop(name))
        # A channel that was closed for long is owed hundreds of messages, one a second: patience is for standing still.
        left, since = "", time.monotonic()
        while time.monotonic() < since + self.plan.patience:
            self.keep_all_running()
            self.counts.left = self.left()
            if not self.counts.left:
                break
            if self.counts.left != left:
                left, since = self.counts.left, time.monotonic()
            time.sleep(0.1)
        for name in list(self.running):
            _kill(self.running.pop(name))
        files = [one.file_id for one in self.published]
        self.counts.verdict = judge(self.store._engine, self.channels, files, self.people.messages)

    def left(self) -> str:
        """What is not done yet; "" if nothing is."""
        now = datetime.fromtimestamp(hastened(time.time(), self.epoch, self.plan.speed, self.ahead), UTC)
        known = {
            document.listing.file_id
            for urn in {one.urn for one in self.published}
            for document in self.store.history(urn)
        }
        unknown = {one.file_id for one in self.published} - known
        waiting = len(self.store.waiting_changes(999, now))
        coverage = self.store.coverage()
        if unknown or waiting or coverage.waiting:
            return f"{len(unknown)} reports not found, {waiting} changes not told, {coverage.waiting} messages not sent"
        return ""

    @property
    def channels(self) -> list[str]:
        return [_channel(number) for number in range(self.plan.channels)]


KILLED = "killed after accepting"
FAULTS = {
    "429": Fault(status=429, error="ratelimited", headers=(("Retry-After", "3"),)),
    "500": Fault(status=500),
    "500 after accepting": Fault(status=500, accepted=True),
    "cut": Fault(),
    "cut after accepting": Fault(accepted=True),
    "time-out after accepting": Fault(accepted=True, after=2.0),
    "slow": Fault(status=200, accepted=True, after=0.4),
    "archived": Fault(status=200, error="is_archived"),
    KILLED: Fault(accepted=True, after=1.0),
}


def _channel(number: int) -> str:
    return f"C{number:04d}CHAOS"


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _kill(pid: int) -> None:
    _stop(pid, signal.SIGKILL)
    while _is_alive(pid):  # until its locks are free
        time.sleep(0.005)


def _stop(pid: int, how: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, how)


def chaos(plan: Plan, log: Path) -> Counts:
    """Do it; what the processes say is added to `log`."""
    counts = Counts(plan=plan)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="inspection-watch-chaos-")))
        small = stack.enter_context(disk(folder))
        counts.disk = "a small tmpfs" if small.own else "(not permitted here)"
        born = stack.enter_context(nursery(log))
        site = build_site(0)
        address = stack.enter_context(LocalSite(site))
        channels = [_channel(number) for number in range(plan.channels)]
        with patch.dict(local.WORKSPACE, channels=_rooms(channels)):
            slack = stack.enter_context(local.running(BINARY))
        between = stack.enter_context(proxy(slack))
        postgres = stack.enter_context(_sound_postgres()) if plan.database == "postgresql" else None
        url = postgres.create("chaos") if postgres else f"sqlite:///{folder}/watch.sqlite"
        engine = open_engine(url)
        stack.callback(engine.dispose)
        upgrade(engine)
        store = Store(engine)
        epoch = time.time()
        _begin(store, channels, datetime.fromtimestamp(epoch, UTC))
        run = Chaos(
            plan=plan,
            counts=counts,
            nursery=born,
            disk=small,
            site=site,
            people=People(slack),
            between=between,
            store=store,
            environment={
                "SLACK_API_URL": between.api_url,
                "SLACK_BOT_TOKEN": slack.bot_token,
                "SLACK_APP_TOKEN": slack.app_token,
                "INSPECTION_WATCH_SITE_URL": address,
                "INSPECTION_WATCH_FILE_HOSTS": address.removeprefix("http://"),
                "INSPECTION_WATCH_DATABASE_URL": url,
                "INSPECTION_WATCH_STATE_DIR": str(folder),
                "INSPECTION_WATCH_POLL": "every 1s",
                "INSPECTION_WATCH_GAP": "0",
                "INSPECTION_WATCH_LISTEN": "127.0.0.1:0",
            },
            postgres=postgres,
            luck=random.Random(plan.seed),
            epoch=epoch,
        )
        try:
            run.run()
        finally:
            for pid in run.running.values():
                _kill(pid)
    return counts


@contextmanager
def _sound_postgres() -> Iterator[Postgres]:
    """A server that loses nothing it has said it has, as the tests' own may."""
    with running_postgres() as postgres:
        for statement in ("ALTER SYSTEM SET synchronous_commit = on", "SELECT pg_reload_conf()"):
            postgres.execute(sql.SQL(statement))
        yield postgres


def _rooms(channels: Sequence[str]) -> list[dict[str, object]]:
    members = [local.ALICE, local.BOB, local.BOT_USER]
    return [{"id": channel, "name": channel.lower(), "members": members} for channel in channels]


def _begin(store: Store, channels: Sequence[str], now: datetime) -> None:
    """Every authority has been seen with an empty page, and every channel is subscribed to all of them."""
    for authority in REGISTRY.current:
        store.apply(Intent(urn=authority.urn, now=now, latest_report=None, baseline=True))
    wishes = [
        Subscription(team=local.TEAM, channel=channel, scope="england", created_by=local.ALICE, created_at=now)
        for channel in channels
    ]
    store.put_subscriptions(wishes)
