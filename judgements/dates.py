"""The grammar of dates as inspection documents print them.

`periods_at` reads a run of dates ("27 February and 3 March 2017", "19 November-11 December 2013 and 28-30 January
2014") that begins at a place in a text; `day_in` reads one whole date. A part that is missing is taken from the date
that follows ("27 September to 8 October 2021"); a year printed nowhere, from the date of the document.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

Period = tuple[date, date]

MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_MONTH = r"(?P<month>" + "|".join((*MONTHS, "sept", *(name[:3] for name in MONTHS))) + r")(?![a-z])\.?"
_YEAR = r"(?P<year>(?:19|20)\d\d)(?P<glued>\d?)\b"
"""A footnote's number may be glued to a year; it may also be a digit too many."""
_ANY_MONTH = "(?:" + "|".join(name[:3] for name in MONTHS) + ")"
_WEEKDAY = r"(?:(?:mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(?:day)?\.?,? )?(?:the )?"
_DAY = re.compile(
    rf"{_WEEKDAY}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:\b|(?={_ANY_MONTH}))(?: of)?(?: ?{_MONTH},?)?(?: ?{_YEAR})?"
)
_NUMERIC = re.compile(r"(?P<day>\d{1,2})(?P<sign>[./-])(?P<month>\d{1,2})(?P=sign)(?P<year>(?:19|20)\d\d|(?<!-)\d\d)\b")
_INCLUSIVE = re.compile(r"(?: ?\(?\b(?:inclusive|both days)\b\)?)?")
_LED_IN = re.compile(r"(?:(?:from|between|on):? )?")
_RANGE = re.compile(r" ?(?:to|until|till|through|[-–—]) ?")
_ALSO = re.compile(
    r"[,;]? ?\(?(?:and(?: then| again| also)?|then|plus|as well as|&)(?: on| from)? ?|[,;] ?"
    r"| ?/ (?=\d{1,2}(?:st|nd|rd|th)? [a-z])"
)
_WHOLE = re.compile(rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)? ?(?:of )?{_MONTH},? ?{_YEAR}")
_MONTH_YEAR = re.compile(rf"{_MONTH},? ?(?P<year>(?:19|20)\d\d)\b")
_SPELT = rf"{_WEEKDAY}\d{{1,2}}(?:st|nd|rd|th)?"
_NEXT = re.compile(rf" (?={_SPELT}(?: {_ANY_MONTH}[a-z]*\.?(?: \d{{4}})?)? ?(?:to|until|[-–—]) ?{_SPELT} {_ANY_MONTH})")
"""A further period on a line of its own: nothing stands between, so it must itself be one, from a day to a day."""
_MORE = re.compile(
    r"(?:\.(?= (?:and|then|plus)\b))?"
    r"[ ,;/(+&]*(?:(?:and|then|plus|also|as well as|with|a|further|returning|again|on|from|between|visit)\b[ ,]*)*"
    rf"{_SPELT}(?:(?: ?(?:to|and|[-–—]) ?{_SPELT})? {_ANY_MONTH}|[./]\d{{1,2}}[./]\d\d)"
)
"""Another day and month after a run that has ended: somebody came again, in words that are not known here."""
ORDINALS = (
    *("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"),
    *("eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth"),
)
LONGEST = 400
"""Days. A longer "period" is two dates that do not belong together."""
MOST_DAYS = 40
"""Days named in one run; a list of more is not when somebody came."""


@dataclass(frozen=True, slots=True)
class _Day:
    day: int
    month: int | None
    year: int | None
    after_range: bool = False
    """True if "to" stands before it, False for "and" or the first."""


def periods_at(text: str, place: int, written: date | None = None) -> tuple[Period, ...] | None:
    """The periods of the run of dates that begins at `place` of a lower-case text; () if none can be read.

    None if more dates follow that are not understood: those that are might be the lesser part.
    `written` is the date of the document itself: the last day named without a year is the latest one before it.
    """
    named, end = _run(text, place)
    if named and _MORE.match(text, end):
        return None
    days = _complete(named, written)
    dated = [(_date(day), day.after_range) for day in days]
    if not dated or any(when is None for when, _ in dated):
        return ()
    return _periods([(when, ranged) for when, ranged in dated if when])


def day_in(text: str) -> date | None:
    """The first whole date ("3 February 2015", "03/02/2015") in a lower-case text."""
    match = _WHOLE.search(text) or _NUMERIC.search(text)
    return _date(_parsed(match, after_range=False)) if match else None


def is_day(text: str) -> bool:
    """True if a lower-case text is one whole date and nothing else."""
    return _WHOLE.fullmatch(text) is not None


def has_glued_year(text: str) -> bool:
    """True if another digit stands right behind the year of the first whole date in a lower-case text."""
    match = _WHOLE.search(text)
    return bool(match and match["glued"])


def month_in(text: str) -> date | None:
    """The first day of the first month named with its year ("May 2019") in a lower-case text."""
    match = _MONTH_YEAR.search(text)
    return date(int(match["year"]), _month(match["month"]), 1) if match else None


def ordinal(word: str) -> int | None:
    """3 for "third" and for "3rd", in lower case."""
    digits = re.match(r"\d+", word)
    return int(digits[0]) if digits else ORDINALS.index(word) + 1 if word in ORDINALS else None


def _run(text: str, place: int) -> tuple[list[_Day], int]:
    """The days of a run and the place where the last of them ends."""
    days: list[_Day] = []
    led_in = _LED_IN.match(text, place)
    place = end = led_in.end() if led_in else place
    ranged = False
    while match := _NUMERIC.match(text, place) or _DAY.match(text, place):
        days.append(_parsed(match, after_range=ranged))
        last = _INCLUSIVE.match(text, match.end())
        end = last.end() if last else match.end()
        between = _RANGE.match(text, end) or _ALSO.match(text, end) or (match["year"] and _NEXT.match(text, end))
        if not between:
            break
        ranged, place = between.re is _RANGE, between.end()
    while days and days[-1].month is None:
        days.pop()
    return (days if len(days) <= MOST_DAYS else []), end


def _parsed(match: re.Match[str], *, after_range: bool) -> _Day:
    month, year = match["month"], match["year"]
    return _Day(
        day=int(match["day"]),
        month=None if month is None else int(month) if month.isdigit() else _month(month),
        year=None if year is None else int(year) if len(year) == 4 else 2000 + int(year),
        after_range=after_range,
    )


def _month(name: str) -> int:
    return 1 + next(index for index, full in enumerate(MONTHS) if full.startswith(name[:3]))


def _complete(days: list[_Day], written: date | None) -> list[_Day]:
    """The same days, each with month and year: from the day after it, or from the date of the document."""
    done: list[_Day] = []
    for day in reversed(days):
        after = done[-1] if done else None
        month = day.month or (after.month if after else None)
        done.append(replace(day, month=month, year=day.year or _year(day.day, month, after, written)))
    return done[::-1]


def _year(day: int, month: int | None, after: _Day | None, written: date | None) -> int | None:
    limit = (after.year, after.month, after.day) if after else written and (written.year, written.month, written.day)
    if not limit or limit[0] is None or limit[1] is None or month is None:
        return None
    return limit[0] if (month, day) <= (limit[1], limit[2]) else limit[0] - 1


def _date(day: _Day) -> date | None:
    try:
        return date(day.year, day.month, day.day) if day.year and day.month else None
    except ValueError:
        return None


def _periods(days: list[tuple[date, bool]]) -> tuple[Period, ...]:
    """ "A to B and C to D" is two periods; "A and B", or "A, B and C", is one."""
    if not any(ranged for _, ranged in days):
        found = [(days[0][0], days[-1][0])]
    else:
        found = []
        for when, ranged in days:
            found = [*found[:-1], (found[-1][0], when)] if ranged and found else [*found, (when, when)]
    sound = all(first <= last and (last - first).days <= LONGEST for first, last in found)
    return tuple(found) if sound else ()
