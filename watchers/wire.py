"""What the HTTP library leaves to us about a connection: how long an exchange may take, and whom it may be with.

Both are done from httpcore's trace of the exchange (https://www.encode.io/httpcore/extensions/#trace): it says when a
connection is about to be made and when it is there, before TLS begins and before anything is sent.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final
from urllib.parse import urlsplit
from urllib.request import getproxies

_GLOBAL: Final = ipaddress.ip_network("2000::/3")
"""All of version 6 that is given out for the public internet (IANA's registry of its address space)."""
_EXAMPLES: Final = ipaddress.ip_network("3fff::/20")
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")


class InsideError(Exception):
    """A name leads to an address that is not on the public internet. Whoever owns the name could make us ask there."""


class Line:
    """One exchange with a host: cut when it takes longer than `seconds`, refused where the host is not a public one.

    The HTTP library has time limits for each single read and none for the whole: a byte a second is never late for it.
    What is kept of a connection is a twin of its socket, because TLS takes the socket itself over. `overdue` says that
    the line was cut. `inside`: the host may be at any address, because the settings name it.
    """

    def __init__(self, host: str, *, seconds: float, inside: bool) -> None:
        self.overdue = False
        self._host = host
        self._inside = inside
        self._twins: list[socket.socket] = []
        self._lock = threading.Lock()
        self._timer = threading.Timer(seconds, self._bark)
        self._timer.daemon = True

    def __enter__(self) -> Line:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        with self._lock:
            for twin in self._twins:
                twin.close()
            self._twins.clear()

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Raises `InsideError` before a connection is made, or before it is used if the name meant another by then."""
        if event.endswith("connect_tcp.started"):
            self._inside = self._inside or _is_proxy(info["host"])
            self._refuse(_addresses(info["host"], info["port"]))
        elif event.endswith("connect_tcp.complete"):
            self._connected(info["return_value"])

    def _connected(self, stream: Any) -> None:
        connection = stream.get_extra_info("socket")
        with self._lock:
            self._twins.append(connection.dup())
        if self.overdue:
            self._cut()
        try:
            self._refuse([str(connection.getpeername()[0])])
        except InsideError:
            stream.close()
            raise

    def _refuse(self, addresses: list[str]) -> None:
        inside = [] if self._inside else [address for address in addresses if not is_public(address)]
        if inside:
            raise InsideError(f"{self._host} leads to {inside[0]}, which is not on the public internet")

    def _bark(self) -> None:
        self.overdue = True
        self._cut()

    def _cut(self) -> None:
        with self._lock:
            for twin in self._twins:
                with suppress(OSError):  # the other end was faster
                    twin.shutdown(socket.SHUT_RDWR)


def is_this_machine(host: str) -> bool:
    """Whether a host is named as this machine; a name that only leads here is not."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet, and of one machine there."""
    found = ipaddress.ip_address(address.partition("%")[0])
    inner = _wrapped(found)
    if inner is not None:
        return is_public(str(inner))
    known = found.version == 4 or (found in _GLOBAL and found not in _EXAMPLES)
    return known and found.is_global and not found.is_multicast


def _wrapped(found: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The address of version 4 that one of version 6 stands for, in the ways that lead out of a network.

    Other ways to write one (in `::/96`, `::ffff:0:0:0/96`, a network's own `64:ff9b:1::/48`) are no public addresses.
    """
    if found.version == 4:
        return None
    if found in _NAT64:
        return ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
    return found.ipv4_mapped or found.sixtofour


def _addresses(host: str, port: int) -> list[str]:
    """What a name leads to; nothing if that cannot be found out, which the connection then says better."""
    with suppress(OSError, UnicodeError):
        return [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    return []


def _is_proxy(host: str) -> bool:
    """Whether we are asked to go out by way of this host: then it is the proxy that finds the others' addresses."""
    proxies = (proxy if "://" in proxy else f"http://{proxy}" for proxy in getproxies().values())
    return host in {urlsplit(proxy).hostname for proxy in proxies}
