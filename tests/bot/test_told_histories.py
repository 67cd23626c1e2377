"""Alerts of every kind of change, over the histories of the demonstration and, where it is, over the corpus."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cache

import pytest

from bot import words
from bot.alerting import alerts, bursts
from bot.alerting.stories import Story
from bot.alerting.subscriptions import movements
from bot.messages import escaped, render, render_in_parts
from bot.types import Bullets, Card, Grades
from inspection_watch.demo.histories import PAST
from judgements import news
from judgements.types import Change, Grade, Movement, NotRead, Report, Status
from storage.types import ClaimedChange, KnownDocument, Movements
from tests.bot import corpus
from tests.bot.examples import T0
from tests.bot.histories import document
from tests.bot.validators import check

RI = words.GRADES[Grade.REQUIRES_IMPROVEMENT]
CALLED = ("!subteam^S1",)
UNREAD = NotRead(status=Status.UNREADABLE, why="it is cut off")


@cache
def of_the_demonstration() -> tuple[Change, ...]:
    return tuple(told(document(past, number) for number, past in enumerate(PAST)))


@cache
def of_the_corpus() -> tuple[Change, ...]:
    if not corpus.CORPUS.exists():
        pytest.skip(corpus.NOT_AT_HAND)
    return tuple(told(corpus.documents()))


Histories = Callable[[], tuple[Change, ...]]
both = pytest.mark.parametrize("histories", [of_the_demonstration, of_the_corpus])


def told(documents: Iterable[KnownDocument]) -> Iterator[Change]:
    """What would have been told of each document of every authority, set beside all others of that authority."""
    known: dict[str, list[KnownDocument]] = {}
    for one in documents:
        known.setdefault(one.listing.urn, []).append(one)
    for ones in known.values():
        others = [(one.listing, one.reading) for one in ones]
        yield from (news.news(one.listing, one.reading, others) for one in ones if one.reading)


def one_of_each_sort(changes: Iterable[Change]) -> Iterator[Change]:
    """The changes but for those that are of a sort with one before: by document, edition, what it is compared with."""
    seen = set()
    for change in changes:
        report, before = change.reading, change.before
        sort = (
            change.kind,
            isinstance(report, Report) and (report.kind, report.edition, bool(report.problems)),
            before and (before.framework, before.edition),
            movements(change),
        )
        if sort not in seen:
            seen.add(sort)
            yield change


def of_every_kind(change: Change) -> Iterator[Change]:
    """The same document, as it is told when this or that happens to it."""
    yield change
    listing, reading = change.listing, change.reading
    yield news.not_read(listing, UNREAD)
    yield news.withdrawn(change.key, listing, reading, turn=1)
    yield news.returned(change.key, listing, reading, turn=1)
    if isinstance(reading, Report):
        yield news.read_at_last("told", change)
        yield news.corrected("told", change.before or reading, change, turn=1)
        yield news.corrected("told", UNREAD, change, turn=2)
        yield news.corrected("told", reading, news.not_read(listing, UNREAD), turn=3)


def usual_cards(change: Change) -> Iterator[Card]:
    yield alerts.headline(change, T0, mentions=["<!subteam^S1>"])
    yield alerts.compact(change, T0)
    if detail := alerts.detail(change):
        yield detail


def cards(change: Change) -> Iterator[Card]:
    yield from usual_cards(change)
    yield alerts.headline(change, T0, threads=False)
    yield alerts.headline(change, T0, altered=True)
    yield alerts.withdrawn(alerts.headline(change, T0), T0)
    yield alerts.whole(change, T0)
    if change.instead_of:
        yield alerts.note(change, T0)


@both
def test_the_histories_are_whole(histories: Histories) -> None:
    """Else what is held below of movements would hold for want of any."""
    moved = Counter(movement for one in histories() for movement in movements(one))
    assert len({one.urn for one in histories()}) > 100
    assert sum(one.before is not None for one in histories()) > 150
    assert min(moved[one] for one in Movements) >= 10


@both
def test_every_document_is_told_in_messages_that_slack_takes(histories: Histories) -> None:
    for change in histories():
        for card in usual_cards(change):
            check(render(card), CALLED)


@both
def test_whatever_happens_to_a_document_is_told_in_messages_that_slack_takes(histories: Histories) -> None:
    changes = [one for change in one_of_each_sort(histories()) for one in of_every_kind(change)]
    assert len(changes) > 150
    assert len({one.kind for one in changes}) >= 7
    for change in changes:
        for card in cards(change):
            check(render(card), CALLED)


@both
def test_every_grade_that_a_message_shows_stands_in_its_fallback_too(histories: Histories) -> None:
    shown = 0
    for change in histories():
        for card in usual_cards(change):
            text = render(card).text.replace(RI, "requires improvement")
            rows = [row for block in card.blocks if isinstance(block, Grades) for row in block.rows]
            grades = Counter((row.after or row.before).replace(RI, "requires improvement") for row in rows)
            assert all(text.count(grade) >= number for grade, number in grades.items()), (text, grades)
            assert not text.endswith("…")
            shown += len(rows)
    assert shown > 100


@both
def test_in_a_thread_nothing_is_left_out(histories: Histories) -> None:
    for change in histories():
        for card in filter(None, (alerts.detail(change), alerts.whole(change, T0))):
            parts = render_in_parts(card)
            said = " ".join(str(part.blocks) for part in parts)
            assert words.SHORTENED not in said
            assert all(len(part.text) > 20 for part in parts)
            for items in (block for block in card.blocks if isinstance(block, Bullets)):
                assert escaped(items.title) in said
            bullets = sum(len(block.items) for block in card.blocks if isinstance(block, Bullets))
            assert said.count("• ") >= bullets


@both
def test_a_title_that_says_improved_or_declined_is_borne_out(histories: Histories) -> None:
    for change in histories():
        title = alerts.headline(change, T0).title
        moved = {one.movement for one in change.comparisons}
        if "▲" in title and not (isinstance(change.reading, Report) and change.reading.outcome):
            assert Movement.IMPROVED in moved
            assert Movements.UPGRADES in movements(change)
        if "▼" in title and not (isinstance(change.reading, Report) and change.reading.outcome):
            assert Movement.DECLINED in moved
            assert Movements.DOWNGRADES in movements(change)


@both
def test_a_whole_country_in_one_morning_or_one_week_is_told(histories: Histories) -> None:
    everything = [Story(newest=ClaimedChange(change=one, seen_at=T0)) for one in histories()]
    for page in bursts.pages(everything):
        for card in (bursts.burst(page, threads=True, nth=(1, 9)), bursts.digest(page, "weekly", (1, 9))):
            made = render(card)
            check(made)
            assert words.SHORTENED not in str(made.blocks)
            assert all(escaped(alerts.said(one.change)) in made.text for one in page)
