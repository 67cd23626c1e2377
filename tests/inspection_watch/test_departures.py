"""What operators say of authorities that are not on Ofsted's list any more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from inspection_watch import wiring
from inspection_watch.cli import app
from inspection_watch.departures import NONE, overview
from inspection_watch.settings import Settings
from storage.store import Store
from tests.storage.examples import T0, intent

EAST, WEST, SURREY, UNHEARD_OF = "80467", "80578", "80567", "2799999"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """The store of the program's own settings, with a list on which West Sussex alone is left."""
    monkeypatch.setenv("INSPECTION_WATCH_STATE_DIR", str(tmp_path))
    monkeypatch.setenv("INSPECTION_WATCH_DATABASE_URL", "")
    monkeypatch.chdir(tmp_path)
    with wiring.store(Settings(INSPECTION_WATCH_STATE_DIR=tmp_path)) as store:
        for urn in (EAST, WEST, SURREY, UNHEARD_OF):
            store.apply(intent(urn, baseline=True))
        store.record_list("list", [WEST], T0)
        yield store


def departures(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["departures", *arguments])


def test_who_is_not_on_the_list_any_more_is_said_with_what_to_do(store: Store) -> None:
    since = "has not been on Ofsted's list since 20 August 2026 08:30 UTC. If that is right: departures acknowledge"
    assert sorted(overview(store, T0)) == [
        f"An authority that our registry does not have ({UNHEARD_OF}) {since} {UNHEARD_OF}",
        f"East Sussex ({EAST}) {since} {EAST}",
        f"Surrey ({SURREY}) {since} {SURREY}",
    ]
    after = overview(store, datetime(2027, 4, 1, tzinfo=UTC))
    assert not any("Surrey" in line for line in after), "it is abolished by the registry"


def test_a_departure_is_acknowledged_by_name_or_number_and_may_be_undone(store: Store) -> None:
    for which, urn in (("east-sussex", EAST), (UNHEARD_OF, UNHEARD_OF)):
        assert "is no longer expected on Ofsted's list" in departures("acknowledge", which).output
        assert store.known_authorities()[urn].departed_at is not None
    assert "acknowledged on" in departures().output
    assert "is expected on Ofsted's list again." in departures("undo", EAST).output
    assert store.known_authorities()[EAST].departed_at is None
    assert store.known_authorities()[EAST].unlisted_since == T0


@pytest.mark.parametrize(("which", "why"), [(WEST, "West Sussex is on Ofsted's list."), ("Erewhon", "has ever been")])
def test_who_has_not_departed_is_not_acknowledged(store: Store, which: str, why: str) -> None:
    said = departures("acknowledge", which)
    assert (said.exit_code, why in said.output) == (1, True)
    assert not any(one.departed_at for one in store.known_authorities().values())


def test_where_all_are_listed_that_is_said(store: Store) -> None:
    store.record_list("list", [EAST, WEST, SURREY, UNHEARD_OF], T0)
    assert overview(store, T0) == [NONE]
