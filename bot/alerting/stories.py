"""A change and all that amends it: what there is to say of it now. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from judgements.types import Change, ChangeKind
from storage.types import ClaimedChange

TURNS = frozenset({ChangeKind.WITHDRAWN, ChangeKind.RETURNED})
"""What says where a document is, and not what is in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """`newest` says what the document reads like now; `withdrawn`: since when it is not on the site, None if it is."""

    newest: ClaimedChange
    withdrawn: datetime | None = None

    @property
    def change(self) -> Change:
        return self.newest.change

    @property
    def seen_at(self) -> datetime:
        return self.newest.seen_at


def stories(family: Iterable[ClaimedChange]) -> Mapping[str, Story]:
    """By the key of each change, the story that it belongs to; `family` in the order in which it was noticed."""
    members: dict[str, list[ClaimedChange]] = {}
    known = list(family)
    by_key = {one.change.key: one.change for one in known}
    for one in known:
        members.setdefault(_root(one.change, by_key), []).append(one)
    return {one.change.key: told for ones in members.values() for told in [_story(ones)] for one in ones}


def _root(change: Change, by_key: Mapping[str, Change]) -> str:
    while change.amends in by_key and change.amends != change.key:
        change = by_key[change.amends]
    return change.amends or change.key


def _story(ones: list[ClaimedChange]) -> Story:
    read = [one for one in ones if one.change.kind not in TURNS]
    turned = [one for one in ones if one.change.kind in TURNS]
    is_gone = bool(read and turned) and turned[-1].change.kind is ChangeKind.WITHDRAWN
    return Story(newest=(read or turned)[-1], withdrawn=turned[-1].seen_at if is_gone else None)
