"""The histories of real authorities, from the demonstration's table of facts: reports as the parser would read them.

Dates, grades and numbers of areas are facts; the words are made up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from inspection_watch.demo.histories import PAST, TITLES, Past, graded
from judgements.authorities import REGISTRY
from judgements.frameworks import FRAMEWORKS
from judgements.types import (
    Inspection,
    Item,
    Judgement,
    Kind,
    Listing,
    Outcome,
    Report,
    SendOutcome,
    Span,
)
from storage.store import Store
from storage.types import Intent, KnownDocument, Standing

NOW = datetime(2026, 8, 21, 9, 0, tzinfo=UTC)
FRAMEWORK = {
    Kind.ILACS_INSPECTION: "ilacs",
    Kind.SIF_INSPECTION: "sif",
    Kind.AREA_SEND_INSPECTION: "area_send",
    Kind.JTAI_LETTER: "jtai",
}


def document(past: Past, number: int) -> KnownDocument:
    """One row of facts as storage would remember it."""
    file_id = f"50{number:06}"
    listing = Listing(
        file_id=file_id,
        urn=past.authority.urn,
        title=TITLES.get(past.kind, "Children's services inspection"),
        url=f"https://files.ofsted.gov.uk/v1/file/{file_id}",
        published=past.published,
    )
    return KnownDocument(
        listing=listing, standing=Standing.READ, first_seen_at=NOW, sha256=f"{number:064}", reading=_reading(past)
    )


def _reading(past: Past) -> Report:
    framework = FRAMEWORKS[FRAMEWORK[past.kind]]
    edition = framework.edition_on(past.periods[0][0])
    assert edition is not None
    labels = {area.theme: area.label for area in edition.areas}
    outcome = past.grades.get("outcome")
    judged = tuple(_judgement(theme, labels, grade) for theme, grade in past.grades.items() if theme != "outcome")
    items = tuple(Item(text=f"The area of practice numbered {n}.", page=2) for n in range(past.improvements))
    return Report(
        kind=past.kind,
        framework=framework.key,
        edition=edition.key,
        authority=past.authority.urn,
        inspection=Inspection(periods=past.periods),
        overall=next((one for one in judged if one.theme == "overall"), None),
        judgements=tuple(one for one in judged if one.theme != "overall"),
        outcome=SendOutcome(outcome=Outcome(outcome), span=Span(page=1, quote="lead to")) if outcome else None,
        improvements=items or None,
        priority_actions=tuple(Item(text=f"Priority {n}.", page=2) for n in range(past.priorities)),
    )


def _judgement(theme: str, labels: Mapping[str, str], grade: str) -> Judgement:
    label = labels.get(theme, theme)
    return Judgement(theme=theme, label=label, grade=graded(grade), span=Span(page=1, quote=f"{label} {grade}"))


def histories() -> Mapping[str, tuple[KnownDocument, ...]]:
    """Every authority of today with its documents, oldest publication first; many have none."""
    found: dict[str, list[KnownDocument]] = {one.urn: [] for one in REGISTRY.on(NOW.date()).current}
    for number, past in enumerate(PAST):
        found[past.authority.urn].append(document(past, number))
    return {urn: tuple(documents) for urn, documents in found.items()}


def fill(store: Store, known: Mapping[str, tuple[KnownDocument, ...]]) -> Store:
    """A store as the watcher leaves it after its first walk."""
    for urn, documents in known.items():
        latest = max((one.listing.published for one in documents), default=None)
        store.apply(Intent(urn=urn, now=NOW, latest_report=latest, baseline=True, documents=documents))
    return store


def many(known: Mapping[str, tuple[KnownDocument, ...]], times: int) -> Mapping[str, tuple[KnownDocument, ...]]:
    """Every authority with as long a history as the longest, and so many times the documents."""
    longest = max(known.values(), key=len)
    return {urn: tuple(_copies(urn, documents or longest, times)) for urn, documents in known.items()}


def _copies(urn: str, documents: tuple[KnownDocument, ...], times: int) -> Iterator[KnownDocument]:
    for turn in range(times):
        for one in documents:
            file_id = f"{one.listing.file_id}{urn}{turn}"
            yield replace(one, listing=replace(one.listing, file_id=file_id, urn=urn), sha256=file_id)
