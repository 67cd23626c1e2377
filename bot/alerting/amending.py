"""What amends a change -> its messages written anew where they stand, and a note in the thread. Pure.

Whoever was told something is told that it is otherwise, also where nobody is subscribed any more. A channel that was
told nothing of it is told as of any other change.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from bot.alerting import alerts, digests
from bot.alerting.stories import TURNS, Stories
from bot.alerting.subscriptions import Place
from bot.alerting.telling import Drawing, Form, form_of, owe
from bot.messages import render
from judgements.types import Change, ChangeKind
from storage.types import ClaimedChange, DeliveryStatus, Message, Owed, Part, Told

AMENDING = frozenset({ChangeKind.CORRECTED, ChangeKind.READ_AT_LAST, *TURNS})
STANDING = frozenset({DeliveryStatus.PENDING, DeliveryStatus.SENT})
"""Messages that stand in the channel, or will."""
IN_CHANNEL = frozenset({Part.HEADLINE, Part.BURST, Part.DIGEST})


@dataclass(frozen=True, slots=True, kw_only=True)
class Amended:
    """What is owed, and which (change, channel) need no message of their own any more."""

    owed: tuple[Owed, ...] = ()
    done: frozenset[tuple[str, Place]] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """With what messages are put right.

    `known` are the stories by the keys of their changes; `calls` whom a change calls in a channel, by its key; `muted`
    the channels that are told nothing new.
    """

    known: Stories
    calls: Mapping[str, Mapping[Place, Sequence[str]]]
    muted: Collection[Place]
    drawing: Drawing


def amend(news: Iterable[ClaimedChange], told: Iterable[Told], means: Means) -> Amended:
    """Everything that these changes alter in messages that were told.

    `told` are the deliveries that tell any change that `news` belong to, oldest first.
    """
    amending = [one for one in news if one.change.kind in AMENDING]
    standing = [one for one in told if one.edits is None and one.status in STANDING and form_of(one.key)]
    owed: list[Owed] = []
    done: set[tuple[str, Place]] = set()
    by_place = sorted(standing, key=lambda one: (one.team, one.channel))
    for place, ones in groupby(by_place, key=lambda one: (one.team, one.channel)):
        bases = [one for one in ones if one.part is not Part.NOTE]
        here = [one for one in amending if any(_is_about(one.change, base, means.known) for base in bases)]
        owed += [each for base in bases for each in _written_over(base, here, means)]
        for one in here:
            if one.change.kind not in TURNS:
                done.add((one.change.key, place))
                owed += () if place in means.muted else _below(one, place, bases, means)
    return Amended(owed=tuple(owed), done=frozenset(done))


def _is_about(change: Change, base: Told, known: Stories) -> bool:
    """Whether the message tells what the document reads like; what tells that it came or went stands as it is."""
    told = (known[each] for each in base.change_keys if each in known and each != change.key)
    return change.key in known and any(one.root == known[change.key].root and not one.is_turn for one in told)


def _written_over(base: Told, here: Sequence[ClaimedChange], means: Means) -> Iterator[Owed]:
    about = [one.change for one in here if _is_about(one.change, base, means.known)]
    message = _anew(base, means) if about else None
    if message:
        yield Owed(
            key=f"{about[-1].key}|over|{base.key}",
            team=base.team,
            channel=base.channel,
            part=base.part,
            message=message,
            edits=base.key,
            tells=tuple(one.key for one in about),
        )


def _anew(base: Told, means: Means) -> Message | None:
    form = form_of(base.key)
    stories = [means.known[each] for each in base.change_keys if each in means.known]
    if form is None or not stories:
        return None
    if form is Form.DIGEST:
        return render(digests.anew(base.key, stories))
    # A withdrawal alters nothing of what a message says of the document.
    altered = any(one.change.key not in base.change_keys for one in stories)
    drawing = means.drawing
    # Where there is nothing in detail to say any more, what stood there must not go on standing.
    return drawing.of(form, stories, altered=altered) or drawing.of(Form.WHOLE, stories, altered=altered)


def _below(one: ClaimedChange, place: Place, bases: Sequence[Told], means: Means) -> Iterator[Owed]:
    """A detail where there was none, and the note that says what is different: an edit notifies nobody, a note does."""
    about = [base for base in bases if _is_about(one.change, base, means.known)]
    heads = [base for base in about if base.part in IN_CHANNEL]
    if not heads:
        return
    of, head = one.change.key, heads[0].key
    if form_of(head) is Form.HEADLINE and not any(base.part is Part.DETAIL for base in about):
        yield from owe(means.drawing.of(Form.DETAIL, [means.known[of]]), of, place, Form.DETAIL, (), head)
    mentions = means.calls.get(of, {}).get(place, ())
    note = alerts.with_mentions(alerts.note(one.change, one.seen_at), mentions)
    yield from owe(render(note), of, place, Form.NOTE, (), head)
