"""Whatever goes wrong between us and Slack, each channel ends with each message once."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from bot.alerting.fanout import fan_out_waiting
from bot.alerting.telling import Form, key
from bot.sending import deliver, posting
from bot.sending.deliver import LEASE, SPACING, Sender, Step, _Dispatcher, deliver_due, run
from bot.sending.twins import Late
from bot.slack import outcomes
from bot.slack.client import TIMEOUT_SECONDS, Client, web_client
from bot.types import OPERATOR
from inspection_watch.demo.slack import ALICE, BOB, CHANNEL, OTHER_CHANNEL, TEAM, LocalSlack
from judgements.types import Change
from storage import dropping
from storage.engine import StorageError, writing
from storage.sending import ARRIVING, SUSPECT, Newer
from storage.store import FAN_OUT, Store
from storage.types import AttemptEnd, Dead, Delivery, Dropped, Holding, Message, Owed, Part, Sent, Subscription
from tests.bot.examples import CHANGES, T0, WEST_SUSSEX, intent
from tests.bot.validators import check
from tests.slack import Fault, People, Proxy, soon

TOKEN = "xoxb-secret-000-token"
AGAIN = timedelta(minutes=2)
"""By then a message of which we do not know that it arrived is looked for."""
IMPROVED, NOT_READ = CHANGES["improved"], CHANGES["not_read"]


class Clock:
    """Shows the time it is told. It starts now: stand-ins for Slack use this machine's clock."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def client(between: Proxy) -> Client:
    return web_client(TOKEN, between.api_url)


def subscribe(store: Store, *channels: str) -> None:
    for channel in channels:
        wish = Subscription(
            team=TEAM, channel=channel, scope=f"authority:{WEST_SUSSEX}", created_by="U01ALICE", created_at=T0
        )
        store.put_subscriptions([wish])


def publish(store: Store, clock: Clock, *changes: Change) -> None:
    store.apply(replace(intent(changes=changes), now=clock.now))
    while fan_out_waiting(store, "test", clock.now):
        pass


def sender(store: Store, client: Client, clock: Callable[[], datetime]) -> Sender:
    return Sender(store=store, client=client, clock=clock, jitter=lambda: 0.5, owner="test")


def step(store: Store, client: Client, clock: Callable[[], datetime]) -> Step | None:
    """What the next attempt came to; None if there is nothing to do."""
    return next(iter(deliver_due(sender(store, client, clock))), None)


def drain(store: Store, client: Client, clock: Clock) -> list[Step]:
    """Send all that is due, a second after the other."""
    steps = []
    while (came_to := step(store, client, clock)) is not None:
        steps.append(came_to)
        clock.now += SPACING
    return steps


def test_a_headline_stands_in_every_subscribed_channel_and_its_detail_in_its_thread(
    sqlite_store: Store, client: Client, clock: Clock, people: People
) -> None:
    subscribe(sqlite_store, CHANNEL, OTHER_CHANNEL)
    publish(sqlite_store, clock, IMPROVED)
    assert drain(sqlite_store, client, clock) == [Step.SENT] * 4
    for channel in (CHANNEL, OTHER_CHANNEL):
        headline, detail = people.messages(channel)
        assert "West Sussex" in headline["text"]
        assert "published 20 August 2026" in headline["text"]
        assert detail["thread_ts"] == headline["ts"]


def test_what_needs_no_detail_has_no_thread(sqlite_store: Store, client: Client, clock: Clock, people: People) -> None:
    subscribe(sqlite_store, CHANNEL)
    publish(sqlite_store, clock, NOT_READ)
    assert drain(sqlite_store, client, clock) == [Step.SENT]
    (headline,) = people.messages()
    assert "thread_ts" not in headline


def test_a_message_carries_its_key_and_unfurls_nothing(
    sqlite_store: Store, client: Client, clock: Clock, people: People
) -> None:
    subscribe(sqlite_store, CHANNEL)
    publish(sqlite_store, clock, NOT_READ)
    drain(sqlite_store, client, clock)
    (sent,) = people.calls("chat.postMessage")
    expected = {
        "key": key(NOT_READ.key, (TEAM, CHANNEL), Form.HEADLINE),
        "tells": [posting.sign(NOT_READ.key)],
    }
    assert sent["metadata"] == {"event_type": "inspection_watch_delivery", "event_payload": expected}
    assert sent["unfurl_links"] in ("0", "false", False)
    assert sent["unfurl_media"] in ("0", "false", False)


def test_nobody_subscribed_means_nothing_sent_then_or_later(
    sqlite_store: Store, client: Client, clock: Clock, people: People
) -> None:
    publish(sqlite_store, clock, IMPROVED)
    subscribe(sqlite_store, CHANNEL)
    assert fan_out_waiting(sqlite_store, "test", clock.now) == 0
    assert drain(sqlite_store, client, clock) == []


@pytest.mark.parametrize("forgotten", ["nothing", "metadata", "blocks"])
def test_a_message_that_slack_took_before_the_line_was_cut_is_found_and_not_sent_twice(
    forgotten: str, sqlite_store: Store, client: Client, clock: Clock, people: People, between: Proxy
) -> None:
    between.forgets_metadata, between.forgets_blocks = forgotten == "metadata", forgotten == "blocks"
    subscribe(sqlite_store, CHANNEL)
    publish(sqlite_store, clock, IMPROVED)
    between.faults.append(Fault(accepted=True))
    assert step(sqlite_store, client, clock) is Step.REFUSED
    clock.now += AGAIN
    assert step(sqlite_store, client, clock) is Step.FOUND
    clock.now += SPACING
    between.faults.append(Fault(accepted=True, status=500))
    assert step(sqlite_store, client, clock) is Step.REFUSED
    clock.now += AGAIN
    assert drain(sqlite_store, client, clock) == [Step.FOUND]
    headline, detail = people.messages()
    assert detail["thread_ts"] == headline["ts"]


def test_a_crash_between_posting_and_recording_repeats_nothing(
    sqlite_store: Store, client: Client, clock: Clock, people: People
) -> None:
    subscribe(sqlite_store, CHANNEL)
    publish(sqlite_store, clock, NOT_READ)
    crashing = CrashingStore(sqlite_store)
    with pytest.raises(KeyboardInterrupt):
        step(crashing, client, clock)
    assert step(sqlite_store, client, clock) is None, "the crashed process still holds its lease"
    clock.now += LEASE
    assert drain(sqlite_store, client, clock) == [Step.FOUND]
    assert len(people.messages()) == 1


class CrashingStore(Store):
    """A store whose process ends before it can record that a message was sent."""

    def __init__(self, of: Store) -> None:
        super().__init__(of._engine)

    def record(self, ends: Sequence[AttemptEnd], now: datetime) -> frozenset[int]:
        raise KeyboardInterrupt


def test_a_message_that_never_arrived_is_looked_for_and_sent(
    sqlite_store: Store, client: Client, clock: Clock, people: People, between: Proxy
) -> None:
    subscribe(sqlite_store, CHANNEL)
    publish(sqlite_store, clock, NOT_READ)
    between.faults.append(Fault())
    assert step(sqlite_store, client, clock) is Step.REFUSED
    clock.now += timedelta(seconds=59)
    assert step(sqlite_store, client, clock) is None, "it may still arrive"
    clock.now += AGAIN
    assert drain(sqlite_store, client, clock) == [Step.SENT]
    assert len(people.messages()) == 1


def test_nor_does_one_while_the_clock_was_a_year_ahead(
    sqlite_store: Store, client: Client, clock: Clock, people: People
) -> None:
    now, polling = clock.now, Holding(name="source:search", owner="test")
    subscribe(sqlite_store, CHANNEL)
    clock.now += timedelta(days=365)
    publish(sqlite_store, clock, NOT_READ)
    with pytest.raises(KeyboardInterrupt):
        step(CrashingStore(sqlite_store), client, clock)
    clock.now = now
    sqlite_store.claim_source("search", polling, clock.now, LEASE)
    assert drain(sqlite_store, client, clock) == [Step.FOUND]
    assert len(people.messages()) == 1


@pytest.fixture
def cut_after_posting(sqlite_store: Store, client: Client, clock: Clock, people: People, between: Proxy) -> None:
    """A message owed for weeks of which we do not know that it arrived, others after it, and a history in pages."""
    now = clock.now
    clock.now -= timedelta(days=21)
    subscribe(sqlite_store, CHANNEL)
    publish(sqlite_store, clock, NOT_READ)
    clock.now = now
    between.faults.append(Fault(accepted=True))
    assert step(sqlite_store, client, clock) is Step.REFUSED
    for said in ("good", "morning", "everybody"):
        people.say(said)
    between.page = 1
    clock.now += AGAIN


@pytest.mark.usefixtures("cut_after_posting")
def test_the_past_is_searched_page_by_page_around_the_attempt_and_not_from_when_it_was_owed(
    sqlite_store: Store, client: Client, clock: Clock, people: People
) -> None:
    began = clock.now - AGAIN
    assert step(sqlite_store, client, clock) is Step.FOUND
    asked = people.calls("conversations.history")
    assert len(asked) == 4
    for one in asked:  # a clock that is wrong, ours or Slack's, must not hide the message
        assert began - datetime.fromtimestamp(float(one["oldest"]), UTC) == timedelta(hours=1)
        assert datetime.fromtimestamp(float(one["latest"]), UTC) - began == timedelta(hours=1)


def test_a_clock_that_is_a_minute_fast_lets_nobody_look_for_a_message_that_may_still_arrive() -> None:
    """It leaves us within three time-outs after the last look at the clock, `MARGIN` before the lease ends."""
    last_has_left = deliver.LEASE - deliver.MARGIN + 3 * timedelta(seconds=TIMEOUT_SECONDS)
    assert last_has_left + ARRIVING + timedelta(minutes=1) <= deliver.LEASE


def test_where_it_takes_long_to_reach_slack_nothing_is_said_once_another_may_say_it(
    sqlite_store: Store, client: Client, clock: Clock, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscribe(sqlite_store, CHANNEL)
    publish(sqlite_store, clock, NOT_READ)
    found = socket.getaddrinfo

    def slowly(*asked: Any, **how: Any) -> Any:
        clock.now += LEASE
        return found(*asked, **how)

    monkeypatch.setattr(socket, "getaddrinfo", slowly)
    assert step(sqlite_store, client, clock) is Step.REFUSED
    assert people.messages() == []


def test_what_was_not_said_because_slack_could_not_be_reached_is_said_soon_and_not_looked_for(
    sqlite_store: Store, client: Client, clock: Clock, people: People
) -> None:
    subscribe(sqlite_store, CHANNEL)
    publish(sqlite_store, clock, NOT_READ)
    assert step(sqlite_store, web_client(TOKEN, "http://127.0.0.1:1/api/"), clock) is Step.REFUSED
    clock.now += timedelta(seconds=6)
    assert drain(sqlite_store, client, clock) == [Step.SENT]
    assert people.calls("conversations.history") == []


def test_a_process_that_slept_through_its_lease_does_not_post(
    sqlite_store: Store, client: Client, clock: Clock, people: People
) -> None:
    subscribe(sqlite_store, CHANNEL)
    publish(sqlite_store, clock, NOT_READ)

    def asleep() -> datetime:
        """The claim is made at once; the next look at the clock is after a long sleep, in which another sends it."""
        now, clock.now = clock.now, clock.now + LEASE
        return now

    assert step(sqlite_store, client, asleep) is Step.REFUSED
    assert people.messages() == []
    clock.now += timedelta(minutes=15)
    assert drain(sqlite_store, client, clock) == [Step.SENT]
    assert len(people.messages()) == 1


def test_what_may_have_left_us_too_late_is_looked_for_a_minute_later_and_taken_back(
    sqlite_store: Store, client: Client, clock: Clock, people: People
) -> None:
    subscribe(sqlite_store, CHANNEL)
    publish(sqlite_store, clock, NOT_READ)
    (claimed,) = sqlite_store.claim_deliveries(clock.now, LEASE, "test", 1)
    counts, _ = (posting._post(client, claimed) for _ in range(2))
    deliver.record(sender(sqlite_store, client, clock), [said_as(claimed, counts.ts, clock)])
    dispatcher = _Dispatcher(sender=sender(sqlite_store, client, clock), workers=1, stop=threading.Event())
    lost = outcomes.Outcome(verdict=outcomes.Verdict.WAIT, trouble="", uncertain=True)
    dispatcher.unrecorded = [deliver.Attempt(delivery=claimed, at=clock.now, ended=lost)]
    dispatcher.record()
    dispatcher.twins.settle()
    assert len(people.messages()) == 2, "it may still be on its way"
    clock.now += ARRIVING
    dispatcher.twins.settle()
    assert [one["ts"] for one in people.messages()] == [counts.ts]
    assert dispatcher.twins.late == []


@pytest.mark.parametrize("settled", [True, False], ids=["said meanwhile", "looked for, and about to be said"])
def test_what_left_us_when_another_had_said_it_is_taken_back(
    settled: bool, sqlite_store: Store, client: Client, clock: Clock, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process stands still after its last look, while its bytes are about to leave."""
    subscribe(sqlite_store, CHANNEL)
    publish(sqlite_store, clock, NOT_READ)
    dispatcher = _Dispatcher(sender=sender(sqlite_store, client, clock), workers=1, stop=threading.Event())
    dispatcher.begin()
    others: list[Delivery] = []
    post = posting._post

    def late(_looking: Client, delivery: Delivery) -> posting.Stands:
        with monkeypatch.context() as patch:
            patch.setattr(posting, "_post", post)
            clock.now += AGAIN + LEASE
            others.extend(sqlite_store.claim_deliveries(clock.now, LEASE, "another", 1))
            said = post(client, others[0])
            if settled:
                deliver.record(dispatcher.sender, [said_as(others[0], said.ts, clock)])
            else:
                others_ts.append(said.ts)
        return post(client, delivery)

    others_ts: list[str] = []
    monkeypatch.setattr(posting, "_post", late)
    dispatcher.work(dispatcher.claimed.get())
    dispatcher.collect(0)
    with capture_logs() as logs:
        dispatcher.record()
        dispatcher.twins.look()
        if not settled:
            assert len(people.messages()) == 2
            deliver.record(dispatcher.sender, [said_as(others[0], others_ts[0], clock)])
            dispatcher.twins.look()
            assert len(people.messages()) == 2, "it is not looked all the time"
            dispatcher.twins.settle()
    (left,) = people.messages()
    assert sqlite_store.settled([others[0].id]) == {others[0].id: left["ts"]}
    assert [one["event"] for one in logs if one["event"] != "delivered"] == ["overtaken", "taken back"]
    assert dispatcher.twins.late == []


@pytest.mark.parametrize(
    ("became", "newer", "owed_again"),
    [
        ([], Newer.NONE, None),
        (["sent"], Newer.WRITTEN, "correction 1"),
        (["waits"], Newer.WAITS, "correction 1"),
        (["begun"], Newer.UNDER_WAY, None),
        (["sent", "dropped"], Newer.WRITTEN, "correction 1"),
        (["sent", "dead"], Newer.WRITTEN, "correction 1"),
        (["sent", "sent"], Newer.WRITTEN, "correction 2"),
    ],
    ids=str,
)
def test_a_correction_that_was_written_after_a_newer_one_has_that_written_again(
    became: Sequence[str], newer: Newer, owed_again: str | None, store: Store, clock: Clock
) -> None:
    said = Owed(key="said", team=TEAM, channel="C0", part=Part.HEADLINE, message=Message(text="0", blocks=()))
    store.owe([said, replace(said, key="correction 0", edits="said")], clock.now)
    _, late = end(store, clock, "sent"), end(store, clock, "sent")
    for number, how in enumerate(became, 1):
        store.owe([replace(said, key=f"correction {number}", edits="said")], clock.now)
        end(store, clock, how)
    clock.now += SPACING
    store.claim_deliveries(clock.now, LEASE, "test", 9) if not owed_again else None  # It sleeps where nothing is owed.
    assert store.write_again(late, clock.now) is newer
    assert [one.key for one in store.claim_deliveries(clock.now, LEASE, "test", 9)] == [owed_again][: bool(owed_again)]


def end(store: Store, clock: Clock, how: str) -> Delivery | None:
    """Let this become of the only delivery that is owed."""
    clock.now += SPACING
    if how == "waits":
        return None
    (claimed,) = store.claim_deliveries(clock.now, LEASE, "test", 1)
    at = clock.now + SPACING
    ends: dict[str, AttemptEnd] = {
        "sent": Sent(delivery=claimed, ts="1", next_at=at),
        "dropped": Dropped(delivery=claimed, trouble="", next_at=at),
        "dead": Dead(delivery=claimed, trouble="", next_at=at),
    }
    if how in ends:
        store.record([ends[how]], clock.now)
    return claimed


def test_what_is_finished_after_its_lease_is_recorded_before_it_can_be_claimed_again(
    sqlite_store: Store, clock: Clock
) -> None:
    owe_notices(sqlite_store, clock, 2)
    dispatcher = a_dispatcher(sqlite_store, clock)
    claimed = sqlite_store.claim_deliveries(clock.now, LEASE, "test", 2)
    dispatcher.under_way = 2
    dispatcher.finished.extend(said_as(one, "1", clock) for one in claimed)
    clock.now += LEASE + timedelta(seconds=1)
    with capture_logs() as logs:
        dispatcher.round()
    assert [one["event"] for one in logs] == ["delivered", "delivered"]
    assert dispatcher.under_way == 0


@pytest.mark.parametrize(
    ("edits", "found", "uncertain", "is_late"),
    [
        (None, False, None, True),
        (None, True, None, False),
        (None, False, True, True),
        (None, False, False, False),
        ("said", False, None, True),
        ("said", True, None, False),
        ("said", False, True, True),
        ("said", False, False, False),
    ],
)
def test_what_may_have_to_be_put_right_is_what_was_posted_and_what_may_have_been_written_over(
    edits: str | None, found: bool, uncertain: bool | None, is_late: bool, sqlite_store: Store, clock: Clock
) -> None:
    owe_notices(sqlite_store, clock, 1)
    (claimed,) = sqlite_store.claim_deliveries(clock.now, LEASE, "test", 1)
    stands = posting.Stands(ts="1", found=found) if uncertain is None else None
    ended = (
        None if uncertain is None else outcomes.Outcome(verdict=outcomes.Verdict.WAIT, trouble="", uncertain=uncertain)
    )
    made = deliver.Attempt(delivery=replace(claimed, edits=edits), at=clock.now, stands=stands, ended=ended)
    assert (made.late is not None) is is_late


def test_what_is_late_is_looked_at_in_each_round_and_told_when_there_are_no_more(
    sqlite_store: Store, clock: Clock
) -> None:
    owe_notices(sqlite_store, clock, 3)
    dispatcher = a_dispatcher(sqlite_store, clock, workers=1)
    first, second, third = sqlite_store.claim_deliveries(clock.now, LEASE, "test", 3)
    sqlite_store.record([Sent(delivery=one, ts="1", next_at=clock.now) for one in (first, second)], clock.now)
    dispatcher.twins.add(Late(delivery=first, at=clock.now, ts="1", channel="C0"))
    dispatcher.round()
    assert dispatcher.twins.late == []
    for one in (second, third):
        dispatcher.twins.add(Late(delivery=one, at=clock.now, ts="1", channel="C0"))
    dispatcher.end()
    assert [one.delivery.key for one in dispatcher.twins.late] == [third.key]
    with capture_logs() as logs:
        dispatcher.twins.give_up("stopped")
    assert [(one["event"], one["delivery"]) for one in logs] == [("stands twice", third.key)]


def said_as(delivery: Delivery, ts: str, clock: Clock) -> deliver.Attempt:
    return deliver.Attempt(delivery=delivery, at=clock.now, stands=posting.Stands(ts=ts))


@pytest.mark.usefixtures("cut_after_posting")
def test_where_the_past_is_too_long_to_search_nothing_is_sent_twice(
    sqlite_store: Store, client: Client, clock: Clock, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting, "MOST_PAGES", 3)
    assert step(sqlite_store, client, clock) is Step.REFUSED
    assert len(people.calls("chat.postMessage")) == 1


def test_a_rate_limit_is_kept_to_the_second_and_never_kills_a_message(
    sqlite_store: Store, client: Client, clock: Clock, people: People, between: Proxy
) -> None:
    subscribe(sqlite_store, CHANNEL)
    publish(sqlite_store, clock, NOT_READ)
    for _ in range(deliver.MOST_UNFINISHED + 2):
        between.faults.append(Fault(status=429, error="ratelimited", headers=(("Retry-After", "30"),)))
        assert step(sqlite_store, client, clock) is Step.REFUSED
        clock.now += timedelta(seconds=29)
        assert step(sqlite_store, client, clock) is None
        clock.now += timedelta(seconds=2)
    assert drain(sqlite_store, client, clock) == [Step.SENT]
    assert len(people.messages()) == 1


NOT_ITS_FAULT = (
    Fault(),
    Fault(status=503),
    Fault(status=429, error="ratelimited"),
)
NOT_SAID_WHY = Fault(status=200, error="a_code_nobody_knows")


def test_no_trouble_of_slacks_or_of_the_network_kills_a_message_however_long(
    sqlite_store: Store, client: Client, clock: Clock, people: People, between: Proxy
) -> None:
    subscribe(sqlite_store, CHANNEL)
    publish(sqlite_store, clock, NOT_READ)
    for fault in NOT_ITS_FAULT * 5:
        between.faults.append(fault)
        assert step(sqlite_store, client, clock) is Step.REFUSED
        clock.now += timedelta(days=1)
    assert drain(sqlite_store, client, clock) == [Step.SENT]
    assert len(people.messages()) == 1


def test_a_message_that_slack_refuses_dies_a_day_and_a_half_after_the_first_refusal_visibly(
    sqlite_store: Store, client: Client, clock: Clock, between: Proxy
) -> None:
    subscribe(sqlite_store, CHANNEL)
    publish(sqlite_store, clock, NOT_READ)
    between.faults.append(Fault(status=503))
    assert step(sqlite_store, client, clock) is Step.REFUSED
    clock.now += 2 * outcomes.PATIENCE
    for fault in (NOT_SAID_WHY, Fault(status=503), NOT_SAID_WHY):
        between.faults.append(fault)
        assert step(sqlite_store, client, clock) is Step.REFUSED
        clock.now += outcomes.PATIENCE / 3
    between.faults.append(NOT_SAID_WHY)
    assert step(sqlite_store, client, clock) is Step.GIVEN_UP
    assert (sqlite_store.coverage().waiting, sqlite_store.coverage().dead) == (0, 1)


def test_one_that_dies_of_a_fault_after_which_it_stands_there_is_found_when_it_is_retried(
    sqlite_store: Store, client: Client, clock: Clock, people: People, between: Proxy
) -> None:
    subscribe(sqlite_store, CHANNEL)
    clock.now -= outcomes.PATIENCE
    publish(sqlite_store, clock, NOT_READ)
    between.faults += [NOT_SAID_WHY, Fault(accepted=True, status=200, error="internal_error")]
    assert step(sqlite_store, client, clock) is Step.REFUSED
    clock.now += outcomes.PATIENCE
    assert step(sqlite_store, client, clock) is Step.GIVEN_UP
    at_work = Holding(name=FAN_OUT, owner="the operator")
    assert sqlite_store.claim_lease(at_work, clock.now, LEASE)
    assert sqlite_store.retry_dead(at_work, clock.now).revived == 1
    assert drain(sqlite_store, client, clock) == [Step.FOUND]
    assert len(people.messages()) == 1


def test_a_message_that_will_never_do_dies_at_once_and_holds_up_no_other(
    sqlite_store: Store, client: Client, clock: Clock, people: People, between: Proxy
) -> None:
    subscribe(sqlite_store, CHANNEL, OTHER_CHANNEL)
    publish(sqlite_store, clock, IMPROVED)
    between.faults.append(Fault(status=200, error="msg_blocks_too_long"))
    steps = drain(sqlite_store, client, clock)
    assert sorted(steps) == sorted([Step.GIVEN_UP, Step.GIVEN_UP, Step.SENT, Step.SENT]), "its detail has no thread"
    assert sorted(len(people.messages(channel)) for channel in (CHANNEL, OTHER_CHANNEL)) == [0, 2]


ARCHIVED = Fault(status=200, error="is_archived")


def test_a_channel_that_takes_nothing_is_paused_and_told_in_order_once_it_does(
    sqlite_store: Store, client: Client, clock: Clock, people: People, between: Proxy
) -> None:
    subscribe(sqlite_store, CHANNEL)
    publish(sqlite_store, clock, IMPROVED)
    between.faults.append(ARCHIVED)
    assert step(sqlite_store, client, clock) is Step.PAUSED
    publish(sqlite_store, clock, NOT_READ)
    assert drain(sqlite_store, client, clock) == [Step.SENT], "the notice alone"
    clock.now += 2 * outcomes.FIRST_PROBE
    between.faults.append(ARCHIVED)
    assert drain(sqlite_store, client, clock) == [Step.PAUSED]
    clock.now += outcomes.FIRST_PROBE
    assert drain(sqlite_store, client, clock) == [], "the second probe comes later than the first did"
    clock.now += 2 * outcomes.FIRST_PROBE
    assert drain(sqlite_store, client, clock) == [Step.SENT] * 3
    assert len(people.messages()) == 3
    assert sqlite_store.paused() == ()


def test_whoever_subscribed_a_paused_channel_is_told_once_by_direct_message(
    sqlite_store: Store, client: Client, clock: Clock, people: People, between: Proxy
) -> None:
    subscribe(sqlite_store, CHANNEL)
    publish(sqlite_store, clock, IMPROVED)
    for _ in range(3):
        between.faults.append(ARCHIVED)
        drain(sqlite_store, client, clock)
        clock.now += timedelta(days=1)
    told = [sent for sent in people.calls("chat.postMessage") if sent["channel"] == ALICE]
    assert len(told) == 1
    check(Message(text=told[0]["text"], blocks=tuple(told[0]["blocks"])))
    assert f"<#{CHANNEL}>" in str(told[0]["blocks"])
    assert "archived" in told[0]["text"]


MEMBERS = {
    "ok": True,
    "members": [
        {"id": "U01GONE", "is_admin": True, "deleted": True},
        {"id": ALICE, "is_admin": False},
        {"id": BOB, "is_admin": True},
    ],
}


def test_where_the_operator_subscribed_at_a_terminal_an_administrator_is_told(
    sqlite_store: Store, client: Client, clock: Clock, people: People, between: Proxy
) -> None:
    between.instead["users.list"] = MEMBERS
    made = {"team": TEAM, "channel": CHANNEL, "created_by": OPERATOR, "created_at": T0}
    sqlite_store.put_subscriptions([Subscription(scope=f"authority:{WEST_SUSSEX}", **made)])
    publish(sqlite_store, clock, NOT_READ)
    between.faults.append(ARCHIVED)
    assert drain(sqlite_store, client, clock) == [Step.PAUSED, Step.SENT]
    assert [sent["channel"] for sent in people.calls("chat.postMessage")] == [BOB]


def test_where_the_subscriber_cannot_be_written_to_an_administrator_is(
    sqlite_store: Store, client: Client, clock: Clock, people: People, between: Proxy
) -> None:
    between.instead["users.list"] = MEMBERS
    subscribe(sqlite_store, CHANNEL)
    publish(sqlite_store, clock, NOT_READ)
    between.faults.append(ARCHIVED)
    assert step(sqlite_store, client, clock) is Step.PAUSED
    between.faults.append(Fault(status=200, error="user_disabled"))
    assert drain(sqlite_store, client, clock) == [Step.GIVEN_UP, Step.SENT]
    assert [sent["channel"] for sent in people.calls("chat.postMessage")] == [BOB]


def test_a_revoked_token_pauses_the_workspace_and_kills_nothing(
    sqlite_store: Store, client: Client, clock: Clock, people: People, between: Proxy
) -> None:
    subscribe(sqlite_store, CHANNEL, OTHER_CHANNEL)
    publish(sqlite_store, clock, NOT_READ)
    revoked = Fault(status=200, error="token_revoked")
    between.faults.append(revoked)
    assert drain(sqlite_store, client, clock) == [Step.PAUSED], "the other channel is not even tried"
    (paused,) = sqlite_store.paused()
    assert (paused.team, paused.channel, paused.waiting) == (TEAM, "", 2)
    clock.now += 2 * outcomes.FIRST_PROBE
    assert drain(sqlite_store, client, clock) == [Step.SENT] * 2
    assert len(people.messages()) == len(people.messages(OTHER_CHANNEL)) == 1


def test_a_correction_is_written_over_the_message_it_corrects_however_often(
    sqlite_store: Store, client: Client, clock: Clock, people: People, between: Proxy
) -> None:
    subscribe(sqlite_store, CHANNEL)
    publish(sqlite_store, clock, NOT_READ)
    drain(sqlite_store, client, clock)
    original = key(NOT_READ.key, (TEAM, CHANNEL), Form.HEADLINE)
    said = Message(text="now read", blocks=({"type": "divider"},))
    edit = Owed(key="edit", team=TEAM, channel=CHANNEL, part=Part.HEADLINE, message=said, edits=original)
    sqlite_store.owe([edit], clock.now)
    between.faults.append(Fault(accepted=True))
    assert step(sqlite_store, client, clock) is Step.REFUSED
    clock.now += AGAIN
    assert drain(sqlite_store, client, clock) == [Step.SENT]
    (message,) = people.messages()
    assert message["text"] == "now read"
    assert message["blocks"][0]["block_id"] == posting.mark(original), "it is still found by its own key"


def test_where_the_past_may_not_be_read_it_is_sent_again_and_nothing_is_said_of_it(
    sqlite_store: Store, client: Client, clock: Clock, people: People, between: Proxy
) -> None:
    subscribe(sqlite_store, CHANNEL)
    publish(sqlite_store, clock, NOT_READ)
    between.faults.append(Fault(accepted=True))
    assert step(sqlite_store, client, clock) is Step.REFUSED
    between.instead["conversations.history"] = {"ok": False, "error": "missing_scope"}
    clock.now += AGAIN
    assert drain(sqlite_store, client, clock) == [Step.SENT]
    first, second = people.messages()
    assert first["text"] == second["text"]


def test_a_persons_direct_messages_are_not_read_and_one_whose_fate_is_not_known_is_sent_again(
    sqlite_store: Store, client: Client, clock: Clock, people: People, between: Proxy
) -> None:
    said = Message(text="The channel is archived.", blocks=({"type": "divider"},))
    sqlite_store.owe([Owed(key="n", team=TEAM, channel=ALICE, part=Part.NOTICE, message=said)], clock.now)
    between.faults.append(Fault(accepted=True))
    assert step(sqlite_store, client, clock) is Step.REFUSED
    clock.now += AGAIN
    assert drain(sqlite_store, client, clock) == [Step.SENT]
    assert [one["channel"] for one in people.calls("chat.postMessage")] == [ALICE, ALICE]
    assert people.calls("conversations.open") == people.calls("conversations.history") == []


@pytest.mark.parametrize(("accepted", "steps"), [(True, [Step.FOUND, Step.SENT]), (False, [Step.DROPPED])])
def test_what_nobody_waits_for_any_more_is_looked_for_and_not_posted(
    accepted: bool,
    steps: list[Step],
    sqlite_store: Store,
    client: Client,
    clock: Clock,
    people: People,
    between: Proxy,
) -> None:
    subscribe(sqlite_store, CHANNEL)
    publish(sqlite_store, clock, IMPROVED)
    between.faults.append(Fault(accepted=accepted))
    assert step(sqlite_store, client, clock) is Step.REFUSED
    with writing(sqlite_store._engine) as connection:
        dropping.unsubscribed(connection, TEAM, CHANNEL, [WEST_SUSSEX])
    clock.now += AGAIN
    assert drain(sqlite_store, client, clock) == steps
    assert len(people.messages()) == (2 if accepted else 0)
    assert sqlite_store.coverage().waiting == sqlite_store.coverage().dead == 0


def test_what_slack_refused_for_certain_is_not_looked_for(
    sqlite_store: Store, client: Client, clock: Clock, people: People, between: Proxy
) -> None:
    subscribe(sqlite_store, CHANNEL)
    publish(sqlite_store, clock, NOT_READ)
    between.faults.append(Fault(status=429, error="ratelimited"))
    assert step(sqlite_store, client, clock) is Step.REFUSED
    clock.now += timedelta(minutes=1)
    assert drain(sqlite_store, client, clock) == [Step.SENT]
    assert people.calls("conversations.history") == []


def test_a_message_that_always_brings_us_down_dies_too(
    sqlite_store: Store, client: Client, clock: Clock, people: People
) -> None:
    subscribe(sqlite_store, CHANNEL)
    publish(sqlite_store, clock, NOT_READ)
    for _ in range(deliver.MOST_UNFINISHED):
        assert begin_and_crash(sqlite_store, clock)
        clock.now += LEASE
    assert drain(sqlite_store, client, clock) == [Step.GIVEN_UP]
    assert people.messages() == []


def test_a_message_that_brings_us_down_after_it_was_refused_dies_too(
    sqlite_store: Store, client: Client, clock: Clock, people: People, between: Proxy
) -> None:
    subscribe(sqlite_store, CHANNEL)
    publish(sqlite_store, clock, NOT_READ)
    between.faults.append(Fault())
    assert step(sqlite_store, client, clock) is Step.REFUSED
    for _ in range(deliver.MOST_UNFINISHED):
        clock.now += LEASE
        assert begin_and_crash(sqlite_store, clock)
    clock.now += LEASE
    assert drain(sqlite_store, client, clock) == [Step.GIVEN_UP]


def test_attempts_that_came_to_no_end_are_forgiven_when_one_does(
    sqlite_store: Store, client: Client, clock: Clock, between: Proxy
) -> None:
    subscribe(sqlite_store, CHANNEL)
    publish(sqlite_store, clock, NOT_READ)
    for _ in range(2):
        for _ in range(deliver.MOST_UNFINISHED - 1):
            assert begin_and_crash(sqlite_store, clock)
            clock.now += LEASE
        between.faults.append(Fault())
        assert step(sqlite_store, client, clock) is Step.REFUSED
        clock.now += LEASE * 6
    assert drain(sqlite_store, client, clock) == [Step.SENT]


def test_a_message_that_brings_us_down_takes_none_with_it(sqlite_store: Store, clock: Clock) -> None:
    """The service is started again at once and claims many at a time; nothing is recorded before it dies again."""
    number = deliver.WORKERS * deliver.FURTHEST_AHEAD
    owe_notices(sqlite_store, clock, number)
    sent: set[str] = set()
    for _ in range(2 * deliver.MOST_UNFINISHED):
        sqlite_store.take_over(clock.now)
        clock.now += timedelta(minutes=1)
        sent |= live_until_killed_by("7", sqlite_store, clock)
    assert len(sent) == number - 1
    assert [one.key for one in sqlite_store.dead_letters(9)] == ["7"]


def test_one_that_is_suspected_has_its_turn_however_much_else_is_to_be_sent(
    sqlite_store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    owe_notices(sqlite_store, clock, 1)
    for _ in range(SUSPECT):
        assert begin_and_crash(sqlite_store, clock)
        clock.now += LEASE
    owe_notices(sqlite_store, clock, 20)
    dispatcher = a_dispatcher(sqlite_store, clock, workers=1)
    others = dispatcher.claim()
    assert (len(others), "0" in {one.key for one in others}) == (deliver.AHEAD, False)
    dispatcher.under_way = 1
    dispatcher.next_turn = 0
    assert dispatcher.claim() == (), "what is under way is waited for"
    dispatcher.under_way = 0
    dispatcher.unrecorded = [deliver.Attempt(delivery=others[0], at=clock.now)]
    assert dispatcher.claim() == (), "what came of it would be forgotten"
    dispatcher.unrecorded = []
    assert [one.key for one in dispatcher.claim()] == ["0"]
    dispatcher.under_way = 1
    assert dispatcher.claim() == (), "it is alone"
    dispatcher.under_way = 0
    assert len(dispatcher.claim()) == deliver.AHEAD


def test_while_nothing_can_be_recorded_nothing_more_is_begun(
    sqlite_store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    owe_notices(sqlite_store, clock, 2)
    dispatcher = a_dispatcher(sqlite_store, clock, workers=1)
    (first,) = sqlite_store.claim_deliveries(clock.now, LEASE, "test", 1)
    stands = posting.Stands(ts="1")
    dispatcher.unrecorded = [deliver.Attempt(delivery=first, at=clock.now, stands=stands)]

    def fail(*_asked: object) -> frozenset[int]:
        raise StorageError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(Store, "record", fail)
        for _ in range(2):
            with pytest.raises(StorageError):
                dispatcher.round()
    assert (dispatcher.under_way, len(dispatcher.unrecorded)) == (0, 1)
    dispatcher.round()
    assert (dispatcher.under_way, dispatcher.unrecorded) == (1, [])
    assert sqlite_store.coverage().waiting == 1


def test_the_second_between_two_messages_begins_when_the_first_was_sent(sqlite_store: Store, clock: Clock) -> None:
    owe_notices(sqlite_store, clock, 1)
    said = Message(text="said", blocks=())
    second = Owed(key="second", team=TEAM, channel="C0", part=Part.NOTICE, message=said)
    sqlite_store.owe([second], clock.now)
    (first,) = sqlite_store.claim_deliveries(clock.now, LEASE, "test", 1)
    nobody = sender(sqlite_store, web_client(TOKEN, "http://127.0.0.1:1/api/"), clock)
    sent = deliver.Attempt(delivery=first, at=clock.now, stands=posting.Stands(ts="1"))
    clock.now += SPACING / 2
    assert deliver.record(nobody, [sent]) == (Step.SENT,)
    assert sqlite_store.claim_deliveries(clock.now, LEASE, "test", 1) == ()
    clock.now += SPACING / 2
    assert [one.key for one in sqlite_store.claim_deliveries(clock.now, LEASE, "test", 1)] == ["second"]


def begin_and_crash(store: Store, clock: Clock) -> bool:
    return bool(store.claim_deliveries(clock.now, LEASE, "test", 1) or store.claim_suspect(clock.now, LEASE, "test"))


def owe_notices(store: Store, clock: Clock, number: int) -> None:
    """One to each of so many channels."""
    said = Message(text="said", blocks=())
    notice = Owed(key="", team=TEAM, channel="", part=Part.NOTICE, message=said)
    store.owe([replace(notice, key=f"{one}", channel=f"C{one}") for one in range(number)], clock.now)


def a_dispatcher(store: Store, clock: Clock, workers: int = deliver.WORKERS) -> _Dispatcher:
    nobody = sender(store, web_client(TOKEN, "http://127.0.0.1:1/api/"), clock)
    return _Dispatcher(sender=nobody, workers=workers, stop=threading.Event())


def live_until_killed_by(culprit: str, store: Store, clock: Clock) -> set[str]:
    """One life of the service: it sends what it claims, unless what brings it down is among it; what it sent."""
    dispatcher, sent = a_dispatcher(store, clock), set()
    dispatcher.ahead = deliver.FURTHEST_AHEAD
    while claimed := dispatcher.claim():
        given_up = {one.key for one in claimed if one.unfinished > deliver.MOST_UNFINISHED}
        keys = {one.key for one in claimed} - given_up
        if culprit in keys:
            break
        ends = [Dead(delivery=one, next_at=clock.now, trouble="") for one in claimed if one.key in given_up]
        store.record(ends, clock.now)
        store.record([Sent(delivery=one, ts="1", next_at=clock.now) for one in claimed if one.key in keys], clock.now)
        sent |= keys
    return sent


@pytest.mark.parametrize(
    "fault",
    [Fault(), Fault(status=500), Fault(status=200, error="invalid_auth"), Fault(status=200, error=TOKEN)],
    ids=["cut", "500", "refused", "echoed"],
)
def test_no_token_gets_into_a_log_or_a_row(
    fault: Fault,
    sqlite_store: Store,
    client: Client,
    clock: Clock,
    between: Proxy,
    caplog: pytest.LogCaptureFixture,
) -> None:
    subscribe(sqlite_store, CHANNEL)
    publish(sqlite_store, clock, NOT_READ)
    between.faults.append(fault)
    with caplog.at_level(logging.INFO), capture_logs() as logged:
        assert step(sqlite_store, client, clock) in (Step.REFUSED, Step.PAUSED)
    with writing(sqlite_store._engine) as connection:
        rows = [
            *connection.execute(text("SELECT * FROM deliveries")),
            *connection.execute(text("SELECT * FROM channels")),
        ]
    assert TOKEN not in f"{rows} {logged} {caplog.text}"


class FaultyStore(Store):
    """A store that fails a few times before it works."""

    def __init__(self, of: Store, faults: int) -> None:
        super().__init__(of._engine)
        self.faults = iter(range(faults))

    def claim_deliveries(self, now: datetime, lease: timedelta, owner: str, most: int) -> tuple[Delivery, ...]:
        if next(self.faults, None) is not None:
            raise RuntimeError("the database is on fire")
        return super().claim_deliveries(now, lease, owner, most)


@pytest.fixture
def loop(sqlite_store: Store, local_slack: LocalSlack, people: People) -> Iterator[threading.Thread]:
    """The loop, in a thread, on a store that fails at first."""
    stop, store = threading.Event(), FaultyStore(sqlite_store, faults=1)
    client = web_client(local_slack.bot_token, local_slack.api_url)
    thread = threading.Thread(
        target=run, args=(sender(store, client, lambda: datetime.now(UTC)),), kwargs={"stop": stop}
    )
    thread.start()
    yield thread
    stop.set()
    thread.join(5)
    assert not thread.is_alive(), "it ends when it is told to"


def test_what_waited_for_the_start_is_begun_at_once(
    sqlite_store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliver, "IDLE_SECONDS", 10.0)
    owe_notices(sqlite_store, clock, 1)
    dispatcher = a_dispatcher(sqlite_store, clock)
    first = threading.Thread(target=dispatcher.round)
    first.start()
    soon(lambda: dispatcher.under_way == 1, "it to be begun", seconds=5)
    first.join()


def test_the_loop_survives_faults_and_delivers(
    loop: threading.Thread, sqlite_store: Store, clock: Clock, people: People
) -> None:
    subscribe(sqlite_store, CHANNEL)
    publish(sqlite_store, clock, IMPROVED)
    people.wait_for(2)
    soon(lambda: sqlite_store.coverage().waiting == 0, "the messages to be recorded as sent")
    assert loop.is_alive()
