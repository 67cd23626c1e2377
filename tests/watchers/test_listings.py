from __future__ import annotations

from datetime import date

import pytest

from judgements.types import Listing
from watchers.listings import NotThePage, ProviderPage, SearchEntry, SearchPage, provider_page, search_page

SEARCH = b"""<html><title>Find an inspection report - Ofsted</title><ul class="results-list">
<li class="search-result"><h3 class="search-result__title"><a href="/provider/44/80578">West  Sussex</a></h3>
 <ul class="search-result__provider-info"><li>Category: Local authority</li>
 <li>Latest report: <time>30 July 2024</time></li><li>URN: 80578</li></ul></li>
<li class="search-result"><h3 class="search-result__title"><a href="/provider/44/1">Nowhere &amp; Co</a></h3></li>
<li class="search-result"><h3 class="search-result__title"><a href="/provider/44/80467">East Sussex</a></h3>
 <ul class="search-result__provider-info"><li>Latest report: <time>3 Feb 2020</time></li></ul></li>
<li class="search-result advert">no link here</li>
</ul>%s</html>"""

PROVIDER = """<html><title>West Sussex - Find an Inspection Report - Ofsted</title>
<h1 class="heading--title">West Sussex</h1><ol class="timeline">
<li class="timeline__day"><p class="timeline__date"><time>31 July 2024</time></p>
 <div class="event"><span class="event__title heading--sub">
  <a class="publication-link" target="_blank" href="https://files.ofsted.gov.uk/v1/file/50250001">
   Children's services focused visit
   <span class="nonvisual">Children's services focused visit, pdf - 30 July 2024</span></a></span></div></li>
<li class="timeline__day"><p class="timeline__date"><time>3 Feb 2020</time></p>
 <div class="event"><span class="event__title heading--sub">
  <a class="publication-link" href="/v1/file/50140001/">Something new</a></span></div></li>
<li class="timeline__day"><p class="timeline__date"><time>1 January 2019</time></p>
 <div class="event"><span class="event__title">Registered</span></div></li>
%s</ol></html>"""


def test_a_search_page_gives_each_authority_with_the_date_of_its_latest_report() -> None:
    assert search_page(SEARCH % b"") == SearchPage(
        entries=(
            SearchEntry(urn="80578", name="West Sussex", latest_report=date(2024, 7, 30)),
            SearchEntry(urn="1", name="Nowhere & Co", latest_report=None),
            SearchEntry(urn="80467", name="East Sussex", latest_report=date(2020, 2, 3)),
        ),
        has_next=False,
    )


def test_a_search_page_says_whether_another_follows() -> None:
    page = search_page(SEARCH % b'<a class="pagination__next" href="?start=100">Next</a>')
    assert isinstance(page, SearchPage)
    assert page.has_next


def test_a_page_without_results_markup_is_not_an_empty_list() -> None:
    assert search_page(b"<html><title>Sorry</title></html>") == NotThePage(
        why="a search page without a list of results (titled “Sorry”)"
    )
    assert isinstance(search_page(b""), NotThePage)


def test_a_provider_page_lists_its_documents_newest_first() -> None:
    page = provider_page((PROVIDER % "").encode(), urn="80578", url="https://files.ofsted.gov.uk/provider/44/80578")
    assert page == ProviderPage(
        name="West Sussex",
        listings=(
            Listing(
                file_id="50250001",
                urn="80578",
                title="Children's services focused visit",
                url="https://files.ofsted.gov.uk/v1/file/50250001",
                published=date(2024, 7, 30),
            ),
            Listing(
                file_id="50140001",
                urn="80578",
                title="Something new",
                url="https://files.ofsted.gov.uk/v1/file/50140001/",
                published=date(2020, 2, 3),
            ),
        ),
        unfamiliar=("a type of document that is new to us: “Something new”",),
    )


def test_a_document_listed_twice_is_one_document() -> None:
    again = (
        '<li class="timeline__day"><p class="timeline__date"><time>30 July 2024</time></p><a class="publication-link"'
    )
    again += ' href="https://files.api.ofsted.gov.uk/v1/file/50250001">Children\'s Services focused visit</a></li>'
    page = provider_page((PROVIDER % again).encode(), urn="80578", url="https://x.example/")
    assert isinstance(page, ProviderPage)
    assert [listing.file_id for listing in page.listings] == ["50250001", "50140001"]
    assert page.odd == ()


def test_a_document_without_a_date_is_told_as_odd_and_the_others_are_kept() -> None:
    odd = '<li class="timeline__day"><a class="publication-link" href="/v1/file/7">undated</a></li>'
    page = provider_page((PROVIDER % odd).encode(), urn="80578", url="https://x.example/")
    assert isinstance(page, ProviderPage)
    assert len(page.listings) == 2
    assert page.odd == ("a document without a date: https://x.example/v1/file/7",)


def test_a_page_of_another_kind_says_what_it_is() -> None:
    assert provider_page(b"<title>Report not found</title>", urn="1", url="https://x.example/") == NotThePage(
        why="a page that is no provider's (titled “Report not found”)"
    )
    assert provider_page(b'<h1 class="heading--title">Hull</h1>', urn="1", url="https://x.example/") == NotThePage(
        why="the page of Hull has no timeline"
    )


def result(name: str, urn: str, latest: str = "<li>Latest report: <time>30 July 2024</time></li>") -> str:
    link = f'<h3 class="search-result__title"><a href="/provider/44/{urn}">{name}</a></h3>'
    return f'<li class="search-result">{link}<ul class="search-result__provider-info">{latest}</ul></li>'


def searched(*results: str) -> SearchPage:
    page = search_page(f'<ul class="results-list">{"".join(results)}</ul>'.encode())
    assert isinstance(page, SearchPage)
    return page


@pytest.mark.parametrize(
    "printed", ["<time></time>", "<time>30/07/2024</time>", "", "soon", "<time>31 June 2024</time>"]
)
def test_a_date_of_a_latest_report_that_cannot_be_read_is_told_as_odd(printed: str) -> None:
    page = searched(result("Hull", "1", f"<li>Latest report: {printed}</li>"))
    assert page.entries == (SearchEntry(urn="1", name="Hull", latest_report=None),)
    assert [odd.partition(":")[0] for odd in page.odd] == ["the date of the latest report of Hull cannot be read"]


@pytest.mark.parametrize("printed", ["<time>3 Feb 2020</time>", "3 February 2020"])
def test_a_date_of_a_latest_report_is_read_with_and_without_its_markup(printed: str) -> None:
    page = searched(result("Hull", "1", f"<li>Latest report: {printed}</li>"))
    assert (page.entries[0].latest_report, page.odd) == (date(2020, 2, 3), ())


def test_authorities_without_any_report_are_nothing_odd_but_a_page_of_nothing_else_is() -> None:
    dated, bare = result("Hull", "1"), result("York", "2", "")
    assert searched(dated, dated, bare).odd == ()
    assert searched(dated, bare, bare).odd == ()
    assert searched(bare).odd == ()
    assert searched(bare, bare).odd == ("none of 2 authorities has a date of a latest report",)


@pytest.mark.parametrize("urn", ["", "x", "²", "80578/reports", "http://["])
def test_a_result_whose_link_has_no_urn_is_told_as_odd(urn: str) -> None:
    page = searched(result("Hull", "1"), result("York", urn))
    assert [entry.name for entry in page.entries] == ["Hull"]
    assert page.odd == (f"the address of York has no URN: /provider/44/{urn}",)


def test_a_malformed_address_on_a_search_page_costs_one_entry() -> None:
    broken = result("York", "2").replace('href="/provider', 'href="http://[files/provider')
    page = searched(result("Hull", "1"), broken)
    assert [entry.name for entry in page.entries] == ["Hull", "York"]


def linked(
    href: str, markup: str = 'class="publication-link"', title: str = "A letter", day: str = "1 May 2018"
) -> str:
    link = f'<a {markup} href="{href}">{title}</a>'
    return f'<li class="timeline__day"><p class="timeline__date"><time>{day}</time></p>{link}</li>'


def provided(more: str) -> ProviderPage:
    page = provider_page((PROVIDER % more).encode(), urn="80578", url="https://x.example/")
    assert isinstance(page, ProviderPage)
    return page


@pytest.mark.parametrize(
    "href",
    [
        "http://[files.ofsted.gov.uk/v1/file/7",
        "https://files℀.ofsted.gov.uk/v1/file/7",
        "https://files.ofsted.gov.uk@evil.example/v1/file/7",
        "https://someone:secret@files.ofsted.gov.uk/v1/file/7",
        "javascript:alert(1)",
        "file:///v1/file/7",
        "",
    ],
)
def test_a_link_whose_address_cannot_be_trusted_is_told_as_odd_and_the_others_are_kept(href: str) -> None:
    page = provided(linked(href))
    assert [listing.file_id for listing in page.listings] == ["50250001", "50140001"]
    assert len(page.odd) == 1


@pytest.mark.parametrize(
    "path", ["/v1/file/7/download", "/v1/file/", "/v1/file/abc", "/v1/file/²", "/v2/file/7", "/a/v1/file/7", "/file/7"]
)
def test_only_a_number_names_a_file_so_that_two_documents_never_become_one(path: str) -> None:
    page = provided(linked(path))
    assert len(page.listings) == 2
    assert page.odd == (f"a document whose address has no file number: https://x.example{path}",)


@pytest.mark.parametrize("path", ["/v1/file/7", "/v1/file/7/", "/v1/file/7.pdf", "/v1/file/7?download=1#page=2"])
def test_a_file_is_known_by_its_number_however_its_address_ends(path: str) -> None:
    assert provided(linked(path)).listings[-1].file_id == "7"


def test_a_file_listed_again_as_another_document_is_told_as_odd() -> None:
    page = provided(linked("/v1/file/50250001", title="Another", day="1 May 2018"))
    assert len(page.listings) == 2
    (odd,) = page.odd
    assert odd.startswith("one file is listed as two documents (Children's services focused visit, 2024-07-30, and Ano")


@pytest.mark.parametrize(
    ("markup", "href"),
    [
        ('class="document-link"', "/v1/file/7"),
        ("", "https://files.ofsted.gov.uk/v3/7"),
        ("", "/reports/7.PDF"),
    ],
)
def test_a_document_whose_markup_was_renamed_is_never_silently_nothing(markup: str, href: str) -> None:
    page = provided(linked(href, markup))
    assert len(page.listings) == 2
    assert len(page.odd) == 1


def test_a_page_none_of_whose_documents_can_be_understood_is_not_read_as_an_empty_one() -> None:
    renamed = PROVIDER.replace("publication-link", "document-link") % ""
    page = provider_page(renamed.encode(), urn="80578", url="https://x.example/")
    assert isinstance(page, NotThePage)
    assert page.why.startswith("the page of West Sussex: its documents cannot be understood (a document that is not")


def test_a_timeline_of_nothing_but_events_is_an_empty_list() -> None:
    timeline = '<ol class="timeline"><li><span class="event__title">Registered</span></li></ol>'
    title = "<title>Hull - Find an Inspection Report - Ofsted</title>"
    html = f'{title}<h1 class="heading--title">Hull</h1>{timeline}'.encode()
    page = provider_page(html, urn="1", url="https://x.example/")
    assert page == ProviderPage(name="Hull", listings=())


@pytest.mark.parametrize(
    "printed", ["CHILDREN'S services Inspection", "Children’s services inspection", "Area SEND full inspection"]
)
def test_a_type_is_familiar_however_its_letters_are_written(printed: str) -> None:
    assert provided(linked("/v1/file/7", title=printed)).unfamiliar == NEW


def test_an_unknown_type_is_listed_as_it_is_printed_and_said_once() -> None:
    page = provided(linked("/v1/file/7", title="Ofsted's visit") + linked("/v1/file/8", title="Ofsted's visit"))
    assert [listing.title for listing in page.listings[2:]] == ["Ofsted's visit"] * 2
    assert page.unfamiliar == (*NEW, "a type of document that is new to us: “Ofsted's visit”")
    assert page.odd == ()


NEW = ("a type of document that is new to us: “Something new”",)


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("<title>West Sussex - Get an inspection report</title>", "titled “West Sussex - Get an inspection report”"),
        ("", "without a title"),
    ],
)
def test_a_page_with_an_unknown_title_is_read_and_the_title_is_said(title: str, shown: str) -> None:
    known = "<title>West Sussex - Find an Inspection Report - Ofsted</title>"
    page = provider_page((PROVIDER % "").replace(known, title).encode(), urn="80578", url="https://x.example/")
    assert isinstance(page, ProviderPage)
    assert len(page.listings) == 2
    assert page.unfamiliar == (f"a page {shown}, unlike the site's pages so far", *NEW)
    searched_page = search_page(f'{title}<ul class="results-list"></ul>'.encode())
    assert isinstance(searched_page, SearchPage)
    assert searched_page.unfamiliar == (f"a page {shown}, unlike the site's pages so far",)


def test_a_page_titled_not_found_is_no_providers_whatever_stands_on_it() -> None:
    gone = (PROVIDER % "").replace("West Sussex - Find", "Report not found - Find")
    assert provider_page(gone.encode(), urn="80578", url="https://x.example/") == NotThePage(
        why="a page that is no provider's (titled “Report not found - Find an Inspection Report - Ofsted”)"
    )
