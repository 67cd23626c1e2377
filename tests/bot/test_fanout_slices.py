"""How changes become what many channels are owed: some at a time, by whoever holds the lease, whatever goes wrong."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.alerting import fanout
from bot.alerting.fanout import HOPELESS, FanOut, fan_out_digests, fan_out_waiting
from bot.alerting.telling import Form
from storage import dropping, keeping
from storage.engine import StorageError, writing
from storage.keeping import LEASE
from storage.outbox import PUT_OFF
from storage.store import FAN_OUT, Store
from storage.types import Holding, TroubleKind
from tests.bot.examples import T0, WEST_SUSSEX
from tests.bot.test_fanout import (
    CORRECTED,
    IMPROVED,
    KENT,
    LEEDS,
    MINUTE,
    deliver,
    find,
    forms,
    of,
    publish,
    said,
    wish,
)
from tests.slack import soon


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """A bug is logged with all that was at hand, which takes its time to draw."""
    with capture_logs():
        yield


CHANNELS = tuple(f"C{number}" for number in range(5))


@pytest.fixture
def many(store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Some channels that want to know everything, and two of them are told at a time."""
    monkeypatch.setattr(fanout, "SLICE", 2)
    store.put_subscriptions([wish(channel) for channel in CHANNELS])
    return store


def spoil(monkeypatch: pytest.MonkeyPatch, urn: str, *only: str) -> None:
    """A bug: this authority cannot be told of, everywhere or only in some channels."""
    real = fanout.route

    def route(news: Any, wishes: Any, *more: Any) -> Any:
        if news.change.urn == urn and (not only or any(one.channel in only for one in wishes)):
            raise KeyError("a bug")
        return real(news, wishes, *more)

    monkeypatch.setattr(fanout, "route", route)


def set_excepted(store: Store, channel: str, json: str) -> None:
    """Somebody alters a wish by hand."""
    with writing(store._engine) as connection:
        connection.exec_driver_sql(f"UPDATE subscriptions SET excepted = '{json}' WHERE channel = '{channel}'")


class TestSlices:
    def test_every_channel_is_told_in_whatever_slice_it_is(self, many: Store) -> None:
        publish(many, IMPROVED, of(KENT))
        sent = deliver(many)
        assert {one.channel for one in sent} == set(CHANNELS)
        assert all(forms(sent, channel) == [Form.BURST, Form.WHOLE, Form.WHOLE] for channel in CHANNELS)
        publish(many, CORRECTED, at=T0 + MINUTE)
        corrected = deliver(many, T0 + MINUTE)
        assert all(forms(corrected, channel) == forms(corrected, "C0") for channel in CHANNELS)
        assert [bool(one.edits) for one in corrected if one.channel == "C4"] == [True, True, False]

    def test_the_more_there_is_to_tell_the_fewer_channels_are_held_at_a_time(
        self, many: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(fanout, "SLICE", 4)
        monkeypatch.setattr(fanout, "AT_ONCE", 4)
        held: list[int] = []
        real = many.fan_out

        def fan_out(holding: Holding, keys: Any, places: Any, *more: Any) -> int:
            held.append(len(places))
            return real(holding, keys, places, *more)

        monkeypatch.setattr(many, "fan_out", fan_out)
        publish(many, IMPROVED)
        publish(many, of(KENT), of(LEEDS), at=T0 + MINUTE)
        publish(many, *(of(f"{number}") for number in range(5)), at=T0 + 2 * MINUTE)
        assert held == [4, 1, 2, 2, 1, 1, 1, 1, 1, 1]

    def test_who_goes_on_after_a_death_tells_the_rest_and_nobody_twice(
        self, many: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Meanwhile more was found, which the others are told in one card with it."""
        find(many, IMPROVED)
        dying = DyingStore(many, after=1)
        with pytest.raises(KeyboardInterrupt):
            fan_out_waiting(dying, "dead", T0)
        assert many.coverage().untold == 1
        find(many, of(KENT))
        assert fan_out_waiting(many, "next", T0 + LEASE) == 2
        sent = deliver(many, T0 + LEASE)
        for channel in ("C0", "C1"):
            assert forms(sent, channel) == [Form.HEADLINE, Form.DETAIL, Form.HEADLINE, Form.DETAIL]
        for channel in ("C2", "C3", "C4"):
            assert forms(sent, channel) == [Form.BURST, Form.WHOLE, Form.WHOLE]
        assert many.coverage().untold == 0

    def test_also_of_a_correction(self, many: Store) -> None:
        publish(many, IMPROVED)
        deliver(many)
        find(many, CORRECTED, at=T0 + MINUTE)
        with pytest.raises(KeyboardInterrupt):
            fan_out_waiting(DyingStore(many, after=2), "dead", T0 + MINUTE)
        assert fan_out_waiting(many, "next", T0 + MINUTE + LEASE) == 1
        sent = deliver(many, T0 + MINUTE + LEASE)
        for channel in CHANNELS:
            assert forms(sent, channel) == [Form.HEADLINE, Form.DETAIL, Form.NOTE]

    @pytest.mark.parametrize("how", ["unsubscribe", "mute"])
    def test_what_people_say_while_it_is_written_holds_for_it(
        self, how: str, store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        store.put_subscriptions([wish()])
        find(store, IMPROVED)
        real, people = fanout.plan, []

        def say() -> None:
            with writing(store._engine) as connection:
                if how == "mute":
                    dropping.muted(connection, "T1", "C1")
                else:
                    dropping.unsubscribed(connection, "T1", "C1", [WEST_SUSSEX])

        def plan(*known: Any) -> Any:
            planned = real(*known)
            people.append(threading.Thread(target=say))
            people[0].start()
            people[0].join(0.3)
            assert people[0].is_alive(), "they wait until it is written"
            return planned

        monkeypatch.setattr(fanout, "plan", plan)
        fan_out_waiting(store, "me", T0)
        people[0].join()
        assert deliver(store) == []

    def test_the_lease_is_kept_for_as_long_as_it_takes(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(keeping, "BEAT_SECONDS", 0.02)
        store.put_subscriptions([wish()])
        find(store, IMPROVED)
        now, real, others = [T0], fanout.plan, []

        def plan(*known: Any) -> Any:
            for _ in range(3):
                now[0] += LEASE / 2
                soon(lambda: (store.leased_until(FAN_OUT) or T0) >= now[0] + LEASE / 2, "the lease to be extended")
            others.append(store.claim_lease(Holding(name=FAN_OUT, owner="other"), now[0], LEASE))
            return real(*known)

        monkeypatch.setattr(fanout, "plan", plan)
        monkeypatch.setattr(store, "fan_out", planned_first(store))
        assert fan_out_waiting(store, "me", T0, lambda: now[0]) == 1
        assert others == [False]
        assert len(deliver(store)) == 2


def planned_first(store: Store) -> Callable[..., int]:
    """On SQLite nobody can extend a lease while somebody writes: here what is long is planned before."""
    real = store.fan_out

    def fan_out(holding: Holding, keys: Any, places: Any, plan: Callable[[], Any], now: datetime) -> int:
        planned = plan()
        return real(holding, keys, places, lambda: planned, now)

    return fan_out


class DyingStore(Store):
    """A store whose process dies when it has written what so many slices owe."""

    def __init__(self, of: Store, after: int) -> None:
        super().__init__(of._engine)
        self.left = after

    def fan_out(self, *what: Any) -> int:
        if self.left == 0:
            raise KeyboardInterrupt
        self.left -= 1
        return super().fan_out(*what)

    def end_lease(self, holding: Holding) -> None:
        """The dead end nothing."""


class TestBugs:
    def test_what_cannot_be_told_holds_up_nothing_else_and_operators_know(
        self, many: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        spoil(monkeypatch, KENT)
        publish(many, of(KENT), IMPROVED, of(LEEDS))
        sent = deliver(many)
        assert {one.channel for one in sent} == set(CHANNELS)
        assert not any("Kent" in said(one) for one in sent)
        assert forms(sent, "C4") == [Form.BURST, Form.WHOLE, Form.WHOLE]
        (trouble,) = many.open_troubles()
        assert trouble.kind is TroubleKind.UNTOLD
        assert trouble.sentence.startswith("Kent, “Children's services inspection”: what is new")
        assert "KeyError" in trouble.sentence
        assert many.coverage().untold == 1

    def test_it_is_tried_again_and_told_once_it_can_be(self, many: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        with monkeypatch.context() as bug:
            spoil(bug, KENT)
            publish(many, of(KENT), IMPROVED)
        deliver(many)
        assert fan_out_waiting(many, "me", T0 + PUT_OFF - MINUTE) == 0
        assert fan_out_waiting(many, "me", T0 + PUT_OFF) == 1
        sent = deliver(many, T0 + PUT_OFF)
        assert {one.channel for one in sent if "Kent" in said(one)} == set(CHANNELS)
        assert (many.open_troubles(), many.coverage().untold) == ((), 0)

    def test_unless_it_has_been_corrected_meanwhile(self, many: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        with monkeypatch.context() as bug:
            spoil(bug, WEST_SUSSEX)
            publish(many, IMPROVED)
        publish(many, CORRECTED, at=T0 + MINUTE)
        assert "declined" in said(deliver(many, T0 + MINUTE)[0])
        assert fan_out_waiting(many, "me", T0 + PUT_OFF) == 1
        assert deliver(many, T0 + PUT_OFF) == []

    def test_what_cannot_be_told_in_one_channel_is_told_in_all_others(
        self, many: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as bug:
            spoil(bug, KENT, "C3")
            publish(many, of(KENT), IMPROVED)
        sent = deliver(many)
        assert {one.channel for one in sent if "Kent" in said(one)} == set(CHANNELS) - {"C3"}
        assert forms(sent, "C3") == [Form.HEADLINE, Form.DETAIL]
        assert fan_out_waiting(many, "me", T0 + PUT_OFF) == 1
        assert {one.channel for one in deliver(many, T0 + PUT_OFF)} == {"C3"}

    def test_a_wish_that_cannot_be_read_is_in_the_way_of_its_own_channel_alone(self, many: Store) -> None:
        set_excepted(many, "C2", '{"all": "rubbish"}')
        publish(many, IMPROVED)
        assert {one.channel for one in deliver(many)} == set(CHANNELS) - {"C2"}

    def test_a_digest_that_cannot_be_written_holds_up_no_other_and_operators_know(self, store: Store) -> None:
        store.put_subscriptions([wish(channel, how="daily 09:45") for channel in CHANNELS])
        publish(store, IMPROVED)
        set_excepted(store, "C0", '{"all": "rubbish"}')
        due = T0 + 9 * MINUTE
        with pytest.raises(ExceptionGroup):
            fan_out_digests(store, "me", due)
        assert {one.channel for one in deliver(store, due)} == set(CHANNELS) - {"C0"}
        (trouble,) = store.open_troubles()
        assert trouble.kind is TroubleKind.UNTOLD
        assert trouble.sentence.startswith("The digest of the channel C0 could not be written (")
        set_excepted(store, "C0", "[]")
        assert fan_out_digests(store, "me", due + MINUTE) == 1
        assert ({one.channel for one in deliver(store, due + MINUTE)}, store.open_troubles()) == ({"C0"}, ())

    def test_a_change_that_is_hopeless_is_not_tried_in_every_channel(
        self, store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        store.put_subscriptions([wish(f"C{number:03d}") for number in range(60)])
        tried: list[int] = []
        real = fanout._Batch.plan

        def plan(batch: Any, waiting: Any, places: Any) -> Any:
            tried.append(len(places))
            return real(batch, waiting, places)

        monkeypatch.setattr(fanout._Batch, "plan", plan)
        spoil(monkeypatch, KENT)
        publish(store, of(KENT), IMPROVED)
        assert {one.channel for one in deliver(store)} == {f"C{number:03d}" for number in range(60)}
        assert sum(number == 1 for number in tried) <= 4 * HOPELESS

    def test_where_the_database_is_in_trouble_no_change_is_blamed(
        self, many: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(*what: Any) -> int:
            raise StorageError("it is on fire")

        monkeypatch.setattr(many, "told", broken)
        find(many, IMPROVED)
        with pytest.raises(StorageError):
            fan_out_waiting(many, "me", T0)
        assert many.open_troubles() == ()


@pytest.mark.parametrize("broken", ["fan_out_waiting", "fan_out_digests"])
def test_a_fault_of_one_job_does_not_keep_the_others_from_theirs(
    broken: str, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*what: Any) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr(fanout, broken, fail)
    store.put_subscriptions([wish(), wish("C2", how="daily 09:45")])
    store.raise_trouble("site", TroubleKind.SOURCE_FAILING, "The site does not answer.", T0)
    find(store, IMPROVED)
    expected = {"COPS"} | ({"C1"} if broken == "fan_out_digests" else set())
    stop, channels = threading.Event(), set()
    work = FanOut(store=store, clock=lambda: T0, owner="me", operators=("T1", "COPS"))
    thread = threading.Thread(target=fanout.run, args=(work,), kwargs={"stop": stop})
    thread.start()

    def told() -> bool:
        channels.update(one.channel for one in deliver(store))
        return channels >= expected

    soon(told, "the other jobs to be done")
    stop.set()
    thread.join()
