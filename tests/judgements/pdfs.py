"""Small real PDFs for tests: pages of lines, and the ways in which a PDF can be no use."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas


def pdf(pages: Sequence[Sequence[str]], encrypt: str | None = None) -> bytes:
    """A PDF with one line of text under the other. `encrypt` is the password it opens with ("" if with any)."""
    out = BytesIO()
    locked = None if encrypt is None else StandardEncryption(encrypt, ownerPassword="the owner's")
    canvas = Canvas(out, pagesize=A4, encrypt=locked)
    for lines in pages:
        for place, line in enumerate(lines):
            canvas.drawString(60, 780 - 14 * place, line)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def scan(pages: int = 1) -> bytes:
    """A PDF whose pages are pictures: strokes, no text."""
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4)
    for _ in range(pages):
        canvas.rect(60, 60, 400, 600, fill=1)
        canvas.showPage()
    canvas.save()
    return out.getvalue()
