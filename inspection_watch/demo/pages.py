"""What the local copy of the source site says to a request, before it is sent; tests may ask without a socket."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qs, urlencode, urlsplit

from inspection_watch.demo.catalogue import Request, Site
from inspection_watch.demo.faults import Fault
from inspection_watch.demo.markup import furnished, not_found_page, provider_page, search_page

ADDRESS: Final = "127.0.0.1"
USUAL_ROWS: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the site says, before it is sent. `fault` says how it is to be sent, if not whole and at once."""

    body: bytes
    status: int = HTTPStatus.OK
    content_type: str = "text/html; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    fault: Fault | None = None


def html(text: str, status: int = HTTPStatus.OK) -> Answer:
    return Answer(body=text.encode(), status=status)


def _search(site: Site, query: str) -> Answer:
    """Authorities are listed only for those who ask for local authority children's services, as on the real site."""
    asked = parse_qs(query, keep_blank_values=True)
    start, rows = _number(asked, "start", 0), min(_number(asked, "rows", USUAL_ROWS), site.cap)
    ours = asked.get("level_1_types") == ["3"] and asked.get("level_2_types[]") == ["12"]
    listed = site.listed(asked.get("q", [""])[0]) if ours else ()
    more = site.says_more and start + rows < len(listed)
    onward = urlencode({**asked, "start": start + rows, "rows": rows}, doseq=True)
    following = f"/search?{onward}" if more else None
    page = search_page(listed[start : start + rows], total=len(listed), following=following)
    return html(furnished(page, site.furniture))


def _number(asked: Mapping[str, list[str]], name: str, otherwise: int) -> int:
    value = asked.get(name, [""])[0]
    return int(value) if value.isascii() and value.isdigit() else otherwise


def _provider(site: Site, urn: str, host: str) -> Answer:
    found = site.timeline(urn)
    if found is None:
        return html(not_found_page(), HTTPStatus.NOT_FOUND)
    provider, publications = found
    page = provider_page(provider, publications, files=site.files or f"http://{host}")
    return html(furnished(page, site.furniture))


def _file(site: Site, file_id: str) -> Answer:
    body = site.file(file_id)
    if body is None:
        return html(not_found_page(), site.status_of_missing(file_id))
    return Answer(body=body, content_type="application/pdf")


def _page(site: Site, target: str, host: str) -> Answer:
    parts = urlsplit(target)
    match parts.path.strip("/").split("/"):
        case ["search"]:
            return _search(site, parts.query)
        case ["provider", "44", urn]:
            return _provider(site, urn, host)
        case ["v1", "file", file_id]:
            return _file(site, file_id)
        case ["robots.txt"] if site.robots is not None:
            return Answer(body=site.robots.encode(), content_type="text/plain; charset=utf-8")
        case _:
            return html(not_found_page(), HTTPStatus.NOT_FOUND)


def answer(site: Site, request: Request) -> Answer:
    """What the site says to a request, with its faults, its validators and "not modified". The request is recorded."""
    site.record(request)
    fault = site.take_fault(request.path)
    if fault is not None and fault.status is not None:
        return Answer(body=fault.body or b"", status=fault.status, headers=fault.headers)
    good = _page(site, request.path, request.headers.get("host", ADDRESS))
    if fault is not None and not fault.frozen:
        return _faulty(good, fault)
    if fault is not None and _CONDITIONS & request.headers.keys():
        return Answer(body=b"", status=HTTPStatus.NOT_MODIFIED)
    validators = _validators(site, good)
    if _unchanged(validators, request.headers):
        return Answer(body=b"", status=HTTPStatus.NOT_MODIFIED, headers=validators)
    return replace(good, headers=validators)


def _faulty(good: Answer, fault: Fault) -> Answer:
    """The good answer, altered; what cannot be seen in the answer itself is left to its sending."""
    body = good.body
    if fault.rewritten is not None:
        old, new = fault.rewritten
        body = body.replace(old.encode(), new.encode())
    if fault.packed:
        return replace(good, body=gzip.compress(body), headers={"Content-Encoding": "gzip"})
    return replace(good, body=body, content_type=fault.content_type or good.content_type, fault=fault)


_CONDITIONS: Final = frozenset({"if-none-match", "if-modified-since"})


def _validators(site: Site, good: Answer) -> Mapping[str, str]:
    if not site.validators or good.status != HTTPStatus.OK:
        return {}
    return {
        "ETag": f'"{hashlib.sha256(good.body).hexdigest()[:32]}"',
        "Last-Modified": format_datetime(site.last_modified, usegmt=True),
    }


def _unchanged(validators: Mapping[str, str], headers: Mapping[str, str]) -> bool:
    """RFC 9110, 13.2.2: If-Modified-Since counts only where there is no If-None-Match."""
    if not validators:
        return False
    if tags := headers.get("if-none-match"):
        return validators["ETag"] in tags
    if since := headers.get("if-modified-since"):
        return parsedate_to_datetime(validators["Last-Modified"]) <= parsedate_to_datetime(since)
    return False
