from __future__ import annotations

import threading
from datetime import UTC, date, datetime, time, timedelta

import pytest
from apscheduler.job import Job

from judgements.types import Listing
from storage.ahead import LIMITS
from watchers.fetch import MAX_RETRY_AFTER
from watchers.rota import AGAIN_AFTER, LONDON, next_check
from watchers.schedule import (
    DEFAULT,
    DEFAULT_WALKS,
    PAUSE,
    Looking,
    PlanError,
    PlanTrigger,
    next_look,
    next_walk,
    parse_plan,
    parse_walks,
    start,
    walk_due,
)

PLAN = parse_plan(DEFAULT)
NOW = datetime(2026, 5, 18, 8, 30, tzinfo=UTC)


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


@pytest.mark.parametrize(
    ("last", "then"),
    [
        ("2026-01-14 21:00", "2026-01-14 22:00"),  # a Wednesday evening
        ("2026-01-14 22:30", "2026-01-14 22:35"),
        ("2026-01-14 23:58", "2026-01-15 00:03"),
        ("2026-01-16 23:58", "2026-01-17 00:03"),  # Friday's goes on into Saturday
        ("2026-01-17 01:59", "2026-01-17 02:04"),
        ("2026-01-17 02:04", "2026-01-17 05:04"),
        ("2026-01-17 22:30", "2026-01-18 01:30"),  # Saturday has none
        ("2026-01-18 23:00", "2026-01-19 02:00"),  # and Sunday's would be the one before Monday's first hours
    ],
)
def test_a_rule_that_ends_before_it_begins_goes_on_past_midnight(last: str, then: str) -> None:
    plan = parse_plan("mon-fri 22:00-02:00 every 5m; every 3h")
    assert next_look(plan, utc(last)) == utc(then)


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


def test_a_machine_that_slept_looks_as_soon_as_it_is_awake() -> None:
    trigger = PlanTrigger(PLAN, jitter=timedelta)
    assert trigger.get_next_fire_time(utc("2026-01-14 09:20"), utc("2026-01-16 11:00")) == utc("2026-01-14 09:25")


def looks_of(day: date, plan: str = DEFAULT) -> list[str]:
    """The times of day, as London's clocks show them, of all looks of one day after a look at the last midnight."""
    rules, looks = parse_plan(plan), []
    moment = datetime.combine(day, time.min, LONDON).astimezone(UTC)
    while moment.astimezone(LONDON).date() == day:
        looks.append(moment)
        moment = next_look(rules, moment)
    return [f"{look.astimezone(LONDON):%H:%M}" for look in looks]


DENSE = [f"{9 + minute // 60:02}:{minute % 60:02}" for minute in range(15, 181, 5)]
CHANGE_DAYS = [date(2026, 3, 29), date(2026, 10, 25), date(2027, 3, 28), date(2027, 10, 31)]


@pytest.mark.parametrize("sunday", CHANGE_DAYS)
@pytest.mark.parametrize("days", [-2, 1])
def test_the_dense_morning_is_at_the_same_time_of_day_before_and_after_each_clock_change(
    sunday: date, days: int
) -> None:
    looks = looks_of(sunday + timedelta(days=days))
    assert [look for look in looks if "09:15" <= look <= "12:00"] == DENSE
    assert [look for look in looks if look > "12:00"] == [f"{hour}:05" for hour in (*range(12, 20), 22)]


@pytest.mark.parametrize(
    ("sunday", "looks"),
    [
        (CHANGE_DAYS[0], ["00:00", "04:00", "07:00", "10:00", "13:00", "16:00", "19:00", "22:00"]),
        (CHANGE_DAYS[1], ["00:00", "02:00", "05:00", "08:00", "11:00", "14:00", "17:00", "20:00", "23:00"]),
        (CHANGE_DAYS[2], ["00:00", "04:00", "07:00", "10:00", "13:00", "16:00", "19:00", "22:00"]),
        (CHANGE_DAYS[3], ["00:00", "02:00", "05:00", "08:00", "11:00", "14:00", "17:00", "20:00", "23:00"]),
    ],
)
def test_on_the_day_of_a_clock_change_three_hours_are_three_hours(sunday: date, looks: list[str]) -> None:
    assert looks_of(sunday) == looks


@pytest.mark.parametrize("sunday", CHANGE_DAYS)
def test_every_five_minutes_goes_on_through_the_hour_of_a_clock_change(sunday: date) -> None:
    looks = looks_of(sunday, "sun 00:30-03:00 every 5m; every 1h")
    spring = sunday.month == 3
    assert [look[:2] for look in looks].count("01") == (0 if spring else 24)
    assert "02:00" in looks


WALKS = parse_walks(DEFAULT_WALKS)


@pytest.mark.parametrize(
    ("after", "then"),
    [
        ("2026-01-14 02:30", "2026-01-14 10:45"),  # a Wednesday in winter
        ("2026-01-14 10:45", "2026-01-15 02:30"),
        ("2026-07-15 08:00", "2026-07-15 09:45"),  # the same time of day in summer
        ("2026-01-16 10:45", "2026-01-17 02:30"),  # no mid-morning on a Saturday
        ("2026-01-17 02:30", "2026-01-18 02:30"),
        ("2026-03-28 12:00", "2026-03-29 01:30"),  # the night the clocks go forward
        ("2026-03-29 02:00", "2026-03-30 01:30"),
        ("2026-10-24 12:00", "2026-10-25 02:30"),  # and back
        ("2027-03-27 12:00", "2027-03-28 01:30"),
        ("2027-10-30 12:00", "2027-10-31 02:30"),
    ],
)
def test_every_page_is_walked_nightly_and_on_weekdays_in_mid_morning(after: str, then: str) -> None:
    assert next_walk(WALKS, utc(after)) == utc(then)
    assert not walk_due(WALKS, utc(after), utc(then) - timedelta(seconds=1))
    assert walk_due(WALKS, utc(after), utc(then))
    assert not walk_due(WALKS, utc(then), utc(then))


def test_a_walk_that_was_missed_is_due_until_it_is_done_however_late() -> None:
    assert walk_due(WALKS, None, utc("2026-01-14 09:00"))
    assert walk_due(WALKS, utc("2026-01-14 09:00"), utc("2026-06-14 09:00"))
    assert walk_due(parse_walks("mon 10:00"), utc("2026-01-12 09:59"), utc("2026-01-19 09:59"))
    assert not walk_due((), utc("2026-01-12 09:59"), utc("2026-06-14 09:00"))


@pytest.mark.parametrize("sunday", [date(2026, 3, 29), date(2026, 10, 25)])
def test_a_walk_in_an_hour_that_is_left_out_or_comes_twice_is_one_walk(sunday: date) -> None:
    midnight = datetime.combine(sunday, time.min, LONDON).astimezone(UTC)
    walks = parse_walks("01:30")
    first = next_walk(walks, midnight)
    assert first is not None
    assert first == midnight + timedelta(hours=1, minutes=30)
    second = next_walk(walks, first)
    assert second is not None
    assert second.astimezone(LONDON).date() == sunday + timedelta(days=1)


@pytest.mark.parametrize("text", ["", "; ;", "nightly", "24:00", "02:60", "foo 02:30", "mon-fri", "2"])
def test_a_plan_of_walks_that_cannot_be_understood_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(PlanError, match="for example"):
        parse_walks(text)


def test_a_walk_that_comes_before_the_next_look_is_a_look() -> None:
    trigger = PlanTrigger(PLAN, jitter=timedelta, walks=WALKS)
    midnight = utc("2026-01-14 00:00")
    assert trigger.get_next_fire_time(midnight, midnight) == utc("2026-01-14 02:30")


def test_a_look_that_asks_to_be_called_again_is_called_before_the_plan_says() -> None:
    looks: list[datetime] = []
    twice = threading.Event()

    def look() -> datetime | None:
        looks.append(datetime.now(UTC))
        if len(looks) == 2:
            twice.set()
            return None
        return looks[0]

    looking = start(parse_plan("every 3h"), look, jitter=timedelta, pause=timedelta(milliseconds=1))
    assert twice.wait(5)
    looking.shutdown()
    assert len(looks) == 2


def test_a_look_that_would_be_called_again_at_once_has_to_wait() -> None:
    looked = threading.Event()

    def look() -> datetime | None:
        assert not looked.is_set()
        looked.set()
        return datetime.now(UTC) - timedelta(hours=1)

    looking = start(parse_plan("every 3h"), look, jitter=timedelta)
    assert looked.wait(5)
    (again,) = [job for job in jobs_soon(looking, 2) if job.id == "again"]
    assert again.next_run_time > datetime.now(UTC) + PAUSE - timedelta(seconds=10)
    looking.shutdown()


def jobs_soon(looking: Looking, number: int) -> list[Job]:
    """The jobs of its clock once there are so many, at most five seconds later."""
    for _ in range(500):
        if len(jobs := looking._clock.get_jobs()) >= number:
            return list(jobs)
        threading.Event().wait(0.01)
    raise AssertionError("the look did not end")


def test_a_look_that_falls_due_during_a_longer_one_is_not_skipped() -> None:
    first, ended, second = threading.Event(), threading.Event(), threading.Event()

    def look() -> None:
        if not first.is_set():
            first.set()
            assert ended.wait(5)
        else:
            second.set()

    looking = start(parse_plan("every 3h"), look, jitter=timedelta)
    assert first.wait(5)
    looking._clock.get_job("look").func()  # the clock strikes while the first look goes on
    ended.set()
    assert second.wait(5)
    looking.shutdown()


def test_a_clock_set_back_while_a_look_is_waited_for_does_not_put_it_off() -> None:
    first, second = threading.Event(), threading.Event()

    def look() -> None:
        (second if first.is_set() else first).set()

    looking = start(parse_plan("every 1s"), look, jitter=timedelta, heartbeat=timedelta(milliseconds=20))
    assert first.wait(5)
    # Set back by an hour, the clock strikes an hour later than was reckoned.
    looking._planned.modify(next_run_time=datetime.now(UTC) + timedelta(hours=1))
    second.clear()
    assert second.wait(5)
    looking.shutdown()


def test_the_next_look_is_put_forward_to_what_the_plan_says_now_and_never_back() -> None:
    looking = start(parse_plan("every 1h"), lambda: None, jitter=timedelta)
    now = datetime.now(UTC)
    for set_for, then in ((timedelta(hours=5), timedelta(hours=1)), (timedelta(minutes=9), timedelta(minutes=9))):
        looking._planned.modify(next_run_time=now + set_for)
        looking._compare(now)
        assert looking._planned.next_run_time == now + then
    looking.shutdown()


def test_after_a_shutdown_nothing_is_looked_at() -> None:
    looks: list[int] = []
    first = threading.Event()

    def look() -> datetime | None:
        looks.append(1)
        first.set()
        return datetime.now(UTC)

    looking = start(parse_plan("every 1s"), look, jitter=timedelta, pause=timedelta())
    assert first.wait(5)
    looking.shutdown()
    seen = len(looks)
    looking._due.set()
    assert not looking._thread.is_alive()
    assert len(looks) == seen


def test_nothing_is_ever_put_off_for_longer_than_is_believed() -> None:
    limit = {f"{column.table.name}.{column.name}": limit for column, limit in LIMITS.items()}
    longest_rest = max(*AGAIN_AFTER, timedelta(seconds=MAX_RETRY_AFTER))
    assert limit["documents.next_try_at"] > longest_rest
    waits = ("sources.next_check_at", "sources.not_before", "authorities.next_look_at", "hosts.next_try_at")
    assert all(limit[each] > longest_rest for each in waits)
    numbers = [Listing(file_id=str(n), urn="80578", title="", url="", published=date(2019, 1, 1)) for n in range(500)]
    assert limit["documents.check_at"] > max(next_check(one, NOW) - NOW for one in numbers)
    assert limit["sources.next_look_at"] > next_look(parse_plan("mon 09:00-09:00 every 5m"), NOW) - NOW
    walk = next_walk(parse_walks("mon 09:00"), NOW)
    assert walk is not None
    assert limit["sources.next_look_at"] > walk - NOW
