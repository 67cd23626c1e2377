"""A card and a table say the same, whether all that is stored is read or only what it takes to say it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.answers import cards, reports
from judgements.authorities import REGISTRY
from judgements.types import Kind, NotRead, Outcome, Reading, Status
from storage.engine import open_engine, upgrade
from storage.store import Store
from storage.types import Intent, KnownDocument
from tests.bot.examples import T0, TODAY, WEST_SUSSEX, document, inspection, letter, listing, send

FIRST = date(2018, 3, 5)
NUMBERS = count()
_DAYS = st.integers(0, 12).map(lambda weeks: FIRST + timedelta(weeks=26 * weeks))


def _inspected(day: date, grades: str, *, dated: bool) -> Reading:
    report = inspection(grades, grades[0], (day, day + timedelta(days=11)))
    report = report if dated else replace(report, inspection=None)
    return report if grades != "----" else replace(report, judgements=(), overall=None, problems=("two tables",))


READINGS = st.one_of(
    st.builds(
        _inspected,
        _DAYS,
        st.sampled_from(["GGGG", "RRRR", "IIII", "----"]),
        dated=st.sampled_from([True] * 4 + [False]),
    ),
    st.builds(lambda day: letter(Kind.ILACS_FOCUSED_VISIT, (day, day)), _DAYS),
    st.builds(lambda day: send(Outcome.INCONSISTENT, (day, day)), _DAYS),
    st.builds(lambda day: replace(send(Outcome.POSITIVE, (day, day)), outcome=None, problems=("no outcome",)), _DAYS),
    st.just(NotRead(status=Status.UNREADABLE, why="cut off")),
    st.none(),
)


@st.composite
def histories(draw: st.DrawFn) -> tuple[KnownDocument, ...]:
    """What may stand on one page: published after it was inspected or not, gone from it, or there twice."""
    readings = draw(st.lists(READINGS, max_size=14))
    return tuple(
        replace(
            document(listing(draw(_DAYS) + timedelta(days=draw(st.integers(0, 60))), f"5{number:07}"), reading),
            withdrawn_at=draw(st.sampled_from([None] * 5 + [T0])),
            same_as=draw(st.sampled_from([""] * 5 + ["1"])),
        )
        for number, reading in enumerate(readings)
    )


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    engine = open_engine(f"sqlite:///{tmp_path_factory.mktemp('standing')}/watch.sqlite")
    upgrade(engine)
    yield Store(engine)
    engine.dispose()


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(histories())
def test_what_is_read_of_a_history_is_enough(store: Store, found: tuple[KnownDocument, ...]) -> None:
    urn = f"9{next(NUMBERS):05}"
    there = tuple(replace(one, listing=replace(one.listing, urn=urn)) for one in found)
    store.apply(Intent(urn=urn, now=T0, latest_report=None, baseline=True, documents=there))
    (one,) = [one for one in REGISTRY.all if one.urn == WEST_SUSSEX]
    whole = replace(store.known(urn), documents=reports.published(store.known(urn).documents))
    told = store.standing(urn)
    assert cards.authority(told, one, TODAY, subscribed=None) == cards.authority(whole, one, TODAY, subscribed=None)
    newest, row = reports.newest_graded(whole.documents), store.latest_inspections([urn])[urn]
    assert reports.newest_graded(row.documents) == newest
    if newest:
        since = newest.listing.published
        assert reports.unread(row.documents, since) == reports.unread(whole.documents, since)
    assert bool(row.documents) == bool(whole.documents)
