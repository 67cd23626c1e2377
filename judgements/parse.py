"""A document in, what it says out: recognise, read, let independent statements agree.

    bytes -> Document -> flow -> framework and form -> dates, authority, statements of grades -> Report

Nothing here knows a framework by name: what to look for stands in `frameworks/*.toml`. What cannot be read with
certainty is left out and said in `Report.problems`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from judgements.agree import Stated, agree
from judgements.dates import day_in, has_glued_year, is_day, periods_at
from judgements.document import open_document
from judgements.editions import edition_of, unkept
from judgements.flow import Flow, flow
from judgements.frameworks import FRAMEWORKS, Form, Framework
from judgements.lists import Listed, listed
from judgements.outcome import outcome
from judgements.people import leads
from judgements.places import place
from judgements.recognise import behind_a_letter, front_end, is_heading, recognise
from judgements.statements import stated_in_words
from judgements.table import closing_begin, stated_in_table
from judgements.types import LETTERS, Document, Inspection, NotRead, Reading, Report, Status
from judgements.visits import previous, visit_number

A_DATE = 40
"""Characters in which a date stands that a label announces."""
LONGEST_STAY = 60
"""Days from the first to the last of one period; the longest known is four weeks."""
_FIVE_DIGITS = "Its date is printed with a year of five digits, and is left out."
_BEFORE = "It is dated {published}, before its inspection began: one of these dates is misprinted."
_LONG = "Its inspection is said to have lasted from {start} to {end}: one of these dates is misprinted."


def read(data: bytes) -> Reading:
    """What the bytes of a document say, or why nothing could be read. Never raises for bad bytes."""
    document = open_document(data)
    return document if isinstance(document, NotRead) else parse(document)


def parse(document: Document, frameworks: Mapping[str, Framework] = FRAMEWORKS) -> Reading:
    """What a document says by one of the frameworks, with page and words for every grade."""
    text = flow(document)
    recognised = recognise(text, frameworks.values())
    if recognised:
        return _report(text, *recognised)
    covered = behind_a_letter(document)
    reading = parse(covered, frameworks) if covered else None
    if isinstance(reading, Report) and reading.kind not in LETTERS:
        return reading
    return _unrecognised(document)


def _unrecognised(document: Document) -> NotRead:
    if document.form == "html":
        return NotRead(
            status=Status.NOT_A_REPORT, why=f"It is a web page (“{document.pages[0].lines[0]}”), not a report."
        )
    return NotRead(
        status=Status.UNRECOGNISED, why="No title of an inspection report or letter stands on its first pages."
    )


def _report(text: Flow, framework: Framework, form: Form) -> Report:
    end = front_end(text, form)
    dated = _dated(text, form, end)
    inspection = _inspection(text, form, end, day_in(dated))
    published, misprints = _sound(dated, inspection)
    urn, printed, problems = place(text, form, end, inspection.start if inspection else None)
    sent, outcome_problems = outcome(text, form, end)
    rows, why = stated_in_table(text, framework, form.table, end) if form.table else ((), "")
    record = closing_begin(text, form.table, end) if form.table else len(text.lower)
    stated = (*rows, *stated_in_words(text, framework, form, end, record))
    judgements, disagreements = agree(stated)
    edition, edition_problems = edition_of(framework, form, inspection, judgements, stated)
    expected = {area.theme for area in edition.areas}
    judgements = tuple(one for one in judgements if one.theme in expected)
    overall = edition.overall.theme if edition.overall else None
    others = _others_begin(text, form, end, stated)
    improvements, actions = (
        listed(text, section, others) if section else Listed() for section in (form.improvements, form.priority_actions)
    )
    return Report(
        kind=form.kind,
        framework=framework.key,
        edition=edition.key,
        authority=urn,
        authority_printed=printed,
        inspection=inspection,
        published=published,
        overall=next((one for one in judgements if one.theme == overall), None),
        judgements=tuple(one for one in judgements if one.theme != overall),
        outcome=sent,
        improvements=improvements.items,
        priority_actions=actions.items or (),
        lead_inspectors=leads(text, form, end),
        visit_number=visit_number(text, form, end),
        previous=previous(text, framework, form, end),
        problems=(
            *problems,
            *(() if inspection else ("The dates of the inspection cannot be read.",)),
            *misprints,
            *((why,) if why else ()),
            *disagreements,
            *edition_problems,
            *unkept(text, form, end, judgements),
            *outcome_problems,
            *(one.problem for one in (actions, improvements) if one.problem),
        ),
    )


def _others_begin(text: Flow, form: Form, end: int, stated: Iterable[Stated]) -> int | None:
    """The page on which a second body's part of the document begins, whose own recommendations are not these."""
    promised = {area.theme for area, _ in form.promised}
    front = text.page_at(max(end - 1, 0))
    pages = (one.span.page for one in stated if one.area.theme in promised)
    return max((page for page in pages if page > front), default=None)


def _dated(text: Flow, form: Form, end: int) -> str:
    """The words, in lower case, the first date in which is that of the document; "" if there are none.

    A letter is dated above its salutation; where the text layer puts its head elsewhere, in the one line of the first
    page that is a date.
    """
    if form.letter:
        above = text.lower[: text.lower.find("dear ", 0, end) + 1]
        return above if day_in(above) else _only_date(text)
    labels = sorted(text.search(form.published, end=end), key=lambda match: not is_heading(text, match))
    after = (text.lower[label.end() : label.end() + A_DATE] for label in labels)
    return next((words for words in after if day_in(words)), "")


def _only_date(text: Flow) -> str:
    first = (line.lower() for line, page in zip(text.lines, text.pages, strict=True) if page == text.pages[0])
    dates = [line for line in first if is_day(line)]
    return dates[0] if len(dates) == 1 else ""


def _sound(dated: str, inspection: Inspection | None) -> tuple[date | None, tuple[str, ...]]:
    """The date of a document, and what is wrong with it or with those of its inspection: misprints stay as printed."""
    published = day_in(dated)
    if inspection is None:
        return published, ()
    long = any((last - first).days > LONGEST_STAY for first, last in inspection.periods)
    stay = (_LONG.format(start=_spelt(inspection.start), end=_spelt(inspection.end)),) if long else ()
    if published is None or published >= inspection.start:
        return published, stay
    if has_glued_year(dated):
        return None, (_FIVE_DIGITS, *stay)
    return published, (_BEFORE.format(published=_spelt(published)), *stay)


def _spelt(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _inspection(text: Flow, form: Form, end: int, published: date | None) -> Inspection | None:
    """The dates a letter tells, or those a report gives after a label; not those of a previous inspection.

    None if none can be read with certainty: so too where a front has two such labels with different dates.
    """
    in_prose = form.letter or form.dates_in_prose
    places = [m.end() for m in text.search(form.dates, end=end) if in_prose or is_heading(text, m)]
    found = [periods for place in places if (periods := periods_at(text.lower, place, published)) != ()]
    if not found or found[0] is None or not (in_prose or len(set(found)) == 1):
        return None
    return Inspection(periods=found[0])
