"""Real processes that are killed at random moments, between a local site and a local Slack where things go wrong.

    site (here)  <--  watch, bot, deliver (processes of their own)  -->  a proxy with faults (here)  -->  local-slack
                                       |
                             a real database that is restarted

Everything random comes from one seed; what it meets does not, for processes take their own time.
"""

from __future__ import annotations

import json
import math
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import psycopg
from psycopg import sql
from sqlalchemy import select

from inspection_watch.demo import slack as local
from inspection_watch.demo.catalogue import Publication
from inspection_watch.demo.histories import build_site
from inspection_watch.demo.site import LocalSite, Site
from judgements.authorities import REGISTRY
from storage.engine import StorageError, open_engine, reading, upgrade
from storage.schema import leases
from storage.store import Store
from storage.types import Intent, KnownDocument
from tests.chaos import moments, plays
from tests.chaos.channels import Channel, Minds, channels, wishes
from tests.chaos.disk import Disk, disk
from tests.chaos.nursery import hastened
from tests.chaos.papers import OF_ONE, corrected, publications
from tests.chaos.plays import Found
from tests.chaos.verdict import Verdict, judge
from tests.counterparts import Postgres, running_postgres
from tests.slack import BINARY, Fault, People, Proxy, proxy

ROOT = Path(__file__).parent.parent.parent
MOST_YOUTH = 4.0
"""Seconds. A process this old may be killed whatever luck says of its youth."""
INTERVAL = 60.0
"""Seconds from one play to the next."""
MOST_EXTRA = 15.0
"""Seconds that a run may take longer until everything has gone wrong at least once."""
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
    """Seconds between two blows, on average; 0: only the plays are played."""
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
    plays: int = 0
    """How often processes slept through their leases at the worst of moments."""
    faults: Counter[str] = field(default_factory=Counter)
    published: int = 0
    replaced: int = 0
    withdrawn: int = 0
    takeovers: list[float] = field(default_factory=list)
    """How long it took, by the program's clock, until another process had taken over."""
    not_taken_over: list[str] = field(default_factory=list)
    verdict: Verdict | None = None
    left: str = ""
    """What was not done when patience ended."""
    disk: str = ""
    """How the disk was made full."""

    @property
    def is_well(self) -> bool:
        return not self.left and not self.not_taken_over and self.verdict is not None and self.verdict.is_well


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
    orders: Path
    postgres: Postgres | None
    channels: list[Channel]
    luck: random.Random
    epoch: float
    ahead: float = 0.0
    running: dict[str, int] = field(default_factory=dict)
    born: dict[str, float] = field(default_factory=dict)
    """When each of them was started."""
    doomed: set[int] = field(default_factory=set)
    """Processes that are killed while they send, or at a moment that was ordered."""
    spared: set[int] = field(default_factory=set)
    """Processes that are not killed just now: what they have said too late, nobody else could take back."""
    asleep: set[int] = field(default_factory=set)
    """Processes that were halted and are woken by whoever halted them."""
    published: list[Publication] = field(default_factory=list)
    withdrawn: set[str] = field(default_factory=set)
    scripted: deque[str] = field(default_factory=deque)
    """What goes wrong next when something is posted, whatever luck says."""
    dealt: list[str] = field(default_factory=list)
    worst: list[tuple[str, bool]] = field(default_factory=list)
    """The moments at which processes still have to halt, or (True) die."""
    blows: list[Callable[[], object]] = field(default_factory=list)
    on_stage: threading.Event = field(default_factory=threading.Event)
    at_once: threading.RLock = field(default_factory=threading.RLock)
    """Plays publish, halt and wake in a thread of their own."""

    def run(self) -> None:
        """Start everything, let it go wrong until the time is over, then let it come to rest and judge."""
        self.stream = publications(datetime.now(UTC).date())
        minds = Minds(self.channels[-1], self.store, self.now)
        self.keep_all_running()
        self.between.decide = self.fault
        acting = threading.Thread(target=self.play)
        acting.start()
        begun = time.monotonic()
        events: list[tuple[Callable[[], object], Callable[[], float]]] = [
            (self.publish_next, lambda: self.plan.publish_every),
            (self.amend, lambda: 2.5 * self.plan.publish_every),
            (minds.change, lambda: 1.5 * self.plan.publish_every),
            (self.strike, lambda: self.plan.kill_every * self.luck.uniform(0.2, 1.8)),
        ]
        due = [begun, *(begun + pause() for _, pause in events[1:])]
        if not self.plan.kill_every:
            due[-1] = math.inf
        while (now := time.monotonic()) < begun + self.plan.seconds or acting.is_alive() or self.is_missed(now - begun):
            self.keep_all_running()
            for number, (happen, pause) in enumerate(events):
                if due[number] <= now:
                    due[number] = now + pause()
                    happen()
            time.sleep(0.02)
        self.between.decide = lambda *_: None
        for path in self.orders.iterdir():
            path.unlink(missing_ok=True)
        self.come_to_rest(minds)

    def is_missed(self, seconds: float) -> bool:
        """Whether something has not gone wrong yet that ought to in every run, and may still."""
        if not self.plan.kill_every or seconds > self.plan.seconds + MOST_EXTRA:
            return False
        counts = self.counts
        done = (counts.kills > 1, counts.halts, counts.restarts or not self.postgres, counts.replaced, counts.withdrawn)
        return not all(done) or self.is_first_pack

    def now(self) -> datetime:
        """What the program's clock shows."""
        return datetime.fromtimestamp(hastened(time.time(), self.epoch, self.plan.speed, self.ahead), UTC)

    def publish_next(self) -> Publication:
        with self.at_once:
            publication = next(self.stream)
            self.site.publish(publication)
            self.published.append(publication)
            self.counts.published += 1
            return publication

    def amend(self) -> None:
        """Replace a report by one that reads otherwise, each once; and take one off the site, once there are more."""
        with self.at_once:
            left = [one for one in self.published if callable(one.body) and one.file_id not in self.withdrawn]
            if not self.withdrawn and self.may_withdraw():
                file_id = self.published[OF_ONE - 2].file_id
                self.withdrawn.add(file_id)
                self.site.withdraw(file_id)
                self.counts.withdrawn += 1
            elif left:
                old = self.luck.choice(left)
                new = replace(old, body=corrected(old))
                self.published[self.published.index(old)] = new
                self.site.publish(new)
                self.counts.replaced += 1

    def may_withdraw(self) -> bool:
        """Whether all the reports of the first authority have been found: what was never seen is not missed."""
        first = {one.file_id for one in self.published[:OF_ONE]}
        with suppress(StorageError):
            return len(first) == OF_ONE and first <= set(self.found())
        return False

    @property
    def parts(self) -> Iterator[tuple[str, list[str], float]]:
        """The name, the arguments and the clock's error of each process."""
        if self.postgres is None:
            yield "run", ["run"], 0.0
            return
        for number in range(self.plan.each):
            for part in ("watch", "bot", "deliver"):
                error = 60.0 * number / (self.plan.each - 1) - 30.0 if self.plan.each > 1 else 0.0
                yield f"{part}-{number}", ["run", "--only", part], error

    def keep_all_running(self) -> None:
        with self.at_once:
            for name, arguments, error in self.parts:
                if name in self.running and not _is_alive(self.running[name]):
                    self.counts.exits += self.running.pop(name) not in self.doomed
                if name not in self.running:
                    self.running[name] = self.start(name, arguments, error)
                    self.born[name] = time.monotonic()

    def start(self, name: str, arguments: Sequence[str], error: float) -> int:
        own = {
            "CHAOS_EPOCH": self.epoch,
            "CHAOS_SPEED": self.plan.speed,
            "CHAOS_OFFSET": error + self.ahead,
            # Each process speaks to Slack at an address of its own, so that it is known who says something.
            "SLACK_API_URL": f"{self.between.url}/{name}/api/",
        }
        return self.nursery.start(arguments, self.environment | {key: str(value) for key, value in own.items()})

    def strike(self) -> None:
        """The next blow of the pack, which is shuffled anew when it is used up: so none is left out for long.

        Nobody strikes before everything has gone wrong at Slack once, for that takes somebody who sends; nor while a
        play is on, for it is measured how soon the others take over.
        """
        if self.on_stage.is_set() or self.is_first_pack:
            return
        if not self.blows:
            restart = self.restart_database if self.postgres else self.fill_disk
            rest = [self.kill, self.kill, self.ambush, self.ambush, self.fill_disk if self.disk.own else self.kill]
            self.luck.shuffle(rest)
            self.blows = [*rest, self.kill, restart, self.halt, self.ambush]
        self.blows.pop()()

    def candidates(self) -> list[str]:
        """Who may be struck: nobody who stands still already, for whoever halted it counts on it."""
        return sorted(name for name, pid in self.running.items() if pid not in self.asleep)

    def kill(self) -> None:
        with self.at_once:
            if not (names := self.candidates()):
                return
            name = self.luck.choice(names)
            if time.monotonic() - self.born[name] < self.luck.uniform(0, MOST_YOUTH):
                return  # a process that is always killed while it starts is killed at no other moment
            _kill(self.running.pop(name))
            self.counts.kills += 1

    def ambush(self) -> None:
        """Whoever comes next to one of the moments dies there, or stands still for a while."""
        if not self.worst:
            free = [one for one in moments.ALL if self.plan.each == 1 or one not in plays.MOMENTS]
            self.worst = [(one, deadly) for one in free for deadly in (True, False) if one != moments.TELLING]
            self.luck.shuffle(self.worst)
            self.worst.append((moments.TELLING, True))
        moment, deadly = self.worst.pop()
        order = moments.order(self.orders, moment, signal.SIGSTOP)
        threading.Thread(target=self.lie_in_wait, args=(order, deadly, self.luck.uniform(0.1, 2.0))).start()

    def lie_in_wait(self, order: Path, deadly: bool, seconds: float) -> None:
        if (taken := self.wait_for(lambda: moments.taken(order))) is None:
            order.unlink(missing_ok=True)
            return
        if deadly and taken.pid not in self.spared:
            self.doomed.add(taken.pid)
            _stop(taken.pid, signal.SIGKILL)
            self.counts.kills += 1
        else:
            self.halt_one(taken.pid)
            time.sleep(seconds)
        self.wake(taken.pid)

    def halt(self) -> None:
        """A process that stands still for a while, sometimes for longer than its leases."""
        with self.at_once:
            if not (names := self.candidates()):
                return
            pid = self.running[self.luck.choice(names)]
            self.halt_one(pid)
        longest = 300 / self.plan.speed if self.luck.random() < 0.2 else 2.0
        threading.Timer(self.luck.uniform(0.1, longest), self.wake, (pid,)).start()

    def halt_one(self, pid: int) -> None:
        self.counts.halts += 1
        self.asleep.add(pid)
        _stop(pid, signal.SIGSTOP)

    def wake(self, pid: int) -> None:
        self.asleep.discard(pid)
        _stop(pid, signal.SIGCONT)

    def restart_database(self) -> None:
        """A process of the server is killed: it ends all connections and recovers from its log."""
        assert self.postgres is not None
        try:
            with psycopg.connect(f"postgresql://postgres@/postgres?host={self.postgres.sockets}") as connection:
                find = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'"
                row = connection.execute(sql.SQL(find)).fetchone()
        except psycopg.OperationalError:
            return  # it is recovering from the last time
        if row:
            _kill(row[0])
            self.counts.restarts += 1

    def fill_disk(self) -> None:
        if not self.disk.own:
            return self.kill()
        self.counts.full_disks += 1
        self.disk.fill()
        until = time.monotonic() + self.luck.uniform(0.3, 1.0)
        while time.monotonic() < until:
            if self.luck.random() < 0.2:
                self.kill()  # what cannot be written is not written by the next process either
            self.keep_all_running()
            time.sleep(0.1)
        self.disk.free()
        return None

    def fault(self, method: str, who: str) -> Fault | None:
        """What goes wrong with this call: of a pack that is shuffled anew when it is used up."""
        if method.startswith(("auth.", "apps.")):
            return None
        if self.scripted and method == "chat.postMessage":
            return self.told(self.scripted.popleft())
        if not self.plan.kill_every or (self.luck.random() > 0.4 and not self.is_first_pack):
            return None
        if not self.dealt:
            self.dealt = list(FAULTS)
            self.luck.shuffle(self.dealt)
            if self.is_first_pack:  # after these nothing is said for a while
                self.dealt.sort(key=LASTING.__contains__, reverse=True)
        if method != "chat.postMessage" and self.dealt[-1] not in ANYWHERE:
            return None  # what matters most happens to what matters most
        if self.dealt[-1] == KILLED and self.running.get(who) in self.spared:
            return None
        name = self.dealt.pop()
        if name == KILLED:
            self.kill_sender(who)
        return self.told(name)

    def told(self, name: str) -> Fault:
        self.counts.faults[name] += 1
        return FAULTS[name]

    @property
    def is_first_pack(self) -> bool:
        return len(self.counts.faults) < len(FAULTS)

    def kill_sender(self, who: str) -> None:
        """Kill whoever says this, once Slack has it and before the answer is there."""
        pid = self.running.get(who)
        if pid is not None:
            self.doomed.add(pid)
            self.counts.kills += 1
            threading.Timer(0.1, _stop, (pid, signal.SIGKILL)).start()

    def play(self) -> None:
        """Play what takes several processes, again and again."""
        if self.plan.each < 2:
            return
        begun = time.monotonic()
        while True:
            self.on_stage.set()
            with ThreadPoolExecutor(len(plays.ACTS)) as stage:
                for played in [stage.submit(self.play_one_by_one, acts) for acts in plays.ACTS]:
                    played.result()
            self.on_stage.clear()
            if not self.counts.plays and time.monotonic() < begun + self.plan.seconds + 2 * MOST_EXTRA:
                continue
            if time.monotonic() + plays.LEASE.total_seconds() / self.plan.speed > begun + self.plan.seconds:
                return
            time.sleep(INTERVAL)

    def play_one_by_one(self, acts: Sequence[Callable[[Chaos], None]]) -> None:
        for act in acts:
            act(self)

    def wait_for(self, look: Callable[[], Found | None], seconds: float = 10.0) -> Found | None:
        return plays.patiently(look, seconds)

    def owner_of(self, beginning: str) -> str:
        with suppress(StorageError), reading(self.store._engine) as connection:
            owners = select(leases.c.owner).where(leases.c.name.startswith(beginning, autoescape=True))
            return str(connection.scalar(owners) or "")
        return ""

    def come_to_rest(self, minds: Minds) -> None:
        """Nothing goes wrong any more, and a day passes; then everything is done, or never will be."""
        for pid in list(self.asleep):
            self.wake(pid)
        minds.settle()
        self.wait_for(self.has_missed_all, self.plan.patience)
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

    def is_told(self, file_id: str) -> bool:
        return file_id in self.found() and not self.store.coverage().untold

    def not_found(self) -> set[str]:
        """What was published and is not known."""
        return {one.file_id for one in self.published} - set(self.found())

    def found(self) -> dict[str, KnownDocument]:
        urns = {one.urn for one in self.published}
        return {one.listing.file_id: one for urn in urns for one in self.store.history(urn)}

    def has_missed_all(self) -> bool:
        """Whether all that was taken off the site has been missed: it counts as withdrawn after looks on two days."""
        self.keep_all_running()
        found = self.found()
        return all(one in found and found[one].missing_since for one in self.withdrawn)

    def left(self) -> str:
        """What is not done yet; "" if nothing is."""
        found, coverage = self.found(), self.store.coverage()
        unknown = len(self.published) - len(found)
        unseen = sum(self.is_unseen(one, found) for one in self.published)
        if unknown or unseen or coverage.untold or coverage.waiting:
            return (
                f"{unknown} reports not found, {unseen} not as they are now, {coverage.untold} changes not told, "
                f"{coverage.waiting} messages not sent"
            )
        return ""

    def is_unseen(self, one: Publication, found: Mapping[str, KnownDocument]) -> bool:
        """Whether what became of it on the site is not known; until a day passes a withdrawal is none."""
        if (document := found.get(one.file_id)) is None:
            return False
        if one.file_id in self.withdrawn:
            return bool(self.ahead) and document.withdrawn_at is None
        return not callable(one.body) and document.sha256 != sha256(one.body).hexdigest()


KILLED = "killed after accepting"
LASTING = {"archived", KILLED}
ANYWHERE = {"429", "500", "cut", "slow"}
"""What may go wrong with whatever Slack is asked; the rest is for messages."""
FAULTS = {
    "429": Fault(status=429, error="ratelimited", headers=(("Retry-After", "3"),)),
    "500": Fault(status=500),
    "500 after accepting": Fault(status=500, accepted=True),
    "cut": Fault(),
    "cut after accepting": Fault(accepted=True),
    "time-out after accepting": Fault(accepted=True, after=2.0),
    "accepted after the time-out": Fault(accepted=True, before=2.0),
    "slow": Fault(status=200, accepted=True, after=0.2),
    "slow to accept": Fault(status=200, accepted=True, before=0.2),
    "archived": Fault(status=200, error="is_archived"),
    KILLED: Fault(accepted=True, after=1.0),
}


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
        rooms = channels(plan.channels)
        orders = Path(stack.enter_context(TemporaryDirectory(prefix="inspection-watch-orders-")))
        with patch.dict(local.WORKSPACE, channels=_rooms(rooms)):
            slack = stack.enter_context(local.running(BINARY))
        between = stack.enter_context(proxy(slack))
        postgres = stack.enter_context(_sound_postgres()) if plan.database == "postgresql" else None
        url = postgres.create("chaos") if postgres else f"sqlite:///{folder}/watch.sqlite"
        engine = open_engine(url)
        stack.callback(engine.dispose)
        upgrade(engine)
        store = Store(engine)
        epoch = time.time()
        _begin(store, rooms, datetime.fromtimestamp(epoch, UTC))
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
                "CHAOS_ORDERS": str(orders),
                "SLACK_BOT_TOKEN": slack.bot_token,
                "SLACK_APP_TOKEN": slack.app_token,
                "INSPECTION_WATCH_SITE_URL": address,
                "INSPECTION_WATCH_FILE_HOSTS": address.removeprefix("http://"),
                "INSPECTION_WATCH_DATABASE_URL": url,
                "INSPECTION_WATCH_STATE_DIR": str(folder),
                "INSPECTION_WATCH_POLL": "every 1s",
                "INSPECTION_WATCH_WALK": f"{datetime.now(UTC) + timedelta(days=4):%a} 02:30".lower(),
                "INSPECTION_WATCH_GAP": "0",
                "INSPECTION_WATCH_LISTEN": "127.0.0.1:0",
            },
            orders=orders,
            postgres=postgres,
            channels=rooms,
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


def _rooms(rooms: Sequence[Channel]) -> list[dict[str, object]]:
    members = [local.ALICE, local.BOB, local.BOT_USER]
    return [{"id": one.id, "name": one.id.lower(), "members": members} for one in rooms]


def _begin(store: Store, rooms: Sequence[Channel], now: datetime) -> None:
    """Every authority has been seen with an empty page, and every channel is subscribed to all of them."""
    for authority in REGISTRY.current:
        store.apply(Intent(urn=authority.urn, now=now, latest_report=None, baseline=True))
    store.put_subscriptions(wishes(rooms, now))
