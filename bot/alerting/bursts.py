"""Several changes in one message: the card of a busy morning, and the digests. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from bot import parts, words
from bot.alerting import alerts
from bot.alerting.stories import Story
from bot.alerting.subscriptions import movements
from bot.channels import facets
from bot.types import Block, Bullets, Card, Line, Paragraph, SmallPrint
from judgements.types import Change
from storage.types import Movements, Subscription

MOST_LINES = 25
"""Of one message: so many fit into it and into its sentence, whatever becomes of them. More go into another."""
THE_ONLY = (1, 1)
"""Which message it is, and of how many."""


def weight(change: Change) -> tuple[int, str]:
    """The order in which changes are told together: priority actions, declined, improved, the rest; each by name."""
    moved = movements(change)
    return next((place for place, one in enumerate(_SECTIONS) if one in moved), len(_SECTIONS)), parts.name_in(change)


_SECTIONS = (Movements.PRIORITY_ACTIONS, Movements.DOWNGRADES, Movements.UPGRADES)


def burst(
    told: Sequence[Story], *, threads: bool, mentions: Sequence[str] = (), nth: tuple[int, int] = THE_ONLY
) -> Card:
    """One card for changes of two or more authorities; with `threads`, each has a message below it.

    `nth` is its number and how many there are.
    """
    ordered = _ordered(told)
    names = {one.change.urn for one in ordered}
    count = words.counted(len(names), "authority", "authorities")
    small = [words.BURST_SMALL.format(seen=words.moment(max(one.seen_at for one in told)))]
    small += [words.BURST_IN_THREAD] if threads else []
    card = Card(
        title=words.BURST_TITLE.format(count=count, nth=_nth(nth)),
        sentence=words.BURST_SENTENCE.format(count=count, nth=_nth(nth), told=_said(ordered)),
        blocks=(Paragraph(tuple(map(_line, ordered))), SmallPrint(((" ".join(small),),))),
    )
    return alerts.with_mentions(card, mentions)


def pages(told: Iterable[Story]) -> list[list[Story]]:
    """What is told together, in its order, in as many messages as it takes."""
    ordered = _ordered(told)
    return [ordered[first : first + MOST_LINES] for first in range(0, len(ordered), MOST_LINES)]


def digest(page: Sequence[Story], rhythm: str, nth: tuple[int, int] = THE_ONLY) -> Card:
    """One message of a digest; `nth` is its number and how many there are, `rhythm` "daily" or "weekly"."""
    ordered = _ordered(page)
    names = {one.change.urn for one in page}
    title = words.DIGEST_TITLE.format(
        rhythm=words.DIGEST_RHYTHMS[rhythm],
        nth=_nth(nth),
        news=words.counted(len(page), "piece of news", "pieces of news"),
        authorities=words.counted(len(names), "authority", "authorities"),
    )
    small = words.DIGEST_SMALL.format(seen=_seen([one.seen_at for one in page]))
    return Card(
        title=title,
        sentence=words.DIGEST_SENTENCE.format(title=title, told=_said(ordered)),
        blocks=(*_sections(ordered), SmallPrint(((small,),))),
    )


def _ordered(told: Iterable[Story]) -> list[Story]:
    return sorted(told, key=lambda one: (*weight(one.change), one.seen_at))


def _nth(nth: tuple[int, int]) -> str:
    number, of = nth
    return words.NTH.format(number=number, of=of) if of > 1 else ""


def empty_digest(rhythm: str, wishes: Sequence[Subscription], looked_at: datetime | None) -> Card:
    """What a channel is told whose wishes ask for a digest even where there is nothing to tell; `looked_at` is when the
    source was last read well."""
    title = words.DIGEST_EMPTY_TITLE.format(rhythm=words.DIGEST_RHYTHMS[rhythm])
    lines = [words.DIGEST_EMPTY.format(what=words.joined(list(dict.fromkeys(map(facets.named, wishes)))))]
    small = words.LAST_WELL.format(at=words.moment(looked_at)) if looked_at else words.NEVER_WELL
    return Card(
        title=title,
        sentence=" ".join((f"{title}.", *lines)),
        blocks=(Paragraph(tuple((line,) for line in lines)), SmallPrint(((small,),))),
    )


def _said(told: Iterable[Story]) -> str:
    return "; ".join(f"{alerts.said(one.change)}{words.WITHDRAWN_MARK if one.withdrawn else ''}" for one in told)


def _line(one: Story) -> Line:
    return (*alerts.line(one.change), words.WITHDRAWN_MARK) if one.withdrawn else alerts.line(one.change)


def _seen(moments: Sequence[datetime]) -> str:
    first, last = words.moment(min(moments)), words.moment(max(moments))
    form = words.SEEN_AT if first == last else words.SEEN_BETWEEN
    return form.format(first=first, last=last)


def _sections(page: Sequence[Story]) -> Iterator[Block]:
    for number, title in enumerate(words.DIGEST_SECTIONS):
        lines = tuple(_line(one) for one in page if weight(one.change)[0] == number)
        if lines:
            yield Bullets(title=title, items=lines)
