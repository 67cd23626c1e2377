"""What the random test plays on: a site that answers without a socket, a world that can end at any call, a memory."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from sqlalchemy import Engine, event, select

from inspection_watch.demo.pages import answer
from inspection_watch.demo.site import LocalSite, Request, Site
from judgements.types import Change, ChangeKind
from storage import schema
from storage.archive import Room
from storage.store import Store
from tests.fakes import FakeReader
from watchers.fetch import MAX_REDIRECTS, Fetched, Fetcher, Trouble
from watchers.world import World

HOST, FILES = "127.0.0.1:1", "127.0.0.1:2"
"""Where the site is, and the host of its documents."""


class CrashError(BaseException):
    """The power goes: no `except Exception` may stop it."""


@dataclass
class Fuse:
    """Burns down with every call of the world's parts; then `error` is raised, before or after that call is done."""

    left: int | None = None
    after: bool = False
    error: BaseException = field(default_factory=CrashError)

    def burn(self, call: Callable[[], Any]) -> Any:
        if self.left is None:
            return call()
        self.left -= 1
        if self.left >= 0:
            return call()
        self.left = None
        if self.after:
            call()
        raise self.error


class Fragile:
    """Anything, whose every method burns the fuse."""

    def __init__(self, whole: object, fuse: Fuse) -> None:
        self._whole = whole
        self._fuse = fuse

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._whole, name)
        return lambda *args, **kwargs: self._fuse.burn(lambda: method(*args, **kwargs))


class FakeArchive:
    """The archive, in memory: it outlives a crash as a disk does."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def put(self, data: bytes) -> str:
        sha256 = hashlib.sha256(data).hexdigest()
        self._kept[sha256] = data
        return sha256

    def get(self, sha256: str) -> bytes:
        return self._kept[sha256]

    def find(self, sha256: str) -> bytes | None:
        return self._kept.get(sha256)

    def room(self) -> Room:
        return Room(whole=2**40, free=2**39)


class FakeFetcher:
    """The site's answers as a fetcher would give them, redirects followed, but without a socket or a second try."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def get(
        self, url: str, *, etag: str | None = None, last_modified: str | None = None, limit: int = 2**26
    ) -> Fetched | Trouble:
        for _ in range(MAX_REDIRECTS + 1):
            said = self._once(url, etag, last_modified)
            if not isinstance(said, str):
                return said
            url = said
        return Trouble(why=f"{url} redirects more than {MAX_REDIRECTS} times")

    def _once(self, url: str, etag: str | None, last_modified: str | None) -> Fetched | Trouble | str:
        parts = urlsplit(url)
        if parts.netloc not in (HOST, FILES):
            return Trouble(why=f"{parts.netloc} is not a host we may fetch from")
        given = {"host": HOST, "if-none-match": etag, "if-modified-since": last_modified}
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        headers = {name: value for name, value in given.items() if value}
        said = answer(self._site, Request(method="GET", path=path, headers=headers))
        if said.fault is not None and said.fault.breaks_off:
            return Trouble(why=f"{url} cannot be fetched: the connection is gone")
        if said.status == 304 and (etag or last_modified):
            return Fetched(url=url, body=b"", not_modified=True)
        if said.status == 302:
            return urljoin(url, said.headers["Location"])
        if said.status not in (200, 404):
            pause = said.headers.get("Retry-After")
            return Trouble(
                why=f"{url} answered {said.status}", status=said.status, retry_after=float(pause) if pause else None
            )
        body = gzip.decompress(said.body) if "Content-Encoding" in said.headers else said.body
        return Fetched(
            url=url, body=body, etag=said.headers.get("ETag"), last_modified=said.headers.get("Last-Modified")
        )


class Stage:
    """A database that is emptied for each play, a site, and as many worlds, one after the other, as crash."""

    def __init__(self, engine: Engine, *, over_http: bool = False) -> None:
        self._engine = engine
        self._over_http = over_http
        self._worlds = 0
        if engine.dialect.name == "sqlite":  # here the power goes only in play
            event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
            engine.dispose()

    def set(self, site: Site, clock: Callable[[], datetime]) -> None:
        """Empty everything, and open the site."""
        with self._engine.begin() as connection:
            for table in reversed(schema.metadata.sorted_tables):
                connection.execute(table.delete())
        self._site, self._clock = site, clock
        self._archive = FakeArchive()
        self._open: LocalSite | None = None
        self.address = f"http://{HOST}"
        self.asked: list[str] = []
        if not self._over_http:
            site.files = f"http://{FILES}"
        else:
            self._open = LocalSite(site)
            self.address = self._open.__enter__()
        self._fetcher: Any = self._new_fetcher()

    def strike(self) -> None:
        if self._open is not None:
            self._fetcher.close()
            self._open.__exit__(None, None, None)

    def _new_fetcher(self) -> Fetcher | FakeFetcher:
        if not self._over_http:
            return FakeFetcher(self._site)
        host = self.address.removeprefix("http://")
        return Fetcher(hosts=[host], user_agent="test", gap=0, wait=lambda _: False, first_pause=0)

    def world(self, fuse: Fuse, meanwhile: Callable[[], object] = lambda: None) -> World:
        """A new process; `meanwhile` is called before each request."""
        self._worlds += 1

        class Watched:
            def get(_, url: str, **how: Any) -> Fetched | Trouble:  # noqa: N805
                meanwhile()
                self.asked.append(url)
                answered: Fetched | Trouble = self._fetcher.get(url, **how)
                return answered

        parts: dict[str, Any] = {
            "store": Store(self._engine),
            "archive": self._archive,
            "fetcher": Watched(),
            "reader": FakeReader(),
        }
        fragile: dict[str, Any] = {name: Fragile(part, fuse) for name, part in parts.items()}
        return World(**fragile, site=self.address, clock=self._clock, owner=f"process {self._worlds}")

    def announced(self) -> list[Change]:
        """Every change that was ever written down to be told, in the order in which it was.

        What was found in one look is put into the order in which it can have happened.
        """
        written = select(schema.changes.c.change, schema.changes.c.seen_at).order_by(schema.changes.c.seen_at)
        with self._engine.connect() as connection:
            rows = connection.execute(written).all()
        order = list(ChangeKind)
        told = [row.change for row in sorted(rows, key=lambda row: (row.seen_at, order.index(row.change.kind)))]
        return [change for change in told if change.listing.file_id]  # not of the real authorities that come and go

    def knows(self, file_id: str) -> bool:
        """Whether a document has ever been seen on a page."""
        seen = select(schema.documents.c.file_id).where(schema.documents.c.file_id == file_id)
        with self._engine.connect() as connection:
            return connection.execute(seen).scalars().first() is not None

    def baselines(self) -> dict[str, datetime]:
        """When each authority's history was taken."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(schema.authorities.c.urn, schema.authorities.c.baseline_at))
            return {urn: at for urn, at in rows if at is not None}
