"""Documents that hurt, each read as the service reads them: in a child with limits, and the next one reads as ever."""

from __future__ import annotations

import os
import re
import resource
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from random import Random

import pytest

from inspection_watch.demo.papers import ilacs_report
from judgements.document import MAX_PAGES
from judgements.frameworks import FRAMEWORKS
from judgements.parse import read
from judgements.types import NotRead, Reading, Report, Status
from tests.demo.examples import SECOND
from tests.demo.traps import LIGATURES
from tests.judgements import hostile
from tests.judgements.pdfs import pdf
from watchers.read import CPU_GRACE, Reader

UNREADABLE, UNRECOGNISED, NOT_A_REPORT = Status.UNREADABLE, Status.UNRECOGNISED, Status.NOT_A_REPORT
A_START = 5
"""CPU seconds that a child may have used before its first document, on a slow machine."""
TOO_MUCH = "more than 512 MB"
NO_TITLE = "No title"
LINES = FRAMEWORKS["ilacs"].examples[1].text.strip().split("\n")


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader() as reader:
        yield reader


@cache
def good() -> bytes:
    return ilacs_report(SECOND)


@cache
def good_reading() -> Reading:
    with Reader() as reader:
        reading = reader.read(good())
    assert isinstance(reading, Report)
    assert reading.status is Status.PARSED
    return reading


def refused(reader: Reader, data: bytes) -> NotRead:
    """What the reader says of bad bytes; the next document is read as if they had never been."""
    reading = reader.read(data)
    assert isinstance(reading, NotRead), reading
    assert re.fullmatch(r"[A-Z].*\.", reading.why), reading.why
    assert "Error" not in reading.why
    assert reader.read(good()) == good_reading()
    return reading


Case = tuple[Callable[[], bytes], Status, str]
NOT_FOUND = "<html><head><title>Report not found - Find an Inspection Report</title></head><body>Sorry</body></html>"

PAPERS: dict[str, Case] = {
    "nothing": (lambda: b"", UNREADABLE, "empty"),
    "a page that says it is not found": (NOT_FOUND.encode, NOT_A_REPORT, "Report not found"),
    "a password": (lambda: pdf([LINES], encrypt="secret"), UNREADABLE, "password"),
    "other magic bytes": (lambda: good().replace(b"%PDF-", b"%PDX-", 1), UNREADABLE, "first bytes do not say"),
    "bytes before a PDF": (lambda: b"\x93" * 2000 + good(), UNREADABLE, "neither a PDF"),
    "bytes of nothing": (lambda: Random(1).randbytes(60_000).replace(b"\0", b"x"), UNREADABLE, "neither a PDF"),
    "a picture": (lambda: b"\xff\xd8\xff\xe1 JFIF" + Random(2).randbytes(9_000), UNREADABLE, "neither a PDF"),
    "an archive": (lambda: b"PK\x03\x04" + bytes(2000) + good(), UNREADABLE, "neither a PDF, nor a web page"),
    "a scan": (hostile.scan, UNREADABLE, "no text in it, only pictures of pages (a scan)"),
    "10,000 pages": (lambda: hostile.many_pages(10_000), UNREADABLE, "10000 pages"),
    "as many pages as may be": (lambda: hostile.many_pages(MAX_PAGES), UNRECOGNISED, NO_TITLE),
    "pages that are not there": (lambda: hostile.pages_claimed(300), UNREADABLE, "not all of its pages"),
    "a thousand million pages that are not there": (lambda: hostile.pages_claimed(10**9), UNRECOGNISED, NO_TITLE),
    "pages in a ring": (hostile.pages_in_a_ring, UNREADABLE, "not all of its pages"),
    "a page under 50,000 branches": (lambda: hostile.deep_tree(50_000), UNREADABLE, "not all of its pages"),
    "lists in lists": (lambda: hostile.nested(200_000, b"[", b"]"), UNRECOGNISED, NO_TITLE),
    "lists in lists without an end": (lambda: hostile.nested(200_000, b"[", b""), UNRECOGNISED, NO_TITLE),
    "dictionaries in dictionaries": (lambda: hostile.nested(200_000, b"<</A ", b">>"), UNRECOGNISED, NO_TITLE),
    "a drawing that draws itself": (hostile.drawing_that_draws_itself, UNREADABLE, TOO_MUCH),
    "a table before itself": (hostile.table_before_itself, UNRECOGNISED, NO_TITLE),
    "a length of itself": (hostile.length_of_itself, UNRECOGNISED, NO_TITLE),
    "60 MB": (lambda: hostile.large(60), UNRECOGNISED, NO_TITLE),
    "60 MB of nothing": (lambda: b"%PDF-1.7\n" + bytes(60 * 2**20) + b"%%EOF", UNREADABLE, "damaged"),
    "a bomb as page": (hostile.bomb_as_page, UNREADABLE, TOO_MUCH),
    "a bomb of words": (hostile.words_bomb, UNREADABLE, TOO_MUCH),
    "a bomb as font": (hostile.bomb_as_font, UNREADABLE, TOO_MUCH),
    "a bomb as letters": (hostile.bomb_as_letters, UNREADABLE, TOO_MUCH),
    "a bomb as picture": (hostile.bomb_as_picture, UNREADABLE, "a scan"),
    "500,000 characters on a page": (lambda: hostile.text_on_one_page(500_000), UNRECOGNISED, NO_TITLE),
    "1,200,000 characters on a page": (lambda: hostile.text_on_one_page(1_200_000), UNREADABLE, "far more text"),
    "characters of no alphabet": (lambda: hostile.strange_letters(300_000), UNRECOGNISED, NO_TITLE),
    "bullets of a private font": (lambda: ("\uf06e" * 600_000).encode(), UNRECOGNISED, NO_TITLE),
    "optional hyphens": (lambda: ("word\u00ad\n" * 100_000).encode(), UNRECOGNISED, NO_TITLE),
    "letters from right to left": (lambda: ("\u202eקהילה " * 100_000).encode(), UNRECOGNISED, NO_TITLE),
    "a web page of tags": (lambda: b"<html>" + b"<a x x x " * 200_000, UNREADABLE, "no text"),
    "a web page without an end": (lambda: b"<html><p>" * 600_000, UNREADABLE, "far longer"),
    **{
        f"a page {name}": (partial(hostile.page_of, box), UNRECOGNISED, NO_TITLE) for name, box in hostile.SIZES.items()
    },
}


@pytest.mark.parametrize("name", PAPERS)
def test_a_document_that_hurts_has_its_reason_and_the_next_one_is_read(reader: Reader, name: str) -> None:
    make, status, words = PAPERS[name]
    found = refused(reader, make())
    assert (found.status, words in found.why) == (status, True), found


def test_a_text_in_an_old_encoding_is_read_all_the_same(reader: Reader) -> None:
    text = "\n".join(LINES)
    assert "’" in text
    assert isinstance(reader.read(text.encode("cp1252")), Report)


def test_a_report_cut_off_anywhere_says_so(reader: Reader) -> None:
    whole = good()
    for place in (6, 9, *range(len(whole) // 20, len(whole), len(whole) // 20), len(whole) - 8, len(whole) - 4):
        found = refused(reader, whole[:place])
        assert (found.status, "cut off" in found.why) == (UNREADABLE, True), (place, found)


def test_a_report_that_is_only_locked_against_changes_is_read(reader: Reader) -> None:
    assert reader.read(pdf([LINES], encrypt="")) == reader.read(pdf([LINES]))
    assert isinstance(reader.read(pdf([LINES])), Report)


def test_scripts_and_attachments_of_a_report_are_nothing_to_us(reader: Reader) -> None:
    assert reader.read(hostile.with_script_and_attachment(LINES)) == reader.read(pdf([LINES]))


def test_the_child_may_not_take_more_memory_or_time_than_it_is_allowed(reader: Reader) -> None:
    """512 MB, and 20 s with what the parent needs to be the first to lose patience; the kernel sees to both."""
    reader.close()
    reader.read(b"x")
    assert reader._child is not None
    assert resource.prlimit(reader._child.pid, resource.RLIMIT_AS) == (512 * 2**20,) * 2
    seconds, _ = resource.prlimit(reader._child.pid, resource.RLIMIT_CPU)
    assert 20 <= seconds <= 20 + CPU_GRACE + A_START
    assert reader._child.pid != os.getpid()


BAIT = [
    ("ilacs", "\n"),
    ("ilacs", "- - "),
    ("ilacs", "good "),
    ("ilacs", "overall effectiveness\ngood\n"),
    ("ilacs", "1/1/2001, "),
    ("ilacs", "what needs to improve......."),
    ("sif", "lead inspector: Lead "),
    ("sif", "The experiences and progress of "),
    ("sif", "council "),
    ("slac", "Leadership and management grade 2 (good)\n"),
    ("visits", "yours sincerely Senior "),
    ("area_send", "HMI, "),
    ("area_send", "HMI, lead inspector "),
    ("area_send", "Areas for improvement\nNHS Trust\n"),
    ("council_report", "| --- |\n"),
    ("jtai", "xyz\ufffe"),
]
"""Frameworks, and words of their own that their patterns might go over again and again."""


@pytest.mark.parametrize(("framework", "words"), BAIT, ids=[f"{key} {words!r}" for key, words in BAIT])
def test_words_that_never_end_are_read_in_time(reader: Reader, framework: str, words: str) -> None:
    """300,000 characters after a report's own, and in the middle of its lines: a second, or hours if some pattern
    looks at them once for each of them."""
    lines = FRAMEWORKS[framework].examples[0].text.strip().split("\n")
    endless = words * (300_000 // len(words))
    for text in ("\n".join([*lines, endless]), "\n".join([*lines[:8], endless, *lines[8:]])):
        assert "took longer" not in getattr(reader.read(text.encode()), "why", ""), words


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_a_name_that_never_ends_is_no_name(reader: Reader, framework: str) -> None:
    text = FRAMEWORKS[framework].examples[0].text.strip()
    reading = reader.read((("of the council " * 10_000) + "\n" + text).encode())
    assert len(getattr(reading, "why", "")) < 200
    assert all(len(problem) < 400 for problem in getattr(reading, "problems", ()))


@pytest.mark.parametrize("framework", FRAMEWORKS)
@pytest.mark.parametrize(
    "letters", [LIGATURES, {" ": "\u00a0"}, {" ": " \u202f"}], ids=["ligatures", "no-break", "narrow"]
)
def test_other_letters_in_a_text_change_nothing(framework: str, letters: Mapping[str, str]) -> None:
    """A PDF library may take ligatures apart by itself; a converter to text does not."""
    plain = printed = FRAMEWORKS[framework].examples[0].text.strip()
    for letter, other in letters.items():
        printed = printed.replace(letter, other)
    assert read(printed.encode()) == read(plain.encode())


def test_grades_drawn_in_another_order_than_they_are_seen_in_are_not_believed() -> None:
    """As in mutants that draw the line of one row before that of another: two grades would be swapped."""
    text = FRAMEWORKS["sif"].examples[1].text
    rows = "2.1 Adoption performance Not judged\n2.2 Experiences and progress of care leavers Not judged"
    assert rows in text
    seen = "2.1 Adoption performance Outstanding\n2.2 Experiences and progress of care leavers Inadequate"
    drawn = "2.1 Adoption performance Inadequate\nOutstanding 2.2 Experiences and progress of care leavers"
    told, doubted = (read(text.replace(rows, table).encode()) for table in (seen, drawn))
    assert isinstance(told, Report)
    assert isinstance(doubted, Report)
    assert {"adoption", "sif_care_leavers"} <= {one.theme for one in told.judgements}
    assert not {"adoption", "sif_care_leavers"} & {one.theme for one in doubted.judgements}
    assert any("not certain which grade belongs to which row" in problem for problem in doubted.problems)
