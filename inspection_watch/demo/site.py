"""A local copy of the source site, for the demo and for tests: a real HTTP server on this machine alone.

site = Site(providers, publications)
with LocalSite(site) as address:
    ...                                # GET address/search, /provider/44/80578, /v1/file/50250001
    site.publish(another)
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import signal
import socket
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Final
from urllib.parse import parse_qs, urlencode, urlsplit
from zoneinfo import ZoneInfo

from inspection_watch.demo.catalogue import Fault, Provider, Publication, Request, Scene, Site
from inspection_watch.demo.markup import not_found_page, provider_page, search_page

__all__ = ["Fault", "LocalSite", "Provider", "Publication", "Request", "Scene", "Site"]

MOST_ROWS: Final = 100
"""The real site caps here, and does not say so."""
USUAL_ROWS: Final = 10
ADDRESS: Final = "127.0.0.1"
LARGEST_ORDER: Final = 2**20
"""Bytes that are read of what somebody posts."""
LONDON: Final = ZoneInfo("Europe/London")

Scenes = Mapping[str, Scene]
"""What can be published from outside, by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    body: bytes
    status: int = HTTPStatus.OK
    content_type: str = "text/html; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)


def _html(text: str, status: int = HTTPStatus.OK) -> _Answer:
    return _Answer(body=text.encode(), status=status)


def _json(value: object, status: int = HTTPStatus.OK) -> _Answer:
    return _Answer(body=json.dumps(value).encode(), status=status, content_type="application/json")


def _search(site: Site, query: str) -> _Answer:
    """Authorities are listed only for those who ask for local authority children's services, as on the real site."""
    asked = parse_qs(query, keep_blank_values=True)
    start, rows = _number(asked, "start", 0), min(_number(asked, "rows", USUAL_ROWS), MOST_ROWS)
    ours = asked.get("level_1_types") == ["3"] and asked.get("level_2_types[]") == ["12"]
    listed = site.listed(asked.get("q", [""])[0]) if ours else ()
    more = start + rows < len(listed)
    onward = urlencode({**asked, "start": start + rows, "rows": rows}, doseq=True)
    return _html(
        search_page(listed[start : start + rows], total=len(listed), following=f"/search?{onward}" if more else None)
    )


def _number(asked: Mapping[str, list[str]], name: str, otherwise: int) -> int:
    value = asked.get(name, [""])[0]
    return int(value) if value.isascii() and value.isdigit() else otherwise


def _provider(site: Site, urn: str, host: str) -> _Answer:
    found = site.timeline(urn)
    if found is None:
        return _html(not_found_page(), HTTPStatus.NOT_FOUND)
    provider, publications = found
    return _html(provider_page(provider, publications, files=f"http://{host}"))


def _file(site: Site, file_id: str) -> _Answer:
    body = site.file(file_id)
    if body is None:
        return _html(not_found_page(), site.missing_status)
    return _Answer(body=body, content_type="application/pdf")


def _page(site: Site, target: str, host: str) -> _Answer:
    parts = urlsplit(target)
    match parts.path.strip("/").split("/"):
        case ["search"]:
            return _search(site, parts.query)
        case ["provider", "44", urn]:
            return _provider(site, urn, host)
        case ["v1", "file", file_id]:
            return _file(site, file_id)
        case _:
            return _html(not_found_page(), HTTPStatus.NOT_FOUND)


def _validators(site: Site, answer: _Answer) -> Mapping[str, str]:
    if not site.validators or answer.status != HTTPStatus.OK:
        return {}
    return {
        "ETag": f'"{hashlib.sha256(answer.body).hexdigest()[:32]}"',
        "Last-Modified": format_datetime(site.last_modified, usegmt=True),
    }


def _unchanged(validators: Mapping[str, str], headers: Mapping[str, str]) -> bool:
    """RFC 9110, 13.2.2: If-Modified-Since counts only where there is no If-None-Match."""
    if not validators:
        return False
    if tags := headers.get("if-none-match"):
        return validators["ETag"] in tags
    if since := headers.get("if-modified-since"):
        return parsedate_to_datetime(validators["Last-Modified"]) <= parsedate_to_datetime(since)
    return False


def _publish(site: Site, scenes: Scenes, today: Callable[[], date], order: bytes) -> _Answer:
    try:
        wanted = json.loads(order)
        day = date.fromisoformat(wanted["day"]) if "day" in wanted else today()
        publication = scenes[wanted["scene"]].stage(day)
        site.publish(publication)
    except (ValueError, TypeError, KeyError):
        said = f'say {{"scene": "..."}} with one of {", ".join(scenes)}, and "day" as in 2026-11-20 if it is not today'
        return _json({"error": said}, HTTPStatus.BAD_REQUEST)
    return _json(
        {
            "urn": publication.urn,
            "title": publication.title,
            "published": publication.published.isoformat(),
            "file_id": publication.file_id,
        }
    )


@dataclass(frozen=True, slots=True)
class _Stage:
    """What a request handler answers from."""

    site: Site
    scenes: Scenes
    today: Callable[[], date]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server_version = "local-copy"

    def __init__(
        self, stage: _Stage, request: socket.socket, client_address: tuple[str, int], server: ThreadingHTTPServer
    ) -> None:
        self._stage = stage
        super().__init__(request, client_address, server)

    def do_GET(self) -> None:
        headers = self._recorded()
        fault = self._stage.site.take_fault(self.path)
        if fault is not None and fault.cut_after is None:
            self._send(_Answer(body=fault.body, status=fault.status, headers=fault.headers))
            return
        answer = _page(self._stage.site, self.path, headers.get("host", ADDRESS))
        validators = _validators(self._stage.site, answer)
        if fault is not None:
            self._send(answer, cut_after=fault.cut_after)
        elif _unchanged(validators, headers):
            self._send(_Answer(body=b"", status=HTTPStatus.NOT_MODIFIED, headers=validators))
        else:
            self._send(answer, validators)

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_POST(self) -> None:
        headers = self._recorded()
        length = headers.get("content-length", "")
        # Whatever was sent is taken from the line first: a connection closed on it would lose the answer.
        order = self.rfile.read(min(int(length), LARGEST_ORDER)) if length.isdigit() else b""
        if self.path != "/_demo/publish":
            self._send(_html(not_found_page(), HTTPStatus.NOT_FOUND))
        else:
            self._send(_publish(self._stage.site, self._stage.scenes, self._stage.today, order))

    def _recorded(self) -> Mapping[str, str]:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self._stage.site.record(Request(method=self.command, path=self.path, headers=headers))
        return headers

    def _send(self, answer: _Answer, more: Mapping[str, str] | None = None, cut_after: int | None = None) -> None:
        self.send_response(answer.status)
        for name, value in {**answer.headers, **(more or {})}.items():
            self.send_header(name, value)
        if answer.status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Type", answer.content_type)
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body[:cut_after])
        if cut_after is not None:
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: what was asked stands in `Site.requests`."""


class _Server(ThreadingHTTPServer):
    """Knows its open connections, so that stopping need not wait for a client that keeps one for later."""

    daemon_threads = False
    request_queue_size = 64

    def __init__(self, port: int, handler: Callable[..., BaseHTTPRequestHandler]) -> None:
        self._open: set[socket.socket] = set()
        self._opening = threading.Lock()
        super().__init__((ADDRESS, port), handler)

    def process_request(self, request: socket.socket, client_address: tuple[str, int]) -> None:  # type: ignore[override]
        with self._opening:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: socket.socket) -> None:  # type: ignore[override]
        with self._opening:
            self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        with self._opening:
            for connection in self._open:
                with contextlib.suppress(OSError):  # it may have hung up itself
                    connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away is nothing to talk about; anything else is a fault of ours."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


def _london_today() -> date:
    return datetime.now(LONDON).date()


class LocalSite:
    """Serves a `Site` until the end of the block; the block gets its address, such as "http://127.0.0.1:40123".

    `scenes` are what POST /_demo/publish can publish; `today` is the day it takes when none is said.
    """

    def __init__(
        self, site: Site, *, port: int = 0, scenes: Scenes | None = None, today: Callable[[], date] = _london_today
    ) -> None:
        self._server = _Server(port, partial(_Handler, _Stage(site, scenes or {}, today)))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), name="local-site")
        self.address = f"http://{ADDRESS}:{self._server.server_port}"

    def __enter__(self) -> str:
        self._thread.start()
        return self.address

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.hang_up()
        self._server.server_close()
        self._thread.join()


def main() -> None:
    """Serve the histories until told to stop."""
    # Documents are printed with reportlab, which serving a site of one's own does not need.
    from inspection_watch.demo.histories import SCENES, build_site

    parser = argparse.ArgumentParser(
        description="A local copy of the source site, with documents made by this program."
    )
    parser.add_argument("--port", type=int, default=0, help="on 127.0.0.1; a free one if it is not given")
    parser.add_argument("--histories", type=int, help="of only so many authorities; the others have published nothing")
    asked = parser.parse_args()
    stop = threading.Event()
    for told in (signal.SIGINT, signal.SIGTERM):
        signal.signal(told, lambda _number, _frame: stop.set())
    with LocalSite(build_site(asked.histories, validators=True), port=asked.port, scenes=SCENES) as address:
        sys.stdout.write(f"{address}\n")
        sys.stdout.flush()
        stop.wait()


if __name__ == "__main__":
    main()
