"""The close look at the source site: at a healthy local one, and at one for each thing that may be found broken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from inspection_watch import live
from inspection_watch.demo.histories import SCENES, build_site
from inspection_watch.demo.site import LocalSite, Site
from inspection_watch.doctor import Finding, Verdict
from inspection_watch.settings import Settings
from watchers.fetch import Fetched, Trouble

NEWEST = replace(SCENES["west-sussex"].stage(date(2026, 11, 17)), file_id="60000000")
PAGE = f"/provider/44/{NEWEST.urn}"
FILE = f"/v1/file/{NEWEST.file_id}"

NOW = datetime(2026, 11, 17, 12, tzinfo=UTC)

Look = Callable[..., dict[str, Finding]]
"""The findings, by check; with the name of a check, those up to it."""


@pytest.fixture
def site() -> Site:
    site = build_site(5, validators=True)
    site.publish(NEWEST)
    return site


@pytest.fixture
def look(site: Site) -> Iterator[Look]:
    with LocalSite(site) as address:
        given = {
            "INSPECTION_WATCH_SITE_URL": address,
            "INSPECTION_WATCH_FILE_HOSTS": address.removeprefix("http://"),
            "INSPECTION_WATCH_GAP": 0,
        }
        settings = Settings.model_validate(given)

        def look(until: str = "", now: datetime = NOW) -> dict[str, Finding]:
            found: dict[str, Finding] = {}
            for finding in live.examine(settings, now):
                found[finding.check] = finding
                if finding.check == until:
                    break
            return found

        yield look


def verdict(finding: Finding) -> Verdict:
    return finding.verdict


def test_a_healthy_site_is_as_it_is_believed_to_be_in_a_handful_of_requests(site: Site, look: Look) -> None:
    found = look()
    assert {check: finding.words for check, finding in found.items() if finding.verdict is not Verdict.OK} == {}
    assert list(found) == [
        "robots",
        "list",
        "newest",
        "rows",
        "page",
        "words",
        "hosts",
        "document",
        "missing",
        "list again",
        "page again",
        "file again",
        "manners",
    ]
    assert found["list"].words == "153 authorities on 2 pages, those of our registry."
    assert found["newest"].words.startswith("the newest report is of 17 November 2026;")
    assert found["document"].words.endswith("under application/pdf, and is read as ilacs_inspection.")
    assert found["missing"].words.startswith("a document that does not exist is answered with status 200 and")
    assert len(site.requests) == 10


def test_without_validators_it_is_said_what_that_costs(site: Site, look: Look) -> None:
    site.validators = False
    found = look()
    assert [verdict(found[check]) for check in ("list again", "page again", "file again")] == [Verdict.ADVICE] * 3
    assert "fetched whole each time" in found["page again"].words


SEEN = Fetched(url="http://x.example/", body=b"body", etag='"1"')


@pytest.mark.parametrize(
    ("again", "verdict", "words"),
    [
        (Fetched(url="x", body=b"", not_modified=True), Verdict.OK, "ETag sent, and what has not changed"),
        (Fetched(url="x", body=b"body", etag='"2"'), Verdict.ADVICE, "ETag sent, but the whole of it came again."),
        (Trouble(why="x answered 500"), Verdict.ADVICE, "ETag sent, but asked with them: x answered 500."),
    ],
)
def test_validators_that_are_worth_nothing_are_found_out(
    again: Fetched | Trouble, verdict: Verdict, words: str
) -> None:
    found = live.conditional("page", SEEN, again)
    assert found.verdict is verdict
    assert words in found.words


@pytest.mark.parametrize(("status", "headers"), [(403, {}), (429, {"Retry-After": "600"})])
@pytest.mark.parametrize("where", ["/robots.txt", "/search", PAGE, FILE])
def test_a_site_that_refuses_us_is_not_asked_anything_more(
    site: Site, look: Look, where: str, status: int, headers: dict[str, str]
) -> None:
    site.answer(where, status=status, headers=headers, times=None)
    found = look()
    last = list(found.values())[-1]
    assert (last.check, last.verdict) == ("manners", Verdict.FIX)
    assert f"answered {status}: we are told to go" in last.words
    assert ("for 600 s" in last.words) is bool(headers)
    assert site.requests[-1].path.startswith(where)


@pytest.mark.parametrize(
    ("rules", "verdict", "words"),
    [
        ("User-agent: *\nAllow: /\n", Verdict.OK, "allows"),
        ("User-agent: *\nDisallow: /search\n", Verdict.FIX, "forbids /search: ask"),
        ("User-agent: inspection-watch\nDisallow: /\n", Verdict.FIX, "forbids /search, /provider/44/80578, /v1/file"),
        ("User-agent: *\nCrawl-delay: 10\n", Verdict.ADVICE, "asks for 10 s"),
        ("<html>a page</html>", Verdict.OK, "there is no robots.txt"),
    ],
)
def test_the_rules_for_robots_are_read_for_us(site: Site, look: Look, rules: str, verdict: Verdict, words: str) -> None:
    site.robots = rules
    found = look("robots")["robots"]
    assert found.verdict is verdict
    assert words in found.words


def test_authorities_that_are_missing_are_named(site: Site, look: Look) -> None:
    site.shrink(100)
    found = look("list")["list"]
    assert found.verdict is Verdict.FIX
    assert "100 authorities on 1 pages; 53 that should be there are missing: " in found.words
    assert found.words.endswith("and 48 more.")


def test_a_list_without_a_link_to_its_next_page_is_told(site: Site, look: Look) -> None:
    site.says_more = False
    found = look("rows")
    assert verdict(found["list"]) is Verdict.FIX
    assert verdict(found["rows"]) is Verdict.ADVICE


def test_the_country_is_that_of_the_day(look: Look) -> None:
    found = look("list", datetime(2027, 4, 1, tzinfo=UTC))["list"]
    assert (found.verdict, found.words) == (
        Verdict.ADVICE,
        "153 authorities on 2 pages; 1 are not in our registry of today: Surrey.",
    )


def test_a_cap_that_is_no_more_or_another_is_told(site: Site, look: Look) -> None:
    site.cap = 1000
    found = look("rows")
    assert found["rows"].words == "1000 rows asked for, 153 came: the cap was 100, see docs/live.md."
    assert verdict(found["list"]) is Verdict.OK


@pytest.mark.parametrize(
    ("where", "old", "new", "check", "words"),
    [
        ("/search", "results-list", "list-of-results", "list", "without a list of results"),
        ("/search", "Latest report: <time>", "Latest report: <time>on ", "markup", "cannot be read"),
        (PAGE, "timeline", "history", "page", "has no timeline"),
        (PAGE, "publication-link", "document", "page", "its documents cannot be understood"),
    ],
)
def test_markup_that_has_changed_is_what_has_to_be_mended(
    site: Site, look: Look, where: str, old: str, new: str, check: str, words: str
) -> None:
    site.rewrite(where, old, new, times=None)
    found = look(check)[check]
    assert found.verdict is Verdict.FIX
    assert words in found.words


def test_titles_and_types_that_are_new_are_said(site: Site, look: Look) -> None:
    site.rewrite("/search", "Find an inspection report", "Inspections", times=None)
    site.publish(replace(NEWEST, file_id="60000001", title="SEND monitoring visit"))
    found = look("words")["words"]
    assert found.verdict is Verdict.ADVICE
    assert "titled “Inspections - Ofsted”" in found.words
    assert "“SEND monitoring visit”" in found.words


def test_documents_on_a_host_that_is_not_allowed_are_named(site: Site, look: Look) -> None:
    site.files = "https://documents.example"
    found = look()
    assert found["hosts"].words == "documents stand on documents.example: add it to INSPECTION_WATCH_FILE_HOSTS."
    assert verdict(found["document"]) is Verdict.FIX


def test_a_newest_report_that_is_no_pdf_or_not_there_is_told(site: Site, look: Look) -> None:
    site.lose(NEWEST.file_id)
    found = look("document")["document"]
    assert found.verdict is Verdict.FIX
    assert "is no PDF by its first bytes, under text/html; charset=utf-8." in found.words


def test_a_report_that_cannot_be_read_is_said_with_the_reason(site: Site, look: Look) -> None:
    site.replace(NEWEST.file_id, b"%PDF-1.7 cut off")
    found = look("document")["document"]
    assert found.verdict is Verdict.ADVICE
    assert "and is not read: " in found.words


@pytest.mark.parametrize("status", [200, 404])
def test_the_status_of_a_document_that_does_not_exist_is_learnt(site: Site, look: Look, status: int) -> None:
    site.missing_status = status
    assert f"with status {status} and the page" in look("missing")["missing"].words


def test_another_page_for_a_document_that_does_not_exist_is_told(site: Site, look: Look) -> None:
    site.rewrite(live.NO_SUCH_FILE, "Report not found", "Nothing here", times=None)
    found = look("missing")["missing"]
    assert found.verdict is Verdict.ADVICE
    assert "not with the page that is known" in found.words


def test_a_page_that_does_not_bear_out_the_list_is_told(site: Site, look: Look) -> None:
    site.rewrite(PAGE, "17 November 2026", "16 November 2026", times=None)
    found = look("page")["page"]
    assert found.verdict is Verdict.ADVICE
    assert "the latest of 16 November 2026; the list says 2026-11-17." in found.words


def test_a_site_that_is_down_ends_it_with_the_reason(site: Site, look: Look) -> None:
    site.answer("/", status=410, times=None)
    assert verdict(look("list")["list"]) is Verdict.FIX


def test_a_list_on_which_nobody_has_a_report_ends_it(site: Site, look: Look) -> None:
    site.rewrite("/search", "Latest report", "Latest letter", times=None)
    found = look()
    assert verdict(found["markup"]) is Verdict.FIX
    assert "no authority on the list has a report" in found["page"].words


def test_a_page_without_documents_ends_it(site: Site, look: Look) -> None:
    site.answer(
        PAGE,
        status=200,
        body=b'<title>West Sussex</title><h1 class="heading--title">West Sussex</h1><ol class="timeline"></ol>',
    )
    assert "lists no document, but the list dates one" in look("page")["page"].words
