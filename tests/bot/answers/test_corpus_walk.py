"""Every answer about every authority of the corpus, from the documents themselves: their own words, lists and gaps."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from bot.commands import answer, parse
from bot.messages import render
from bot.types import Reply
from judgements.authorities import REGISTRY
from judgements.types import Report
from storage.engine import open_engine, upgrade
from storage.store import Store
from storage.types import KnownDocument
from tests.bot import corpus as read_anew
from tests.bot.corpus import CORPUS, NOT_AT_HAND
from tests.bot.examples import ALICE
from tests.bot.histories import NOW, fill
from tests.bot.validators import check

pytestmark = pytest.mark.skipif(not CORPUS.exists(), reason=NOT_AT_HAND)

FORMS = ("{}", "history {}", "why {}", "why {} leadership", "{} vs norfolk vs blackpool")


@pytest.fixture(scope="module")
def documents() -> tuple[KnownDocument, ...]:
    return read_anew.documents()


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
