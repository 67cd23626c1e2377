"""The fetcher against a real HTTP server on this machine."""

from __future__ import annotations

import gzip
import socket
import threading
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise

import pytest

from watchers import fetch
from watchers.fetch import Fetched, Fetcher, Trouble

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Server:
    """Answers each request with the next of `answers` (the last one again and again)."""

    answers: list[Answer] = field(default_factory=list)
    requests: list[dict[str, str]] = field(default_factory=list)
    host: str = ""

    @property
    def url(self) -> str:
        return f"http://{self.host}/page"


def say(status: int, body: bytes = b"", **headers: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


@pytest.fixture
def server() -> Iterator[Server]:
    state = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.requests.append({"path": self.path, **dict(self.headers)})
            answer = state.answers.pop(0) if len(state.answers) > 1 else state.answers[0]
            answer(self)

        def log_message(self, *_: object) -> None:
            pass

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.host = f"127.0.0.1:{httpd.server_address[1]}"
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield state
    httpd.shutdown()
    thread.join()
    httpd.server_close()


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def fetcher(server: Server, waits: list[float]) -> Iterator[Fetcher]:
    fetcher = Fetcher(
        hosts=[server.host],
        user_agent="inspection-watch/1 (+someone@example.org)",
        gap=0,
        wait=lambda seconds: bool(waits.append(seconds)),
    )
    yield fetcher
    fetcher.close()


def test_a_page_comes_with_its_validators_and_an_honest_user_agent(server: Server, fetcher: Fetcher) -> None:
    server.answers = [say(200, b"hello", ETag='"1"', Last_Modified="Tue, 30 Jul 2024 08:00:00 GMT")]
    assert fetcher.get(server.url) == Fetched(
        url=server.url, body=b"hello", etag='"1"', last_modified="Tue, 30 Jul 2024 08:00:00 GMT"
    )
    assert server.requests[0]["User-Agent"] == "inspection-watch/1 (+someone@example.org)"


def test_validators_make_the_request_conditional(server: Server, fetcher: Fetcher) -> None:
    server.answers = [say(304)]
    answer = fetcher.get(server.url, etag='"1"', last_modified="Tue, 30 Jul 2024 08:00:00 GMT")
    assert isinstance(answer, Fetched)
    assert answer.not_modified
    assert server.requests[0]["If-None-Match"] == '"1"'
    assert server.requests[0]["If-Modified-Since"] == "Tue, 30 Jul 2024 08:00:00 GMT"


def test_a_soft_404_is_a_body_like_any_other_because_the_body_decides(server: Server, fetcher: Fetcher) -> None:
    server.answers = [say(404, b"<title>Report not found</title>")]
    assert fetcher.get(server.url) == Fetched(url=server.url, body=b"<title>Report not found</title>")


def test_a_hiccup_is_tried_three_times_with_pauses(server: Server, fetcher: Fetcher, waits: list[float]) -> None:
    server.answers = [say(500), say(503), say(200, b"at last")]
    assert fetcher.get(server.url) == Fetched(url=server.url, body=b"at last")
    assert len(waits) == 2
    assert all(0 < seconds <= fetch.MAX_PATIENCE for seconds in waits)


def test_a_site_that_keeps_failing_is_a_trouble_with_its_status(server: Server, fetcher: Fetcher) -> None:
    server.answers = [say(500)]
    answer = fetcher.get(server.url)
    assert answer == Trouble(why=f"{server.url} answered 500", status=500)
    assert len(server.requests) == 3


def test_retry_after_is_waited_for(server: Server, fetcher: Fetcher, waits: list[float]) -> None:
    server.answers = [say(429, Retry_After="7"), say(200, b"ok")]
    assert isinstance(fetcher.get(server.url), Fetched)
    assert waits == [7.0]


def test_retry_after_as_a_date_is_set_against_the_servers_own_clock(
    server: Server, fetcher: Fetcher, waits: list[float]
) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response_only(503)
        handler.send_header("Date", "Tue, 30 Jul 2024 08:00:00 GMT")
        handler.send_header("Retry-After", "Tue, 30 Jul 2024 08:00:09 GMT")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    server.answers = [answer, say(200, b"ok")]
    assert isinstance(fetcher.get(server.url), Fetched)
    assert waits == [9.0]


def test_a_long_retry_after_is_left_to_the_next_poll(server: Server, fetcher: Fetcher, waits: list[float]) -> None:
    server.answers = [say(429, Retry_After="3600")]
    answer = fetcher.get(server.url)
    assert answer == Trouble(why=f"{server.url} answered 429", status=429, retry_after=3600.0)
    assert (len(server.requests), waits) == (1, [])


def test_a_refusal_is_not_asked_again(server: Server, fetcher: Fetcher) -> None:
    server.answers = [say(403, b"no")]
    assert fetcher.get(server.url) == Trouble(why=f"{server.url} answered 403", status=403)
    assert len(server.requests) == 1


def test_only_allowed_hosts_are_asked(server: Server, fetcher: Fetcher) -> None:
    port = server.host.partition(":")[2]
    answer = fetcher.get(f"http://localhost:{port}/page")
    assert answer == Trouble(why=f"http://localhost:{port} is not a host we may fetch from")
    assert isinstance(fetcher.get("file:///etc/passwd"), Trouble)
    assert server.requests == []


def test_a_redirect_is_followed_only_to_an_allowed_host(server: Server, fetcher: Fetcher) -> None:
    server.answers = [say(302, Location="/other"), say(200, b"here")]
    assert fetcher.get(server.url) == Fetched(url=f"http://{server.host}/other", body=b"here")
    server.answers = [say(302, Location="http://169.254.169.254/latest")]
    assert fetcher.get(server.url) == Trouble(why="http://169.254.169.254 is not a host we may fetch from")


def test_redirects_end(server: Server, fetcher: Fetcher) -> None:
    server.answers = [say(302, Location="/again")]
    answer = fetcher.get(server.url)
    assert isinstance(answer, Trouble)
    assert "redirects more than" in answer.why


def test_a_connection_cut_in_mid_body_is_a_hiccup_and_never_a_short_body(server: Server, fetcher: Fetcher) -> None:
    server.answers = [say(200, b"%PDF-half", Content_Length="1000")]
    answer = fetcher.get(server.url)
    assert isinstance(answer, Trouble)
    assert len(server.requests) == 3


def test_a_body_may_not_grow_past_its_limit(server: Server, fetcher: Fetcher) -> None:
    server.answers = [say(200, b"x" * (2**20 + 1))]
    assert fetcher.get(server.url, limit=2**20) == Trouble(why=f"{server.url} is larger than 1 MB")


def test_the_gap_is_kept_from_the_end_of_one_answer_to_the_next_request(server: Server, waits: list[float]) -> None:
    """However long the answer took: a site that is slow is not to be asked without a pause."""
    now = [100.0]

    def slow(handler: BaseHTTPRequestHandler) -> None:
        now[0] += 60
        say(200, b"ok")(handler)

    server.answers = [slow]
    patient = Fetcher(
        hosts=[server.host], user_agent="x", gap=10, wait=lambda s: bool(waits.append(s)), clock=lambda: now[0]
    )
    patient.get(server.url)
    now[0] += 4
    patient.get(server.url)
    now[0] += 10
    patient.get(server.url)
    patient.close()
    assert waits == [6.0]


def test_the_gap_is_kept_before_a_redirect_is_followed_and_before_a_retry(server: Server, waits: list[float]) -> None:
    server.answers = [say(302, Location="/other"), say(503, Retry_After="0"), say(200, b"ok")]
    patient = Fetcher(
        hosts=[server.host], user_agent="x", gap=10, wait=lambda s: bool(waits.append(s)), clock=lambda: 100.0
    )
    assert isinstance(patient.get(server.url), Fetched)
    patient.close()
    assert [seconds for seconds in waits if seconds] == [10.0, 10.0]


def test_threads_ask_one_host_one_after_the_other_with_the_gap_between_them(server: Server) -> None:
    """Each answer waits until another request could have come; none does."""
    at_once, most, spans = [0], [0], []
    lock = threading.Lock()

    def watched(handler: BaseHTTPRequestHandler) -> None:
        begun = time.monotonic()
        with lock:
            at_once[0] += 1
            most[0] = max(most[0], at_once[0])
        threading.Event().wait(0.02)
        with lock:
            at_once[0] -= 1
            spans.append((begun, time.monotonic()))
        say(200, b"ok")(handler)

    server.answers = [watched]
    fetcher = Fetcher(hosts=[server.host], user_agent="x", gap=0.05, wait=threading.Event().wait)
    threads = [threading.Thread(target=fetcher.get, args=[server.url]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    fetcher.close()
    spans.sort()
    assert (len(spans), most[0]) == (4, 1)
    assert all(later[0] - sooner[1] >= 0.045 for sooner, later in pairwise(spans))


@pytest.mark.parametrize("status", [202, 204, 206, 304, 300, 418])
def test_what_is_no_whole_answer_is_a_trouble(server: Server, fetcher: Fetcher, status: int) -> None:
    """A part that nobody asked for, a "not modified" to a request that was not conditional."""
    server.answers = [say(status, b"" if status in (204, 304) else b"%PDF-1.4 half")]
    assert fetcher.get(server.url) == Trouble(why=f"{server.url} answered {status}", status=status)


def test_a_site_that_fails_slowly_is_not_tried_again(
    server: Server, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "MAX_SECONDS", 5.0)
    server.answers = [say(503, Retry_After="7")]
    assert fetcher.get(server.url) == Trouble(why=f"{server.url} answered 503", status=503, retry_after=7.0)
    assert len(server.requests) == 1


def test_a_stop_ends_the_waiting(server: Server) -> None:
    server.answers = [say(500)]
    fetcher = Fetcher(hosts=[server.host], user_agent="x", gap=0, wait=lambda _: True)
    assert fetcher.get(server.url) == Trouble(why="stopped while waiting to ask again", stopped=True)
    fetcher.close()
    assert len(server.requests) == 1


def test_a_server_that_is_not_there_is_a_trouble(fetcher: Fetcher, server: Server) -> None:
    gone = Fetcher(hosts=["127.0.0.1:9"], user_agent="x", gap=0, wait=lambda _: False)
    answer = gone.get("http://127.0.0.1:9/")
    gone.close()
    assert isinstance(answer, Trouble)
    assert "cannot be fetched" in answer.why


@pytest.mark.parametrize(
    "address", ["http://[files.example/", "http://files℀.example/", "http://[", "//", "", "http://h:²/"]
)
def test_what_is_no_address_is_a_trouble_and_never_the_end_of_a_poll(fetcher: Fetcher, address: str) -> None:
    assert isinstance(fetcher.get(address), Trouble)


@pytest.mark.parametrize("target", ["http://[", "https://files\u2100.example/", "//[x"])
def test_a_redirect_to_what_is_no_address_is_a_trouble(server: Server, fetcher: Fetcher, target: str) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response_only(302)
        handler._headers_buffer.append(b"Location: " + target.encode() + b"\r\n")  # type: ignore[attr-defined]
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    server.answers = [answer]
    trouble = fetcher.get(server.url)
    assert isinstance(trouble, Trouble)
    assert trouble.why.startswith(server.url)


@pytest.mark.parametrize(
    "value", ["²", "soon", "-1", "Tue, 30 Jul 2024 08:00:00 +99999999999999999999", "Tue, 99 Jul 99999 08:00:00 GMT"]
)
def test_a_retry_after_that_cannot_be_read_is_as_good_as_none(server: Server, fetcher: Fetcher, value: str) -> None:
    server.answers = [say(503, Retry_After=value)]
    assert fetcher.get(server.url) == Trouble(why=f"{server.url} answered 503", status=503)
    assert len(server.requests) == 3


def test_a_retry_after_beyond_all_measure_is_a_day(server: Server, fetcher: Fetcher) -> None:
    server.answers = [say(429, Retry_After="9" * 400)]
    assert fetcher.get(server.url) == Trouble(why=f"{server.url} answered 429", status=429, retry_after=86400.0)


def test_a_validator_that_no_header_can_carry_is_left_out(server: Server, fetcher: Fetcher) -> None:
    server.answers = [say(200, b"ok")]
    assert isinstance(fetcher.get(server.url, etag='"é"', last_modified="yesterday\n"), Fetched)
    assert "If-None-Match" not in server.requests[0]
    assert "If-Modified-Since" not in server.requests[0]


def test_a_packed_body_is_asked_for_and_unpacked(server: Server, fetcher: Fetcher) -> None:
    for encoding, body in (("gzip", gzip.compress(b"hello")), ("deflate", zlib.compress(b"hello")), ("gzip", b"")):
        server.answers = [say(200, body, Content_Encoding=encoding)]
        assert fetcher.get(server.url) == Fetched(url=server.url, body=b"hello" if body else b"")
    assert server.requests[0]["Accept-Encoding"] == "gzip"


@pytest.mark.parametrize("encoding", ["gzip, gzip, gzip", "gzip, gzip", "br", "zstd", "gzip, identity", "²"])
def test_a_body_packed_in_any_other_way_is_refused_and_not_unpacked(
    server: Server, fetcher: Fetcher, encoding: str
) -> None:
    body = bytes(16 * 2**20)
    for _ in encoding.split(","):
        body = gzip.compress(body)
    server.answers = [say(200, body, Content_Encoding=encoding)]
    trouble = fetcher.get(server.url)
    assert isinstance(trouble, Trouble)
    assert "packed in a way that was not asked for" in trouble.why
    assert len(server.requests) == 1


def test_a_bomb_is_never_unpacked_past_the_limit(server: Server, fetcher: Fetcher) -> None:
    server.answers = [say(200, gzip.compress(bytes(128 * 2**20)), Content_Encoding="gzip")]
    tracemalloc.start()
    try:
        trouble = fetcher.get(server.url, limit=2**20)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert trouble == Trouble(why=f"{server.url} is larger than 1 MB")
    assert peak < 8 * 2**20


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (gzip.compress(b"hello", mtime=0)[:-1], "is cut off"),
        (gzip.compress(b"hello", mtime=0) + b"more", "more follows"),
        (b"hello", "is broken"),
    ],
    ids=["cut", "more", "broken"],
)
def test_a_body_that_is_not_packed_as_it_says_is_never_half_a_body(
    server: Server, fetcher: Fetcher, body: bytes, why: str
) -> None:
    server.answers = [say(200, body, Content_Encoding="gzip")]
    trouble = fetcher.get(server.url)
    assert isinstance(trouble, Trouble)
    assert why in trouble.why


def test_the_limit_of_a_body_is_the_callers(server: Server, fetcher: Fetcher) -> None:
    server.answers = [say(200, b"12345")]
    assert isinstance(fetcher.get(server.url, limit=5), Fetched)
    assert isinstance(fetcher.get(server.url, limit=4), Trouble)


@pytest.mark.parametrize("slow", ["headers", "body"])
def test_what_drips_is_cut_when_its_time_is_over(
    server: Server, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch, slow: str
) -> None:
    hung_up = threading.Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n" + (b"X-Slow: " if slow == "headers" else b"\r\n"))
        try:
            for _ in range(500):
                handler.wfile.write(b"x")
                hung_up.wait(0.02)
        except OSError:
            hung_up.set()

    monkeypatch.setattr(fetch, "MAX_SECONDS", 0.3)
    server.answers = [drip]
    begun = time.monotonic()
    assert fetcher.get(server.url) == Trouble(why=f"{server.url} was not here whole after 0.3 s")
    assert time.monotonic() - begun < 3
    assert hung_up.wait(3)
    assert len(server.requests) == 1


def test_a_tls_handshake_that_never_comes_is_cut_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "MAX_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        host = f"127.0.0.1:{silent.getsockname()[1]}"
        fetcher = Fetcher(hosts=[host], user_agent="x", gap=0, wait=lambda _: False)
        assert fetcher.get(f"https://{host}/") == Trouble(why=f"https://{host}/ was not here whole after 0.2 s")
        fetcher.close()


def test_after_a_cut_the_next_exchange_goes_well(
    server: Server, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    never = threading.Event()
    monkeypatch.setattr(fetch, "MAX_SECONDS", 0.1)
    server.answers = [lambda _: bool(never.wait(0.5)), say(200, b"ok")]  # type: ignore[list-item]
    assert isinstance(fetcher.get(server.url), Trouble)
    monkeypatch.setattr(fetch, "MAX_SECONDS", 10)
    assert isinstance(fetcher.get(server.url), Fetched)


def test_a_stop_while_keeping_the_gap_is_a_stop_and_asks_nothing(server: Server) -> None:
    server.answers = [say(200, b"ok")]
    fetcher = Fetcher(hosts=[server.host], user_agent="x", gap=60, wait=lambda _: True)
    assert isinstance(fetcher.get(server.url), Fetched)
    answer = fetcher.get(server.url)
    fetcher.close()
    assert isinstance(answer, Trouble)
    assert answer.stopped
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("status", "pause", "requests"), [(429, 7, 3), (503, 7, 3), (429, 600, 1), (403, 7, 1), (403, 600, 1)]
)
def test_how_long_the_site_asks_us_to_stay_away_survives_to_the_caller(
    server: Server, fetcher: Fetcher, status: int, pause: int, requests: int
) -> None:
    server.answers = [say(status, Retry_After=str(pause))]
    why = f"{server.url} answered {status}"
    assert fetcher.get(server.url) == Trouble(why=why, status=status, retry_after=float(pause))
    assert len(server.requests) == requests


@pytest.mark.parametrize("host", ["files.example", "files.example:8000", "192.0.2.1", "localhost.example"])
def test_without_tls_only_this_machine_is_asked(host: str) -> None:
    fetcher = Fetcher(hosts=[host], user_agent="x", gap=0, wait=lambda _: False)
    assert fetcher.get(f"http://{host}/") == Trouble(why=f"http://{host} may only be fetched from over https")
    fetcher.close()


def test_a_redirect_never_leads_to_another_machine_without_tls(server: Server) -> None:
    fetcher = Fetcher(hosts=[server.host, "files.example"], user_agent="x", gap=0, wait=lambda _: False)
    server.answers = [say(302, Location="http://files.example/v1/file/7")]
    assert fetcher.get(server.url) == Trouble(why="http://files.example may only be fetched from over https")
    fetcher.close()
