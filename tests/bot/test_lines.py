"""Lines to Slack: what happens before the first word is said."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from urllib.error import URLError

import pytest

from bot.slack import lines
from bot.slack.client import web_client
from bot.slack.outcomes import NeverConnectedError


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """Somebody who takes calls and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


def line(kind: type[lines._Line], to: socket.socket, looks: list[str], timeout: float = 0.3) -> HTTPConnection:
    host, port = to.getsockname()
    return kind(f"{host}:{port}", last_look=lambda: looks.append("looked"), timeout=timeout)


def test_a_last_look_is_taken_when_the_line_stands_before_the_headers_and_before_the_body(
    silent: socket.socket,
) -> None:
    looks: list[str] = []
    with closing(line(lines._Line, silent, looks)) as made:
        made.connect()
        assert looks == []
        made.request("POST", "/", body=b"a body")
    assert looks == ["looked", "looked"]


def test_and_not_before_it_is_encrypted(silent: socket.socket) -> None:
    looks: list[str] = []
    with pytest.raises(NeverConnectedError):
        line(lines._EncryptedLine, silent, looks).request("POST", "/")
    assert looks == []


def test_whoever_stood_still_after_the_headers_keeps_the_body_to_himself(silent: socket.socket) -> None:
    looks = iter([None, ZeroDivisionError()])

    def look() -> None:
        if trouble := next(looks):
            raise trouble

    host, port = silent.getsockname()
    with pytest.raises(ZeroDivisionError):
        web_client("xoxb-1", f"http://{host}:{port}/api").with_last_look(look).chat_postMessage(channel="C1", text="no")
    heard, _ = silent.accept()
    with heard, heard.makefile("rb") as said:
        headers, _, body = said.read().partition(b"\r\n\r\n")
    assert headers.startswith(b"POST")
    assert body == b""


def test_what_is_not_acknowledged_in_time_is_not_sent_for_minutes_afterwards(silent: socket.socket) -> None:
    with closing(line(lines._Line, silent, [], timeout=3)) as made:
        made.connect()
        assert made.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 3000


def test_one_that_does_not_look_well_is_closed_without_a_word(silent: socket.socket) -> None:
    def look() -> None:
        raise ZeroDivisionError

    host, port = silent.getsockname()
    with pytest.raises(ZeroDivisionError):
        web_client("xoxb-1", f"http://{host}:{port}/api").with_last_look(look).chat_postMessage(channel="C1", text="no")
    heard, _ = silent.accept()
    with heard:
        assert heard.recv(1) == b""


def test_a_line_that_never_stood_is_told_from_one_that_was_cut(silent: socket.socket) -> None:
    silent.close()
    with pytest.raises(URLError) as failure:
        web_client("xoxb-1", "http://127.0.0.1:1/api").auth_test()
    assert isinstance(failure.value.reason, NeverConnectedError)


def test_a_proxy_that_is_asked_for_is_used(silent: socket.socket) -> None:
    host, port = silent.getsockname()
    client = web_client("xoxb-1", "http://slack.example/api")
    client.opener, client.timeout = lines.opener(f"http://{host}:{port}"), 1
    with pytest.raises(TimeoutError):
        client.auth_test()
    heard, _ = silent.accept()
    with heard:
        assert heard.recv(99).startswith(b"POST http://slack.example/api/auth.test")
