"""Headings and sentences that give a grade: "The experiences and progress of care leavers: good"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from judgements.agree import Stated
from judgements.flow import Flow
from judgements.frameworks import Area, Form, Framework, Statement


def stated_in_words(flow: Flow, framework: Framework, form: Form, front_end: int, body_end: int) -> Iterator[Stated]:
    """Every heading or sentence of the form's statements that gives a grade, before the record that closes it all.

    The rows of that record are worded like headings and would confirm themselves.
    """
    for statement in form.statements:
        begin = 0 if statement.front else front_end
        end = body_end if statement.body else front_end
        for areas, words in statement.words:
            matches = [match for match in words.finditer(flow.lower, begin, end) if _stands(flow, statement, match)]
            yield from _stated(flow, framework, statement, areas, matches)


def _stands(flow: Flow, statement: Statement, match: re.Match[str]) -> bool:
    """True if the words begin their line with a capital, but for what may lead them in, and end as a statement does."""
    line = flow.starts[flow.line_at(match.start())]
    led_in = not flow.text[line].islower() and statement.lead.fullmatch(flow.lower, line, match.start())
    cased = not statement.lower or flow.text[match.start("grade")].islower()
    return bool(led_in) and cased and statement.tail.match(flow.text, match.end()) is not None


def _stated(
    flow: Flow, framework: Framework, statement: Statement, areas: Sequence[Area], matches: Sequence[re.Match[str]]
) -> Iterator[Stated]:
    if len(areas) > 1 and len(areas) != len(matches):
        return
    for place, match in enumerate(matches):
        area, grade = areas[place if len(areas) > 1 else 0], framework.grade(match["grade"])
        if grade is not None:
            line = flow.starts[flow.line_at(match.start())]
            yield Stated(
                area=area,
                label=area.label,
                grade=grade,
                span=flow.span(line, match.end()),
                where=statement.name,
                alone=statement.alone,
            )
