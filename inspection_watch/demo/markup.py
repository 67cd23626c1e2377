"""The source site's pages, in the markup measured on saved pages of the real one. Pure.

Kept apart from the reader in `watchers/listings.py` on purpose: each was written from the facts, not from the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from html import escape
from itertools import groupby

from inspection_watch.demo.catalogue import Provider, Publication

CATEGORY = "Local authority children's services"


def search_page(listed: Iterable[tuple[Provider, date | None]], *, total: int, following: str | None) -> str:
    """A page of results; `following` is the address of the next page."""
    results = "\n".join(_result(provider, latest) for provider, latest in listed)
    onward = f'<a class="pagination__next" href="{escape(following)}">Next</a>' if following else ""
    return _page(
        "Find an inspection report - Ofsted",
        f'<h1 class="heading--title">Find an inspection report</h1>\n<p>{total} results</p>\n'
        f'<ul class="results-list">\n{results}\n</ul>\n<nav class="pagination">{onward}</nav>',
    )


def _result(provider: Provider, latest: date | None) -> str:
    facts = [f"Category: {escape(CATEGORY)}", f"URN: {escape(provider.urn)}"]
    if latest is not None:
        facts.insert(1, f"Latest report: {_time(latest)}")
    info = "".join(f"<li>{fact}</li>" for fact in facts)
    return (
        f'<li class="search-result"><h3 class="search-result__title">'
        f'<a href="/provider/44/{escape(provider.urn)}">{escape(provider.name)}</a></h3>'
        f'<ul class="search-result__provider-info">{info}</ul></li>'
    )


def provider_page(provider: Provider, publications: Iterable[Publication], *, files: str) -> str:
    """An authority's own page, its documents as they are given; `files` is the address their links begin with."""
    days = [
        _day(day, "".join(_publication(one, files) for one in those))
        for day, those in groupby(publications, key=lambda one: one.published)
    ]
    if provider.registered is not None:
        days.append(_day(provider.registered, _event('<span class="event__title heading--sub">Registered</span>')))
    timeline = "\n".join(days)
    return _page(
        f"{provider.name} - Find an Inspection Report - Ofsted",
        f'<h1 class="heading--title">{escape(provider.name)}</h1>\n<p>URN: {escape(provider.urn)}</p>\n'
        f'<ol class="timeline">\n{timeline}\n</ol>',
    )


def _day(day: date, events: str) -> str:
    return f'<li class="timeline__day"><p class="timeline__date">{_time(day)}</p>{events}</li>'


def _publication(publication: Publication, files: str) -> str:
    title = escape(publication.title)
    aside = f'<span class="nonvisual">{title}, pdf - {_spoken(publication.published)}</span>'
    published = f'<div class="event__metadata">Published <time pubdate>{_spoken(publication.published)}</time></div>'
    link = (
        f'<a class="publication-link" target="_blank" href="{escape(files)}/v1/file/{escape(publication.file_id)}">'
        f"{title} {aside if publication.aside else ''}</a>"
    )
    return _event(
        f'<span class="event__title heading--sub">{link}</span>{"" if publication.aside else published}',
    )


def _event(inside: str) -> str:
    return f'<div class="event">{inside}</div>'


def not_found_page() -> str:
    """What the site answers for a document it does not have."""
    return _page(
        "Report not found - Find an Inspection Report - Ofsted",
        '<h1 class="heading--title">Report not found</h1>\n<p>Sorry, the document you requested no longer exists.</p>',
    )


def furnished(page: str, kilobytes: int) -> str:
    """A page among the menus and filters that a real one is full of: so many kilobytes of them."""
    size = len(_FURNITURE.format(number=0))
    items = "".join(_FURNITURE.format(number=number) for number in range(-(-kilobytes * 1024 // size)))
    return page.replace("<main>", f'<nav class="menu"><ul>{items}</ul></nav>\n<main>') if items else page


_FURNITURE = (
    '<li class="menu__item"><a class="menu__link menu__link--filter" href="/search?level_2_types={number:04}" '
    'data-track="filter"><span class="menu__text">Providers of kind {number:04}</span> <em>(12)</em></a></li>\n'
)


def _time(day: date) -> str:
    return f"<time>{_spoken(day)}</time>"


def _spoken(day: date) -> str:
    return f"{day:%d %B %Y}"


def _page(title: str, body: str) -> str:
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8"><title>{escape(title)}</title></head>\n'
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )
