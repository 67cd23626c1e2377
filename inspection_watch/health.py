"""`/healthz`: whether this process is alive and its database answers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

CHECK_SECONDS = 3


@contextmanager
def serve(listen: tuple[str, int], trouble: Callable[[], str]) -> Iterator[int]:
    """Answer on `listen` (host, port; port 0 takes a free one, which is given back) until the block ends.

    `trouble()` says in a sentence what is wrong, "" while all is well. Raises OSError if the port is taken.
    """

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, words = _answer(self.path, trouble)
            body = words.encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/plain; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """A health check every few seconds is not worth a line."""

    server = ThreadingHTTPServer(listen, Answer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, name="health", daemon=True)
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
        return connection.getresponse().status in (200, 503)
    except (OSError, HTTPException, UnicodeError):
        return False
    finally:
        connection.close()


def _answer(path: str, trouble: Callable[[], str]) -> tuple[int, str]:
    if path != "/healthz":
        return 404, "There is only /healthz here.\n"
    wrong = trouble()
    return (503, f"{wrong}\n") if wrong else (200, "ok\n")
