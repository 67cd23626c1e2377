"""The text of a document as one run of words that still knows its lines and pages.

Patterns are searched in `lower`, which has exactly one space where the document has white space of any kind and the
same length as `text`; whether a match begins or ends a line, and on which page it stands, can be asked afterwards.
That keeps line wraps out of every pattern and reading fast: a pattern that begins with a word is found at the speed
of a plain search.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from judgements.types import Document, Page, Span

EDGE = 4
"""Lines from the top or the bottom of a page among which running headers and footers are looked for."""
REPEATS = 3
"""Pages on which a line must come back to be a running one."""

_LINE_END = re.compile(r"[ .:;?]*(?:(?<! )\d{1,2})?")
_DIGITS = re.compile(r"\d+")
_DIGITS_ONLY = re.compile(r"[\d ]+")
_STATIONERY = re.compile(r"ofsted is proud to use recycled paper(?: \d+)?", re.IGNORECASE)
"""What stands at the foot of a letter's first page alone."""
_LETTERHEAD = re.compile(
    r"(?:(?:ofsted|piccadilly gate|store st(?:reet)?|manchester|m1 2wd|agora|6 cumberland place|nottingham|ng1 6hj"
    r"|clive house|70 petty france|london|sw1h 9ex|aviation house|125 kingsway|wc2b 6se"
    r"|(?:t|textphone|e|w)\b:?|0300 123 \d{4}|0161|618|8524"
    r"|enquiries@ofsted\.|(?:www\.)?(?:gov\.uk(?:[/.]ofsted)?|ofsted\.gov\.uk))(?:[ ,|]+|(?<=\.)|$))+",
    re.IGNORECASE,
)
"""A line with nothing on it but the inspectorate's address, of today or of former years, and how to reach it."""
_TELEPHONE = "0300 123 "
_SALUTATION = "dear "
_PAGE_NUMBER = re.compile(r"(?:page )?\d{1,3}(?: of \d{1,3})?", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """All lines of some pages joined by single spaces. `starts` and `pages` have one entry for each line."""

    text: str
    lower: str
    lines: tuple[str, ...]
    starts: tuple[int, ...]
    pages: tuple[int, ...]

    def line_at(self, place: int) -> int:
        """The index of the line that holds this place of the text."""
        return bisect_right(self.starts, place) - 1

    def page_at(self, place: int) -> int:
        return self.pages[self.line_at(place)]

    def begins_line(self, place: int) -> bool:
        return self.starts[self.line_at(place)] == place

    def ends_line(self, place: int) -> bool:
        """True if nothing but punctuation or a footnote's number stands between this place and the end of its line."""
        end = self.line_end(self.line_at(max(place - 1, 0)))
        place = min(place, end)
        last = place + len(self.text[place:end].rstrip(" .:;"))
        return _LINE_END.fullmatch(self.text, place, last) is not None

    def line_end(self, line: int) -> int:
        return self.starts[line] + len(self.lines[line])

    def page_end(self, page: int) -> int:
        """The place after the last line that stands on this page or before it."""
        return self.line_end(max(bisect_right(self.pages, page) - 1, 0)) if self.lines else 0

    def span(self, begin: int, end: int) -> Span:
        """Page and words of a stretch of text; where it runs over a page break, only what stands on the first page."""
        first, last = self.line_at(begin), self.line_at(max(end - 1, begin))
        while self.pages[last] != self.pages[first]:
            last -= 1
            end = self.line_end(last)
        return Span(page=self.pages[first], quote=self.text[begin:end].strip())

    def search(
        self, patterns: Iterable[re.Pattern[str]], begin: int = 0, end: int | None = None
    ) -> Iterator[re.Match[str]]:
        """Every match of any of the patterns, pattern by pattern."""
        stop = len(self.lower) if end is None else end
        for pattern in patterns:
            yield from pattern.finditer(self.lower, begin, stop)


def lowered(text: str) -> str:
    """Lower case, one letter for one letter."""
    lower = text.lower()
    return lower if len(lower) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def flow(document: Document) -> Flow:
    """A document without its running headers, footers and page numbers (the first page keeps its title)."""
    running = _running(document.pages)
    pages = (*map(_headed, document.pages[:1]), *document.pages[1:])
    front = pages[0].number if pages else 1
    first = frozenset[str]()
    return _join(
        [(page.number, line) for page in pages for line in _without(page, running if page.number > front else first)]
    )


def _headed(page: Page) -> Page:
    """A letter's first page in the order of its print: its letterhead stands above, wherever the text layer puts it."""
    dear = next((at for at, line in enumerate(page.lines) if line.lower().startswith(_SALUTATION)), len(page.lines))
    above, below = list[str](), list[str]()
    for of_letterhead, run in groupby(page.lines[dear:], lambda line: _LETTERHEAD.fullmatch(line) is not None):
        lines = list(run)
        misplaced = of_letterhead and any(_TELEPHONE in line for line in lines)
        (above if misplaced else below).extend(lines)
    return replace(page, lines=(*above, *page.lines[:dear], *below))


def _without(page: Page, running: frozenset[str]) -> Iterator[str]:
    """The lines of a page without the running ones; the last digits of one may be wrapped into a line of their own."""
    wrapped = False
    for edge, line in _edged(page):
        if not edge or not (_is_running(line, running) or (wrapped and _DIGITS_ONLY.fullmatch(line))):
            yield line
        wrapped = edge and _DIGITS.sub("", line) in running


def _join(numbered: list[tuple[int, str]]) -> Flow:
    text = " ".join(line for _, line in numbered)
    starts, place = [], 0
    for _, line in numbered:
        starts.append(place)
        place += len(line) + 1
    return Flow(
        text=text,
        lower=lowered(text),
        lines=tuple(line for _, line in numbered),
        starts=tuple(starts),
        pages=tuple(number for number, _ in numbered),
    )


def _edged(page: Page) -> Iterator[tuple[bool, str]]:
    """Each line of a page with whether it stands near the top or the bottom."""
    last = len(page.lines) - EDGE
    for index, line in enumerate(page.lines):
        yield index < EDGE or index >= last, line


def _running(pages: tuple[Page, ...]) -> frozenset[str]:
    """The lines, without their digits, that come back at the edges of the pages."""
    seen = Counter(key for page in pages[1:] for key in {_DIGITS.sub("", line) for edge, line in _edged(page) if edge})
    enough = min(REPEATS, max(2, len(pages) - 1))
    return frozenset(key for key, count in seen.items() if count >= enough and key.strip(" •.-–"))


def _is_running(line: str, running: frozenset[str]) -> bool:
    printed = _PAGE_NUMBER.fullmatch(line) or _STATIONERY.fullmatch(line)
    return printed is not None or _DIGITS.sub("", line) in running
