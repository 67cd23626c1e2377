"""Tables of grades, as a text layer leaves them: rows of words without cells.

A grade may be wrapped, share a line with the end of its label, or stand above its own label. So the rows are not cut
out line by line: all words of the table are sorted into words of labels and words of grades, each of the two runs is
read by itself, and the n-th label has the n-th grade, provided that each grade lies between its neighbours' labels.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from judgements.agree import Stated
from judgements.flow import Flow
from judgements.frameworks import Area, Framework, Table
from judgements.types import Grade, NotJudged

MOST_LINES = 120
"""Lines among which the rows of one table lie, footnotes and page breaks between them included."""

MOST_WORDS = 2000
"""Words on these lines after which it is no table."""

_WORD = re.compile(r"\S+")
_MARK = re.compile(r"(?<=[a-z])[.:;*]?\d{0,2}[.:;*]?$")
_NUMBER = re.compile(r"\(?\d{1,2}(?:\.\d)?[.)]?")
_LAST_CELL = re.compile(r"(?<=[a-z,)] )[A-Z][a-z]+(?: [a-z]+){0,4}$")
_AFTER_LABEL = re.compile(r"[.:;,*]?\d{0,2}[.:;,*]? ")
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


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines that hold the rows of one service: from line `begin` to before line `end`."""

    begin: int
    end: int
    areas: tuple[Area, ...]


def stated_in_table(flow: Flow, framework: Framework, table: Table, front_end: int) -> tuple[tuple[Stated, ...], str]:
    """The rows of a table; or only those that are plain, none of them enough by itself, and why, in words.

    Where the front has a second one under the same heading, its rows are there too: both must say the same.
    """
    stated: list[Stated] = []
    blocks = _blocks(flow, table, front_end)
    for block in blocks:
        rows, why = _rows(flow, framework, table, block)
        if why:
            plain = (row for part in blocks for row in _plain_rows(flow, framework, table, part))
            return tuple(plain), f"{_sentence(table)} cannot be read: {why}."
        stated.extend(rows)
    for block in _further(flow, table, front_end):
        stated.extend(_rows(flow, framework, table, block)[0])
    return tuple(stated), "" if blocks else f"{_sentence(table)} is not there."


def closing_begin(flow: Flow, table: Table, front_end: int) -> int:
    """The place where a closing table begins; the end of the text where there is none."""
    line = _begin(flow, table, front_end) if table.closing else None
    return len(flow.lower) if line is None or line == len(flow.lines) else flow.starts[line]


def _sentence(table: Table) -> str:
    return table.name[0].upper() + table.name[1:]


def _rows(flow: Flow, framework: Framework, table: Table, block: _Block) -> tuple[list[Stated], str]:
    tokens = _tokens(flow, framework, table, block)
    labels, grades = _labels(tokens, table, block.areas), _grades(tokens, framework)
    if not labels or not grades or len(labels) != len(grades):
        return [], "its labels and grades do not pair up"
    if not _interlocked(labels, grades):
        return [], "it is not certain which grade belongs to which row"
    if not _has_every_row(labels, framework, block.areas):
        return [], "not all of its rows are there"
    if row := _unknown_row(flow, framework, table, block, tokens):
        return [], f"it has a row that is not known here, “{row}”"
    return [_stated(flow, table, tokens, *row) for row in zip(labels, grades, strict=True)], ""


def _plain_rows(flow: Flow, framework: Framework, table: Table, block: _Block) -> Iterator[Stated]:
    """The rows of a table that cannot be read as a whole whose label begins a line and whose grade is next to it.

    A row with another name, or a lost one, leaves it open how the others go together, so these only confirm.
    """
    last = min(block.end, len(flow.lines)) - 1
    if last < block.begin:
        return
    begin, end = flow.starts[block.begin], flow.line_end(last)
    for area in block.areas:
        for match in area.printed.finditer(flow.lower, begin, end):
            mark = _AFTER_LABEL.match(flow.lower, match.end())
            cell = framework.any_grade.match(flow.lower, mark.end()) if mark else None
            grade = framework.grade(cell["grade"]) if cell else None
            if cell and grade and flow.ends_line(cell.end()) and _begins_row(flow, match.start()):
                yield Stated(
                    area=area,
                    label=flow.text[match.start() : match.end()],
                    grade=grade,
                    span=flow.span(match.start(), cell.end()),
                    where=table.name,
                    alone=False,
                )


def _blocks(flow: Flow, table: Table, front_end: int) -> tuple[_Block, ...]:
    """The lines of each service's rows; () if the table is not there or has another number of services."""
    begin = _begin(flow, table, front_end)
    if begin is None:
        return ()
    end = min(_end(flow, table, front_end, begin), begin + MOST_LINES)
    if len(table.groups) == 1:
        return (_Block(begin, end, table.groups[0]),)
    first = table.groups[0][0].printed
    begins = [line for line in range(begin, end) if first.match(flow.lower, flow.starts[line])]
    if len(begins) != len(table.groups):
        return ()
    return tuple(_Block(*lines, areas) for lines, areas in zip(pairwise([*begins, end]), table.groups, strict=True))


def _further(flow: Flow, table: Table, front_end: int) -> Iterator[_Block]:
    """The lines after every heading of a front's table but the first, up to the next."""
    if not table.closing and len(table.groups) == 1:
        for begin in _heads(flow, table, front_end)[1:]:
            yield _Block(begin, _end(flow, table, front_end, begin), table.groups[0])


def _end(flow: Flow, table: Table, front_end: int, begin: int) -> int:
    """The line before which a table that begins at a line must end: the front's end, or the next heading's rows."""
    if table.closing:
        return len(flow.lines)
    later = (line for line in _heads(flow, table, front_end) if line > begin)
    return next(later, flow.line_at(max(front_end - 1, 0)) + 1)


def _heads(flow: Flow, table: Table, front_end: int) -> list[int]:
    """The line after each heading of the table."""
    end = len(flow.lower) if table.closing else front_end
    heads = (match for match in flow.search(table.begins, end=end) if _is_head(flow, table, match))
    return sorted({flow.line_at(match.end() - 1) + 1 for match in heads})


def _begin(flow: Flow, table: Table, front_end: int) -> int | None:
    """The first line of the rows: after the table's heading or, where that is not there, the first with a label.

    A closing table must have its heading: in the body before it, every section begins with a label.
    """
    heads = _heads(flow, table, front_end)
    if heads or table.closing:
        return heads[-1 if table.closing else 0] if heads else None
    places = (m.start() for area in table.groups[0] for m in area.printed.finditer(flow.lower, 0, front_end))
    return min((flow.line_at(place) for place in places if _begins_row(flow, place)), default=None)


def _is_head(flow: Flow, table: Table, match: re.Match[str]) -> bool:
    """A closing table's heading may go on in its line ("Record of main findings: East Sussex")."""
    return flow.begins_line(match.start()) and (table.closing or flow.ends_line(match.end()))


def _begins_row(flow: Flow, place: int) -> bool:
    before = flow.lower[flow.starts[flow.line_at(place)] : place].split()
    return all(word in _BETWEEN_LABELS or _NUMBER.fullmatch(word) for word in before)


def _tokens(flow: Flow, framework: Framework, table: Table, block: _Block) -> tuple[_Token, ...]:
    """The words of all lines that hold nothing but words of labels and grades, until every row is there."""
    tokens: list[_Token] = []
    prose = 0
    for line in range(block.begin, block.end):
        words = tuple(_line(flow, framework, line))
        if tokens and prose == flow.pages[line] and _ends_a_sentence(flow, line, words):
            continue
        if _is_of_table(words, table):
            tokens += () if all(_NUMBER.fullmatch(token.word) for token in words) else words
            if len(tokens) > MOST_WORDS:
                break
        elif not table.closing and _complete(tokens, framework, table, block.areas):
            break
        else:
            prose = flow.pages[line]
    return tuple(tokens)


def _unknown_row(flow: Flow, framework: Framework, table: Table, block: _Block, tokens: Sequence[_Token]) -> str:
    """The first line among the table's, or right after them, that ends in a grade as a cell prints it; or ""."""
    first, last = flow.line_at(tokens[0].begin), flow.line_at(tokens[-1].begin) + 1
    for line in range(first, min(last + 1, block.end, len(flow.lines))):
        words = tuple(_line(flow, framework, line))
        cell = _LAST_CELL.search(flow.lines[line])
        if cell and framework.grade(cell[0].lower()) and not _is_of_table(words, table):
            return flow.lines[line]
    return ""


def _ends_a_sentence(flow: Flow, line: int, words: Sequence[_Token]) -> bool:
    """The last words of prose ("… and are now | good.") are no cell: they begin small, or end in a full stop."""
    only_grade = all(token.is_grade for token in words)
    return only_grade and (flow.lines[line][0].islower() or flow.lines[line].endswith("."))


def _is_of_table(words: Sequence[_Token], table: Table) -> bool:
    """Nothing but grades and words of labels; a comma that belongs to no label may follow the last of these."""
    labels = [token.word for token in words if not token.is_grade and not _NUMBER.fullmatch(token.word)]
    return all(word in table.vocabulary for word in labels[:-1]) and all(
        word in table.vocabulary or word.removesuffix(",") in table.vocabulary for word in labels[-1:]
    )


def _line(flow: Flow, framework: Framework, line: int) -> Iterator[_Token]:
    begin = flow.starts[line]
    for match in _WORD.finditer(flow.lower, begin, flow.line_end(line)):
        word = _MARK.sub("", match[0])
        yield _Token(word, match.start(), match.end(), word in framework.grade_words)


def _complete(tokens: Sequence[_Token], framework: Framework, table: Table, areas: Sequence[Area]) -> bool:
    labels, grades = _labels(tokens, table, areas), _grades(tokens, framework)
    return bool(labels) and len(labels) == len(grades) and _has_every_row(labels, framework, areas)


def _has_every_row(labels: Sequence[_Label], framework: Framework, areas: Sequence[Area]) -> bool:
    """True if no row that some edition must have is missing: else a grade might have lost its label to another's."""
    read, possible = {label.area.theme for label in labels}, {area.theme for area in areas}
    return any(
        possible & {area.theme for area in edition.areas} - edition.optional <= read for edition in framework.editions
    )


def _run(tokens: Sequence[_Token], *, grades: bool) -> tuple[str, list[int], list[int]]:
    """The words of one sort joined, where each begins in that string, and which token each is."""
    places = [place for place, token in enumerate(tokens) if token.is_grade is grades]
    starts, length = [], 0
    for place in places:
        starts.append(length)
        length += len(tokens[place].word) + 1
    return " ".join(tokens[place].word for place in places), starts, places


def _labels(tokens: Sequence[_Token], table: Table, areas: Iterable[Area]) -> tuple[_Label, ...]:
    """The areas the label words name, in order; () if a word is left over or an area is named twice."""
    run, starts, places = _run(tokens, grades=False)
    for heading in table.also:
        run = heading.sub(lambda match: "-" * len(match[0]), run)
    spans = sorted(
        ((m.start(), m.end(), area) for area in areas for m in area.printed.finditer(run)), key=lambda s: s[0]
    )
    named = [area.theme for _, _, area in spans]
    if len(set(named)) != len(named) or any(end > begin for (_, end, _), (begin, _, _) in pairwise(spans)):
        return ()
    found = []
    free = {start: place for start, place in zip(starts, places, strict=True) if run[start] != "-"}
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
        mine = places[bisect_left(starts, match.start()) : bisect_left(starts, match.end())]
        grade = framework.grade(match["grade"])
        if grade is None or not mine:
            return ()
        found.append(_GradeCell(grade, mine[0], mine[-1]))
        used += len(mine)
    return tuple(found) if used == len(places) else ()


def _interlocked(labels: Sequence[_Label], grades: Sequence[_GradeCell]) -> bool:
    """Each grade stands after the label before its own, and before the label after its own.

    Only the last one, the overall grade, may stand before its own label: lines that a damaged document draws in
    another order than they are seen in look so too, and would swap the grades of two rows.
    """
    rows = zip(labels, grades, strict=True)
    return all(
        label.first < grade.first and label.last < next_grade.first and grade.last < next_label.first
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
        of_many=True,
    )
