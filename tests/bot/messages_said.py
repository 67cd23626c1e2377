"""Every sort of message the bot can send, rendered: alerts of all examples, and cards."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot import alerts, cards
from bot.messages import render
from bot.types import Card
from judgements.authorities import REGISTRY
from storage.types import Coverage, KnownAuthority, Message, SourceState
from tests.bot.examples import BEFORE_LISTING, CHANGES, HISTORY, T0, TODAY, UNREAD, WEST_SUSSEX

_ONE = REGISTRY.by_urn(WEST_SUSSEX)
assert _ONE is not None
_KNOWN = KnownAuthority(urn=WEST_SUSSEX, baseline_at=T0, documents=HISTORY)
_WELL = SourceState(key="ofsted-local-authorities", last_ok_at=T0, seen=153)
_COVERAGE = Coverage(
    authorities_known=153, authorities_baselined=153, newest=BEFORE_LISTING, sources=(_WELL,), waiting=0, dead=0
)
_ILL = replace(
    _WELL,
    last_ok_at=T0 - timedelta(hours=3),
    failures=4,
    trouble="https://reports.ofsted.gov.uk/search?q=&rows=100: answered 500",
)

CARDS: dict[str, Card] = {
    "card": cards.authority(_KNOWN, _ONE, TODAY, subscribed=False),
    "card_with_unread": cards.authority(replace(_KNOWN, documents=(*HISTORY, UNREAD)), _ONE, TODAY, subscribed=True),
    "card_of_a_first_inspection": cards.authority(replace(_KNOWN, documents=HISTORY[:1]), _ONE, TODAY, subscribed=None),
    "card_without_grades": cards.authority(replace(_KNOWN, documents=(UNREAD,)), _ONE, TODAY, subscribed=False),
    "card_of_nothing": cards.authority(KnownAuthority(urn=WEST_SUSSEX), _ONE, TODAY, subscribed=False),
    "status": cards.status(_COVERAGE),
    "status_in_trouble": cards.status(
        replace(_COVERAGE, authorities_baselined=97, newest=None, sources=(_ILL,), waiting=3, dead=1)
    ),
}


def _alerts() -> dict[str, Card]:
    told = {}
    for name, change in CHANGES.items():
        told[f"alert_{name}"] = alerts.headline(change, T0)
        if detail := alerts.detail(change):
            told[f"alert_{name}_detail"] = detail
    return told


ALL_CARDS: dict[str, Card] = CARDS | _alerts()
MESSAGES: dict[str, Message] = {name: render(card) for name, card in ALL_CARDS.items()}
