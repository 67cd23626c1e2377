"""When a subscription is told: at once, daily or weekly at a time of day in London; and until when a mute lasts. Pure.

A how is one word or a few of text, always spelled as `spelled` does: "now", "daily 09:45", "weekly mon 09:45".
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

from bot import days, words

NOW = "now"
USUAL = time(9, 45)
"""When a digest comes if nobody says: a quarter of an hour after Ofsted publishes."""
LONGEST_MUTE = timedelta(days=366)

_AT = rf"(?:\s+(?:at\s+)?(?P<time>{days.TIME}))?"
HOW = re.compile(
    rf"\b(?:(?P<now>now|at once|immediately|instantly)"
    rf"|(?:(?P<daily>daily|(?:every|each) day)"
    rf"|(?P<weekly>weekly|(?:every|each) week)(?:\s+(?:on\s+)?(?P<day>{days.WEEKDAY}))?"
    rf"|(?:every|each)\s+(?P<each>{days.WEEKDAY})){_AT}"
    rf"(?(weekly)(?(day)|(?:\s+(?:on\s+)?(?P<after>{days.WEEKDAY}))?)))(?![\w:.]*\d)(?!\w)",
    re.IGNORECASE,
)
"""A how, wherever it stands in what somebody typed."""
PART = re.compile(
    rf"(?<![\w-])(?:(?:on\s+)?(?P<day>{days.WEEKDAY}){_AT}|at\s+(?P<at>{days.TIME}|\d[\w:.]*)"
    r"|(?P<bare>\d{1,2}(?:[:.]\d{1,2}\s?(?:am|pm)?|\s?(?:am|pm))|noon|midday))(?![\w:.]*\d)(?!\w)",
    re.IGNORECASE,
)
"""A day or a time of day without a word that says how often; no authority's name has such a part."""

_MORNING = time(7)
"""A mute until a day ends early on that day."""


def spelled(found: re.Match[str]) -> str | None:
    """The how of a match of `HOW`; None if its time of day is none."""
    if found["now"]:
        return NOW
    at = days.time_of_day(found["time"]) if found["time"] else USUAL
    return _spelled("" if found["daily"] else found["day"] or found["each"] or found["after"] or "mon", at)


def completed(found: re.Match[str]) -> str | None:
    """The how that was probably meant by a match of `PART`; None if its time of day is none."""
    typed = found["time"] or found["at"] or found["bare"]
    return _spelled(found["day"] or "", days.time_of_day(typed) if typed else USUAL)


def _spelled(day: str, at: time | None) -> str | None:
    rhythm = f"weekly {day[:3].lower()}" if day else "daily"
    return f"{rhythm} {at:%H:%M}" if at else None


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
        return words.HOW_WEEKLY.format(day=words.WEEKDAYS[days.WEEKDAYS.index(day)], at=at)
    return words.HOW_NOW


def due(how: str, now: datetime) -> datetime | None:
    """When what happens at `now` is told, in UTC; None for at once. The time of day is London's on that day."""
    rhythm, _, rest = how.partition(" ")
    if rhythm not in ("daily", "weekly"):
        return None
    day, _, at = rest.rpartition(" ")
    today = words.london_day(now)
    coming = (today + timedelta(days=ahead) for ahead in range(9))
    fitting = (each for each in coming if not day or days.WEEKDAYS[each.weekday()] == day)
    moments = (_moment(each, time.fromisoformat(at)) for each in fitting)
    return next(moment for moment in moments if moment > now)


def mute_end(text: str, now: datetime) -> datetime | None:
    """When a mute ends of which somebody says "14d", "two weeks" or "until friday"; None if that is not clear."""
    if (long := days.span(text, days.MINUTE)) is not None:
        return now + long
    day = days.day(text, words.london_day(now), past=False)
    return _moment(day, _MORNING) if day else None


def _moment(day: date, at: time) -> datetime:
    return datetime.combine(day, at, words.LONDON).astimezone(UTC)
