"""No line, however long and however often it begins to look like something, makes reading slow.

A pattern that tries every place anew for the rest of a line takes a hundred times as long as others do; the limits here
leave room for a machine ten times slower than ours. CPU time is measured, so that others' work does not count.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import partial

import pytest

import judgements
from judgements.document import open_document
from judgements.frameworks import FRAMEWORKS
from judgements.parse import parse
from judgements.text import tidy
from judgements.types import Document, Page
from tests.judgements.test_parse import BODY, FRONT, SIF_FRONT

LENGTH = 6_000
SLOW = 0.1
"""CPU seconds for one pattern on one line; a good one takes a few thousandths, a quadratic one far more."""
SLOW_DOCUMENT = 3.0
"""CPU seconds for a whole document of 50,000 characters; the longest real one takes a hundredth."""
UNITS = [
    *("a ", "a", " ", "1", "1 ", "1. ", "- ", "-", "*", "•", ", ", ". ", "'s ", "’", "(", "|", "the ", "and ", "to "),
    *("good ", "requires ", "requires improvement ", "inspection of ", "inspection dates ", "children's services in "),
    *("the experiences and progress of ", "children who need help and protection ", "local safeguarding children "),
    *("safeguarding children board ", "visit to ", "since ", "judged ", "1 may ", "1 may 2024 and ", "monday the 1 "),
    *("dear ", "agencies in ", "joint targeted area inspection ", "areas for improvement ", "overall judgement is "),
    *("Ada ", "Ada and ", "Ada, HMI ", "council ", "NHS Board ", "north and ", "inspectors for this visit were "),
]


def patterns(value: object) -> Iterator[re.Pattern[str]]:
    """Every compiled pattern in a value of the parser, however deep."""
    if isinstance(value, re.Pattern):
        if isinstance(value.pattern, str):
            yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from patterns(inner)
    elif isinstance(value, tuple | list | frozenset | set):
        for inner in value:
            yield from patterns(inner)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from patterns(getattr(value, field.name))


def of_modules() -> Iterator[re.Pattern[str]]:
    for module in pkgutil.iter_modules(judgements.__path__):
        for name, value in vars(importlib.import_module(f"judgements.{module.name}")).items():
            if not name.startswith("__"):
                yield from patterns(value)


LEADS = {one.lead.pattern for framework in FRAMEWORKS.values() for form in framework.forms for one in form.statements}
SEARCHED = {one.pattern: one for one in patterns(FRAMEWORKS) if one.pattern not in LEADS}
"""What is searched for anywhere in a document; what leads a statement in is tried once, on the beginning of a line."""
MATCHED = {one.pattern: one for one in of_modules() if one.pattern not in SEARCHED}
"""What is only tried at a known place, or on a few words; the whole readers below try these as they are used."""


def cpu(work: Callable[[], object]) -> float:
    begin = time.process_time()
    work()
    return time.process_time() - begin


def search(pattern: re.Pattern[str], line: str) -> int:
    return sum(1 for _ in pattern.finditer(line))


def match(pattern: re.Pattern[str], line: str) -> bool:
    return bool(pattern.match(line)) and bool(pattern.fullmatch(line))


def slow(pattern: re.Pattern[str], how: Callable[[re.Pattern[str], str], object]) -> list[tuple[str, str]]:
    """The units on whose line a pattern is slow, each time of two."""
    lines = [(unit, (unit * LENGTH)[:LENGTH]) for unit in UNITS]
    return [
        (pattern.pattern, unit)
        for unit, line in lines
        if all(cpu(partial(how, pattern, line)) > SLOW for _ in range(2))
    ]


def test_this_finds_a_pattern_that_is_slow() -> None:
    assert len(SEARCHED) > 200
    assert cpu(lambda: search(re.compile("[^.]*[^.]*;"), "a" * 1200)) > SLOW
    assert cpu(lambda: search(re.compile("[^.]{0,60};"), "a" * LENGTH)) < SLOW


def test_no_pattern_is_slow_on_a_line_that_keeps_beginning_anew() -> None:
    assert [one for pattern in SEARCHED.values() for one in slow(pattern, search)] == []


def test_no_pattern_is_slow_where_it_is_tried_once() -> None:
    assert [one for pattern in MATCHED.values() for one in slow(pattern, match)] == []


@pytest.mark.parametrize("front", [FRONT, SIF_FRONT])
def test_no_document_is_slow_to_read(front: str) -> None:
    slow = []
    for unit in UNITS[::3]:
        many = (unit.strip() or "a",) * (50_000 // max(len(unit), 3))
        for lines in [((unit * 50_000)[:50_000].strip() or "a",), many]:
            pages = (Page(number=1, lines=(*front.strip().splitlines(), *lines)), Page(number=2, lines=(BODY, *lines)))
            taken = cpu(partial(parse, Document(form="pdf", pages=pages)))
            slow += [(taken, unit, len(lines))] if taken > SLOW_DOCUMENT else []
    assert slow == []


def test_no_text_is_slow_to_open_or_tidy() -> None:
    texts = [(unit, (unit * 100_000)[:100_000]) for unit in (*UNITS, "\n", "<br>", "# ", "> ", "\u00ad\n", "\ufffe\n")]
    slow = [unit for unit, text in texts if cpu(partial(tidy, [text])) > SLOW_DOCUMENT]
    slow += [unit for unit, text in texts if cpu(partial(open_document, text.encode())) > SLOW_DOCUMENT]
    assert slow == []
