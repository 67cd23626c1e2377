"""Which edition of its framework a document belongs to, and what that edition leads one to expect of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from judgements.agree import Stated
from judgements.flow import Flow
from judgements.frameworks import Area, Edition, Form, Framework
from judgements.types import Inspection, Judgement


def edition_of(
    framework: Framework,
    form: Form,
    inspection: Inspection | None,
    judgements: Sequence[Judgement],
    stated: Iterable[Stated] = (),
) -> tuple[Edition, tuple[str, ...]]:
    """The edition of the inspection's first day, else the one whose areas these are; and what is missing from it.

    What is only `stated` and was not believed shows too that a document is of another edition.
    """
    read = {one.theme for one in judgements}
    fitting = [edition for edition in framework.editions if _lacks(edition, read) == () and _knows(edition, read)]
    dated = framework.edition_on(inspection.start) if inspection else None
    edition = dated or (fitting or list(framework.editions))[-1]
    if not form.graded:
        return edition, ()
    missing = tuple(map(_missing, _lacks(edition, read)))
    if _knows(edition, read | {one.area.theme for one in stated}):
        return edition, missing
    strange = "It has judgements that its inspection date does not lead one to expect; they are left out."
    return edition, (*missing, strange)


def unkept(text: Flow, form: Form, front_end: int, judgements: Sequence[Judgement]) -> tuple[str, ...]:
    """What is missing of the judgements that the front says are in the document, beyond those of every report."""
    read = {one.theme for one in judgements}
    promised = (area for area, words in form.promised if words.search(text.lower, 0, front_end))
    return tuple(_missing(area) for area in promised if area.theme not in read)


def _missing(area: Area) -> str:
    label = f"{area.group}: {area.label}" if area.group else area.label
    return f"No grade could be read with certainty for “{label}”."


def _lacks(edition: Edition, themes: set[str]) -> tuple[Area, ...]:
    return tuple(area for area in edition.areas if area.theme not in themes | edition.optional)


def _knows(edition: Edition, themes: set[str]) -> bool:
    return themes <= {area.theme for area in edition.areas}
