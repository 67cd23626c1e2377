"""A change and all that amends it: what there is to say of it now. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from judgements.types import Change, ChangeKind
from storage.types import ClaimedChange

TURNS = frozenset({ChangeKind.WITHDRAWN, ChangeKind.RETURNED})
"""What says where a document is, and not what is in it: it comes and goes."""
ONLY_WHERE_TOLD = frozenset({ChangeKind.REDATED})
"""What puts right a message, and is nothing to tell where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What there is to say of a document now; or, where `newest` is one of `TURNS`, that it came or went.

    `newest` says what the document reads like now; `withdrawn`: since when it is not on the site, None if it is. `root`
    is the key of the change that first told of the document, the same for all that has become of it; `news` that of the
    newest which is something to tell where nothing has been told, "" if none is.
    """

    newest: ClaimedChange
    withdrawn: datetime | None = None
    root: str = ""
    news: str = ""

    @property
    def change(self) -> Change:
        return self.newest.change

    @property
    def seen_at(self) -> datetime:
        return self.newest.seen_at

    @property
    def is_turn(self) -> bool:
        return self.change.kind in TURNS


Stories = Mapping[str, Story]
"""By the key of each change, what there is to say of it now."""


def stories(family: Iterable[ClaimedChange]) -> Stories:
    """What has become of each of these changes; `family` in the order in which it was noticed.

    All that tells what a document reads like has one story, the newest. That it came or went is news of its day, of
    which nothing becomes.
    """
    members: dict[str, list[ClaimedChange]] = {}
    known = list(family)
    by_key = {one.change.key: one.change for one in known}
    for one in known:
        members.setdefault(_root(one.change, by_key), []).append(one)
    return {key: story for root, ones in members.items() for key, story in _stories(root, ones)}


def news_of(waiting: Iterable[ClaimedChange], known: Stories) -> tuple[ClaimedChange, ...]:
    """What is told by itself: of the readings of one document the newest news alone, and with it where it is."""
    waits = {one.change.key: one for one in waiting}
    return tuple(one for key, one in waits.items() if key not in known or _is_news(known[key], key, waits))


def _is_news(story: Story, key: str, waits: Collection[str]) -> bool:
    return story.root not in waits if story.is_turn else story.news == key


def earlier(one: ClaimedChange, family: Sequence[ClaimedChange], known: Stories) -> list[Change]:
    """What the document had been told to read like before this change was noticed."""
    root = known[one.change.key].root
    before = [each.change for each in family[: family.index(one)] if known[each.change.key].root == root]
    return [change for change in before if change.kind not in TURNS]


def _root(change: Change, by_key: Mapping[str, Change]) -> str:
    while change.amends in by_key and change.amends != change.key:
        change = by_key[change.amends]
    return change.amends or change.key


def _stories(root: str, ones: Sequence[ClaimedChange]) -> Iterator[tuple[str, Story]]:
    read = [one for one in ones if one.change.kind not in TURNS]
    turned = [one for one in ones if one.change.kind in TURNS]
    is_gone = bool(turned) and turned[-1].change.kind is ChangeKind.WITHDRAWN
    news = next((one.change.key for one in reversed(read) if one.change.kind not in ONLY_WHERE_TOLD), "")
    withdrawn = turned[-1].seen_at if is_gone else None
    for one in read:
        yield one.change.key, Story(newest=read[-1], withdrawn=withdrawn, root=root, news=news)
    for one in turned:
        yield one.change.key, Story(newest=one, root=root)
