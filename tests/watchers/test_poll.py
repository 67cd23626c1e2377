"""Whole polls: a real site over HTTP, a real store on both databases, a real archive, and a clock we move."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from inspection_watch.demo.site import Provider
from judgements.authorities import REGISTRY
from judgements.types import Grade, Kind, Movement, Report
from judgements.version import PARSER
from storage import keeping
from storage.archive import Archive
from storage.engine import StorageError
from storage.keeping import LEASE, extended
from storage.store import Store
from storage.types import Holding, Intent, TroubleKind
from tests.fakes import FakeReader, paper
from tests.watchers.bench import EAST, MINUTE, NEWS, SOURCE, T0, WEST, Bench, publication
from watchers import look, pages, upkeep
from watchers.sources import LOCAL_AUTHORITIES
from watchers.troubles import BROKEN_AFTER
from watchers.world import PollSummary, holding


def test_first_sight_takes_the_history_and_says_nothing(bench: Bench) -> None:
    summary = bench.poll()
    assert summary == PollSummary(seen=2, opened=2, documents=2)
    assert bench.told() == []
    known = bench.world.store.known(WEST)
    assert [document.listing.file_id for document in known.documents] == ["50000001", "50000002"]
    assert known.latest_report == date(2023, 5, 11)


def test_the_first_list_must_show_every_authority_of_the_registry(bench: Bench) -> None:
    bench.source = LOCAL_AUTHORITIES
    assert bench.poll().troubles[0].endswith("shows 2 authorities, 151 that should be there are missing")


def test_an_authority_that_is_no_more_need_not_be_listed(bench: Bench) -> None:
    surrey = "80567"
    bench.source = replace(SOURCE, expected=frozenset({WEST, EAST, surrey}))
    bench.now[0] = datetime(2027, 3, 31, 8, 30, tzinfo=UTC)
    assert bench.poll().troubles == (
        "Ofsted's list of local authorities shows 2 authorities, 1 that should be there are missing",
    )
    assert bench.poll(later=timedelta(days=1)).troubles == ()


def test_when_nothing_changed_only_the_search_pages_are_asked_for(store: Store, bench: Bench) -> None:
    for authority in REGISTRY.current:
        bench.site._providers[authority.urn] = Provider(urn=authority.urn, name=authority.name)
    east = publication("50000009", date(2024, 1, 9), paper(EAST, date(2023, 11, 6)), urn=EAST)
    bench.site.publish(east)
    assert bench.poll().opened == 153
    assert bench.poll() == PollSummary(seen=153)
    assert bench.asked == ["/search", "/search"]


def test_a_new_report_is_told_with_what_it_changes_and_only_its_page_is_opened(bench: Bench) -> None:
    bench.poll()
    bench.site.publish(NEWS)
    assert bench.poll() == PollSummary(seen=2, opened=1, documents=1, changes=1)
    assert bench.asked == ["/search", f"/provider/44/{WEST}", "/v1/file/50000003"]
    (change,) = bench.told()
    assert change.listing.file_id == "50000003"
    assert [one.movement for one in change.comparisons] == [Movement.IMPROVED]
    assert change.before_listing is not None
    assert change.before_listing.file_id == "50000002"
    assert bench.poll() == PollSummary(seen=2, opened=1), "for some days: another may follow on the same date"
    assert bench.told() == []


def test_a_second_document_of_the_same_day_is_told_too(bench: Bench) -> None:
    bench.poll()
    bench.site.publish(NEWS)
    bench.poll()
    letter = paper(WEST, date(2026, 4, 14), kind=Kind.ILACS_FOCUSED_VISIT)
    bench.site.publish(publication("50000004", NEWS.published, letter))
    assert bench.poll().changes == 1
    assert [change.listing.file_id for change in bench.told()] == ["50000003", "50000004"]


def test_a_clock_that_was_a_year_ahead_for_one_poll_puts_off_nothing(bench: Bench) -> None:
    bench.poll()
    right = bench.now[0]
    bench.poll(full=True, later=timedelta(days=400))
    bench.now[0] = right
    letter = paper(WEST, date(2022, 1, 3), kind=Kind.ILACS_FOCUSED_VISIT)
    bench.site.publish(publication("49999999", date(2022, 2, 1), letter))
    assert bench.poll().opened == 0, "all pages have just been opened"
    assert bench.poll(later=timedelta(days=1)).changes == 1


def test_a_rest_that_began_while_the_clock_was_ahead_ends_when_it_is_right_again(bench: Bench) -> None:
    bench.poll()
    right = bench.now[0]
    bench.site.answer("/search", status=500, times=None)
    assert bench.poll(later=timedelta(days=400)).troubles
    bench.site.heal()
    bench.site.publish(NEWS)
    bench.now[0] = right
    assert bench.poll().changes == 1


def test_a_full_walk_finds_what_the_search_page_does_not_show(bench: Bench) -> None:
    bench.poll()
    letter = paper(WEST, date(2022, 1, 3), kind=Kind.ILACS_FOCUSED_VISIT)
    bench.site.publish(publication("49999999", date(2022, 2, 1), letter))
    assert bench.poll().changes == 0
    assert bench.poll(full=True).changes == 1
    assert [change.listing.file_id for change in bench.told()] == ["49999999"]


def test_a_site_that_fails_is_slowed_down_and_nothing_is_lost(bench: Bench) -> None:
    bench.poll()
    bench.site.publish(NEWS)
    bench.site.answer("/search", status=500, times=None)
    summary = bench.poll()
    assert "answered 500" in summary.troubles[0]
    assert summary.again_at == bench.now[0] + MINUTE
    skipped = bench.poll(later=timedelta(seconds=10))
    assert "after a failure" in skipped.skipped
    assert skipped.again_at == summary.again_at
    bench.site.heal()
    assert bench.poll(later=5 * MINUTE).changes == 1


def test_one_authority_that_fails_does_not_stop_the_others(bench: Bench) -> None:
    bench.site.answer(f"/provider/44/{EAST}", status=410, times=None)
    summary = bench.poll()
    assert summary.opened == 1
    assert summary.failed == (f"East Sussex: {bench.world.site}/provider/44/{EAST} answered 410",)
    assert summary.troubles == (), "it is well as a whole"
    bench.site.heal()
    assert bench.poll().opened == 1
    assert bench.told() == []


def test_a_list_that_shrinks_is_trouble_and_no_withdrawal(bench: Bench) -> None:
    bench.poll()
    bench.site.publish(NEWS)
    bench.site.shrink(1)
    summary = bench.poll()
    assert summary.troubles == (
        "Ofsted's list of local authorities shows 1 authorities, 1 that should be there are missing",
    )
    bench.site.shrink(None)
    assert bench.poll().changes == 1
    assert len(bench.world.store.known(WEST).documents) == 3


def test_a_page_with_another_markup_is_trouble_and_no_empty_page(bench: Bench) -> None:
    bench.poll()
    bench.site.publish(NEWS)
    bench.site.answer(f"/provider/44/{WEST}", status=200, body=b"<title>We are working on it</title>")
    assert "titled “We are working on it”" in bench.poll().failed[0]
    assert bench.poll().changes == 1


def test_a_page_whose_documents_are_gone_is_trouble_and_no_baseline(bench: Bench) -> None:
    bench.site.answer(
        f"/provider/44/{WEST}",
        status=200,
        body=b'<h1 class="heading--title">West Sussex</h1><ol class="timeline"></ol>',
    )
    assert "lists no document" in bench.poll().failed[0]
    assert bench.poll() == PollSummary(seen=2, opened=1, documents=2)
    assert bench.told() == []


def test_a_site_that_refuses_us_is_left_in_peace(bench: Bench) -> None:
    for urn in (WEST, EAST):
        bench.site.answer(f"/provider/44/{urn}", status=429, headers={"Retry-After": "3600"}, times=None)
    summary = bench.poll()
    assert len(bench.asked) == 2, "the list and one page"
    assert summary.again_at == bench.now[0] + timedelta(hours=1)
    assert bench.poll(later=timedelta(minutes=59)).skipped
    bench.site.heal()
    assert bench.poll().opened == 2


def test_a_failure_nobody_foresaw_costs_one_authority_and_is_told(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(known: object, page: object, **_: object) -> None:
        raise KeyError("a bug")

    with monkeypatch.context() as bug:
        bug.setattr(look.decide, "wanted", broken)
        summary = bench.poll()
    assert set(summary.failed) == {
        f"{name} Sussex: the program failed on it (see the log)" for name in ("East", "West")
    }
    assert bench.poll().documents == 2


def a_bug(*_: object, **__: object) -> None:
    raise KeyError("a bug")


def test_a_failure_nobody_foresaw_in_the_upkeep_is_told_and_keeps_nobody_from_looking_for_news(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.poll()
    monkeypatch.setattr(upkeep.succession, "turns", a_bug)
    for failures in range(1, BROKEN_AFTER + 1):
        assert bench.poll().troubles == ("the program failed while tidying up (see the log)",)
        assert bench.world.store.source(SOURCE.key).failures == failures
    assert TroubleKind.SOURCE_FAILING in {one.kind for one in bench.world.store.open_troubles()}
    bench.site.publish(NEWS)
    assert bench.poll().changes == 1


def test_a_failure_nobody_foresaw_before_the_walk_is_told_and_the_site_is_asked_ever_more_rarely(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.poll()
    monkeypatch.setattr("watchers.poll.shrunk", a_bug)
    summary = bench.poll()
    assert summary.troubles == ("the program failed (see the log)",)
    assert summary.again_at == bench.now[0] + MINUTE
    assert bench.poll(later=MINUTE).again_at == bench.now[0] + 5 * MINUTE
    assert bench.poll(later=MINUTE).skipped


def test_operators_who_cannot_be_told_keep_nobody_from_knowing_how_the_source_is_doing(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as bug, capture_logs() as lines:
        bug.setattr(upkeep.troubles, "troubles", a_bug)
        bench.poll()
    assert "operators not told" in {line["event"] for line in lines}
    assert bench.world.store.source(SOURCE.key).last_ok_at == bench.now[0]


def test_a_full_disk_is_trouble_and_nothing_is_lost(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.poll()
    bench.site.publish(NEWS)

    def full(self: Archive, data: bytes) -> str:
        raise StorageError("The archive cannot be written (No space left on device).")

    with monkeypatch.context() as disk:
        disk.setattr(Archive, "put", full)
        assert bench.poll().troubles == ("The archive cannot be written (No space left on device).",)
    assert bench.poll(later=2 * MINUTE).changes == 1


def test_a_document_that_is_not_there_yet_is_told_when_it_comes(bench: Bench) -> None:
    bench.poll()
    bench.site.publish(NEWS)
    bench.site.lose(NEWS.file_id)
    waiting = bench.poll()
    assert (waiting.changes, waiting.again_at) == (0, bench.now[0] + MINUTE)
    assert bench.poll(later=timedelta(seconds=1)).documents == 0
    bench.site.find_again(NEWS.file_id)
    assert bench.poll(later=MINUTE).changes == 1
    assert [change.listing.file_id for change in bench.told()] == [NEWS.file_id]


def test_a_document_cut_off_on_its_way_is_not_taken_for_whole(bench: Bench) -> None:
    bench.poll()
    bench.site.publish(NEWS)
    bench.site.cut(f"/v1/file/{NEWS.file_id}", after=12, times=3)
    assert bench.poll().changes == 0
    assert bench.poll().changes == 1


def test_a_crash_before_the_transaction_loses_nothing_and_tells_nothing_twice(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.poll()
    bench.site.publish(NEWS)

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as power_cut:
        power_cut.setattr(Store, "apply", crash)
        with pytest.raises(KeyboardInterrupt):
            bench.poll()
    assert bench.poll(later=LEASE + MINUTE).changes == 1
    assert len(bench.told()) == 1


def test_another_process_that_polls_is_left_alone(bench: Bench) -> None:
    theirs = replace(holding(bench.world, SOURCE), owner="another process")
    assert bench.world.store.claim_source(SOURCE.key, theirs, T0 + MINUTE, LEASE)
    skipped = bench.poll()
    assert "by another process" in skipped.skipped
    assert skipped.again_at == T0 + MINUTE + LEASE
    assert bench.asked == []


def test_a_process_that_dies_while_it_polls_is_replaced_within_a_minute(bench: Bench) -> None:
    theirs = replace(holding(bench.world, SOURCE), owner="another process")
    bench.world.store.claim_source(SOURCE.key, theirs, T0, LEASE)
    skipped = bench.poll(later=timedelta(seconds=1))
    assert skipped.again_at is not None
    assert skipped.again_at <= T0 + MINUTE
    assert bench.poll(later=skipped.again_at - bench.now[0]).opened == 2


def test_a_process_that_wakes_after_losing_its_lease_writes_nothing_and_stops(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.poll()
    bench.site.publish(NEWS)
    theirs = replace(holding(bench.world, SOURCE), owner="another process")
    apply = Store.apply

    def asleep(store: Store, intent: Intent, ours: Holding | None = None) -> None:
        bench.now[0] += 2 * LEASE
        assert store.claim_source(SOURCE.key, theirs, bench.now[0], LEASE)
        apply(store, intent, ours)

    with monkeypatch.context() as halt:
        halt.setattr(Store, "apply", asleep)
        assert "by another process" in bench.poll().skipped
    assert len(bench.world.store.known(WEST).documents) == 2
    assert bench.told() == []
    assert bench.poll(later=2 * LEASE).changes == 1


def test_a_lease_is_kept_while_the_poll_lasts_and_a_lost_one_is_noticed(bench: Bench) -> None:
    ours = holding(bench.world, SOURCE)
    theirs = replace(ours, owner="another process")
    bench.world.store.claim_lease(ours, T0, LEASE)
    assert extended(bench.world.store, ours, T0 + LEASE / 2)
    assert not bench.world.store.claim_lease(theirs, T0 + LEASE, LEASE)
    assert bench.world.store.claim_lease(theirs, T0 + 2 * LEASE, LEASE)
    assert not extended(bench.world.store, ours, T0 + 2 * LEASE)


def test_one_process_is_on_duty_and_another_takes_over_within_a_minute_of_its_death(bench: Bench) -> None:
    store, duty = bench.world.store, Holding(name="watch:site", owner="us")
    theirs, clock = replace(duty, owner="them"), lambda: bench.now[0]
    with keeping.on_duty(store, duty, clock) as ours, keeping.on_duty(store, theirs, clock) as standing_by:
        assert ours() is None
        again = standing_by()
        assert again is not None
        bench.now[0] += MINUTE / 4
        assert ours() is None
        bench.now[0] = max(again, bench.now[0])
        again = standing_by()
        assert again is not None, "it is alive"
        assert again - bench.now[0] < MINUTE
        bench.now[0] = again  # and in the meantime it has died, or been halted
        assert standing_by() is None
        assert ours() is not None, "it wakes, and stands by"
    assert store.leased_until("watch:site") is None


def test_whoever_leaves_frees_the_duty_at_once(bench: Bench) -> None:
    store, duty = bench.world.store, Holding(name="watch:site", owner="us")
    with keeping.on_duty(store, duty, lambda: T0) as ours:
        assert ours() is None
    with keeping.on_duty(store, replace(duty, owner="them"), lambda: T0) as theirs:
        assert theirs() is None


def test_a_lease_that_was_lost_ends_the_block_s_work(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "BEAT_SECONDS", 0.001)
    beaten = threading.Event()
    monkeypatch.setattr(keeping, "extended", lambda *_: beaten.set())
    with keeping.kept(bench.world.store, holding(bench.world, SOURCE), lambda: T0) as lost:
        assert beaten.wait(5)
        deadline = threading.Event()
        assert any(lost() or deadline.wait(0.01) for _ in range(500))


def test_a_stop_ends_the_walk_and_the_next_poll_goes_on(bench: Bench) -> None:
    stops = iter([False, True])
    bench.world = replace(bench.world, stopping=lambda: next(stops, True))
    first = bench.poll()
    assert first.stopped
    assert bench.world.store.source(SOURCE.key).last_ok_at is None, "half a look is no look"
    bench.world = replace(bench.world, stopping=lambda: False)
    second = bench.poll()
    assert (first.opened + second.opened, first.documents + second.documents) == (2, 2)
    assert bench.told() == []


def test_what_is_published_during_the_first_walk_is_told_however_long_that_takes(bench: Bench) -> None:
    """The walk is stopped before West Sussex; by the time it goes on, the list shows the new report too."""
    bench.site.answer(f"/provider/44/{WEST}", status=503, times=None)
    assert bench.poll().opened == 1
    bench.site.heal()
    bench.site.publish(NEWS)
    assert bench.poll(later=timedelta(hours=2)).documents == 3
    assert [change.listing.file_id for change in bench.told()] == [NEWS.file_id]


def test_what_was_published_on_the_morning_of_the_first_walk_is_a_baseline(bench: Bench) -> None:
    bench.site.publish(NEWS)
    bench.site.answer(f"/provider/44/{WEST}", status=503, times=None)
    bench.poll()
    bench.site.heal()
    assert bench.poll(later=timedelta(hours=2)).documents == 3
    assert bench.told() == []


def test_an_unchanged_page_is_answered_from_the_archive(bench: Bench) -> None:
    bench.site.validators = True
    bench.poll()
    assert bench.poll() == PollSummary(seen=2)
    assert "if-none-match" in bench.site.requests[0].headers


@pytest.mark.parametrize("validators", [True, False])
def test_a_list_that_is_as_it_was_is_not_read_anew(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, validators: bool
) -> None:
    bench.site.validators = validators
    bench.poll()
    with monkeypatch.context() as unread:
        unread.setattr("watchers.listings.BeautifulSoup", a_bug)
        assert bench.poll() == PollSummary(seen=2)
    bench.site.publish(NEWS)
    assert bench.poll().changes == 1


def test_a_site_that_says_wrongly_that_nothing_has_changed_is_believed_for_less_than_a_day(bench: Bench) -> None:
    bench.site.validators = True
    bench.poll()
    bench.site.publish(NEWS)
    bench.site.freeze("/", times=None)
    assert bench.poll(full=True) == PollSummary(seen=2, opened=2)
    assert bench.poll(later=timedelta(days=1)).changes == 1


def test_each_page_is_asked_for_whole_once_a_day_and_else_on_condition(bench: Bench) -> None:
    bench.site.validators = True
    bench.poll()
    whole = []
    for _ in range(12):
        bench.poll(full=True, later=timedelta(hours=8))
        whole.append(sum("if-none-match" not in one.headers for one in bench.site.requests))
    assert whole == [0, 0, 3] * 4


def test_both_documents_of_a_comparison_are_read_by_todays_parser(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Yesterday's parser read a wrong grade: mending it tells nothing, and the next comparison is right."""
    with monkeypatch.context() as yesterday:
        for room in (look, pages, upkeep):
            yesterday.setattr(room, "PARSER", "yesterday")
        wrong = paper(WEST, date(2023, 3, 13), Grade.OUTSTANDING)
        yesterday.setattr(FakeReader, "read", lambda self, data, read=FakeReader.read: read(self, wrong))
        bench.poll()
    assert bench.poll().changes == 0
    known = bench.world.store.known(WEST).documents[1].reading
    assert isinstance(known, Report)
    assert known.overall is not None
    assert known.overall.grade is Grade.REQUIRES_IMPROVEMENT, "it is mended in the background"
    bench.site.publish(NEWS)
    bench.poll()
    (change,) = bench.told()
    assert isinstance(change.before, Report)
    assert change.before.overall is not None
    assert change.before.overall.grade is Grade.REQUIRES_IMPROVEMENT
    assert {document.parser for document in bench.world.store.known(WEST).documents} == {PARSER}
