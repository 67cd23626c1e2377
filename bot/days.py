"""Days, times of day and spans of time as people type them: one reading for every command. Pure."""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from math import ceil

from judgements.dates import MONTHS

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEKDAY = r"(?:mon|tues?|wed(?:nes|s)?|thu(?:r|rs)?|fri|sat(?:ur)?|sun)(?:day)?s?"
"""A day of the week, wherever it stands; its first three letters say which."""
TIME = r"(?:noon|midday|\d{1,2}(?:[:.]\d{1,2})?\s?(?:am|pm)|\d{1,2}[:.]\d{1,2}|(?<=at )\d{4}|\d{1,2})"
"""What is meant as a time of day, whether or not there is such a time."""
MOST_DAYS = 366
"""As far as anybody looks back, or a channel is muted."""
MINUTE, MONTH = timedelta(minutes=1), timedelta(days=365.25 / 12)
"""What "m" may stand for: nobody mutes a channel for thirty months, or asks for the last three minutes."""

_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_UNITS = {
    "min": MINUTE,
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
    "fortnight": timedelta(weeks=2),
    "month": MONTH,
    "y": timedelta(days=365.25),
}
SPAN = re.compile(
    rf"(?<![\w-])(?:(?:for|in|the|this|last|past|next) )*(?P<number>\d{{1,4}}|an?|{'|'.join(_NUMBERS)})? ?"
    r"(?P<unit>min(?:ute)?s?|h(?:(?:ou)?rs?)?|d(?:ays?)?|w(?:(?:ee)?ks?)?|fortnights?|m(?:onths?)?|y(?:(?:ea)?rs?)?)(?![\w-])",
    re.IGNORECASE,
)
"""A span of time, wherever it stands: "14d", "the last 2 weeks", "a fortnight"."""

_MONTH = rf"(?P<month>{'|'.join(name[:3] for name in MONTHS)})[a-z]{{0,6}}\.?"
_DATED = (
    re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})"),
    re.compile(r"(?P<day>\d{1,2})(?P<sign>[/.])(?P<month>\d{1,2})(?:(?P=sign)(?P<year>\d{4}|\d\d))?"),
    re.compile(rf"(?:the )?(?P<day>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?{_MONTH}(?:,? (?P<year>\d{{4}}))?"),
    re.compile(rf"{_MONTH} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:,? (?P<year>\d{{4}}))?"),
    re.compile(rf"{_MONTH}(?: (?P<year>\d{{4}}))?"),
)
"""Dates as people write them; of a month alone, its first day is meant."""
_BEFORE = re.compile(r"^(?:(?:until|till|since|from|on|of|next|last|this)\b ?)+")


def span(text: str, m: timedelta = MONTH) -> timedelta | None:
    """How long somebody means by the whole of `text`; `m` is what "m" stands for. None if it is no span of time."""
    found = SPAN.fullmatch(" ".join(text.split()).rstrip("."))
    return length(found, m) if found else None


def length(found: re.Match[str], m: timedelta = MONTH) -> timedelta | None:
    """The same of a match of `SPAN`; None for a unit without a number that is no word by itself ("d")."""
    said, unit = (found["number"] or "").lower(), found["unit"].lower()
    if not said and len(unit) < len("day"):
        return None
    number = int(said) if said.isdigit() else _NUMBERS.index(said) + 1 if said in _NUMBERS else 1
    one = m if unit == "m" else next(value for name, value in _UNITS.items() if unit.startswith(name))
    # A month and a year are no whole number of days, but what lasts for one ends with a day.
    return timedelta(days=ceil(number * one / timedelta(days=1))) if one >= MONTH else number * one


def day(text: str, today: date, *, past: bool) -> date | None:
    """The day somebody means; None if it is none.

    What is not whole is the last day of that name, or (unless `past`) the next: "friday", "1 june".
    """
    said = " ".join(text.casefold().split()).rstrip(".")
    said = _BEFORE.sub("", said)
    near = {"today": 0, "yesterday": -1, "tomorrow": 1}
    if said in near:
        return today + timedelta(days=near[said])
    if re.fullmatch(WEEKDAY, said):
        ahead = (WEEKDAYS.index(said[:3]) - today.weekday() - 1) % 7 + 1
        return today + timedelta(days=ahead - 7 if past and ahead < 7 else -7 if past else ahead)
    dated = re.sub(rf"^{WEEKDAY},? ", "", said)
    found = next((found for form in _DATED if (found := form.fullmatch(dated))), None)
    return _dated(found, today, past=past) if found else None


def _dated(found: re.Match[str], today: date, *, past: bool) -> date | None:
    said, of_month, year = found.groupdict().get("day"), found["month"], found["year"]
    month = int(of_month) if of_month.isdigit() else 1 + [name[:3] for name in MONTHS].index(of_month)
    if year:
        return _real(int(year) + (2000 if len(year) == 2 else 0), month, int(said or 1))
    this_year = _real(today.year, month, int(said or 1))
    if this_year and (this_year <= today if past else this_year > today):
        return this_year
    return _real(today.year + (-1 if past else 1), month, int(said or 1))


def _real(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def time_of_day(text: str) -> time | None:
    """ "9", "9.30", "17:30", "9am", "0945" and "noon" as times; None for what is none, like "9:5" and "25:00"."""
    said = text.lower().replace(".", ":")
    if said in ("noon", "midday"):
        return time(12)
    found = re.fullmatch(r"(?P<hour>\d\d?)(?::?(?P<minute>(?<=:)\d\d|(?<=\d\d)\d\d))?\s?(?P<half>am|pm)?", said)
    if not found:
        return None
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    if found["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found["half"] == "pm" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None
