"""A local copy of the source site, for the demo and for tests: a real HTTP server on this machine alone.

site = Site(providers, publications)
with LocalSite(site) as address:
    ...                                # GET address/search, /provider/44/80578, /v1/file/50250001
    site.publish(another)
"""

from __future__ import annotations

import argparse
import contextlib
import json
import signal
import socket
import struct
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Final
from zoneinfo import ZoneInfo

from inspection_watch.demo.catalogue import Provider, Publication, Request, Scene, Site
from inspection_watch.demo.faults import Fault
from inspection_watch.demo.markup import not_found_page
from inspection_watch.demo.pages import ADDRESS, Answer, answer, html

__all__ = ["Fault", "LocalSite", "Provider", "Publication", "Request", "Scene", "Site"]

LARGEST_ORDER: Final = 2**20
"""Bytes that are read of what somebody posts."""
LONDON: Final = ZoneInfo("Europe/London")

Scenes = Mapping[str, Scene]
"""What can be published from outside, by name."""


def _json(value: object, status: int = HTTPStatus.OK) -> Answer:
    return Answer(body=json.dumps(value).encode(), status=status, content_type="application/json")


def _publish(site: Site, scenes: Scenes, today: Callable[[], date], order: bytes) -> Answer:
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
        self._send(answer(self._stage.site, self._asked()))

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_POST(self) -> None:
        asked = self._asked()
        self._stage.site.record(asked)
        length = asked.headers.get("content-length", "")
        # Whatever was sent is taken from the line first: a connection closed on it would lose the answer.
        order = self.rfile.read(min(int(length), LARGEST_ORDER)) if length.isdigit() else b""
        if self.path != "/_demo/publish":
            self._send(html(not_found_page(), HTTPStatus.NOT_FOUND))
        else:
            self._send(_publish(self._stage.site, self._stage.scenes, self._stage.today, order))

    def _asked(self) -> Request:
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Request(method=self.command, path=self.path, headers=headers)

    def _send(self, said: Answer) -> None:
        self.send_response(said.status)
        for name, value in said.headers.items():
            self.send_header(name, value)
        if said.status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Type", said.content_type)
            self.send_header("Content-Length", str(len(said.body)))
        self.end_headers()
        if self.command != "HEAD":
            self._send_body(said.body, said.fault)

    def _send_body(self, body: bytes, fault: Fault | None) -> None:
        if fault is None or not fault.breaks_off:
            self.wfile.write(body)
            return
        self.close_connection = True
        self.wfile.write(body[: fault.cut_after if fault.drip_after is None else fault.drip_after])
        if fault.drip_after is not None:
            self._drip(body[fault.drip_after :], fault.pace)
        if fault.torn:
            self.wfile.flush()
            # To close a socket that lingers for no time is to tear it down (RST instead of FIN).
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()

    def _drip(self, body: bytes, pace: float) -> None:
        assert isinstance(self.server, _Server)
        for place in range(len(body)):
            if self.server.closing.wait(pace):
                return
            self.wfile.write(body[place : place + 1])

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: what was asked stands in `Site.requests`."""


class _Server(ThreadingHTTPServer):
    """Knows its open connections, so that stopping need not wait for a client that keeps one for later."""

    daemon_threads = False
    request_queue_size = 64

    def __init__(self, port: int, handler: Callable[..., BaseHTTPRequestHandler]) -> None:
        self._open: set[socket.socket] = set()
        self._opening = threading.Lock()
        self.closing = threading.Event()
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
        self.closing.set()
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
    parser.add_argument("--documents", type=int, default=0, help="of each authority at least, filled up with letters")
    parser.add_argument("--furniture", type=int, default=0, help="kilobytes of menus on each page, as real ones have")
    asked = parser.parse_args()
    stop = threading.Event()
    for told in (signal.SIGINT, signal.SIGTERM):
        signal.signal(told, lambda _number, _frame: stop.set())
    site = build_site(asked.histories, validators=True, documents=asked.documents)
    site.furniture = asked.furniture
    with LocalSite(site, port=asked.port, scenes=SCENES) as address:
        sys.stdout.write(f"{address}\n")
        sys.stdout.flush()
        stop.wait()


if __name__ == "__main__":
    main()
