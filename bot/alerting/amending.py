"""What amends a change -> its messages written anew where they stand, and a note in the thread. Pure.

Whoever was told something is told that it is otherwise, also where nobody is subscribed any more. A channel that was
told nothing of it is told as of any other change.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from bot.alerting import alerts, digests
from bot.alerting.stories import TURNS, Stories, Story
from bot.alerting.telling import PARTS, Drawing, Form, form_of, nth_of, owe
from bot.messages import render
from judgements.types import Change, ChangeKind
from storage.places import Place
from storage.types import ClaimedChange, DeliveryStatus, Message, Owed, Part, Told

AMENDING = frozenset({ChangeKind.CORRECTED, ChangeKind.REDATED, ChangeKind.READ_AT_LAST, *TURNS})
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
        newest = {means.known[one.change.key].root: one for one in here}
        owed += [each for one in newest.values() for each in _completed(one, place, bases, means)]
        noted = [one for one in here if one.change.kind not in TURNS]
        done |= {(one.change.key, place) for one in noted}
        owed += [each for one in noted if place not in means.muted for each in _note(one, place, bases, means)]
    return Amended(owed=tuple(owed), done=frozenset(done))


def _is_about(change: Change, base: Told, known: Stories) -> bool:
    """Whether the message tells what the document reads like; what tells that it came or went stands as it is."""
    told = (known[each] for each in base.change_keys if each in known and each != change.key)
    return change.key in known and any(one.root == known[change.key].root and not one.is_turn for one in told)


def _written_over(base: Told, here: Sequence[ClaimedChange], means: Means) -> Iterator[Owed]:
    about = [one.change for one in here if _is_about(one.change, base, means.known)]
    is_marked = form_of(base.key) is not Form.DETAIL
    altering = [change for change in about if is_marked or change.kind not in TURNS]
    message = anew(base, means) if altering else None
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


def anew(base: Told, means: Means) -> Message | None:
    """What is to stand in the place of this message."""
    form = form_of(base.key)
    told = list({story.change.key: story for each in base.change_keys if (story := means.known.get(each))}.values())
    if form is None or not told:
        return None
    if form is Form.DIGEST:
        return render(digests.anew(base.key, told))
    number, _ = nth = nth_of(base.key)
    if PARTS[form] is not Part.DETAIL:
        return means.drawing.of(form, told, altered=_is_altered(base, told), nth=nth)[0]
    # Where there is nothing in detail to say any more, what stood there must not go on standing.
    parts = _parts(form, base, told, means) or _parts(Form.WHOLE, base, told, means)
    return parts[number - 1] if number <= len(parts) else render(alerts.no_more_detail())


def _parts(form: Form, base: Told, told: Sequence[Story], means: Means) -> tuple[Message, ...]:
    return means.drawing.of(form, told, altered=_is_altered(base, told))


def _is_altered(base: Told, told: Sequence[Story]) -> bool:
    """Whether the document reads otherwise than the message told; where it came or went, it does not."""
    return any(one.change.key not in base.change_keys for one in told)


def _completed(one: ClaimedChange, place: Place, bases: Sequence[Told], means: Means) -> Iterator[Owed]:
    """What there is to say in detail now, and has no message in the thread yet that could be written over."""
    about = [base for base in bases if _is_about(one.change, base, means.known)]
    head = next((base for base in about if base.part in IN_CHANNEL), None)
    below = next((base for base in about if base.part is Part.DETAIL), None)
    form = form_of(below.key) if below else Form.DETAIL if head and form_of(head.key) is Form.HEADLINE else None
    if head is None or form is None:
        return
    story = _story_of(one, head, means)
    standing = max((nth_of(base.key)[0] for base in about if form_of(base.key) is form), default=0)
    parts = _parts(form, below or head, [story], means)
    yield from owe(parts, one.change.key, place, form, (story.change.key,), head.key)[standing:]


def _story_of(one: ClaimedChange, base: Told, means: Means) -> Story:
    """What there is to say now of the document that came, went or reads otherwise, and that this message tells."""
    root = means.known[one.change.key].root
    told = (means.known[each] for each in base.change_keys if each in means.known)
    return next(story for story in told if story.root == root and not story.is_turn)


def _note(one: ClaimedChange, place: Place, bases: Sequence[Told], means: Means) -> Iterator[Owed]:
    """What is different, below the message that was written over: an edit notifies nobody, a note does."""
    about = [base for base in bases if _is_about(one.change, base, means.known) and base.part in IN_CHANNEL]
    if about:
        of = one.change.key
        note = means.drawing.note(one, means.calls.get(of, {}).get(place, ()))
        yield from owe([note], of, place, Form.NOTE, (), about[0].key)
