"""What is different between two readings of one document, in words. Pure.

Whatever makes a correction (`judgements.same`) is named: what sort of document it is, its dates, each grade and the
outcome, and the very words of the areas that are new or were taken out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from bot import parts, words
from bot.types import Line, Strong
from judgements.same import bare_words
from judgements.types import Change, Item, Kind, Reading, Report

MOST_ITEMS = 5
"""So many areas for improvement that are new, or were taken out, are quoted; those for priority action all are."""


def differences(before: Reading | None, after: Reading) -> tuple[Line, ...]:
    """A line for each thing that a reader was told and that is not the same; one line that says so if none is.

    `before` may be None: nothing was known. Where it is no report, what is read now is told as the first of it.
    """
    return tuple(_differences(before, after)) or ((words.NOTHING_DIFFERS,),)


def redated(change: Change) -> tuple[Line, ...]:
    """A line for the date of publication, if it is not the one that was told."""
    if change.dated_before is None:
        return ()
    was, now = words.day(change.dated_before), words.day(change.listing.published)
    return ((Strong(words.PUBLISHED_ON), words.DIFFERS.format(before=was, after=now)),)


def _differences(before: Reading | None, after: Reading) -> Iterator[Line]:
    """Areas for priority action first, as in an alert; where there are and were none, after the grades."""
    actions = tuple(_of_actions(before, after))
    flagged = any(isinstance(one, Report) and one.priority_actions for one in (before, after))
    yield from actions if flagged else ()
    # Where one of them was not read, what the document is and when inspectors were there is no difference.
    both = isinstance(before, Report) and isinstance(after, Report)
    yield from _of_values(before, after, _about) if both else ()
    yield from _of_values(before, after, _judged)
    yield from () if flagged else actions
    yield from _of_values(before, after, lambda one: {words.AREAS_IMPROVEMENT: _number(one.improvements)})
    if isinstance(before, Report) and isinstance(after, Report):
        noun = words.RECOMMENDATION if after.kind is Kind.SIF_INSPECTION else words.AREA_IMPROVEMENT
        yield from _quoted(noun, before.improvements or (), after.improvements or (), MOST_ITEMS)


def _of_actions(before: Reading | None, after: Reading) -> Iterator[Line]:
    yield from _of_values(before, after, lambda one: {words.AREAS_PRIORITY: _number(one.priority_actions)})
    if isinstance(before, Report) and isinstance(after, Report):
        yield from _quoted(words.AREA_PRIORITY, before.priority_actions, after.priority_actions)


def _of_values(before: Reading | None, after: Reading, said: Callable[[Report], Mapping[str, str]]) -> Iterator[Line]:
    """A line for each name under which the two say something else; what was not read says nothing."""
    old, new = (said(one) if isinstance(one, Report) else {} for one in (before, after))
    for name in dict.fromkeys((*new, *old)):
        was, now = old.get(name, ""), new.get(name, "")
        if was != now and (isinstance(after, Report) or was != words.NO_ITEMS):
            yield (Strong(name), _form(before, was, now).format(before=was, after=now))


def _form(before: Reading | None, was: str, now: str) -> str:
    if not isinstance(before, Report):
        return words.DIFFERS_FIRST
    return words.DIFFERS if was and now else words.DIFFERS_ONLY_NOW if now else words.DIFFERS_ONLY_BEFORE


def _about(report: Report) -> Mapping[str, str]:
    what, number = parts.what(report), report.visit_number
    named = number is None or parts.ordinal(number)
    return {
        words.WHAT_IT_IS: what if named else words.VISIT_NUMBERED.format(what=what, number=number),
        words.WHEN_INSPECTED: parts.inspected(report),
        words.HOW_MUCH_READ: words.READ_IN_PART if report.problems else words.READ_WHOLE,
    }


def _judged(report: Report) -> Mapping[str, str]:
    """Each grade and the outcome, by name."""
    return {row.name: row.after for row in parts.rows(report)}


def _number(items: Sequence[Item] | None) -> str:
    """ "3", "none"; "" where the document has no such section."""
    return "" if items is None else str(len(items) or words.NO_ITEMS)


def _quoted(noun: str, before: Sequence[Item], after: Sequence[Item], most: int | None = None) -> Iterator[Line]:
    new, gone = _missing_from(before, after), _missing_from(after, before)
    if not new and not gone and len(before) == len(after) and _all_words(before) != _all_words(after):
        yield (Strong(noun), words.DIFFERS_IN_ORDER)
    yield from _items(noun, new, most, words.ITEM_NEW, words.MORE_NEW)
    yield from _items(noun, gone, most, words.ITEM_GONE, words.MORE_GONE)


def _items(noun: str, items: Sequence[Item], most: int | None, quoting: str, counting: str) -> Iterator[Line]:
    for item in items[:most]:
        yield (Strong(noun), quoting.format(text=item.text.rstrip("."), page=item.page))
    if more := len(items) - len(items[:most]):
        yield (Strong(noun), counting.format(more=more))


def _missing_from(others: Sequence[Item], items: Sequence[Item]) -> list[Item]:
    """Those of the items that are not among the others, word for word."""
    left = Counter(_all_words(others))
    missing = []
    for item in items:
        if left[bare_words(item.text)]:
            left[bare_words(item.text)] -= 1
        else:
            missing.append(item)
    return missing


def _all_words(items: Sequence[Item]) -> list[str]:
    return [bare_words(item.text) for item in items]
