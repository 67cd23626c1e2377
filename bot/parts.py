"""What cards are put together from: reports and comparisons as rows, lines and phrases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache

from bot import words
from bot.types import GradeRow, Line, Link, Run, Strong
from judgements.authorities import REGISTRY
from judgements.diff import movement_of_outcome
from judgements.frameworks import FRAMEWORKS, area
from judgements.types import Change, ChangeKind, Comparison, Judgement, Listing, Movement, Report, SendOutcome

MOVED = frozenset(words.SIGNS[one][1] for one in (Movement.IMPROVED, Movement.DECLINED))


def authority_name(urn: str, on: date | None = None) -> str:
    """What it is called on that day; without one, by the last name that is known."""
    authority = REGISTRY.by_urn(urn)
    if authority is None:
        return f"URN {urn}"
    return authority.spoken if on is None else authority.called(on)


def name_in(change: Change) -> str:
    """The name of its authority, as it is when there is this to tell: what puts right or takes back comes later."""
    return authority_name(change.urn, None if change.kind in _LATER else change.listing.published)


_LATER = frozenset(
    {ChangeKind.CORRECTED, ChangeKind.REDATED, ChangeKind.READ_AT_LAST, ChangeKind.WITHDRAWN, ChangeKind.RETURNED}
)


def what(report: Report) -> str:
    """ "inspection of children's services", "third monitoring visit"."""
    return ordinal(report.visit_number) + words.KINDS[report.kind]


def ordinal(number: int | None) -> str:
    """ "third " with the space that follows it; "" where there is no number or no word for it."""
    return f"{words.ORDINALS[number - 1]} " if number and 0 < number <= len(words.ORDINALS) else ""


def name_of(judgement: Judgement, report: Report) -> str:
    """The framework's own label, without the numbering and the misprints of one document."""
    return words.judgement_name(judgement, _label(judgement, report))


def short_name_of(judgement: Judgement, report: Report) -> str:
    """The same in as few words as people use for it."""
    return words.short_name(judgement, _label(judgement, report))


def _label(judgement: Judgement, report: Report) -> str | None:
    return _label_of(report.framework, report.edition, judgement.theme)


def judges(report: Report, theme: str) -> bool:
    """Whether the report's edition judges it; True where the edition is not known."""
    return not (report.framework in FRAMEWORKS and report.edition) or bool(
        area(report.framework, report.edition, theme)
    )


@cache
def _label_of(framework: str, edition: str, theme: str) -> str | None:
    known = area(framework, edition, theme) if framework in FRAMEWORKS else None
    return known.label if known else None


def rows(report: Report, comparisons: Sequence[Comparison] = (), before: Report | None = None) -> tuple[GradeRow, ...]:
    """A row for each judgement, overall effectiveness (if given) first; not compared where nothing was."""
    if not comparisons:
        found = tuple(_row(one, report) for one in overall_first(report))
    else:
        ordered = sorted(comparisons, key=lambda one: one.theme != "overall" or one.after is None)
        found = tuple(_compared(one, report, before or report) for one in ordered)
    return (*_outcome(report, before), *found)


def overall_first(report: Report) -> Iterator[Judgement]:
    if report.overall:
        yield report.overall
    yield from report.judgements


def _row(judgement: Judgement, report: Report) -> GradeRow:
    return GradeRow(
        name=name_of(judgement, report),
        short=words.short_name(judgement, _label(judgement, report)),
        after=words.GRADES[judgement.grade],
        page=judgement.span.page,
    )


def _compared(comparison: Comparison, report: Report, before: Report) -> GradeRow:
    was, now = comparison.before, comparison.after
    sign, movement = words.SIGNS[comparison.movement]
    if now is None and (whole := next((one for one in report.graded if one.theme == comparison.within), None)):
        movement = words.NOW_PART_OF.format(whole=short_name_of(whole, report))
    one, source = (now, report) if now else (was, before)
    assert one is not None, "a comparison has at least one side"
    return GradeRow(
        name=name_of(one, source),
        short=words.short_name(one, _label(one, source)),
        sign=sign,
        movement=movement,
        before=words.GRADES[was.grade] if was else "",
        after=words.GRADES[now.grade] if now else "",
        page=now.span.page if now else None,
        why=comparison.why,
    )


def _outcome(report: Report, before: Report | None) -> tuple[GradeRow, ...]:
    movement = movement_of_outcome(before, report) if before else None
    sign, moved = words.SIGNS[movement] if movement else ("", "")
    was, now = before.outcome if before else None, report.outcome
    if not (was or now):
        return ()
    row = GradeRow(
        name=words.OUTCOME,
        short=words.OUTCOME.lower(),
        sign=sign,
        movement=moved,
        before=_outcome_words(was),
        after=_outcome_words(now),
        page=now.span.page if now else None,
    )
    return (row,)


def _outcome_words(outcome: SendOutcome | None) -> str:
    return words.OUTCOMES[outcome.outcome] if outcome else ""


def movement_line(row: GradeRow) -> Line:
    """ "▲ improved: requires improvement to be good → **good** (page 2)"."""
    page = f" (page {row.page})" if row.page else ""
    if not row.movement:
        return (Strong(row.after), page)
    moved = f"{row.sign} {row.movement}"
    if not row.after:
        return (f"{moved}; it was {row.before}",)
    if not row.before or row.before == row.after:
        return (f"{moved}: ", Strong(row.after), page)
    return (f"{moved}: {row.before} → ", Strong(row.after), page)


def movement_words(row: GradeRow) -> str:
    """The same for a sentence: "help and protection: requires improvement to be good → good"."""
    name = row.short or row.name
    if not row.movement:
        return f"{name}: {row.after}"
    if not row.after:
        return f"{name}: {row.movement} (it was {row.before})"
    if row.before == row.after:
        return f"{name}: {words.AS_BEFORE.format(after=row.after)}"
    if row.movement in MOVED:
        return f"{name}: {row.before} → {row.after}"
    was = f"{row.before} → " if row.before else ""
    return f"{name}: {was}{row.after} ({row.movement})"


def movement_short(row: GradeRow) -> str:
    """The same with its sign, for a list: "▲ Help and protection: requires improvement to be good → good"."""
    return f"{row.sign} {words.capital(movement_words(row))}".lstrip()


def flag(report: Report) -> str:
    """ "⚠ 2 areas for priority action"; "" if there are none."""
    if not report.priority_actions:
        return ""
    count = words.counted(len(report.priority_actions), "area")
    return f"{words.WARNING} {words.PRIORITY_ACTIONS.format(count=count)}"


def tally(comparisons: Sequence[Comparison]) -> str:
    """ "2 judgements improved, 1 declined", or that none moved; "" where nothing could be compared."""
    moved = {kind: sum(one.movement is kind for one in comparisons) for kind in (Movement.IMPROVED, Movement.DECLINED)}
    told = [(number, words.SIGNS[kind][1]) for kind, number in moved.items() if number]
    if told:
        (first, verb), *rest = told
        return ", ".join([f"{words.counted(first, 'judgement')} {verb}", *(f"{n} {v}" for n, v in rest)])
    same = [one for one in comparisons if one.movement is Movement.SAME]
    return words.UNCHANGED if same and len(same) == len(comparisons) else ""


def read_link(report: Report | None, listing: Listing, *, letter: bool) -> Run:
    text = words.OPEN_IT if report is None else words.READ_LETTER if letter else words.READ_IT
    return Link(text, listing.url)


def inspected(report: Report) -> str:
    """ "6 to 17 July 2026", all periods; "" where the dates were not read."""
    if report.inspection is None:
        return ""
    return words.joined([words.period(first, last) for first, last in report.inspection.periods])


def compared_with(before: Report, listing: Listing) -> str:
    when = inspected(before)
    dates = words.COMPARED_INSPECTED.format(when=when) if when else ""
    return words.COMPARED_WITH.format(what=what(before), published=words.day(listing.published), inspected=dates)
