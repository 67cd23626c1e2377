from __future__ import annotations

from datetime import date

from judgements.types import Listing
from watchers.listings import NotThePage, ProviderPage, SearchEntry, SearchPage, provider_page, search_page

SEARCH = b"""<html><title>Search</title><ul class="results-list">
<li class="search-result"><h3 class="search-result__title"><a href="/provider/44/80578">West  Sussex</a></h3>
 <ul class="search-result__provider-info"><li>Category: Local authority</li>
 <li>Latest report: <time>30 July 2024</time></li><li>URN: 80578</li></ul></li>
<li class="search-result"><h3 class="search-result__title"><a href="/provider/44/1">Nowhere &amp; Co</a></h3></li>
<li class="search-result advert">no link here</li>
</ul>%s</html>"""

PROVIDER = """<html><title>x</title><h1 class="heading--title">West Sussex</h1><ol class="timeline">
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
    )


def test_a_document_listed_twice_is_one_document() -> None:
    again = '<li class="timeline__day"><p class="timeline__date"><time>1 May 2018</time></p><a class="publication-link"'
    again += ' href="https://files.api.ofsted.gov.uk/v1/file/50250001">again</a></li>'
    page = provider_page((PROVIDER % again).encode(), urn="80578", url="https://x.example/")
    assert isinstance(page, ProviderPage)
    assert [listing.file_id for listing in page.listings] == ["50250001", "50140001"]


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
