"""The small vocabulary in which tests tell the local site what happens on it and what goes wrong with it."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest

from inspection_watch.demo.site import LocalSite, Provider, Publication, Site
from watchers.listings import ProviderPage, SearchPage, provider_page, search_page

T0 = datetime(2026, 5, 18, 8, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
SEARCH = "/search?level_1_types=3&level_2_types%5B%5D=12&start={start}&rows={rows}"
REPORT = Publication(
    urn="1",
    title="Children's services inspection",
    published=date(2023, 5, 11),
    file_id="50",
    body=b"%PDF-1.4 report",
)
LETTER = Publication(
    urn="1", title="Children's services focused visit", published=date(2024, 7, 30), file_id="51", body=b"%PDF a letter"
)


@pytest.fixture
def now() -> list[datetime]:
    return [T0]


@pytest.fixture
def site(now: list[datetime]) -> Site:
    return Site([Provider(urn="1", name="Hull")], [REPORT], clock=lambda: now[0])


@pytest.fixture
def client(site: Site) -> Iterator[httpx.Client]:
    with LocalSite(site) as address, httpx.Client(base_url=address, verify=False, timeout=5) as client:
        yield client


def page(client: httpx.Client, urn: str = "1") -> ProviderPage:
    found = provider_page(client.get(f"/provider/44/{urn}").content, urn=urn, url=str(client.base_url))
    assert isinstance(found, ProviderPage)
    return found


def files(client: httpx.Client) -> list[str]:
    return [listing.file_id for listing in page(client).listings]


def authorities(client: httpx.Client, *, start: int = 0, rows: int = 1000) -> SearchPage:
    found = search_page(client.get(SEARCH.format(start=start, rows=rows)).content)
    assert isinstance(found, SearchPage)
    return found


def test_what_is_put_down_for_a_moment_happens_when_the_sites_own_clock_is_there(
    client: httpx.Client, site: Site, now: list[datetime]
) -> None:
    site.at(T0 + 2 * HOUR, site.withdraw, "51")
    site.at(T0 + HOUR, site.publish, LETTER)
    site.at(T0 + HOUR, site.answer, "/search", status=503)
    assert files(client) == ["50"]
    now[0] += HOUR
    assert files(client) == ["51", "50"]
    assert client.get("/search").status_code == 503
    now[0] += HOUR
    assert files(client) == ["50"]


def test_moments_that_were_slept_through_happen_in_their_order(
    client: httpx.Client, site: Site, now: list[datetime]
) -> None:
    site.at(T0 + 2 * HOUR, site.withdraw, "51")
    site.at(T0 + HOUR, site.publish, LETTER)
    now[0] += 9 * HOUR
    assert files(client) == ["50"]


def test_a_delisted_document_is_not_listed_any_more_and_still_served(client: httpx.Client, site: Site) -> None:
    site.delist("50")
    assert files(client) == []
    assert authorities(client).entries[0].latest_report is None
    assert client.get("/v1/file/50").content == REPORT.body
    site.relist("50")
    assert files(client) == ["50"]


def test_other_bytes_stand_under_the_same_address(client: httpx.Client, site: Site) -> None:
    site.replace("50", b"%PDF-1.4 mended")
    assert client.get("/v1/file/50").content == b"%PDF-1.4 mended"
    assert page(client).listings[0].published == REPORT.published


def test_a_document_gets_a_second_id_with_the_same_bytes_or_with_others(client: httpx.Client, site: Site) -> None:
    site.publish_again("50", as_id="52")
    site.publish_again("50", as_id="53", body=b"%PDF other")
    assert files(client) == ["53", "52", "50"]
    assert client.get("/v1/file/52").content == REPORT.body
    assert client.get("/v1/file/53").content == b"%PDF other"


@pytest.mark.parametrize("status", [200, 404, 410])
def test_one_lost_document_has_a_status_of_its_own(client: httpx.Client, site: Site, status: int) -> None:
    site.publish(LETTER)
    site.lose("50", status=status)
    site.lose("51")
    assert client.get("/v1/file/50").status_code == status
    assert client.get("/v1/file/51").status_code == 200
    assert "Report not found" in client.get("/v1/file/50").text


def test_an_authority_comes_is_renamed_and_goes(client: httpx.Client, site: Site) -> None:
    site.admit(Provider(urn="2", name="York"))
    assert [one.name for one in authorities(client).entries] == ["Hull", "York"]
    site.admit(Provider(urn="2", name="City of York"))
    assert [one.name for one in authorities(client).entries] == ["City of York", "Hull"]
    site.expel("2")
    assert [one.name for one in authorities(client).entries] == ["Hull"]
    assert client.get("/provider/44/2").status_code == 404


def test_the_cap_on_rows_can_be_another_and_the_next_page_can_be_hushed_up(client: httpx.Client, site: Site) -> None:
    for number in range(2, 9):
        site.admit(Provider(urn=str(number), name=f"Place {number}"))
    site.cap = 5
    first = authorities(client)
    assert (len(first.entries), first.has_next) == (5, True)
    site.says_more = False
    hushed = authorities(client)
    assert (hushed.entries, hushed.has_next) == (first.entries, False)
    assert len(authorities(client, start=5).entries) == 3


def test_documents_can_stand_on_another_host(client: httpx.Client, site: Site) -> None:
    site.files = "https://files.api.ofsted.gov.uk"
    assert page(client).listings[0].url == "https://files.api.ofsted.gov.uk/v1/file/50"


def test_a_fault_is_of_whole_parts_of_an_address(client: httpx.Client, site: Site) -> None:
    site.publish_again("50", as_id="501")
    site.answer("/v1/file/50", status=403, times=None)
    assert client.get("/v1/file/501").status_code == 200
    assert client.get("/v1/file/50?download=1").status_code == 403
    assert client.get("/v1/file/50").status_code == 403


def test_markup_can_change_under_our_hands(client: httpx.Client, site: Site) -> None:
    site.rewrite("/provider", "publication-link", "document-link")
    assert "document-link" in client.get("/provider/44/1").text
    assert files(client) == ["50"], "and once is enough"


def test_a_body_can_come_under_a_wrong_content_type(client: httpx.Client, site: Site) -> None:
    site.label("/v1/file/50", "text/html")
    answer = client.get("/v1/file/50")
    assert (answer.headers["content-type"], answer.content) == ("text/html", REPORT.body)


def test_a_body_can_come_packed(client: httpx.Client, site: Site) -> None:
    site.pack("/v1/file/50")
    with client.stream("GET", "/v1/file/50") as answer:
        raw = b"".join(answer.iter_raw())
    assert (answer.headers["content-encoding"], gzip.decompress(raw)) == ("gzip", REPORT.body)


def test_a_bomb_is_small_on_the_way(client: httpx.Client, site: Site) -> None:
    site.bomb("/v1/file/50", megabytes=8)
    with client.stream("GET", "/v1/file/50") as answer:
        raw = b"".join(answer.iter_raw())
    assert len(raw) < 20_000
    assert len(gzip.decompress(raw)) == 8 * 2**20


def test_a_connection_can_be_torn_down_in_the_middle_of_a_body(client: httpx.Client, site: Site) -> None:
    site.reset("/v1/file/50", after=5)
    with pytest.raises(httpx.ReadError, match="reset"):
        client.get("/v1/file/50")
    assert client.get("/v1/file/50").content == REPORT.body


def test_a_body_can_come_slowly_and_the_site_still_stops_at_once(site: Site) -> None:
    site.drip("/v1/file/50", after=5, pace=3600)
    with LocalSite(site) as address, httpx.Client(base_url=address, verify=False) as client:
        with client.stream("GET", "/v1/file/50") as answer:
            assert next(answer.iter_raw()) == REPORT.body[:5]  # type: ignore[index]
        site.drip("/v1/file/50", pace=0.001)
        assert client.get("/v1/file/50").content == REPORT.body


def test_an_address_can_lead_to_another_host(client: httpx.Client, site: Site) -> None:
    site.answer("/v1/file/50", status=302, headers={"Location": "http://files.example/50"})
    answer = client.get("/v1/file/50", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (302, "http://files.example/50")


def test_the_rules_for_robots_are_there_only_if_they_are_written(client: httpx.Client, site: Site) -> None:
    assert client.get("/robots.txt").status_code == 404
    site.robots = "User-agent: *\nDisallow: /search\n"
    answer = client.get("/robots.txt")
    assert (answer.text, answer.headers["content-type"]) == (site.robots, "text/plain; charset=utf-8")


def test_the_sites_clock_says_when_it_was_last_modified(client: httpx.Client, site: Site, now: list[datetime]) -> None:
    site.validators = True
    now[0] += HOUR
    site.publish(LETTER)
    assert client.get("/provider/44/1").headers["last-modified"] == "Mon, 18 May 2026 09:30:00 GMT"
