"""Which channels a change reaches, and how each is told: change x subscriptions x mutes x now -> tellings. Pure.

A filter never hides what it cannot judge: a document that was not read may be a downgrade, so it is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.channels import hows, scopes
from judgements.diff import movement_of_outcome
from judgements.types import LETTERS, Change, ChangeKind, Kind, Movement, NotRead, Report
from storage.places import Place
from storage.types import ClaimedChange, DocumentSort, Movements, Subscription

UNCOVERED = "it covers another authority"
EXCEPTED = "this authority is excepted"
OTHER_DOCUMENTS = "it is for documents of another sort"
OTHER_CHANGES = "it is for changes of another sort"

WITHOUT_DOCUMENT = frozenset(
    {ChangeKind.AUTHORITY_CREATED, ChangeKind.AUTHORITY_ABOLISHED, ChangeKind.AUTHORITY_RENAMED}
)
ALWAYS_TOLD = WITHOUT_DOCUMENT | {ChangeKind.WITHDRAWN, ChangeKind.RETURNED}
"""What no filter by changes can judge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """One change, as it is told in one channel: now, or (with `due`) in a digest then, as somebody wished with `how`.

    `mentions` are people and groups as Slack writes them; whom a digest calls is decided when it is composed.
    """

    news: ClaimedChange
    team: str
    channel: str
    due: datetime | None = None
    how: str = hows.NOW
    compact: bool = False
    threads: bool = True
    mentions: tuple[str, ...] = ()

    @property
    def place(self) -> Place:
        return self.team, self.channel


def route(
    news: ClaimedChange, subscriptions: Iterable[Subscription], muted: Mapping[Place, datetime], now: datetime
) -> tuple[Telling, ...]:
    """How every channel that wants to know of the change is told, each once: at once if any of its subscriptions says
    so, and in full if one of those does. `muted`: until when a channel is told nothing at once; what it wants to know
    in a digest waits for that all the same."""
    wanting: dict[Place, list[Subscription]] = {}
    for one in subscriptions:
        place = (one.team, one.channel)
        is_muted = place in muted and muted[place] > now
        if not why_not(one, news.change) and not (is_muted and one.how == hows.NOW):
            wanting.setdefault(place, []).append(one)
    return tuple(_telling(news, place, ones, now) for place, ones in wanting.items())


def why_not(one: Subscription, change: Change) -> str:
    """Why this subscription does not want to know of the change; "" if it does."""
    if change.urn not in scopes.covered(one.scope) and one.scope not in scopes.reaching(change.urn):
        return UNCOVERED
    if any(change.urn in scopes.heirs(urn) for urn in one.excepted):
        return EXCEPTED
    if one.documents and change.kind not in WITHOUT_DOCUMENT and not _sorts(change) & set(one.documents):
        return OTHER_DOCUMENTS
    if one.changes and not _may_be(change, one.changes):
        return OTHER_CHANGES
    return ""


def _telling(news: ClaimedChange, place: Place, ones: Sequence[Subscription], now: datetime) -> Telling:
    dues = [(due, one.how) for one in ones if (due := hows.due(one.how, now))]
    at_once = [one for one in ones if one.how == hows.NOW]
    due, how = (None, hows.NOW) if at_once else min(dues)
    team, channel = place
    return Telling(
        news=news,
        team=team,
        channel=channel,
        due=due,
        how=how,
        compact=bool(at_once) and all(one.compact for one in at_once),
        threads=any(one.threads for one in at_once),
        mentions=called((one, news.change) for one in ones) if at_once else (),
    )


def called(wanted: Iterable[tuple[Subscription, Change]]) -> tuple[str, ...]:
    """Whom these wishes call for these changes, each once: somebody is woken only for what is certain."""
    calling = (one for one, change in wanted if one.mention_on is None or one.mention_on in movements(change))
    return tuple(dict.fromkeys(one.mention for one in calling if one.mention))


def called_anew(
    change: Change, before: Iterable[Change], subscriptions: Iterable[Subscription]
) -> Mapping[Place, tuple[str, ...]]:
    """Whom channels call on something that has become certain with this change: `before` are what was told until then.

    Who is called whatever happens was called when it was told first.
    """
    new = movements(change).difference(*map(movements, before))
    called: dict[Place, dict[str, None]] = {}
    for one in subscriptions:
        if one.mention and one.mention_on in new and not why_not(one, change):
            called.setdefault((one.team, one.channel), {})[one.mention] = None
    return {place: tuple(mentions) for place, mentions in called.items()}


def movements(change: Change) -> frozenset[Movements]:
    """What has certainly happened; where a document came or went, nothing in it did."""
    return frozenset(_movements(change))


def _movements(change: Change) -> Iterator[Movements]:
    report = change.reading
    if change.kind in ALWAYS_TOLD or not isinstance(report, Report):
        return
    moved = {one.movement for one in change.comparisons}
    if change.before:
        moved.add(movement_of_outcome(change.before, report) or Movement.SAME)
    if Movement.DECLINED in moved:
        yield Movements.DOWNGRADES
    if Movement.IMPROVED in moved:
        yield Movements.UPGRADES
    if report.priority_actions:
        yield Movements.PRIORITY_ACTIONS


def _may_be(change: Change, wanted: Sequence[Movements]) -> bool:
    """Whether the change is one of these, or may be: what was not read whole may hide one."""
    if change.kind in ALWAYS_TOLD or isinstance(change.reading, NotRead) or change.reading.problems:
        return True
    return not movements(change).isdisjoint(wanted)


def _sorts(change: Change) -> frozenset[DocumentSort]:
    """The sorts that the document is of; of one that was not read, those that it may be of by its title."""
    report = change.reading
    if isinstance(report, NotRead) or report.kind is Kind.COUNCIL_REPORT:
        return _sorts_by_title(change.listing.title.casefold())
    if report.kind is Kind.AREA_SEND_INSPECTION:
        return frozenset({DocumentSort.SEND})
    if report.kind is Kind.JTAI_LETTER:
        return frozenset({DocumentSort.JTAI, DocumentSort.LETTERS})
    return frozenset({DocumentSort.LETTERS if report.kind in LETTERS else DocumentSort.INSPECTIONS})


def _sorts_by_title(title: str) -> frozenset[DocumentSort]:
    """The site prints "Children's services inspection" over five kinds of document: only two words are believed."""
    if "send" in title.split():
        return frozenset({DocumentSort.SEND})
    if "joint" in title.split():
        return frozenset({DocumentSort.JTAI, DocumentSort.LETTERS, DocumentSort.INSPECTIONS})
    return frozenset({DocumentSort.INSPECTIONS, DocumentSort.LETTERS})
