"""Digests and mutes: moments in London, across the clock changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels import hows

THURSDAY = datetime(2026, 8, 20, 8, 36, tzinfo=UTC)


@pytest.mark.parametrize(
    ("how", "now", "due"),
    [
        ("now", THURSDAY, None),
        ("daily 09:45", THURSDAY, datetime(2026, 8, 20, 8, 45, tzinfo=UTC)),
        ("daily 09:45", datetime(2026, 8, 20, 8, 45, tzinfo=UTC), datetime(2026, 8, 21, 8, 45, tzinfo=UTC)),
        ("daily 09:45", datetime(2026, 10, 24, 12, tzinfo=UTC), datetime(2026, 10, 25, 9, 45, tzinfo=UTC)),
        ("daily 09:45", datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 29, 8, 45, tzinfo=UTC)),
        ("daily 01:30", datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        ("daily 01:30", datetime(2026, 10, 24, 12, tzinfo=UTC), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("daily 00:15", datetime(2026, 8, 20, 23, 5, tzinfo=UTC), datetime(2026, 8, 20, 23, 15, tzinfo=UTC)),
        ("weekly mon 09:45", THURSDAY, datetime(2026, 8, 24, 8, 45, tzinfo=UTC)),
        ("weekly thu 09:45", THURSDAY, datetime(2026, 8, 20, 8, 45, tzinfo=UTC)),
        ("weekly thu 09:30", THURSDAY, datetime(2026, 8, 27, 8, 30, tzinfo=UTC)),
        ("weekly sun 09:45", datetime(2026, 10, 20, tzinfo=UTC), datetime(2026, 10, 25, 9, 45, tzinfo=UTC)),
    ],
)
def test_a_digest_is_due_at_its_time_of_day_in_london(how: str, now: datetime, due: datetime | None) -> None:
    assert hows.due(how, now) == due


@given(st.integers(0, 2 * 365 * 24 * 60), st.sampled_from(["daily 09:45", "weekly wed 01:30"]))
def test_a_digest_is_due_soon_after_and_never_before(minutes: int, how: str) -> None:
    now = THURSDAY + timedelta(minutes=minutes)
    due = hows.due(how, now)
    assert due is not None
    assert timedelta() < due - now <= timedelta(days=1 if how.startswith("daily") else 7, hours=1)


@pytest.mark.parametrize(
    ("typed", "end"),
    [
        ("14d", THURSDAY + timedelta(days=14)),
        ("2h", THURSDAY + timedelta(hours=2)),
        ("3 weeks", THURSDAY + timedelta(weeks=3)),
        ("for 2 days", THURSDAY + timedelta(days=2)),
        ("until 1 december", datetime(2026, 12, 1, 7, tzinfo=UTC)),
        ("until 1 Dec.", datetime(2026, 12, 1, 7, tzinfo=UTC)),
        ("until 1st september 2026", datetime(2026, 9, 1, 6, tzinfo=UTC)),
        ("until 1 march", datetime(2027, 3, 1, 7, tzinfo=UTC)),
        ("until 2026-12-01", datetime(2026, 12, 1, 7, tzinfo=UTC)),
        ("until friday", datetime(2026, 8, 21, 6, tzinfo=UTC)),
        ("until thursday", datetime(2026, 8, 27, 6, tzinfo=UTC)),
        ("till tomorrow", datetime(2026, 8, 21, 6, tzinfo=UTC)),
        ("0d", THURSDAY),
        ("for two weeks", THURSDAY + timedelta(weeks=2)),
        ("a fortnight", THURSDAY + timedelta(weeks=2)),
        ("30m", THURSDAY + timedelta(minutes=30)),
        ("until next monday", datetime(2026, 8, 24, 6, tzinfo=UTC)),
        ("until 25/12/2026", datetime(2026, 12, 25, 7, tzinfo=UTC)),
        ("for ever", None),
        ("until 31 february", None),
        ("until 40 december", None),
        ("14", None),
        ("until 2026-13-01", None),
        ("-3d", None),
    ],
)
def test_a_mute_ends_when_people_say(typed: str, end: datetime | None) -> None:
    assert hows.mute_end(typed, THURSDAY) == end


@pytest.mark.parametrize(
    ("how", "said"),
    [("now", "at once"), ("daily 09:45", "daily at 09:45"), ("weekly fri 12:00", "every Friday at 12:00")],
)
def test_a_how_is_told_in_words(how: str, said: str) -> None:
    assert hows.spoken(how) == said
