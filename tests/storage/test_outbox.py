"""From changes to what is owed, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Engine, func, select, text

from storage.engine import reading, writing
from storage.schema import messages as messages_table
from storage.store import FAN_OUT, LostLeaseError, Store
from storage.types import DeliveryStatus, DigestItem, DueDigest, Holding, Part, Told, TroubleKind
from tests.storage.examples import (
    FANNING_OUT,
    LEASE,
    MINUTE,
    SECOND,
    T0,
    change,
    fan_out,
    intent,
    listing,
    message,
    owed,
    send_next,
    subscription,
    tell,
)


class TestChanges:
    def test_a_change_waits_with_the_time_it_was_noticed(self, store: Store) -> None:
        store.apply(intent(changes=(change(),)))
        (waiting,) = store.waiting_changes(9, T0 + MINUTE)
        assert (waiting.change, waiting.seen_at) == (change(), T0)

    def test_the_change_noticed_first_comes_first_and_no_more_than_were_asked_for(self, store: Store) -> None:
        store.apply(intent(now=T0 + MINUTE, changes=(change("a", listing("3", published=date(2026, 8, 1))),)))
        same_time = (
            change("b", listing("2", published=date(2026, 8, 19))),
            change("c", listing("1", published=date(2026, 8, 18))),
        )
        store.apply(intent(now=T0, changes=same_time))
        assert [one.change.key for one in store.waiting_changes(9, T0)] == ["c", "b", "a"]
        assert [one.change.key for one in store.waiting_changes(2, T0)] == ["c", "b"]

    def test_a_change_that_is_there_already_is_left_alone(self, store: Store) -> None:
        store.apply(intent(changes=(change(),)))
        fan_out(store, ["new"])
        store.apply(intent(now=T0 + MINUTE, changes=(change(), change("other"))))
        assert [one.change.key for one in store.waiting_changes(9, T0)] == ["other"]

    def test_one_that_cannot_be_decoded_is_put_off_with_the_reason_and_holds_up_no_other(
        self, store: Store, engine: Engine
    ) -> None:
        store.apply(intent(changes=(change("a"), change("b"))))
        with writing(engine) as connection:
            rumour = """UPDATE changes SET change = '{"kind": "rumour", "key": "secret"}' WHERE key = 'a'"""
            connection.execute(text(rumour))
        assert [one.change.key for one in store.waiting_changes(9, T0)] == ["b"]
        (trouble,) = store.open_troubles()
        assert trouble.kind is TroubleKind.UNTOLD
        assert 'change "a" cannot be read (kind: ' in trouble.sentence
        assert "secret" not in trouble.sentence
        fan_out(store, ["b"])
        assert store.waiting_changes(9, T0) == ()


class TestFanOut:
    def test_a_change_is_fanned_out_once(self, store: Store) -> None:
        store.apply(intent(changes=(change(),)))
        assert fan_out(store, ["new"], owed(change())) == 2
        with pytest.raises(LostLeaseError):
            fan_out(store, ["new"], (*owed(change()), *owed(change(), "C2")))
        assert store.waiting_changes(9, T0) == ()
        assert store.coverage().waiting == 2

    def test_several_are_written_together_or_not_at_all(self, store: Store) -> None:
        store.apply(intent(changes=(change("a"), change("b"))))
        fan_out(store, ["a"], owed(change("a")))
        with pytest.raises(LostLeaseError):
            fan_out(store, ["a", "b"], owed(change("b")))
        assert [one.change.key for one in store.waiting_changes(9, T0)] == ["b"]

    def test_nobody_fans_out_without_the_lease(self, store: Store) -> None:
        store.apply(intent(changes=(change(),)))
        late, present = Holding(name=FAN_OUT, owner="late"), Holding(name=FAN_OUT, owner="present")
        assert store.claim_lease(late, T0, LEASE)
        assert store.claim_lease(present, T0 + LEASE, LEASE)
        with pytest.raises(LostLeaseError):
            fan_out(store, ["new"], owed(change()), T0 + LEASE, holding=late)
        assert store.coverage().waiting == 0
        assert fan_out(store, ["new"], owed(change()), T0 + LEASE, holding=present) == 2

    def test_a_change_nobody_waits_for_is_fanned_out_too(self, store: Store) -> None:
        store.apply(intent(changes=(change(),)))
        assert fan_out(store, ["new"]) == 0
        assert store.waiting_changes(9, T0) == ()

    def test_the_same_delivery_twice_is_one(self, store: Store) -> None:
        headline, _ = owed(change())
        assert store.owe([headline, headline], T0) == 1
        assert store.owe([headline], T0) == 0

    def test_what_many_channels_are_told_is_kept_once(self, store: Store, engine: Engine) -> None:
        same = [replace(owed(change(), f"C{number}")[0], message=message("the same")) for number in range(3)]
        store.owe(same, T0)
        with reading(engine) as connection:
            assert connection.scalar(select(func.count()).select_from(messages_table)) == 1


class TestWhatWasTold:
    def test_the_deliveries_that_tell_a_change_are_found_with_what_became_of_them(self, store: Store) -> None:
        tell(store, change("a"))
        tell(store, change("b", listing("2")))
        key = send_next(store)
        headline, detail = store.told(["a"])
        assert headline == Told(
            key=str(key),
            team="T1",
            channel="C1",
            part=Part.HEADLINE,
            change_keys=("a",),
            ts=f"ts of {key}",
            status=DeliveryStatus.SENT,
        )
        assert (detail.part, detail.ts, detail.status) == (Part.DETAIL, None, DeliveryStatus.PENDING)

    def test_a_delivery_of_several_changes_names_them_all_whichever_was_asked_for(self, store: Store) -> None:
        headline, _ = owed(change("a"))
        store.owe([replace(headline, tells=("a", "b"))], T0)
        assert [one.change_keys for one in store.told(["b"])] == [("a", "b")]
        assert store.told(["c"]) == ()


class TestDigests:
    def items(self, *keys: str, channel: str = "C1", how: str = "daily 09:31") -> list[DigestItem]:
        due_at = T0 + MINUTE
        return [DigestItem(team="T1", channel=channel, change_key=key, how=how, due_at=due_at) for key in keys]

    def test_what_is_told_later_is_due_in_the_order_it_was_noticed(self, store: Store) -> None:
        store.apply(intent(now=T0 + SECOND, changes=(change("a"),)))
        store.apply(intent(changes=(change("b", listing("2")),)))
        assert store.claim_lease(FANNING_OUT, T0, LEASE)
        later = [*self.items("a", "b"), *self.items("a", channel="C2")]
        fan_out(store, ["a", "b"], later=later)
        assert store.due_digests(T0 + MINUTE - SECOND) == ()
        assert store.due_digests(T0 + MINUTE) == (
            DueDigest(team="T1", channel="C1", how="daily 09:31", change_keys=("b", "a")),
            DueDigest(team="T1", channel="C2", how="daily 09:31", change_keys=("a",)),
        )

    def test_what_waits_by_different_wishes_is_told_apart(self, store: Store) -> None:
        store.apply(intent(changes=(change("a"), change("b", listing("2")))))
        assert store.claim_lease(FANNING_OUT, T0, LEASE)
        later = [*self.items("a"), *self.items("b", how="weekly thu 09:31")]
        fan_out(store, ["a", "b"], later=later)
        daily, weekly = store.due_digests(T0 + MINUTE)
        assert (daily.how, daily.change_keys) == ("daily 09:31", ("a",))
        assert (weekly.how, weekly.change_keys) == ("weekly thu 09:31", ("b",))
        assert store.fan_out_digest(FANNING_OUT, daily, owed(change("a"))[:1], T0) == 1
        assert store.due_digests(T0 + MINUTE) == (weekly,)

    def test_one_that_falls_due_in_a_mute_waits_until_it_is_over(self, store: Store) -> None:
        store.apply(intent(changes=(change("a"),)))
        assert store.claim_lease(FANNING_OUT, T0, LEASE)
        fan_out(store, ["a"], later=self.items("a"))
        store.mute("T1", "C1", T0 + 2 * MINUTE, "U1")
        assert store.due_digests(T0 + MINUTE) == ()
        assert len(store.due_digests(T0 + 2 * MINUTE)) == 1
        store.mute("T1", "C1", None, "U1")
        assert len(store.due_digests(T0 + MINUTE)) == 1

    def test_one_that_is_wished_for_in_any_case_is_due_at_its_time_whether_or_not_anything_waits(
        self, store: Store
    ) -> None:
        wish = replace(subscription(), how="daily 09:31", even_if_empty=True, digest_at=T0 + MINUTE)
        store.put_subscriptions([wish, replace(subscription("C2"), how="daily 09:31", digest_at=T0 + 2 * MINUTE)])
        assert store.claim_lease(FANNING_OUT, T0, LEASE)
        assert store.due_digests(T0) == ()
        (empty,) = store.due_digests(T0 + MINUTE)
        assert empty == DueDigest(team="T1", channel="C1", how="daily 09:31", even_if_empty=True)
        store.apply(intent(changes=(change("a"),)))
        fan_out(store, ["a"], later=self.items("a"))
        (digest,) = store.due_digests(T0 + MINUTE)
        assert (digest.change_keys, digest.even_if_empty) == (("a",), True)
        told = owed(change("a"))[:1]
        assert store.fan_out_digest(FANNING_OUT, digest, told, T0 + MINUTE, next_at=T0 + LEASE) == 1
        assert store.fan_out_digest(FANNING_OUT, empty, owed(change("b"))[:1], T0 + MINUTE, next_at=T0 + LEASE) == 0
        assert store.due_digests(T0 + MINUTE) == ()
        assert store.subscriptions("T1", "C1")[0].digest_at == T0 + LEASE

    def test_an_empty_one_waits_in_a_mute_too(self, store: Store) -> None:
        store.put_subscriptions([replace(subscription(), how="daily 09:31", even_if_empty=True, digest_at=T0)])
        store.mute("T1", "C1", T0 + MINUTE, "U1")
        assert store.due_digests(T0) == ()
        assert len(store.due_digests(T0 + MINUTE)) == 1

    def test_a_digest_is_told_once(self, store: Store) -> None:
        store.apply(intent(changes=(change("a"),)))
        assert store.claim_lease(FANNING_OUT, T0, LEASE)
        fan_out(store, ["a"], later=self.items("a"))
        (digest,) = store.due_digests(T0 + MINUTE)
        assert store.fan_out_digest(FANNING_OUT, digest, owed(change("a"))[:1], T0) == 1
        assert store.fan_out_digest(FANNING_OUT, digest, owed(change("other"))[:1], T0) == 0
        assert store.due_digests(T0 + MINUTE) == ()
        assert store.coverage().waiting == 1
