"""What is wrong with a list or a page: what is suspect is told to operators and is never read as a withdrawal. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from hashlib import sha256

from judgements.authorities import REGISTRY, Authority, Registry, spell
from storage.types import KnownAuthority
from watchers.listings import ProviderPage, SearchEntry

COMMON = 10
"""From so many authorities whose pages are in trouble, it is no trouble of the page."""
WIDESPREAD = 3
"""From so many authorities on, each with a page that has lost a document, it is the site that has changed."""


def missing(expected: Iterable[str], entries: Iterable[SearchEntry]) -> tuple[str, ...]:
    """URNs that have to be listed and are not. Anything but () makes the list suspect."""
    return tuple(sorted(set(expected) - {entry.urn for entry in entries}))


def anothers(entry: SearchEntry, page: ProviderPage, names: Mapping[str, str], *, registry: Registry = REGISTRY) -> str:
    """Why a page is not the authority's own but another one's, in words; "" if its heading does not say that.

    `names`: which authority the list shows, or has shown, under a name. A heading that means nobody says nothing.
    """
    heading = spell(page.name)
    if heading == spell(entry.name):
        return ""
    ours, named = registry.by_urn(entry.urn), registry.printed(page.name)
    of_another = isinstance(named, Authority) and named in registry.current and ours not in (None, named)
    if of_another or names.get(heading, entry.urn) != entry.urn:
        return f"the page that came back is headed “{page.name}”"
    return ""


def doubts(known: KnownAuthority, entry: SearchEntry, page: ProviderPage, today: date) -> tuple[str, ...]:
    """What is wrong with an authority's page, in words; () if nothing is."""
    return tuple(filter(None, (_empty(entry, page), _shrunk(known, page), *_to_come(page, today), *page.odd)))


_PARTICULARS = re.compile(
    r"https?://\S+|“[^”]*”|\([^()]*\)|[0-9][0-9-]*"
    r"|[A-Z]\S*(?:\s+(?:(?:and|of|upon|on|with|the|in|&)\s+)*[A-Z]\S*)*"
)


def cause(doubt: str, name: str) -> str:
    """The key of a doubt about the page of the authority of this name: the same doubt about many pages is one trouble.

    What is particular to a page does not count: names, numbers, addresses and what is quoted.
    """
    gist = _PARTICULARS.sub("…", doubt.replace(name, "Name"))
    return f"page:{sha256(gist.encode()).hexdigest()[:16]}"


def may_withdraw(known: KnownAuthority, entry: SearchEntry, page: ProviderPage) -> bool:
    """Whether what is not on this page may be taken for withdrawn, if that lasts.

    Not if the page has anything on it that cannot be understood, or has lost the greater part of what it had.
    """
    if page.odd or _empty(entry, page) or not page.listings:
        return False
    lost = _lost(known, page)
    here = sum(one.missing_since is None or one.withdrawn_at is None for one in known.documents)
    return lost < 2 or 2 * lost <= here


def latest(entry: SearchEntry, page: ProviderPage) -> date | None:
    """The list's date of an authority, once its own page bears it out; till then the page's own."""
    dates = [listing.published for listing in page.listings]
    return entry.latest_report if entry.latest_report in dates else max(dates, default=None)


def unborne(entry: SearchEntry, page: ProviderPage) -> str:
    """What the list says of an authority and its own page does not bear out, in words; "" if it does."""
    if latest(entry, page) == entry.latest_report:
        return ""
    if entry.latest_report is None:
        return "the list shows no report of it, but its own page does"
    day = f"{entry.latest_report:%-d %B %Y}"
    return f"the list says its latest report is of {day}, but its own page shows none of that day"


def is_common(known: Iterable[KnownAuthority]) -> bool:
    """Whether so many pages failed at the last look, or did not bear out the list, that each is no news by itself."""
    return sum(one.failures > 0 for one in known) >= COMMON


def is_widespread(missing_on: Iterable[str]) -> bool:
    """Whether so many authorities have lost a document that none of them is believed."""
    return len(set(missing_on)) >= WIDESPREAD


def _empty(entry: SearchEntry, page: ProviderPage) -> str:
    if page.listings or entry.latest_report is None:
        return ""
    return f"its latest report is of {entry.latest_report}, but its page lists no document"


def _shrunk(known: KnownAuthority, page: ProviderPage) -> str:
    lost = _lost(known, page)
    return f"{lost} documents that its page listed before are missing" if lost else ""


def _to_come(page: ProviderPage, today: date) -> Iterator[str]:
    for one in page.listings:
        if one.published > today:
            yield f"a document on it is dated {one.published:%-d %B %Y}, a day that is yet to come: {one.url}"


def _lost(known: KnownAuthority, page: ProviderPage) -> int:
    """Documents that stand for an inspection, are not told as withdrawn, and are not on the page under any number."""
    listed = {listing.file_id for listing in page.listings}
    there = listed | {one.same_as for one in known.documents if one.listing.file_id in listed}
    firsts = [one for one in known.documents if not one.same_as and one.withdrawn_at is None]
    return sum(one.listing.file_id not in there for one in firsts)
