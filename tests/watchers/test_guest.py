"""What the fetcher makes of everything the local site can do wrong."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from inspection_watch.demo.site import LocalSite, Provider, Publication, Site
from watchers import fetch
from watchers.fetch import Fetched, Fetcher, Trouble

BODY = b"%PDF-1.4 " + b"x" * 5000
FILE = "/v1/file/7"
REPORT = Publication(
    urn="1", title="Children's services inspection", published=date(2024, 7, 30), file_id="7", body=BODY
)


@pytest.fixture
def site() -> Site:
    return Site([Provider(urn="1", name="Hull")], [REPORT])


@pytest.fixture
def address(site: Site) -> Iterator[str]:
    with LocalSite(site) as address:
        yield address


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def fetcher(address: str, waits: list[float]) -> Iterator[Fetcher]:
    def wait(seconds: float) -> bool:
        waits.append(seconds)
        return False

    fetcher = Fetcher(hosts=[address.removeprefix("http://")], user_agent="guest/1", gap=0, wait=wait)
    yield fetcher
    fetcher.close()


def got(answer: Fetched | Trouble) -> bytes:
    assert isinstance(answer, Fetched), answer
    return answer.body


def trouble(answer: Fetched | Trouble) -> str:
    assert isinstance(answer, Trouble)
    return answer.why


def test_validators_are_given_back_and_an_unchanged_document_is_not_sent_again(
    site: Site, address: str, fetcher: Fetcher
) -> None:
    site.validators = True
    first = fetcher.get(address + FILE)
    assert isinstance(first, Fetched)
    again = fetcher.get(address + FILE, etag=first.etag, last_modified=first.last_modified)
    assert again == Fetched(url=address + FILE, body=b"", not_modified=True)
    site.replace("7", b"%PDF-1.4 mended")
    assert got(fetcher.get(address + FILE, etag=first.etag, last_modified=first.last_modified)) == b"%PDF-1.4 mended"


def test_a_site_without_validators_is_asked_without_conditions(site: Site, address: str, fetcher: Fetcher) -> None:
    first = fetcher.get(address + FILE)
    assert isinstance(first, Fetched)
    assert (first.etag, first.last_modified) == (None, None)
    fetcher.get(address + FILE, etag=first.etag, last_modified=first.last_modified)
    assert not {"if-none-match", "if-modified-since"} & site.requests[-1].headers.keys()


@pytest.mark.parametrize("status", [200, 404])
def test_a_soft_404_is_a_body_that_says_so(site: Site, address: str, fetcher: Fetcher, status: int) -> None:
    site.lose("7", status=status)
    assert b"<title>Report not found" in got(fetcher.get(address + FILE))


def test_a_document_under_a_wrong_content_type_is_what_its_bytes_are(
    site: Site, address: str, fetcher: Fetcher
) -> None:
    site.label(FILE, "text/html; charset=utf-8")
    assert got(fetcher.get(address + FILE)) == BODY


def test_a_packed_document_is_unpacked(site: Site, address: str, fetcher: Fetcher) -> None:
    site.pack(FILE)
    assert got(fetcher.get(address + FILE)) == BODY


def test_a_bomb_is_refused(site: Site, address: str, fetcher: Fetcher) -> None:
    site.bomb(FILE, megabytes=80)
    assert "larger than 64 MB" in trouble(fetcher.get(address + FILE))


def test_a_connection_that_is_cut_or_torn_down_twice_is_asked_a_third_time(
    site: Site, address: str, fetcher: Fetcher, waits: list[float]
) -> None:
    site.reset(FILE, after=4000)
    site.cut(FILE, after=4000)
    assert got(fetcher.get(address + FILE)) == BODY
    assert len(waits) == 2


def test_a_body_that_drips_is_given_up(
    site: Site, address: str, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch, "MAX_SECONDS", 0.2)
    site.drip(FILE, after=1000, pace=0.01)
    assert "was not here whole after 0.2 s" in trouble(fetcher.get(address + FILE))


def test_a_redirect_within_the_site_is_followed_and_one_to_another_host_is_not(
    site: Site, address: str, fetcher: Fetcher
) -> None:
    site.answer("/v1/file/6", status=301, headers={"Location": FILE})
    assert got(fetcher.get(f"{address}/v1/file/6")) == BODY
    site.answer(FILE, status=302, headers={"Location": address.replace("127.0.0.1", "localhost") + FILE})
    assert "is not a host we may fetch from" in trouble(fetcher.get(address + FILE))
    assert len(site.requests) == 3


def test_a_refusal_is_taken_at_its_word(site: Site, address: str, fetcher: Fetcher) -> None:
    site.answer(FILE, status=403, times=None)
    assert trouble(fetcher.get(address + FILE)) == f"{address}{FILE} answered 403"
    assert len(site.requests) == 1


def test_too_many_requests_are_answered_with_the_patience_that_is_asked_for(
    site: Site, address: str, fetcher: Fetcher, waits: list[float]
) -> None:
    site.answer(FILE, status=429, headers={"Retry-After": "11"})
    assert got(fetcher.get(address + FILE)) == BODY
    assert waits == [11.0]


def test_nothing_but_get_is_ever_asked_and_always_under_our_own_name(
    site: Site, address: str, fetcher: Fetcher
) -> None:
    site.answer(FILE, status=500, times=2)
    fetcher.get(address + FILE)
    assert {(one.method, one.headers["user-agent"]) for one in site.requests} == {("GET", "guest/1")}
    assert len(site.requests) == 3
