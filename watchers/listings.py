"""Pages of the source site -> what they list. Pure; the only file that knows the site's markup.

The markup was measured on saved pages: `ul.results-list > li.search-result` on a search page, `ol.timeline` on a
provider's own. A page that is not what was asked for is a `NotThePage` with the reason, never an empty list:
"nothing is listed" and "the markup has changed" must not look alike.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Tag

from judgements.types import Listing


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchEntry:
    """One authority as a search page shows it. `latest_report` is None for one without any report."""

    urn: str
    name: str
    latest_report: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    entries: tuple[SearchEntry, ...]
    has_next: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderPage:
    """One authority's own page. `odd` says, in words, what was on it that could not be understood."""

    name: str
    listings: tuple[Listing, ...]
    odd: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NotThePage:
    why: str


def search_page(html: bytes) -> SearchPage | NotThePage:
    """The authorities of one search page, in the page's order."""
    soup = BeautifulSoup(html, "lxml")
    if soup.select_one("ul.results-list") is None:
        return NotThePage(why=f"a search page without a list of results ({_title(soup)})")
    entries = tuple(entry for item in soup.select("ul.results-list > li.search-result") if (entry := _entry(item)))
    return SearchPage(entries=entries, has_next=soup.select_one("a.pagination__next") is not None)


def _entry(item: Tag) -> SearchEntry | None:
    link = item.select_one("h3.search-result__title > a[href]")
    if link is None:
        return None
    return SearchEntry(
        urn=_last_segment(str(link["href"])),
        name=_text(link),
        latest_report=_labelled_date(item, "Latest report"),
    )


def _labelled_date(item: Tag, label: str) -> date | None:
    for line in item.select("ul.search-result__provider-info > li"):
        if _text(line).startswith(label) and (time := line.select_one("time")):
            return _date(_text(time))
    return None


def provider_page(html: bytes, *, urn: str, url: str) -> ProviderPage | NotThePage:
    """Every document on one authority's page, newest first as the page has them; each file id once."""
    soup = BeautifulSoup(html, "lxml")
    heading = soup.select_one("h1.heading--title")
    if heading is None:
        return NotThePage(why=f"a page that is no provider's ({_title(soup)})")
    if soup.select_one("ol.timeline") is None:
        return NotThePage(why=f"the page of {_text(heading)} has no timeline")
    listings: dict[str, Listing] = {}
    odd: list[str] = []
    for link in soup.select("ol.timeline a.publication-link[href]"):
        found = _listing(link, urn=urn, page_url=url)
        if isinstance(found, Listing):
            listings.setdefault(found.file_id, found)
        else:
            odd.append(found)
    return ProviderPage(name=_text(heading), listings=tuple(listings.values()), odd=tuple(odd))


def _listing(link: Tag, *, urn: str, page_url: str) -> Listing | str:
    """The listing, or what is odd about the link."""
    url = urljoin(page_url, str(link["href"]))
    published = _published(link)
    if published is None:
        return f"a document without a date: {url}"
    return Listing(file_id=_last_segment(url), urn=urn, title=_type(link), url=url, published=published)


_SAID_ASIDE = re.compile(r"-\s*(\d{1,2}\s+\w+\s+\d{4})\s*$")


def _published(link: Tag) -> date | None:
    """From the words for screen readers ("Type, pdf - 30 July 2024"), else from the day of the timeline."""
    aside = link.select_one("span.nonvisual")
    said = _SAID_ASIDE.search(_text(aside)) if aside is not None else None
    if said:
        return _date(said.group(1))
    day = link.find_parent("li", class_="timeline__day")
    time = day.select_one("p.timeline__date > time, time[pubdate]") if day is not None else None
    return _date(_text(time)) if time is not None else None


def _type(link: Tag) -> str:
    own = "".join(part for part in link.find_all(string=True, recursive=False))
    return " ".join(own.split()) or _text(link)


def _date(text: str) -> date | None:
    for form in ("%d %B %Y", "%d %b %Y"):
        try:
            # Printed days, without a time of day or a zone.
            return datetime.strptime(text.strip(), form).date()  # noqa: DTZ007
        except ValueError:
            continue
    return None


def _text(tag: Tag) -> str:
    return " ".join(tag.get_text(" ").split())


def _title(soup: BeautifulSoup) -> str:
    return f"titled “{_text(soup.title)}”" if soup.title else "without a title"


def _last_segment(url: str) -> str:
    return urlsplit(url).path.rstrip("/").rsplit("/", 1)[-1]
