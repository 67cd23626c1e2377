"""The small server as a visitor meets it, well-behaved or not."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from http.client import HTTPConnection, HTTPResponse

import pytest
from structlog.testing import capture_logs

from inspection_watch import listen
from inspection_watch.listen import LARGEST_BODY, Doors, Reply, as_json, as_text, serve


@pytest.fixture
def doors() -> Doors:
    return Doors(get={"/healthz": lambda: as_text("ok")})


@pytest.fixture
def port(doors: Doors) -> Iterator[int]:
    with serve(("127.0.0.1", 0), doors) as port:
        yield port


def ask(
    port: int, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET" if body is None else "POST", path, body, dict(headers or {}))
    answer = connection.getresponse()
    said = answer.read()
    connection.close()
    return answer, said


def test_a_door_is_answered_whatever_is_asked_behind_its_path(port: int) -> None:
    answer, said = ask(port, "/healthz?verbose=1")
    assert (answer.status, said) == (200, b"ok\n")
    assert "Python" not in str(answer.headers)
    assert answer.headers["Connection"] == "close", "else a visitor posts the next thing over a line that is gone"


def test_where_there_is_no_door_the_doors_are_named(port: int) -> None:
    for body in (None, b"x"):
        answer, said = ask(port, "/nowhere", body)
        assert (answer.status, said) == (404, b"There is only /healthz here.\n")


def test_a_door_may_be_opened_while_the_server_runs(port: int, doors: Doors) -> None:
    doors.get["/later"] = lambda: as_json({"café": 1}, 503)
    answer, said = ask(port, "/later")
    assert (answer.status, json.loads(said)) == (503, {"café": 1})
    assert answer.headers["Content-Type"].startswith("application/json")


def test_what_is_posted_comes_with_its_headers_however_they_are_spelled(port: int, doors: Doors) -> None:
    doors.post["/slack/events"] = lambda headers, body: Reply(body=headers["X-Slack-Signature"].encode() + body)
    answer, said = ask(port, "/slack/events", b" body", {"x-slack-signature": "v0=1"})
    assert (answer.status, said) == (200, b"v0=1 body")


@pytest.mark.parametrize("length", [str(LARGEST_BODY + 1), "-1", "many", ""])
def test_a_body_too_large_or_of_no_known_length_is_not_read(port: int, doors: Doors, length: str) -> None:
    doors.post["/slack/events"] = lambda _headers, _body: as_text("read")
    with socket.create_connection(("127.0.0.1", port), timeout=5) as visitor:
        visitor.sendall(f"POST /slack/events HTTP/1.0\r\nContent-Length: {length}\r\n\r\n".encode())
        assert b" 413 " in visitor.makefile("rb").readline()


def test_a_door_that_fails_says_so_and_nothing_of_why(port: int, doors: Doors) -> None:
    def fail() -> Reply:
        raise RuntimeError("hunter2")

    doors.get["/fails"] = fail
    answer, said = ask(port, "/fails")
    assert answer.status == 500
    assert b"hunter2" not in said
    assert ask(port, "/healthz")[0].status == 200


def test_a_visitor_who_says_nothing_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listen, "PATIENCE_SECONDS", 0.05)
    with (
        serve(("127.0.0.1", 0), Doors()) as port,
        socket.create_connection(("127.0.0.1", port), timeout=5) as visitor,
    ):
        assert visitor.recv(1) == b""


def test_a_visitor_who_drips_is_hung_up_on_however_lively_he_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listen, "PATIENCE_SECONDS", 0.3)
    with (
        serve(("127.0.0.1", 0), Doors(post={"/x": lambda _headers, _body: as_text("read")})) as port,
        socket.create_connection(("127.0.0.1", port), timeout=5) as visitor,
    ):
        begun = time.monotonic()
        visitor.sendall(b"POST /x HTTP/1.1\r\nContent-Length: 1000\r\n\r\n")
        visitor.settimeout(0.02)
        while not hung_up(visitor):
            visitor.sendall(b"a")
        assert time.monotonic() - begun < 2


def hung_up(visitor: socket.socket) -> bool:
    try:
        return visitor.recv(1) == b""
    except TimeoutError:
        return False
    except ConnectionError:
        return True


def test_visitors_who_only_keep_their_place_close_the_port_to_nobody(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listen, "MOST_VISITORS", 5)
    before = threading.active_count()
    with ExitStack() as stack:
        idle = [stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=5)) for _ in range(20)]
        for visitor in idle:
            visitor.sendall(b"GET /hea")
        assert ask(port, "/healthz")[0].status == 200
        assert idle[0].recv(1) == b"", "the oldest gave way"
        until = time.monotonic() + 5
        while threading.active_count() > before + 6:  # whoever gave way takes a moment to leave
            assert time.monotonic() < until, "their threads stay"


def test_who_hangs_up_early_is_no_line_and_what_else_goes_wrong_is_one(
    doors: Doors, capfd: pytest.CaptureFixture[str]
) -> None:
    gone = threading.Event()

    def slow() -> Reply:
        gone.wait(5)
        return Reply(body=b"x" * 2**24)

    doors.get["/slow"] = slow
    doors.get["/odd"] = lambda: Reply(headers=(("X-Odd", "\u2603"),))
    with serve(("127.0.0.1", 0), doors) as port, capture_logs() as logged:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as visitor:
            visitor.sendall(b"GET /slow HTTP/1.0\r\n\r\n")
            visitor.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        gone.set()
        with socket.create_connection(("127.0.0.1", port), timeout=5) as visitor:
            visitor.sendall(b"GET /odd HTTP/1.0\r\n\r\n")
            visitor.recv(1)
    assert [line["event"] for line in logged] == ["request failed"]
    assert "Traceback" not in "".join(capfd.readouterr())


@pytest.mark.parametrize("host", ["::1", "127.0.0.1", "localhost"])
def test_it_listens_on_either_version_of_an_address(host: str, doors: Doors) -> None:
    with serve((host, 0), doors) as port:
        assert listen.answers((host, port))
