"""Several changes in one message: their order, and how a long digest is parted."""

from __future__ import annotations

from dataclasses import replace

from bot.alerting import bursts
from bot.alerting.stories import Story
from judgements.types import ChangeKind
from storage.types import ClaimedChange
from tests.bot.examples import CHANGES, T0
from tests.bot.messages_said import TOGETHER
from tests.bot.said import lines


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
    assert [len(page) for page in pages] == [40, 40, 20]
    told = [line for page in pages for line in lines(bursts.digest(page, "weekly")) if " · " in line]
    assert len(told) == 100


def test_what_was_withdrawn_is_marked_in_its_line() -> None:
    gone = Story(newest=TOGETHER[0].newest, withdrawn=TOGETHER[0].seen_at)
    card = bursts.digest([gone, *TOGETHER[1:]], "daily")
    assert next(line for line in lines(card) if line.endswith("(withdrawn)")).startswith("• ▲ Kent")
    assert "overall: requires improvement to be good → good (withdrawn);" in card.sentence


def test_that_a_document_came_or_went_is_other_news_whatever_stands_in_it() -> None:
    of = CHANGES["declined_with_priority_actions"]
    gone = Story(newest=ClaimedChange(change=replace(of, kind=ChangeKind.WITHDRAWN), seen_at=T0))
    assert lines(bursts.digest([gone], "daily"))[1] == "Other news"
