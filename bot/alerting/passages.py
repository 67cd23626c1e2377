"""What an alert and its detail are put together from: a block for each thing there is to say of a report. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot import parts, words
from bot.types import Block, Bullets, Grades, Line, SmallPrint
from judgements.types import LETTERS, Change, ChangeKind, Item, Kind, Report


def grades(change: Change, report: Report) -> Iterator[Block]:
    if rows := parts.rows(report, change.comparisons, change.before):
        yield Grades(rows)


def introduced(change: Change, report: Report) -> Iterator[Line]:
    letter = report.kind in LETTERS
    published = words.PUBLISHED.format(
        what=words.capital(parts.what(report)), published=words.day(change.listing.published)
    )
    when = parts.inspected(report)
    dates = (words.VISITED if letter else words.INSPECTED).format(when=when) if when else ""
    yield (f"{published} {dates} ".replace("  ", " "), parts.read_link(report, change.listing, letter=letter))
    if report.previous:
        since = words.MONITORED.format(
            ordinal=parts.ordinal(report.visit_number),
            grade=words.GRADES[report.previous.grade],
            when=words.month(report.previous.when),
        )
        yield (since,)
    if letter and not report.priority_actions and not report.problems:
        yield (words.NO_GRADES,)


def priority_actions(report: Report, most: int | None = None, elsewhere: str = "") -> Iterator[Block]:
    if report.priority_actions:
        count = words.counted(len(report.priority_actions), "area")
        yield _items(
            f"{words.WARNING} {words.PRIORITY_ACTIONS.format(count=count)}", report.priority_actions, most, elsewhere
        )


def improvements(report: Report, most: int | None = None, elsewhere: str = "") -> Iterator[Block]:
    if report.improvements:
        number = len(report.improvements)
        recommended = report.kind is Kind.SIF_INSPECTION
        title = (
            words.RECOMMENDATIONS.format(count=words.counted(number, "recommendation"))
            if recommended
            else words.IMPROVEMENTS.format(count=words.counted(number, "area"))
        )
        yield _items(title, report.improvements, most, elsewhere)


def _items(title: str, items: Sequence[Item], most: int | None, elsewhere: str) -> Bullets:
    shown = items if most is None else items[:most]
    return Bullets(
        title=title,
        items=tuple((item.text, f" (page {item.page})") for item in shown),
        left_out=len(items) - len(shown),
        elsewhere=elsewhere,
    )


def unread(report: Report) -> Iterator[Block]:
    if report.problems:
        yield Bullets(title=words.NOT_ALL_READ, items=tuple((problem,) for problem in report.problems))


def small_print(change: Change, report: Report, seen_at: datetime, *, altered: bool = False) -> Iterator[Line]:
    if change.before and change.before_listing:
        yield (parts.compared_with(change.before, change.before_listing),)
    elif report.kind not in LETTERS:
        yield (change.not_compared or words.NOTHING_TO_COMPARE,)
    yield (source(words.SOURCE, change, seen_at),)
    yield from alteration(change, seen_at) if altered else ()


def alteration(change: Change, seen_at: datetime) -> Iterator[Line]:
    """Why a message says something else than it said before."""
    forms = {ChangeKind.READ_AT_LAST: words.READ_LATER, ChangeKind.REDATED: words.DATED_ANEW}
    form = forms.get(change.kind, words.READ_ANEW)
    yield (form.format(at=words.moment(seen_at)),)


def source(form: str, change: Change, seen_at: datetime) -> str:
    listing = change.listing
    return form.format(
        title=f"“{listing.title}”",
        file_id=listing.file_id,
        seen=words.moment(seen_at),
    )


def evident(report: Report) -> Iterator[Block]:
    if evidence := tuple(_evidence(report)):
        yield Bullets(title=words.EVIDENCE, items=evidence)
    if report.lead_inspectors:
        who = words.INSPECTORS_TOGETHER if len(report.lead_inspectors) > 1 else words.INSPECTOR
        yield SmallPrint(((words.INSPECTORS.format(who=who, names=words.joined(report.lead_inspectors)),),))


def _evidence(report: Report) -> Iterator[Line]:
    for judgement in parts.overall_first(report):
        yield (
            words.EVIDENCE_ITEM.format(
                name=parts.name_of(judgement, report),
                grade=words.GRADES[judgement.grade],
                page=judgement.span.page,
                quote=judgement.span.quote,
            ),
        )
    if report.outcome:
        outcome, span = words.OUTCOMES[report.outcome.outcome], report.outcome.span
        yield (words.EVIDENCE_ITEM.format(name=words.OUTCOME, grade=outcome, page=span.page, quote=span.quote),)
