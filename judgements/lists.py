"""Lists under a heading: what needs to improve, recommendations, areas for priority action.

An item begins with a bullet or a number; whichever comes first in a section marks its own items, and any other mark
below them belongs to the item above. Numbers may go on from an earlier section. Items run on over line and page
breaks; headings and boxes between them are no part of them. Area SEND reports print tables instead, whose rows carry
no mark: there an item begins where a paragraph does, or after the names of the bodies responsible. A section that is
told in prose has a paragraph for each item; where its paragraphs cannot be told apart, that is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import islice, pairwise

from judgements.flow import Flow
from judgements.frameworks import Section
from judgements.recognise import is_heading
from judgements.types import Item

MOST_LINES = 400
"""Lines a section can have; some letters of 2016 spread theirs over six pages."""
FULL = 0.86
"""A line this much shorter than the longest of its section was not broken for want of room: a paragraph ended."""
MOST_HEADINGS = 30
"""Headings of one name after which no further one is tried; no report has ten."""
HEADING_LINES = 2
LAST_LINES = 3
"""Lines of another paragraph that may follow the last numbered item and still be a part of it."""
LEAD_IN = 40
"""Characters of a line such as "Within three months:" that leads to the next items."""
SUB = "•"
"""What a sub-item begins with, whatever is printed there."""

_BULLETS = "•■□▪◼●◆❖➢✓○◯◦▫◻⬛►▶▸‣→⇒❑❒✔★☆◊♦·›»§Ø"
_MARK = re.compile(
    rf"(?P<bullet>[{_BULLETS}]) ?(?=\S)|(?P<letter>[-–*onlqvü?]) (?=\S)"
    r"|\(?(?P<number>\d{1,3})[.)] ?(?=[^\W\d]|[‘“'\"(\[])"
)
"""A bullet, a sign or letter that stands for one (some fonts draw theirs from letters), or a number."""
NUMBER = "number"
NOTE = "*"
"""What a footnote begins with, unless the section's own items do."""
_ALONE = re.compile(rf"[{_BULLETS}*–-]|\(?\d{{1,3}}[.)]")
_FOOTNOTE = re.compile(r"\d{1,2} [A-Z‘“]")
_GLUED = re.compile(r"(?<=[a-z]{2})(?<![A-Z])\d{1,2}(?=[.,;:]?(?:\s|$))")
_SENTENCE_ENDS = re.compile(r"[.?!][’”')]?$")
_IS_OF_SENTENCE = re.compile(r"[.?!;,:)][’”]?$|\. ")
"""What a heading has none of."""
_BOX = re.compile(r"(?:case|practice) study\b", re.IGNORECASE)
_NONE = re.compile(
    r"(?:there (?:are|were)(?: currently)? no|no"
    r"|(?:(?:the|this) (?:inspection|visit)|inspectors|we)"
    r" (?:(?:did not|have not) (?:find|found|identify|identified) any|(?:have )?(?:found|identified) no))"
    r" (?:(?:additional|further|new|other|specific) )*(?:areas?|priority (?:actions?|areas?)|recommendations?)\b"
    r"|(?:none|nothing)(?:[.;]?$| (?:was|were|identified|found|at this)\b)",
    re.IGNORECASE,
)
"""How a section, or a paragraph of one, begins that says that there is nothing in it."""
_FEW = re.compile(
    r"there (?:is|are) (?:only )?(?:an? )?(?:very |extremely )?(?:few|(?:small|limited) number of) areas? [^.:]*\.",
    re.IGNORECASE,
)
"""How prose begins that says that there is little, and leaves out what."""
_EARLIER = re.compile(
    r"the areas? (?:for|of) [^.:]{0,120}?\b(?:remains?|continues? to be|stands?|unchanged)\b", re.IGNORECASE
)
"""How prose begins that names nothing itself, because what an earlier letter or report named still stands."""
_STANDS = "Under “{heading}” on page {page} it only says that those named earlier still stand."
_PROSE = "The text under “{heading}” on page {page} is prose, not a list, so it is not repeated here."
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What a section lists, sub-items with their parents: () if it lists nothing, None if there is no such section or
    it cannot be listed. `problem` says what is not in `items`, "" if nothing."""

    items: tuple[Item, ...] | None = None
    problem: str = ""


def listed(flow: Flow, section: Section, before_page: int | None = None) -> Listed:
    """The items of the first such section with anything in it; a table of contents prints nothing under its heading.

    A heading on `before_page` or after it is that of another section with the same name.
    """
    heads = islice(_heads(flow, section), MOST_HEADINGS)
    theirs = [begin for begin in heads if before_page is None or flow.pages[begin - 1] < before_page]
    found = [one for begin in theirs if (one := _listed(flow, section, begin))]
    sure = [one for one in found if one.items is not None]
    if section.every and sure:
        return Listed(items=tuple(item for one in sure for item in one.items or ()))
    return next(iter(sure or found), Listed(items=() if theirs else None))


def _listed(flow: Flow, section: Section, begin: int) -> Listed | None:
    """The items from a line on, but for those that say that there are none; None if nothing stands there."""
    end = _end(flow, section, begin)
    lines = _uninterrupted(tuple(_lines(flow, begin, begin + MOST_LINES if end is None else end)))
    words = " ".join(_unmarked(line.text) for line in lines)
    if not lines or _NONE.match(words):
        return Listed(items=()) if lines else None
    found = _SHAPES[section.shape](lines)
    if not found and _FEW.match(words):
        return Listed(items=())
    where = {"heading": flow.lines[begin - 1].strip(" :."), "page": flow.pages[begin - 1]}
    if not found and _EARLIER.match(words):
        return Listed(items=(), problem=_STANDS.format(**where))
    found = found or (_told(section, lines) if end is not None and section.shape == "marked" else [])
    if not found:
        return Listed(problem=_PROSE.format(**where))
    texts = ((_without_heading(section, _GLUED.sub("", text)), page) for text, page in found)
    return Listed(items=tuple(Item(text=text, page=page) for text, page in texts if not _NONE.match(text)))


def _heads(flow: Flow, section: Section) -> Iterator[int]:
    """The index of the line after each heading of the section."""
    for match in flow.search(section.heading):
        if is_heading(flow, match) and flow.ends_line(match.end()):
            yield flow.line_at(match.end() - 1) + 1
    for match in flow.search(section.sentences):
        if flow.ends_line(match.end()):
            yield flow.line_at(match.end() - 1) + 1


def _without_heading(section: Section, text: str) -> str:
    """The words of an item before those of the heading that ends the section, where they stand in the same line."""
    words, stop, heading = text.rpartition(". ")
    return words + "." if stop and any(end.fullmatch(heading.lower()) for end in section.ends) else text


def _end(flow: Flow, section: Section, begin: int) -> int | None:
    """The index of the line that ends a section, that of another heading; None if there is none."""
    last = min(begin + MOST_LINES, len(flow.lines))
    return next((line for line in range(begin, last) if _is_end(flow, section, line)), None)


def _is_end(flow: Flow, section: Section, line: int) -> bool:
    return not flow.lines[line][:1].islower() and any(end.match(flow.lower, flow.starts[line]) for end in section.ends)


def _lines(flow: Flow, begin: int, end: int) -> Iterator[_Line]:
    """The lines of a section without footnotes; a mark with the line it belongs to. A number in a line of its own above
    another mark is the end of a sentence that was wrapped."""
    footnote_on = 0
    alone = ""
    for line, page in zip(flow.lines[begin:end], flow.pages[begin:end], strict=True):
        if _FOOTNOTE.match(line):
            footnote_on = page
        if _ALONE.fullmatch(line):
            alone = line
        elif page != footnote_on and not line.isdigit():
            marked = _MARK.match(line)
            if marked and alone[:1].isdigit():
                yield _Line(alone, page)
            yield _Line(line if marked else f"{alone} {line}".strip(), page)
            alone = ""


def _uninterrupted(lines: Sequence[_Line]) -> Sequence[_Line]:
    """The lines without a box at the foot of a page that stands in a sentence, which goes on on the next page."""
    for place, (before, line) in enumerate(pairwise(lines), 1):
        if _BOX.match(line.text) and not _SENTENCE_ENDS.search(before.text):
            after = next((at for at in range(place, len(lines)) if lines[at].page > line.page), None)
            if after and lines[after].text[0].islower() and _SENTENCE_ENDS.search(lines[after - 1].text):
                return (*lines[:place], *_uninterrupted(lines[after:]))
    return lines


class _Part(Enum):
    """What a line of a section is to the item it belongs to."""

    ITEM = "it begins one"
    SUB = "it begins a sub-item"
    NOTE = "it begins a footnote"
    TEXT = "it goes on"


def _marked(lines: Sequence[_Line]) -> list[tuple[str, int]]:
    """Items that begin with the section's own mark; what stands before the first, or under a heading, is no item."""
    parts = _parts(lines)
    width = max((len(line.text) for line in lines), default=0)
    begins = [place for place, part in enumerate(parts) if part is _Part.ITEM]
    return [
        (_item(lines, parts, begin, end, width), lines[begin].page) for begin, end in pairwise([*begins, len(lines)])
    ]


def _parts(lines: Sequence[_Line]) -> list[_Part]:
    own, following = _own(lines)
    parts: list[_Part] = []
    below, subs = "", 0
    for place, line in enumerate(lines):
        mark = _MARK.match(line.text)
        kind, number = _kind(mark), _number(mark)
        begun, leads = _Part.ITEM in parts, place > 0 and lines[place - 1].text.endswith(":")
        if kind == NUMBER == own and number == following:
            part, following = _Part.ITEM, following + 1
        elif kind == NUMBER:
            part = _Part.SUB if begun and (leads or subs) and number == subs + 1 else _Part.TEXT
        elif kind == NOTE != own:
            part = _Part.NOTE
        elif mark and begun and kind != own and (own == NUMBER or leads or kind == below):
            part = _Part.SUB
        elif mark:
            part = _Part.ITEM if begun or kind == own else _Part.TEXT
        else:
            part = _Part.ITEM if not begun and leads and line.text[0].islower() else _Part.TEXT
        below = kind if part is _Part.SUB else "" if part is _Part.ITEM else below
        subs = number if part is _Part.SUB else 0 if part is _Part.ITEM else subs
        parts.append(part)
    return parts


def _own(lines: Sequence[_Line]) -> tuple[str, int]:
    """What marks the items of a section, and the number of the first: one that another follows, or the only mark.

    A numbered paragraph may only lead to the bullets below it.
    """
    marks = [mark for line in lines if (mark := _MARK.match(line.text))]
    kinds, numbers = [_kind(mark) for mark in marks], [_number(mark) for mark in marks if mark["number"]]
    bullets = [kind for kind in kinds if kind != NUMBER]
    if not kinds or kinds[0] != NUMBER:
        return (kinds or [""])[0], 1
    for place, number in enumerate(numbers):
        if number == 1 or number + 1 in numbers[place:]:
            return NUMBER, number
    return (bullets[0], 1) if bullets else (NUMBER, numbers[0])


def _kind(mark: re.Match[str] | None) -> str:
    return "" if mark is None else mark["bullet"] or mark["letter"] or NUMBER


def _number(mark: re.Match[str] | None) -> int:
    return int(mark["number"]) if mark and mark["number"] else 0


def _item(lines: Sequence[_Line], parts: Sequence[_Part], begin: int, end: int, width: int) -> str:
    """The words of the item that begins at a line and ends before another, without what stands there beside it."""
    text = [_unmarked(lines[begin].text)]
    open_ = True
    for place in range(begin + 1, end):
        line = lines[place].text
        if parts[place] is _Part.SUB:
            text.append(f"{SUB} {_unmarked(line)}")
            open_ = True
        elif parts[place] is _Part.NOTE:
            open_ = False
        elif _is_heading(lines, place, end, width):
            break
        elif open_ and (open_ := _goes_on(lines, place, begin, end, width)):
            text.append(line)
    return " ".join(text)


def _unmarked(line: str) -> str:
    mark = _MARK.match(line)
    return line[mark.end() :].strip() if mark else line


def _goes_on(lines: Sequence[_Line], place: int, begin: int, end: int, width: int) -> bool:
    """True if a line belongs to the item above it: it is of the same paragraph, or of a further one that does not lead
    to the next item. Paragraphs after the last item are not known to belong to it, unless a box or little more follows.
    """
    if not _ended(lines[place - 1].text, lines[place].text, width):
        return True
    if end < len(lines):
        return not lines[end - 1].text.endswith(":")
    last_words = len(lines) - place <= LAST_LINES and _kind(_MARK.match(lines[begin].text)) == NUMBER
    return last_words or any(_BOX.match(line.text) for line in lines[place:])


def _is_heading(lines: Sequence[_Line], place: int, end: int, width: int) -> bool:
    """True for a line that no sentence goes on in or ends in: a heading over the next items, or over a box."""
    line, before = lines[place].text, lines[place - 1].text
    if not line[0].isupper() or _BOX.match(line):
        return line[0].isupper()
    if line.endswith(":") and len(line) <= LEAD_IN and place + 1 == end:
        return True
    if not _SENTENCE_ENDS.search(before) or _IS_OF_SENTENCE.search(line):
        return False
    if end < len(lines):
        between = lines[place:end]
        return len(between) <= HEADING_LINES and not any(_IS_OF_SENTENCE.search(other.text) for other in between)
    following = lines[place + 1].text if place + 1 < end else ""
    return bool(following) and not following[0].islower() and _has_room(line, following, width)


def _ended(before: str, line: str, width: int) -> bool:
    """True if a paragraph ended between two lines: a full stop, room for the next word, and a capital letter."""
    return before.endswith((".", "?", "!", ":")) and _has_room(before, line, width) and not line[:1].islower()


def _has_room(before: str, line: str, width: int) -> bool:
    """True if the first word of a line could have stood at the end of the line before it."""
    return len(before) + 1 + len(line.split(" ", 1)[0]) <= FULL * width


def _told(section: Section, lines: Sequence[_Line]) -> list[tuple[str, int]]:
    """The paragraphs of a section told in prose, but for what only leads to them; [] if it is not certain that they are
    items: a heading or a box stands between them, one does not end, or the first does not say what is to be done."""
    found: list[tuple[str, int]] = []
    width = max(len(line.text) for line in lines)
    for before, line in pairwise([_Line("", 0), *lines]):
        if not found or _ended(before.text, line.text, width):
            found.append((line.text, line.page))
        elif line.text[:1].islower() or not _has_room(before.text, line.text, width):
            found[-1] = (f"{found[-1][0]} {line.text}", found[-1][1])
        else:
            return []
    first = found[0][0].lower().split(". ", 1)[0]
    demands = not section.prose or any(words.search(first) for words in section.prose)
    whole = all(text.endswith((".", "?", "!", ":")) for text, _ in found)
    boxed = any(_BOX.match(line.text) for line in lines)
    return [(text, page) for text, page in found if not text.endswith(":")] if demands and whole and not boxed else []


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
            found[-1] = (f"{found[-1][0]} {_sub(line.text)}", found[-1][1])
    return [(text, page) for text, page in found if len(text) > 1]


def _sub(line: str) -> str:
    """A line of a table's cell; every bullet in it is a sub-item's."""
    mark = _MARK.match(line)
    return f"{SUB} {_unmarked(line)}" if mark and mark["bullet"] else line


def _new_row(before: str, line: str, width: int) -> bool:
    if not before.endswith(".") or not line[0].isupper():
        return False
    return _ended(before, line, width) or _GOES_ON.match(line) is None


def _rows(lines: Sequence[_Line]) -> list[tuple[str, int]]:
    """Rows of a table whose narrow first column names the bodies responsible, its second what they must do."""
    found: list[tuple[str, int]] = []
    narrow: list[str] = []
    for place, line in enumerate(lines):
        words = _sub(line.text)
        if len(words) <= NARROW and not words.startswith(SUB) and _MODAL.search(words) is None:
            narrow.append(words)
            continue
        rest, bodies = _split(narrow, open_=bool(found) and not found[-1][0].endswith("."))
        whole_row = _BODY_FIRST.match(words) if place > 0 and lines[place - 1].text.endswith(".") else None
        if found:
            found[-1] = (" ".join([found[-1][0], *rest]), found[-1][1])
        if whole_row or (_BODY.search(" ".join(bodies)) and not (found and not found[-1][0].endswith("."))):
            found.append((words[whole_row.end() :] if whole_row else words, line.page))
        elif found:
            found[-1] = (f"{found[-1][0]} {words}", found[-1][1])
        narrow = []
    if found:
        found[-1] = (" ".join([found[-1][0], *narrow]), found[-1][1])
    return [(text, page) for text, page in found if not _COLUMN.match(text)]


def _split(narrow: Sequence[str], *, open_: bool) -> tuple[Sequence[str], Sequence[str]]:
    """Narrow lines parted into what belongs to a sentence that is still open and the names of the bodies after it."""
    ends = [place for place, line in enumerate(narrow, 1) if line.endswith(".")]
    of_it = ends[0] if ends else 0 if _BODY.search(" ".join(narrow)) else len(narrow)
    cut = of_it if open_ else 0
    return narrow[:cut], narrow[cut:]


_SHAPES = {"marked": _marked, "paragraphs": _paragraphs, "rows": _rows}
