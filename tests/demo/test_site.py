from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import httpx
import pytest

from inspection_watch.demo.site import LocalSite, Provider, Publication, Scene, Site
from watchers.listings import ProviderPage, SearchEntry, SearchPage, provider_page, search_page

SEARCH = "/search?q=&location=&lat=&lon=&radius=&level_1_types=3&level_2_types%5B%5D=12&start={start}&rows={rows}"
WEST_SUSSEX = Provider(urn="80578", name="West Sussex")
REPORT = Publication(
    urn="80578",
    title="Children's services inspection",
    published=date(2023, 5, 11),
    file_id="50216276",
    body=b"%PDF-1.4 a report",
)
LETTER = Publication(
    urn="80578",
    title="Children's services focused visit",
    published=date(2024, 7, 30),
    file_id="50250001",
    body=lambda: b"%PDF-1.4 a letter",
)


@pytest.fixture
def site() -> Site:
    return Site([WEST_SUSSEX, Provider(urn="1", name='Fish & <Chips> "Borough"')], [REPORT, LETTER])


@pytest.fixture
def client(site: Site) -> Iterator[httpx.Client]:
    with LocalSite(site) as address, httpx.Client(base_url=address, verify=False) as client:
        yield client


def entries(client: httpx.Client, start: int = 0, rows: int = 100) -> tuple[SearchEntry, ...]:
    page = search_page(client.get(SEARCH.format(start=start, rows=rows)).content)
    assert isinstance(page, SearchPage)
    return page.entries


def listed(client: httpx.Client, urn: str = "80578") -> ProviderPage:
    url = f"{client.base_url}/provider/44/{urn}"
    page = provider_page(client.get(url).content, urn=urn, url=url)
    assert isinstance(page, ProviderPage)
    return page


def test_the_search_lists_every_authority_with_the_date_of_its_latest_report(client: httpx.Client) -> None:
    assert entries(client) == (
        SearchEntry(urn="1", name='Fish & <Chips> "Borough"', latest_report=None),
        SearchEntry(urn="80578", name="West Sussex", latest_report=date(2024, 7, 30)),
    )


def test_the_search_lists_no_authority_for_those_who_do_not_ask_for_local_authorities(client: httpx.Client) -> None:
    assert search_page(client.get("/search?q=&start=0&rows=100").content) == SearchPage(entries=(), has_next=False)


def test_more_than_a_hundred_rows_are_never_given_and_nobody_is_told() -> None:
    site = Site([Provider(urn=str(number), name=f"Place {number:03}") for number in range(153)])
    with LocalSite(site) as address, httpx.Client(base_url=address, verify=False) as client:
        first = search_page(client.get(SEARCH.format(start=0, rows=1000)).content)
        rest = search_page(client.get(SEARCH.format(start=100, rows=1000)).content)
    assert isinstance(first, SearchPage)
    assert isinstance(rest, SearchPage)
    assert (len(first.entries), first.has_next, len(rest.entries), rest.has_next) == (100, True, 53, False)


def test_a_page_may_be_as_large_as_a_real_one_and_lists_the_same(client: httpx.Client, site: Site) -> None:
    bare = listed(client)
    site.furniture = 70
    assert len(client.get("/provider/44/80578").content) >= 70_000
    assert listed(client) == bare


def test_the_link_to_the_next_page_leads_to_the_next_page(client: httpx.Client) -> None:
    first = client.get(SEARCH.format(start=0, rows=1)).text
    href = first.split('class="pagination__next" href="')[1].split('"')[0].replace("&amp;", "&")
    following = search_page(client.get(href).content)
    assert isinstance(following, SearchPage)
    assert [entry.urn for entry in following.entries] == ["80578"]
    assert not following.has_next


def test_words_narrow_the_search(client: httpx.Client) -> None:
    page = search_page(client.get("/search?q=sussex&level_1_types=3&level_2_types%5B%5D=12").content)
    assert isinstance(page, SearchPage)
    assert [entry.urn for entry in page.entries] == ["80578"]


def test_a_page_lists_documents_newest_first_with_type_date_and_address(client: httpx.Client) -> None:
    page = listed(client)
    assert page.name == "West Sussex"
    assert page.odd == ()
    assert [(one.file_id, one.title, one.published, one.url) for one in page.listings] == [
        ("50250001", "Children's services focused visit", date(2024, 7, 30), f"{client.base_url}/v1/file/50250001"),
        ("50216276", "Children's services inspection", date(2023, 5, 11), f"{client.base_url}/v1/file/50216276"),
    ]


def test_a_link_without_words_for_screen_readers_is_dated_by_its_day(client: httpx.Client, site: Site) -> None:
    site.publish(Publication(urn="1", title="New", published=date(2025, 2, 4), file_id="9", body=b"", aside=False))
    assert "nonvisual" not in client.get("/provider/44/1").text
    assert [one.published for one in listed(client, "1").listings] == [date(2025, 2, 4)]


def test_documents_of_one_day_share_its_entry_in_the_timeline(client: httpx.Client, site: Site) -> None:
    site.publish(Publication(urn="80578", title="Other", published=LETTER.published, file_id="50250002", body=b""))
    assert client.get("/provider/44/80578").text.count("timeline__day") == 2


def test_names_and_types_are_escaped(client: httpx.Client, site: Site) -> None:
    site.publish(Publication(urn="1", title="<b>&", published=date(2025, 2, 4), file_id="9", body=b""))
    page = listed(client, "1")
    assert (page.name, page.listings[0].title) == ('Fish & <Chips> "Borough"', "<b>&")


def test_an_authority_without_documents_has_an_empty_timeline(client: httpx.Client) -> None:
    assert listed(client, "1").listings == ()


def test_a_status_event_has_a_day_and_no_document() -> None:
    with (
        LocalSite(Site([Provider(urn="2", name="New", registered=date(2023, 4, 1))])) as address,
        httpx.Client(base_url=address, verify=False) as client,
    ):
        assert "01 April 2023" in client.get("/provider/44/2").text
        assert listed(client, "2") == ProviderPage(name="New", listings=())


def test_files_are_served_as_they_were_published(client: httpx.Client) -> None:
    answer = client.get("/v1/file/50216276")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.content == b"%PDF-1.4 a report"


def test_a_document_is_made_when_it_is_first_asked_for_and_only_then(client: httpx.Client, site: Site) -> None:
    made: list[int] = []
    site.publish(
        Publication(
            urn="1",
            title="Lazy",
            published=date(2025, 2, 4),
            file_id="9",
            body=lambda: f"made {made.append(1) or len(made)}".encode(),  # type: ignore[func-returns-value]
        )
    )
    assert made == []
    assert [client.get("/v1/file/9").content for _ in range(2)] == [b"made 1", b"made 1"]


@pytest.mark.parametrize("path", ["/v1/file/404", "/provider/44/404", "/provider/99/80578", "/elsewhere"])
def test_what_is_not_there_is_a_page_that_says_so(client: httpx.Client, path: str) -> None:
    page = client.get(path).text
    assert "<title>Report not found - Find an Inspection Report - Ofsted</title>" in page
    assert "Sorry, the document you requested no longer exists." in page


@pytest.mark.parametrize("status", [200, 404])
def test_a_missing_file_has_the_status_it_was_told_to_have(client: httpx.Client, site: Site, status: int) -> None:
    site.missing_status = status
    assert client.get("/v1/file/404").status_code == status


def test_a_document_that_is_published_appears_while_the_site_is_served(client: httpx.Client, site: Site) -> None:
    site.publish(Publication(urn="1", title="New", published=date(2025, 2, 4), file_id="9", body=b"%PDF"))
    assert entries(client)[0].latest_report == date(2025, 2, 4)
    assert [one.file_id for one in listed(client, "1").listings] == ["9"]


def test_a_document_published_again_under_its_id_replaces_the_old_one(client: httpx.Client, site: Site) -> None:
    site.publish(Publication(urn="80578", title="Other", published=date(2024, 8, 1), file_id="50250001", body=b"new"))
    assert client.get("/v1/file/50250001").content == b"new"
    assert [one.title for one in listed(client).listings] == ["Other", "Children's services inspection"]


def test_nothing_can_be_published_on_an_authority_that_is_not_there(site: Site) -> None:
    with pytest.raises(KeyError):
        site.publish(Publication(urn="404", title="x", published=date(2025, 2, 4), file_id="9", body=b""))
    assert site.file("9") is None


def test_a_withdrawn_document_is_neither_listed_nor_served(client: httpx.Client, site: Site) -> None:
    site.withdraw("50250001")
    assert [one.file_id for one in listed(client).listings] == ["50216276"]
    assert "Report not found" in client.get("/v1/file/50250001").text


def test_a_lost_link_stays_listed_and_may_come_back(client: httpx.Client, site: Site) -> None:
    site.lose("50250001")
    assert [one.file_id for one in listed(client).listings] == ["50250001", "50216276"]
    assert "Report not found" in client.get("/v1/file/50250001").text
    site.find_again("50250001")
    assert client.get("/v1/file/50250001").content == b"%PDF-1.4 a letter"


def test_the_site_can_list_fewer_authorities_than_it_has(client: httpx.Client, site: Site) -> None:
    site.shrink(to=1)
    assert [entry.urn for entry in entries(client)] == ["1"]
    site.shrink(to=None)
    assert len(entries(client)) == 2


def test_a_fault_is_answered_as_often_as_it_was_asked_for(client: httpx.Client, site: Site) -> None:
    site.answer("/provider", status=429, headers={"Retry-After": "7"}, body=b"slower, please", times=2)
    assert client.get("/v1/file/50216276").status_code == 200
    faulty = client.get("/provider/44/80578")
    assert (faulty.status_code, faulty.headers["retry-after"], faulty.content) == (429, "7", b"slower, please")
    assert [client.get("/provider/44/80578").status_code for _ in range(2)] == [429, 200]


def test_a_fault_without_an_end_stays_until_the_site_is_healed(client: httpx.Client, site: Site) -> None:
    site.answer("/", status=500, times=None)
    assert [client.get("/search").status_code for _ in range(3)] == [500, 500, 500]
    site.heal()
    assert client.get("/search").status_code == 200


def test_a_connection_can_be_cut_in_the_middle_of_a_body(client: httpx.Client, site: Site) -> None:
    site.cut("/v1/file", after=5)
    with pytest.raises(httpx.RemoteProtocolError, match="5 bytes, expected 17"):
        client.get("/v1/file/50216276")
    assert client.get("/v1/file/50216276").content == b"%PDF-1.4 a report"


def test_without_validators_nothing_can_be_asked_conditionally(client: httpx.Client) -> None:
    answer = client.get("/v1/file/50216276")
    assert "etag" not in answer.headers
    assert "last-modified" not in answer.headers
    assert client.get("/v1/file/50216276", headers={"If-None-Match": '"x"'}).status_code == 200


@pytest.mark.parametrize("path", ["/v1/file/50216276", "/provider/44/80578", SEARCH.format(start=0, rows=100)])
@pytest.mark.parametrize(("given", "asked"), [("ETag", "If-None-Match"), ("Last-Modified", "If-Modified-Since")])
def test_with_validators_what_is_unchanged_is_not_sent_again(
    client: httpx.Client, site: Site, path: str, given: str, asked: str
) -> None:
    site.validators = True
    conditional = {asked: client.get(path).headers[given]}
    again = client.get(path, headers=conditional)
    assert (again.status_code, again.content) == (304, b"")
    site.publish(Publication(urn="80578", title="New", published=date(2026, 2, 4), file_id="50216276", body=b"new"))
    assert client.get(path, headers=conditional).status_code == 200


def test_a_frozen_address_says_that_nothing_has_changed_to_whoever_asks_that(client: httpx.Client, site: Site) -> None:
    first = client.get("/provider/44/80578").content
    site.freeze("/provider/44/80578", times=2)
    site.publish(replace(REPORT, file_id="50000099"))
    assert client.get("/provider/44/80578", headers={"If-None-Match": '"old"'}).status_code == 304
    assert client.get("/provider/44/80578").content != first, "whoever asks for it whole gets it whole"


def test_a_page_that_is_missing_has_no_validators(client: httpx.Client, site: Site) -> None:
    site.validators = True
    site.missing_status = 404
    assert "etag" not in client.get("/v1/file/404").headers


def test_the_site_remembers_what_it_was_asked(client: httpx.Client, site: Site) -> None:
    client.get("/search?q=x", headers={"User-Agent": "somebody"})
    (request,) = site.requests
    assert (request.method, request.path, request.headers["user-agent"]) == ("GET", "/search?q=x", "somebody")
    site.forget_requests()
    assert site.requests == ()


def test_a_head_request_has_the_headers_without_the_body(client: httpx.Client) -> None:
    answer = client.head("/v1/file/50216276")
    assert (answer.headers["content-length"], answer.content) == ("17", b"")


def staged(day: date) -> Publication:
    return Publication(urn="80578", title="Scene", published=day, file_id=f"{day:%Y%m%d}", body=b"%PDF")


SCENE = Scene(name="a-scene", urn="80578", says="a scene", stage=staged)


def test_another_process_can_have_a_scene_published() -> None:
    site = Site([WEST_SUSSEX])
    with (
        LocalSite(site, scenes={"a-scene": SCENE}, today=lambda: date(2026, 11, 20)) as address,
        httpx.Client(base_url=address, verify=False) as client,
    ):
        answer = client.post("/_demo/publish", json={"scene": "a-scene"})
        client.post("/_demo/publish", json={"scene": "a-scene", "day": "2026-11-21"})
        assert answer.json() == {"urn": "80578", "title": "Scene", "published": "2026-11-20", "file_id": "20261120"}
        assert [one.published for one in listed(client).listings] == [date(2026, 11, 21), date(2026, 11, 20)]


@pytest.mark.parametrize("order", [b"", b"[]", b"{}", b"not json", b'{"scene": "none"}', b'{"scene": "s", "day": "x"}'])
def test_an_order_that_makes_no_sense_is_answered_with_how_to_say_it(order: bytes) -> None:
    with LocalSite(Site([WEST_SUSSEX]), scenes={"s": SCENE}) as address:
        answer = httpx.post(f"{address}/_demo/publish", content=order)
    assert answer.status_code == 400
    assert "say" in answer.json()["error"]


def test_nothing_else_can_be_posted(client: httpx.Client) -> None:
    assert client.post("/provider/44/80578", content=b"x" * 5000).status_code == 404
    assert client.get("/provider/44/80578").status_code == 200


def test_the_site_stops_at_once_leaves_no_thread_and_says_nothing(
    site: Site, capfd: pytest.CaptureFixture[str]
) -> None:
    before = set(threading.enumerate())
    with httpx.Client(verify=False) as client:  # keeps its connection open
        with LocalSite(site) as address:
            assert client.get(f"{address}/search").status_code == 200
        assert set(threading.enumerate()) == before
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{address}/search")
    assert capfd.readouterr() == ("", "")
