"""Blocks of text onto pages of a PDF, so that the text layer has the lines of the real documents.

A reader of PDF sees text in the order in which it was drawn, and begins a new line where the baseline moves. So the
order of drawing matters more here than the looks: the number of a page is drawn before the page, a cell's lines before
its neighbour's.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from io import BytesIO
from typing import Final, Literal

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT = 594.96, 841.92
"""Points, as in the real documents (A4 as Word rounds it)."""
LEFT, RIGHT, TOP, BOTTOM = 71.0, 524.0, 770.0, 90.0
FOOT: Final = 60.0
NARROW: Final = 90
"""Per cent. The fonts we have are wider than the one of the real documents."""
REGULAR, BOLD = "Vera", "VeraBd"
NO_BREAK: Final = "\u00a0"
KEPT: Final = "\ue0a0"
"""What `NO_BREAK` is while reportlab has it in hands."""
STAND_INS: Final = {
    **{"\u25fc": "\u2022", "\uf06e": "\u2022", "\u2500": "\u2013", "\u00ad": "-"},
    **{"\u202f": " ", KEPT: " ", "\ufb00": "f"},
}
"""Characters of real documents that our fonts do not have, and whose shape they are drawn with."""

_DRAWING = threading.Lock()
"""reportlab's fonts are shared by all documents that are being made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """Sizes and distances in points."""

    font: str = REGULAR
    size: float = 11.4
    leading: float = 14
    before: float = 0
    after: float = 9


BODY = Style()
SMALL = Style(size=8.5, leading=11, after=5)
TITLE = Style(size=20, leading=25, after=10)
HEADING = Style(font=BOLD, size=14, leading=17, before=8, after=8)
LABEL = Style(font=BOLD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A paragraph or a heading. A line break in the text is kept; `lead` stands in bold before it, `note` is a raised
    number after it."""

    text: str
    style: Style = BODY
    lead: str = ""
    note: str = ""
    indent: float = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A bullet or a numbered paragraph: its mark and a hanging paragraph."""

    mark: str
    text: str
    indent: float = 0


Place = Literal["beside", "foot", "above"]
"""Where a grade stands: on the first line of its label, on the last one, or above it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    label: str
    grade: str
    place: Place = "beside"
    style: Style = BODY


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of two cells; the first cell is `split` points wide."""

    rows: tuple[Row, ...]
    split: float = 226


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Two columns of lines that share baselines, as in a letterhead. An empty line on the left leaves it out."""

    lines: tuple[tuple[str, str], ...]
    split: float = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Foot:
    """A footnote, drawn last on the page that is being filled."""

    text: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class NewPage:
    pass


Block = Words | Item | Table | Columns | Foot | NewPage


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """What stands on every page from `from_page` on: some lines, and the page's number after the last."""

    lines: tuple[str, ...] = ()
    from_page: int = 1
    number: bool = True


def pdf(blocks: Iterable[Block], running: Running, *, title: str) -> bytes:
    """The blocks as a PDF, the same bytes every time."""
    out = BytesIO()
    with _DRAWING:
        _fonts()
        canvas = Canvas(out, pagesize=(WIDTH, HEIGHT), invariant=1, pageCompression=1)
        canvas.setTitle(title)
        setter = _Setter(canvas=canvas, running=running)
        for block in blocks:
            setter.set(block)
        setter.finish()
        canvas.save()
    return out.getvalue()


def respelled(blocks: Iterable[Block], letters: Mapping[str, str]) -> Iterator[Block]:
    """The blocks with other letters for some, such as one character for "fi"."""

    def spell(text: str) -> str:
        for plain, printed in letters.items():
            text = text.replace(plain, printed)
        return text

    for block in blocks:
        match block:
            case Words():
                yield replace(block, text=spell(block.text), lead=spell(block.lead))
            case Item() | Foot():
                yield replace(block, text=spell(block.text))
            case Table():
                rows = (replace(row, label=spell(row.label), grade=spell(row.grade)) for row in block.rows)
                yield replace(block, rows=tuple(rows))
            case _:
                yield block


class _Font(TTFont):  # type: ignore[misc]
    """reportlab prints a no-break space as an ordinary one; this font keeps it in the text layer."""

    def splitString(self, text: str, doc: object, encoding: str = "utf-8") -> object:  # noqa: N802
        return super().splitString(text.replace(NO_BREAK, KEPT), doc, encoding)

    def addObjects(self, doc: object) -> None:  # noqa: N802
        for subset in self.state[doc].subsets:
            subset[:] = [ord(NO_BREAK) if code == ord(KEPT) else code for code in subset]
        super().addObjects(doc)


@cache
def _fonts() -> None:
    for name in (REGULAR, BOLD):
        font = _Font(name, f"{name}.ttf")
        for character, shape in STAND_INS.items():
            font.face.charToGlyph[ord(character)] = font.face.charToGlyph[ord(shape)]
            font.face.charWidths[ord(character)] = font.face.charWidths[ord(shape)]
        pdfmetrics.registerFont(font)


@cache
def _width(text: str, style: Style) -> float:
    return float(pdfmetrics.stringWidth(text, style.font, style.size)) * NARROW / 100


_PIECE = re.compile(r"[^\s-]*-+|[^\s-]+|[ \n]+|\s")
"""What a line may be broken after: a space, or a hyphen (which a reader of PDF then has to undo)."""


def wrap(text: str, style: Style, width: float) -> tuple[str, ...]:
    """Lines no wider than `width` points where a break is possible; they keep their last space, as Word's do."""
    return tuple(line for part in text.split("\n") for line in _lines(part, style, width))


def _lines(text: str, style: Style, width: float) -> Iterator[str]:
    line, used = "", 0.0
    for piece in _PIECE.findall(text):
        if line.strip() and used + _width(piece.rstrip(), style) > width:
            yield line
            line, used = "", 0.0
        line += piece
        used += _width(piece, style)
    yield line


@dataclass(slots=True, kw_only=True)
class _Setter:
    """Sets blocks down the page and begins new ones."""

    canvas: Canvas
    running: Running
    page: int = 0
    y: float = 0
    bottom: float = BOTTOM
    foot: list[tuple[str, float]] = field(default_factory=list)

    def set(self, block: Block) -> None:
        if self.page == 0:
            self._begin()
        match block:
            case Words():
                self._words(block)
            case Item():
                self._item(block)
            case Table():
                for row in block.rows:
                    self._row(row, block.split)
                self.y -= 14
            case Columns():
                self._columns(block)
            case Foot():
                self._keep_foot(block)
            case NewPage():
                self._turn()

    def finish(self) -> None:
        self._end()

    def _begin(self) -> None:
        self.page += 1
        self.y, self.bottom = TOP, BOTTOM
        if self.page >= self.running.from_page:
            self._run()

    def _run(self) -> None:
        """The running lines, drawn first though they stand last."""
        y = FOOT + SMALL.leading * max(0, len(self.running.lines) - 1)
        for line in self.running.lines:
            self._draw(LEFT, y, line, SMALL)
            y -= SMALL.leading
        if self.running.number:
            self._draw(RIGHT - 12, FOOT, str(self.page), SMALL)

    def _end(self) -> None:
        for text, y in self.foot:
            self._draw(LEFT, y, text, SMALL)
        self.foot.clear()
        self.canvas.showPage()

    def _turn(self) -> None:
        self._end()
        self._begin()

    def _room(self, height: float) -> None:
        if self.y - height < self.bottom:
            self._turn()

    def _draw(self, x: float, y: float, text: str, style: Style) -> None:
        line = self.canvas.beginText(x, y)
        line.setFont(style.font, style.size)
        line.setHorizScale(NARROW)
        line.textOut(text)
        self.canvas.drawText(line)

    def _words(self, words: Words) -> None:
        style = words.style
        lines = wrap(words.text, style, RIGHT - LEFT - words.indent)
        # A heading is not left alone at the foot of a page.
        self._room(style.before + style.leading * (len(lines) + 3 if style is HEADING else 1))
        self.y -= style.before
        x = LEFT + words.indent
        if words.lead:
            self._room(style.leading)
            self._draw(x, self.y - style.leading, words.lead + " ", LABEL)
            x += _width(words.lead + " ", LABEL)
        for line in lines:
            self._line(x, line, style)
            x = LEFT + words.indent
        if words.note:
            end = LEFT + words.indent + _width(lines[-1], style)
            self._draw(end, self.y + style.size / 3, words.note, Style(font=style.font, size=style.size * 0.6))
        self.y -= style.after

    def _line(self, x: float, text: str, style: Style) -> None:
        self._room(style.leading)
        self.y -= style.leading
        self._draw(x, self.y, text, style)

    def _item(self, item: Item) -> None:
        x = LEFT + item.indent
        hanging = x + max(18, _width(item.mark + " ", BODY))
        for number, line in enumerate(wrap(item.text, BODY, RIGHT - hanging)):
            self._line(hanging, line, BODY) if number else self._marked(x, item.mark, hanging, line)
        self.y -= 4

    def _marked(self, x: float, mark: str, hanging: float, text: str) -> None:
        self._room(BODY.leading)
        self.y -= BODY.leading
        self._draw(x, self.y, mark, BODY)
        self._draw(hanging, self.y, text, BODY)

    def _row(self, row: Row, split: float) -> None:
        label = wrap(row.label, row.style, split - 10)
        grade = wrap(row.grade, row.style, RIGHT - LEFT - split - 10)
        lines = len(label) + len(grade) if row.place == "above" else max(len(label), len(grade))
        height = lines * row.style.leading + 12
        self._room(height)
        self._box(height, split)
        left = (LEFT + 5, label, len(grade) if row.place == "above" else 0)
        right = (LEFT + split + 5, grade, max(0, len(label) - len(grade)) if row.place == "foot" else 0)
        for x, cell, skipped in (right, left) if row.place == "above" else (left, right):
            self._cell(x, cell, skipped, row.style)
        self.y -= height

    def _box(self, height: float, split: float) -> None:
        self.canvas.rect(LEFT, self.y - height, split, height)
        self.canvas.rect(LEFT + split, self.y - height, RIGHT - LEFT - split, height)

    def _cell(self, x: float, lines: tuple[str, ...], skipped: int, style: Style) -> None:
        for number, line in enumerate(lines, skipped + 1):
            self._draw(x, self.y - 3 - number * style.leading, line, style)

    def _columns(self, columns: Columns) -> None:
        for left, right in columns.lines:
            self._room(BODY.leading)
            self.y -= BODY.leading
            for x, text in ((LEFT, left), (LEFT + columns.split, right)):
                if text:
                    self._draw(x, self.y, text, BODY)
        self.y -= BODY.after

    def _keep_foot(self, foot: Foot) -> None:
        lines = wrap(f"{foot.note} {foot.text}".strip(), SMALL, RIGHT - LEFT)
        y = BOTTOM + SMALL.leading * (len(lines) - 1)
        self.foot = [(line, y - SMALL.leading * number) for number, line in enumerate(lines)]
        self.bottom = y + 2 * SMALL.leading
