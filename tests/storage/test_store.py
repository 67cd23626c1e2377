"""What storage promises, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

import pytest
from sqlalchemy import Engine, select, text

from judgements.types import NotRead, Status
from storage.engine import reading, writing
from storage.schema import changes as changes_table
from storage.schema import deliveries as deliveries_table
from storage.store import Store, UndecodableError
from storage.types import (
    Coverage,
    Delivery,
    DeliveryStatus,
    DocumentSort,
    Holding,
    KnownAuthority,
    Movements,
    Part,
    SourceState,
    Standing,
    Visit,
)
from tests.storage.examples import (
    LEASE,
    MINUTE,
    SCOPE,
    SECOND,
    T0,
    URN,
    change,
    deliveries,
    document,
    intent,
    listing,
    report,
    subscription,
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
        assert store.claim_change(T0, LEASE) is None


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
            key="search", next_check_at=T0 + MINUTE, last_ok_at=T0, failures=2, trouble="The site is slow.", seen=153
        )
        store.release_source(state, OURS)
        assert store.claim_source("search", THEIRS, T0 + MINUTE - SECOND, LEASE) is None
        assert store.claim_source("search", THEIRS, T0 + MINUTE, LEASE) == state

    def test_one_source_does_not_hold_up_another(self, store: Store) -> None:
        store.claim_source("search", OURS, T0, LEASE)
        other = replace(OURS, name="source:notices")
        assert store.claim_source("notices", other, T0, LEASE) == SourceState(key="notices")


class TestSubscriptions:
    def test_a_wish_is_kept_as_it_was_put(self, store: Store) -> None:
        wish = replace(
            subscription(scope="england"),
            excepted=(URN,),
            documents=(DocumentSort.LETTERS, DocumentSort.SEND),
            changes=(Movements.DOWNGRADES,),
            how="weekly mon 09:45",
            compact=True,
            threads=False,
            mention="<!subteam^S012>",
            mention_on=Movements.PRIORITY_ACTIONS,
            edited_by="U2",
            edited_at=T0 + MINUTE,
        )
        store.put_subscriptions([wish, subscription()])
        assert store.subscription("T1", "C1", "england") == wish
        assert store.subscription("T1", "C2", "england") is None

    def test_a_wish_that_is_put_again_is_altered_but_for_who_began_it_and_when(self, store: Store) -> None:
        store.put_subscriptions([subscription()])
        again = replace(subscription(created_at=T0 + MINUTE), created_by="U9", how="daily 09:45")
        store.put_subscriptions([again])
        assert store.subscriptions("T1", "C1") == (replace(subscription(), how="daily 09:45"),)

    def test_a_channel_unsubscribes_once(self, store: Store) -> None:
        store.put_subscriptions([subscription(), subscription(scope="england")])
        assert store.remove_subscriptions("T1", "C1", [SCOPE, "england", "region:london"], [URN]) == 2
        assert store.remove_subscriptions("T1", "C1", [SCOPE], [URN]) == 0
        assert store.subscriptions("T1", "C1") == ()

    def test_unsubscribing_touches_no_other_workspace_channel_or_scope(self, store: Store) -> None:
        others = (subscription(team="T2"), subscription(channel="C2"), subscription(scope="authority:80574"))
        store.put_subscriptions([subscription(), *others])
        store.remove_subscriptions("T1", "C1", [SCOPE], [URN])
        assert store.subscriptions("T2", "C1") == (others[0],)
        assert store.subscriptions("T1", "C2") == (others[1],)
        assert store.subscriptions("T1", "C1") == (others[2],)

    def test_those_whom_a_scope_reaches_come_from_every_workspace_oldest_first(self, store: Store) -> None:
        late, early = subscription(created_at=T0 + MINUTE), subscription(team="T2", channel="C9", scope="england")
        store.put_subscriptions([late, early, subscription(scope="authority:80574")])
        assert store.reached_by([SCOPE, "england"]) == (early, late)

    def test_a_workspace_has_the_wishes_of_all_its_channels(self, store: Store) -> None:
        store.put_subscriptions([subscription(), subscription("C2"), subscription(team="T2")])
        assert store.workspace_subscriptions("T1") == (subscription(), subscription("C2"))

    def test_unsubscribing_drops_what_the_channel_is_still_owed_about_this_authority(
        self, store: Store, engine: Engine
    ) -> None:
        store.put_subscriptions([subscription()])
        tell(store, change("sent"))
        first = claimed(store)
        store.record_sent(first, "1.5", T0)
        tell(store, change("waiting", listing("2")), ["C1", "C2"], T0 + SECOND)
        tell(store, change("others", listing("3", urn="80574")), seen_at=T0 + SECOND)
        tell(store, change("theirs", listing("4")), seen_at=T0 + SECOND, team="T2")
        store.remove_subscriptions("T1", "C1", [SCOPE], [URN])
        for key in ("sent/T1/C1/detail", "waiting/T1/C1/headline", "waiting/T1/C1/detail"):
            assert ended(engine, key)[:3] == (DeliveryStatus.DEAD, None, "the channel unsubscribed")
        assert ended(engine, first.key)[0] is DeliveryStatus.SENT
        left = [f"{key}/{part}" for key in ("others/T1/C1", "theirs/T2/C1", "waiting/T1/C2") for part in Part]
        assert sorted(iter(lambda: sent_next(store, T0 + MINUTE), None)) == sorted(left)
        assert store.coverage().dead == 0, "nobody misses them"

    def test_who_was_not_subscribed_is_still_told_what_is_owed(self, store: Store) -> None:
        tell(store, change())
        assert store.remove_subscriptions("T1", "C1", [SCOPE], [URN]) == 0
        assert store.coverage().waiting == 2


class TestChanges:
    def test_a_change_is_claimed_with_the_time_it_was_noticed(self, store: Store) -> None:
        store.apply(intent(changes=(change(),)))
        claimed = store.claim_change(T0 + MINUTE, LEASE)
        assert claimed is not None
        assert (claimed.change, claimed.seen_at) == (change(), T0)

    def test_a_claimed_change_is_free_again_when_its_lease_ends(self, store: Store) -> None:
        store.apply(intent(changes=(change(),)))
        store.claim_change(T0, LEASE)
        assert store.claim_change(T0 + LEASE - SECOND, LEASE) is None
        assert store.claim_change(T0 + LEASE, LEASE) is not None

    def test_the_change_noticed_first_comes_first(self, store: Store) -> None:
        store.apply(intent(now=T0 + MINUTE, changes=(change("a", listing("3", published=date(2026, 8, 1))),)))
        same_time = (
            change("b", listing("2", published=date(2026, 8, 19))),
            change("c", listing("1", published=date(2026, 8, 18))),
        )
        store.apply(intent(now=T0, changes=same_time))
        claimed = [store.claim_change(T0 + MINUTE, LEASE) for _ in range(3)]
        assert [one.change.key for one in claimed if one] == ["c", "b", "a"]

    def test_a_change_that_is_there_already_is_left_alone(self, store: Store) -> None:
        store.apply(intent(changes=(change(),)))
        store.fan_out("new", (), T0)
        store.apply(intent(now=T0 + MINUTE, changes=(change(), change("other"))))
        claimed = store.claim_change(T0 + MINUTE, LEASE)
        assert claimed is not None
        assert claimed.change.key == "other"
        assert store.claim_change(T0 + MINUTE, LEASE) is None

    def test_a_change_is_fanned_out_once(self, store: Store) -> None:
        store.apply(intent(changes=(change(),)))
        assert store.fan_out("new", deliveries(change()), T0) == 2
        assert store.fan_out("new", (*deliveries(change()), *deliveries(change(), "C2")), T0) == 0
        assert store.claim_change(T0, LEASE) is None
        assert store.coverage().waiting == 2

    def test_a_change_nobody_waits_for_is_fanned_out_too(self, store: Store) -> None:
        store.apply(intent(changes=(change(),)))
        assert store.fan_out("new", (), T0) == 0
        assert store.claim_change(T0, LEASE) is None

    def test_the_same_delivery_twice_in_one_fan_out_is_one(self, store: Store) -> None:
        store.apply(intent(changes=(change(),)))
        headline, _ = deliveries(change())
        assert store.fan_out("new", (headline, headline), T0) == 1


def sent_next(store: Store, now: datetime = T0) -> str | None:
    """Send what may be sent next; its key."""
    claimed = store.claim_delivery(now, LEASE)
    if claimed is None:
        return None
    store.record_sent(claimed, f"ts of {claimed.key}", now)
    return claimed.key


def claimed(store: Store, now: datetime = T0) -> Delivery:
    delivery = store.claim_delivery(now, LEASE)
    assert delivery is not None
    return delivery


def ended(engine: Engine, key: str) -> tuple[object, ...]:
    """How a delivery ended: status, ts, trouble and when."""
    row = deliveries_table.c
    with reading(engine) as connection:
        found = connection.execute(select(row.status, row.ts, row.trouble, row.ended_at).where(row.key == key)).one()
    return tuple(found)


class TestDeliveries:
    def test_the_headline_comes_first_and_then_the_detail_in_its_thread(self, store: Store) -> None:
        tell(store, change())
        headline, detail = deliveries(change())
        first = claimed(store)
        assert first == replace(headline, attempts=1, unfinished=1)
        assert store.claim_delivery(T0, LEASE) is None
        store.record_sent(first, "1.5", T0)
        second = claimed(store)
        assert second == replace(detail, attempts=1, unfinished=1, thread_ts="1.5")
        store.record_sent(second, "1.6", T0)
        assert store.claim_delivery(T0 + LEASE, LEASE) is None

    def test_a_detail_goes_into_the_thread_of_its_own_channel_and_change(self, store: Store) -> None:
        other = change("other", listing("2"))
        tell(store, change(), ["C1", "C2"])
        tell(store, other, ["C1"], T0 + SECOND)
        sent = [claimed(store, T0 + MINUTE) for _ in range(2)]
        for one in sent:
            store.record_sent(one, f"{one.change.key} in {one.channel}", T0)
        headline = next(one for one in iter(lambda: claimed(store, T0 + MINUTE), None) if one.part is Part.HEADLINE)
        store.record_sent(headline, "other in C1", T0)
        detail = claimed(store, T0 + MINUTE)
        assert (detail.change.key, detail.thread_ts) == ("other", "other in C1")

    def test_each_attempt_is_counted_when_it_begins(self, store: Store) -> None:
        tell(store, change())
        assert [claimed(store, T0 + turn * LEASE).attempts for turn in range(3)] == [1, 2, 3]

    def test_attempts_that_came_to_no_end_are_counted_until_one_does(self, store: Store) -> None:
        tell(store, change())
        attempts = [claimed(store, T0 + turn * LEASE) for turn in range(3)]
        assert [one.unfinished for one in attempts] == [1, 2, 3]
        store.record_retry(attempts[-1], T0, "Slack is busy.")
        assert (claimed(store).attempts, claimed(store, T0 + LEASE).unfinished) == (4, 2)

    def test_the_first_refusal_is_remembered_and_no_later_one(self, store: Store) -> None:
        tell(store, change())
        assert claimed(store).refused_since is None
        store.record_retry(claimed(store, T0 + LEASE), T0, "not let in", refused_since=T0 + LEASE)
        first = claimed(store)
        assert first.refused_since == T0 + LEASE
        store.record_retry(first, T0, "Slack is busy.")
        second = claimed(store)
        assert second.refused_since == T0 + LEASE
        store.record_retry(second, T0, "not let in", refused_since=T0 + 2 * LEASE)
        assert claimed(store).refused_since == T0 + LEASE

    def test_whoever_comes_back_after_his_lease_alters_nothing_that_is_somebody_elses(
        self, store: Store, engine: Engine
    ) -> None:
        tell(store, change())
        late, present = claimed(store), claimed(store, T0 + LEASE)
        assert store.record_retry(late, T0, "late") is False
        assert store.record_sent(late, "9.9", T0 + LEASE) is False
        assert store.record_dead(late, "late", T0 + LEASE) is False
        assert store.claim_delivery(T0 + LEASE, LEASE) is None, "the present lease holds"
        assert ended(engine, present.key) == (DeliveryStatus.PENDING, None, "", None)
        assert store.record_sent(present, "1.5", T0 + LEASE) is True

    def test_whoever_comes_back_after_his_lease_may_still_record_what_nobody_else_has_begun(self, store: Store) -> None:
        tell(store, change())
        late = claimed(store)
        assert store.record_sent(late, "1.5", T0 + 2 * LEASE) is True
        assert claimed(store, T0 + 2 * LEASE).thread_ts == "1.5"

    def test_a_claimed_delivery_is_free_again_when_its_lease_ends(self, store: Store) -> None:
        tell(store, change())
        claimed(store)
        assert store.claim_delivery(T0 + LEASE - SECOND, LEASE) is None
        assert store.claim_delivery(T0 + LEASE, LEASE) is not None

    def test_a_refused_delivery_waits_until_it_may_be_tried_again(self, store: Store) -> None:
        tell(store, change())
        store.record_retry(claimed(store), T0 + MINUTE, "Slack is busy.")
        assert store.claim_delivery(T0 + MINUTE - SECOND, LEASE) is None
        again = claimed(store, T0 + MINUTE)
        assert (again.attempts, again.not_before, again.trouble) == (2, T0 + MINUTE, "Slack is busy.")

    def test_what_was_sent_is_not_tried_again_whatever_comes_late(self, store: Store, engine: Engine) -> None:
        tell(store, change())
        headline = claimed(store)
        store.record_retry(headline, T0, "Slack is busy.")
        store.record_sent(headline, "1.5", T0)
        store.record_retry(headline, T0 + MINUTE, "late")
        store.record_dead(headline, "late", T0 + MINUTE)
        store.record_sent(headline, "9.9", T0 + MINUTE)
        assert ended(engine, headline.key) == (DeliveryStatus.SENT, "1.5", "", T0)
        assert claimed(store).thread_ts == "1.5"

    def test_a_dead_headline_takes_its_detail_with_it_and_nobody_elses(self, store: Store) -> None:
        tell(store, change(), ["C1", "C2"])
        store.record_dead(claimed(store), "The channel is archived.", T0)
        assert store.coverage().dead == 2
        assert sent_next(store) == "new/T1/C2/headline"
        assert sent_next(store) == "new/T1/C2/detail"
        assert sent_next(store) is None

    def test_a_dead_detail_leaves_its_headline_as_it_is(self, store: Store) -> None:
        tell(store, change())
        sent_next(store)
        store.record_dead(claimed(store), "too long", T0)
        coverage = store.coverage()
        assert (coverage.waiting, coverage.dead) == (0, 1)

    def test_a_detail_that_is_given_up_early_leaves_its_headline_as_it_is(self, store: Store) -> None:
        tell(store, change())
        headline, detail = deliveries(change())
        store.record_dead(detail, "dropped", T0)
        assert claimed(store).key == headline.key

    def test_a_dead_delivery_keeps_the_reason_and_the_time(self, store: Store, engine: Engine) -> None:
        tell(store, change())
        store.record_dead(claimed(store), "The channel is archived.", T0 + MINUTE)
        for one in deliveries(change()):
            assert ended(engine, one.key) == (DeliveryStatus.DEAD, None, "The channel is archived.", T0 + MINUTE)

    def test_channels_are_told_of_one_change_in_the_same_order_everywhere(self, store: Store) -> None:
        tell(store, change(), ["C3", "C1", "C2"])
        assert [claimed(store).channel for _ in range(3)] == ["C1", "C2", "C3"]

    def test_a_channel_is_told_in_the_order_things_were_noticed(self, store: Store) -> None:
        tell(store, change("b"), seen_at=T0)
        tell(store, change("a", listing("2")), seen_at=T0 + SECOND)
        first = claimed(store, T0 + MINUTE)
        assert first.change.key == "b"
        assert store.claim_delivery(T0 + MINUTE, LEASE) is None, "the older headline is on its way"
        store.record_retry(first, T0 + 2 * MINUTE, "Slack is busy.")
        assert store.claim_delivery(T0 + MINUTE, LEASE) is None, "the older headline waits for its next try"
        sent_next(store, T0 + 2 * MINUTE)
        assert sent_next(store, T0 + 2 * MINUTE) == "b/T1/C1/detail"
        assert sent_next(store, T0 + 2 * MINUTE) == "a/T1/C1/headline"

    def test_what_was_noticed_together_is_told_in_the_order_of_publication(self, store: Store) -> None:
        newer = change("a", listing("2", published=date(2026, 8, 20)))
        older = change("b", listing("1", published=date(2026, 8, 19)))
        tell(store, newer)
        tell(store, older)
        assert claimed(store).change.key == "b"

    def test_a_dead_headline_blocks_nobody(self, store: Store) -> None:
        tell(store, change("a"), seen_at=T0)
        tell(store, change("b", listing("2")), seen_at=T0 + SECOND)
        store.record_dead(claimed(store), "too long", T0)
        assert claimed(store).change.key == "b"

    def test_a_slow_channel_holds_up_no_other_channel_and_no_other_workspace(self, store: Store) -> None:
        tell(store, change("a"), ["C1"])
        other = change("b", listing("2"))
        store.apply(intent(changes=(other,)))
        store.fan_out("b", (*deliveries(other, "C2"), *deliveries(other, "C1", team="T2")), T0)
        store.record_retry(claimed(store), T0 + MINUTE, "busy")
        assert {claimed(store).key, claimed(store).key} == {"b/T1/C2/headline", "b/T2/C1/headline"}

    def test_a_detail_that_waits_does_not_hold_up_the_next_headline(self, store: Store) -> None:
        tell(store, change("a"), seen_at=T0)
        tell(store, change("b", listing("2")), seen_at=T0 + SECOND)
        sent_next(store)
        store.record_retry(claimed(store), T0 + MINUTE, "busy")
        assert claimed(store).key == "b/T1/C1/headline"

    def test_a_delivery_that_shall_wait_from_the_beginning_waits(self, store: Store) -> None:
        store.apply(intent(changes=(change(),)))
        headline, detail = deliveries(change())
        store.fan_out("new", (replace(headline, not_before=T0 + MINUTE), detail), T0)
        assert store.claim_delivery(T0, LEASE) is None
        assert claimed(store, T0 + MINUTE).key == headline.key


def spoil(engine: Engine, key: str) -> None:
    """Let a change be one that this version does not know."""
    with writing(engine) as connection:
        rumour = text("""UPDATE changes SET change = '{"kind": "rumour", "key": "secret"}' WHERE key = :key""")
        connection.execute(rumour, {"key": key})


class TestWhatCannotBeDecoded:
    def test_a_change_is_set_aside_with_the_reason_and_the_next_one_is_taken(
        self, store: Store, engine: Engine
    ) -> None:
        store.apply(intent(changes=(change("a"), change("b"))))
        spoil(engine, "a")
        with pytest.raises(UndecodableError, match=r'change "a" .*\(kind: ') as failure:
            store.claim_change(T0, LEASE)
        assert "secret" not in str(failure.value)
        row = changes_table.c
        with reading(engine) as connection:
            found = connection.execute(select(row.fanned_out_at, row.trouble).where(row.key == "a")).one()
        assert tuple(found) == (T0, str(failure.value))
        following = store.claim_change(T0, LEASE)
        assert following is not None
        assert following.change.key == "b"
        assert store.claim_change(T0 + LEASE - SECOND, LEASE) is None

    def test_a_delivery_dies_with_its_detail_and_the_next_one_is_taken(self, store: Store, engine: Engine) -> None:
        tell(store, change("a"), seen_at=T0)
        tell(store, change("b", listing("2")), seen_at=T0 + SECOND)
        spoil(engine, "a")
        with pytest.raises(UndecodableError, match=r'delivery "a/T1/C1/headline" .*\(kind: ') as failure:
            store.claim_delivery(T0 + MINUTE, LEASE)
        for one in deliveries(change("a")):
            assert ended(engine, one.key) == (DeliveryStatus.DEAD, None, str(failure.value), T0 + MINUTE)
        assert claimed(store, T0 + MINUTE).key == "b/T1/C1/headline"


class TestCoverage:
    def test_nothing_is_covered_at_the_beginning(self, store: Store) -> None:
        assert store.coverage() == Coverage(
            authorities_known=0, authorities_baselined=0, newest=None, sources=(), waiting=0, dead=0
        )

    def test_coverage_counts_authorities_and_messages_and_names_the_newest_listing(self, store: Store) -> None:
        newest = listing("9", urn="80574", published=date(2026, 8, 21))
        store.apply(intent(baseline=True, documents=(document(listing("1")),)))
        store.apply(intent("80574", documents=(document(newest), document(listing("8", urn="80574")))))
        state = SourceState(key="search", last_ok_at=T0, seen=153)
        store.release_source(state)
        tell(store, change(), ["C1", "C2", "C3"])
        store.record_dead(claimed(store), "archived", T0)
        sent_next(store)
        assert store.coverage() == Coverage(
            authorities_known=2, authorities_baselined=1, newest=newest, sources=(state,), waiting=3, dead=2
        )


def test_times_come_back_in_utc_whatever_zone_they_were_given_in(store: Store) -> None:
    store.apply(intent(now=T0.astimezone(timezone(timedelta(hours=5)))))
    walked_at = store.known(URN).walked_at
    assert walked_at is not None
    assert (walked_at, walked_at.utcoffset()) == (T0, timedelta(0))
