"""Several changes in one message: the card of a busy morning, and the digests. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from bot import parts, words
from bot.alerting import alerts
from bot.alerting.stories import Story
from bot.alerting.subscriptions import movements
from bot.types import Block, Bullets, Card, Line, Paragraph, SmallPrint
from judgements.types import Change
from storage.types import Movements

MOST_LINES = 40
"""Of one digest message; what is more goes into another. A burst is never split: each change has its own message."""


def weight(change: Change) -> tuple[int, str]:
    """The order in which changes are told together: priority actions, declined, improved, the rest; each by name."""
    moved = movements(change)
    return next((place for place, one in enumerate(_SECTIONS) if one in moved), len(_SECTIONS)), parts.authority_name(
        change.urn
    )


_SECTIONS = (Movements.PRIORITY_ACTIONS, Movements.DOWNGRADES, Movements.UPGRADES)


def burst(told: Sequence[Story], *, threads: bool, mentions: Sequence[str] = ()) -> Card:
    """One card for changes of two or more authorities; with `threads`, each has a message below it."""
    ordered = sorted(told, key=lambda one: weight(one.change))
    names = {one.change.urn for one in ordered}
    count = words.counted(len(names), "authority", "authorities")
    small = [words.BURST_SMALL.format(seen=words.moment(max(one.seen_at for one in told)))]
    small += [words.BURST_IN_THREAD] if threads else []
    card = Card(
        title=words.BURST_TITLE.format(count=count),
        sentence=words.BURST_SENTENCE.format(count=count, told=_said(ordered)),
        blocks=(Paragraph(tuple(map(_line, ordered))), SmallPrint(((" ".join(small),),))),
    )
    return alerts.with_mentions(card, mentions)


def pages(told: Sequence[Story]) -> list[list[Story]]:
    """What is told in one digest, in its order, in as many messages as it takes."""
    ordered = sorted(told, key=lambda one: (*weight(one.change), one.seen_at))
    return [ordered[first : first + MOST_LINES] for first in range(0, len(ordered), MOST_LINES)]


def digest(page: Sequence[Story], rhythm: str, place: tuple[int, int] = (1, 1)) -> Card:
    """One message of a digest; `place` is its number and how many there are, `rhythm` "daily" or "weekly"."""
    ordered = sorted(page, key=lambda one: (*weight(one.change), one.seen_at))
    number, of = place
    names = {one.change.urn for one in page}
    title = words.DIGEST_TITLE.format(
        rhythm=words.DIGEST_RHYTHMS[rhythm] + (words.DIGEST_PART.format(number=number, of=of) if of > 1 else ""),
        news=words.counted(len(page), "piece of news", "pieces of news"),
        authorities=words.counted(len(names), "authority", "authorities"),
    )
    small = words.DIGEST_SMALL.format(seen=_seen([one.seen_at for one in page]))
    return Card(
        title=title,
        sentence=words.DIGEST_SENTENCE.format(title=title, told=_said(ordered)),
        blocks=(*_sections(ordered), SmallPrint(((small,),))),
    )


def _said(told: Iterable[Story]) -> str:
    return "; ".join(f"{alerts.said(one.change)}{words.WITHDRAWN_MARK if one.withdrawn else ''}" for one in told)


def _line(one: Story) -> Line:
    return (*alerts.line(one.change), words.WITHDRAWN_MARK) if one.withdrawn else alerts.line(one.change)


def _seen(moments: Sequence[datetime]) -> str:
    first, last = words.moment(min(moments)), words.moment(max(moments))
    return first if first == last else words.SEEN_BETWEEN.format(first=first, last=last)


def _sections(page: Sequence[Story]) -> Iterator[Block]:
    for number, title in enumerate(words.DIGEST_SECTIONS):
        lines = tuple(_line(one) for one in page if weight(one.change)[0] == number)
        if lines:
            yield Bullets(title=title, items=lines)
