"""Headings and sentences that give a grade: "The experiences and progress of care leavers: good"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from judgements.agree import Stated
from judgements.flow import Flow
from judgements.frameworks import Area, Form, Framework, Statement

_TAIL = re.compile(r" ?\d{0,2}[.:;]? ?(?:$|because\b|[^a-z])")
"""What may follow the grade: the end, a footnote's number, a new sentence. Prose that runs on in lower case may not."""


def stated_in_words(flow: Flow, framework: Framework, form: Form, front_end: int) -> Iterator[Stated]:
    """Every heading or sentence of the form's statements that gives a grade."""
    for statement in form.statements:
        begin = 0 if statement.front else front_end
        end = len(flow.lower) if statement.body else front_end
        for area, words in statement.themes:
            for match in words.finditer(flow.lower, begin, end):
                if stated := _stated(flow, framework, statement, area, match):
                    yield stated


def _stated(flow: Flow, framework: Framework, statement: Statement, area: Area, match: re.Match[str]) -> Stated | None:
    line = flow.starts[flow.line_at(match.start())]
    grade = framework.grade(match["grade"])
    if not statement.lead.fullmatch(flow.lower, line, match.start()) or grade is None:
        return None
    if not _TAIL.match(flow.text, match.end()):
        return None
    return Stated(area=area, label=area.label, grade=grade, span=flow.span(line, match.end()), where=statement.name)
