"""Conditional GETs of the source site's pages and files. The only file that knows httpx and tenacity.

A good guest: an honest User-Agent with a contact, one request at a time with a gap after each answer of a host,
validators sent where some were given, Retry-After honoured, few and jittered retries of a hiccup and nothing else.
Redirects are followed only to allowed hosts, and none but a site of one's own may be inside a network; no body may
grow past its limit, packed or unpacked, and no exchange may take longer than its time. An expected failure is a
`Trouble`, not an exception.
"""

from __future__ import annotations

import threading
import time
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urljoin, urlsplit

import httpx
import tenacity

from watchers.wire import InsideError, Line, is_this_machine

MAX_BODY: Final = 64 * 1024 * 1024
"""Bytes. The largest document known has 3 MB."""
MAX_SECONDS: Final = 60.0
"""For one exchange, from connecting to the last byte, whatever of it drips."""
MAX_REDIRECTS: Final = 5
MAX_PATIENCE: Final = 30.0
"""Seconds we wait inside a poll because the site asks for it; for longer, the source as a whole waits."""
MAX_RETRY_AFTER: Final = 86400.0
"""Seconds. Whatever the site says, it is asked again the next day."""

ENCODINGS: Final = frozenset({"gzip", "x-gzip", "deflate"})
"""What a body may be packed in, once. We ask for gzip only; the third is what some servers call their zlib."""

HICCUPS: Final = frozenset({429, 500, 502, 503, 504})
BODIES: Final = frozenset({httpx.codes.OK, httpx.codes.NOT_FOUND})
"""Whose bodies are read. A soft 404 may come as either: what the body says decides. Part of one is no body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A good answer. `not_modified` means that the body is the one the validators stand for."""

    url: str
    body: bytes
    etag: str | None = None
    last_modified: str | None = None
    not_modified: bool = False
    status: int = field(default=httpx.codes.OK, compare=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    """All that came with the body, names in lower case. Two answers are the same whatever their date says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """No good answer, and why. `status` is the last HTTP status (None: there was none), `retry_after` in seconds.

    `stopped`: we were asked to stop while we waited; it says nothing about the site or the document.
    """

    why: str
    status: int | None = None
    retry_after: float | None = None
    stopped: bool = False


class _HiccupError(Exception):
    """Something that may be over in a second."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.why)
        self.trouble = trouble


class _StoppedError(Exception):
    """We were asked to stop while waiting."""


class Fetcher:
    """Fetches from the allowed hosts and no others, and without TLS only from this machine.

    `hosts` are host names with an optional port ("files.ofsted.gov.uk", "127.0.0.1:8000"); `own` is the one of them
    that may be inside a network, a site of one's own; this machine may be, where `hosts` names it as such. `gap` is the
    least number of seconds from the end of one answer of a host to the next request to it; `wait(seconds)` sleeps and
    returns True if we are asked to stop. Threads may share it: requests are made one at a time.
    """

    def __init__(
        self,
        *,
        hosts: Iterable[str],
        user_agent: str,
        gap: float,
        wait: Callable[[float], bool],
        own: str = "",
        first_pause: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._hosts = frozenset(host.lower() for host in hosts)
        self._own = own.lower()
        self._gap = gap
        self._wait = wait
        self._first_pause = first_pause
        self._clock = clock
        self._one_at_a_time = threading.Lock()
        self._last_answer: dict[str, float] = {}
        self._client = httpx.Client(
            # A connection for each exchange: its `Line` has to see it begin.
            headers={"User-Agent": user_agent, "Accept": "*/*", "Accept-Encoding": "gzip", "Connection": "close"},
            timeout=httpx.Timeout(20.0, connect=10.0),
            follow_redirects=False,
        )

    def close(self) -> None:
        self._client.close()

    def get(
        self, url: str, *, etag: str | None = None, last_modified: str | None = None, limit: int = MAX_BODY
    ) -> Fetched | Trouble:
        """GET with up to three tries, the last begun within `MAX_SECONDS`; validators make it conditional.

        `limit`: bytes of the body, unpacked.
        """
        given = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        headers = {name: value for name, value in given.items() if value and _can_be_sent(value)}
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(_HiccupError),
            stop=tenacity.stop_after_attempt(3) | tenacity.stop_before_delay(MAX_SECONDS),
            wait=self._pause,
            sleep=self._sleep,
            reraise=True,
        )
        try:
            with self._one_at_a_time:
                return retrying(self._once, url, headers, limit)
        except _HiccupError as hiccup:
            return hiccup.trouble
        except _StoppedError:
            return Trouble(why="stopped while waiting to ask again", stopped=True)

    def _pause(self, state: tenacity.RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, _HiccupError) and error.trouble.retry_after is not None:
            return error.trouble.retry_after
        return float(tenacity.wait_exponential_jitter(initial=self._first_pause, max=MAX_PATIENCE)(state))

    def _sleep(self, seconds: float) -> None:
        if self._wait(seconds):
            raise _StoppedError

    def _once(self, url: str, headers: dict[str, str], limit: int) -> Fetched | Trouble:
        """One GET, redirects included."""
        for _ in range(MAX_REDIRECTS + 1):
            if trouble := self._not_allowed(url):
                return trouble
            answer = self._request(url, headers, limit)
            if not isinstance(answer, str):
                return answer
            url = answer
        return Trouble(why=f"{url} redirects more than {MAX_REDIRECTS} times")

    def _not_allowed(self, url: str) -> Trouble | None:
        try:
            parts = urlsplit(url)
        except ValueError as error:
            return Trouble(why=f"{url} is not an address: {error}")
        if parts.scheme not in ("http", "https") or parts.netloc.lower() not in self._hosts:
            return Trouble(why=f"{parts.scheme}://{parts.netloc} is not a host we may fetch from")
        if parts.scheme == "http" and not is_this_machine(parts.hostname or ""):
            return Trouble(why=f"http://{parts.netloc} may only be fetched from over https")
        return None

    def _request(self, url: str, headers: dict[str, str], limit: int) -> Fetched | Trouble | str:
        """The answer, or the address it redirects to."""
        parts = urlsplit(url)
        self._keep_the_gap(parts.netloc)
        host = parts.hostname or ""
        inside = parts.netloc.lower() == self._own or is_this_machine(host)
        line = Line(host, seconds=MAX_SECONDS, inside=inside)
        try:
            answer = self._exchange(url, headers, limit, line)
        except httpx.HTTPError as error:
            if not line.overdue:
                reason = str(error) or type(error).__name__
                raise _HiccupError(Trouble(why=f"{url} cannot be fetched: {reason}")) from error
        except httpx.InvalidURL as error:
            return Trouble(why=f"{url} is not an address: {error}")
        except InsideError as error:
            return Trouble(why=f"{url} may not be fetched: {error}")
        finally:
            self._last_answer[parts.netloc] = self._clock()
        # A body that ends with its connection looks whole when the line has been cut.
        return Trouble(why=f"{url} was not here whole after {MAX_SECONDS:g} s") if line.overdue else answer

    def _exchange(self, url: str, headers: dict[str, str], limit: int, line: Line) -> Fetched | Trouble | str:
        traced = {"trace": line.trace}
        with line, self._client.stream("GET", url, headers=headers, extensions=traced) as response:
            return self._answer(url, response, limit)

    def _keep_the_gap(self, host: str) -> None:
        last = self._last_answer.get(host)
        ahead = 0.0 if last is None else last + self._gap - self._clock()
        if ahead > 0:
            self._sleep(ahead)

    def _answer(self, url: str, response: httpx.Response, limit: int) -> Fetched | Trouble | str:
        if response.is_redirect and (target := response.headers.get("location")):
            return _redirected(url, target)
        asked = response.request.headers
        if response.status_code == httpx.codes.NOT_MODIFIED and (
            "if-none-match" in asked or "if-modified-since" in asked
        ):
            return Fetched(url=url, body=b"", not_modified=True, status=response.status_code)
        if response.status_code in BODIES:
            return self._body(url, response, limit)
        return _refused(url, response)

    def _body(self, url: str, response: httpx.Response, limit: int) -> Fetched | Trouble:
        encoding = response.headers.get("content-encoding", "").strip().lower()
        if encoding not in ENCODINGS | {"", "identity"}:
            return Trouble(why=f"{url} comes packed in a way that was not asked for: {encoding[:80]}")
        unpack = _unpacked if encoding in ENCODINGS else _plain
        body = unpack(response.iter_raw(), limit)
        if body is None:
            return Trouble(why=f"{url} is larger than {limit / 2**20:g} MB")
        return Fetched(
            url=url,
            body=body,
            etag=response.headers.get("etag"),
            last_modified=response.headers.get("last-modified"),
            status=response.status_code,
            headers=tuple((name.lower(), value) for name, value in response.headers.items()),
        )


def _plain(chunks: Iterable[bytes], limit: int) -> bytes | None:
    """The whole body; None if it is larger than the limit."""
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > limit:
            return None
    return bytes(body)


def _unpacked(chunks: Iterable[bytes], limit: int) -> bytes | None:
    """The whole body without its one layer of gzip or zlib; None if it is larger than the limit, packed or not.

    Never more than the limit is unpacked: some hundred bytes can stand for gigabytes. Raises httpx.DecodingError.
    """
    packing = zlib.decompressobj(wbits=32 + zlib.MAX_WBITS)  # 32: by its first bytes, gzip or zlib
    body = bytearray()
    packed = 0
    for chunk in chunks:
        packed += len(chunk)
        try:
            body += packing.decompress(chunk, limit + 1 - len(body))
        except zlib.error as error:
            raise httpx.DecodingError(f"its packing is broken ({error})") from error
        if packing.unused_data:
            raise httpx.DecodingError("more follows after its packed body")
        if max(packed, len(body)) > limit:
            return None
    if packed and not packing.eof:
        raise httpx.DecodingError("its packed body is cut off")
    return bytes(body)


def _redirected(url: str, target: str) -> str | Trouble:
    try:
        return urljoin(url, target)
    except ValueError:
        return Trouble(why=f"{url} redirects to something that is not an address: {target}")


def _can_be_sent(validator: str) -> bool:
    """A site may give a validator in letters that no header of ours can carry: then we ask without it."""
    return validator.isascii() and validator.isprintable()


def _refused(url: str, response: httpx.Response) -> Trouble:
    """Raises the hiccup if it is one, unless the site asks for more patience than one poll has."""
    trouble = Trouble(
        why=f"{url} answered {response.status_code}",
        status=response.status_code,
        retry_after=_retry_after(response.headers),
    )
    if response.status_code in HICCUPS and (trouble.retry_after or 0) <= MAX_PATIENCE:
        raise _HiccupError(trouble)
    return trouble


def _retry_after(headers: httpx.Headers) -> float | None:
    """Seconds, from either form of Retry-After (RFC 9110, 10.2.3); a date is set against the server's own Date."""
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return min(float(value), MAX_RETRY_AFTER)
    try:
        pause = parsedate_to_datetime(value) - parsedate_to_datetime(headers["date"])
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
    return min(max(0.0, pause.total_seconds()), MAX_RETRY_AFTER)
