"""A document in, what it says out: recognise, read, let independent statements agree.

    bytes -> Document -> flow -> framework and form -> dates, authority, statements of grades -> Report

Nothing here knows a framework by name: what to look for stands in `frameworks/*.toml`. What cannot be read with
certainty is left out and said in `Report.problems`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from judgements.agree import agree
from judgements.dates import day_in, periods_at
from judgements.document import open_document
from judgements.flow import Flow, flow
from judgements.frameworks import Edition, Form, Framework
from judgements.people import leads
from judgements.places import place
from judgements.recognise import front_end, recognise
from judgements.statements import stated_in_words
from judgements.table import stated_in_table
from judgements.types import Document, Inspection, Judgement, NotRead, Reading, Report, Status


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
        lead_inspectors=leads(text, form),
        problems=(
            *problems,
            *(() if inspection else ("The dates of the inspection cannot be read.",)),
            *((why,) if why else ()),
            *disagreements,
            *edition_problems,
        ),
    )


def _published(text: Flow, form: Form, end: int) -> date | None:
    found = (day_in(text.lower[m.end() : m.end() + 40]) for m in text.search(form.published, end=end))
    return next((day for day in found if day), None)


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
