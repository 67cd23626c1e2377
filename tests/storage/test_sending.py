"""What becomes of what is owed, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, text
from structlog.testing import capture_logs

from storage.endings import SEVERAL
from storage.engine import writing
from storage.sending import SUSPECT
from storage.store import Store
from storage.types import Dead, Delivery, DeliveryStatus, Holding, Owed, Part, Paused, PausedChannel, Refused, Sent
from tests.storage.examples import (
    LEASE,
    MINUTE,
    SECOND,
    T0,
    change,
    claim,
    claimed,
    ended,
    listing,
    message,
    owed,
    send_next,
    tell,
)

HOUR = timedelta(hours=1)


def refuse(store: Store, delivery: Delivery, next_at: datetime = T0, **other: object) -> bool:
    end = replace(Refused(delivery=delivery, next_at=next_at, trouble="Slack is busy."), **other)  # type: ignore[arg-type]
    return bool(store.record([end], T0))


def pause(store: Store, delivery: Delivery, now: datetime = T0, *, workspace: bool = False) -> None:
    end = Paused(delivery=delivery, next_at=now + HOUR, trouble="The channel is archived.", workspace=workspace)
    assert store.record([end], now)


class TestClaims:
    def test_the_headline_comes_first_and_then_the_detail_in_its_thread(self, store: Store) -> None:
        tell(store, change())
        headline, detail = owed(change())
        first = claimed(store)
        assert (first.key, first.message, first.thread_of) == (headline.key, headline.message, None)
        assert (first.attempts, first.unfinished, first.begun_at) == (1, 1, T0)
        assert claim(store) == ()
        store.record([Sent(delivery=first, ts="1.5", next_at=T0 + SECOND)], T0)
        second = claimed(store, T0 + SECOND)
        assert (second.key, second.thread_of, second.thread_ts) == (detail.key, headline.key, "1.5")
        store.record([Sent(delivery=second, ts="1.6", next_at=T0)], T0)
        assert claim(store, T0 + LEASE) == ()

    def test_a_channel_waits_a_little_after_each_message(self, store: Store) -> None:
        tell(store, change())
        store.record([Sent(delivery=claimed(store), ts="1.5", next_at=T0 + SECOND)], T0)
        assert claim(store, T0 + SECOND / 2) == ()
        assert claim(store, T0 + SECOND) != ()

    def test_also_for_what_it_is_owed_only_afterwards(self, store: Store) -> None:
        store.owe(owed(change("a"))[:1], T0)
        store.record([Sent(delivery=claimed(store), ts="1.5", next_at=T0 + SECOND)], T0)
        store.owe(owed(change("b"))[:1], T0)
        assert claim(store, T0 + SECOND / 2) == ()
        assert claimed(store, T0 + SECOND).key == owed(change("b"))[0].key

    def test_many_channels_are_claimed_at_once_and_each_once(self, store: Store) -> None:
        tell(store, change(), ["C3", "C1", "C2"])
        assert sorted(one.channel for one in claim(store, most=2) + claim(store, most=2)) == ["C1", "C2", "C3"]
        assert claim(store, most=2) == ()

    def test_a_channel_is_told_in_the_order_in_which_it_was_owed(self, store: Store) -> None:
        tell(store, change("b"))
        tell(store, change("a", listing("2")), seen_at=T0 + SECOND)
        first = claimed(store)
        assert first.key == "b/T1/C1/headline"
        assert claim(store, T0 + SECOND) == (), "the older one is on its way"
        refuse(store, first, T0 + MINUTE)
        assert claim(store, T0 + SECOND) == (), "the older one waits for its next try"
        sent = [send_next(store, T0 + MINUTE) for _ in range(4)]
        assert sent == [f"{key}/T1/C1/{part}" for key in "ba" for part in ("headline", "detail")]

    def test_a_message_may_correct_one_that_was_sent(self, store: Store) -> None:
        headline, _ = owed(change())
        store.owe([headline, replace(headline, key="edit", edits=headline.key)], T0)
        sent = send_next(store)
        edit = claimed(store)
        assert (edit.key, edit.edits, edit.edit_ts) == ("edit", headline.key, f"ts of {sent}")

    def test_a_slow_channel_holds_up_no_other_channel_and_no_other_workspace(self, store: Store) -> None:
        tell(store, change("a"), ["C1"])
        refuse(store, claimed(store), T0 + MINUTE)
        store.owe([*owed(change("b"), "C2"), *owed(change("b"), "C1", team="T2")], T0)
        assert {one.key for one in claim(store, most=9)} == {"b/T1/C2/headline", "b/T2/C1/headline"}

    def test_each_attempt_is_counted_when_it_begins_and_those_without_an_end_until_one_has(self, store: Store) -> None:
        tell(store, change())
        attempts = [claimed(store, T0 + turn * LEASE) for turn in range(3)]
        assert [(one.attempts, one.unfinished) for one in attempts] == [(1, 1), (2, 2), (3, 3)]
        refuse(store, attempts[-1])
        again = claimed(store)
        assert (again.attempts, again.unfinished) == (4, 1)

    def test_a_claim_ends_with_its_lease(self, store: Store) -> None:
        tell(store, change())
        claimed(store)
        assert claim(store, T0 + LEASE - SECOND) == ()
        assert claim(store, T0 + LEASE) != ()


class TestSuspects:
    """Whoever dies again and again holding many messages is perhaps killed by one of them."""

    def crash(self, store: Store, times: int) -> datetime:
        """Claim all that is free, and die, so many times; when the last lease has ended."""
        for turn in range(times):
            assert claim(store, T0 + turn * LEASE, most=9)
        return T0 + times * LEASE

    def test_what_may_be_the_reason_why_attempts_come_to_no_end_is_claimed_alone(self, store: Store) -> None:
        tell(store, change(), ["C1", "C2"])
        now = self.crash(store, SUSPECT)
        tell(store, change("more", listing("2")), ["C3"])
        assert [one.channel for one in claim(store, now, most=9)] == ["C3"]
        assert store.is_suspect_due(now)
        (first,) = store.claim_suspect(now, LEASE, "a sender")
        (second,) = store.claim_suspect(now, LEASE, "another")
        assert ({first.channel, second.channel}, first.unfinished) == ({"C1", "C2"}, SUSPECT + 1)
        assert store.claim_suspect(now, LEASE, "a third") == ()
        assert not store.is_suspect_due(now)

    def test_those_that_are_claimed_with_it_are_counted_no_further(self, store: Store) -> None:
        tell(store, change(), ["C1", "C2"])
        now = self.crash(store, SUSPECT)
        for turn in range(9):
            (culprit,) = store.claim_suspect(now + turn * LEASE, LEASE, "a sender")
            assert (culprit.channel, culprit.unfinished) == ("C1", SUSPECT + 1 + turn)
        (innocent,) = store.claim_suspect(now + 8 * LEASE, LEASE, "another")
        assert (innocent.channel, innocent.unfinished) == ("C2", SUSPECT + 1)

    def test_one_whose_attempt_comes_to_an_end_is_no_suspect_any_more(self, store: Store) -> None:
        tell(store, change())
        now = self.crash(store, SUSPECT)
        (suspect,) = store.claim_suspect(now, LEASE, "a sender")
        refuse(store, suspect, now)
        assert not store.is_suspect_due(now)
        assert claimed(store, now).key == suspect.key


class TestUncertainty:
    def test_attempts_that_came_to_no_end_are_remembered_with_their_moments(self, store: Store) -> None:
        tell(store, change())
        assert unsure(claimed(store)) == (None, None)
        second = claimed(store, T0 + LEASE)
        assert unsure(second) == (T0, T0)
        third = claimed(store, T0 + 2 * LEASE)
        assert unsure(third) == (T0, T0 + LEASE)
        refuse(store, third, T0 + 2 * LEASE)
        assert unsure(claimed(store, T0 + 2 * LEASE)) == (T0, T0 + LEASE)

    def test_so_are_refusals_that_may_be_none_and_no_others(self, store: Store) -> None:
        tell(store, change())
        refuse(store, claimed(store))
        second = claimed(store, T0 + SECOND)
        assert unsure(second) == (None, None)
        refuse(store, second, uncertain=True)
        third = claimed(store, T0 + MINUTE)
        assert unsure(third) == (T0 + SECOND, T0 + SECOND)
        refuse(store, third, uncertain=True)
        fourth = claimed(store, T0 + HOUR)
        assert unsure(fourth) == (T0 + SECOND, T0 + MINUTE)
        refuse(store, fourth)
        assert unsure(claimed(store, T0 + HOUR)) == (T0 + SECOND, T0 + MINUTE)


def unsure(delivery: Delivery) -> tuple[datetime | None, datetime | None]:
    return delivery.unsure_since, delivery.unsure_until


class TestEnds:
    def test_a_refused_delivery_waits_until_it_may_be_tried_again(self, store: Store) -> None:
        tell(store, change())
        refuse(store, claimed(store), T0 + MINUTE)
        assert claim(store, T0 + MINUTE - SECOND) == ()
        assert claimed(store, T0 + MINUTE).attempts == 2

    def test_the_first_refusal_is_remembered_and_no_later_one(self, store: Store) -> None:
        tell(store, change())
        assert claimed(store).refused_since is None
        refuse(store, claimed(store, T0 + LEASE), refused_since=T0 + LEASE)
        refuse(store, claimed(store))
        second = claimed(store)
        assert second.refused_since == T0 + LEASE
        refuse(store, second, refused_since=T0 + 2 * LEASE)
        assert claimed(store).refused_since == T0 + LEASE

    def test_whoever_comes_back_after_his_lease_alters_nothing_that_is_somebody_elses(
        self, store: Store, engine: Engine
    ) -> None:
        tell(store, change())
        late, present = claimed(store), claimed(store, T0 + LEASE)
        moment = {"delivery": late, "next_at": T0}
        for end in (
            Sent(ts="9.9", **moment),  # type: ignore[arg-type]
            Refused(trouble="late", **moment),  # type: ignore[arg-type]
            Paused(trouble="late", **moment),  # type: ignore[arg-type]
            Dead(trouble="late", **moment),  # type: ignore[arg-type]
        ):
            assert store.record([end], T0 + LEASE) == frozenset()
        assert claim(store, T0 + LEASE) == (), "the present lease holds"
        assert ended(engine, present.key) == (DeliveryStatus.PENDING, None, "", None)
        assert store.record([Sent(delivery=present, ts="1.5", next_at=T0)], T0 + LEASE) == {present.id}

    def test_whoever_comes_back_after_his_lease_may_still_record_what_nobody_else_has_begun(self, store: Store) -> None:
        tell(store, change())
        late = claimed(store)
        assert store.record([Sent(delivery=late, ts="1.5", next_at=T0)], T0 + 2 * LEASE) == {late.id}
        assert claimed(store, T0 + 2 * LEASE).thread_ts == "1.5"

    def test_what_was_sent_stays_sent_whatever_comes_late(self, store: Store, engine: Engine) -> None:
        tell(store, change())
        headline = claimed(store)
        refuse(store, headline, T0 + HOUR)
        assert store.record([Sent(delivery=headline, ts="1.5", next_at=T0)], T0)
        assert not refuse(store, headline, T0 + MINUTE)
        assert not store.record([Dead(delivery=headline, next_at=T0, trouble="late")], T0)
        assert not store.record([Sent(delivery=headline, ts="9.9", next_at=T0)], T0)
        assert ended(engine, headline.key) == (DeliveryStatus.SENT, "1.5", "", T0)

    def test_a_dead_delivery_keeps_the_reason_and_the_time_and_blocks_nobody(
        self, store: Store, engine: Engine
    ) -> None:
        tell(store, change())
        first = claimed(store)
        store.record([Dead(delivery=first, next_at=T0, trouble="too long")], T0 + MINUTE)
        assert ended(engine, first.key) == (DeliveryStatus.DEAD, None, "too long", T0 + MINUTE)
        detail = claimed(store)
        assert (detail.part, detail.thread_ts) == (Part.DETAIL, None)

    def test_many_ends_are_recorded_together(self, store: Store) -> None:
        tell(store, change(), [f"C{number}" for number in range(4)])
        sent, refused, paused, dead = claim(store, most=4)
        ends = (
            Sent(delivery=sent, ts="1.5", next_at=T0),
            Refused(delivery=refused, next_at=T0, trouble=""),
            Paused(delivery=paused, next_at=T0, trouble="archived"),
            Dead(delivery=dead, next_at=T0, trouble="too long"),
        )
        assert store.record(ends, T0) == {sent.id, refused.id, paused.id, dead.id}
        coverage = store.coverage()
        assert (coverage.waiting, coverage.dead, coverage.paused) == (6, 1, 1)

    def test_what_cannot_be_decoded_dies_and_holds_up_nothing_else(self, store: Store, engine: Engine) -> None:
        tell(store, change(), ["C1", "C2"])
        with writing(engine) as connection:
            connection.execute(text("UPDATE deliveries SET part = 'rumour' WHERE key = 'new/T1/C1/headline'"))
        with capture_logs() as logged:
            (whole,) = claim(store, most=9)
        assert whole.channel == "C2"
        assert [(line["event"], line["delivery"], line["reason"]) for line in logged] == [
            ("given up", "new/T1/C1/headline", "undecodable")
        ]
        status = text("SELECT status, trouble FROM deliveries WHERE key = 'new/T1/C1/headline'")
        with writing(engine) as connection:
            found, trouble = connection.execute(status).one()
        assert (found, "cannot be read" in trouble) == ("dead", True)
        assert claimed(store).key == "new/T1/C1/detail"


class TestLimits:
    def limited(self, store: Store, number: int, until: datetime) -> None:
        for one in claim(store, most=number):
            refuse(store, one, until, limited=True)

    def test_a_channel_that_is_asked_to_slow_down_holds_up_no_other(self, store: Store) -> None:
        tell(store, change(), [f"C{number}" for number in range(SEVERAL + 2)])
        self.limited(store, SEVERAL - 1, T0 + MINUTE)
        assert len(claim(store, most=9)) == 3

    def test_when_several_are_the_whole_workspace_waits_and_no_other(self, store: Store) -> None:
        tell(store, change(), [f"C{number}" for number in range(SEVERAL + 2)])
        tell(store, change("other", listing("2")), ["C1"], team="T2")
        self.limited(store, SEVERAL, T0 + MINUTE)
        assert [one.team for one in claim(store, most=9)] == ["T2"]
        assert len(claim(store, T0 + MINUTE, most=9)) == SEVERAL + 2

    def test_but_only_while_several_are(self, store: Store) -> None:
        tell(store, change(), [f"C{number}" for number in range(SEVERAL + 2)])
        for one, wait in zip(claim(store, most=SEVERAL), [24 * HOUR, *[2 * SECOND] * SEVERAL], strict=False):
            refuse(store, one, T0 + wait, limited=True)
        assert claim(store, T0 + SECOND, most=9) == ()
        assert len(claim(store, T0 + 2 * SECOND, most=9)) == SEVERAL + 1


class TestPauses:
    def test_a_paused_channel_is_probed_with_its_oldest_message_and_a_success_resumes_it(self, store: Store) -> None:
        tell(store, change())
        first = claimed(store)
        assert not first.paused
        pause(store, first)
        assert store.paused() == (
            PausedChannel(team="T1", channel="C1", since=T0, why="The channel is archived.", waiting=2),
        )
        assert claim(store, T0 + HOUR - SECOND) == ()
        probe = claimed(store, T0 + HOUR)
        assert (probe.key, probe.paused, probe.pauses) == (first.key, True, 1)
        pause(store, probe, T0 + HOUR)
        again = claimed(store, T0 + 2 * HOUR)
        assert (again.pauses, store.paused()[0].since) == (2, T0)
        store.record([Sent(delivery=again, ts="1.5", next_at=T0)], T0 + 2 * HOUR)
        assert store.paused() == ()
        assert not claimed(store, T0 + 2 * HOUR).paused

    def test_what_a_paused_channel_is_owed_later_waits_too(self, store: Store) -> None:
        tell(store, change())
        pause(store, claimed(store))
        tell(store, change("more", listing("2")), seen_at=T0 + SECOND)
        assert claim(store, T0 + MINUTE) == ()
        assert store.paused()[0].waiting == 4

    def test_a_channel_that_is_resumed_is_due_at_once(self, store: Store) -> None:
        tell(store, change())
        pause(store, claimed(store))
        assert store.resume_channel("T1", "C1", T0 + SECOND)
        assert not claimed(store, T0 + SECOND).paused
        assert not store.resume_channel("T1", "C1", T0 + SECOND)

    def test_a_paused_workspace_is_probed_in_one_channel_and_a_success_resumes_all(self, store: Store) -> None:
        tell(store, change(), ["C1", "C2", "C3"])
        tell(store, change("other", listing("2")), ["C1"], team="T2")
        *of_the_first, other = claim(store, most=4)
        store.record([Sent(delivery=other, ts="1.5", next_at=T0 + 2 * HOUR)], T0)
        for one in of_the_first:
            pause(store, one, workspace=True)
        (paused,) = store.paused()
        assert (paused.team, paused.channel, paused.waiting) == ("T1", "", 6)
        assert claim(store, T0 + MINUTE, most=9) == ()
        (probe,) = claim(store, T0 + HOUR, most=9)
        assert (probe.team, probe.paused, probe.pauses) == ("T1", True, 1)
        assert claim(store, T0 + HOUR, most=9) == (), "one probe at a time"
        store.record([Sent(delivery=probe, ts="1.5", next_at=T0 + HOUR)], T0 + HOUR)
        assert len(claim(store, T0 + HOUR, most=9)) == 3

    def test_a_workspace_that_is_resumed_is_sent_to_at_once(self, store: Store) -> None:
        tell(store, change(), ["C1", "C2"])
        for one in claim(store, most=2):
            pause(store, one, workspace=True)
        assert store.resume_workspace("T1")
        assert [one.paused for one in claim(store, most=9)] == [False, False]
        assert not store.resume_workspace("T1")


@pytest.mark.parametrize("words", ["\x00 and \\u0000 and \\", "☃ 𝄞", "x" * 3000])
def test_a_message_comes_back_as_it_was_whatever_characters_it_holds(store: Store, words: str) -> None:
    said = message(words)
    store.owe([Owed(key="k", team="T1", channel="C1", part=Part.NOTICE, message=said)], T0)
    assert claimed(store).message == said


def test_whoever_knows_that_nobody_else_lives_need_not_wait_for_the_leases_of_the_dead(store: Store) -> None:
    tell(store, change())
    claimed(store)
    holding = Holding(name="source:site", owner="dead")
    assert store.claim_lease(holding, T0, LEASE)
    store.take_over(T0 + SECOND)
    assert store.leased_until(holding.name) is None
    assert claim(store, T0 + MINUTE) == (), "what they were sending may still arrive"
    assert claimed(store, T0 + SECOND + MINUTE).unfinished == 2, "the attempt that came to no end still counts"
    store.take_over(T0 + SECOND + MINUTE + LEASE)
    assert claimed(store, T0 + SECOND + MINUTE + LEASE).unfinished == 3, "it would have arrived long since"
