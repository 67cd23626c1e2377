"""What a body is, by its first bytes; and why there are no pages where there are none."""

from __future__ import annotations

import pytest

from judgements.document import MAX_PAGES, open_document
from judgements.types import Document, NotRead, Status
from tests.judgements.pdfs import pdf, scan

LINES = ["Inspection of a place that was made up for this test", "Children like its library."]
NOT_FOUND = b"""<!DOCTYPE html><html><head>
<title>Report not found - Find an Inspection Report - Ofsted</title></head>
<body><script>var banner = 1;</script><h1>Sorry, the document you requested no longer exists.</h1></body></html>"""


def opened(data: bytes) -> Document:
    document = open_document(data)
    assert isinstance(document, Document), document
    return document


def refused(data: bytes) -> NotRead:
    document = open_document(data)
    assert isinstance(document, NotRead)
    return document


def test_a_pdf_has_its_pages_and_lines_numbered_from_one() -> None:
    document = opened(pdf([LINES, ["The second page."]]))
    assert document.form == "pdf"
    assert [(page.number, page.lines) for page in document.pages] == [(1, tuple(LINES)), (2, ("The second page.",))]


def test_a_pdf_may_begin_with_other_bytes() -> None:
    assert opened(b"\r\n\0" + pdf([LINES])).form == "pdf"


def test_text_is_one_page_without_the_marks_of_markdown() -> None:
    document = opened(b"## Area **one**\n\n- is\tgood enough for the purposes of this test\n")
    assert document.form == "text"
    assert document.pages[0].lines == ("Area one", "- is good enough for the purposes of this test")


def test_a_table_of_markdown_is_its_words() -> None:
    table = b"| Judgement | Grade |\n|:---|---|\n| Help for *all* families | **Good** |\n\n* one more\n1\\. and another"
    assert opened(table).pages[0].lines == (
        "Judgement Grade",
        "Help for all families Good",
        "• one more",
        "1. and another",
    )


def test_a_web_page_is_its_title_and_its_visible_text() -> None:
    page = b"""<html><head><title>A page</title><style>p {}</style></head>
    <body><p>One line of it.</p><p>And another one of them.</p></body></html>"""
    assert opened(page).pages[0].lines == ("A page", "One line of it.", "And another one of them.")


@pytest.mark.parametrize("name", ["a.pdf", "a.html"])
def test_the_page_that_says_report_not_found_is_not_a_report(name: str) -> None:
    found = refused(NOT_FOUND)
    assert found.status is Status.NOT_A_REPORT
    assert "Report not found" in found.why


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b" \n\t ", "empty"),
        (pdf([LINES])[:700], "its end is missing"),
        (pdf([LINES] * 30)[:-3000], "its end is missing"),
        (b"%PDF-1.7\n" + b"\x93\xff" * 400 + b"%%EOF", "damaged or cut off"),
        (pdf([LINES], encrypt="secret"), "password"),
        (scan(3), "pictures of pages"),
        (pdf([[]] * (MAX_PAGES + 1)), "401 pages"),
        (b"PK\x03\x04\0\0\0\0 an archive of something else", "neither a PDF"),
        (b"words " * 1_000_000, "far longer"),
        (b"<html><head><title></title></head><body></body></html>", "no text"),
    ],
    ids=[
        "0 bytes",
        "blank",
        "truncated",
        "cut in the middle",
        "garbled",
        "encrypted",
        "scan",
        "too many pages",
        "zip",
        "endless",
        "empty web page",
    ],
)
def test_what_cannot_be_opened_says_why(data: bytes, words: str) -> None:
    found = refused(data)
    assert found.status is Status.UNREADABLE
    assert words in found.why
    assert found.why.endswith(".")
