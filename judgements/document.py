"""Bytes into pages of lines. The only file that knows a PDF library.

What a body is, is judged by its first bytes, never by a name or a content type: the source serves its "Report not
found" page under addresses that end in `.pdf`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html.parser import HTMLParser

import pypdfium2
import pypdfium2.raw as pdfium

from judgements.text import tidy
from judgements.types import Document, NotRead, Page, Status

HEAD = 1024
"""Bytes within which a PDF must say that it is one (as readers of PDF have always allowed)."""
TAIL = 2048
"""Bytes within which a whole PDF says that it ends; the library would mend a cut one and lose pages silently."""
MAX_PAGES = 400
"""The longest report known has 60 pages; a file with thousands is not one and would only cost time."""
LONGEST_TEXT = 2_000_000
"""Bytes of a web page or plain text, marks and all; the longest report has a tenth of that."""
MOST_CHARACTERS = 1_000_000
"""Characters in a document; the longest report has 131,000."""
FEWEST_CHARACTERS = 40
"""A text layer with fewer in the whole document is none: the pages are pictures."""

MOST_NO_LETTERS = 0.1
"""Of the first characters of a text so many may be none; in an old encoding only its quotes and dashes are."""

_NO_LETTERS = re.compile("[\ufffd\x00-\x08\x0e-\x1f]")
_NOT_FOUND = re.compile(r"^\s*report not found\b", re.IGNORECASE)
_HTML = re.compile(rb"<!doctype\s+html|<html[\s>]|<head[\s>]", re.IGNORECASE)
_MARKDOWN = (
    (re.compile(r"^(?=.*---)(?:[^\S\n]|[|:=-])+$", re.MULTILINE), ""),
    (re.compile(r"^[^\S\n]*\* ", re.MULTILINE), "• "),
    (re.compile(r"^[^\S\n]*(?:#{1,6}|>) |\*+|__|\\(?=[^\w\s])", re.MULTILINE), ""),
    (re.compile(r"<br ?/?>|\|"), " "),
)
"""What converters to Markdown add to the words: rules, bullets, and marks of headings, emphasis and tables.

No pattern runs over a line's end, and none tries a line twice: a file may be nothing but line ends, or dashes.
"""


def is_pdf(data: bytes) -> bool:
    """The first bytes decide what a body is, never its content type, status or address."""
    return b"%PDF-" in data[:HEAD]


def open_document(data: bytes) -> Document | NotRead:
    """A document's pages, or why there are none, in a sentence for people. Never raises for bad bytes."""
    if not data.strip():
        return _unreadable("The file is empty.")
    if is_pdf(data):
        return _pdf(data)
    if len(data) > LONGEST_TEXT:
        return _unreadable("The file is far longer than any report.")
    return _html(data) if _HTML.search(data[:HEAD]) else _text(data)


def _unreadable(why: str) -> NotRead:
    return NotRead(status=Status.UNREADABLE, why=why)


def _document(form: str, pages: Iterable[str]) -> Document | NotRead:
    texts = _not_too_many(pages)
    if texts is None:
        return _unreadable("There is far more text in the file than in any report.")
    tidied = tidy(texts)
    if sum(len(line) for lines in tidied for line in lines) < FEWEST_CHARACTERS:
        return _unreadable(
            "The PDF has no text in it, only pictures of pages (a scan)."
            if form == "pdf"
            else "There is no text in the file."
        )
    return Document(form=form, pages=tuple(Page(number=n, lines=lines) for n, lines in enumerate(tidied, 1)))


def _not_too_many(pages: Iterable[str]) -> list[str] | None:
    """The pages; None as soon as they have more characters than any report, without looking at the others."""
    texts: list[str] = []
    room = MOST_CHARACTERS
    for text in pages:
        room -= len(text)
        if room < 0:
            return None
        texts.append(text)
    return texts


def _pdf(data: bytes) -> Document | NotRead:
    if b"%%EOF" not in data[-TAIL:]:
        return _unreadable("The PDF is cut off: its end is missing.")
    try:
        pdf = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        return _unreadable(_why(error))
    try:
        if len(pdf) > MAX_PAGES:
            return _unreadable(f"The PDF has {len(pdf)} pages; no report has more than {MAX_PAGES}.")
        return _document("pdf", (_page(pdf, index) for index in range(len(pdf))))
    except pypdfium2.PdfiumError:
        return _unreadable("The PDF is damaged: not all of its pages can be opened.")
    finally:
        pdf.close()


def _why(error: pypdfium2.PdfiumError) -> str:
    if getattr(error, "err_code", None) in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY):
        return "The PDF is encrypted and cannot be opened without its password."
    return "The PDF is damaged or cut off and cannot be opened."


def _page(pdf: pypdfium2.PdfDocument, index: int) -> str:
    page = pdf[index]
    text = page.get_textpage()
    try:
        return str(text.get_text_range())
    finally:
        text.close()
        page.close()


class _Html(HTMLParser):
    """The title and the visible text of a page, a line for every block."""

    BLOCKS = frozenset(
        ["p", "div", "li", "tr", "br", "table", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article", "dt", "dd"]
    )
    HIDDEN = frozenset({"script", "style", "noscript", "template"})

    def __init__(self) -> None:
        super().__init__()
        self.title: list[str] = []
        self.parts: list[str] = []
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
        if tag in self.HIDDEN or tag == "title":
            self._inside.append(tag)
        elif tag in self.BLOCKS:
            self.parts.append("\n")
        elif tag in ("td", "th"):
            self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        if not self._inside:
            self.parts.append(" ".join(data.split()) + " ")
        elif self._inside[-1] == "title":
            self.title.append(data)


def _html(data: bytes) -> Document | NotRead:
    page = _Html()
    page.feed(data.decode("utf-8", errors="replace"))
    title = " ".join("".join(page.title).split())
    if _NOT_FOUND.match(title):
        return NotRead(
            status=Status.NOT_A_REPORT, why="The site answered “Report not found”: the document is not there."
        )
    return _document("html", [f"{title}\n{''.join(page.parts)}"])


def _text(data: bytes) -> Document | NotRead:
    text = data.decode("utf-8", errors="replace").replace("\f", "\n")
    if b"\0" in data[:HEAD] or len(_NO_LETTERS.findall(text[:HEAD])) > len(text[:HEAD]) * MOST_NO_LETTERS:
        return _unreadable("The file is neither a PDF, nor a web page, nor plain text.")
    if b"endobj" in data and b"%%EOF" in data[-TAIL:]:
        return _unreadable("The PDF is damaged: its first bytes do not say that it is one.")
    for mark, becomes in _MARKDOWN:
        text = mark.sub(becomes, text)
    return _document("text", [text])
