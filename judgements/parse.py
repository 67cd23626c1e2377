"""A document in, what it says out: recognise, read, let independent statements agree.

    bytes -> Document -> flow -> framework and form -> dates, authority, statements of grades -> Report

Nothing here knows a framework by name: what to look for stands in `frameworks/*.toml`. What cannot be read with
certainty is left out and said in `Report.problems`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from judgements.agree import agree
from judgements.dates import day_in, month_in, ordinal, periods_at
from judgements.document import open_document
from judgements.flow import Flow, flow
from judgements.frameworks import Edition, Form, Framework
from judgements.lists import items
from judgements.people import leads
from judgements.places import place
from judgements.recognise import front_end, recognise
from judgements.statements import stated_in_words
from judgements.table import stated_in_table
from judgements.types import (
    Document,
    Grade,
    Inspection,
    Judgement,
    NotRead,
    Previous,
    Reading,
    Report,
    SendOutcome,
    Status,
)


def read(data: bytes) -> Reading:
    """What the bytes of a document say, or why nothing could be read. Never raises for bad bytes."""
    document = open_document(data)
    return document if isinstance(document, NotRead) else parse(document)


def parse(document: Document) -> Reading:
    """What a document says, with page and words for every grade."""
    text = flow(document)
    recognised = recognise(text)
    if recognised is None:
        return _unrecognised(document)
    return _report(text, *recognised)


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
    published = _published(text, form, end)
    inspection = _inspection(text, form, end, published)
    urn, printed, problems = place(text, form, end, inspection.start if inspection else None)
    outcome, outcome_problems = _outcome(text, form, end)
    rows, why = stated_in_table(text, framework, form.table, end) if form.table else ((), "")
    judgements, disagreements = agree([*rows, *stated_in_words(text, framework, form, end)])
    edition, edition_problems = _edition(framework, form, inspection, judgements)
    overall = edition.overall.theme if edition.overall else None
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
        outcome=outcome,
        improvements=items(text, form.improvements) if form.improvements else None,
        priority_actions=(items(text, form.priority_actions) or ()) if form.priority_actions else (),
        lead_inspectors=leads(text, form, end),
        visit_number=_visit_number(text, form, end),
        previous=_previous(text, framework, form, end),
        problems=(
            *problems,
            *(() if inspection else ("The dates of the inspection cannot be read.",)),
            *((why,) if why else ()),
            *disagreements,
            *edition_problems,
            *outcome_problems,
        ),
    )


def _published(text: Flow, form: Form, end: int) -> date | None:
    if form.letter:
        return day_in(text.lower[: text.lower.find("dear ", 0, end) + 1])
    found = (day_in(text.lower[m.end() : m.end() + 40]) for m in text.search(form.published, end=end))
    return next((day for day in found if day), None)


def _outcome(text: Flow, form: Form, end: int) -> tuple[SendOutcome | None, tuple[str, ...]]:
    """The outcome whose sentence stands on the front, if it is one only and other words there confirm it."""
    found = [(one, match) for one in form.outcomes for match in one.words.finditer(text.lower, 0, end)]
    if not form.outcomes:
        return None, ()
    if len(found) != 1:
        return None, ("It is not certain which outcome the inspection had.",)
    one, match = found[0]
    if not any(words.search(text.lower, 0, end) for words in one.confirmed):
        return None, ("The sentence of the outcome is not confirmed by what follows it.",)
    return SendOutcome(outcome=one.outcome, span=text.span(match.start(), match.end())), ()


def _visit_number(text: Flow, form: Form, end: int) -> int | None:
    numbers = {ordinal(match["number"]) for match in text.search(form.visit_number, end=end)} - {None}
    return numbers.pop() if len(numbers) == 1 else None


def _previous(text: Flow, framework: Framework, form: Form, end: int) -> Previous | None:
    for match in text.search(form.previous, end=end):
        grade, when = framework.grade(match["grade"]), month_in(match["when"])
        if isinstance(grade, Grade) and when:
            return Previous(grade=grade, when=f"{when:%Y-%m}")
    return None


def _inspection(text: Flow, form: Form, end: int, published: date | None) -> Inspection | None:
    for match in text.search(form.dates, end=end):
        if periods := periods_at(text.lower, match.end(), published):
            return Inspection(periods=periods)
    return None


def _edition(
    framework: Framework, form: Form, inspection: Inspection | None, judgements: Sequence[Judgement]
) -> tuple[Edition, tuple[str, ...]]:
    """The edition of the inspection's first day, else the one whose areas these are; and what is missing from it."""
    read = {one.theme for one in judgements}
    fitting = [edition for edition in framework.editions if _lacks(edition, read) == () and _knows(edition, read)]
    dated = framework.edition_on(inspection.start) if inspection else None
    edition = dated or (fitting or list(framework.editions))[-1]
    if not form.graded:
        return edition, ()
    missing = tuple(f"No grade could be read with certainty for “{label}”." for label in _lacks(edition, read))
    if _knows(edition, read):
        return edition, missing
    return edition, (*missing, "It has judgements that its inspection date does not lead one to expect.")


def _lacks(edition: Edition, themes: set[str]) -> tuple[str, ...]:
    return tuple(area.label for area in edition.areas if area.theme not in themes | edition.optional)


def _knows(edition: Edition, themes: set[str]) -> bool:
    return themes <= {area.theme for area in edition.areas}
