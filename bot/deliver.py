"""Deliveries -> Slack.

    claim a delivery -> look whether it stands there already -> post -> record

Each verb of storage is one transaction, and none is open while Slack is asked.

Sent is recorded after it is sent. An attempt before this one may have reached Slack without our knowing (a time-out,
a crash): then the message is looked for in the channel by its key, and only posted if it is not there.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import structlog
from slack_sdk import WebClient

from bot import alerts, outcomes
from bot.fanout import FanOut, fan_out_next
from bot.messages import render
from bot.types import Message
from storage.store import Store, UndecodableError
from storage.types import Delivery, Part

LEASE = timedelta(minutes=5)
"""Longer than any attempt can take: a search of so many pages and a post, each with its time-out."""
MARGIN = timedelta(minutes=1)
"""What a post may take: with less of the lease left, it is not begun, for somebody else may begin it."""
EVENT_TYPE = "inspection_watch_delivery"
EARLIER = timedelta(days=1)
"""Our clock and Slack's may differ by less than this."""
PAGE = 200
MOST_PAGES = 12
MOST_UNFINISHED = 14
"""So many attempts in a row that never came to an end are enough: more than an hour, and a crash for each."""
NEVER_ENDED = "the last attempts to send it never came to an end: this is a fault of the program, please report it"
IDLE_SECONDS = 0.3
AFTER_A_FAULT_SECONDS = (1.0, 5.0, 30.0)

log = structlog.get_logger()


class Step(StrEnum):
    """What one step came to."""

    NOTHING_TO_DO = "nothing to do"
    SENT = "sent"
    FOUND = "found in the channel"
    REFUSED = "refused, to be tried again"
    GIVEN_UP = "given up"
    OVERTAKEN = "somebody else's by now, because this attempt took longer than its lease"


class TooLateError(Exception):
    """The lease is all but over: this process slept, or was slow, and somebody else may send the message now."""


class SearchTooLongError(Exception):
    """The channel's history goes on and on: whether the message stands there is not known."""


def deliver_next(store: Store, client: WebClient, clock: Callable[[], datetime], jitter: Callable[[], float]) -> Step:
    """Send the next message that is due, and record what came of it. Raises `StorageError`.

    `client` must not retry by itself (`bot.slack.client.web_client` makes such a one); `jitter` gives numbers
    from 0 to 1.
    """
    begun = clock()
    try:
        delivery = store.claim_delivery(begun, LEASE)
    except UndecodableError as error:
        return _unreadable(error)
    if delivery is None:
        return Step.NOTHING_TO_DO
    if delivery.unfinished > MOST_UNFINISHED:
        return _give_up(store, delivery, NEVER_ENDED, "never_ended", clock())
    try:
        step, ts = _sent(client, delivery, lambda: clock() > begun + LEASE - MARGIN)
    except Exception as error:
        ended = _outcome(error)
        if ended is None:
            raise
        return _record_refused(store, delivery, ended, clock(), jitter())
    if not store.record_sent(delivery, ts, clock()):
        return _overtaken(delivery, step)
    log.info("delivered", delivery=delivery.key, step=step, attempts=delivery.attempts, ts=ts)
    return step


def _outcome(error: Exception) -> outcomes.Outcome | None:
    if isinstance(error, SearchTooLongError):
        return outcomes.Outcome(verdict=outcomes.Verdict.RETRY, trouble=str(error), reason="search_too_long")
    if isinstance(error, TooLateError):
        trouble = "the attempt took too long to be finished"
        return outcomes.Outcome(verdict=outcomes.Verdict.WAIT, trouble=trouble, reason="too_late")
    return outcomes.outcome(error)


def _sent(client: WebClient, delivery: Delivery, too_late: Callable[[], bool]) -> tuple[Step, str]:
    if delivery.attempts > 1 and (ts := _already_there(client, delivery)):
        return Step.FOUND, ts
    if too_late():
        raise TooLateError
    return Step.SENT, _post(client, delivery)


def _record_refused(store: Store, delivery: Delivery, ended: outcomes.Outcome, now: datetime, jitter: float) -> Step:
    if outcomes.is_over(ended, delivery.refused_since, now):
        return _give_up(store, delivery, ended.trouble, ended.reason, now)
    pause = outcomes.pause(ended, delivery.attempts, jitter)
    refused_since = now if ended.verdict is outcomes.Verdict.RETRY else None
    if not store.record_retry(delivery, now + pause, ended.trouble, refused_since=refused_since):
        return _overtaken(delivery, Step.REFUSED)
    log.warning(
        "refused",
        delivery=delivery.key,
        reason=ended.reason,
        trouble=ended.trouble,
        attempts=delivery.attempts,
        again_in=str(pause),
    )
    return Step.REFUSED


def _give_up(store: Store, delivery: Delivery, trouble: str, reason: str, now: datetime) -> Step:
    if not store.record_dead(delivery, trouble, now):
        return _overtaken(delivery, Step.GIVEN_UP)
    log.error("given up", delivery=delivery.key, reason=reason, trouble=trouble, attempts=delivery.attempts)
    return Step.GIVEN_UP


def _unreadable(error: UndecodableError) -> Step:
    log.error("given up", reason="undecodable", trouble=str(error))
    return Step.GIVEN_UP


def _overtaken(delivery: Delivery, step: Step) -> Step:
    log.warning("overtaken", delivery=delivery.key, step=step, attempts=delivery.attempts)
    return Step.OVERTAKEN


def message(delivery: Delivery) -> Message:
    """What is posted for a delivery. Its first block carries the mark of the delivery's key."""
    card = alerts.headline(delivery.change, delivery.seen_at)
    if delivery.part is Part.DETAIL:
        card = alerts.detail(delivery.change) or card
    made = render(card)
    first, *rest = made.blocks
    return Message(text=made.text, blocks=({**first, "block_id": mark(delivery.key)}, *rest))


def mark(key: str) -> str:
    """A delivery's key as a block id: Slack allows 255 characters, and a key has no limit."""
    return f"delivery-{hashlib.sha256(key.encode()).hexdigest()[:40]}"


def _post(client: WebClient, delivery: Delivery) -> str:
    made = message(delivery)
    answer = client.chat_postMessage(
        channel=delivery.channel,
        thread_ts=delivery.thread_ts,
        text=made.text,
        blocks=list(made.blocks),
        metadata={"event_type": EVENT_TYPE, "event_payload": {"key": delivery.key}},
        unfurl_links=False,
        unfurl_media=False,
    )
    return str(answer["ts"])


def _already_there(client: WebClient, delivery: Delivery) -> str | None:
    """The `ts` of the message an earlier attempt left in the channel or the thread, if it did."""
    return next((str(one["ts"]) for one in _written_since(client, delivery) if _carries(one, delivery.key)), None)


def _carries(written: Mapping[str, Any], key: str) -> bool:
    """Metadata is Slack's place for a key. The block id says the same, where metadata is not given back to us."""
    payload = (written.get("metadata") or {}).get("event_payload") or {}
    return payload.get("key") == key or any(block.get("block_id") == mark(key) for block in written.get("blocks") or ())


def _written_since(client: WebClient, delivery: Delivery) -> Iterator[Mapping[str, Any]]:
    """What was written where the delivery belongs, since shortly before its change was seen."""
    oldest = f"{(delivery.seen_at - EARLIER).timestamp():.6f}"
    cursor: str | None = None
    for _ in range(MOST_PAGES):
        where: dict[str, Any] = {
            "channel": delivery.channel,
            "limit": PAGE,
            "cursor": cursor,
            "include_all_metadata": True,
        }
        if delivery.thread_ts is None:
            answer = client.conversations_history(oldest=oldest, **where)
        else:
            answer = client.conversations_replies(ts=delivery.thread_ts, **where)
        found: Iterable[Mapping[str, Any]] = answer["messages"]
        yield from found
        cursor = (answer.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return
    raise SearchTooLongError(f"more than {MOST_PAGES * PAGE} messages were written since; it was not looked through")


def run(
    store: Store,
    client: WebClient,
    *,
    stop: threading.Event,
    clock: Callable[[], datetime],
    jitter: Callable[[], float],
) -> None:
    """Fan out and deliver until `stop` is set. No fault ends it: it is logged, and after a pause it goes on."""
    faults = 0
    while not stop.is_set():
        try:
            idle = _everything_due(store, client, stop, clock, jitter)
            faults = 0
        except Exception:
            idle = AFTER_A_FAULT_SECONDS[min(faults, len(AFTER_A_FAULT_SECONDS) - 1)]
            faults += 1
            log.exception("delivery failed", again_in=idle)
        stop.wait(idle)


def _everything_due(
    store: Store, client: WebClient, stop: threading.Event, clock: Callable[[], datetime], jitter: Callable[[], float]
) -> float:
    while not stop.is_set():
        fanned_out, sent = fan_out_next(store, clock()), deliver_next(store, client, clock, jitter)
        if (fanned_out, sent) == (FanOut.NOTHING_TO_DO, Step.NOTHING_TO_DO):
            break
    return IDLE_SECONDS
