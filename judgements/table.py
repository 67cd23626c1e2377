"""Tables of grades, as a text layer leaves them: rows of words without cells.

A grade may be wrapped, share a line with the end of its label, or stand above its own label. So the rows are not cut
out line by line: all words of the table are sorted into words of labels and words of grades, each of the two runs is
read by itself, and the n-th label has the n-th grade, provided that each grade lies between its neighbours' labels.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from judgements.agree import Stated
from judgements.flow import Flow
from judgements.frameworks import Area, Framework, Table
from judgements.types import Grade, NotJudged

MOST_LINES = 120
"""Lines among which the rows of one table lie, footnotes and page breaks between them included."""

_WORD = re.compile(r"\S+")
_MARK = re.compile(r"(?<=[a-z])[.:;]?\d{0,2}[.:;]?$")
_NUMBER = re.compile(r"\d{1,2}(?:\.\d)?\.?")
_BETWEEN_LABELS = frozenset({"the", "judgement", "judgements", "grade", "grades"})


@dataclass(frozen=True, slots=True)
class _Token:
    """A word of a table, in lower case without footnote mark, and its place in the text."""

    word: str
    begin: int
    end: int
    is_grade: bool


@dataclass(frozen=True, slots=True)
class _Label:
    area: Area
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _GradeCell:
    grade: Grade | NotJudged
    first: int
    last: int


def stated_in_table(flow: Flow, framework: Framework, table: Table, front_end: int) -> tuple[tuple[Stated, ...], str]:
    """The rows of a table; or none and why, in words."""
    begin = _begin(flow, table, front_end)
    if begin is None:
        return (), f"{_sentence(table)} is not there."
    tokens = _tokens(flow, framework, table, begin, front_end)
    labels, grades = _labels(tokens, table.areas), _grades(tokens, framework)
    if not labels or not grades or len(labels) != len(grades):
        return (), f"{_sentence(table)} cannot be read: its labels and grades do not pair up."
    if not _interlocked(labels, grades):
        return (), f"{_sentence(table)} cannot be read: it is not certain which grade belongs to which row."
    return tuple(_stated(flow, table, tokens, *row) for row in zip(labels, grades, strict=True)), ""


def _sentence(table: Table) -> str:
    return table.name[0].upper() + table.name[1:]


def _begin(flow: Flow, table: Table, front_end: int) -> int | None:
    """The first line of the rows: after the table's heading or, where it has none, the first that begins a label."""
    if table.begins:
        heads = (m for m in flow.search(table.begins, end=front_end) if flow.begins_line(m.start()))
        head = next((m for m in heads if flow.ends_line(m.end())), None)
        return flow.line_at(head.end() - 1) + 1 if head else None
    places = (m.start() for area in table.areas for m in area.printed.finditer(flow.lower, 0, front_end))
    return min((flow.line_at(place) for place in places if _begins_row(flow, place)), default=None)


def _begins_row(flow: Flow, place: int) -> bool:
    before = flow.lower[flow.starts[flow.line_at(place)] : place].split()
    return all(word in _BETWEEN_LABELS or _NUMBER.fullmatch(word) for word in before)


def _tokens(flow: Flow, framework: Framework, table: Table, begin: int, front_end: int) -> tuple[_Token, ...]:
    """The words of all lines that hold nothing but words of labels and grades, until every row is there."""
    tokens: list[_Token] = []
    for line in range(begin, min(begin + MOST_LINES, len(flow.lines))):
        if flow.starts[line] >= front_end:
            break
        words = tuple(_line(flow, framework, line))
        if all(token.is_grade or token.word in table.vocabulary or _NUMBER.fullmatch(token.word) for token in words):
            tokens += () if all(_NUMBER.fullmatch(token.word) for token in words) else words
        elif _complete(tokens, framework, table):
            break
    return tuple(tokens)


def _line(flow: Flow, framework: Framework, line: int) -> Iterator[_Token]:
    begin = flow.starts[line]
    for match in _WORD.finditer(flow.lower, begin, flow.line_end(line)):
        word = _MARK.sub("", match[0])
        yield _Token(word, match.start(), match.end(), word in framework.grade_words)


def _complete(tokens: Sequence[_Token], framework: Framework, table: Table) -> bool:
    labels, grades = _labels(tokens, table.areas), _grades(tokens, framework)
    if not labels or not grades or len(labels) != len(grades):
        return False
    themes = {label.area.theme for label in labels}
    return any(table.themes & {area.theme for area in edition.areas} <= themes for edition in framework.editions)


def _run(tokens: Sequence[_Token], *, grades: bool) -> tuple[str, list[int], list[int]]:
    """The words of one sort joined, where each begins in that string, and which token each is."""
    places = [place for place, token in enumerate(tokens) if token.is_grade is grades]
    starts, length = [], 0
    for place in places:
        starts.append(length)
        length += len(tokens[place].word) + 1
    return " ".join(tokens[place].word for place in places), starts, places


def _labels(tokens: Sequence[_Token], areas: Iterable[Area]) -> tuple[_Label, ...]:
    """The areas the label words name, in order; () if a word is left over or an area is named twice."""
    run, starts, places = _run(tokens, grades=False)
    spans = sorted(
        ((m.start(), m.end(), area) for area in areas for m in area.printed.finditer(run)), key=lambda s: s[0]
    )
    named = [area.theme for _, _, area in spans]
    if len(set(named)) != len(named) or any(end > begin for (_, end, _), (begin, _, _) in pairwise(spans)):
        return ()
    found = []
    free = dict(zip(starts, places, strict=True))
    for begin, end, area in spans:
        mine = [free.pop(start) for start in starts if begin <= start < end]
        found.append(_Label(area, mine[0], mine[-1]))
    left = (tokens[place].word for place in free.values())
    return tuple(found) if all(word in _BETWEEN_LABELS or _NUMBER.fullmatch(word) for word in left) else ()


def _grades(tokens: Sequence[_Token], framework: Framework) -> tuple[_GradeCell, ...]:
    """The grades the grade words are, in order; () if a word is left over."""
    run, starts, places = _run(tokens, grades=True)
    found, used = [], 0
    for match in framework.any_grade.finditer(run):
        mine = [place for start, place in zip(starts, places, strict=True) if match.start() <= start < match.end()]
        grade = framework.grade(match["grade"])
        if grade is None or not mine:
            return ()
        found.append(_GradeCell(grade, mine[0], mine[-1]))
        used += len(mine)
    return tuple(found) if used == len(places) else ()


def _interlocked(labels: Sequence[_Label], grades: Sequence[_GradeCell]) -> bool:
    """Each grade stands after the label before its own, and before the label after its own."""
    rows = zip(labels, grades, strict=True)
    return all(
        label.last < next_grade.first and grade.last < next_label.first
        for (label, grade), (next_label, next_grade) in pairwise(rows)
    )


def _stated(flow: Flow, table: Table, tokens: Sequence[_Token], label: _Label, cell: _GradeCell) -> Stated:
    first = label.first
    while first and (tokens[first - 1].word in _BETWEEN_LABELS or _NUMBER.fullmatch(tokens[first - 1].word)):
        first -= 1
    words = [token for token in tokens[first : label.last + 1] if not token.is_grade]
    row = tokens[min(first, cell.first)], tokens[max(label.last, cell.last)]
    span = flow.span(row[0].begin, row[1].end)
    if flow.pages[flow.line_at(tokens[cell.last].begin)] != span.page:
        span = flow.span(tokens[cell.first].begin, tokens[cell.last].end)
    return Stated(
        area=label.area,
        label=" ".join(flow.text[token.begin : token.end] for token in words),
        grade=cell.grade,
        span=span,
        where=table.name,
    )
