"""Whom a connection may be with: a real fetcher, real sockets, and a name server of the test's own."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from threading import Thread
from typing import Any

import pytest

from inspection_watch import wiring
from inspection_watch.demo.site import LocalSite, Site
from inspection_watch.settings import Settings
from watchers.fetch import Fetched, Fetcher, Trouble
from watchers.wire import is_public

NAME = "files.example"
PUBLIC = "93.184.215.14"


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "127.0.0.1",
        "127.8.8.8",
        "0.0.0.0",
        "169.254.169.254",
        "100.64.0.1",
        "192.0.2.1",
        "224.0.0.1",
        "239.255.255.250",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd12:3456::1",
        "ff02::1",
        "2001:db8::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "64:ff9b::7f00:1",
        "2002:a00:1::1",
        "2002:7f00:1::1",
        "64:ff9b:1::a00:1",
        "64:ff9b:1::808:808",
        "fec0::1",
        "::a00:1",
        "::808:808",
        "::ffff:0:a00:1",
        "5f00::1",
        "3fff::1",
        "2001:0:a00:1::1",
    ],
)
def test_an_address_inside_any_network_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", [PUBLIC, "8.8.8.8", "2a00:1450:4009::1", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"]
)
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(address)


Answers = Callable[[], list[str]]


def name_server(monkeypatch: pytest.MonkeyPatch, answers: Answers, name: str = NAME) -> None:
    """What `name` leads to, at each question anew; all other names are left as they are."""
    real = socket.getaddrinfo

    def lookup(host: Any, port: Any, *rest: Any, **named: Any) -> Any:
        if host != name:
            return real(host, port, *rest, **named)
        found = answers()
        return [entry for address in found for entry in real(address, port, *rest, **named)]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        yield server


def port(listener: socket.socket) -> int:
    return int(listener.getsockname()[1])


def ask(url: str, *, hosts: list[str]) -> Fetched | Trouble:
    fetcher = Fetcher(hosts=hosts, user_agent="x", gap=0, wait=lambda _: False)
    try:
        return fetcher.get(url)
    finally:
        fetcher.close()


@pytest.mark.parametrize(
    "addresses", [["127.0.0.1"], ["10.0.0.1"], ["169.254.169.254"], ["::1"], [PUBLIC, "192.168.0.1"], ["0.0.0.0"]]
)
def test_a_name_that_leads_inside_is_refused_before_anybody_is_connected_to(
    monkeypatch: pytest.MonkeyPatch, listener: socket.socket, addresses: list[str]
) -> None:
    name_server(monkeypatch, lambda: addresses)
    host = f"{NAME}:{port(listener)}"
    url = f"https://{host}/v1/file/7"
    answer = ask(url, hosts=[host])
    assert answer == Trouble(
        why=f"{url} may not be fetched: {NAME} leads to {addresses[-1]}, which is not on the public internet"
    )
    with pytest.raises(TimeoutError):
        listener.accept()


def test_a_name_that_means_something_else_a_moment_later_is_refused_before_anything_is_said(
    monkeypatch: pytest.MonkeyPatch, listener: socket.socket
) -> None:
    questions = iter([[PUBLIC], ["127.0.0.1"]])
    name_server(monkeypatch, lambda: next(questions))
    host = f"{NAME}:{port(listener)}"
    answer = ask(f"https://{host}/", hosts=[host])
    assert isinstance(answer, Trouble)
    assert "leads to 127.0.0.1" in answer.why
    connection, _ = listener.accept()
    with connection:
        connection.settimeout(2)
        assert connection.recv(100) == b"", "not even the beginning of TLS"


def test_a_redirect_to_a_name_that_leads_inside_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    name_server(monkeypatch, lambda: ["169.254.169.254"])
    site = Site([])
    site.answer("/v1/file/7", status=302, headers={"Location": f"https://{NAME}/latest"})
    with LocalSite(site) as address:
        answer = ask(f"{address}/v1/file/7", hosts=[address.removeprefix("http://"), NAME])
    assert isinstance(answer, Trouble)
    assert "leads to 169.254.169.254" in answer.why


@pytest.mark.parametrize("host", ["reports.ofsted.gov.uk", "Reports.Ofsted.gov.uk", "reports.ofsted.gov.uk."])
def test_ofsteds_own_site_may_not_be_inside(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    name_server(monkeypatch, lambda: ["127.0.0.1"], host.lower())
    settings = Settings.model_validate({"INSPECTION_WATCH_SITE_URL": f"https://{host}", "INSPECTION_WATCH_GAP": 0})
    fetcher = wiring.fetcher(settings, lambda _: False)
    answer = fetcher.get(f"https://{host.lower()}/search")
    fetcher.close()
    assert isinstance(answer, Trouble)
    assert "leads to 127.0.0.1, which is not on the public internet" in answer.why


def test_another_site_that_is_configured_may_be(monkeypatch: pytest.MonkeyPatch, listener: socket.socket) -> None:
    """It is connected to; that it speaks no TLS is another matter."""
    name_server(monkeypatch, lambda: ["127.0.0.1"])
    host = f"{NAME}:{port(listener)}"
    listener.settimeout(5)
    said: list[bytes] = []

    def serve() -> None:
        for _ in range(3):
            connection, _ = listener.accept()
            with connection:
                said.append(connection.recv(1))

    thread = Thread(target=serve)
    thread.start()
    settings = Settings.model_validate({"INSPECTION_WATCH_SITE_URL": f"https://{host}", "INSPECTION_WATCH_GAP": 0})
    fetcher = wiring.fetcher(settings, lambda _: False)
    answer = fetcher.get(f"https://{host}/")
    fetcher.close()
    thread.join()
    assert isinstance(answer, Trouble)
    assert "public" not in answer.why
    assert said == [b"\x16"] * 3, "TLS began"


def test_by_way_of_a_proxy_it_is_the_proxy_that_looks_names_up(
    monkeypatch: pytest.MonkeyPatch, listener: socket.socket
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, f"127.0.0.1:{port(listener)}")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    listener.settimeout(5)
    asked: list[bytes] = []

    def serve() -> None:
        for _ in range(3):
            connection, _ = listener.accept()
            with connection:
                asked.append(connection.recv(1000))
                connection.sendall(b"HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\n\r\n")

    thread = Thread(target=serve)
    thread.start()
    answer = ask(f"https://{NAME}/", hosts=[NAME])
    thread.join()
    assert isinstance(answer, Trouble)
    assert "407" in answer.why
    assert asked[0].startswith(f"CONNECT {NAME}:443".encode())


def test_a_name_that_nobody_knows_is_a_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown() -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    name_server(monkeypatch, unknown)
    answer = ask(f"https://{NAME}/", hosts=[NAME])
    assert isinstance(answer, Trouble)
    assert "cannot be fetched" in answer.why
