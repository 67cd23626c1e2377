from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from watchers.schedule import DEFAULT, PlanError, PlanTrigger, next_look, parse_plan, start

PLAN = parse_plan(DEFAULT)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("last", "then"),
    [
        ("2026-01-14 09:20", "2026-01-14 09:25"),  # a Wednesday morning in winter: London is UTC
        ("2026-07-15 08:20", "2026-07-15 08:25"),  # the same hour in summer, an hour earlier in UTC
        ("2026-01-14 08:40", "2026-01-14 09:15"),  # hourly, but the dense morning begins before
        ("2026-01-14 15:00", "2026-01-14 16:00"),
        ("2026-01-14 22:00", "2026-01-15 01:00"),
        ("2026-01-17 10:00", "2026-01-17 13:00"),  # a Saturday
        ("2026-03-29 00:30", "2026-03-29 03:30"),  # clocks go forward that night
        ("2026-10-25 00:30", "2026-10-25 03:30"),  # and back
        ("2026-03-27 18:55", "2026-03-27 19:55"),
        ("2026-03-30 07:00", "2026-03-30 08:00"),  # the first Monday of summer time: 08:00 in London
        ("2026-03-30 08:00", "2026-03-30 08:15"),
    ],
)
def test_the_default_plan_looks_when_reports_are_published(last: str, then: str) -> None:
    assert next_look(PLAN, utc(last)) == utc(then)


def test_a_plan_of_seconds_is_for_tests() -> None:
    assert next_look(parse_plan("every 5s"), utc("2026-01-14 09:20")) == utc("2026-01-14 09:20") + timedelta(seconds=5)


def test_a_plan_without_a_rule_for_the_weekend_waits_for_monday() -> None:
    assert next_look(parse_plan("mon-fri 09:00-10:00 every 5m"), utc("2026-01-16 10:00")) == utc("2026-01-16 10:05")
    assert next_look(parse_plan("mon-fri 09:00-10:00 every 5m"), utc("2026-01-16 10:05")) == utc("2026-01-19 09:00")


@pytest.mark.parametrize("text", ["", ";", "often", "every 0m", "every 5", "foo every 5m", "25:00-26:00 every 5m"])
def test_a_plan_that_cannot_be_understood_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(PlanError, match="for example"):
        parse_plan(text)


def test_the_first_look_is_at_once_and_later_ones_follow_the_plan_with_their_jitter() -> None:
    trigger = PlanTrigger(parse_plan("every 10m"), jitter=lambda: timedelta(seconds=3))
    now = utc("2026-01-14 09:20")
    assert trigger.get_next_fire_time(None, now) == now
    assert trigger.get_next_fire_time(now, now) == now + timedelta(minutes=10, seconds=3)


def test_a_clock_that_is_set_back_leaves_no_hours_without_a_look() -> None:
    trigger = PlanTrigger(parse_plan("every 10m"), jitter=timedelta)
    ahead, now = utc("2026-01-14 11:00"), utc("2026-01-14 09:00")
    assert trigger.get_next_fire_time(ahead, now) == now + timedelta(minutes=10)


def test_a_look_that_asks_to_be_called_again_is_called_before_the_plan_says() -> None:
    looks: list[datetime] = []
    twice = threading.Event()

    def look() -> datetime | None:
        looks.append(datetime.now(UTC))
        if len(looks) == 2:
            twice.set()
            return None
        return looks[0]

    scheduler = start(parse_plan("every 3h"), look, jitter=timedelta)
    assert twice.wait(5)
    scheduler.shutdown()
    assert len(looks) == 2
