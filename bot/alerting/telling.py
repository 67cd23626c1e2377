"""How channels are told -> the messages they are owed: alerts, and the card of a busy morning. Pure.

A message's key says in which form it was told, so that it can be written anew in the same form (`amending`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import groupby

from bot.alerting import alerts, bursts
from bot.alerting.stories import Stories, Story
from bot.alerting.subscriptions import WITHOUT_DOCUMENT, Place, Telling
from bot.messages import render
from bot.types import Card
from storage.types import DigestItem, Message, Owed, Part


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


def key(of: str, place: Place, form: Form) -> str:
    """The same change (or, of several, the first of them), place and form have the same key for ever."""
    return "|".join((of, *place, form))


def form_of(delivery_key: str) -> Form | None:
    """In which form a message was told; None for what is no alert."""
    last = delivery_key.rpartition("|")[2]
    return Form(last) if last in list(Form) else None


@dataclass(frozen=True, slots=True)
class Drawing:
    """Draws messages, each once: many channels are told the same."""

    _drawn: dict[object, Message | None] = field(default_factory=dict)

    def of(
        self, form: Form, told: Sequence[Story], mentions: Sequence[str] = (), *, altered: bool = False
    ) -> Message | None:
        """The message of this form; None where there is nothing to say in it."""
        what = (form, tuple((one.change.key, one.withdrawn) for one in told), tuple(mentions), altered)
        if what not in self._drawn:
            card = _card(form, told, mentions, altered=altered)
            self._drawn[what] = render(card) if card else None
        return self._drawn[what]


def _card(form: Form, told: Sequence[Story], mentions: Sequence[str], *, altered: bool) -> Card | None:
    if form in (Form.BURST, Form.BURST_ALONE):
        return bursts.burst(told, threads=form is Form.BURST, mentions=mentions)
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
    ordered = sorted(together, key=lambda one: bursts.weight(one.news.change))
    told = [_story(one, known) for one in ordered]
    mentions = tuple(dict.fromkeys(mention for one in ordered for mention in one.mentions))
    threads = any(one.threads for one in ordered)
    keys = tuple(one.news.change.key for one in ordered)
    form = Form.BURST if threads else Form.BURST_ALONE
    head = owe(drawing.of(form, told, mentions), min(keys), place, form, keys)
    yield from head
    for one, story in zip(ordered, told, strict=True):
        if one.threads:
            whole = drawing.of(Form.WHOLE, [story])
            yield from owe(whole, one.news.change.key, place, Form.WHOLE, thread_of=head[0].key)


def _single(one: Telling, known: Stories, drawing: Drawing) -> Iterator[Owed]:
    """In full with a detail below, or in a line with all of it below; nothing below where there are no threads."""
    story, of = [_story(one, known)], one.news.change.key
    below = Form.WHOLE if one.compact else Form.DETAIL
    detail = drawing.of(below, story) if one.threads else None
    form = Form.LINE if one.compact else Form.HEADLINE if one.threads else Form.ALONE
    head = owe(drawing.of(form, story, one.mentions), of, one.place, form)
    yield from head
    yield from owe(detail, of, one.place, below, thread_of=head[0].key)


def owe(
    message: Message | None, of: str, place: Place, form: Form, tells: Sequence[str] = (), thread_of: str | None = None
) -> tuple[Owed, ...]:
    """The message as something owed, which tells the change `of` unless others are named; () if there is none."""
    if message is None:
        return ()
    team, channel = place
    one = Owed(
        key=key(of, place, form),
        team=team,
        channel=channel,
        part=PARTS[form],
        message=message,
        thread_of=thread_of,
        tells=tuple(tells) or (of,),
    )
    return (one,)
