"""When a subscription is told: at once, daily or weekly at a time of day in London; and until when a mute lasts. Pure.

A how is one word or a few of text, always spelled as `spelled` does: "now", "daily 09:45", "weekly mon 09:45".
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

from bot import words

NOW = "now"
USUAL = time(9, 45)
"""When a digest comes if nobody says: a quarter of an hour after Ofsted publishes."""
LONGEST_MUTE = timedelta(days=366)

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = r"(?:mon|tue|tues|wed|weds|wednes|thu|thur|thurs|fri|sat|satur|sun)(?:day)?s?"
_TIME = r"\d{1,2}(?:[:.]\d\d)?\s?(?:am|pm)|\d{1,2}[:.]\d\d|noon|midday"
HOW = re.compile(
    rf"\b(?:(?P<now>now|at once|immediately|instantly)"
    rf"|(?:(?P<daily>daily|every day)|(?P<weekly>weekly|every week)(?:\s+(?:on\s+)?(?P<day>{_DAY}))?)"
    rf"(?:\s+(?:at\s+)?(?P<time>{_TIME}))?)(?![\w:.]*\d)(?!\w)",
    re.IGNORECASE,
)
"""A how, wherever it stands in what somebody typed."""

_SPAN = re.compile(r"(\d{1,4})\s?(h|hours?|hrs?|d|days?|w|weeks?|months?)")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1), "m": timedelta(days=30)}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DATE = re.compile(r"(?P<day>\d{1,2})(?:st|nd|rd|th)?\s(?P<month>[a-z]{3,9})(?:\s(?P<year>\d{4}))?")
_MORNING = time(7)
"""A mute until a day ends early on that day."""


def spelled(found: re.Match[str]) -> str | None:
    """The how of a match of `HOW`; None if its time of day is none."""
    if found["now"]:
        return NOW
    at = _time(found["time"]) if found["time"] else USUAL
    if at is None:
        return None
    day = f"weekly {(found['day'] or 'mon')[:3].lower()}" if found["weekly"] else "daily"
    return f"{day} {at:%H:%M}"


def rhythm(how: str) -> str:
    """ "now", "daily" or "weekly"."""
    return how.partition(" ")[0]


def spoken(how: str) -> str:
    """ "at once", "daily at 09:45", "every Monday at 09:45"."""
    rhythm, _, rest = how.partition(" ")
    if rhythm == "daily":
        return words.HOW_DAILY.format(at=rest)
    if rhythm == "weekly":
        day, _, at = rest.partition(" ")
        return words.HOW_WEEKLY.format(day=words.WEEKDAYS[_DAYS.index(day)], at=at)
    return words.HOW_NOW


def due(how: str, now: datetime) -> datetime | None:
    """When what happens at `now` is told, in UTC; None for at once. The time of day is London's on that day."""
    rhythm, _, rest = how.partition(" ")
    if rhythm not in ("daily", "weekly"):
        return None
    day, _, at = rest.rpartition(" ")
    today = words.london_day(now)
    days = (today + timedelta(days=ahead) for ahead in range(9))
    moments = (_moment(each, time.fromisoformat(at)) for each in days if not day or _DAYS[each.weekday()] == day)
    return next(moment for moment in moments if moment > now)


def mute_end(text: str, now: datetime) -> datetime | None:
    """When a mute ends of which somebody says "14d", "2 weeks", "until 1 december", "until friday"; None if unclear.

    A day without a year is the next one of that name.
    """
    said = " ".join(text.casefold().split()).rstrip(".")
    said = said.removeprefix("for ")
    if span := _SPAN.fullmatch(said):
        return now + int(span[1]) * _UNITS[span[2][0]]
    today = words.london_day(now)
    day = _date(said.removeprefix("until ").removeprefix("till ").removeprefix("on "), today)
    return _moment(day, _MORNING) if day else None


def _moment(day: date, at: time) -> datetime:
    return datetime.combine(day, at, words.LONDON).astimezone(UTC)


def _time(text: str) -> time | None:
    said = text.lower().replace(".", ":")
    if said in ("noon", "midday"):
        return time(12)
    digits = said.removesuffix("am").removesuffix("pm").strip()
    hour, _, minute = digits.partition(":")
    hours, minutes = int(hour), int(minute or 0)
    if said.endswith(("am", "pm")):
        if not 1 <= hours <= 12:
            return None
        hours = hours % 12 + (12 if said.endswith("pm") else 0)
    return time(hours, minutes) if hours < 24 and minutes < 60 else None


def _date(said: str, today: date) -> date | None:
    if said == "tomorrow":
        return today + timedelta(days=1)
    if re.fullmatch(_DAY, said):
        ahead = (_DAYS.index(said[:3]) - today.weekday() - 1) % 7 + 1
        return today + timedelta(days=ahead)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", said):
        return _real(int(said[:4]), int(said[5:7]), int(said[8:]))
    found = _DATE.fullmatch(said)
    if not found or found["month"][:3] not in _MONTHS:
        return None
    month, day = _MONTHS.index(found["month"][:3]) + 1, int(found["day"])
    if found["year"]:
        return _real(int(found["year"]), month, day)
    this_year = _real(today.year, month, day)
    return this_year if this_year and this_year > today else _real(today.year + 1, month, day)


def _real(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
