"""How channels are told -> the messages they are owed: alerts, and the card of a busy morning. Pure.

A message's key says in which form it was told and which of several it is, so that it can be written anew as it was
told (`amending`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import groupby

from bot.alerting import alerts, bursts
from bot.alerting.stories import Stories, Story
from bot.alerting.subscriptions import WITHOUT_DOCUMENT, Telling
from bot.messages import render, render_in_parts
from bot.types import Card
from storage.places import Place
from storage.types import ClaimedChange, DigestItem, Message, Owed, Part


class Form(StrEnum):
    """What a message looks like; the last word of its key."""

    HEADLINE = "headline"
    """In full, with a detail in its thread."""
    ALONE = "alone"
    """In full, without a thread."""
    LINE = "line"
    DETAIL = "detail"
    WHOLE = "whole"
    """Headline and detail in one, in the thread of what only names the change."""
    BURST = "burst"
    BURST_ALONE = "burst-alone"
    DIGEST = "digest"
    NOTE = "note"


PARTS: Mapping[Form, Part] = {
    Form.HEADLINE: Part.HEADLINE,
    Form.ALONE: Part.HEADLINE,
    Form.LINE: Part.HEADLINE,
    Form.DETAIL: Part.DETAIL,
    Form.WHOLE: Part.DETAIL,
    Form.BURST: Part.BURST,
    Form.BURST_ALONE: Part.BURST,
    Form.DIGEST: Part.DIGEST,
    Form.NOTE: Part.NOTE,
}


def key(of: str, place: Place, form: Form, nth: tuple[int, int] = bursts.THE_ONLY) -> str:
    """The same change (or, of several, the first of them), place and form have the same key for ever.

    What is told in several messages has the number of this one and how many there are behind what it tells.
    """
    numbers = map(str, nth if nth != bursts.THE_ONLY else ())
    return "|".join((of, *numbers, *place, form))


def form_of(delivery_key: str) -> Form | None:
    """In which form a message was told; None for what is no alert."""
    last = delivery_key.rpartition("|")[2]
    return Form(last) if last in list(Form) else None


def nth_of(delivery_key: str) -> tuple[int, int]:
    """Which of several messages it is, and how many there were when they were told."""
    found = _NUMBERED.search(delivery_key)
    return (int(found[1]), int(found[2])) if found else bursts.THE_ONLY


_NUMBERED = re.compile(r"\|(\d+)\|(\d+)(?:\|[^|]*){3}$")


@dataclass(frozen=True, slots=True)
class Drawing:
    """Draws messages, each once: many channels are told the same."""

    _drawn: dict[object, tuple[Message, ...]] = field(default_factory=dict)

    def note(self, one: ClaimedChange, mentions: Sequence[str]) -> Message:
        """What is different."""
        what = (Form.NOTE, one.change.key, tuple(mentions))
        if what not in self._drawn:
            self._drawn[what] = (render(alerts.with_mentions(alerts.note(one.change, one.seen_at), mentions)),)
        return self._drawn[what][0]

    def of(
        self,
        form: Form,
        told: Sequence[Story],
        mentions: Sequence[str] = (),
        *,
        altered: bool = False,
        nth: tuple[int, int] = bursts.THE_ONLY,
    ) -> tuple[Message, ...]:
        """The message of this form, in parts if it stands in a thread and is long; () where there is nothing to say."""
        what = (form, tuple((one.change.key, one.withdrawn) for one in told), tuple(mentions), altered, nth)
        if what not in self._drawn:
            card = _card(form, told, mentions, altered=altered, nth=nth)
            in_parts = PARTS[form] is Part.DETAIL
            self._drawn[what] = () if card is None else render_in_parts(card) if in_parts else (render(card),)
        return self._drawn[what]


def _card(
    form: Form, told: Sequence[Story], mentions: Sequence[str], *, altered: bool, nth: tuple[int, int]
) -> Card | None:
    if form in (Form.BURST, Form.BURST_ALONE):
        return bursts.burst(told, threads=form is Form.BURST, mentions=mentions, nth=nth)
    story = told[0]
    change, seen_at = story.change, story.seen_at
    match form:
        case Form.DETAIL:
            return alerts.detail(change)
        case Form.LINE:
            card = alerts.compact(change, seen_at, mentions)
        case Form.WHOLE:
            card = alerts.whole(change, seen_at, altered=altered)
        case _:
            threads = form is Form.HEADLINE
            card = alerts.headline(change, seen_at, threads=threads, mentions=mentions, altered=altered)
    return alerts.withdrawn(card, story.withdrawn) if story.withdrawn else card


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be written: messages now, and what waits for a digest."""

    owed: tuple[Owed, ...] = ()
    later: tuple[DigestItem, ...] = ()


def plan(tellings: Iterable[Telling], known: Stories, drawing: Drawing) -> Plan:
    """What these channels are owed for changes that they have not been told of.

    `known` are the stories of changes of which something has become already, by their keys. Where two or more
    authorities come at once, a channel has one card that names them and below it, in its thread, a message for each
    change.
    """
    owed: list[Owed] = []
    later: list[DigestItem] = []
    for place, ones in groupby(sorted(tellings, key=lambda one: one.place), key=lambda one: one.place):
        told = list(ones)
        now = [one for one in told if one.due is None]
        later += [_waiting(one) for one in told if one.due is not None]
        together = _together(now)
        owed += _burst(place, together, known, drawing) if together else ()
        owed += [each for one in now if one not in together for each in _single(one, known, drawing)]
    return Plan(owed=tuple(owed), later=tuple(later))


def _together(now: Sequence[Telling]) -> list[Telling]:
    """What stands in one card: the documents of two or more authorities."""
    documents = [one for one in now if one.news.change.kind not in WITHOUT_DOCUMENT]
    return documents if len({one.news.change.urn for one in documents}) > 1 else []


def _waiting(one: Telling) -> DigestItem:
    assert one.due is not None
    return DigestItem(team=one.team, channel=one.channel, change_key=one.news.change.key, how=one.how, due_at=one.due)


def _story(one: Telling, known: Stories) -> Story:
    return known.get(one.news.change.key, Story(newest=one.news))


def _burst(place: Place, together: Sequence[Telling], known: Stories, drawing: Drawing) -> Iterator[Owed]:
    """One card, or several where one cannot name them all; who is to be called is called in the first."""
    tellings = {one.news.change.key: one for one in together}
    pages = bursts.pages([_story(one, known) for one in together])
    threads = any(one.threads for one in together)
    form = Form.BURST if threads else Form.BURST_ALONE
    mentions = tuple(dict.fromkeys(each for one in together for each in one.mentions))
    for number, page in enumerate(pages, 1):
        nth, keys = (number, len(pages)), tuple(one.change.key for one in page)
        (message,) = drawing.of(form, page, mentions if number == 1 else (), nth=nth)
        head = _owed(message, key(min(keys), place, form, nth), place, form, keys)
        yield head
        for one in page:
            if tellings[one.change.key].threads:
                whole = drawing.of(Form.WHOLE, [one])
                yield from owe(whole, one.change.key, place, Form.WHOLE, thread_of=head.key)


def _single(one: Telling, known: Stories, drawing: Drawing) -> Iterator[Owed]:
    """In full with a detail below, or in a line with all of it below; nothing below where there are no threads."""
    story, of = [_story(one, known)], one.news.change.key
    below = Form.WHOLE if one.compact else Form.DETAIL
    detail = drawing.of(below, story) if one.threads else ()
    form = Form.LINE if one.compact else Form.HEADLINE if one.threads else Form.ALONE
    head = owe(drawing.of(form, story, one.mentions), of, one.place, form)
    yield from head
    yield from owe(detail, of, one.place, below, thread_of=head[0].key)


def owe(
    parts: Sequence[Message], of: str, place: Place, form: Form, tells: Sequence[str] = (), thread_of: str | None = None
) -> tuple[Owed, ...]:
    """The messages as something owed, which tell the change `of` unless others are named."""
    keys = (key(of, place, form, (number, len(parts))) for number in range(1, len(parts) + 1))
    told = tuple(tells) or (of,)
    return tuple(_owed(one, name, place, form, told, thread_of) for one, name in zip(parts, keys, strict=True))


def _owed(
    message: Message, name: str, place: Place, form: Form, tells: tuple[str, ...], thread_of: str | None = None
) -> Owed:
    team, channel = place
    return Owed(
        key=name, team=team, channel=channel, part=PARTS[form], message=message, thread_of=thread_of, tells=tells
    )
