"""The random play of `machine.py`, on both databases; `make stateful` plays it for 10,000 steps."""

from __future__ import annotations

import logging
import os
from collections import Counter
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import Engine

from storage.engine import open_engine
from tests.watchers.machine import Watching
from tests.watchers.stage import Stage
from watchers import upkeep

pytestmark = pytest.mark.usefixtures("quiet")

STEPS = int(os.environ.get("STEPS", "120"))
IN_A_PLAY = 30


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Hundreds of polls write thousands of lines, which nobody reads; and there are fewer of them than in real days."""
    monkeypatch.setattr(upkeep, "CHECKED_AT_ONCE", 100)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.reset_defaults()


def play(stage: Stage, steps: int) -> Counter[str]:
    """At least so many steps: the same ones each time, or others each time if their number is given."""
    counted: Counter[str] = Counter()

    class Play(Watching):
        pass

    Play.stage, Play.counts = stage, counted
    how = settings(
        max_examples=-(-steps // IN_A_PLAY),
        stateful_step_count=IN_A_PLAY,
        derandomize="STEPS" not in os.environ,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
    while counted["steps"] < steps:
        run_state_machine_as_test(Play, settings=how)
    return counted


def test_whatever_happens_on_the_site_each_thing_is_told_once_and_nothing_else(engine: Engine) -> None:
    counted = play(Stage(engine), STEPS)
    print(f"\n{engine.dialect.name}: {dict(sorted(counted.items()))}")
    assert all(counted[what] for what in ("published", "polls", "settled"))


def test_the_same_play_over_http(sqlite_url: str) -> None:
    engine = open_engine(sqlite_url)
    assert play(Stage(engine, over_http=True), IN_A_PLAY)["settled"]
    engine.dispose()
