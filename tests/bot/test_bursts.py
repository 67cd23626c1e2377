"""Several changes in one message: their order, and how a long digest is parted."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from bot.alerting import bursts
from bot.alerting.stories import Story
from bot.messages import render
from judgements.authorities import REGISTRY
from judgements.types import ChangeKind
from storage.types import ClaimedChange
from tests.bot.examples import CHANGES, T0, WEST_SUSSEX
from tests.bot.messages_said import TOGETHER
from tests.bot.said import lines
from tests.bot.validators import check


def test_priority_actions_stand_first_then_what_declined_then_what_improved() -> None:
    told = [line for line in lines(bursts.burst(TOGETHER, threads=True)) if " · " in line]
    assert [line.split(":")[0] for line in told] == [
        "⚠ ▼ Brent declined overall",
        "▲ Kent improved overall",
        "Devon",
        "= Leeds",
        "York",
    ]


def test_one_authority_counts_once() -> None:
    assert bursts.burst([*TOGETHER, *TOGETHER], threads=True).title == "5 authorities with news"


def test_a_long_digest_is_parted_and_nothing_is_left_out() -> None:
    week = [replace(one, newest=replace(one.newest)) for one in TOGETHER * 20]
    pages = bursts.pages(week)
    assert [len(page) for page in pages] == [25, 25, 25, 25]
    told = [line for page in pages for line in lines(bursts.digest(page, "weekly")) if " · " in line]
    assert len(told) == 100


NAMES = sorted(REGISTRY.current, key=lambda one: -len(one.spoken))


def of_all(name: str, number: int, kind: ChangeKind | None = None, withdrawn: datetime | None = None) -> list[Story]:
    """The same news of so many authorities, those with the longest names first."""
    of = CHANGES[name]
    told = [replace(of, key=one.urn, urn=one.urn, listing=replace(of.listing, urn=one.urn)) for one in NAMES[:number]]
    seen = [ClaimedChange(change=replace(one, kind=kind or one.kind), seen_at=T0) for one in told]
    return [Story(newest=one, withdrawn=withdrawn) for one in seen]


@pytest.mark.parametrize("name", [name for name, of in CHANGES.items() if of.urn == WEST_SUSSEX and name != "hostile"])
@pytest.mark.parametrize("number", [24, 25, 45, 100])
def test_every_line_and_the_source_stand_in_every_message_however_many_there_are(name: str, number: int) -> None:
    """Also once all of them were corrected and withdrawn, which makes every line longer."""
    pages = bursts.pages(of_all(name, number, ChangeKind.CORRECTED, withdrawn=T0))
    assert len(pages) == -(-number // 25)
    for nth, page in enumerate(pages, 1):
        for card in (bursts.burst(page, threads=True, nth=(nth, 4)), bursts.digest(page, "weekly", (nth, 4))):
            made = render(card)
            check(made)
            said = str(made.blocks)
            assert "Source: Ofsted, at the links." in said
            assert said.count("(withdrawn)") == len(page) == made.text.count("(withdrawn)")
            assert not made.text.endswith("…")


def test_a_message_of_several_says_which_it_is() -> None:
    first, second = bursts.pages(of_all("improved", 45))
    assert bursts.burst(first, threads=True, nth=(1, 2)).title == "25 authorities with news (1 of 2)"
    told = bursts.burst(second, threads=False, nth=(2, 2)).sentence
    assert told.startswith("20 authorities with news from Ofsted (2 of 2): ▲ ")


def test_what_was_withdrawn_is_marked_in_its_line() -> None:
    gone = Story(newest=TOGETHER[0].newest, withdrawn=TOGETHER[0].seen_at)
    card = bursts.digest([gone, *TOGETHER[1:]], "daily")
    assert next(line for line in lines(card) if line.endswith("(withdrawn)")).startswith("• ▲ Kent")
    assert "overall: requires improvement to be good → good (withdrawn);" in card.sentence


def test_that_a_document_came_or_went_is_other_news_whatever_stands_in_it() -> None:
    of = CHANGES["declined_with_priority_actions"]
    gone = Story(newest=ClaimedChange(change=replace(of, kind=ChangeKind.WITHDRAWN), seen_at=T0))
    assert lines(bursts.digest([gone], "daily"))[1] == "Other news"
