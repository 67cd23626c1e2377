"""What the site can do wrong while it publishes: whole polls over HTTP, on both databases. All: `docs/scenarios.md`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from inspection_watch.demo.pages import answer
from inspection_watch.demo.site import Provider, Request, Site
from judgements.authorities import REGISTRY
from judgements.types import ChangeKind, Grade, NotRead
from storage.types import TroubleKind
from tests.fakes import paper
from tests.watchers.bench import EAST, MINUTE, NEWS, SOURCE, WEST, Bench, publication
from watchers import fetch, search

FILE = f"/v1/file/{NEWS.file_id}"
ELSEWHERE = "https://elsewhere.example/"
DAY = timedelta(days=1)


def told(bench: Bench) -> list[ChangeKind]:
    return [change.kind for change in bench.told()]


def test_the_page_that_once_showed_100_of_152_authorities_is_a_fault_and_nothing_is_withdrawn(bench: Bench) -> None:
    """The cap on rows is silent, and the link to the next page was not there: as a public page once had it."""
    bench.source = replace(SOURCE, expected=frozenset(one.urn for one in REGISTRY.current[:152]))
    for authority in REGISTRY.current[:152]:
        bench.site.admit(Provider(urn=authority.urn, name=authority.name))
    first = bench.site.listed()[0][0].urn
    bench.site.publish(publication("50000009", date(2024, 1, 9), paper(first, date(2023, 11, 6)), urn=first))
    listed = len(bench.site.listed())
    assert bench.poll().seen == listed
    bench.site.says_more = False
    for _ in range(3):
        summary = bench.poll(later=10 * MINUTE)
    assert (summary.seen, told(bench)) == (100, [])
    assert summary.troubles == (
        f"Ofsted's list of local authorities shows 100 authorities, {listed - 100} that should be there are missing",
    )
    assert len(bench.world.store.known_authorities()) == listed
    assert TroubleKind.LIST_SUSPECT in {one.kind for one in bench.world.store.open_troubles()}
    bench.site.says_more = True
    assert bench.poll(later=10 * MINUTE).troubles == ()
    assert TroubleKind.LIST_SUSPECT not in {one.kind for one in bench.world.store.open_troubles()}


@pytest.mark.parametrize("cap", [1, 5, 11, 12, 1000])
def test_whatever_number_of_rows_the_site_gives_all_pages_are_read(bench: Bench, cap: int) -> None:
    for number in range(10):
        bench.site.admit(Provider(urn=str(number), name=f"Place {number}"))
    bench.site.cap = cap
    summary = bench.poll()
    assert (summary.seen, summary.troubles) == (12, ())


def test_a_cap_of_a_few_rows_makes_many_pages_and_no_trouble(bench: Bench) -> None:
    for authority in REGISTRY.current:
        bench.site.admit(Provider(urn=authority.urn, name=authority.name))
    bench.site.cap = 3
    summary = bench.poll()
    assert (summary.seen, summary.troubles) == (len(bench.site.listed()), ())


def test_a_list_that_never_ends_is_given_up(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "MOST_AUTHORITIES", 20)
    for number in range(30):
        bench.site.admit(Provider(urn=str(number), name=f"Place {number}"))
    bench.site.cap = 4
    assert bench.poll().troubles == ("Ofsted's list of local authorities does not end after 20 authorities",)
    assert len(bench.asked) == 6


Fault = Callable[[Site], None]
PASSING: dict[str, Fault] = {
    "refused": lambda site: site.answer(FILE, status=403, times=None),
    "too many requests": lambda site: site.answer(FILE, status=429, headers={"Retry-After": "120"}, times=None),
    "down": lambda site: site.answer(FILE, status=503, times=None),
    "not found, status 200": lambda site: site.lose(NEWS.file_id, status=200),
    "not found, status 404": lambda site: site.lose(NEWS.file_id, status=404),
    "gone, status 410": lambda site: site.lose(NEWS.file_id, status=410),
    "cut off": lambda site: site.cut(FILE, after=20, times=None),
    "torn down": lambda site: site.reset(FILE, after=20, times=None),
    "dripping": lambda site: site.drip(FILE, after=20, pace=0.05, times=None),
    "a bomb": lambda site: site.bomb(FILE, megabytes=65, times=None),
    "on another host": lambda site: site.answer(
        FILE, status=302, headers={"Location": "https://a.example/7"}, times=None
    ),
    "a page of excuse": lambda site: site.answer(FILE, status=200, body=b"<title>Back soon</title>", times=None),
    "empty": lambda site: site.answer(FILE, status=200, times=None),
}


@pytest.mark.parametrize("what", sorted(PASSING))
def test_a_document_that_cannot_be_had_is_told_once_it_can(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    bench.poll()
    bench.site.publish(NEWS)
    PASSING[what](bench.site)
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(fetch, "MAX_SECONDS", 0.5)
        bench.poll()
    assert told(bench) == []
    bench.site.heal()
    if what.startswith(("not found", "gone")):
        bench.site.find_again(NEWS.file_id)
    bench.poll(later=DAY)
    assert told(bench) == [ChangeKind.NEW_INSPECTION]


@pytest.mark.parametrize("content_type", ["text/html; charset=utf-8", "application/octet-stream", "nonsense"])
def test_a_document_under_a_wrong_content_type_is_told_at_once(bench: Bench, content_type: str) -> None:
    bench.poll()
    bench.site.publish(NEWS)
    bench.site.label(FILE, content_type)
    bench.poll()
    assert told(bench) == [ChangeKind.NEW_INSPECTION]


def test_packed_pages_and_documents_are_read_like_any_other(bench: Bench) -> None:
    bench.site.pack("/", times=None)
    assert bench.poll().documents == 2
    bench.site.publish(NEWS)
    bench.poll()
    assert told(bench) == [ChangeKind.NEW_INSPECTION]


def test_documents_that_move_to_the_other_host_of_files_are_no_news(bench: Bench) -> None:
    bench.poll()
    bench.site.files = "https://files.api.ofsted.gov.uk"
    summary = bench.poll(full=True, later=DAY)
    assert (summary.documents, summary.troubles, told(bench)) == (0, (), [])
    assert {one.listing.url.partition("/v1")[0] for one in bench.world.store.known(WEST).documents} == {
        bench.site.files
    }


@pytest.mark.parametrize("where", ["/search", f"/provider/44/{WEST}"])
@pytest.mark.parametrize("fault", ["away", "moved", "torn", "renamed"])
def test_a_broken_page_loses_nothing_and_invents_nothing(bench: Bench, where: str, fault: str) -> None:
    bench.poll()
    bench.site.publish(NEWS)
    match fault:
        case "away":
            bench.site.answer(where, status=200, body=b"<title>Back soon</title>", times=None)
        case "moved":
            bench.site.answer(where, status=302, headers={"Location": ELSEWHERE}, times=None)
        case "torn":
            bench.site.reset(where, after=50, times=None)
        case "renamed":
            bench.site.rewrite(where, "results-list" if where == "/search" else "timeline", "other", times=None)
    for _ in range(3):
        summary = bench.poll(full=True, later=DAY)
        assert summary.troubles or summary.failed
    assert told(bench) == []
    bench.site.heal()
    bench.poll(full=True, later=DAY)
    assert told(bench) == [ChangeKind.NEW_INSPECTION]


def test_what_was_put_down_for_an_hour_is_found_by_the_looks_after_it(bench: Bench) -> None:
    """The site has a clock of its own: here it is the watcher's."""
    bench.site._clock = bench.world.clock
    bench.poll()
    bench.site.at(bench.now[0] + 30 * MINUTE, bench.site.publish, NEWS)
    assert [bench.poll(later=10 * MINUTE).changes for _ in range(4)] == [0, 0, 1, 0]


def test_pages_that_have_lost_all_they_had_do_not_keep_the_others_from_being_opened(bench: Bench) -> None:
    """Found by the random play: three suspect pages in a row broke every walk off, and those behind were never seen."""
    lost = [
        publication(f"4000000{n}", date(2024, 1, n), paper(f"1{n}", date(2023, 1, n)), urn=f"1{n}") for n in (1, 2, 3)
    ]
    for one in lost:
        bench.site.admit(Provider(urn=one.urn, name=f"A place {one.urn}"))
        bench.site.publish(one)
    bench.poll()
    for one in lost:
        bench.site.delist(one.file_id)
    bench.site.publish(NEWS)
    summary = bench.poll(full=True, later=DAY)
    assert len(summary.failed) == 3
    assert told(bench) == [ChangeKind.NEW_INSPECTION]


def test_pages_that_cannot_be_had_do_not_keep_the_same_others_from_being_opened_for_ever(bench: Bench) -> None:
    for number in (1, 2, 3):
        bench.site.admit(Provider(urn=f"1{number}", name=f"A place {number}"))
        bench.site.answer(f"/provider/44/1{number}", status=410, times=None)
    for _ in range(12):
        bench.poll(later=DAY)
    known = bench.world.store.known_authorities()
    assert {urn for urn, one in known.items() if one.baseline_at} == {WEST, EAST}


EASTS = [
    publication(f"4000000{n}", date(2015 + n, 1, 9), paper(EAST, date(2014 + n, 11, 6)), urn=EAST) for n in range(5)
]


def page_of(bench: Bench, urn: str) -> bytes:
    asked = Request(
        method="GET", path=f"/provider/44/{urn}", headers={"host": bench.world.site.removeprefix("http://")}
    )
    return answer(bench.site, asked).body


@pytest.mark.parametrize("how", ["a cache's mistake", "a redirect"])
def test_another_authoritys_page_at_its_address_is_a_fault_and_no_run_of_news(bench: Bench, how: str) -> None:
    for one in EASTS:
        bench.site.publish(one)
    bench.poll()
    mine, theirs = f"/provider/44/{WEST}", f"/provider/44/{EAST}"
    if how == "a redirect":
        bench.site.answer(mine, status=302, headers={"Location": theirs}, times=None)
    else:
        bench.site.answer(mine, status=200, body=page_of(bench, EAST), times=None)
    for _ in range(3):
        (failed,) = bench.poll(full=True, later=DAY).failed
    said = f"its address leads to the page of number {EAST}" if how == "a redirect" else "headed “East Sussex”"
    assert failed.startswith("West Sussex: ")
    assert said in failed
    assert TroubleKind.PAGE_SUSPECT in {one.kind for one in bench.world.store.open_troubles()}
    bench.site.heal()
    bench.site.publish(NEWS)
    for _ in range(3):
        bench.poll(full=True, later=DAY)
    assert told(bench) == [ChangeKind.NEW_INSPECTION]


def test_another_authoritys_page_is_a_fault_when_neither_has_been_looked_at_and_the_registry_knows_none(
    bench: Bench,
) -> None:
    mine, theirs = "2799998", "2799999"
    bench.site.admit(Provider(urn=mine, name="Hither"))
    bench.site.admit(Provider(urn=theirs, name="Yonder"))
    for day in (date(2026, 5, 18), date(2015, 1, 9)):
        bench.site.publish(publication(f"5000{day:%Y}", day, paper(theirs, day - timedelta(days=60)), urn=theirs))
    bench.site.answer(f"/provider/44/{mine}", status=200, body=page_of(bench, theirs))
    (failed,) = bench.poll().failed
    assert failed == "Hither: the page that came back is headed “Yonder”"


def test_what_is_known_from_the_page_of_the_authority_that_it_names_is_no_news_on_another(bench: Bench) -> None:
    """The heading says nothing: a page without a name, say, or under one that the list never shows."""
    for one in EASTS:
        bench.site.publish(one)
    bench.poll()
    nameless = page_of(bench, EAST).replace(b"East Sussex</h1>", b"This authority</h1>")
    bench.site.answer(f"/provider/44/{WEST}", status=200, body=nameless)
    assert bench.poll(full=True, later=DAY).failed == ()
    for _ in range(4):
        bench.poll(full=True, later=DAY)
    assert told(bench) == [], "nor is it when it has gone from there"


def test_a_new_authority_that_shows_the_reports_of_the_old_one_has_no_news_but_a_new_one(bench: Bench) -> None:
    surrey, east = "80567", "2799999"
    bench.site.admit(Provider(urn=surrey, name="Surrey County Council"))
    papers = [
        publication(f"6000000{n}", date(2012 + n, 3, 11), paper(surrey, date(2012 + n, 1, 17)), urn=surrey)
        for n in range(4)
    ]
    for one in papers:
        bench.site.publish(one)
    bench.now[0] = datetime(2027, 3, 25, 12, tzinfo=UTC)
    bench.poll()
    bench.now[0] = datetime(2027, 4, 2, 12, tzinfo=UTC)
    bench.site.admit(Provider(urn=east, name="East Surrey Council"))
    bench.site.expel(surrey)
    bench.poll()
    bench.told()
    for one in papers:
        bench.site.publish(replace(one, urn=east))
    bench.poll(full=True, later=DAY)
    assert told(bench) == []
    last = paper(surrey, date(2027, 3, 1), Grade.INADEQUATE)
    bench.site.publish(publication("60000009", date(2027, 4, 20), last, urn=east))
    bench.poll(full=True, later=DAY)
    (change,) = bench.told()
    assert (change.kind, change.urn) == (ChangeKind.NOT_READ, "east-surrey-from-2027")
    assert isinstance(change.reading, NotRead)
    assert change.reading.why == (
        "It is about Surrey, which this authority took over from: what it says is not said of this one."
    )
