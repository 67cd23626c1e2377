"""The small HTTP server of this process: what is answered at which path. Nothing here knows what is asked."""

from __future__ import annotations

import io
import json
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import structlog

CHECK_SECONDS = 3
PATIENCE_SECONDS = 10.0
"""Who has not said all by then, or takes so long to hear the answer, is hung up on."""
MOST_VISITORS = 64
"""At the same time, each with a thread of its own; whoever comes then takes the place of the oldest."""
LARGEST_BODY = 2**20
"""Bytes of what may be posted to us."""

log = structlog.get_logger()


class TakenError(Exception):
    """One sentence: somebody else listens there. That may pass."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What is answered: HTTP status, headers and body."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "text/plain; charset=utf-8"),)
    body: bytes = b""


Get = Callable[[], Reply]
Post = Callable[[Mapping[str, str], bytes], Reply]
"""Headers (each Word-Of-A-Name in capitals, however it was sent) and body in, reply out."""


@dataclass(frozen=True, slots=True)
class Doors:
    """What is answered, by path. A door may be added while the server runs."""

    get: dict[str, Get] = field(default_factory=dict)
    post: dict[str, Post] = field(default_factory=dict)


def as_text(words: str, status: int = 200) -> Reply:
    return Reply(status=status, body=f"{words}\n".encode())


def as_json(value: object, status: int = 200) -> Reply:
    body = json.dumps(value, ensure_ascii=False, indent=2).encode() + b"\n"
    return Reply(status=status, headers=(("Content-Type", "application/json; charset=utf-8"),), body=body)


class Server(ThreadingHTTPServer):
    """One that lets a morning's rush wait at the door: the five that the library lets wait are refused in a burst.

    Visitors who only keep a place do not close it for others: an answer takes a moment, so whoever has been here
    longest is one of them, and gives way.
    """

    request_queue_size = 128

    def __init__(self, where: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        self.address_family = _family(where)
        self._visitors: dict[socket.socket, None] = {}
        self._lock = threading.Lock()
        super().__init__(where, handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._visitors[request] = None
            oldest = next(iter(self._visitors)) if len(self._visitors) > MOST_VISITORS else None
        if oldest is not None:
            self._leaves(oldest)
            with suppress(OSError):  # it was faster
                oldest.shutdown(socket.SHUT_RDWR)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._leaves(request)
        super().shutdown_request(request)

    def _leaves(self, visitor: socket.socket) -> None:
        with self._lock:
            self._visitors.pop(visitor, None)

    def handle_error(self, *_: object) -> None:
        """The library prints a traceback of many lines. Whoever hangs up before the answer is worth none."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            log.exception("request failed")


def _family(where: tuple[str, int]) -> socket.AddressFamily:
    """Version 4 or 6, as the host is one of them. Raises OSError if it is none."""
    return socket.getaddrinfo(*where, type=socket.SOCK_STREAM)[0][0]


class _Heard(io.RawIOBase):
    """What a visitor says until a moment, however it drips; then TimeoutError."""

    def __init__(self, line: socket.socket, until: float) -> None:
        self._line, self._until = line, until

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._line.settimeout(left)
        return self._line.recv_into(buffer)


@contextmanager
def serve(listen: tuple[str, int], doors: Doors) -> Iterator[int]:
    """Answer on `listen` (host, port; port 0 takes a free one, which is given back) until the block ends.

    Raises OSError if the port is taken, or the host is none.
    """
    server = Server(listen, _handler(doors))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, name="listen", daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


def answers(where: tuple[str, int]) -> bool:
    """Whether a service like ours answers there already."""
    connection = HTTPConnection(*where, timeout=CHECK_SECONDS)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, HTTPException, UnicodeError):
        return False
    finally:
        connection.close()


def _handler(doors: Doors) -> type[BaseHTTPRequestHandler]:
    class Answer(BaseHTTPRequestHandler):
        timeout = PATIENCE_SECONDS
        server_version, sys_version = "inspection-watch", ""

        def setup(self) -> None:
            super().setup()
            self.rfile.close()
            self.rfile = io.BufferedReader(_Heard(self.connection, time.monotonic() + PATIENCE_SECONDS))

        def do_GET(self) -> None:
            door = doors.get.get(urlsplit(self.path).path)
            self._say(_answered(door, self.path) if door else _nothing_here(doors))

        def do_POST(self) -> None:
            door = doors.post.get(urlsplit(self.path).path)
            length = self.headers.get("Content-Length", "")
            if door is None:
                self._say(_nothing_here(doors))
            elif not (length.isascii() and length.isdecimal()) or int(length) > LARGEST_BODY:
                self._say(as_text(f"A body of at most {LARGEST_BODY} bytes, and its length, are needed.", 413))
            else:
                headers = {name.title(): value for name, value in self.headers.items()}
                body = self.rfile.read(int(length))
                self._say(_answered(lambda: door(headers, body), self.path))

        def _say(self, reply: Reply) -> None:
            self.connection.settimeout(PATIENCE_SECONDS)
            self.send_response(reply.status)
            for name, value in reply.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            # Said out loud: a visitor that takes the line for open loses what it posts over it next.
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, *_: object) -> None:
            """A health check every few seconds is not worth a line."""

    return Answer


def _answered(door: Get, path: str) -> Reply:
    try:
        return door()
    except Exception:
        log.exception("request failed", path=urlsplit(path).path)
        return as_text("Something went wrong here; the log has the whole story.", 500)


def _nothing_here(doors: Doors) -> Reply:
    return as_text(f"There is only {', '.join(sorted({*doors.get, *doors.post}))} here.", 404)
