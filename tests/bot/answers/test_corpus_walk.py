"""Every answer about every authority of the corpus, from the documents themselves: their own words, lists and gaps."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from bot.commands import answer, parse
from bot.messages import render
from bot.types import Reply
from judgements.authorities import REGISTRY
from judgements.document import open_document
from judgements.parse import parse as read
from judgements.types import Document, Listing, Reading, Report
from storage.engine import open_engine, upgrade
from storage.store import Store
from storage.types import KnownDocument, Standing
from tests.bot.examples import ALICE
from tests.bot.histories import NOW, fill
from tests.bot.validators import check

CORPUS = Path(__file__).parents[4] / "shared" / "corpus"

pytestmark = pytest.mark.skipif(
    not CORPUS.exists(), reason="the corpus of real reports is not at hand (../shared/corpus)"
)

FORMS = ("{}", "history {}", "why {}", "why {} leadership", "{} vs norfolk vs blackpool")


def reading_of(path: Path) -> Reading:
    document = open_document(path.read_bytes())
    return read(document) if isinstance(document, Document) else document


def document_of(number: int, path: Path, reading: Reading) -> KnownDocument:
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


@pytest.fixture(scope="module")
def documents() -> tuple[KnownDocument, ...]:
    paths = sorted(path for part in ("reports", "letters") for path in (CORPUS / part).glob("*.pdf"))
    with ProcessPoolExecutor(2) as pool:
        readings = pool.map(reading_of, paths, chunksize=8)
        return tuple(document_of(number, *one) for number, one in enumerate(zip(paths, readings, strict=True)))


@pytest.fixture(scope="module")
def corpus(documents: tuple[KnownDocument, ...], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    engine = open_engine(f"sqlite:///{tmp_path_factory.mktemp('corpus')}/watch.sqlite")
    upgrade(engine)
    known: dict[str, tuple[KnownDocument, ...]] = {one.urn: () for one in REGISTRY.on(NOW.date()).current}
    for one in documents:
        known[one.listing.urn] += (one,)
    yield fill(Store(engine), known)
    engine.dispose()


def walked(text: str, store: Store) -> Reply:
    reply = answer(parse(text), store, NOW, ALICE)
    check(render(reply.card))
    assert "there is more than fits" not in str(render(reply.card).blocks), text
    return reply


def test_of_every_authority_and_every_kind_of_question(corpus: Store, documents: tuple[KnownDocument, ...]) -> None:
    names = {one.slug for each in documents if (one := REGISTRY.by_urn(each.listing.urn))}
    assert len(names) > 100
    for form in FORMS:
        for name in names:
            walked(form.format(name), corpus)


@pytest.mark.parametrize("text", ["england", "england page 2", "region london", "recent 366d", "export json history"])
def test_of_many(text: str, corpus: Store) -> None:
    assert walked(text, corpus).answered


def test_every_grade_that_is_shown_is_one_that_was_read(corpus: Store, documents: tuple[KnownDocument, ...]) -> None:
    """The whole way there and back: no grade appears, and none is lost, between a report and an export."""
    shown = {(row["file_id"], row["label"], row["service"], row["grade"]) for row in _exported(corpus)}
    for one in documents:
        if isinstance(one.reading, Report) and one.reading.graded:
            of_one = [grade for file_id, _, _, grade in shown if file_id == one.listing.file_id]
            assert sorted(of_one) == sorted(each.grade.value for each in one.reading.graded)


def _exported(store: Store) -> list[dict[str, str]]:
    (file,) = walked("export json history", store).files
    found: list[dict[str, str]] = json.loads(file.content)
    return found
