"""The title and the sentence of an alert: the one thing to know first, then every judgement, then what it is. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot import parts, words
from bot.types import GradeRow
from judgements.types import LETTERS, Change, ChangeKind, Report


def title(change: Change, report: Report) -> str:
    flag = f"{words.WARNING} " if report.priority_actions else ""
    anew = words.CORRECTED_TITLE if change.kind is ChangeKind.CORRECTED else ""
    return f"{flag}{_telling_title(change, report)}{words.IN_PART if report.problems else ''}{anew}"


def _telling_title(change: Change, report: Report) -> str:
    """The one thing to know: the overall grade, an outcome, how many judgements moved, or what came."""
    name, what = parts.name_in(change), parts.what(report)
    if report.overall or report.outcome:
        return _first_row_title(change, report, name, what)
    if report.priority_actions:
        count = words.counted(len(report.priority_actions), "area")
        return words.FLAGGED_TITLE.format(name=name, what=what, count=count)
    if told := parts.tally(change.comparisons):
        return words.TALLY.format(name=name, tally=told)
    return words.PLAIN_TITLE.format(name=name, what=what)


def _first_row_title(change: Change, report: Report, name: str, what: str) -> str:
    row = parts.rows(report, change.comparisons, change.before)[0]
    if report.outcome:
        return words.OUTCOME_TITLE.format(sign=row.sign, name=name, what=what, outcome=row.after).lstrip()
    if row.before == row.after:
        return words.STILL.format(name=name, after=row.after)
    moved = row.movement in parts.MOVED
    form = words.MOVED_TO if moved else words.OVERALL_IS
    return form.format(sign=row.sign, name=name, movement=row.movement, before=row.before, after=row.after)


def sentence(change: Change, report: Report) -> str:
    """The title's essence first, for a phone shows a hundred characters; then every judgement, then what it is."""
    said, what = title(change, report), parts.what(report)
    told = "; ".join(_told(change, report))
    form = words.IT_WAS_PUBLISHED if what in said else words.PUBLISHED
    published = form.format(what=words.capital(what), published=words.day(change.listing.published))
    return " ".join(filter(None, (f"{said}.", f"{words.capital(told)}." if told else "", published)))


def _told(change: Change, report: Report) -> Iterator[str]:
    """What the title has not told yet."""
    yield from _flag(report)
    yield from map(parts.movement_words, untold(change, report))
    if report.problems:
        yield words.NOT_ALL_TOLD


def untold(change: Change, report: Report) -> Sequence[GradeRow]:
    """The judgements, without the one of which the title says all."""
    rows = parts.rows(report, change.comparisons, change.before)
    return rows[1 if _title_tells(rows[:1], report) else 0 :]


def _title_tells(first: Sequence[GradeRow], report: Report) -> bool:
    """Whether the title says all of the first row: the overall grade now and, if there was one, before."""
    return bool(report.overall) and any(
        row.movement in parts.MOVED or row.before == row.after or not row.movement for row in first
    )


def _flag(report: Report) -> Iterator[str]:
    if report.priority_actions and (report.overall or report.outcome):
        count = words.counted(len(report.priority_actions), "area")
        yield f"{words.WARNING} {words.PRIORITY_ACTIONS.format(count=count)}"
    elif report.kind in LETTERS and not report.priority_actions and not report.problems:
        yield words.NO_PRIORITY_ACTIONS
