"""Change -> what is said of it: a headline for the channel and a detail for its thread. Pure.

Priority actions come first, then every judgement that was read, then the first areas for improvement; what was not
read is named as such and nothing is said of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot import parts, words
from bot.types import Block, Bullets, Card, GradeRow, Grades, Line, Paragraph, SmallPrint, Strong
from judgements.types import Change, ChangeKind, Item, Kind, NotRead, Report

FIRST_ITEMS = 3
"""So many priority actions and areas for improvement stand in the headline; all of them in the thread."""


def headline(change: Change, seen_at: datetime) -> Card:
    """What stands in the channel. `seen_at`: when the change was noticed."""
    reading = change.reading
    if change.kind is ChangeKind.NOT_READ or isinstance(reading, NotRead):
        return _not_read(change, seen_at)
    return Card(
        title=_title(change, reading), sentence=_sentence(change, reading), blocks=_said(change, reading, seen_at)
    )


def detail(change: Change) -> Card | None:
    """What stands in the headline's thread; None where the headline says it all."""
    report = change.reading
    if change.kind is ChangeKind.NOT_READ or isinstance(report, NotRead):
        return None
    blocks = tuple(_detailed(report))
    if not blocks:
        return None
    what, name = parts.what(report), parts.authority_name(change.urn)
    title = words.DETAIL_TITLE.format(name=name, what=what)
    told = [block.title for block in blocks if isinstance(block, Bullets)]
    return Card(title=title, sentence=f"{title}: {'; '.join(told)}.", blocks=blocks)


def _not_read(change: Change, seen_at: datetime) -> Card:
    name, listing = parts.authority_name(change.urn), change.listing
    why = change.reading.why if isinstance(change.reading, NotRead) else words.COUNCILS_OWN
    published = words.day(listing.published)
    return Card(
        title=words.NOT_READ_TITLE.format(name=name),
        sentence=words.NOT_READ_SENTENCE.format(name=name, title=listing.title, published=published),
        blocks=(
            Paragraph(
                (
                    (Strong(listing.title), f", published {published}. ", parts.read_link(None, listing, letter=False)),
                    (words.NOT_READ.format(why=why),),
                )
            ),
            SmallPrint(((_source(words.SOURCE_UNREAD, change, seen_at),),)),
        ),
    )


def _title(change: Change, report: Report) -> str:
    flag = f"{words.WARNING} " if report.priority_actions else ""
    return f"{flag}{_telling_title(change, report)}{words.IN_PART if report.problems else ''}"


def _telling_title(change: Change, report: Report) -> str:
    """The one thing to know: the overall grade, an outcome, how many judgements moved, or what came."""
    name, what = parts.authority_name(change.urn), parts.what(report)
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


def _sentence(change: Change, report: Report) -> str:
    """The title's essence first, for a phone shows a hundred characters; then every judgement, then what it is."""
    title, what = _title(change, report), parts.what(report)
    told = "; ".join(_told(change, report))
    form = words.IT_WAS_PUBLISHED if what in title else words.PUBLISHED
    published = form.format(what=words.capital(what), published=words.day(change.listing.published))
    return " ".join(filter(None, (f"{title}.", f"{words.capital(told)}." if told else "", published)))


def _told(change: Change, report: Report) -> Iterator[str]:
    """What the title has not told yet."""
    rows = parts.rows(report, change.comparisons, change.before)
    yield from _flag(change, report)
    yield from (parts.movement_words(row) for row in rows[1 if _title_tells(rows[:1], report) else 0 :])
    if report.problems:
        yield words.NOT_ALL_TOLD


def _title_tells(first: Sequence[GradeRow], report: Report) -> bool:
    """Whether the title says all of the first row: the overall grade now and, if there was one, before."""
    return bool(report.overall) and any(
        row.movement in parts.MOVED or row.before == row.after or not row.movement for row in first
    )


def _flag(change: Change, report: Report) -> Iterator[str]:
    if report.priority_actions and (report.overall or report.outcome):
        count = words.counted(len(report.priority_actions), "area")
        yield f"{words.WARNING} {words.PRIORITY_ACTIONS.format(count=count)}"
    elif change.kind is ChangeKind.NEW_LETTER and not report.priority_actions and not report.problems:
        yield words.NO_PRIORITY_ACTIONS


def _said(change: Change, report: Report, seen_at: datetime) -> tuple[Block, ...]:
    rows = parts.rows(report, change.comparisons, change.before)
    return (
        *_priority_actions(report, FIRST_ITEMS),
        Paragraph(tuple(_introduced(change, report))),
        *((Grades(rows),) if rows else ()),
        *_improvements(report, FIRST_ITEMS),
        *_unread(report),
        SmallPrint(tuple(_small_print(change, seen_at))),
    )


def _introduced(change: Change, report: Report) -> Iterator[Line]:
    letter = change.kind is ChangeKind.NEW_LETTER
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


def _priority_actions(report: Report, most: int | None = None) -> Iterator[Block]:
    if report.priority_actions:
        count = words.counted(len(report.priority_actions), "area")
        yield _items(f"{words.WARNING} {words.PRIORITY_ACTIONS.format(count=count)}", report.priority_actions, most)


def _improvements(report: Report, most: int | None = None) -> Iterator[Block]:
    if report.improvements:
        number = len(report.improvements)
        recommended = report.kind is Kind.SIF_INSPECTION
        title = (
            words.RECOMMENDATIONS.format(count=words.counted(number, "recommendation"))
            if recommended
            else words.IMPROVEMENTS.format(count=words.counted(number, "area"))
        )
        yield _items(title, report.improvements, most)


def _items(title: str, items: Sequence[Item], most: int | None) -> Bullets:
    shown = items if most is None else items[:most]
    return Bullets(
        title=title,
        items=tuple((item.text, f" (page {item.page})") for item in shown),
        left_out=len(items) - len(shown),
        elsewhere=words.IN_THE_THREAD,
    )


def _unread(report: Report) -> Iterator[Block]:
    if report.problems:
        yield Bullets(title=words.NOT_ALL_READ, items=tuple((problem,) for problem in report.problems))


def _small_print(change: Change, seen_at: datetime) -> Iterator[Line]:
    if change.before and change.before_listing:
        yield (parts.compared_with(change.before, change.before_listing),)
    elif change.kind is not ChangeKind.NEW_LETTER:
        yield (change.not_compared or words.NOTHING_TO_COMPARE,)
    yield (_source(words.SOURCE, change, seen_at),)


def _source(form: str, change: Change, seen_at: datetime) -> str:
    listing = change.listing
    return form.format(
        title=f"“{listing.title}”",
        file_id=listing.file_id,
        seen=words.moment(seen_at),
    )


def _detailed(report: Report) -> Iterator[Block]:
    yield from _priority_actions(report)
    yield from _improvements(report)
    evidence = tuple(_evidence(report))
    if evidence:
        yield Bullets(title=words.EVIDENCE, items=evidence)
    if report.lead_inspectors:
        yield SmallPrint(((words.INSPECTORS.format(names=words.joined(report.lead_inspectors)),),))


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
