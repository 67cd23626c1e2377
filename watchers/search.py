"""The list of all authorities: its pages one after the other, and what is odd about the whole."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache

from judgements.authorities import REGISTRY, Registry
from judgements.authority import Authority
from storage.types import KnownAuthority
from watchers.fetch import Trouble
from watchers.listings import NotThePage, SearchEntry, SearchPage, search_page
from watchers.pages import page_at
from watchers.rota import london_day
from watchers.sources import Source, no_more
from watchers.suspicion import missing
from watchers.world import World

MOST_AUTHORITIES = 1000
"""On a list that has no more it ends, on however many pages; one with more is no list of authorities."""
MOST_ODD = 5
"""Sentences on what is odd about the search pages that are kept: each authority may have one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Every authority on the search pages, and what was odd about them.

    `numbers` are the site's own of those that we know by another key, by that key; `unfamiliar` what has never been
    seen there before.
    """

    entries: tuple[SearchEntry, ...]
    numbers: Mapping[str, str] = field(default_factory=dict)
    odd: tuple[str, ...] = ()
    unfamiliar: tuple[str, ...] = ()


def search(world: World, source: Source) -> Listed | Trouble:
    """What the search pages list, or what went wrong. Pages on until one brings nothing new."""
    entries: dict[str, SearchEntry] = {}
    odd: list[str] = []
    unfamiliar: list[str] = []
    while len(entries) <= MOST_AUTHORITIES:
        opened = page_at(world, source.search_url(world.site, len(entries)), _understood)
        if isinstance(opened, Trouble):
            return opened
        page = opened.page
        if isinstance(page, NotThePage):
            return Trouble(why=f"{source.name} answers with {page.why}")
        fresh = [entry for entry in page.entries if entry.urn not in entries]
        entries.update((entry.urn, entry) for entry in fresh)
        odd.extend(page.odd)
        unfamiliar.extend(page.unfamiliar)
        if not fresh or not page.has_next:
            listed = Listed(
                entries=tuple(entries.values()),
                odd=tuple(odd[:MOST_ODD]),
                unfamiliar=tuple(dict.fromkeys(unfamiliar)),
            )
            return (
                identified(listed, today=london_day(world.clock()))
                if entries
                else Trouble(why=f"{source.name} is empty")
            )
    return Trouble(why=f"{source.name} does not end after {MOST_AUTHORITIES} authorities")


def _understood(html: bytes, _url: str) -> SearchPage | NotThePage:
    return _read(html)


_read = lru_cache(maxsize=8)(search_page)
"""At most polls the list is what it was at the last one, and to read its HTML is most of what such a poll costs us."""


def identified(listed: Listed, *, today: date, registry: Registry = REGISTRY) -> Listed:
    """A new authority has a key of ours until its number is known: under its name, this is it."""
    known_as = {entry.urn: _key(entry, registry.on(today)) for entry in listed.entries}
    return replace(
        listed,
        entries=tuple(replace(entry, urn=known_as[entry.urn]) for entry in listed.entries),
        numbers={key: number for number, key in known_as.items() if key != number},
    )


def _key(entry: SearchEntry, registry: Registry) -> str:
    if registry.by_urn(entry.urn) is not None:
        return entry.urn
    found = registry.printed(entry.name)
    return found.urn if isinstance(found, Authority) and found.provisional else entry.urn


def everybody(known: Mapping[str, KnownAuthority], listed: Listed, *, today: date) -> tuple[SearchEntry, ...]:
    """Whose page is looked at: who is listed, and who was and has not ended. That a list forgets them is no news."""
    there = {entry.urn for entry in listed.entries} | no_more(today)
    forgotten = (
        SearchEntry(urn=urn, name=one.name, latest_report=one.latest_report, listed=False)
        for urn, one in known.items()
        if urn not in there and urn.isdecimal() and not one.departed_at
    )
    return (*listed.entries, *forgotten)


def absent(source: Source, known: Mapping[str, KnownAuthority], listed: Listed, *, now: datetime) -> tuple[str, ...]:
    """URNs of the authorities that have to be on the list and are not.

    Those need not be that are no more by the registry, or have departed by the word of operators.
    """
    departed = {urn for urn, one in known.items() if one.departed_at}
    expected = source.expected.union(known) - no_more(london_day(now)) - departed
    return missing(expected, listed.entries)


def shrunk(source: Source, listed: Listed, gone: Collection[str]) -> str:
    """What is wrong with a list on which these authorities are missing, "" if none is."""
    if not gone:
        return ""
    return f"{source.name} shows {len(listed.entries)} authorities, {len(gone)} that should be there are missing"
