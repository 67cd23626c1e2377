"""Alive, ready, and what is wrong where it is not."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from inspection_watch.health import LATE, InTime, Looks, Readiness, healthz, readyz
from inspection_watch.listen import Reply
from storage.engine import StorageError

T0 = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


@pytest.fixture
def hang() -> Iterator[threading.Event]:
    """What hangs until the test ends."""
    over = threading.Event()
    yield over
    over.set()


def said(reply: Reply) -> dict:
    return json.loads(reply.body)


def test_alive_is_all_that_healthz_says() -> None:
    assert (healthz().status, healthz().body) == (200, b"ok\n")


def test_ready_is_each_check_by_its_name() -> None:
    readiness = Readiness()
    readiness.add("database", lambda: "")
    reply = readyz(readiness)
    assert reply.status == 200
    assert said(reply) == {"ready": True, "checks": {"database": {"ready": True, "reason": ""}}}


def test_one_check_that_is_not_well_makes_all_of_it_unready_with_its_reason() -> None:
    readiness = Readiness()
    readiness.add("slack", lambda: "the line does not stand")
    readiness.add("poll", lambda: "")
    reply = readyz(readiness)
    assert reply.status == 503
    assert not said(reply)["ready"]
    assert said(reply)["checks"]["slack"] == {"ready": False, "reason": "the line does not stand"}
    assert said(reply)["checks"]["poll"]["ready"]
    readiness.add("slack", lambda: "")
    assert readyz(readiness).status == 200, "a later check takes the earlier one's place"


def test_a_check_that_fails_is_a_reason_and_shows_no_secret() -> None:
    def refuse() -> str:
        raise StorageError("The database could not do its work.")

    def fail() -> str:
        raise RuntimeError("hunter2")

    readiness = Readiness()
    readiness.add("database", refuse)
    readiness.add("poll", fail)
    reply = readyz(readiness)
    assert said(reply)["checks"]["database"]["reason"] == "The database could not do its work."
    assert "failed" in said(reply)["checks"]["poll"]["reason"]
    assert b"hunter2" not in reply.body


def test_work_that_hangs_is_waited_for_once_and_not_begun_again(hang: threading.Event) -> None:
    begun = []

    def work() -> int:
        begun.append(1)
        hang.wait()
        return 1

    asked = InTime(work, 0.01)
    for _ in range(3):
        with pytest.raises(TimeoutError):
            asked()
    assert len(begun) == 1
    hang.set()
    for _ in range(2):
        assert InTime(work, 5)() == 1
    assert asked._under_way is not None
    assert asked._under_way.result(5) == 1
    assert asked() == 1
    assert len(begun) == 4, "work that has ended is done anew"


def test_a_check_that_hangs_is_a_reason(hang: threading.Event) -> None:
    readiness = Readiness(seconds=0.01)
    readiness.add("database", lambda: str(hang.wait()))
    assert "no answer within" in said(readyz(readiness))["checks"]["database"]["reason"]


def test_checks_that_hang_are_waited_for_together(hang: threading.Event) -> None:
    readiness = Readiness(seconds=0.3)
    for name in ("database", "slack", "poll", "delivery"):
        readiness.add(name, lambda: str(hang.wait()))
    begun = time.monotonic()
    assert all("no answer within" in why for why in readiness.look().values())
    assert time.monotonic() - begun < 0.9


def hourly(moment: datetime) -> datetime:
    return moment + timedelta(hours=1)


def test_looks_that_end_as_planned_are_not_overdue() -> None:
    looks = Looks(hourly, T0)
    assert looks.overdue(T0 + LATE) == "", "the first look takes every authority's history"
    looks.ended(T0 + LATE)
    assert looks.overdue(hourly(T0 + LATE) + LATE) == ""


def test_looks_that_no_longer_end_are_told_with_the_last_and_the_next_one() -> None:
    second = timedelta(seconds=1)
    looks = Looks(hourly, T0)
    assert looks.overdue(T0 + LATE + second) == "no look has ended since the start at 20 November 10:00 UTC"
    looks.ended(T0)
    wrong = looks.overdue(hourly(T0) + LATE + second)
    assert wrong == "the last look ended at 20 November 10:00 UTC, and the next was due at 20 November 11:00 UTC"


def test_looks_are_missed_though_the_last_one_ended_by_a_clock_that_was_ahead() -> None:
    looks = Looks(hourly, T0)
    looks.ended(T0 + timedelta(days=400))
    assert looks.overdue(T0) == ""
    assert looks.overdue(hourly(T0) + LATE + timedelta(seconds=1))
