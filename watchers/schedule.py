"""The two plans: when to look at the list, and when to walk through every page. APScheduler is only the clock.

All times of day are London's. The poll plan is a list of rules separated by semicolons; the first that fits a moment
says how often to look then. The walk plan is a list of times of day:

    mon-fri 09:15-12:00 every 5m; mon-fri 07:00-19:00 every 1h; every 3h
    02:30; mon-fri 10:45
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.date import DateTrigger

from watchers.rota import LONDON, london_day

DEFAULT = "mon-fri 09:15-12:00 every 5m; mon-fri 07:00-19:00 every 1h; every 3h"
EXAMPLE = "for example “every 10m” or “mon-fri 09:15-12:00 every 5m; every 3h”"
DEFAULT_WALKS = "02:30; mon-fri 10:45"
EXAMPLE_OF_WALKS = "for example “02:30” for every night or “02:30; mon-fri 10:45”"

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SECONDS = {"s": 1, "m": 60, "h": 3600}
_ON_DAYS = r"(?:(?P<first>[a-z]{3})(?:-(?P<last>[a-z]{3}))?\s+)?"
_RULE = re.compile(
    _ON_DAYS + r"(?:(?P<from>\d{1,2}:\d{2})-(?P<until>\d{1,2}:\d{2})\s+)?"
    r"every\s+(?P<number>\d+)\s*(?P<unit>[smh])"
)
_WALK = re.compile(_ON_DAYS + r"(?P<at>\d{1,2}:\d{2})")


class PlanError(ValueError):
    """A plan that cannot be understood, said in one sentence with an example."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """On these days (0 is Monday) from `begin` to `end`, both included, London time, look every `every`.

    One that ends before it begins goes on past midnight, into the day after.
    """

    days: frozenset[int]
    begin: time
    end: time
    every: timedelta

    def fits(self, moment: datetime) -> bool:
        local = moment.astimezone(LONDON)
        today, yesterday, at = local.weekday(), (local.weekday() - 1) % 7, local.time()
        if self.begin <= self.end:
            return today in self.days and self.begin <= at <= self.end
        return (today in self.days and self.begin <= at) or (yesterday in self.days and at <= self.end)


Plan = tuple[Rule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """On these days (0 is Monday) at this time, London time, every page is to be opened."""

    days: frozenset[int]
    at: time

    def on(self, day: date) -> datetime:
        """The moment of this walk on a day, in UTC. An hour that a clock change leaves out is taken as if it were."""
        return datetime.combine(day, self.at, LONDON).astimezone(UTC)


Walks = tuple[Walk, ...]


def parse_plan(text: str) -> Plan:
    """The rules of a plan in words. Raises `PlanError`."""
    plan = tuple(_rule(part.strip().lower()) for part in text.split(";") if part.strip())
    if not plan:
        raise PlanError(f"The poll plan is empty; write {EXAMPLE}.")
    return plan


def _rule(text: str) -> Rule:
    match = _RULE.fullmatch(text)
    if match is None:
        raise PlanError(f"The poll plan has a part that cannot be understood, “{text}”; write {EXAMPLE}.")
    every = timedelta(seconds=int(match["number"]) * _SECONDS[match["unit"]])
    if not every:
        raise PlanError(f"The poll plan says “{text}”, which never waits; write {EXAMPLE}.")
    try:
        return Rule(
            days=_days(match), begin=_time(match["from"], time.min), end=_time(match["until"], time.max), every=every
        )
    except ValueError as error:
        raise PlanError(f"The poll plan says “{text}”, but {error}; write {EXAMPLE}.") from error


def parse_walks(text: str) -> Walks:
    """The walks of a plan in words. Raises `PlanError`."""
    walks = tuple(_walk(part.strip().lower()) for part in text.split(";") if part.strip())
    if not walks:
        raise PlanError(f"The plan of walks is empty; write {EXAMPLE_OF_WALKS}.")
    return walks


def _walk(text: str) -> Walk:
    match = _WALK.fullmatch(text)
    if match is None:
        raise PlanError(f"The plan of walks has a part that cannot be understood, “{text}”; write {EXAMPLE_OF_WALKS}.")
    try:
        return Walk(days=_days(match), at=_time(match["at"], time.min))
    except ValueError as error:
        raise PlanError(f"The plan of walks says “{text}”, but {error}; write {EXAMPLE_OF_WALKS}.") from error


def _days(match: re.Match[str]) -> frozenset[int]:
    if match["first"] is None:
        return frozenset(range(7))
    for day in (match["first"], match["last"]):
        if day is not None and day not in _DAYS:
            raise ValueError(f"there is no day “{day}”")
    first = _DAYS.index(match["first"])
    last = _DAYS.index(match["last"]) if match["last"] else first
    return frozenset((first + step) % 7 for step in range((last - first) % 7 + 1))


def _time(text: str | None, default: time) -> time:
    if text is None:
        return default
    hour, minute = text.split(":")
    try:
        return time(int(hour), int(minute))
    except ValueError:
        raise ValueError(f"there is no time “{text}”") from None


def next_look(plan: Plan, last: datetime) -> datetime:
    """When to look next after a look at `last`: sooner if a denser rule begins before.

    Walked minute by minute in UTC, which is right across both clock changes; a plan without a rule for the rest of
    the week waits until its next rule begins.
    """
    horizon = last + timedelta(days=8)
    current = _current(plan, last)
    candidate = last + current.every if current else horizon
    moment = last.replace(second=0, microsecond=0) + timedelta(minutes=1)
    while moment < candidate:
        rule = _current(plan, moment)
        if rule is not None and rule != current and (current is None or rule.every < current.every):
            return moment
        moment += timedelta(minutes=1)
    return candidate


def _current(plan: Plan, moment: datetime) -> Rule | None:
    return next((rule for rule in plan if rule.fits(moment)), None)


def walk_due(walks: Walks, walked: datetime | None, now: datetime) -> bool:
    """Whether what was last walked at `walked` (None: never) has to be walked again: a walk's moment has passed since.

    A walk that was missed, or broken off, is due until it is done.
    """
    return walked is None or any(walked < moment <= now for moment in _moments(walks, now - _WEEK, now))


def next_walk(walks: Walks, after: datetime) -> datetime | None:
    """The first moment of a walk after this one; None if there is no plan."""
    return min((moment for moment in _moments(walks, after, after + _WEEK) if moment > after), default=None)


_WEEK = timedelta(days=8)
"""All that a plan can say, and a day for the clock changes."""


def _moments(walks: Walks, first: datetime, last: datetime) -> Iterator[datetime]:
    """The moments of all walks on the days from `first` to `last`, London's days."""
    day, end = london_day(first), london_day(last)
    while day <= end:
        yield from (walk.on(day) for walk in walks if day.weekday() in walk.days)
        day += timedelta(days=1)


class PlanTrigger(BaseTrigger):  # type: ignore[misc]
    """APScheduler's view of both plans. The first look is at once; `jitter` is a function that gives a small delay."""

    def __init__(self, plan: Plan, jitter: Callable[[], timedelta], walks: Walks = ()) -> None:
        self._plan = plan
        self._jitter = jitter
        self._walks = walks

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        if previous_fire_time is None:
            return now
        last = min(previous_fire_time, now).astimezone(UTC)  # a clock set back must not leave hours without a look
        moments = (next_look(self._plan, last), next_walk(self._walks, last))
        return min(moment for moment in moments if moment is not None) + self._jitter()


class Looking:
    """Calls `look` in a thread of its own, one call at a time, whenever its clock strikes; see `start`.

    The clock strikes at a time of day that was reckoned beforehand. Should the machine's clock be set back meanwhile,
    that would be so much later: so the plan is asked again every `heartbeat`, which no clock can alter.
    """

    def __init__(self, look: Callable[[], datetime | None], *, pause: timedelta, heartbeat: timedelta) -> None:
        self._look = look
        self._pause = pause
        self._heartbeat = heartbeat
        self._due = threading.Event()
        self._ended = False
        self._thread = threading.Thread(target=self._run, name="look")
        self._clock = BackgroundScheduler(
            timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )

    def start(self, trigger: PlanTrigger) -> None:
        self._planned = self._clock.add_job(self._due.set, trigger, id="look")
        self._clock.start()
        self._thread.start()

    def shutdown(self, *, wait: bool = True) -> None:
        """No look begins any more; with `wait`, come back once the present one has ended."""
        self._ended = True
        self._due.set()
        if wait:
            self._thread.join()
        self._clock.shutdown(wait=wait)

    def _run(self) -> None:
        while not self._ended:
            if not self._due.wait(self._heartbeat.total_seconds()):
                self._compare(datetime.now(UTC))
                continue
            # Cleared before the look: what falls due during it is looked at when it has ended.
            self._due.clear()
            again_at = None if self._ended else self._look()
            if again_at is not None and not self._ended:
                soonest = datetime.now(UTC) + self._pause
                trigger = DateTrigger(max(again_at, soonest))
                self._clock.add_job(self._due.set, trigger, id="again", replace_existing=True)

    def _compare(self, now: datetime) -> None:
        """The next strike is never later than it would be if the last look had been now."""
        by_plan = self._planned.trigger.get_next_fire_time(now, now)
        if by_plan < self._planned.next_run_time:
            self._planned.modify(next_run_time=by_plan)


PAUSE = timedelta(seconds=30)
"""At least so long after a look that asks for another one: whatever is wrong, the site is not asked in a circle."""
HEARTBEAT = timedelta(minutes=1)
"""So often the next look is compared with the plan."""


def start(
    plan: Plan,
    look: Callable[[], datetime | None],
    *,
    jitter: Callable[[], timedelta],
    walks: Walks = (),
    pause: timedelta = PAUSE,
    heartbeat: timedelta = HEARTBEAT,
) -> Looking:
    """Call `look` by the plans, in a thread, one at a time, and never skip a late one.

    `look` gives a moment at which it wants to be called again before the plan says so, or None. The clock strikes and
    does nothing else, so that a look longer than its interval makes no strike go unheard.
    """
    looking = Looking(look, pause=pause, heartbeat=heartbeat)
    looking.start(PlanTrigger(plan, jitter, walks))
    return looking
