"""What the operator sees and does with messages that could not be sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from inspection_watch import wiring
from inspection_watch.cli import app
from inspection_watch.settings import Settings
from storage.store import FAN_OUT, Store
from storage.types import Dead, Holding, Paused
from tests.storage.examples import MINUTE, T0, change, claim, tell


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """The store of the program's own settings, with one message given up and one channel paused."""
    monkeypatch.setenv("INSPECTION_WATCH_STATE_DIR", str(tmp_path))
    monkeypatch.setenv("INSPECTION_WATCH_DATABASE_URL", "")
    monkeypatch.chdir(tmp_path)
    with wiring.store(Settings(INSPECTION_WATCH_STATE_DIR=tmp_path)) as store:
        tell(store, change(), ["C1", "C2"])
        first, second = claim(store, most=2)
        store.record([Dead(delivery=first, next_at=T0 + MINUTE, trouble="Slack does not take it")], T0)
        store.record([Paused(delivery=second, next_at=T0 + MINUTE, trouble="the channel is archived")], T0)
        yield store


def deliveries(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["deliveries", *arguments])


@pytest.mark.usefixtures("store")
def test_what_waits_and_where_none_can_be_sent_is_said() -> None:
    said = deliveries().output
    assert "3 waiting to be sent, 1 given up" in said
    assert "channel C2 of workspace T1, 2 waiting: the channel is archived." in said


@pytest.mark.usefixtures("store")
def test_the_dead_are_listed_with_their_keys_reasons_and_words() -> None:
    said = deliveries("--dead").output
    for words in ("new/T1/C1/headline\n", "Slack does not take it", "after 1 attempts", "It says: new"):
        assert words in said


def test_one_is_tried_again_and_another_dropped(store: Store) -> None:
    assert "1 will be sent again" in deliveries("retry", "new/T1/C1/headline").output
    assert (store.coverage().waiting, store.coverage().dead) == (4, 0)
    (one,) = claim(store, T0 + MINUTE)
    store.record([Dead(delivery=one, next_at=T0 + MINUTE, trouble="again")], T0)
    assert "1 dropped" in deliveries("drop", "all").output
    assert store.coverage().dead == 0
    assert "No message was given up." in deliveries("retry", "all").output
    assert "No message was given up." in deliveries("--dead").output


def test_what_has_been_corrected_since_is_not_sent_any_more(store: Store) -> None:
    tell(store, replace(change("later"), amends="new"), ["C1"], T0 + MINUTE)
    said = deliveries("retry", "all").output
    assert said == "1 dropped: the channel has been told something newer since.\n"
    assert store.coverage().dead == 0


def test_none_is_tried_again_while_changes_are_being_told(store: Store) -> None:
    telling = Holding(name=FAN_OUT, owner="somebody")
    assert store.claim_lease(telling, wiring.now(), MINUTE)
    assert "say it again in a minute" in str(deliveries("retry", "all").exception)
    assert store.coverage().dead == 1
    store.end_lease(telling)
    assert "1 will be sent again" in deliveries("retry", "all").output


@pytest.mark.usefixtures("store")
def test_a_key_that_nobody_knows_is_an_error_that_says_where_to_look() -> None:
    answer = deliveries("drop", "no such key")
    assert answer.exit_code == 1
    assert "deliveries --dead" in answer.output
