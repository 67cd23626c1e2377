"""What storage promises, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta, timezone

import pytest

from judgements.types import NotRead, Status
from storage.store import Store
from storage.types import (
    Coverage,
    Dead,
    Holding,
    KnownAuthority,
    Paused,
    SourceState,
    Standing,
    Visit,
)
from tests.storage.examples import (
    LEASE,
    MINUTE,
    SECOND,
    T0,
    URN,
    change,
    claim,
    document,
    intent,
    listing,
    report,
    send_next,
    tell,
)


class TestWhatIsKnown:
    def test_an_authority_never_seen_is_known_as_nothing(self, store: Store) -> None:
        assert store.known(URN) == KnownAuthority(urn=URN)
        assert store.known_authorities() == {}

    def test_what_is_applied_is_known(self, store: Store) -> None:
        read = document(listing("2"), sha256="ab", reading=report(), parser="p1")
        awaited = document(
            listing("1", published=date(2020, 1, 2)),
            standing=Standing.AWAITED,
            why="not found",
            failures=2,
            next_try_at=T0 + MINUTE,
        )
        store.apply(intent(documents=(read, awaited), baseline=True))
        expected = KnownAuthority(urn=URN, latest_report=date(2026, 8, 20), baseline_at=T0, walked_at=T0)
        assert store.known(URN) == replace(expected, documents=(awaited, read))
        assert store.known_authorities() == {URN: expected}

    def test_a_document_that_could_not_be_read_keeps_the_reason(self, store: Store) -> None:
        unread = document(listing(), reading=NotRead(status=Status.UNREADABLE, why="a page has no text"))
        store.apply(intent(documents=(unread,)))
        assert store.known(URN).documents == (unread,)

    def test_the_baseline_stays_where_it_was_first_completed(self, store: Store) -> None:
        store.apply(intent(baseline=True))
        store.apply(intent(now=T0 + MINUTE, baseline=True))
        store.apply(intent(now=T0 + 2 * MINUTE, baseline=False, latest_report=date(2026, 8, 21)))
        known = store.known(URN)
        assert (known.baseline_at, known.walked_at) == (T0, T0 + 2 * MINUTE)
        assert known.latest_report == date(2026, 8, 21)

    def test_an_altered_document_is_overwritten_and_the_others_stay(self, store: Store) -> None:
        first, second = document(listing("1"), standing=Standing.AWAITED, failures=3), document(listing("2"))
        store.apply(intent(documents=(first, second)))
        read = document(listing("1"), sha256="ab", reading=report())
        store.apply(intent(documents=(read,)))
        assert store.known(URN).documents == (read, second)

    def test_a_document_keeps_the_time_it_was_first_seen(self, store: Store) -> None:
        store.apply(intent(documents=(document(listing()),)))
        store.apply(intent(documents=(document(listing(), first_seen_at=T0 + MINUTE),)))
        assert store.known(URN).documents[0].first_seen_at == T0

    def test_one_file_may_be_listed_by_two_authorities(self, store: Store) -> None:
        ours, theirs = document(listing("1")), document(listing("1", urn="80574"))
        store.apply(intent(documents=(ours,)))
        store.apply(intent("80574", documents=(theirs,)))
        assert store.known(URN).documents == (ours,)
        assert store.known("80574").documents == (theirs,)

    def test_history_follows_the_inspections_and_not_the_publications(self, store: Store) -> None:
        late = document(listing("3", published=date(2020, 5, 1)), reading=report(date(2019, 1, 1)))
        early = document(listing("1", published=date(2020, 4, 1)), reading=report(date(2019, 6, 1)))
        unread = document(listing("2", published=date(2019, 3, 1)))
        store.apply(intent(documents=(late, early, unread)))
        assert store.history(URN) == (late, unread, early)

    def test_nothing_is_applied_when_part_of_it_cannot_be(self, store: Store) -> None:
        naive = document(listing("2"), first_seen_at=T0.replace(tzinfo=None))
        with pytest.raises(Exception, match="has no time zone"):
            store.apply(intent(documents=(document(listing("1")), naive), changes=(change(),)))
        assert store.known_authorities() == {}
        assert store.waiting_changes(1, T0) == ()


class TestVisits:
    def test_an_address_never_visited_has_none(self, store: Store) -> None:
        assert store.visit("https://site.example/search") is None

    def test_the_last_visit_is_remembered(self, store: Store) -> None:
        first = Visit(url="https://site.example/a", etag='"1"', last_modified=None, sha256="ab", at=T0)
        second = replace(first, etag=None, last_modified="Thu, 20 Aug 2026 08:30:00 GMT", sha256="cd", at=T0 + MINUTE)
        store.record_visit(first)
        store.record_visit(replace(first, url="https://site.example/b"))
        store.record_visit(second)
        assert store.visit(first.url) == second


OURS = Holding(name="source:search", owner="us")
THEIRS = replace(OURS, owner="them")


class TestSources:
    def test_a_new_source_can_be_claimed_once(self, store: Store) -> None:
        assert store.claim_source("search", OURS, T0, LEASE) == SourceState(key="search")
        assert store.claim_source("search", THEIRS, T0 + MINUTE, LEASE) is None

    def test_a_claim_ends_with_its_lease(self, store: Store) -> None:
        store.claim_source("search", OURS, T0, LEASE)
        assert store.claim_source("search", THEIRS, T0 + LEASE - SECOND, LEASE) is None
        assert store.claim_source("search", THEIRS, T0 + LEASE, LEASE) is not None

    def test_a_released_source_is_claimed_again_when_it_is_due(self, store: Store) -> None:
        store.claim_source("search", OURS, T0, LEASE)
        state = SourceState(
            key="search", next_check_at=T0 + MINUTE, last_ok_at=T0, failures=2, trouble="The site is slow."
        )
        store.release_source(state, OURS)
        assert store.claim_source("search", THEIRS, T0 + MINUTE - SECOND, LEASE) is None
        assert store.claim_source("search", THEIRS, T0 + MINUTE, LEASE) == state

    def test_a_source_that_rests_may_be_claimed_by_hand_unless_it_asked_to_be_left_alone(self, store: Store) -> None:
        for not_before in (None, T0 + MINUTE):
            store.claim_source("search", OURS, T0, LEASE)
            store.release_source(
                SourceState(key="search", next_check_at=T0 + LEASE, not_before=not_before, failures=1), OURS
            )
            assert store.claim_source("search", OURS, T0, LEASE) is None
            claimed = store.claim_source("search", OURS, T0, LEASE, even_if_resting=True)
            assert (claimed is None) is (not_before is not None)
        assert store.claim_source("search", OURS, T0 + MINUTE, LEASE, even_if_resting=True) is not None

    def test_one_source_does_not_hold_up_another(self, store: Store) -> None:
        store.claim_source("search", OURS, T0, LEASE)
        other = replace(OURS, name="source:notices")
        assert store.claim_source("notices", other, T0, LEASE) == SourceState(key="notices")


class TestCoverage:
    def test_nothing_is_covered_at_the_beginning(self, store: Store) -> None:
        assert store.coverage() == Coverage(
            authorities_known=0, authorities_baselined=0, newest=None, sources=(), waiting=0, dead=0
        )

    def test_a_document_that_is_dated_in_the_future_is_not_the_newest(self, store: Store) -> None:
        right, wrong = listing("1", published=date(2026, 8, 20)), listing("2", published=date(2062, 8, 20))
        store.apply(intent(documents=(document(right), document(wrong))))
        assert store.coverage(date(2026, 8, 20)).newest == right
        assert store.coverage(date(2026, 8, 19)).newest is None

    def test_an_authority_that_is_not_listed_any_more_does_not_count(self, store: Store) -> None:
        for urn in ("1", "2", "3"):
            store.apply(intent(urn, baseline=True))
        store.release_source(SourceState(key="search"))
        store.record_list("search", ["1", "2", "4"], T0)
        assert store.coverage().authorities_baselined == 2
        assert store.source("search") == SourceState(key="search", seen=3, listed_at=T0)
        store.record_list("search", ["2", "4"], T0 + MINUTE)
        since = {urn: one.unlisted_since for urn, one in store.known_authorities().items()}
        assert since == {"1": T0 + MINUTE, "2": None, "3": T0}
        store.record_list("search", ["1", "2", "3", "4"], T0 + 2 * MINUTE)
        assert store.coverage().authorities_baselined == 3

    def test_what_the_list_showed_is_not_altered_by_how_the_source_is_doing(self, store: Store) -> None:
        state = store.claim_source("search", OURS, T0, LEASE)
        assert state is not None
        store.record_list("search", ["1", "2"], T0, OURS)
        store.release_source(replace(state, failures=1), OURS)
        assert store.source("search") == SourceState(key="search", failures=1, seen=2, listed_at=T0)

    def test_coverage_counts_authorities_and_messages_and_names_the_newest_listing(self, store: Store) -> None:
        newest = listing("9", urn="80574", published=date(2026, 8, 21))
        store.apply(intent(baseline=True, documents=(document(listing("1")),)))
        store.apply(intent("80574", documents=(document(newest), document(listing("8", urn="80574")))))
        state = SourceState(key="search", last_ok_at=T0, seen=153)
        store.release_source(state)
        tell(store, change(), ["C1", "C2", "C3"])
        first, second = claim(store, most=2)
        store.record([Dead(delivery=first, next_at=T0, trouble="too long")], T0)
        store.record([Paused(delivery=second, next_at=T0 + MINUTE, trouble="archived")], T0)
        send_next(store)
        assert store.coverage() == Coverage(
            authorities_known=2, authorities_baselined=1, newest=newest, sources=(state,), waiting=4, dead=1, paused=1
        )


def test_times_come_back_in_utc_whatever_zone_they_were_given_in(store: Store) -> None:
    store.apply(intent(now=T0.astimezone(timezone(timedelta(hours=5)))))
    walked_at = store.known(URN).walked_at
    assert walked_at is not None
    assert (walked_at, walked_at.utcoffset()) == (T0, timedelta(0))
