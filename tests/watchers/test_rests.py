"""What rests when something could not be had, and for how long: each rule by itself, and in whole polls."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from inspection_watch.demo.site import Provider, Publication
from storage.types import HostState, KnownAuthority, SourceState, Standing, TroubleKind
from tests.fakes import paper
from tests.watchers.bench import EAST, MINUTE, NEWS, T0, WEST, Bench, publication
from watchers import rests
from watchers.fetch import Trouble
from watchers.listings import SearchEntry
from watchers.looks import looks
from watchers.world import PollSummary

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HOST = HostState(host="files.example")
REFUSED = Trouble(why="it answered 403", status=403)
GONE = Trouble(why="it answered 410", status=410)
DOWN = Trouble(why="it answered 503", status=503)
SILENT = Trouble(why="it does not answer")
WAIT = Trouble(why="it answered 429", status=429, retry_after=7200.0)
STATE = SourceState(key="site", last_ok_at=T0)


def after(*troubles: Trouble, was_well: bool = True) -> HostState:
    host = HOST
    for trouble in troubles:
        host = rests.host_after(host, trouble, was_well=was_well, now=T0)
    return host


def test_a_rest_is_over_at_its_moment_and_none_lasts_longer_than_any_can() -> None:
    assert rests.is_over(None, T0)
    assert rests.is_over(T0, T0)
    assert not rests.is_over(T0 + DAY, T0)
    assert rests.is_over(T0 + DAY + MINUTE, T0), "it was written by a clock that was ahead"


def test_a_host_that_refuses_us_rests_at_once_and_ever_longer() -> None:
    assert after(REFUSED) == HostState(host=HOST.host, failures=1, next_try_at=T0 + MINUTE, trouble=REFUSED.why)
    pauses = [after(*[REFUSED] * times).next_try_at for times in range(1, 9)]
    assert pauses == sorted(pauses, key=lambda moment: moment or T0)
    assert pauses[-1] == T0 + DAY


def test_a_host_that_asks_us_to_wait_is_left_alone_for_so_long_whatever_had_failed_before() -> None:
    assert after(WAIT, was_well=False).next_try_at == T0 + 2 * HOUR


def test_a_host_of_which_three_documents_in_a_row_cannot_be_had_rests() -> None:
    assert after(DOWN, SILENT).next_try_at is None
    assert after(DOWN, SILENT, DOWN).next_try_at == T0 + MINUTE
    assert after(DOWN, SILENT, DOWN, DOWN).next_try_at == T0 + 5 * MINUTE


def test_a_document_that_is_gone_or_had_failed_before_says_nothing_of_its_host() -> None:
    assert after(*[GONE] * 9) == HOST
    assert after(*[REFUSED, DOWN, SILENT] * 3, was_well=False) == HOST


def test_a_page_rests_ever_longer_and_not_for_long_while_something_should_be_fresh_on_it() -> None:
    assert [rests.failing_again(times, fresh=False, now=T0) - T0 for times in (1, 3, 9)] == [MINUTE, 30 * MINUTE, DAY]
    assert [rests.failing_again(times, fresh=True, now=T0) - T0 for times in (1, 3, 9)] == [MINUTE, 30 * MINUTE, HOUR]


def test_a_page_that_is_behind_the_list_is_looked_at_with_each_poll_for_some_days_unless_many_are() -> None:
    assert rests.unborne_again(9, fresh=True, common=False, now=T0) is None
    assert rests.unborne_again(3, fresh=True, common=True, now=T0) == T0 + 30 * MINUTE
    assert rests.unborne_again(3, fresh=False, common=False, now=T0) == T0 + 30 * MINUTE


def test_a_source_in_trouble_rests_only_if_it_has_to_and_what_it_asks_for_itself_is_kept_apart() -> None:
    suspect = rests.source_after(STATE, PollSummary(troubles=("It shrank",)), now=T0)
    assert (suspect.failures, suspect.next_check_at, suspect.not_before) == (1, None, None)
    down = rests.source_after(STATE, PollSummary(troubles=("It is down",), rest=timedelta()), now=T0)
    assert (down.next_check_at, down.not_before) == (T0 + MINUTE, None)
    asked = rests.source_after(STATE, PollSummary(troubles=("It answered 429",), rest=HOUR), now=T0)
    assert (asked.next_check_at, asked.not_before) == (T0 + HOUR, T0 + HOUR)
    well = rests.source_after(replace(asked, failures=4), PollSummary(seen=153, failed=("Kent: gone",)), now=T0 + HOUR)
    assert well == SourceState(key="site", last_ok_at=T0 + HOUR), "a page that failed rests by itself"


def test_what_is_tried_again_is_never_tried_sooner_than_a_source_in_trouble_may_be() -> None:
    assert rests.soonest(STATE, (None, T0 + HOUR, T0 + MINUTE), now=T0) == T0 + MINUTE
    assert rests.soonest(STATE, (None,), now=T0) is None
    assert rests.soonest(replace(STATE, failures=3), (T0,), now=T0) == T0 + 30 * MINUTE


def never_due(_walked: datetime | None, _now: datetime) -> bool:
    return False


OLD_ENTRY = SearchEntry(urn=WEST, name="West Sussex", latest_report=date(2023, 5, 11))
RESTING = KnownAuthority(
    urn=WEST,
    listed_report=OLD_ENTRY.latest_report,
    latest_report=OLD_ENTRY.latest_report,
    baseline_at=T0,
    walked_at=T0,
    failures=2,
    next_look_at=T0 + HOUR,
    trouble="its page has no timeline",
)


def why(known: KnownAuthority, entry: SearchEntry = OLD_ENTRY, *, now: datetime = T0, full: bool = False) -> list[str]:
    return [look.why for look in looks({WEST: known}, (entry,), walk_due=never_due, now=now, full=full)]


def test_a_page_that_failed_is_left_in_peace_until_it_is_due_or_the_list_has_another_date() -> None:
    assert why(RESTING) == why(replace(RESTING, baseline_at=None)) == []
    assert why(RESTING, now=T0 + HOUR) == ["the last look failed: its page has no timeline"]
    moved = replace(OLD_ENTRY, latest_report=date(2026, 5, 18))
    assert why(RESTING, moved) == ["its latest report is of 2026-05-18, was 2023-05-11"]
    assert why(replace(RESTING, listed_report=moved.latest_report), moved) == [], "it was looked for already"
    assert why(RESTING, full=True) != []


def test_pages_that_failed_the_last_time_are_opened_after_those_that_did_not() -> None:
    entries = [replace(OLD_ENTRY, urn=str(number)) for number in range(40)]
    known = {
        entry.urn: replace(RESTING, urn=entry.urn, failures=int(entry.urn) % 2, next_look_at=None) for entry in entries
    }
    order = [look.failures for look in looks(known, entries, walk_due=lambda _walked, _now: True, now=T0)]
    assert order == [1] * 20 + [0] * 20, "they are looked at for what they failed in, and the others by the walk"
    order = [look.failures for look in looks(known, entries, walk_due=never_due, now=T0, full=True)]
    assert order == [1] * 20 + [0] * 20
    moved = [replace(entry, latest_report=date(2026, 5, 18)) for entry in entries]
    order = [look.failures for look in looks(known, moved, walk_due=never_due, now=T0)]
    assert order == [0] * 20 + [1] * 20


def looks_by_the_plan(bench: Bench, *, days: float, every: timedelta) -> int:
    """How often the site is looked at in so many days: by a plan, and whenever a look asks for another."""
    end, looked = bench.now[0] + days * DAY, 0
    while bench.now[0] < end:
        again_at = bench.poll(later=timedelta()).again_at
        looked += bool(bench.asked)
        soonest = max(again_at or bench.now[0] + every, bench.now[0] + timedelta(seconds=30))
        bench.now[0] = min(bench.now[0] + every, soonest)
    return looked


def asked_of_files(bench: Bench) -> int:
    return sum(path.startswith("/v1/file/") for path in bench.asked)


def many(authorities: int, documents: int) -> tuple[list[Provider], list[Publication]]:
    places = [Provider(urn=str(100 + n), name=f"Place {n:03}") for n in range(authorities)]
    return places, [
        publication(f"{one.urn}{n:02}", date(2020, 1, 1 + n), paper(one.urn, date(2019, 1, 1 + n)), urn=one.urn)
        for one in places
        for n in range(documents)
    ]


def admit(bench: Bench, authorities: int, documents: int = 1) -> None:
    places, papers = many(authorities, documents)
    for place in places:
        bench.site.admit(place)
    for one in papers:
        bench.site.publish(one)


def troubles(bench: Bench, kind: TroubleKind = TroubleKind.OUT_OF_REACH) -> list[str]:
    return [one.sentence for one in bench.world.store.open_troubles() if one.kind is kind]


@pytest.mark.parametrize("what", ["403", "410", "503", "no timeline"])
def test_pages_that_stay_broken_slow_down_nothing_but_themselves(bench: Bench, what: str) -> None:
    bench.poll()
    for number in (1, 2, 3):
        bench.site.admit(Provider(urn=f"27{number}", name=f"New Place {number}"))
        if what == "no timeline":
            bench.site.rewrite(f"/provider/44/27{number}", 'class="timeline"', 'class="none"', times=None)
        else:
            bench.site.answer(f"/provider/44/27{number}", status=int(what), times=None)
    polls = [(bench.poll(later=HOUR).skipped, *(path for path in bench.asked if "/27" in path)) for _ in range(24)]
    assert {skipped for skipped, *_ in polls} == {""}
    tries = 3 if what == "503" else 1
    assert sum(len(asked) for _, *asked in polls) <= 3 * 7 * tries
    assert len(troubles(bench) + troubles(bench, TroubleKind.PAGE_SUSPECT)) == 1, "it is one cause"
    bench.site.publish(NEWS)
    assert bench.poll().changes == 1


def test_a_host_of_files_that_refuses_us_is_asked_once_a_round_and_operators_know(bench: Bench) -> None:
    admit(bench, 20, 5)
    bench.site.answer("/v1/file", status=403, times=None)
    rounds = []
    for later in (MINUTE, MINUTE, 5 * MINUTE, 30 * MINUTE, 3 * HOUR, 12 * HOUR, DAY):
        summary = bench.poll(later=later + timedelta(seconds=1))
        rounds.append((asked_of_files(bench), summary.documents, summary.troubles))
    assert rounds == [(1, 0, ())] * 7
    assert any("answered 403" in sentence for sentence in troubles(bench))
    bench.site.heal()
    bench.poll(later=DAY)
    assert asked_of_files(bench) >= 50, "and the rest with the next poll"
    bench.poll(later=MINUTE)
    bench.poll(later=MINUTE)
    assert bench.world.store.awaited() == ()
    assert (troubles(bench), bench.told()) == ([], [])


def test_a_host_of_files_that_asks_us_to_wait_is_not_asked_before(bench: Bench) -> None:
    bench.site.answer("/v1/file", status=429, headers={"Retry-After": "3600"}, times=None)
    assert bench.poll().again_at == bench.now[0] + HOUR
    assert asked_of_files(bench) == 1
    bench.poll(later=59 * MINUTE)
    assert asked_of_files(bench) == 0
    bench.site.heal()
    assert bench.poll(later=MINUTE).documents == 2


def test_a_report_whose_host_refuses_us_is_told_with_its_link_after_half_an_hour(bench: Bench) -> None:
    bench.poll()
    bench.site.answer("/v1/file", status=403, times=None)
    bench.site.publish(NEWS)
    bench.poll()
    bench.site.publish(replace(NEWS, file_id="50000004"))
    bench.poll()
    assert bench.told() == []
    bench.poll(later=40 * MINUTE)
    assert {change.listing.file_id for change in bench.told()} == {"50000003", "50000004"}


def test_one_document_that_is_refused_for_ever_slows_down_no_other(bench: Bench) -> None:
    bench.poll()
    bench.site.publish(publication("50000009", date(2026, 5, 18), b"", urn=EAST))
    bench.site.answer("/v1/file/50000009", status=403, times=None)
    looks_by_the_plan(bench, days=0.5, every=HOUR)
    bench.site.publish(NEWS)
    assert bench.poll().changes == 1


def test_a_setting_that_lets_us_fetch_no_document_is_no_silent_history(bench: Bench) -> None:
    admit(bench, 4, 5)
    bench.site.files = "https://elsewhere.example"
    for later in (MINUTE, HOUR, HOUR, 4 * HOUR, 13 * HOUR):
        summary = bench.poll(later=later)
    assert summary.documents == 0
    assert any("elsewhere.example is not a host we may fetch from" in sentence for sentence in troubles(bench))
    assert any("documents could not be fetched" in sentence for sentence in troubles(bench))


def test_a_report_that_the_list_dates_before_its_page_shows_it_is_told_with_the_poll_after_it_is_there(
    bench: Bench,
) -> None:
    bench.poll()
    bench.site.rewrite("/search", "11 May 2023", "18 May 2026", times=None)
    for _ in range(6):
        bench.poll(later=5 * MINUTE)
        assert f"/provider/44/{WEST}" in bench.asked
    bench.site.publish(NEWS)
    assert bench.poll(later=5 * MINUTE).changes == 1
    assert bench.world.store.known(WEST).failures == 0


def test_a_list_that_dates_a_report_of_today_on_every_authority_costs_ever_fewer_requests(bench: Bench) -> None:
    admit(bench, 20)
    bench.poll()
    bench.site.rewrite("/search", "January 2020", "May 2026", times=None)
    bench.site.rewrite("/search", "11 May 2023", "1 May 2026", times=None)
    bench.now[0] = datetime(2026, 5, 1, 12, tzinfo=UTC)
    asked = 0
    for _ in range(24):
        bench.poll(later=5 * MINUTE)
        asked += len(bench.asked)
    assert asked <= 24 + 20 * 6


def test_a_list_whose_dates_no_page_bears_out_costs_ever_fewer_requests_and_is_told(bench: Bench) -> None:
    admit(bench, 20)
    bench.site.rewrite("/search", "January 2020", "February 2020", times=None)
    requests = []
    for later in (MINUTE, MINUTE, 5 * MINUTE, 30 * MINUTE, 3 * HOUR):
        bench.poll(later=later)
        bench.poll(later=MINUTE / 2)
        requests.append(len(bench.asked))
    assert requests == [1] * 5, "the list alone, until it is time"
    (sentence,) = troubles(bench)
    assert sentence.startswith("The pages of 20 authorities have been failing for a while, for example Place 0")
    assert "the list says its latest report is of 1 February 2020, but its own page shows none of that day" in sentence
    bench.site.heal()
    bench.poll(later=DAY)
    assert troubles(bench) == []


def test_an_authority_that_the_list_forgets_is_walked_all_the_same(bench: Bench) -> None:
    bench.poll()
    bench.site.shrink(1)
    assert [provider.urn for provider, _ in bench.site.listed()] == [EAST]
    bench.site.publish(NEWS)
    assert bench.poll(later=DAY).changes == 1


def test_an_authority_that_is_off_the_list_and_the_site_is_one_trouble_and_not_one_of_its_page_too(
    bench: Bench,
) -> None:
    bench.poll()
    bench.site.expel(WEST)
    for _ in range(6):
        bench.poll(later=DAY)
    assert len(troubles(bench, TroubleKind.LIST_SUSPECT)) == 1
    assert troubles(bench, TroubleKind.PAGE_SUSPECT) + troubles(bench) == []


def test_an_authority_that_has_ended_is_not_walked_and_what_it_waited_for_is_asked_ever_more_rarely(
    bench: Bench,
) -> None:
    surrey = "80567"
    bench.now[0] = datetime(2027, 3, 31, 12, tzinfo=UTC)
    bench.site.admit(Provider(urn=surrey, name="Surrey"))
    bench.site.publish(publication("60000001", date(2012, 3, 11), b"", urn=surrey))
    bench.site.lose("60000001")
    bench.poll()
    bench.site.expel(surrey)
    bench.now[0] = datetime(2027, 4, 1, 12, tzinfo=UTC)
    bench.poll()
    asked = [bench.asked for _ in range(3) if bench.poll(later=DAY + MINUTE)]
    assert all(paths.count("/v1/file/60000001") == 1 for paths in asked)
    assert not [path for paths in asked for path in paths if surrey in path]


@pytest.mark.parametrize("what", ["its authority is not listed any more", "its page fails"])
def test_what_is_awaited_never_makes_a_circle(bench: Bench, what: str) -> None:
    bench.site.publish(publication("50000009", date(2026, 1, 18), b""))
    bench.site.lose("50000009")
    bench.poll()
    if what == "its page fails":
        bench.site.answer(f"/provider/44/{WEST}", status=410, times=None)
    else:
        bench.site.expel(WEST)
    assert looks_by_the_plan(bench, days=3, every=3 * HOUR) <= 3 * 8 + 2 * 8


def test_documents_on_a_host_at_rest_are_known_as_awaited(bench: Bench) -> None:
    admit(bench, 2, 2)
    bench.site.answer("/v1/file", status=403, times=None)
    bench.poll()
    assert {one.standing for one in bench.world.store.known("101").documents} == {Standing.AWAITED}
