"""The rules of `decide`, one test or more each."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from hashlib import sha256

from judgements.authorities import REGISTRY
from judgements.types import (
    ChangeKind,
    Grade,
    Inspection,
    Judgement,
    Kind,
    Listing,
    Movement,
    NotRead,
    Report,
    Span,
    Status,
)
from storage.types import Intent, KnownAuthority, KnownDocument, Standing
from watchers import decide
from watchers.decide import wanted
from watchers.lifecycle import Got
from watchers.listings import ProviderPage, SearchEntry
from watchers.looks import looks
from watchers.rota import again_after
from watchers.schedule import parse_walks, walk_due
from watchers.suspicion import anothers, cause, doubts, missing

T0 = datetime(2026, 5, 18, 8, 30, tzinfo=UTC)
TODAY = T0.date()
YESTERDAY = T0 - timedelta(days=1)
URN = "80578"
TODAYS = "parser-today"


def listing(file_id: str = "50000001", published: date = date(2026, 5, 18)) -> Listing:
    url = f"https://files.ofsted.gov.uk/v1/file/{file_id}"
    return Listing(file_id=file_id, urn=URN, title="Children's services inspection", url=url, published=published)


def report(
    grade: Grade, *, start: date = date(2026, 2, 2), kind: Kind = Kind.ILACS_INSPECTION, **more: object
) -> Report:
    span = Span(page=1, quote=f"Overall effectiveness {grade}")
    overall = Judgement(theme="overall", label="Overall effectiveness", grade=grade, span=span)
    inspection = Inspection(periods=((start, start + timedelta(days=4)),))
    base = Report(
        kind=kind, framework="ilacs", edition="2023", authority=URN, authority_printed="West Sussex",
        inspection=inspection, overall=overall,
    )  # fmt: skip
    return replace(base, **more)  # type: ignore[arg-type]


def document(file_id: str, grade: Grade, start: date) -> KnownDocument:
    return KnownDocument(
        listing=listing(file_id, start),
        standing=Standing.READ,
        first_seen_at=YESTERDAY,
        sha256="a" * 64,
        told_sha256="a" * 64,
        reading=report(grade, start=start),
        parser=TODAYS,
    )


KNOWN = KnownAuthority(
    urn=URN,
    latest_report=date(2023, 5, 11),
    baseline_at=YESTERDAY,
    documents=(document("40000001", Grade.INADEQUATE, date(2019, 2, 25)),),
)
ENTRY = SearchEntry(urn=URN, name="West Sussex", latest_report=date(2026, 5, 18))


def page(*listings: Listing) -> ProviderPage:
    return ProviderPage(name="West Sussex", listings=listings)


def intent(known: KnownAuthority, got: dict[Listing, Got], now: datetime = T0) -> Intent:
    listed = [document.listing for document in known.documents if document.listing not in got]
    return decide.decide(known, ENTRY, page(*got, *listed), got, parser=TODAYS, now=now)


def read(reading: Report | NotRead) -> Got:
    return Got(sha256=sha256(repr(reading).encode()).hexdigest(), reading=reading)


def test_first_sight_is_a_baseline_and_announces_nothing() -> None:
    new = intent(KnownAuthority(urn=URN), {listing(): read(report(Grade.GOOD))})
    assert new.baseline
    assert new.changes == ()
    assert [found.listing for found in new.documents] == [listing()]


def test_a_document_that_was_missing_at_first_sight_is_silent_when_it_comes() -> None:
    first = intent(KnownAuthority(urn=URN), {listing(): Got(why="not found")})
    later = replace(KNOWN, baseline_at=T0, documents=first.documents)
    assert intent(later, {listing(): read(report(Grade.GOOD))}, T0 + timedelta(days=1)).changes == ()


def test_a_new_inspection_is_told_with_how_each_judgement_moved() -> None:
    (change,) = intent(KNOWN, {listing(): read(report(Grade.GOOD))}).changes
    assert change.key == "new_inspection:80578:50000001"
    assert change.kind is ChangeKind.NEW_INSPECTION
    assert change.before_listing == KNOWN.documents[0].listing
    (overall,) = change.comparisons
    assert overall.movement is Movement.IMPROVED


def test_the_first_report_after_an_empty_baseline_is_told_without_a_comparison() -> None:
    (change,) = intent(replace(KNOWN, documents=()), {listing(): read(report(Grade.GOOD))}).changes
    assert change.before is None
    assert change.comparisons == ()


def test_two_documents_of_one_morning_are_two_changes_and_the_second_knows_the_first() -> None:
    early, late = listing("50000001"), listing("50000002")
    got = {
        early: read(report(Grade.GOOD, start=date(2025, 1, 6))),
        late: read(report(Grade.OUTSTANDING, start=date(2026, 2, 2))),
    }
    first, second = intent(KNOWN, got).changes
    assert first.before_listing == KNOWN.documents[0].listing
    assert second.before_listing == early


def test_letters_and_send_reports_are_changes_of_their_own_kind() -> None:
    letter = report(Grade.GOOD, kind=Kind.ILACS_FOCUSED_VISIT, overall=None)
    send = report(Grade.GOOD, kind=Kind.AREA_SEND_INSPECTION, overall=None)
    assert [c.kind for c in intent(KNOWN, {listing(): read(letter)}).changes] == [ChangeKind.NEW_LETTER]
    assert [c.kind for c in intent(KNOWN, {listing(): read(send)}).changes] == [ChangeKind.SEND_OUTCOME]


def test_a_document_that_cannot_be_read_is_still_news_and_is_asked_for_again() -> None:
    new = intent(KNOWN, {listing(): read(NotRead(status=Status.UNREADABLE, why="it is cut off"))})
    assert [change.key for change in new.changes] == ["not_read:80578:50000001"]
    assert new.documents[0].next_try_at == T0 + timedelta(minutes=1)


def test_a_kind_of_document_that_is_not_known_is_news_and_is_not_asked_for_again() -> None:
    new = intent(KNOWN, {listing(): read(NotRead(status=Status.UNRECOGNISED, why="no framework fits"))})
    assert [change.kind for change in new.changes] == [ChangeKind.NOT_READ]
    assert new.documents[0].next_try_at is None


def test_a_listed_document_that_is_not_there_is_asked_for_again_and_told_after_half_an_hour() -> None:
    known, told, now = KNOWN, [], T0
    for _ in range(6):
        new = intent(known, {listing(): Got(why="not found")}, now)
        told.append([(now - T0, change.key) for change in new.changes])
        (waiting,) = new.documents
        assert waiting.next_try_at is not None
        assert waiting.next_try_at > now
        known, now = replace(KNOWN, documents=(*KNOWN.documents, waiting)), waiting.next_try_at
    assert told == [[], [], [], [(timedelta(minutes=36), "not_read:80578:50000001")], [], []]
    (change,) = intent(known, {listing(): read(report(Grade.GOOD))}, T0 + timedelta(days=9)).changes
    assert (change.key, change.amends) == ("read_at_last:80578:50000001", "not_read:80578:50000001")


def test_waiting_grows_to_a_day_and_never_ends() -> None:
    pauses = [again_after(failures) for failures in range(1, 100)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == timedelta(days=1)


def test_a_report_on_another_authority_than_its_page_is_not_believed() -> None:
    other = report(Grade.INADEQUATE, authority="80467", authority_printed="East Sussex")
    (change,) = intent(KNOWN, {listing(): read(other)}).changes
    assert change.kind is ChangeKind.NOT_READ
    assert "East Sussex" in change.reading.why


def test_of_a_page_only_documents_that_are_new_are_fetched_oldest_first() -> None:
    """What is known and was not to be had is asked for again by itself, whether or not its page is opened."""
    waiting = KnownDocument(
        listing=listing("45000000", date(2024, 1, 1)), standing=Standing.AWAITED, first_seen_at=YESTERDAY,
        failures=1, next_try_at=T0,
    )  # fmt: skip
    known = replace(KNOWN, documents=(*KNOWN.documents, waiting))
    newest, middle = listing("50000002"), listing("50000001")
    assert wanted(known, page(newest, middle, waiting.listing, KNOWN.documents[0].listing)) == (middle, newest)


def test_a_known_document_with_another_date_title_or_host_is_not_new() -> None:
    old = KNOWN.documents[0].listing
    moved = replace(old, url=f"https://files.api.ofsted.gov.uk/v1/file/{old.file_id}", published=date(2020, 1, 1))
    assert wanted(KNOWN, page(moved)) == ()


def never_due(_walked: datetime | None, _now: datetime) -> bool:
    return False


WALKED = {"baseline_at": YESTERDAY, "walked_at": T0 - timedelta(hours=1)}


def test_only_authorities_that_moved_are_opened() -> None:
    quiet = SearchEntry(urn="1", name="Quiet", latest_report=date(2020, 1, 1))
    known = {"1": KnownAuthority(urn="1", latest_report=date(2020, 1, 1), **WALKED), URN: KNOWN}
    unseen = SearchEntry(urn="2", name="Unseen", latest_report=None)
    opened = looks(known, (quiet, ENTRY, unseen), walk_due=never_due, now=T0)
    assert [(look.entry.urn, look.why) for look in opened] == [
        (URN, "its latest report is of 2026-05-18, was 2023-05-11"),
        ("2", "first sight"),
    ]
    assert len(looks(known, (quiet, ENTRY, unseen), walk_due=lambda _walked, _now: True, now=T0)) == 3


def test_a_page_is_opened_for_some_days_after_a_publication_because_another_may_follow_on_that_day() -> None:
    known = {URN: replace(KNOWN, latest_report=date(2026, 5, 18), walked_at=T0)}
    (look,) = looks(known, (ENTRY,), walk_due=never_due, now=T0)
    assert look.why == "another document may follow on the same day"
    assert len(looks(known, (ENTRY,), walk_due=never_due, now=T0 + timedelta(days=2))) == 1
    known = {URN: replace(known[URN], walked_at=T0 + timedelta(days=3))}
    assert looks(known, (ENTRY,), walk_due=never_due, now=T0 + timedelta(days=3)) == ()


def test_every_page_is_opened_by_the_plan_of_walks_after_those_that_moved() -> None:
    plan = partial(walk_due, parse_walks("02:30; mon-fri 10:45"))
    quiet = SearchEntry(urn=URN, name="West Sussex", latest_report=KNOWN.latest_report)
    known = {URN: replace(KNOWN, walked_at=datetime(2026, 5, 18, 9, 44, tzinfo=UTC))}
    assert looks(known, (quiet,), walk_due=plan, now=datetime(2026, 5, 18, 9, 44, tzinfo=UTC)) == ()
    moved = SearchEntry(urn="2", name="Unseen", latest_report=None)
    opened = looks(known, (quiet, moved), walk_due=plan, now=datetime(2026, 5, 18, 9, 45, tzinfo=UTC))
    assert [look.why for look in opened] == ["first sight", "full walk"], "quarter to eleven in London"


def test_a_date_that_the_authoritys_own_page_does_not_bear_out_yet_is_looked_at_again() -> None:
    early = decide.decide(KNOWN, ENTRY, page(KNOWN.documents[0].listing), {}, parser=TODAYS, now=T0)
    assert early.latest_report == KNOWN.documents[0].listing.published
    assert early.latest_report != ENTRY.latest_report
    first = decide.decide(KnownAuthority(urn=URN), ENTRY, page(), {}, parser=TODAYS, now=T0)
    assert first.latest_report is None, "at first sight too: what is missing then would never be looked for again"
    assert intent(KNOWN, {listing(): read(report(Grade.GOOD))}).latest_report == ENTRY.latest_report


def test_a_list_that_shows_fewer_authorities_is_suspect() -> None:
    assert missing(["1", "2", "3"], (SearchEntry(urn="2", name="", latest_report=None), ENTRY)) == ("1", "3")
    assert missing([URN], (ENTRY,)) == ()


def test_a_page_that_lists_less_than_it_did_is_suspect() -> None:
    assert doubts(KNOWN, ENTRY, page(listing()), TODAY) == ("1 documents that its page listed before are missing",)
    assert doubts(KNOWN, ENTRY, page(KNOWN.documents[0].listing, listing()), TODAY) == ()
    (empty,) = doubts(KnownAuthority(urn=URN), ENTRY, page(), TODAY)
    assert "lists no document" in empty
    none_yet = SearchEntry(urn=URN, name="West Sussex", latest_report=None)
    assert doubts(KnownAuthority(urn=URN), none_yet, page(), TODAY) == ()


def test_the_same_doubt_about_any_authority_has_one_cause_and_another_doubt_another() -> None:
    forms = (
        "the page of {name} Council has no timeline",
        "the page of {name}: its documents cannot be understood (a document without a date: https://h/{urn})",
        "its latest report is of 2026-05-{day}, but its page lists no document",
        "{day} documents that its page listed before are not there",
        "a document whose address has no file number: https://h/{urn}.pdf",
        "a page that is no provider's (titled “{name} (sorry)”)",
    )
    causes = [
        {
            cause(f"{one.name}: {form.format(name=one.spoken, urn=one.urn, day=day)}", one.name)
            for day, one in enumerate(REGISTRY.current, 11)
        }
        for form in forms
    ]
    assert [len(each) for each in causes] == [1] * len(forms)
    assert len(set().union(*causes)) == len(forms)


def test_a_page_with_a_date_that_is_yet_to_come_is_suspect() -> None:
    newest = page(*(document.listing for document in KNOWN.documents), listing(published=TODAY))
    assert doubts(KNOWN, ENTRY, newest, TODAY) == ()
    (ahead,) = doubts(KNOWN, ENTRY, newest, YESTERDAY.date())
    assert "is dated 18 May 2026, a day that is yet to come: https://files.ofsted.gov.uk/v1/file/50000001" in ahead


def test_a_page_is_another_authoritys_if_its_heading_is_that_of_one_and_not_its_own() -> None:
    names = {"east sussex": "80467", "west sussex": URN, "a place of old": "7"}

    def said(heading: str, urn: str = URN, name: str = "West Sussex") -> str:
        return anothers(SearchEntry(urn=urn, name=name, latest_report=None), replace(page(), name=heading), names)

    for heading in ("West Sussex", "west sussex ", "West Sussex County Council", "Sussex", "Page 7"):
        assert said(heading) == "", heading
    for heading in ("East Sussex", "EAST SUSSEX", "East Sussex County Council", "Kent", "A Place of Old"):
        assert heading in said(heading)
    assert said("Kent", urn="2900001", name="Kent") == "", "it has a new number that our registry does not know"
    assert said("Kent", urn="2900001", name="Elsewhere") == "", (
        "who it is by number is not known, nor who bears the name"
    )


def test_a_document_without_its_bytes_keeps_its_reading_and_is_fetched_again() -> None:
    lost = decide.reread(KNOWN.documents[0], None, parser="tomorrow's", now=T0)
    assert lost == replace(KNOWN.documents[0], next_try_at=T0)
    assert decide.reread(lost, None, parser="tomorrow's", now=T0 + timedelta(days=1)) == lost, "once is enough"
    again = decide.reread(KNOWN.documents[0], report(Grade.GOOD), parser="tomorrow's", now=T0)
    assert (again.parser, again.reading) == ("tomorrow's", report(Grade.GOOD))


def test_known_bytes_under_another_id_are_a_move_and_no_news() -> None:
    moved = Got(sha256=KNOWN.documents[0].sha256, reading=KNOWN.documents[0].reading)
    new = intent(KNOWN, {listing(): moved})
    assert (len(new.documents), new.changes) == (1, ())


def test_an_authority_that_turns_up_later_is_news_from_the_last_good_poll_on() -> None:
    old, fresh = listing("40000009", date(2024, 1, 1)), listing()
    got = {old: read(report(Grade.GOOD, start=date(2023, 11, 6))), fresh: read(report(Grade.INADEQUATE))}
    (noted,) = decide.first_listed({}, [ENTRY], since=date(2026, 5, 17), today=date(2026, 5, 18))
    late = intent(noted, got)
    assert [change.listing for change in late.changes] == [fresh]
    assert late.baseline


def test_a_clock_that_was_ahead_at_first_sight_swallows_nothing() -> None:
    ahead = replace(KNOWN, baseline_at=T0 + timedelta(days=30))
    assert len(intent(ahead, {listing(): read(report(Grade.GOOD))}).changes) == 1


def test_a_report_that_names_nobody_we_know_is_not_believed() -> None:
    for printed in ("Jersey", "Sussex"):
        stranger = report(Grade.INADEQUATE, authority=None, authority_printed=printed)
        (change,) = intent(KNOWN, {listing(): read(stranger)}).changes
        assert change.kind is ChangeKind.NOT_READ
    nameless = report(Grade.GOOD, authority=None, authority_printed=None)
    assert [c.kind for c in intent(KNOWN, {listing(): read(nameless)}).changes] == [ChangeKind.NEW_INSPECTION]


def between(**more: object) -> KnownDocument:
    base = document("45000000", Grade.OUTSTANDING, date(2023, 3, 13))
    return replace(base, listing=listing("45000000", date(2023, 5, 11)), **more)  # type: ignore[arg-type]


def test_nothing_is_compared_over_an_inspection_that_is_not_read() -> None:
    unread = between(reading=NotRead(status=Status.UNREADABLE, why="cut off"))
    undated = between(reading=report(Grade.OUTSTANDING, inspection=None))
    absent = between(reading=None, standing=Standing.AWAITED, sha256=None)
    for gap in (unread, undated, absent):
        known = replace(KNOWN, documents=(*KNOWN.documents, gap))
        (change,) = intent(known, {listing(): read(report(Grade.GOOD))}).changes
        assert change.comparisons == ()
        assert change.before is None
        assert "11 May 2023) has not been read" in change.not_compared


def test_an_unread_letter_or_an_older_unread_document_is_no_obstacle() -> None:
    letter = between(reading=None)
    letter = replace(letter, listing=replace(letter.listing, title="Children's services focused visit"))
    old = replace(between(reading=None), listing=listing("30000000", date(2012, 7, 13)))
    known = replace(KNOWN, documents=(*KNOWN.documents, letter, old))
    (change,) = intent(known, {listing(): read(report(Grade.GOOD))}).changes
    assert [one.movement for one in change.comparisons] == [Movement.IMPROVED]


def test_a_report_whose_dates_are_not_read_is_not_compared_and_says_so() -> None:
    (change,) = intent(KNOWN, {listing(): read(report(Grade.GOOD, inspection=None))}).changes
    assert change.before is None
    assert change.not_compared.startswith("The dates of this inspection could not be read")


def test_two_inspections_of_one_morning_are_compared_in_the_order_of_the_inspections() -> None:
    later, earlier_one = listing("50000001"), listing("50000002")
    got = {
        later: read(report(Grade.OUTSTANDING, start=date(2026, 2, 2))),
        earlier_one: read(report(Grade.GOOD, start=date(2025, 1, 6))),
    }
    changes = {change.listing.file_id: change for change in intent(KNOWN, got).changes}
    assert changes["50000001"].before_listing == earlier_one
