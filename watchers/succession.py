"""Authorities that are created, abolished or renamed on a day that the registry knows. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date

from judgements.authorities import REGISTRY, Registry
from judgements.authority import Authority, Renaming, Reorganisation
from judgements.news import authority_change
from judgements.types import Change, ChangeKind, Listing
from storage.types import KnownAuthority

ABOLISHED = "{name} was abolished on {day:%-d %B %Y}. {others} took over."
CREATED = "{name} took over from {others} on {day:%-d %B %Y}."
RENAMED = "{before} has been called {after} since {day:%-d %B %Y}."


def turns(
    known: Mapping[str, KnownAuthority], page: Callable[[str], str], *, today: date, registry: Registry = REGISTRY
) -> tuple[Change, ...]:
    """What has happened to authorities since we began to watch, up to and including today, the earliest first.

    `page(urn)` is the address of an authority's own page. What was told once has the same key for ever.
    """
    began = min((one.baseline_at.date() for one in known.values() if one.baseline_at), default=today)
    changes = [change for turn in registry.changes_between(began, today) for change in _changes(turn, page)]
    changes += [_renamed(one, page) for one in registry.renamings_between(began, today)]
    return tuple(sorted(changes, key=lambda change: change.listing.published))


def moved(
    known: Collection[str], numbers: Mapping[str, str], *, registry: Registry = REGISTRY
) -> tuple[tuple[str, str], ...]:
    """Authorities that are remembered under another key than the one they are known by now, and that one.

    A key of ours gives way to the number, once the registry has it; a number, under which an authority was listed by a
    name that nobody knew, to the key that its name leads to now. `numbers` are the site's own, by that key.
    """
    by_registry = ((urn, registry.by_urn(urn)) for urn in known)
    return (
        *((urn, one.urn) for urn, one in by_registry if one is not None and one.urn != urn),
        *((number, key) for key, number in numbers.items() if number in known),
    )


def keys(change: Change, *, registry: Registry = REGISTRY) -> frozenset[str]:
    """Every key under which this change may have been told: its authority's number may have been unknown then."""
    one = registry.by_urn(change.urn)
    before = (change.key.replace(change.urn, key) for key in (one.keyed_before if one else ()))
    return frozenset({change.key, *before})


def _changes(turn: Reorganisation, page: Callable[[str], str]) -> Iterator[Change]:
    for one in turn.abolished:
        heirs = [heir for heir in turn.created if heir.urn in one.successors]
        why = ABOLISHED.format(name=one.spoken, day=turn.day, others=_named(heirs))
        yield authority_change(ChangeKind.AUTHORITY_ABOLISHED, _page(one, turn.day, page), why)
    for one in turn.created:
        before = [each for each in turn.abolished if one.urn in each.successors]
        why = CREATED.format(name=one.spoken, day=turn.day, others=_named(before))
        yield authority_change(ChangeKind.AUTHORITY_CREATED, _page(one, turn.day, page), why)


def _renamed(one: Renaming, page: Callable[[str], str]) -> Change:
    why = RENAMED.format(before=one.before, after=one.after, day=one.day)
    return authority_change(ChangeKind.AUTHORITY_RENAMED, _page(one.authority, one.day, page), why)


def _page(one: Authority, day: date, page: Callable[[str], str]) -> Listing:
    return Listing(file_id="", urn=one.urn, title=one.called(day), url=page(one.urn), published=day)


def _named(authorities: Iterable[Authority]) -> str:
    *first, last = [one.spoken for one in authorities] or ["Another authority"]
    return f"{', '.join(first)} and {last}" if first else last
