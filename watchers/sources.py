"""What is watched, as a table. To watch something else: a row here, and a reader of its pages in `listings.py`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from urllib.parse import urlencode

from judgements.authorities import REGISTRY

ROWS = 100
"""Rows asked for on a search page. The site caps silently at 100, so we never rely on the number: see `search`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A list of providers on the source site.

    `key` names the source in storage and in messages to operators; `provider` is the path of one provider's own page.
    """

    key: str
    name: str
    search: str
    provider: str
    query: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    expected: frozenset[str] = frozenset()
    """URNs that have to be listed: with fewer the list is suspect, also at first sight."""

    def search_url(self, site: str, start: int) -> str:
        query = {**self.query, "start": str(start), "rows": str(ROWS)}
        return f"{site.rstrip('/')}{self.search}?{urlencode(query)}"

    def provider_url(self, site: str, urn: str) -> str:
        return f"{site.rstrip('/')}{self.provider}/{urn}"


LOCAL_AUTHORITIES = Source(
    key="ofsted-local-authorities",
    name="Ofsted's list of local authorities",
    search="/search",
    provider="/provider/44",
    expected=frozenset(authority.urn for authority in REGISTRY.current),
    query=MappingProxyType(
        {
            "q": "",
            "location": "",
            "lat": "",
            "lon": "",
            "radius": "",
            "level_1_types": "3",
            "level_2_types[]": "12",
        }
    ),
)


def no_more(day: date) -> frozenset[str]:
    """URNs of the authorities that are no more on `day`: whoever was known must be listed, but not for ever."""
    return frozenset(authority.urn for authority in REGISTRY.all if authority.is_past(day))
