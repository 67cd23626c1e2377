"""Pages of the source site -> what they list. Pure; the only file that knows the site's markup.

The markup was measured on saved pages: `ul.results-list > li.search-result` on a search page, `ol.timeline` on a
provider's own. A page that is not what was asked for is a `NotThePage` with the reason, never an empty list:
"nothing is listed" and "the markup has changed" must not look alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Tag

from judgements.types import Listing


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchEntry:
    """One authority as a search page shows it, or (not `listed`) as one once did.

    `latest_report` is None for one without any report.
    """

    urn: str
    name: str
    latest_report: date | None
    listed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """Authorities in the page's order. `odd` says, in words, what was on it that could not be understood.

    `unfamiliar` says what was understood and has never been seen before: nothing is lost by it, but it should be known.
    """

    entries: tuple[SearchEntry, ...]
    has_next: bool
    odd: tuple[str, ...] = ()
    unfamiliar: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderPage:
    """One authority's own page; `odd` and `unfamiliar` as on a search page."""

    name: str
    listings: tuple[Listing, ...]
    odd: tuple[str, ...] = ()
    unfamiliar: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NotThePage:
    why: str


TYPES = frozenset(
    {
        "area send full inspection",
        "children's services focused visit",
        "children's services inspection",
        "joint area child protection inspection",
        "joint area review - progress inspection",
        "single inspection of la children's services as pdf",
    }
)
"""The types of documents that the site has been seen to print, in lower case. Others are listed as they are printed."""

TITLE = ("find an inspection report", "ofsted")
"""What the title of every page of the site says, in lower case."""
NOT_FOUND = "report not found"
"""How the title of a page begins that stands for one that is not there, whatever its status."""


def search_page(html: bytes) -> SearchPage | NotThePage:
    """The authorities of one search page, in the page's order."""
    soup = BeautifulSoup(html, "lxml")
    if soup.select_one("ul.results-list") is None:
        return NotThePage(why=f"a search page without a list of results ({_title(soup)})")
    links = soup.select("ul.results-list > li.search-result h3.search-result__title > a[href]")
    said = [(link, _latest_report(link)) for link in links]
    results = [_result(link, latest) for link, latest in said]
    entries = tuple(result for result in results if isinstance(result, SearchEntry))
    return SearchPage(
        entries=entries,
        has_next=soup.select_one("a.pagination__next") is not None,
        odd=(
            *(result for result in results if isinstance(result, str)),
            *(odd for link, latest in said for odd in _unreadable_date(link, latest)),
            *_undated([latest for _, latest in said]),
        ),
        unfamiliar=_unfamiliar_title(soup),
    )


def provider_number(url: str) -> str:
    """The site's number of the authority whose own page stands at an address; "" if that is no such page's."""
    provider = _PROVIDER.search(url)
    return provider.group(1) if provider else ""


_PROVIDER = re.compile(r"/provider/[0-9]+/([0-9]{1,12})/?(?:[?#].*)?$")


def _result(link: Tag, latest: str | None) -> SearchEntry | str:
    """The entry, or what is odd about it. `latest` is what the page says of its latest report, if it says anything."""
    number = provider_number(str(link["href"]))
    if not number:
        return f"the address of {_text(link)} has no URN: {str(link['href'])[:200]}"
    return SearchEntry(urn=number, name=_text(link), latest_report=_date(latest or ""))


def _unreadable_date(link: Tag, latest: str | None) -> tuple[str, ...]:
    if latest is None or _date(latest):
        return ()
    return (f"the date of the latest report of {_text(link)} cannot be read: “{latest[:80]}”",)


def _undated(latest: Sequence[str | None]) -> tuple[str, ...]:
    """Some authorities have no report; if none of several says anything of one, it is the page that has changed."""
    if len(latest) < 2 or any(said is not None for said in latest):
        return ()
    return (f"none of {len(latest)} authorities has a date of a latest report",)


def _latest_report(link: Tag) -> str | None:
    """What the result of this link says after "Latest report:", or None if it says nothing of one."""
    item = link.find_parent("li", class_="search-result")
    info = item.find("ul", class_="search-result__provider-info") if item else None
    for line in info.find_all("li", recursive=False) if info else ():
        label, _, said = _text(line).partition(":")
        if label.strip().casefold() == "latest report":
            return said.strip()
    return None


def provider_page(html: bytes, *, urn: str, url: str) -> ProviderPage | NotThePage:
    """Every document on one authority's page, newest first as the page has them; each file id once."""
    soup = BeautifulSoup(html, "lxml")
    heading = soup.select_one("h1.heading--title")
    if heading is None or _said_title(soup).startswith(NOT_FOUND):
        return NotThePage(why=f"a page that is no provider's ({_title(soup)})")
    if soup.select_one("ol.timeline") is None:
        return NotThePage(why=f"the page of {_text(heading)} has no timeline")
    found = [_listing(link, urn=urn, page_url=url) for link in soup.select(DOCUMENTS)]
    listings: dict[str, Listing] = {}
    odd: list[str] = []
    for one in found:
        if isinstance(one, Listing):
            odd.extend(_contradiction(listings.setdefault(one.file_id, one), one))
        else:
            odd.append(one)
    if odd and not listings:
        return NotThePage(why=f"the page of {_text(heading)}: its documents cannot be understood ({odd[0]})")
    unfamiliar = (*_unfamiliar_title(soup), *_unfamiliar_types(listings.values()))
    return ProviderPage(name=_text(heading), listings=tuple(listings.values()), odd=tuple(odd), unfamiliar=unfamiliar)


def _unfamiliar_types(listings: Iterable[Listing]) -> tuple[str, ...]:
    """One sentence for each type that the site has not been seen to print before."""
    unknown = dict.fromkeys(listing.title for listing in listings if _plain(listing.title) not in TYPES)
    return tuple(f"a type of document that is new to us: “{title[:200]}”" for title in unknown)


def _plain(words: str) -> str:
    return words.casefold().replace("’", "'")


def _unfamiliar_title(soup: BeautifulSoup) -> tuple[str, ...]:
    if all(words in _said_title(soup) for words in TITLE):
        return ()
    return (f"a page {_title(soup)[:300]}, unlike the site's pages so far",)


def _said_title(soup: BeautifulSoup) -> str:
    return _plain(_text(soup.title)) if soup.title else ""


DOCUMENTS = ", ".join(
    f"ol.timeline {link}"
    for link in (
        "a.publication-link",
        ".event__title a",
        "a[href*='/v1/file/' i]",
        "a[href*='//files.' i]",
        "a[href$='.pdf' i]",
    )
)
"""Links of a timeline that are documents, or look like one: if the site renames its classes, that must be noticed."""

_FILE = re.compile(r"/v1/file/([0-9]{1,20})(?:\.[A-Za-z0-9]{1,5})?/?")


def _listing(link: Tag, *, urn: str, page_url: str) -> Listing | str:
    """The listing, or what is odd about the link."""
    url = _address(page_url, str(link.get("href", "")))
    if url is None:
        return f"a link whose address cannot be understood: {_shown(link)}"
    file = _FILE.fullmatch(urlsplit(url).path)
    if file is None:
        return f"a document whose address has no file number: {url}"
    if "publication-link" not in link.get_attribute_list("class"):
        return f"a document that is not marked as one: {url}"
    published = _published(link)
    if published is None:
        return f"a document without a date: {url}"
    return Listing(file_id=file.group(1), urn=urn, title=_type(link), url=url, published=published)


def _address(page_url: str, href: str) -> str | None:
    """The whole address of a link, or None for one that a browser would not take or that hides where it leads."""
    try:
        url = urljoin(page_url, href)
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc and "@" not in parts.netloc else None


def _shown(link: Tag) -> str:
    return f"“{_type(link)}”, {str(link.get('href', 'no address'))[:200]}"


def _contradiction(first: Listing, again: Listing) -> tuple[str, ...]:
    """What is odd about a file that stands on the page twice: a file is one document, with one title and one date."""
    if (first.title.casefold(), first.published) == (again.title.casefold(), again.published):
        return ()
    told = f"{first.title}, {first.published}, and {again.title}, {again.published}"
    return (f"one file is listed as two documents ({told}): {again.url}",)


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
