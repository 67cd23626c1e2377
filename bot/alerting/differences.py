"""What is different between two readings of one document, in words. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot import parts, words
from bot.types import Line, Strong
from judgements.types import Reading, Report


def differences(before: Reading | None, after: Reading) -> tuple[Line, ...]:
    """A line for each grade, outcome or number that is not the same; one line that says so if none is.

    `before` may be None: nothing was known.
    """
    return tuple(_differences(before, after)) or ((words.NOTHING_DIFFERS,),)


def _differences(before: Reading | None, after: Reading) -> Iterator[Line]:
    old, new = _said(before), _said(after)
    for name in dict.fromkeys((*new, *old)):
        was, now = old.get(name, ""), new.get(name, "")
        if was != now:
            yield (Strong(name), _form(before, was, now).format(before=was, after=now))


def _form(before: Reading | None, was: str, now: str) -> str:
    if not isinstance(before, Report):
        return words.DIFFERS_FIRST
    return words.DIFFERS if was and now else words.DIFFERS_ONLY_NOW if now else words.DIFFERS_ONLY_BEFORE


def _said(reading: Reading | None) -> Mapping[str, str]:
    """Each grade, the outcome, and how many areas there are, by name; nothing for what was not read."""
    if not isinstance(reading, Report):
        return {}
    grades = {row.name: row.after for row in parts.rows(reading)}
    actions, improvements = len(reading.priority_actions), len(reading.improvements or ())
    return grades | {words.AREAS_PRIORITY: str(actions), words.AREAS_IMPROVEMENT: str(improvements)}
