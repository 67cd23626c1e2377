"""The JSONL line of a reading, field by field as the contract names them.

One line says everything a reader of another program needs, whatever happened to the file.
"""

from __future__ import annotations

from collections.abc import Iterable

from judgements.authorities import REGISTRY
from judgements.types import Inspection, Item, Judgement, Kind, NotRead, Reading, Report, Status


def line(source: str, reading: Reading) -> dict[str, object]:
    """The fields of one parsed line; `source` is the path as given. Everything in it can be written as JSON."""
    return {"source": source} | (_not_read(reading) if isinstance(reading, NotRead) else _report(reading))


def _not_read(reading: NotRead) -> dict[str, object]:
    not_a_report = reading.status is Status.NOT_A_REPORT
    return {
        "status": str(reading.status),
        "kind": str(Kind.NOT_A_REPORT if not_a_report else Kind.UNKNOWN),
        "framework": None,
        "edition": None,
        "authority": None,
        "inspection": None,
        "published": None,
        "overall": None,
        "judgements": [],
        "outcome": None,
        "improvements": None,
        "priority_actions": [],
        "lead_inspectors": [],
        "visit_number": None,
        "previous": None,
        "problems": [reading.why],
    }


def _report(report: Report) -> dict[str, object]:
    return {
        "status": str(report.status),
        "kind": str(report.kind),
        "framework": report.framework,
        "edition": report.edition,
        "authority": _authority(report.authority),
        "inspection": _inspection(report.inspection),
        "published": report.published.isoformat() if report.published else None,
        "overall": str(report.overall.grade) if report.overall else None,
        "judgements": [_judgement(one) for one in report.judgements],
        "outcome": str(report.outcome.outcome) if report.outcome else None,
        "improvements": None if report.improvements is None else _items(report.improvements),
        "priority_actions": _items(report.priority_actions),
        "lead_inspectors": list(report.lead_inspectors),
        "visit_number": report.visit_number,
        "previous": ({"grade": str(report.previous.grade), "when": report.previous.when} if report.previous else None),
        "problems": list(report.problems),
    }


def _authority(urn: str | None) -> dict[str, str | None] | None:
    """A key of our own is no URN: who reads the line shall not look for it at Ofsted."""
    authority = REGISTRY.by_urn(urn) if urn else None
    if authority is None:
        return None
    return {"name": authority.name, "urn": None if authority.provisional else authority.urn, "slug": authority.slug}


def _inspection(inspection: Inspection | None) -> dict[str, object] | None:
    if inspection is None:
        return None
    return {
        "start": inspection.start.isoformat(),
        "end": inspection.end.isoformat(),
        "periods": [[first.isoformat(), last.isoformat()] for first, last in inspection.periods],
    }


def _judgement(judgement: Judgement) -> dict[str, object]:
    fields: dict[str, object] = {
        "theme": judgement.theme,
        "label": judgement.label,
        "grade": str(judgement.grade),
        "page": judgement.span.page,
        "quote": judgement.span.quote,
    }
    return fields | ({"group": judgement.group} if judgement.group else {})


def _items(items: Iterable[Item]) -> list[dict[str, object]]:
    return [{"text": item.text, "page": item.page} for item in items]
