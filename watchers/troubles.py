"""What operators must know of the source as a whole, at the end of each poll. Pure: the rules are the functions.

(What is wrong with the page of one authority is found when it is opened, see `look.py`.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from judgements.authorities import REGISTRY
from storage import overdue
from storage.archive import Room
from storage.types import HostState, KnownAuthority, KnownDocument, KnownTrouble, SourceState, TroubleKind
from watchers.rota import LONDON
from watchers.sources import Source
from watchers.suspicion import is_widespread

BROKEN_AFTER = 5
"""Looks in a row that failed: with the pauses between them, some four hours of a source that is down."""
NOTHING_NEW_FOR = timedelta(weeks=4)
UNREAD_FOR = timedelta(hours=1)
LEAST_FREE = 500 * 2**20
"""Bytes on the disk of the archive; a year of documents has some hundred megabytes."""
LEAST_SHARE_FREE = 0.03
NOT_SEEN_FOR = timedelta(days=3)
"""What is found on pages that are opened daily, and was not found again for so long, is over."""
FAILED_LOOKS = 4
"""Looks in a row at a page, or tries of a host, that failed: with the pauses between, more than half an hour."""
LONG_REST = timedelta(minutes=20)
MANY_AWAITED = 10
"""Documents that are listed and not to be had. A few links have been dead for years."""
MOST_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """What the rules look at. `listed`: whether there was a list; `list_doubts` are sentences on what is odd about it.

    `gone` are the URNs of those that have to be on it and are not, `short` says so in a sentence.
    """

    source: Source
    state: SourceState
    listed: bool = True
    gone: tuple[str, ...] = ()
    short: str = ""
    list_doubts: tuple[str, ...] = ()
    unfamiliar: tuple[str, ...] = ()
    newest: date | None = None
    unread: tuple[KnownDocument, ...] = ()
    missing_on: Mapping[str, int] = field(default_factory=dict)
    room: Room | None = None
    pages: tuple[KnownAuthority, ...] = ()
    hosts: tuple[HostState, ...] = ()
    awaited: tuple[KnownDocument, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Something operators must know. `key` names its cause, `about` is all that it concerns now."""

    key: str
    kind: TroubleKind
    sentence: str
    about: tuple[str, ...] = ()


def troubles(seen: Observed, now: datetime) -> tuple[Found, ...]:
    """Everything that is wrong now."""
    return tuple(found for rule in RULES for found in rule(seen, now))


def over(known: KnownTrouble, found: tuple[Found, ...], seen: Observed, now: datetime) -> bool:
    """Whether a trouble that was open is over."""
    if known.kind in ON_PAGES:
        return not seen.state.failures and known.last_at <= now - NOT_SEEN_FOR
    if known.kind in OF_THE_LISTED and not seen.listed:
        return False
    return known.key not in {one.key for one in found}


ON_PAGES = frozenset({TroubleKind.PAGE_SUSPECT, TroubleKind.UNFAMILIAR})
"""Found when a page is opened, and not at every poll."""


OF_THE_LISTED = frozenset({TroubleKind.LIST_SUSPECT, TroubleKind.OUT_OF_REACH})
"""Without a list it is not known whether they are over."""


def _broken(seen: Observed, _now: datetime) -> Iterator[Found]:
    if seen.state.failures >= BROKEN_AFTER and not _only_short(seen):
        words = f"{seen.source.name} has failed {seen.state.failures} times in a row: {seen.state.trouble}"
        yield Found(key=f"broken:{seen.source.key}", kind=TroubleKind.SOURCE_FAILING, sentence=words)


def _no_good_poll(seen: Observed, now: datetime) -> Iterator[Found]:
    last = overdue.last_well(seen.state, now)
    if last is not None and not _only_short(seen):
        words = (
            f"{seen.source.name} was last read in full on {_moment(last)}: what has been published since is not known"
        )
        yield Found(key=overdue.key(seen.source.key), kind=TroubleKind.NO_GOOD_POLL, sentence=f"{words}.")


def _only_short(seen: Observed) -> bool:
    """Whether all its trouble is that its list is short: that is told by itself, and not three times."""
    return bool(seen.short) and seen.state.trouble == seen.short


def _list(seen: Observed, _now: datetime) -> Iterator[Found]:
    key, kind = f"list:{seen.source.key}", TroubleKind.LIST_SUSPECT
    if seen.gone:
        words = f"{seen.short}: {_named(seen.gone)}"
        yield Found(key=f"{key}:short", kind=kind, sentence=f"{words}.", about=seen.gone)
    if seen.list_doubts:
        words = ". ".join(seen.list_doubts)
        yield Found(key=f"{key}:odd", kind=kind, sentence=f"{words}.", about=seen.list_doubts)
    for one in seen.unfamiliar:
        yield Found(key=f"unfamiliar:{one}", kind=TroubleKind.UNFAMILIAR, sentence=f"{seen.source.name}: {one}.")


def _widespread(seen: Observed, _now: datetime) -> Iterator[Found]:
    if is_widespread(seen.missing_on):
        words = (
            f"The pages of {len(seen.missing_on)} authorities have lost documents: that is taken to be a fault of the "
            f"site, and none is reported as withdrawn"
        )
        yield Found(key=f"missing:{seen.source.key}", kind=TroubleKind.MANY_MISSING, sentence=f"{words}.")


def _nothing_new(seen: Observed, now: datetime) -> Iterator[Found]:
    if seen.newest is not None and seen.newest <= (now - NOTHING_NEW_FOR).date():
        since = f"{seen.newest:%-d %B %Y}"
        words = f"{seen.source.name} has shown nothing new since {since}: please check whether that is right"
        yield Found(key=f"nothing-new:{seen.source.key}", kind=TroubleKind.NOTHING_NEW, sentence=f"{words}.")


def _archive(seen: Observed, _now: datetime) -> Iterator[Found]:
    room = seen.room
    if room is not None and room.free < max(LEAST_FREE, int(room.whole * LEAST_SHARE_FREE)):
        words = f"The disk of the archive is nearly full: {room.free / 2**20:,.0f} MB are left"
        yield Found(key="archive", kind=TroubleKind.ARCHIVE_NEARLY_FULL, sentence=f"{words}.")


def _unread(seen: Observed, now: datetime) -> Iterator[Found]:
    waiting = [one.listing for one in seen.unread if one.first_seen_at <= now - UNREAD_FOR]
    if waiting:
        named = ", ".join(f"{one.title} of {one.published:%-d %B %Y} ({one.url})" for one in waiting[-MOST_NAMED:])
        words = f"{len(waiting)} published documents have not been read, most recently {named}"
        about = tuple(f"{one.urn}:{one.file_id}" for one in waiting)
        yield Found(key="unread", kind=TroubleKind.UNREAD, sentence=f"{words}.", about=about)


def _named(urns: Sequence[str]) -> str:
    """Some of these authorities, by name and number."""
    known = [(REGISTRY.by_urn(urn), urn) for urn in urns[:MOST_NAMED]]
    names = [f"{one.spoken} ({urn})" if one else urn for one, urn in known]
    return ", ".join(names) + (" …" if len(urns) > MOST_NAMED else "")


def _pages(seen: Observed, _now: datetime) -> Iterator[Found]:
    failing = [one for one in seen.pages if one.failures >= FAILED_LOOKS]
    if not failing:
        return
    words = f"A page has failed {failing[0].failures} times in a row: {_failing(failing[0])}"
    if len(failing) > 1:
        named = "; ".join(map(_failing, failing[:MOST_NAMED]))
        words = f"The pages of {len(failing)} authorities have been failing for a while, for example {named}"
    urns = tuple(one.urn for one in failing)
    yield Found(key=f"pages:{seen.source.key}", kind=TroubleKind.OUT_OF_REACH, sentence=f"{words}.", about=urns)


def _failing(page: KnownAuthority) -> str:
    return f"{page.name} ({page.trouble})"


def _hosts(seen: Observed, now: datetime) -> Iterator[Found]:
    for one in seen.hosts:
        if one.failures >= FAILED_LOOKS or (one.next_try_at is not None and one.next_try_at >= now + LONG_REST):
            words = f"{one.host} refuses us or does not answer, and will not be asked for a while: {one.trouble}"
            yield Found(key=f"host:{one.host}", kind=TroubleKind.OUT_OF_REACH, sentence=f"{words}.")


def _awaited(seen: Observed, now: datetime) -> Iterator[Found]:
    waiting = [one for one in seen.awaited if one.sha256 is None and one.first_seen_at <= now - UNREAD_FOR]
    if len(waiting) >= MANY_AWAITED:
        example = f"{waiting[0].listing.url} ({waiting[0].why})"
        words = f"{len(waiting)} listed documents could not be fetched, for example {example}"
        yield Found(key=f"awaited:{seen.source.key}", kind=TroubleKind.OUT_OF_REACH, sentence=f"{words}.")


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(LONDON):%-d %B at %H:%M}"


RULES: tuple[Callable[[Observed, datetime], Iterator[Found]], ...] = (
    _broken,
    _no_good_poll,
    _list,
    _widespread,
    _nothing_new,
    _archive,
    _unread,
    _pages,
    _hosts,
    _awaited,
)
