"""Every answer about every authority, region, page and day of real histories is a message that Slack takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.commands import answer, parse
from bot.messages import render
from bot.types import Reply
from inspection_watch.demo.histories import PAST
from judgements.authorities import REGISTRY
from storage.engine import open_engine, upgrade
from storage.store import Store
from tests.bot.answers.conftest import Ask
from tests.bot.examples import ALICE
from tests.bot.histories import NOW, fill, histories, many
from tests.bot.validators import check

TODAY = REGISTRY.on(NOW.date())
OF_ONE = ("{}", "history {}", "why {}", "neighbours {}", "{} vs kent")
OF_MANY = (
    *(f"england page {page}" for page in (1, 2, 3)),
    *(f"region {region.slug}" for region in TODAY.regions),
    *(f"recent {days}d" for days in (1, 7, 30, 366)),
    *(
        "recent 366d page 2",
        "recent 366d region london",
        "help",
        "status",
        "export csv",
        "kent vs essex vs york vs norfolk vs hackney",
    ),
)
BUSIEST = sorted({past.published for past in PAST}, key=lambda day: -sum(past.published == day for past in PAST))[:25]


def walked(reply: Reply) -> Reply:
    """The reply, which is a message that Slack takes and whose buttons are commands."""
    check(render(reply.card))
    assert "there is more than fits" not in str(render(reply.card).blocks)
    for file in reply.files:
        assert len(file.alt) <= 2000
    return reply


@pytest.mark.parametrize("form", OF_ONE)
def test_of_every_authority(form: str, ask: Ask) -> None:
    for one in TODAY.current:
        walked(ask(form.format(one.slug)))


@pytest.mark.parametrize("text", OF_MANY)
def test_of_many(text: str, ask: Ask) -> None:
    assert walked(ask(text)).answered


def test_of_the_busiest_days(ask: Ask) -> None:
    for day in BUSIEST:
        assert walked(ask(f"replay {day}", None)).answered


def test_every_button_of_an_answer_is_answered(ask: Ask) -> None:
    for text in (
        "norfolk",
        "bolton",
        "history norfolk",
        "why norfolk",
        "england page 2",
        "recent 366d",
        "kent vs york",
    ):
        for button in ask(text).card.buttons:
            assert button.action or ask(button.command).answered, button.command


def test_histories_five_times_as_long_still_fit(tmp_path: Path) -> None:
    """No answer is cut off because more is published one day."""
    engine = open_engine(f"sqlite:///{tmp_path}/watch.sqlite")
    upgrade(engine)
    some = [one.urn for one in TODAY.current if one.region == "East of England"]
    store = fill(Store(engine), many({urn: histories()[urn] for urn in some}, 5))
    texts = (
        "norfolk",
        "history norfolk",
        "history norfolk page 2",
        "region east-of-england",
        "recent 366d",
        "replay 2026-05-18",
    )
    for text in texts:
        assert walked(answer(parse(text), store, NOW, None if text.startswith("replay") else ALICE)).answered, text
    engine.dispose()
