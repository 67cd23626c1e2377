"""What the local copy of the source site has on it, and what is wrong with it at the moment.

`Site` may be changed while it is served: tests and the demo publish, withdraw, and make it misbehave.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

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
class Fault:
    """What is answered instead of a page or a file under a path. `cut_after` bytes of a good body, the line is cut."""

    path_prefix: str
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    cut_after: int | None = None
    times: int | None = 1
    """How often; None: until the site is healed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request the site has had. `path` includes the query; the names of headers are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]


class Site:
    """The state of the site. Every method may be called from any thread.

    `validators`: whether pages and files carry ETag and Last-Modified and are answered with 304 if unchanged.
    `missing_status`: the status of the page "Report not found" (what the real one has is not known: 200 or 404).
    """

    def __init__(
        self,
        providers: Iterable[Provider],
        publications: Iterable[Publication] = (),
        *,
        validators: bool = False,
        missing_status: int = 200,
    ) -> None:
        self.validators = validators
        self.missing_status = missing_status
        self._lock = threading.RLock()
        self._providers = {provider.urn: provider for provider in providers}
        self._publications: dict[str, Publication] = {}
        self._lost: set[str] = set()
        self._faults: list[Fault] = []
        self._requests: list[Request] = []
        self._shown: int | None = None
        self._changes = 0
        for publication in publications:
            self.publish(publication)

    def publish(self, publication: Publication) -> None:
        """List a document; one with the same file id is replaced. The authority must be on the site (KeyError)."""
        with self._lock:
            self._providers[publication.urn]
            self._publications[publication.file_id] = publication
            self._changes += 1

    def withdraw(self, file_id: str) -> None:
        """Take a document off the site (KeyError if it is not there)."""
        with self._lock:
            del self._publications[file_id]
            self._changes += 1

    def lose(self, file_id: str) -> None:
        """Leave the document listed, but answer its link with "Report not found"."""
        with self._lock:
            self._lost.add(file_id)
            self._changes += 1

    def find_again(self, file_id: str) -> None:
        """Let a link that was lost work again."""
        with self._lock:
            self._lost.remove(file_id)
            self._changes += 1

    def shrink(self, to: int | None) -> None:
        """List only so many authorities; None: all of them again."""
        with self._lock:
            self._shown = to
            self._changes += 1

    def answer(
        self,
        path_prefix: str,
        *,
        status: int,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        times: int | None = 1,
    ) -> None:
        """Answer so to the next `times` requests under a path (None: until `heal`). Faults are used up in order."""
        self._break(Fault(path_prefix=path_prefix, status=status, headers=headers or {}, body=body, times=times))

    def cut(self, path_prefix: str, *, after: int, times: int | None = 1) -> None:
        """Cut the connection after so many bytes of the body that was promised."""
        self._break(Fault(path_prefix=path_prefix, cut_after=after, times=times))

    def _break(self, fault: Fault) -> None:
        with self._lock:
            self._faults.append(fault)

    def heal(self) -> None:
        """Forget every fault that was asked for."""
        with self._lock:
            self._faults.clear()

    def take_fault(self, path: str) -> Fault | None:
        """The first fault for this path, one use of it taken."""
        with self._lock:
            for place, fault in enumerate(self._faults):
                if path.startswith(fault.path_prefix):
                    self._wear(place, fault)
                    return fault
        return None

    def _wear(self, place: int, fault: Fault) -> None:
        if fault.times is None:
            return
        if fault.times > 1:
            self._faults[place] = replace(fault, times=fault.times - 1)
        else:
            del self._faults[place]

    @property
    def requests(self) -> tuple[Request, ...]:
        """Every request so far, oldest first."""
        with self._lock:
            return tuple(self._requests)

    def record(self, request: Request) -> None:
        with self._lock:
            self._requests.append(request)

    def forget_requests(self) -> None:
        with self._lock:
            self._requests.clear()

    @property
    def last_modified(self) -> datetime:
        return FIRST_MODIFIED + timedelta(seconds=self._changes)

    def listed(self, words: str = "") -> tuple[tuple[Provider, date | None], ...]:
        """The authorities whose names hold these words, by name, with the date of their latest report."""
        with self._lock:
            providers = sorted(self._providers.values(), key=lambda provider: provider.name)[: self._shown]
            latest = self._latest()
        wanted = words.casefold().strip()
        return tuple((one, latest.get(one.urn)) for one in providers if wanted in one.name.casefold())

    def _latest(self) -> dict[str, date]:
        latest: dict[str, date] = {}
        for one in self._publications.values():
            latest[one.urn] = max(one.published, latest.get(one.urn, one.published))
        return latest

    def timeline(self, urn: str) -> tuple[Provider, tuple[Publication, ...]] | None:
        """An authority and its documents, newest first; None if it is not on the site."""
        with self._lock:
            provider = self._providers.get(urn)
            theirs = [one for one in self._publications.values() if one.urn == urn]
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
