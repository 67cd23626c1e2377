"""A line to Slack, opened anew for every call, with a last look before each word that is said on it.

To find the address, to connect and to agree on the encryption may take a minute where a name server or an address is
silent. The headers and the body are two words, and a request without its body is none. What is said after the look has
left us for good, or never will, within three time-outs: one to hand over the headers, one to hand over the body, and
one until it is acknowledged.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from functools import partial
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from typing import Any
from urllib.request import HTTPHandler, HTTPSHandler, OpenerDirector, ProxyHandler, build_opener

from bot.slack.outcomes import NeverConnectedError


def opener(proxy: str | None) -> OpenerDirector:
    """What opens lines, through `proxy` or what the environment names. A request carries its `last_look`."""
    through = [ProxyHandler({"http": proxy, "https": proxy})] if proxy else []
    return build_opener(*through, _Plain(), _Encrypted(ssl.create_default_context()))


class _Plain(HTTPHandler):
    def http_open(self, req: Any) -> HTTPResponse:
        return self.do_open(partial(_Line, last_look=req.last_look), req)


class _Encrypted(HTTPSHandler):
    def __init__(self, context: ssl.SSLContext) -> None:
        super().__init__(context=context)
        self.context = context

    def https_open(self, req: Any) -> HTTPResponse:
        return self.do_open(partial(_EncryptedLine, last_look=req.last_look, context=self.context), req)


class _Line(HTTPConnection):
    def __init__(self, host: str, *, last_look: Callable[[], None], **other: Any) -> None:
        super().__init__(host, **other)
        self.last_look = last_look

    def connect(self) -> None:
        try:
            super().connect()
        except OSError as error:
            raise NeverConnectedError(*error.args) from error
        _give_up_in_time(self.sock, self.timeout)

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        self.last_look()
        super().send(data)


class _EncryptedLine(_Line, HTTPSConnection):
    """The same, encrypted."""


def _give_up_in_time(line: socket.socket, seconds: float | None) -> None:
    """What is not acknowledged by then is not sent any more, also where nobody waits for the answer any longer."""
    if seconds and hasattr(socket, "TCP_USER_TIMEOUT"):
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(seconds * 1000))
