"""Every sort of message the bot can send, rendered: alerts of all examples, and cards."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.alerting import alerts, bursts, operators
from bot.alerting.stories import Story
from bot.answers import cards
from bot.messages import render
from bot.types import Card
from judgements.authorities import REGISTRY
from storage.types import ClaimedChange, Coverage, KnownAuthority, KnownTrouble, Message, SourceState, TroubleKind
from tests.bot.examples import BEFORE_LISTING, CHANGES, HISTORY, T0, TODAY, UNREAD, WEST_SUSSEX

_ONE = REGISTRY.by_urn(WEST_SUSSEX)
assert _ONE is not None
_KNOWN = KnownAuthority(urn=WEST_SUSSEX, baseline_at=T0, documents=HISTORY)
_WELL = SourceState(key="ofsted-local-authorities", last_ok_at=T0, seen=153, listed_at=T0)
_COVERAGE = Coverage(
    authorities_known=153, authorities_baselined=153, newest=BEFORE_LISTING, sources=(_WELL,), waiting=0, dead=0
)
_ILL = replace(
    _WELL,
    last_ok_at=T0 - timedelta(hours=3),
    listed_at=T0 - timedelta(hours=3),
    failures=4,
    trouble="https://reports.ofsted.gov.uk/search?q=&rows=100: answered 500",
)

CARDS: dict[str, Card] = {
    "card": cards.authority(_KNOWN, _ONE, TODAY, subscribed=False),
    "card_with_unread": cards.authority(replace(_KNOWN, documents=(*HISTORY, UNREAD)), _ONE, TODAY, subscribed=True),
    "card_of_a_first_inspection": cards.authority(replace(_KNOWN, documents=HISTORY[:1]), _ONE, TODAY, subscribed=None),
    "card_without_grades": cards.authority(replace(_KNOWN, documents=(UNREAD,)), _ONE, TODAY, subscribed=False),
    "card_of_nothing": cards.authority(KnownAuthority(urn=WEST_SUSSEX), _ONE, TODAY, subscribed=False),
    "status": cards.status(_COVERAGE, TODAY, whole=False),
    "status_in_trouble": cards.status(
        replace(_COVERAGE, authorities_baselined=97, newest=None, sources=(_ILL,), waiting=3, dead=1), TODAY, whole=True
    ),
}


def _alerts() -> dict[str, Card]:
    told = {}
    for name, change in CHANGES.items():
        told[f"alert_{name}"] = alerts.headline(change, T0)
        if detail := alerts.detail(change):
            told[f"alert_{name}_detail"] = detail
    for name in ("improved", "not_read", "withdrawn"):
        told[f"alert_{name}_in_a_line"] = alerts.compact(CHANGES[name], T0)
    told["alert_without_threads"] = alerts.headline(CHANGES["improved"], T0, threads=False, mentions=["<!subteam^S1>"])
    told["alert_in_a_thread"] = alerts.whole(CHANGES["declined_with_priority_actions"], T0)
    return told


def _of(name: str, authority: str) -> ClaimedChange:
    urn = next(one.urn for one in REGISTRY.current if one.slug == authority)
    of = CHANGES[name]
    listed = replace(of.listing, urn=urn, file_id=f"5025{urn}", url=f"https://files.ofsted.gov.uk/v1/file/5025{urn}")
    return ClaimedChange(change=replace(of, key=f"{of.kind}:{urn}", urn=urn, listing=listed), seen_at=T0)


_TROUBLE = KnownTrouble(
    key="list",
    kind=TroubleKind.LIST_SUSPECT,
    sentence="https://reports.ofsted.gov.uk/search?start=100: it shows 100 of 153 authorities.",
    since=T0,
    last_at=T0,
    copy="d2a1",
)
MORNING = (
    _of("improved", "kent"),
    _of("nothing_moved", "leeds"),
    _of("declined_with_priority_actions", "brent"),
    _of("not_read", "york"),
    _of("monitoring_visit", "devon"),
)
TOGETHER = [Story(newest=one) for one in MORNING]


def _together() -> dict[str, Card]:
    return {
        "burst": bursts.burst(TOGETHER, threads=True),
        "burst_without_threads": bursts.burst(TOGETHER[:2], threads=False, mentions=["<@U01ALICE>"]),
        "digest": bursts.digest([*TOGETHER[:-1], replace(TOGETHER[-1], withdrawn=T0)], "daily"),
        "digest_in_parts": bursts.digest(TOGETHER[:2], "weekly", (1, 2)),
        "trouble": operators.card(_TROUBLE),
        "trouble_grown": operators.card(replace(_TROUBLE, told_at=T0, about=("a", "b"), told_of=("a",))),
        "trouble_over": operators.card(replace(_TROUBLE, over_at=T0 + timedelta(hours=3))),
        "note_corrected": alerts.note(CHANGES["corrected"], T0),
        "note_redated": alerts.note(CHANGES["redated"], T0),
        "note_read_at_last": alerts.note(CHANGES["read_at_last"], T0),
    }


ALL_CARDS: dict[str, Card] = CARDS | _alerts() | _together()
MESSAGES: dict[str, Message] = {name: render(card) for name, card in ALL_CARDS.items()}
