"""`inspection-watch doctor --live`: what the source site is like today, in a handful of requests.

    robots.txt -> the list, page by page -> more rows than it gives -> the page with the newest report
      -> that report -> a document that does not exist -> each of them once more, if it has not changed

Requests keep their gap, and a site that refuses one is not asked for another. `docs/live.md` says what is believed of
the site, and what each of these checks is for.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Final
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

from inspection_watch import wiring
from inspection_watch.doctor import Finding, Verdict
from inspection_watch.settings import Settings
from judgements.authorities import REGISTRY
from judgements.document import is_pdf
from judgements.types import Listing, Report
from watchers.fetch import Fetched, Fetcher, Trouble
from watchers.listings import NOT_FOUND, NotThePage, ProviderPage, SearchEntry, SearchPage, provider_page, search_page
from watchers.read import Reader
from watchers.rota import london_day
from watchers.sources import LOCAL_AUTHORITIES, ROWS

SOURCE: Final = LOCAL_AUTHORITIES
MOST_PAGES: Final = 4
MORE_ROWS: Final = 1000
NO_SUCH_FILE: Final = "/v1/file/1"
REFUSED: Final = frozenset({403, 429})
MOST_NAMED: Final = 5


class _EndError(Exception):
    """There is no sense in asking further, and why."""

    def __init__(self, check: str, words: str) -> None:
        super().__init__(words)
        self.finding = Finding(check=check, verdict=Verdict.FIX, words=words)


def examine(settings: Settings, now: datetime) -> Iterator[Finding]:
    """The checks in their order. It ends early, with the reason, where the site refuses us or shows no list."""
    fetcher = wiring.fetcher(settings, threading.Event().wait)
    try:
        yield from _examine(settings, fetcher, london_day(now))
    except _EndError as end:
        yield end.finding
    finally:
        fetcher.close()


def _examine(settings: Settings, fetcher: Fetcher, today: date) -> Iterator[Finding]:
    site = settings.INSPECTION_WATCH_SITE_URL.rstrip("/")
    yield robots(_ask(fetcher, f"{site}/robots.txt"), site, wiring.user_agent(settings), settings.INSPECTION_WATCH_GAP)
    pages, first = _list(fetcher, site)
    yield listed(pages, today)
    yield from dates(pages)
    yield cap(_ask(fetcher, SOURCE.search_url(site, 0).replace(f"rows={ROWS}", f"rows={MORE_ROWS}")))
    entry = newest(pages)
    if entry is None:
        raise _EndError("page", "no authority on the list has a report: there is no page to look at.")
    answer = _ask(fetcher, SOURCE.provider_url(site, entry.urn))
    page = _page(answer, entry)
    yield from provider(page, entry)
    yield unfamiliar([*pages, page])
    yield hosts(page.listings, settings.hosts)
    file = _ask(fetcher, page.listings[0].url)
    yield document(file)
    yield missing(_ask(fetcher, site_of(page.listings[0].url) + NO_SUCH_FILE))
    for name, seen in (("list", first), ("page", answer), ("file", file)):
        yield conditional(name, seen, _again(fetcher, seen))
    yield Finding(check="manners", verdict=Verdict.OK, words="no request was refused or slowed down.")


def _ask(fetcher: Fetcher, url: str, *, etag: str | None = None, last_modified: str | None = None) -> Fetched | Trouble:
    answer = fetcher.get(url, etag=etag, last_modified=last_modified)
    if isinstance(answer, Trouble) and answer.status in REFUSED:
        pause = f", and to stay away for {answer.retry_after:.0f} s" if answer.retry_after else ""
        raise _EndError("manners", f"{answer.why}: we are told to go{pause}. Nothing more was asked; see docs/live.md.")
    return answer


def _again(fetcher: Fetcher, seen: Fetched | Trouble) -> Fetched | Trouble | None:
    """The same once more, on condition that it has changed; None if the site gave us nothing to ask that with."""
    if isinstance(seen, Trouble) or not (seen.etag or seen.last_modified):
        return None
    return _ask(fetcher, seen.url, etag=seen.etag, last_modified=seen.last_modified)


def _list(fetcher: Fetcher, site: str) -> tuple[list[SearchPage], Fetched]:
    pages: list[SearchPage] = []
    first: Fetched | None = None
    for _ in range(MOST_PAGES):
        answer = _ask(fetcher, SOURCE.search_url(site, sum(len(page.entries) for page in pages)))
        found = answer if isinstance(answer, Trouble) else search_page(answer.body)
        if isinstance(found, Trouble | NotThePage) or isinstance(answer, Trouble):
            why = found.why if isinstance(found, Trouble | NotThePage) else ""
            raise _EndError("list", f"{why}: the watcher cannot read the list.")
        first = first or answer
        pages.append(found)
        if not found.has_next:
            break
    assert first is not None
    return pages, first


def _page(answer: Fetched | Trouble, entry: SearchEntry) -> ProviderPage:
    found = answer if isinstance(answer, Trouble) else provider_page(answer.body, urn=entry.urn, url=answer.url)
    if isinstance(found, Trouble | NotThePage):
        raise _EndError("page", f"{found.why}: the watcher cannot read the page of {entry.name}.")
    if not found.listings:
        raise _EndError("page", f"the page of {entry.name} lists no document, but the list dates one.")
    return found


def _finding(check: str, words: str, *, well: bool = True, broken: bool = False) -> Finding:
    verdict = Verdict.FIX if broken else Verdict.OK if well else Verdict.ADVICE
    return Finding(check=check, verdict=verdict, words=words)


def robots(answer: Fetched | Trouble, site: str, agent: str, gap: float) -> Finding:
    """What the rules for robots say of the three kinds of address that the watcher asks for."""
    if isinstance(answer, Trouble) or answer.status != 200 or b"<html" in answer.body[:1000].lower():
        why = answer.why if isinstance(answer, Trouble) else "there is no robots.txt"
        return _finding("robots", f"{why}: nothing is forbidden to us by name.")
    rules = RobotFileParser()
    rules.parse(answer.body.decode(errors="replace").splitlines())
    wanted = (SOURCE.search, f"{SOURCE.provider}/80578", "/v1/file/50000000")
    if forbidden := [path for path in wanted if not rules.can_fetch(agent, site + path)]:
        words = f"robots.txt forbids {_named(forbidden)}: ask the site's owners before the watcher goes on."
        return _finding("robots", words, broken=True)
    delay = float(rules.crawl_delay(agent) or 0)
    if delay > gap:
        return _finding(
            "robots", f"robots.txt asks for {delay:g} s between requests: set INSPECTION_WATCH_GAP.", well=False
        )
    return _finding("robots", "robots.txt allows what the watcher asks for.")


def listed(pages: Sequence[SearchPage], today: date) -> Finding:
    """Whether every authority that the registry has for the day is on the list, and no other."""
    urns = {entry.urn: entry.name for page in pages for entry in page.entries}
    country = [one for one in REGISTRY.on(today).current if not one.provisional]
    gone = [one.name for one in country if one.urn not in urns]
    more = [name for urn, name in urns.items() if urn not in {one.urn for one in country}]
    words = f"{len(urns)} authorities on {len(pages)} pages"
    if gone:
        return _finding("list", f"{words}; {len(gone)} that should be there are missing: {_named(gone)}.", broken=True)
    if more:
        return _finding("list", f"{words}; {len(more)} are not in our registry of today: {_named(more)}.", well=False)
    return _finding("list", f"{words}, those of our registry.")


def dates(pages: Sequence[SearchPage]) -> Iterator[Finding]:
    """Whether the list can be understood, and when the newest report is of."""
    odd = [one for page in pages for one in page.odd]
    if odd:
        yield _finding("markup", f"the list is not all understood: {'; '.join(odd[:MOST_NAMED])}.", broken=True)
    dated = [entry.latest_report for page in pages for entry in page.entries if entry.latest_report]
    if dated:
        yield _finding("newest", f"the newest report is of {_day(max(dated))}; {len(dated)} authorities have one.")


def cap(answer: Fetched | Trouble) -> Finding:
    """How many rows come when more are asked for than were ever given."""
    page = answer if isinstance(answer, Trouble) else search_page(answer.body)
    if isinstance(page, Trouble | NotThePage):
        return _finding("rows", f"{MORE_ROWS} rows asked for: {page.why}.", well=False)
    words = f"{MORE_ROWS} rows asked for, {len(page.entries)} came"
    if len(page.entries) == ROWS and page.has_next:
        return _finding("rows", f"{words}, and a link to more: the cap is as it was.")
    return _finding("rows", f"{words}: the cap was {ROWS}, see docs/live.md.", well=False)


def newest(pages: Sequence[SearchPage]) -> SearchEntry | None:
    """The authority with the newest report."""
    entries = [entry for page in pages for entry in page.entries if entry.latest_report is not None]
    return max(entries, key=lambda entry: (entry.latest_report or date.min, entry.urn), default=None)


def provider(page: ProviderPage, entry: SearchEntry) -> Iterator[Finding]:
    """Whether an authority's own page can be understood, and bears out what the list says of it."""
    if page.odd:
        words = f"the page of {entry.name} is not all understood: {'; '.join(page.odd[:MOST_NAMED])}."
        yield _finding("markup", words, broken=True)
    latest = max(listing.published for listing in page.listings)
    words = f"the page of {entry.name} has a timeline of {len(page.listings)} documents, the latest of {_day(latest)}"
    if latest == entry.latest_report and page.name == entry.name:
        yield _finding("page", f"{words}, as the list says.")
    else:
        yield _finding("page", f"{words}; the list says {entry.latest_report}. It is headed “{page.name}”.", well=False)


def unfamiliar(pages: Iterable[SearchPage | ProviderPage]) -> Finding:
    """What the pages say that the site has not been seen to say before."""
    new = list(dict.fromkeys(words for page in pages for words in page.unfamiliar))
    if new:
        return _finding(
            "words", f"{_named(new)}: nothing is lost by it, and it should be made known to the program.", well=False
        )
    return _finding("words", "titles and types of documents are those known.")


def hosts(listings: Iterable[Listing], allowed: Iterable[str]) -> Finding:
    """Whether the documents stand where we may fetch them."""
    there = sorted({urlsplit(listing.url).netloc.lower() for listing in listings})
    if strange := sorted(set(there) - {host.lower() for host in allowed}):
        return _finding(
            "hosts", f"documents stand on {_named(strange)}: add it to INSPECTION_WATCH_FILE_HOSTS.", broken=True
        )
    return _finding("hosts", f"the documents stand on {_named(there)}.")


def document(answer: Fetched | Trouble) -> Finding:
    """Whether the newest report is a PDF, and whether the parser reads it."""
    if isinstance(answer, Trouble):
        return _finding("document", f"{answer.why}.", broken=True)
    label = dict(answer.headers).get("content-type", "no content type")
    if not is_pdf(answer.body):
        return _finding("document", f"{answer.url} is no PDF by its first bytes, under {label}.", broken=True)
    with Reader() as reader:
        reading = reader.read(answer.body)
    words = f"{answer.url} is a PDF of {len(answer.body) / 1024:.0f} KB under {label}"
    if isinstance(reading, Report):
        return _finding("document", f"{words}, and is read as {reading.kind}.", well=not reading.problems)
    return _finding("document", f"{words}, and is not read: {reading.why}", well=False)


def missing(answer: Fetched | Trouble) -> Finding:
    """What stands for a document that does not exist."""
    if isinstance(answer, Trouble):
        return _finding("missing", f"a document that does not exist: {answer.why}.", well=False)
    says = NOT_FOUND.encode() in answer.body.lower()
    words = f"a document that does not exist is answered with status {answer.status}"
    if says and not is_pdf(answer.body):
        return _finding("missing", f"{words} and the page “Report not found”, as is known.")
    return _finding("missing", f"{words}, and not with the page that is known.", well=False)


def conditional(name: str, seen: Fetched | Trouble, again: Fetched | Trouble | None) -> Finding:
    """Whether we are spared what has not changed."""
    check = f"{name} again"
    if again is None or isinstance(seen, Trouble):
        return _finding(check, "no ETag and no Last-Modified are sent: it is fetched whole each time.", well=False)
    sent = " and ".join(words for words, given in (("ETag", seen.etag), ("Last-Modified", seen.last_modified)) if given)
    if isinstance(again, Trouble):
        return _finding(check, f"{sent} sent, but asked with them: {again.why}.", well=False)
    if again.not_modified:
        return _finding(check, f"{sent} sent, and what has not changed is not sent again.")
    return _finding(check, f"{sent} sent, but the whole of it came again.", well=False)


def site_of(url: str) -> str:
    """The address of the host that a document stands on."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _named(names: Sequence[str]) -> str:
    shown = ", ".join(names[:MOST_NAMED])
    return shown if len(names) <= MOST_NAMED else f"{shown} and {len(names) - MOST_NAMED} more"


def _day(day: date) -> str:
    return f"{day:%-d %B %Y}"
