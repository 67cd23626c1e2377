"""The corpus of real reports as storage would remember it, where it is at hand: read once in a process."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from datetime import date
from functools import cache
from pathlib import Path

from judgements.document import open_document
from judgements.parse import parse as read
from judgements.types import Document, Listing, Reading
from storage.types import KnownDocument, Standing
from tests.bot.histories import NOW

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
NOT_AT_HAND = "the corpus of real reports is not at hand (../shared/corpus)"


@cache
def documents() -> tuple[KnownDocument, ...]:
    """All reports and letters, each as today's parser reads it."""
    paths = sorted(path for part in ("reports", "letters") for path in (CORPUS / part).glob("*.pdf"))
    with ProcessPoolExecutor(2) as pool:
        readings = pool.map(_reading_of, paths, chunksize=8)
        return tuple(_document_of(number, *one) for number, one in enumerate(zip(paths, readings, strict=True)))


def _reading_of(path: Path) -> Reading:
    document = open_document(path.read_bytes())
    return read(document) if isinstance(document, Document) else document


def _document_of(number: int, path: Path, reading: Reading) -> KnownDocument:
    """A file's name says whose it is and when it was published: 80418-norfolk-2026-05-18-cs.pdf."""
    urn, *_, year, month, day, _kind = path.stem.split("-")
    listing = Listing(
        file_id=f"50{number:06}",
        urn=urn,
        title="Children's services inspection",
        url=f"https://files.ofsted.gov.uk/v1/file/50{number:06}",
        published=date(int(year), int(month), int(day)),
    )
    return KnownDocument(
        listing=listing, standing=Standing.READ, first_seen_at=NOW, sha256=f"{number:064}", reading=reading
    )
