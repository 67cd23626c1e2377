"""What a monitoring letter says of itself: which visit it was, and the judgement it follows."""

from __future__ import annotations

from judgements.dates import month_in, ordinal
from judgements.flow import Flow
from judgements.frameworks import Form, Framework
from judgements.types import Grade, Previous


def visit_number(text: Flow, form: Form, end: int) -> int | None:
    numbers = {ordinal(match["number"]) for match in text.search(form.visit_number, end=end)} - {None}
    return numbers.pop() if len(numbers) == 1 else None


def previous(text: Flow, framework: Framework, form: Form, end: int) -> Previous | None:
    for match in text.search(form.previous, end=end):
        grade, when = framework.grade(match["grade"]), month_in(match["when"])
        if isinstance(grade, Grade) and when:
            return Previous(grade=grade, when=f"{when:%Y-%m}")
    return None
