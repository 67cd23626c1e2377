"""Conditional GETs of the source site's pages and files. The only file that knows httpx and tenacity.

A good guest: an honest User-Agent with a contact, one request at a time to a host with a gap between two, validators
sent where some were given, Retry-After honoured, few and jittered retries of a hiccup and nothing else. Redirects are
followed only to allowed hosts, and no body may grow past its limit. An expected failure is a `Trouble`, not an
exception.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urljoin, urlsplit

import httpx
import tenacity

MAX_BODY: Final = 64 * 1024 * 1024
"""Bytes. The largest document known has 3 MB."""
MAX_SECONDS: Final = 60.0
"""For one body, however slowly it drips."""
MAX_REDIRECTS: Final = 5
MAX_PATIENCE: Final = 30.0
"""Seconds we wait inside a poll because the site asks for it; for longer, the source as a whole waits."""
MAX_RETRY_AFTER: Final = 86400.0
"""Seconds. Whatever the site says, it is asked again the next day."""

HICCUPS: Final = frozenset({429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A good answer. `not_modified` means that the body is the one the validators stand for."""

    url: str
    body: bytes
    etag: str | None = None
    last_modified: str | None = None
    not_modified: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """No good answer, and why. `status` is the last HTTP status (None: there was none), `retry_after` in seconds."""

    why: str
    status: int | None = None
    retry_after: float | None = None


class _HiccupError(Exception):
    """Something that may be over in a second."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.why)
        self.trouble = trouble


class Fetcher:
    """Fetches from the allowed hosts and no others.

    `hosts` are host names with an optional port ("files.ofsted.gov.uk", "127.0.0.1:8000"); `gap` is the least number
    of seconds between two requests to one host; `wait(seconds)` sleeps and returns True if we are asked to stop.
    """

    def __init__(
        self,
        *,
        hosts: Iterable[str],
        user_agent: str,
        gap: float,
        wait: Callable[[float], bool],
        first_pause: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._hosts = frozenset(host.lower() for host in hosts)
        self._gap = gap
        self._wait = wait
        self._first_pause = first_pause
        self._clock = clock
        self._one_at_a_time = threading.Lock()
        self._last_request: dict[str, float] = {}
        self._client = httpx.Client(
            headers={"User-Agent": user_agent, "Accept": "*/*"},
            timeout=httpx.Timeout(20.0, connect=10.0),
            follow_redirects=False,
        )

    def close(self) -> None:
        self._client.close()

    def get(self, url: str, *, etag: str | None = None, last_modified: str | None = None) -> Fetched | Trouble:
        """GET with up to three tries; validators make it conditional."""
        given = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        headers = {name: value for name, value in given.items() if value and _can_be_sent(value)}
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(_HiccupError),
            stop=tenacity.stop_after_attempt(3),
            wait=self._pause,
            sleep=self._sleep,
            reraise=True,
        )
        try:
            with self._one_at_a_time:
                return retrying(self._once, url, headers)
        except _HiccupError as hiccup:
            return hiccup.trouble

    def _pause(self, state: tenacity.RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, _HiccupError) and error.trouble.retry_after is not None:
            return error.trouble.retry_after
        return float(tenacity.wait_exponential_jitter(initial=self._first_pause, max=MAX_PATIENCE)(state))

    def _sleep(self, seconds: float) -> None:
        if self._wait(seconds):
            raise _HiccupError(Trouble(why="stopped while waiting to ask again"))

    def _once(self, url: str, headers: dict[str, str]) -> Fetched | Trouble:
        """One GET, redirects included."""
        for _ in range(MAX_REDIRECTS + 1):
            if trouble := self._not_allowed(url):
                return trouble
            answer = self._request(url, headers)
            if not isinstance(answer, str):
                return answer
            url = answer
        return Trouble(why=f"{url} redirects more than {MAX_REDIRECTS} times")

    def _not_allowed(self, url: str) -> Trouble | None:
        try:
            parts = urlsplit(url)
        except ValueError as error:
            return Trouble(why=f"{url} is not an address: {error}")
        if parts.scheme in ("http", "https") and parts.netloc.lower() in self._hosts:
            return None
        return Trouble(why=f"{parts.scheme}://{parts.netloc} is not a host we may fetch from")

    def _request(self, url: str, headers: dict[str, str]) -> Fetched | Trouble | str:
        """The answer, or the address it redirects to."""
        self._keep_the_gap(urlsplit(url).netloc)
        try:
            with self._client.stream("GET", url, headers=headers) as response:
                return self._answer(url, response)
        except httpx.HTTPError as error:
            reason = str(error) or type(error).__name__
            raise _HiccupError(Trouble(why=f"{url} cannot be fetched: {reason}")) from error
        except httpx.InvalidURL as error:
            return Trouble(why=f"{url} is not an address: {error}")

    def _keep_the_gap(self, host: str) -> None:
        last = self._last_request.get(host)
        ahead = 0.0 if last is None else last + self._gap - self._clock()
        if ahead > 0:
            self._sleep(ahead)
        self._last_request[host] = self._clock()

    def _answer(self, url: str, response: httpx.Response) -> Fetched | Trouble | str:
        if response.is_redirect and (target := response.headers.get("location")):
            return _redirected(url, target)
        if response.status_code == httpx.codes.NOT_MODIFIED:
            return Fetched(url=url, body=b"", not_modified=True)
        if response.status_code in HICCUPS:
            return _asked_to_wait(url, response)
        # A soft 404 may come as 404 or as 200: what the body says decides, not the status.
        if response.is_success or response.status_code == httpx.codes.NOT_FOUND:
            return self._body(url, response)
        return Trouble(why=f"{url} answered {response.status_code}", status=response.status_code)

    def _body(self, url: str, response: httpx.Response) -> Fetched | Trouble:
        body = bytearray()
        begun = self._clock()
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > MAX_BODY:
                return Trouble(why=f"{url} is larger than {MAX_BODY // 2**20} MB")
            if self._clock() - begun > MAX_SECONDS:
                return Trouble(why=f"{url} was not here whole after {MAX_SECONDS:.0f} s")
        return Fetched(
            url=url,
            body=bytes(body),
            etag=response.headers.get("etag"),
            last_modified=response.headers.get("last-modified"),
        )


def _redirected(url: str, target: str) -> str | Trouble:
    try:
        return urljoin(url, target)
    except ValueError:
        return Trouble(why=f"{url} redirects to something that is not an address: {target}")


def _can_be_sent(validator: str) -> bool:
    """A site may give a validator in letters that no header of ours can carry: then we ask without it."""
    return validator.isascii() and validator.isprintable()


def _asked_to_wait(url: str, response: httpx.Response) -> Trouble:
    """Raises the hiccup, unless the site asks for more patience than one poll has."""
    trouble = Trouble(
        why=f"{url} answered {response.status_code}",
        status=response.status_code,
        retry_after=_retry_after(response.headers),
    )
    if trouble.retry_after is not None and trouble.retry_after > MAX_PATIENCE:
        return trouble
    raise _HiccupError(trouble)


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
