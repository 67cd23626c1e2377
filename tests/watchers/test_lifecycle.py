"""What becomes of a document, told by whole polls of the local site: each scenario of its life, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, text

from judgements.types import ChangeKind, Grade, Kind, NotRead, Reading, Report, Status
from storage.engine import writing
from storage.types import KnownDocument, TroubleKind
from tests.fakes import FakeReader, paper
from tests.watchers.bench import MINUTE, NEW, NEWS, OLD, WEST, Bench, publication
from watchers import look, pages, upkeep
from watchers.lifecycle import REST
from watchers.upkeep import CHECKED_AT_ONCE

DAY = timedelta(days=1)
FEBRUARY = date(2026, 2, 2)
GOOD = paper(WEST, FEBRUARY, Grade.GOOD)
INADEQUATE = paper(WEST, FEBRUARY, Grade.INADEQUATE)
assert NEWS.body == GOOD


@pytest.fixture
def published(bench: Bench) -> Bench:
    """A report has been published and told."""
    bench.poll()
    bench.site.publish(NEWS)
    bench.poll()
    assert [change.kind for change in bench.told()] == [ChangeKind.NEW_INSPECTION]
    return bench


def walk(bench: Bench, later: timedelta = DAY) -> list[ChangeKind]:
    """What is told when every page is opened, a day later."""
    bench.poll(full=True, later=later)
    return [change.kind for change in bench.told()]


def known(bench: Bench, file_id: str = NEWS.file_id) -> KnownDocument:
    return next(one for one in bench.world.store.known(WEST).documents if one.listing.file_id == file_id)


def grade(reading: Reading | None) -> str:
    assert isinstance(reading, Report)
    assert reading.overall is not None
    return str(reading.overall.grade)


@contextmanager
def unlearned(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Yesterday's parser, which can read nothing."""
    unread = NotRead(status=Status.UNRECOGNISED, why="No framework fits.")
    with monkeypatch.context() as yesterday:
        for room in (look, pages, upkeep):
            yesterday.setattr(room, "PARSER", "yesterday")
        yesterday.setattr(FakeReader, "read", lambda _reader, _data: unread)
        yield


class TestWithdrawal:
    def test_it_is_told_after_two_looks_on_two_days(self, published: Bench) -> None:
        published.site.delist(NEWS.file_id)
        assert walk(published, later=MINUTE) == []
        assert walk(published, later=timedelta(hours=3)) == [], "the same London day"
        published.poll(full=True, later=DAY)
        (change,) = published.told()
        assert (change.kind, change.key) == (ChangeKind.WITHDRAWN, "withdrawn:80578:50000003:1")
        assert change.amends == "new_inspection:80578:50000003"
        assert grade(change.reading) == "good"
        assert walk(published) == []
        assert known(published).withdrawn_at is not None

    def test_the_day_is_londons(self, published: Bench) -> None:
        """At 23:30 UTC in May it is tomorrow in London."""
        published.site.delist(NEWS.file_id)
        walk(published, later=timedelta(hours=14, minutes=20))
        assert published.now[0].hour == 22
        assert walk(published, later=timedelta(hours=1)) == [ChangeKind.WITHDRAWN]

    def test_what_is_back_before_that_was_never_gone(self, published: Bench) -> None:
        published.site.delist(NEWS.file_id)
        walk(published)
        published.site.relist(NEWS.file_id)
        assert walk(published) == []
        published.site.delist(NEWS.file_id)
        assert walk(published) == [], "two looks in a row, not two looks"

    def test_what_comes_back_is_told_as_such_and_never_as_new(self, published: Bench) -> None:
        published.site.delist(NEWS.file_id)
        walk(published)
        assert walk(published) == [ChangeKind.WITHDRAWN]
        published.site.relist(NEWS.file_id)
        published.poll(full=True, later=DAY)
        (change,) = published.told()
        assert (change.kind, change.amends) == (ChangeKind.RETURNED, "new_inspection:80578:50000003")
        assert change.key == "returned:80578:50000003:1"
        assert walk(published) == []

    def test_an_old_one_that_nobody_was_told_of_is_told_as_withdrawn_by_itself(self, bench: Bench) -> None:
        bench.poll()
        bench.site.delist(OLD.file_id)
        walk(bench)
        bench.poll(full=True, later=DAY)
        (change,) = bench.told()
        assert (change.kind, change.amends, change.listing.file_id) == (ChangeKind.WITHDRAWN, "", OLD.file_id)

    def test_what_comes_and_goes_goes_quiet(self, published: Bench) -> None:
        told: list[ChangeKind] = []
        for _ in range(6):
            published.site.delist(NEWS.file_id)
            told += walk(published) + walk(published) + walk(published)
            published.site.relist(NEWS.file_id)
            told += walk(published)
        assert told == [ChangeKind.WITHDRAWN, ChangeKind.RETURNED] * 2
        published.site.delist(NEWS.file_id)
        assert [kind for _ in range(REST.days + 2) for kind in walk(published)] == [ChangeKind.WITHDRAWN]

    def test_a_page_that_has_lost_the_most_of_what_it_had_is_not_believed(self, published: Bench) -> None:
        for file_id in ("50000001", "50000002"):
            published.site.delist(file_id)
        assert [walk(published) for _ in range(4)] == [[]] * 4
        (trouble,) = [one for one in published.world.store.open_troubles() if one.kind is TroubleKind.PAGE_SUSPECT]
        assert "2 documents that its page listed before are missing" in trouble.sentence

    def test_a_page_with_something_that_cannot_be_understood_is_not_believed(self, published: Bench) -> None:
        published.site.delist(NEWS.file_id)
        published.site.rewrite(f"/provider/44/{WEST}", "/v1/file/50000001", "/v1/file/first", times=None)
        assert [walk(published) for _ in range(3)] == [[]] * 3

    def test_a_loss_on_many_pages_is_a_fault_of_the_site(self, published: Bench) -> None:
        store, others = published.world.store, ("80467", "80479", "80480")
        for urn in others[1:]:
            published.site.admit(replace(published.site.listed()[0][0], urn=urn, name=f"Authority {urn}"))
        for number, urn in enumerate(others):
            for turn in (1, 2, 3):
                body = paper(urn, date(2020 + turn, 1, 6))
                published.site.publish(publication(f"4{number}{turn}", date(2020 + turn, 3, 1), body, urn=urn))
        walk(published)
        for number in range(3):
            published.site.delist(f"4{number}1")
        assert [walk(published) for _ in range(3)] == [[]] * 3
        assert TroubleKind.MANY_MISSING in {one.kind for one in store.open_troubles()}
        published.site.relist("401")
        assert walk(published) == []
        assert walk(published) == [ChangeKind.WITHDRAWN] * 2

    def test_one_that_was_never_there_goes_without_a_word(self, bench: Bench) -> None:
        bench.poll()
        bench.site.publish(NEWS)
        bench.site.lose(NEWS.file_id)
        bench.poll()
        bench.site.delist(NEWS.file_id)
        assert [walk(bench) for _ in range(3)] == [[]] * 3
        assert bench.world.store.awaited() == (), "nobody waits for it any more"
        bench.site.relist(NEWS.file_id)
        bench.site.find_again(NEWS.file_id)
        assert walk(bench) + walk(bench) == [ChangeKind.NEW_INSPECTION]


class TestReplacement:
    def test_other_bytes_with_the_same_reading_are_silent_and_archived(self, published: Bench) -> None:
        before = known(published)
        published.site.replace(NEWS.file_id, GOOD + b" ")
        assert walk(published, 2 * DAY) == []
        after = known(published)
        assert after.sha256 != before.sha256
        assert published.world.archive.find(str(before.sha256)) == GOOD
        assert after.told_sha256 == after.sha256

    def test_another_reading_is_a_correction_of_what_was_told(self, published: Bench) -> None:
        published.site.replace(NEWS.file_id, INADEQUATE)
        published.poll(full=True, later=2 * DAY)
        (change,) = published.told()
        assert (change.kind, change.key) == (ChangeKind.CORRECTED, "corrected:80578:50000003:1")
        assert change.amends == "new_inspection:80578:50000003"
        assert (grade(change.instead_of), grade(change.reading)) == ("good", "inadequate")
        assert change.before_listing is not None, "the alert can be said anew: beside the inspection before it"
        assert change.before_listing.file_id == "50000002"
        assert [one.movement for one in change.comparisons] == ["declined"]
        assert walk(published, 2 * DAY) == []

    def test_a_correction_of_what_nobody_was_told_stands_by_itself(self, bench: Bench) -> None:
        bench.poll()
        bench.site.replace("50000002", paper(WEST, date(2023, 3, 13), Grade.INADEQUATE))
        bench.poll(full=True, later=100 * DAY)
        (change,) = bench.told()
        assert (change.kind, change.amends) == (ChangeKind.CORRECTED, "")

    def test_a_reading_that_flaps_goes_quiet_and_is_told_when_it_has_come_to_rest(self, published: Bench) -> None:
        told: list[ChangeKind] = []
        for body in (INADEQUATE, GOOD, INADEQUATE, GOOD, INADEQUATE):
            published.site.replace(NEWS.file_id, body)
            told += walk(published, 2 * DAY)
        assert told == [ChangeKind.CORRECTED] * 2
        told = [kind for _ in range(REST.days + 3) for kind in walk(published)]
        assert told == [ChangeKind.CORRECTED]
        assert grade(known(published).reading) == "inadequate"

    def test_another_date_on_the_page_puts_right_what_was_told_with_the_first_one(self, bench: Bench) -> None:
        bench.poll()
        bench.site.publish(replace(NEWS, published=date(2062, 5, 18)))
        bench.poll()
        assert [change.listing.published.year for change in bench.told()] == [2062]
        bench.site.publish(NEWS)
        bench.poll(full=True)
        (change,) = bench.told()
        assert (change.kind, change.key) == (ChangeKind.REDATED, "redated:80578:50000003:1")
        assert (change.amends, change.dated_before) == ("new_inspection:80578:50000003", date(2062, 5, 18))
        assert change.listing.published == NEWS.published
        assert [one.movement for one in change.comparisons] == ["improved"], "the alert can be said anew"
        assert walk(bench) == []

    def test_a_date_that_flaps_goes_quiet(self, published: Bench) -> None:
        told: list[ChangeKind] = []
        for day in (17, 18, 17, 18):
            published.site.publish(replace(NEWS, published=date(2026, 5, day)))
            told += walk(published)
        assert told == [ChangeKind.REDATED] * 2
        assert known(published).listing.published == NEWS.published

    def test_another_date_of_what_nobody_was_told_of_is_no_news(self, bench: Bench) -> None:
        bench.poll()
        bench.site.publish(replace(OLD, published=date(2019, 5, 9)))
        assert walk(bench) == []
        assert known(bench, OLD.file_id).listing.published == date(2019, 5, 9)

    def test_something_unreadable_in_its_place_changes_nothing(self, published: Bench) -> None:
        for body in (b"%PDF-1.7\ncut off", b"<title>Sorry</title>"):
            published.site.replace(NEWS.file_id, body)
            assert walk(published, 2 * DAY) == []
        published.site.lose(NEWS.file_id)
        assert walk(published, 2 * DAY) == []
        assert grade(known(published).reading) == "good"

    def test_documents_are_asked_for_again_a_few_at_a_time_and_with_validators(self, published: Bench) -> None:
        published.site.validators = True
        for number in range(5):
            body = paper(WEST, date(2019, 6, 1 + number), kind=Kind.ILACS_FOCUSED_VISIT)
            published.site.publish(publication(f"5001000{number}", date(2026, 5, 18), body))
        published.poll()
        for _ in range(2):
            published.poll(later=2 * DAY)
            asked = [one for one in published.site.requests if one.path.startswith("/v1/file/")]
            assert len(asked) == CHECKED_AT_ONCE
        assert any("if-none-match" in one.headers for one in asked)

    def test_an_old_document_is_asked_for_again_rarely(self, bench: Bench) -> None:
        bench.poll()
        bench.poll(later=20 * DAY)
        assert not [path for path in bench.asked if path.startswith("/v1/file/")]
        bench.poll(later=70 * DAY)
        assert [path for path in bench.asked if path.startswith("/v1/file/")]


class TestLostBytes:
    """Of what stood in the archive: a disk was lost, and a backup has the database alone."""

    def test_a_reading_stays_known_and_its_file_is_fetched_again_whatever_the_site_says_of_it(
        self, bench: Bench, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bench.site.validators = True
        bench.poll()
        before = known(bench, "50000002")
        lose_the_archive(bench)
        bench.site.answer("/v1/file", status=503, times=None)
        for room in (look, pages, upkeep):
            monkeypatch.setattr(room, "PARSER", "tomorrow")
        bench.poll()
        bench.poll(later=MINUTE)
        assert known(bench, "50000002").reading == before.reading
        bench.site.heal()
        bench.poll(later=DAY)
        after = known(bench, "50000002")
        assert (after.parser, after.failures, after.next_try_at) == ("tomorrow", 0, None)
        assert bench.world.archive.find(str(after.sha256)) is not None
        bench.site.publish(NEWS)
        bench.poll()
        (change,) = bench.told()
        assert [one.movement for one in change.comparisons] == ["improved"]

    def test_nothing_is_compared_with_what_another_parser_has_read(
        self, bench: Bench, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bench.poll()
        lose_the_archive(bench)
        bench.site.answer("/v1/file/50000002", status=503, times=None)
        for room in (look, pages, upkeep):
            monkeypatch.setattr(room, "PARSER", "tomorrow")
        bench.site.publish(NEWS)
        bench.poll()
        (change,) = bench.told()
        assert (change.comparisons, change.before) == ((), None)
        assert "has not been read" in change.not_compared

    def test_a_document_that_is_asked_for_now_and_then_is_asked_for_whole(self, bench: Bench) -> None:
        bench.site.validators = True
        bench.poll()
        lose_the_archive(bench)
        bench.poll(later=100 * DAY)
        assert {bench.world.archive.find(str(one.sha256)) for one in bench.world.store.known(WEST).documents} == {
            OLD.body,
            NEW.body,
        }
        assert bench.told() == []


def lose_the_archive(bench: Bench) -> None:
    for document in bench.world.store.known(WEST).documents:
        bench.world.archive.remove(str(document.sha256))


class TestReadAtLast:
    def test_what_was_told_as_not_there_is_put_right_when_it_comes(self, bench: Bench) -> None:
        bench.poll()
        bench.site.publish(NEWS)
        bench.site.lose(NEWS.file_id)
        for later in (1, 2, 10, 40):
            bench.poll(later=later * MINUTE)
        assert [change.kind for change in bench.told()] == [ChangeKind.NOT_READ]
        bench.site.find_again(NEWS.file_id)
        bench.poll(later=4 * 60 * MINUTE)
        (change,) = bench.told()
        assert (change.kind, change.amends) == (ChangeKind.READ_AT_LAST, "not_read:80578:50000003")
        assert [one.movement for one in change.comparisons] == ["improved"]
        assert walk(bench) == []

    def test_what_was_cut_off_is_put_right(self, bench: Bench) -> None:
        bench.poll()
        bench.site.publish(replace(NEWS, body=b"%PDF-1.7\ncut off"))
        bench.poll()
        assert [change.kind for change in bench.told()] == [ChangeKind.NOT_READ]
        bench.site.replace(NEWS.file_id, GOOD)
        assert walk(bench, 2 * MINUTE) == [ChangeKind.READ_AT_LAST]

    def test_a_parser_that_has_learnt_to_read_it_puts_it_right_and_tells_nothing_else(
        self, bench: Bench, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with unlearned(monkeypatch):
            bench.poll()
            bench.site.publish(NEWS)
            bench.poll()
            assert [change.kind for change in bench.told()] == [ChangeKind.NOT_READ]
        bench.poll()
        (change,) = bench.told()
        assert (change.kind, change.amends) == (ChangeKind.READ_AT_LAST, "not_read:80578:50000003")
        assert walk(bench) == []

    def test_one_that_was_asked_for_again_meanwhile_is_put_right_all_the_same(
        self, bench: Bench, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with unlearned(monkeypatch):
            bench.poll()
            bench.site.publish(NEWS)
            bench.poll()
            bench.told()
            bench.poll(later=2 * DAY)
            assert f"/v1/file/{NEWS.file_id}" in bench.asked
        bench.poll()
        assert [change.kind for change in bench.told()] == [ChangeKind.READ_AT_LAST]

    def test_what_was_withdrawn_before_a_parser_learnt_to_read_it_is_put_right_when_it_is_back(
        self, bench: Bench, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with unlearned(monkeypatch):
            bench.poll()
            bench.site.publish(NEWS)
            bench.poll()
            bench.site.delist(NEWS.file_id)
            assert walk(bench) + walk(bench) == [ChangeKind.NOT_READ, ChangeKind.WITHDRAWN]
        assert walk(bench) == []
        bench.site.relist(NEWS.file_id)
        assert set(walk(bench)) == {ChangeKind.RETURNED, ChangeKind.READ_AT_LAST}


class TestSecondNumbers:
    def test_another_number_of_what_is_known_is_linked_and_not_told(self, published: Bench) -> None:
        published.site.publish_again(NEWS.file_id, "50000077", GOOD + b" ")
        assert walk(published, MINUTE) == []
        assert known(published, "50000077").same_as == NEWS.file_id

    def test_the_same_bytes_under_another_number_are_no_news_either(self, published: Bench) -> None:
        published.site.publish_again(NEWS.file_id, "50000077")
        published.site.delist(NEWS.file_id)
        assert [walk(published) for _ in range(4)] == [[]] * 4, "it has moved, and is not withdrawn"
        assert (known(published, "50000077").same_as, known(published).same_as) == ("", "50000077")

    def test_one_that_reads_otherwise_is_a_correction_and_takes_the_first_ones_place(self, published: Bench) -> None:
        published.site.publish_again(NEWS.file_id, "50000077", INADEQUATE)
        published.poll(full=True)
        (change,) = published.told()
        assert (change.kind, change.listing.file_id) == (ChangeKind.CORRECTED, "50000077")
        assert change.amends == "new_inspection:80578:50000003"
        assert (known(published, "50000077").same_as, known(published).same_as) == ("", "50000077")
        published.site.delist(NEWS.file_id)
        assert [walk(published) for _ in range(3)] == [[]] * 3

    def test_an_older_number_that_is_left_alone_and_reads_otherwise_is_a_correction_after_two_days(
        self, published: Bench
    ) -> None:
        """Found by the random play: it took the other's place, and people went on reading what that one said."""
        published.site.publish_again(NEWS.file_id, "50000077", INADEQUATE)
        assert walk(published, MINUTE) == [ChangeKind.CORRECTED]
        published.site.delist("50000077")
        assert walk(published, MINUTE) + walk(published, MINUTE) == [], "it may be a fault of the page"
        published.poll(full=True, later=DAY)
        (change,) = published.told()
        assert (change.kind, grade(change.instead_of), grade(change.reading)) == (
            ChangeKind.CORRECTED,
            "inadequate",
            "good",
        )
        assert (known(published).same_as, known(published, "50000077").same_as) == ("", NEWS.file_id)
        assert [walk(published) for _ in range(3)] == [[]] * 3

    def test_an_older_number_that_comes_back_alone_and_reads_otherwise_has_returned_and_is_a_correction_in_time(
        self, published: Bench
    ) -> None:
        published.site.publish_again(NEWS.file_id, "50000077", INADEQUATE)
        walk(published, MINUTE)
        for file_id in (NEWS.file_id, "50000077"):
            published.site.delist(file_id)
        assert walk(published) + walk(published) == [ChangeKind.WITHDRAWN]
        published.site.relist(NEWS.file_id)
        assert walk(published) == [ChangeKind.RETURNED], "it has been told otherwise twice: now it has to come to rest"
        assert [kind for _ in range(REST.days + 1) for kind in walk(published)] == [ChangeKind.CORRECTED]
        assert grade(known(published).reading) == "good"
        assert known(published).told_sha256 == known(published).sha256

    def test_a_first_number_that_is_replaced_as_the_second_one_was_is_no_second_correction(
        self, published: Bench
    ) -> None:
        """Found by the random play: the second number had told it, and the first was compared with itself alone."""
        published.site.replace(NEWS.file_id, INADEQUATE)
        published.site.publish_again(NEWS.file_id, "50000077", INADEQUATE)
        assert walk(published, MINUTE) == [ChangeKind.CORRECTED]
        assert walk(published, 2 * DAY) == []
        assert grade(known(published).reading) == "inadequate"
        assert known(published).same_as == "50000077"

    def test_a_linked_number_that_is_replaced_otherwise_is_a_correction_and_stands_for_them_all(
        self, published: Bench
    ) -> None:
        published.site.publish_again(NEWS.file_id, "50000077", GOOD + b" ")
        assert walk(published, MINUTE) == []
        published.site.replace("50000077", INADEQUATE)
        published.poll(full=True, later=2 * DAY)
        (change,) = published.told()
        assert (change.kind, grade(change.instead_of), grade(change.reading)) == (
            ChangeKind.CORRECTED,
            "good",
            "inadequate",
        )
        assert (known(published, "50000077").same_as, known(published).same_as) == ("", "50000077")
        assert walk(published, 2 * DAY) == []

    def test_two_numbers_of_one_morning_are_one_alert(self, bench: Bench) -> None:
        bench.poll()
        bench.site.publish(NEWS)
        bench.site.publish_again(NEWS.file_id, "50000077", GOOD + b" ")
        assert walk(bench, MINUTE) == [ChangeKind.NEW_INSPECTION]

    def test_a_withdrawn_report_that_comes_back_under_another_number_has_returned(self, published: Bench) -> None:
        published.site.delist(NEWS.file_id)
        walk(published)
        assert walk(published) == [ChangeKind.WITHDRAWN]
        published.site.publish_again(NEWS.file_id, "50000077", GOOD + b" ")
        published.poll(full=True, later=DAY)
        (change,) = published.told()
        assert (change.kind, change.listing.file_id) == (ChangeKind.RETURNED, "50000077")
        assert change.amends == "new_inspection:80578:50000003"
        published.site.delist("50000077")
        assert walk(published) + walk(published) == [ChangeKind.WITHDRAWN]

    def test_another_visit_on_other_days_is_news(self, published: Bench) -> None:
        later = paper(WEST, FEBRUARY + timedelta(days=7), Grade.GOOD)
        published.site.publish(publication("50000088", NEWS.published, later))
        assert walk(published, MINUTE) == [ChangeKind.NEW_INSPECTION]


def test_a_reading_that_cannot_be_decoded_is_read_again_from_the_archive(bench: Bench, engine: Engine) -> None:
    bench.poll()
    with writing(engine) as connection:
        connection.execute(text("""UPDATE documents SET reading = '{"kind": "of another time"}'"""))
    assert known(bench, "50000002").reading is None
    bench.site.publish(NEWS)
    bench.poll()
    (change,) = bench.told()
    assert [one.movement for one in change.comparisons] == ["improved"]
    assert grade(known(bench, "50000002").reading) == "requires_improvement"


def test_it_is_written_down_where_archived_bytes_came_from(published: Bench) -> None:
    (fetch,) = published.world.store.fetches(str(known(published).sha256))
    assert fetch.url == f"{published.world.site}/v1/file/50000003"
    assert (fetch.fetched_at, fetch.size) == (published.now[0], len(GOOD))
    assert dict(fetch.headers)["content-type"] == "application/pdf"


def test_a_page_that_says_the_same_is_archived_once_whatever_else_is_on_it(bench: Bench) -> None:
    def archived() -> int:
        return sum(path.is_file() for path in bench.world.archive._directory.rglob("*"))

    bench.site.validators = True
    bench.poll()
    before = archived()
    for turn in range(5):
        for address in ("/search", "/provider"):
            bench.site.rewrite(address, "<main", f"<!-- banner {turn} --><main", times=None)
        bench.poll(full=True)
        bench.site.heal()
    assert archived() == before
    bench.site.publish(NEWS)
    bench.poll()
    assert archived() == before + 3, "the list, the page and the document"
