"""A country of real histories, stored once for all tests that only read."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from bot.commands import answer, parse
from bot.types import Asker, Reply
from storage.engine import open_engine, upgrade
from storage.store import Store
from tests.bot.examples import ALICE
from tests.bot.histories import NOW, fill, histories

Ask = Callable[..., Reply]


@pytest.fixture(scope="session")
def country(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """All authorities of today: 107 with their histories, the others with an empty page."""
    engine = open_engine(f"sqlite:///{tmp_path_factory.mktemp('country')}/watch.sqlite")
    upgrade(engine)
    yield fill(Store(engine), histories())
    engine.dispose()


@pytest.fixture
def ask(country: Store) -> Ask:
    """What is answered to this text, in Slack unless `asker` is None."""

    def asking(text: str, asker: Asker | None = ALICE) -> Reply:
        return answer(parse(text), country, NOW, asker)

    return asking
