"""The small HTTP server of this process: what is answered at which path. Nothing here knows what is asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import structlog

CHECK_SECONDS = 3
IDLE_SECONDS = 10
"""Who says nothing for so long is hung up on: a visitor must not keep a thread for ever."""
LARGEST_BODY = 2**20
"""Bytes of what may be posted to us."""

log = structlog.get_logger()


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
    """One that lets a morning's rush wait at the door: the five that the library lets wait are refused in a burst."""

    request_queue_size = 128


@contextmanager
def serve(listen: tuple[str, int], doors: Doors) -> Iterator[int]:
    """Answer on `listen` (host, port; port 0 takes a free one, which is given back) until the block ends.

    Raises OSError if the port is taken.
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
        timeout = IDLE_SECONDS
        server_version, sys_version = "inspection-watch", ""

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
