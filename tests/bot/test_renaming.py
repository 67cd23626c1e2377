"""An authority that takes another name: what is told of it, what its history is called, and what may be typed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot import grammar, parts
from bot.alerting import alerts, happenings
from bot.alerting.subscriptions import why_not
from bot.answers import compare
from bot.channels import scopes
from bot.commands import answer, parse
from bot.types import Reply
from judgements.authorities import REGISTRY, Registry
from judgements.authority import FormerName
from judgements.types import ChangeKind
from storage.store import Store
from storage.types import DocumentSort, KnownAuthority, Movements
from tests.bot.examples import CHANGES, HISTORY, T0, WEST_SUSSEX, intent
from tests.bot.test_fanout import wish
from watchers.succession import turns

THE_DAY = date(2028, 4, 1)
EVE, MORNING = datetime(2028, 3, 31, 12, tzinfo=UTC), datetime(2028, 4, 1, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def registry(monkeypatch: pytest.MonkeyPatch) -> Registry:
    """A registry in which West Sussex is called Downland from 1 April 2028 on, by its row alone."""
    rows = [
        replace(one, name="Downland", spoken="Downland", names_before=(FormerName(name="West Sussex", until=THE_DAY),))
        if one.urn == WEST_SUSSEX
        else one
        for one in REGISTRY.all
    ]
    registry = Registry(rows)
    for room in (grammar, parts, scopes, happenings, alerts, compare):
        monkeypatch.setattr(room, "REGISTRY", registry)
    return registry


def ask(text: str, store: Store, at: datetime) -> Reply:
    return answer(parse(text), store, at, None)


def test_subscribers_are_told_under_both_names(registry: Registry) -> None:
    known = {WEST_SUSSEX: KnownAuthority(urn=WEST_SUSSEX, baseline_at=T0)}
    told = turns(known, lambda urn: f"https://h/{urn}", today=THE_DAY, registry=registry)
    (change,) = [one for one in told if one.kind is ChangeKind.AUTHORITY_RENAMED]
    card = alerts.headline(change, MORNING)
    assert card.title == "West Sussex: now called Downland"
    assert card.sentence == f"{card.title}. West Sussex has been called Downland since 1 April 2028."
    assert "subscriptions go on" in str(card.blocks)
    everything = wish(scope=scopes.of_authority(WEST_SUSSEX))
    narrow = replace(everything, documents=(DocumentSort.SEND,), changes=(Movements.DOWNGRADES,))
    assert [why_not(one, change) for one in (everything, narrow)] == ["", ""]


@pytest.mark.parametrize("typed", ["history west-sussex", "history downland", "history West Sussex County Council"])
def test_its_history_is_shown_under_the_name_of_the_day_whichever_is_typed(typed: str, sqlite_store: Store) -> None:
    sqlite_store.apply(intent(*HISTORY))
    for at, name in ((EVE, "West Sussex"), (MORNING, "Downland")):
        shown = ask(typed, sqlite_store, at).card
        assert shown.title.startswith(name)
        assert f"{len(HISTORY)} documents" in shown.sentence


def test_its_buttons_lead_to_it_by_the_name_of_the_day(sqlite_store: Store) -> None:
    sqlite_store.apply(intent(*HISTORY))
    for at, slug in ((EVE, "west-sussex"), (MORNING, "downland")):
        commands = [button.command for button in ask(WEST_SUSSEX, sqlite_store, at).card.buttons]
        assert f"history {slug}" in commands
        assert ask(commands[0], sqlite_store, MORNING + timedelta(days=900)).answered, "old messages keep their buttons"


def test_an_alert_names_it_as_it_is_called_then_and_what_puts_it_right_by_its_present_name() -> None:
    improved = CHANGES["improved"]
    later = replace(improved, listing=replace(improved.listing, published=THE_DAY))
    assert alerts.headline(improved, T0).title.startswith("▲ West Sussex")
    assert alerts.headline(later, MORNING).title.startswith("▲ Downland")
    assert alerts.note(CHANGES["corrected"], MORNING).sentence.startswith("Downland")
