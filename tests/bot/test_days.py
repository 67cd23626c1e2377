"""Days, times of day and spans of time, as people type them behind any command."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import days

THURSDAY = date(2026, 8, 20)


@pytest.mark.parametrize(
    ("typed", "long"),
    [
        ("14d", timedelta(days=14)),
        ("2h", timedelta(hours=2)),
        ("3 weeks", timedelta(weeks=3)),
        ("for two weeks", timedelta(weeks=2)),
        ("a fortnight", timedelta(weeks=2)),
        ("the last 2 days", timedelta(days=2)),
        ("90 minutes", timedelta(minutes=90)),
        ("1 month", timedelta(days=31)),
        ("Month", timedelta(days=31)),
        ("12 months", timedelta(days=366)),
        ("a year", timedelta(days=366)),
        ("this week", timedelta(weeks=1)),
        ("0d", timedelta()),
    ],
)
def test_a_span_of_time_is_taken_as_people_say_it(typed: str, long: timedelta) -> None:
    assert days.span(typed) == long


@pytest.mark.parametrize("typed", ["", "14", "d", "w", "-3d", "for ever", "kent", "two", "14d kent", "99999d"])
def test_what_is_no_span_is_none(typed: str) -> None:
    assert days.span(typed) is None


def test_m_is_what_the_command_takes_it_for() -> None:
    assert days.span("30m", days.MINUTE) == timedelta(minutes=30)
    assert days.span("2m") == timedelta(days=61)


@pytest.mark.parametrize(
    ("typed", "last", "next_"),
    [
        ("2026-12-01", date(2026, 12, 1), date(2026, 12, 1)),
        ("25/12/2026", date(2026, 12, 25), date(2026, 12, 25)),
        ("12.7.24", date(2024, 7, 12), date(2024, 7, 12)),
        ("Friday 12 July 2024", date(2024, 7, 12), date(2024, 7, 12)),
        ("1st of september", date(2025, 9, 1), date(2026, 9, 1)),
        ("December 25", date(2025, 12, 25), date(2026, 12, 25)),
        ("1 Dec.", date(2025, 12, 1), date(2026, 12, 1)),
        ("20 august", date(2026, 8, 20), date(2027, 8, 20)),
        ("1/9", date(2025, 9, 1), date(2026, 9, 1)),
        ("since june", date(2026, 6, 1), date(2027, 6, 1)),
        ("may 2024", date(2024, 5, 1), date(2024, 5, 1)),
        ("next monday", date(2026, 8, 17), date(2026, 8, 24)),
        ("until friday", date(2026, 8, 14), date(2026, 8, 21)),
        ("thurs", date(2026, 8, 13), date(2026, 8, 27)),
        ("today", date(2026, 8, 20), date(2026, 8, 20)),
        ("till tomorrow", date(2026, 8, 21), date(2026, 8, 21)),
        ("Yesterday", date(2026, 8, 19), date(2026, 8, 19)),
    ],
)
def test_a_day_is_taken_as_people_write_it_and_looked_for_on_the_side_that_is_meant(
    typed: str, last: date, next_: date
) -> None:
    assert (days.day(typed, THURSDAY, past=True), days.day(typed, THURSDAY, past=False)) == (last, next_)


@pytest.mark.parametrize(
    "typed", ["", "14", "kent", "2026-13-01", "31/02/2024", "31 february", "40 december", "march 0"]
)
def test_what_is_no_day_is_none(typed: str) -> None:
    assert days.day(typed, THURSDAY, past=True) is None


@given(st.text(alphabet="0123456789/.- adehijklmnoprstuvy", max_size=24), st.booleans())
def test_whatever_is_typed_is_a_day_or_none(typed: str, past: bool) -> None:
    days.day(typed, THURSDAY, past=past)
    days.span(typed)
    days.time_of_day(typed)


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ("9", time(9)),
        ("9.30", time(9, 30)),
        ("17:05", time(17, 5)),
        ("0945", time(9, 45)),
        ("9am", time(9)),
        ("12 AM", time(0)),
        ("12pm", time(12)),
        ("noon", time(12)),
        ("9:5", None),
        ("25:00", None),
        ("9:75", None),
        ("13pm", None),
        ("945", None),
        ("", None),
    ],
)
def test_a_time_of_day_is_taken_as_people_write_it(typed: str, at: time | None) -> None:
    assert days.time_of_day(typed) == at
