"""What operators are told of: each rule by itself, and what polls write down."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from inspection_watch.demo.site import Provider, Publication
from judgements.types import Listing
from storage.archive import Room
from storage.types import (
    HostState,
    KnownAuthority,
    KnownDocument,
    KnownTrouble,
    SourceState,
    Standing,
    TroubleKind,
)
from tests.fakes import paper
from tests.watchers.bench import EAST, MINUTE, NEWS, OLD, SOURCE, WEST, Bench, publication
from watchers.troubles import BROKEN_AFTER, NOT_SEEN_FOR, Found, Observed, over, troubles

NOW = datetime(2026, 5, 18, 8, 30, tzinfo=UTC)
MB = 2**20
WELL = Observed(
    source=SOURCE,
    state=SourceState(key=SOURCE.key, last_ok_at=NOW),
    newest=date(2026, 5, 18),
    room=Room(whole=100_000 * MB, free=50_000 * MB),
)
URL = "https://files.example/v1/file/1"
UNREAD = KnownDocument(
    listing=Listing(file_id="1", urn=WEST, title="Letter", url=URL, published=date(2026, 5, 18)),
    standing=Standing.AWAITED,
    first_seen_at=NOW - timedelta(hours=2),
    why="not found",
)
FAILING = KnownAuthority(urn=WEST, name="Kent", failures=4, trouble="it answered 410")
RESTING = HostState(
    host="files.example", failures=1, next_try_at=NOW + timedelta(minutes=19), trouble="it answered 403"
)


def failing(times: int) -> Observed:
    return replace(WELL, state=replace(WELL.state, failures=times, trouble="The list answered 500."))


def test_while_all_is_well_there_is_nothing_to_tell() -> None:
    assert troubles(WELL, NOW) == ()


@pytest.mark.parametrize(
    ("seen", "almost", "kind", "words"),
    [
        (failing(BROKEN_AFTER), failing(BROKEN_AFTER - 1), TroubleKind.SOURCE_FAILING, "5 times in a row: The list"),
        (
            replace(WELL, state=replace(WELL.state, last_ok_at=NOW - timedelta(hours=24))),
            replace(WELL, state=replace(WELL.state, last_ok_at=NOW - timedelta(hours=23, minutes=59))),
            TroubleKind.NO_GOOD_POLL,
            "was last read in full on 17 May at 09:30",
        ),
        (
            replace(WELL, gone=(WEST,), short="It shows 152 authorities, 1 is missing"),
            WELL,
            TroubleKind.LIST_SUSPECT,
            f"It shows 152 authorities, 1 is missing: West Sussex ({WEST}).",
        ),
        (replace(WELL, list_doubts=("A date is odd",)), WELL, TroubleKind.LIST_SUSPECT, "A date is odd."),
        (replace(WELL, unfamiliar=("a page titled “X”",)), WELL, TroubleKind.UNFAMILIAR, "a page titled “X”."),
        (
            replace(WELL, missing_on={"1": 1, "2": 1, "3": 4}),
            replace(WELL, missing_on={"1": 9, "2": 9}),
            TroubleKind.MANY_MISSING,
            "The pages of 3 authorities have lost documents",
        ),
        (
            replace(WELL, newest=date(2026, 4, 20)),
            replace(WELL, newest=date(2026, 4, 21)),
            TroubleKind.NOTHING_NEW,
            "nothing new since 20 April 2026",
        ),
        (
            replace(WELL, room=Room(whole=100_000 * MB, free=2_999 * MB)),
            replace(WELL, room=Room(whole=100_000 * MB, free=3_000 * MB)),
            TroubleKind.ARCHIVE_NEARLY_FULL,
            "2,999 MB are left",
        ),
        (
            replace(WELL, room=Room(whole=1_000 * MB, free=499 * MB)),
            replace(WELL, room=Room(whole=1_000 * MB, free=500 * MB)),
            TroubleKind.ARCHIVE_NEARLY_FULL,
            "499 MB are left",
        ),
        (
            replace(WELL, unread=(UNREAD,)),
            replace(WELL, unread=(replace(UNREAD, first_seen_at=NOW - timedelta(minutes=59)),)),
            TroubleKind.UNREAD,
            f"1 published documents have not been read, most recently Letter of 18 May 2026 ({URL})",
        ),
        (
            replace(WELL, pages=(FAILING,)),
            replace(WELL, pages=(replace(FAILING, failures=3),)),
            TroubleKind.OUT_OF_REACH,
            "A page has failed 4 times in a row: Kent (it answered 410).",
        ),
        (
            replace(WELL, pages=tuple(replace(FAILING, urn=str(number)) for number in range(4))),
            replace(WELL, pages=tuple(replace(FAILING, urn=str(number), failures=3) for number in range(4))),
            TroubleKind.OUT_OF_REACH,
            "The pages of 4 authorities have been failing for a while, for example Kent (it answered 410); Kent (it",
        ),
        (
            replace(WELL, hosts=(replace(RESTING, failures=4),)),
            replace(WELL, hosts=(replace(RESTING, failures=3),)),
            TroubleKind.OUT_OF_REACH,
            "files.example refuses us or does not answer, and will not be asked for a while: it answered 403.",
        ),
        (
            replace(WELL, hosts=(replace(RESTING, next_try_at=NOW + timedelta(minutes=20)),)),
            replace(WELL, hosts=(RESTING,)),
            TroubleKind.OUT_OF_REACH,
            "files.example refuses us or does not answer",
        ),
        (
            replace(WELL, awaited=(UNREAD,) * 10),
            replace(WELL, awaited=(UNREAD,) * 9 + (replace(UNREAD, first_seen_at=NOW),)),
            TroubleKind.OUT_OF_REACH,
            f"10 listed documents could not be fetched, for example {URL} (not found).",
        ),
    ],
)
def test_each_rule_tells_one_thing_and_nothing_a_little_short_of_it(
    seen: Observed, almost: Observed, kind: TroubleKind, words: str
) -> None:
    (found,) = troubles(seen, NOW)
    assert found.kind is kind
    assert words in found.sentence
    assert troubles(almost, NOW) == ()


def test_what_is_odd_about_a_list_does_not_hide_that_it_is_short() -> None:
    odd = replace(WELL, list_doubts=("A date is odd",))
    (before,) = troubles(odd, NOW)
    short, after = troubles(replace(odd, gone=(WEST,), short="It is short"), NOW)
    assert after == before
    assert (short.key, short.about) != (before.key, before.about)


def test_a_short_list_is_told_once_and_not_as_a_source_that_fails_too() -> None:
    state = replace(failing(500).state, last_ok_at=NOW - timedelta(weeks=2), trouble="It is short")
    short = replace(WELL, state=state, gone=(WEST,), short="It is short")
    assert [one.kind for one in troubles(short, NOW)] == [TroubleKind.LIST_SUSPECT]
    worse = replace(short, state=replace(state, trouble="It is short West Sussex: its page answered 500."))
    assert {one.kind for one in troubles(worse, NOW)} == {
        TroubleKind.LIST_SUSPECT,
        TroubleKind.SOURCE_FAILING,
        TroubleKind.NO_GOOD_POLL,
    }


def open_since(kind: TroubleKind, last: datetime) -> KnownTrouble:
    return KnownTrouble(key="it", kind=kind, sentence="It is wrong.", since=last, last_at=last)


def test_what_is_not_found_any_more_is_over() -> None:
    known = open_since(TroubleKind.NOTHING_NEW, NOW - MINUTE)
    assert over(known, (), WELL, NOW)
    assert not over(known, (Found(key="it", kind=known.kind, sentence=""),), WELL, NOW)


def test_what_is_found_on_pages_is_over_when_it_was_not_found_again_for_days_and_the_site_was_well() -> None:
    known = open_since(TroubleKind.UNFAMILIAR, NOW)
    assert not over(known, (), WELL, NOW + NOT_SEEN_FOR - MINUTE)
    assert over(known, (), WELL, NOW + NOT_SEEN_FOR)
    assert not over(known, (), failing(1), NOW + NOT_SEEN_FOR)


def kinds(bench: Bench) -> set[TroubleKind]:
    return {one.kind for one in bench.world.store.open_troubles()} - {TroubleKind.NOTHING_NEW}


def test_a_page_without_a_timeline_is_told_with_a_copy_of_it_and_again_when_it_is_mended(bench: Bench) -> None:
    bench.poll()
    bench.site.rewrite(f"/provider/44/{WEST}", 'class="timeline"', 'class="chronicle"', times=2)
    bench.poll(full=True)
    (trouble,) = [one for one in bench.world.store.open_troubles() if one.kind is TroubleKind.PAGE_SUSPECT]
    assert "has no timeline" in trouble.sentence
    assert b'class="chronicle"' in bench.world.archive.get(str(trouble.copy))
    bench.poll(full=True)
    assert [one.times for one in bench.world.store.open_troubles() if one.key == trouble.key] == [2]
    bench.poll(full=True)
    assert kinds(bench) == set()
    assert len(bench.world.store.known(WEST).documents) == 2
    assert bench.told() == []


def notices(bench: Bench) -> list[tuple[TroubleKind, bool]]:
    """What operators are told now: of what, and whether it was that it is over."""
    untold = bench.world.store.untold_troubles(bench.now[0])
    for one in untold:
        bench.world.store.record_trouble_told(one, bench.now[0])
    return [(one.kind, one.over_at is not None) for one in untold if one.kind is not TroubleKind.NOTHING_NEW]


@pytest.fixture
def forty(bench: Bench) -> Bench:
    """A list of forty authorities with a report each, all of them seen."""
    for number in range(40):
        urn, day = f"1{number:02}", timedelta(days=number)
        bench.site.admit(Provider(urn=urn, name=f"Place {number}, City of"))
        body = paper(urn, date(2019, 1, 1) + day)
        bench.site.publish(publication(f"5100{number:04}", date(2019, 3, 1) + day, body, urn=urn))
    bench.poll()
    return bench


def test_what_is_odd_about_many_pages_is_one_trouble(forty: Bench) -> None:
    link = '<li class="timeline__day"><a href="/guide.pdf">How to read</a>'
    forty.site.rewrite("/provider", '<li class="timeline__day">', link, times=None)
    forty.poll(full=True)
    assert notices(forty) == [(TroubleKind.PAGE_SUSPECT, False)]
    (trouble,) = [one for one in forty.world.store.open_troubles() if one.kind is TroubleKind.PAGE_SUSPECT]
    assert len(trouble.about) == 41
    assert trouble.sentence.endswith("The same is so on 40 other pages.")
    forty.site.heal()
    forty.poll(full=True)
    assert kinds(forty) == set()
    forty.poll(later=timedelta(hours=2))
    assert notices(forty) == [(TroubleKind.PAGE_SUSPECT, True)]


def test_timelines_that_are_renamed_everywhere_are_told_a_few_times_and_not_page_by_page(forty: Bench) -> None:
    forty.site.rewrite("/provider", 'class="timeline"', 'class="none"', times=None)
    told = []
    for _ in range(4 * 24):
        forty.poll(later=timedelta(hours=1))
        told += notices(forty)
    forty.site.heal()
    for _ in range(4 * 24):
        forty.poll(later=timedelta(hours=1))
        told += notices(forty)
    assert len(told) <= 6
    assert told[-1][1], "and at last that it is over"


def test_another_fault_of_a_page_that_is_suspect_already_is_told_too(bench: Bench) -> None:
    bench.poll()
    bench.site.delist(OLD.file_id)
    bench.poll(full=True)
    assert notices(bench) == [(TroubleKind.PAGE_SUSPECT, False)]
    bench.site.rewrite(f"/provider/44/{WEST}", 'class="timeline"', 'class="chronicle"', times=1)
    bench.poll(full=True)
    assert notices(bench) == [(TroubleKind.PAGE_SUSPECT, False)]


def test_a_type_of_document_that_was_never_seen_is_told_once_for_all_pages_and_is_no_doubt(bench: Bench) -> None:
    bench.poll()
    letter = replace(NEWS, title="Monitoring visit")
    bench.site.publish(letter)
    bench.site.publish(replace(letter, file_id="50000099", published=date(2026, 5, 15)))
    summary = bench.poll()
    assert (summary.changes, summary.troubles, summary.doubts) == (1, (), ())
    (trouble,) = [one for one in bench.world.store.open_troubles() if one.kind is TroubleKind.UNFAMILIAR]
    assert "“Monitoring visit”" in trouble.sentence
    assert trouble.copy is not None
    (change,) = bench.told()
    assert change.listing.title == "Monitoring visit", "it is told with its type as it is printed"


def test_a_list_that_shows_too_few_is_told_and_is_over_when_it_shows_all(bench: Bench) -> None:
    bench.poll()
    bench.site.shrink(1)
    bench.poll()
    assert kinds(bench) == {TroubleKind.LIST_SUSPECT}
    bench.site.shrink(None)
    bench.poll()
    assert kinds(bench) == set()


def test_a_source_that_stays_down_is_told_and_is_over_when_it_is_up(bench: Bench) -> None:
    bench.poll()
    bench.site.answer("/search", status=500, times=None)
    for _ in range(BROKEN_AFTER):
        bench.poll(later=timedelta(hours=13))
    assert kinds(bench) == {TroubleKind.SOURCE_FAILING, TroubleKind.NO_GOOD_POLL}
    bench.site.heal()
    bench.poll(later=timedelta(hours=13))
    assert kinds(bench) == set()


def test_that_a_list_is_well_again_is_not_concluded_from_its_absence(bench: Bench) -> None:
    bench.poll()
    bench.site.shrink(1)
    bench.poll()
    bench.site.answer("/search", status=500, times=None)
    bench.poll()
    assert kinds(bench) == {TroubleKind.LIST_SUSPECT}


def test_a_source_at_rest_is_told_of_when_a_day_has_passed(bench: Bench) -> None:
    bench.poll()
    bench.site.answer("/search", status=429, headers={"Retry-After": "86000"}, times=None)
    bench.poll(later=timedelta(hours=1))
    assert bench.poll(later=timedelta(hours=22)).skipped
    assert kinds(bench) == set()
    assert bench.poll(later=timedelta(hours=1)).skipped
    assert kinds(bench) == {TroubleKind.NO_GOOD_POLL}


def test_a_date_that_is_yet_to_come_is_told_and_hides_nothing(bench: Bench) -> None:
    bench.poll()
    bench.site.publish(replace(NEWS, published=date(2062, 5, 18)))
    bench.poll()
    (trouble,) = [one for one in bench.world.store.open_troubles() if one.kind is TroubleKind.PAGE_SUSPECT]
    assert "18 May 2062, a day that is yet to come" in trouble.sentence
    bench.poll(later=timedelta(weeks=5))
    assert TroubleKind.NOTHING_NEW in {one.kind for one in bench.world.store.open_troubles()}
    bench.site.publish(publication("50000009", bench.now[0].date(), paper(WEST, date(2026, 5, 4)), WEST))
    assert bench.poll().changes == 1, "the date of the list cannot show it"


def test_a_second_document_that_is_not_read_is_told_while_the_first_one_still_waits(bench: Bench) -> None:
    bench.poll()
    bench.site.publish(replace(NEWS, body=b"%PDF-1.7\nnever read"))
    bench.poll()
    bench.poll(later=timedelta(hours=2))
    assert notices(bench) == [(TroubleKind.UNREAD, False)]
    bench.site.publish(publication("50000044", date(2026, 6, 9), b"%PDF-1.7\nbroken", urn=EAST))
    bench.poll(later=timedelta(days=22))
    bench.poll(later=timedelta(hours=3))
    assert notices(bench) == [(TroubleKind.UNREAD, False)]
    (trouble,) = [one for one in bench.world.store.open_troubles() if one.kind is TroubleKind.UNREAD]
    assert trouble.sentence.startswith("2 published documents have not been read")
    bench.poll(later=timedelta(days=1))
    assert notices(bench) == []


def test_a_document_that_waits_to_be_read_is_told(bench: Bench) -> None:
    bench.poll()
    unreadable: Publication = replace(NEWS, body=b"%PDF-1.7\ncut off")
    bench.site.publish(unreadable)
    bench.poll()
    assert kinds(bench) == set()
    bench.poll(later=timedelta(hours=2))
    assert kinds(bench) == {TroubleKind.UNREAD}
    assert isinstance(NEWS.body, bytes)
    bench.site.replace(NEWS.file_id, NEWS.body)
    bench.poll(later=timedelta(hours=3))
    assert kinds(bench) == set()
