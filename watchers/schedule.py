"""The poll plan: when to look, in London time. APScheduler is only the clock.

A plan is a list of rules separated by semicolons; the first that fits a moment says how often to look then:

    mon-fri 09:15-12:00 every 5m; mon-fri 07:00-19:00 every 1h; every 3h
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.date import DateTrigger

LONDON = ZoneInfo("Europe/London")
DEFAULT = "mon-fri 09:15-12:00 every 5m; mon-fri 07:00-19:00 every 1h; every 3h"
EXAMPLE = "for example “every 10m” or “mon-fri 09:15-12:00 every 5m; every 3h”"

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SECONDS = {"s": 1, "m": 60, "h": 3600}
_RULE = re.compile(
    r"(?:(?P<first>[a-z]{3})(?:-(?P<last>[a-z]{3}))?\s+)?"
    r"(?:(?P<from>\d{1,2}:\d{2})-(?P<until>\d{1,2}:\d{2})\s+)?"
    r"every\s+(?P<number>\d+)\s*(?P<unit>[smh])"
)


class PlanError(ValueError):
    """A plan that cannot be understood, said in one sentence with an example."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """On these days (0 is Monday) from `begin` until before `end`, London time, look every `every`."""

    days: frozenset[int]
    begin: time
    end: time
    every: timedelta

    def fits(self, moment: datetime) -> bool:
        local = moment.astimezone(LONDON)
        return local.weekday() in self.days and self.begin <= local.time() <= self.end


Plan = tuple[Rule, ...]


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


class PlanTrigger(BaseTrigger):  # type: ignore[misc]
    """APScheduler's view of a plan. The first look is at once; `jitter` is a function that gives a small delay."""

    def __init__(self, plan: Plan, jitter: Callable[[], timedelta]) -> None:
        self._plan = plan
        self._jitter = jitter

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        if previous_fire_time is None:
            return now
        last = min(previous_fire_time, now)  # a clock that was set back must not leave hours without a look
        return next_look(self._plan, last.astimezone(UTC)) + self._jitter()


def start(plan: Plan, look: Callable[[], datetime | None], *, jitter: Callable[[], timedelta]) -> BackgroundScheduler:
    """Call `look` by the plan, in a thread, one at a time, and never skip a late one.

    `look` gives a moment at which it wants to be called again before the plan says so, or None.
    """
    scheduler = BackgroundScheduler(
        timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    )
    one_at_a_time = threading.Lock()

    def look_now() -> None:
        with one_at_a_time:
            again_at = look()
        if again_at is not None:
            scheduler.add_job(look_now, DateTrigger(again_at), id="again", replace_existing=True)

    scheduler.add_job(look_now, PlanTrigger(plan, jitter), id="look")
    scheduler.start()
    return scheduler
