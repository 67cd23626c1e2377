"""Lists under a heading: what needs to improve, recommendations, areas for priority action.

An item begins with a bullet or a number; whichever comes first in a section marks its own items, and any other mark
below them belongs to the item above. Items run on over line and page breaks. Area SEND reports print tables instead,
whose rows carry no mark: there an item begins where a paragraph does, or after the names of the bodies responsible.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from judgements.flow import Flow
from judgements.frameworks import Section
from judgements.types import Item

MOST_LINES = 400
"""Lines a section can have; some letters of 2016 spread theirs over six pages."""
FULL = 0.86
"""A line this much shorter than the longest of its section was not broken for want of room: a paragraph ended."""

_SHAPES = "•■□▪◼●◆❖➢✓○◯◦▫◻⬛►▶▸‣→⇒❑❒✔★☆◊♦·›»§Ø"
_MARK = re.compile(
    rf"(?P<bullet>[{_SHAPES}]) ?(?=\S)|(?P<letter>[-–*onlqvü?]) (?=\S)|\(?(?P<number>\d{{1,2}})[.)] ?(?=\D)"
)
"""A bullet, a sign or letter that stands for one (some fonts draw theirs from letters), or a number."""
NOTE = "*"
"""What a footnote begins with, unless the section's own items do."""
_ALONE = re.compile(rf"[{_SHAPES}*–-]|\(?\d{{1,2}}[.)]")
_FOOTNOTE = re.compile(r"\d{1,2} [A-Z‘“]")
_GLUED = re.compile(r"(?<=[a-z]{2})(?<![A-Z])\d{1,2}(?=[.,;:]?(?:\s|$))")
_MODAL = re.compile(r"\b(?:should|must|needs?|will)\b")
_GOES_ON = re.compile(r"(?:They|These|This|There|Their|It|Its|Those|Such|However|In addition|In doing so|That)\b")
_COLUMN = re.compile(r"(?:Responsible bod(?:y|ies) )?Areas? for (?:improvement|priority action)", re.IGNORECASE)
_BODY = re.compile(r"\b(?:Council|NHS|ICB|Board|Trust|Partnership)\b")
_BODY_FIRST = re.compile(r"[A-Z][\w’ ]+? (?:Council|ICB|Board|Trust) (?=[A-Z])")
NARROW = 30
"""Characters of a line in the first column of a table of two."""


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    page: int


def items(flow: Flow, section: Section) -> tuple[Item, ...] | None:
    """The items of a section, sub-items with their parents; () if it has none, None if there is no such section."""
    for begin in _heads(flow, section):
        lines = tuple(_lines(flow, section, begin))
        found = {"marked": _marked, "paragraphs": _paragraphs, "rows": _rows}[section.shape](lines)
        return tuple(Item(text=_GLUED.sub("", text), page=page) for text, page in found)
    return None


def _heads(flow: Flow, section: Section) -> Iterator[int]:
    """The index of the line after each heading of the section."""
    for match in flow.search(section.heading):
        if flow.begins_line(match.start()) and flow.ends_line(match.end()):
            yield flow.line_at(match.end() - 1) + 1
    for match in flow.search(section.sentences):
        if flow.ends_line(match.end()):
            yield flow.line_at(match.end() - 1) + 1


def _lines(flow: Flow, section: Section, begin: int) -> Iterator[_Line]:
    """The lines of a section without footnotes, up to the heading that ends it; a mark with the line it belongs to."""
    footnote_on = 0
    alone = ""
    for index in range(begin, min(begin + MOST_LINES, len(flow.lines))):
        line, page = flow.lines[index], flow.pages[index]
        if not line[0].islower() and any(end.match(flow.lower, flow.starts[index]) for end in section.ends):
            return
        if _FOOTNOTE.match(line):
            footnote_on = page
        if _ALONE.fullmatch(line):
            alone = line
        elif page != footnote_on and not line.isdigit():
            yield _Line(line if _MARK.match(line) else f"{alone} {line}".strip(), page)
            alone = ""


def _marked(lines: Sequence[_Line]) -> list[tuple[str, int]]:
    """Items that begin with the section's own mark; what stands before the first, or between paragraphs, is no item."""
    found: list[tuple[str, int]] = []
    own = below = ""
    open_ = False
    width = max((len(line.text) for line in lines), default=0)
    for place, line in enumerate(lines):
        mark = _MARK.match(line.text)
        kind = _kind(mark)
        own = own or (kind if mark and _follows(mark, 0) else "")
        if kind == NOTE != own:
            open_ = False
        elif mark and own and not _is_below(kind, own, below, found) and _follows(mark, len(found)):
            found.append((line.text[mark.end() :].strip(), line.page))
            open_, below = True, ""
        elif mark and found:
            found[-1] = (f"{found[-1][0]} {line.text[mark.end() :]}", found[-1][1])
            open_, below = True, kind
        elif not found and _lost_its_mark(lines, place):
            found.append((line.text, line.page))
            open_ = True
        elif found and open_ and (open_ := not _ended(lines[place - 1].text, line.text, width)):
            found[-1] = (f"{found[-1][0]} {line.text}", found[-1][1])
    return found


def _lost_its_mark(lines: Sequence[_Line], place: int) -> bool:
    """A first item whose bullet a converter lost: in lower case after a colon, and whole before the next one."""
    return place > 0 and lines[place - 1].text.endswith(":") and lines[place].text[0].islower()


def _kind(mark: re.Match[str] | None) -> str:
    return "" if mark is None else mark["bullet"] or mark["letter"] or "number"


def _follows(mark: re.Match[str], count: int) -> bool:
    return mark["number"] is None or int(mark["number"]) == count + 1


def _is_below(kind: str, own: str, below: str, found: Sequence[tuple[str, int]]) -> bool:
    """True for a mark other than the section's own that belongs to the item above: that one is numbered, or ends in a
    colon, or has such items below it already."""
    if kind == own or not found:
        return False
    return own == "number" or kind in ("number", below) or found[-1][0].endswith(":")


def _ended(before: str, line: str, width: int) -> bool:
    """True if a paragraph ended between two lines: a full stop, room for the next word, and a capital letter."""
    room = len(before) + 1 + len(line.split(" ", 1)[0]) <= FULL * width
    return before.endswith((".", "?", "!", ":")) and room and not line[:1].islower()


def _paragraphs(lines: Sequence[_Line]) -> list[tuple[str, int]]:
    """Rows of a table with one column: a new one where a line ends a sentence and the next begins another subject."""
    if any((mark := _MARK.match(line.text)) and mark["number"] == "1" for line in lines):
        return _marked(lines)
    found: list[tuple[str, int]] = []
    width = max((len(line.text) for line in lines), default=0)
    for place, line in enumerate(lines):
        if _COLUMN.match(line.text):
            continue
        before = lines[place - 1].text if found else ""
        if not found or _new_row(before, line.text, width):
            found.append((line.text, line.page))
        else:
            found[-1] = (f"{found[-1][0]} {line.text}", found[-1][1])
    return [(text, page) for text, page in found if len(text) > 1]


def _new_row(before: str, line: str, width: int) -> bool:
    if not before.endswith(".") or not line[0].isupper():
        return False
    return _ended(before, line, width) or _GOES_ON.match(line) is None


def _rows(lines: Sequence[_Line]) -> list[tuple[str, int]]:
    """Rows of a table whose narrow first column names the bodies responsible, its second what they must do."""
    found: list[tuple[str, int]] = []
    narrow: list[str] = []
    for place, line in enumerate(lines):
        if len(line.text) <= NARROW and _MODAL.search(line.text) is None:
            narrow.append(line.text)
            continue
        rest, bodies = _split(narrow, open_=bool(found) and not found[-1][0].endswith("."))
        whole_row = place > 0 and lines[place - 1].text.endswith(".") and _BODY_FIRST.match(line.text)
        if found:
            found[-1] = (" ".join([found[-1][0], *rest]), found[-1][1])
        if whole_row or (_BODY.search(" ".join(bodies)) and not (found and not found[-1][0].endswith("."))):
            found.append((line.text, line.page))
        elif found:
            found[-1] = (f"{found[-1][0]} {line.text}", found[-1][1])
        narrow = []
    if found:
        found[-1] = (" ".join([found[-1][0], *narrow]), found[-1][1])
    return [(text, page) for text, page in found if not _COLUMN.match(text)]


def _split(narrow: Sequence[str], *, open_: bool) -> tuple[Sequence[str], Sequence[str]]:
    """Narrow lines parted into the end of a sentence that is still open and the names of the bodies after it."""
    ends = [place for place, line in enumerate(narrow, 1) if line.endswith(".")]
    cut = ends[0] if open_ and ends else 0
    return narrow[:cut], narrow[cut:]
