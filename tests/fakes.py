"""Fakes: real behaviour on small means. What they stand for is tested with the real thing elsewhere."""

from __future__ import annotations

import json
from datetime import date, timedelta

from judgements.types import Grade, Inspection, Judgement, Kind, NotRead, Reading, Report, Span, Status


def paper(urn: str, start: date, grade: Grade = Grade.GOOD, kind: Kind = Kind.ILACS_INSPECTION) -> bytes:
    """The bytes of a report that `FakeReader` reads: a PDF by its first bytes, and nothing but the facts after them."""
    facts = {"urn": urn, "start": start.isoformat(), "grade": grade, "kind": kind}
    return b"%PDF-1.7\n" + json.dumps(facts).encode()


class FakeReader:
    """Reads `paper`s, in this process and at once."""

    def read(self, data: bytes) -> Reading:
        if not data.startswith(b"%PDF-"):
            return NotRead(status=Status.NOT_A_REPORT, why="It is a web page.")
        try:
            facts = json.loads(data.partition(b"\n")[2])
        except ValueError:
            return NotRead(status=Status.UNREADABLE, why="It is cut off.")
        start = date.fromisoformat(facts["start"])
        overall = Judgement(
            theme="overall",
            label="Overall effectiveness",
            grade=Grade(facts["grade"]),
            span=Span(page=1, quote=f"Overall effectiveness {facts['grade']}"),
        )
        kind = Kind(facts["kind"])
        return Report(
            kind=kind,
            framework="ilacs",
            edition="2018",
            authority=facts["urn"],
            authority_printed=facts["urn"],
            inspection=Inspection(periods=((start, start + timedelta(days=4)),)),
            overall=overall if kind is Kind.ILACS_INSPECTION else None,
        )
