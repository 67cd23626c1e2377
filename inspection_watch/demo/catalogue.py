"""What the local copy of the source site has on it, and what is wrong with it at the moment.

`Site` may be changed while it is served: tests and the demo publish, withdraw, and make it misbehave.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import ParamSpec

from inspection_watch.demo.faults import Faults

P = ParamSpec("P")

FIRST_MODIFIED = datetime(2026, 1, 1, 9, 30, tzinfo=UTC)
"""What a site says of itself until it is changed; every change moves it on by a second, without a clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """An authority as the site lists it. `registered` is the day of its status event, if its page shows one."""

    urn: str
    name: str
    registered: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """A document on the site. A `body` that is a function is called once, when the file is first asked for.

    `aside` is whether the link carries the words for screen readers ("Type, pdf - 30 July 2024"): some have none.
    """

    urn: str
    title: str
    published: date
    file_id: str
    body: bytes | Callable[[], bytes]
    aside: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Something that may be published next: what it is, in words, and what it makes of the day of publication."""

    name: str
    urn: str
    says: str
    stage: Callable[[date], Publication]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request the site has had. `path` includes the query; the names of headers are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]


class Site(Faults):
    """The state of the site. Every method may be called from any thread. What can go wrong with it is in `faults.py`.

    It has a clock of its own, which a test may hold: what was put down for a moment (`at`) happens when a request
    finds that moment past.

    `validators`: whether pages and files carry ETag and Last-Modified and are answered with 304 if unchanged.
    `missing_status`: the status of the page "Report not found" (what the real one has is not known: 200 or 404).
    `cap`: rows a search page gives at most, however many are asked for. `says_more`: whether it links to the next one.
    `files`: what the addresses of documents begin with, "" for this site's own. `robots`: what /robots.txt says.
    `furniture`: kilobytes of menus that each page carries around what it is about.
    """

    def __init__(
        self,
        providers: Iterable[Provider],
        publications: Iterable[Publication] = (),
        *,
        validators: bool = False,
        missing_status: int = 200,
        clock: Callable[[], datetime] = lambda: FIRST_MODIFIED,
    ) -> None:
        super().__init__()
        self.validators = validators
        self.missing_status = missing_status
        self.cap = 100
        self.says_more = True
        self.files = ""
        self.robots: str | None = None
        self.furniture = 0
        self.last_modified = FIRST_MODIFIED
        self._clock = clock
        self._coming: list[tuple[datetime, Callable[[], object]]] = []
        self._providers = {provider.urn: provider for provider in providers}
        self._publications: dict[str, Publication] = {}
        self._delisted: set[str] = set()
        self._lost: dict[str, int | None] = {}
        self._requests: list[Request] = []
        self._shown: int | None = None
        for publication in publications:
            self.publish(publication)

    def at(self, moment: datetime, act: Callable[P, object], *arguments: P.args, **named: P.kwargs) -> None:
        """Let something happen by the site's own clock: `site.at(nine, site.publish, report)`."""
        with self._lock:
            self._coming.append((moment, partial(act, *arguments, **named)))

    def _let_time_pass(self) -> None:
        """What is due happens, in the order of its moments."""
        now = self._clock()
        due = sorted((one for one in self._coming if one[0] <= now), key=lambda one: one[0])
        self._coming = [one for one in self._coming if one[0] > now]
        for _, act in due:
            act()

    def _changed(self) -> None:
        self.last_modified = max(self._clock().replace(microsecond=0), self.last_modified + timedelta(seconds=1))

    def admit(self, provider: Provider) -> None:
        """List an authority, or list it under another name."""
        with self._lock:
            self._providers[provider.urn] = provider
            self._changed()

    def expel(self, urn: str) -> None:
        """Take an authority off the site, with its page (KeyError if it is not there)."""
        with self._lock:
            del self._providers[urn]
            self._changed()

    def publish(self, publication: Publication) -> None:
        """List a document; one with the same file id is replaced. The authority must be on the site (KeyError)."""
        with self._lock:
            self._providers[publication.urn]
            self._publications[publication.file_id] = publication
            self._changed()

    def withdraw(self, file_id: str) -> None:
        """Take a document off the site (KeyError if it is not there)."""
        with self._lock:
            del self._publications[file_id]
            self._changed()

    def delist(self, file_id: str) -> None:
        """Leave a document off its authority's page; its address still answers (KeyError if it is not there)."""
        with self._lock:
            self._publications[file_id]
            self._delisted.add(file_id)
            self._changed()

    def relist(self, file_id: str) -> None:
        """Show a document again that was delisted (KeyError if it was not)."""
        with self._lock:
            self._delisted.remove(file_id)
            self._changed()

    def replace(self, file_id: str, body: bytes) -> None:
        """Other bytes under the same address, and nothing else (KeyError if it is not there)."""
        with self._lock:
            self._publications[file_id] = replace(self._publications[file_id], body=body)
            self._changed()

    def publish_again(self, file_id: str, as_id: str, body: bytes | None = None) -> None:
        """List a document once more under a second id, with other bytes if they are given (KeyError)."""
        with self._lock:
            first = self._publications[file_id]
            self.publish(replace(first, file_id=as_id, body=first.body if body is None else body))

    def lose(self, file_id: str, *, status: int | None = None) -> None:
        """Leave the document listed, but answer its link with "Report not found", under this status."""
        with self._lock:
            self._lost[file_id] = status
            self._changed()

    def find_again(self, file_id: str) -> None:
        """Let a link that was lost work again (KeyError if it was not)."""
        with self._lock:
            del self._lost[file_id]
            self._changed()

    def shrink(self, to: int | None) -> None:
        """List only so many authorities; None: all of them again."""
        with self._lock:
            self._shown = to
            self._changed()

    @property
    def requests(self) -> tuple[Request, ...]:
        """Every request so far, oldest first."""
        with self._lock:
            return tuple(self._requests)

    def record(self, request: Request) -> None:
        """A request has come; what is due by now has happened before it."""
        with self._lock:
            self._let_time_pass()
            self._requests.append(request)

    def forget_requests(self) -> None:
        with self._lock:
            self._requests.clear()

    @property
    def published(self) -> tuple[Publication, ...]:
        """Every document that is listed now."""
        with self._lock:
            return tuple(one for one in self._publications.values() if one.file_id not in self._delisted)

    def listed(self, words: str = "") -> tuple[tuple[Provider, date | None], ...]:
        """The authorities whose names hold these words, by name, with the date of their latest report."""
        with self._lock:
            providers = sorted(self._providers.values(), key=lambda provider: provider.name)[: self._shown]
            latest = self._latest()
        wanted = words.casefold().strip()
        return tuple((one, latest.get(one.urn)) for one in providers if wanted in one.name.casefold())

    def _latest(self) -> dict[str, date]:
        latest: dict[str, date] = {}
        for one in self.published:
            latest[one.urn] = max(one.published, latest.get(one.urn, one.published))
        return latest

    def timeline(self, urn: str) -> tuple[Provider, tuple[Publication, ...]] | None:
        """An authority and its documents, newest first; None if it is not on the site."""
        with self._lock:
            provider = self._providers.get(urn)
            theirs = [one for one in self.published if one.urn == urn]
        if provider is None:
            return None
        return provider, tuple(sorted(theirs, key=lambda one: (one.published, len(one.file_id), one.file_id))[::-1])

    def file(self, file_id: str) -> bytes | None:
        """A document's bytes, or None if its link is dead."""
        with self._lock:
            publication = self._publications.get(file_id)
            if publication is None or file_id in self._lost:
                return None
            if not isinstance(publication.body, bytes):
                publication = replace(publication, body=publication.body())
                self._publications[file_id] = publication
            body = publication.body
        assert isinstance(body, bytes)
        return body

    def status_of_missing(self, file_id: str) -> int:
        """The status of the page that stands for a document which is not there."""
        with self._lock:
            own = self._lost.get(file_id)
        return self.missing_status if own is None else own
