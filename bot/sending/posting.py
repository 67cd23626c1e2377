"""One delivery and Slack: found where an earlier attempt left it, or posted, or written over the one it corrects.

An attempt before this one may have reached Slack without our knowing (a time-out, a crash): then the message is looked
for by its key, and only posted if it is not there. Where we may not read what was written, it is posted (ADR 15); a
person's direct messages we never read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.slack import outcomes
from storage.types import Delivery

EVENT_TYPE = "inspection_watch_delivery"
EARLIER = timedelta(days=1)
"""Our clock and Slack's may differ by less than this."""
PAGE = 200
MOST_PAGES = 12
PEOPLE = ("U", "W")
"""What the id of a person begins with."""
NOT_FOR_US = {
    "missing_scope",
    "not_in_channel",
    "channel_not_found",
    "no_permission",
    "access_denied",
    "not_allowed_token_type",
    "method_not_supported_for_channel_type",
}
"""Codes of a history that we may not read: whether the message stands there is not to be known."""
THREADLESS = "the message that it answers was never sent"
ORIGINLESS = "the message that it corrects was never sent"


class TooLateError(Exception):
    """The lease is all but over: this process slept, or was slow, and somebody else may send the message now."""


class SearchTooLongError(Exception):
    """The channel's history goes on and on: whether the message stands there is not known."""


class OrphanError(Exception):
    """What the message belongs to was never sent."""


def put(client: WebClient, delivery: Delivery, too_late: Callable[[], bool]) -> tuple[bool, str]:
    """Whether it stood there already, and Slack's `ts` of it. Nothing is posted once it is `too_late`.

    Raises what the Slack client raises, `TooLateError`, `SearchTooLongError` or `OrphanError`.
    """
    if delivery.thread_of and delivery.thread_ts is None:
        raise OrphanError(THREADLESS)
    if delivery.edits:
        return False, _write_over(client, delivery, too_late)
    if delivery.uncertain and not is_to_a_person(delivery) and (ts := _already_there(client, delivery)):
        return True, ts
    if too_late():
        raise TooLateError
    return False, _post(client, delivery)


def outcome(error: Exception) -> outcomes.Outcome | None:
    """What it means for the message that `put` raised this; None if it is a bug of ours."""
    if isinstance(error, OrphanError):
        return outcomes.Outcome(verdict=outcomes.Verdict.DEAD, trouble=str(error), reason="orphan")
    if isinstance(error, SearchTooLongError):
        return outcomes.Outcome(verdict=outcomes.Verdict.RETRY, trouble=str(error), reason="search_too_long")
    if isinstance(error, TooLateError):
        trouble = "the attempt took too long to be finished"
        return outcomes.Outcome(verdict=outcomes.Verdict.WAIT, trouble=trouble, reason="too_late")
    return outcomes.outcome(error)


def mark(key: str) -> str:
    """A delivery's key as a block id: Slack allows 255 characters, and a key has no limit."""
    return f"delivery-{hashlib.sha256(key.encode()).hexdigest()[:40]}"


def is_to_a_person(delivery: Delivery) -> bool:
    """Whether it is a direct message."""
    return delivery.channel.startswith(PEOPLE)


def _said(delivery: Delivery, key: str) -> dict[str, Any]:
    """What is posted. Its first block carries the mark of the key, and its metadata the key itself."""
    first, *rest = delivery.message.blocks or ({},)
    blocks = [{**first, "block_id": mark(key)}, *rest] if first else []
    metadata = {"event_type": EVENT_TYPE, "event_payload": {"key": key}}
    return {"channel": delivery.channel, "text": delivery.message.text, "blocks": blocks, "metadata": metadata}


def _post(client: WebClient, delivery: Delivery) -> str:
    said = _said(delivery, delivery.key)
    answer = client.chat_postMessage(**said, thread_ts=delivery.thread_ts, unfurl_links=False, unfurl_media=False)
    return str(answer["ts"])


def _write_over(client: WebClient, delivery: Delivery, too_late: Callable[[], bool]) -> str:
    """The message it corrects keeps its own key. To write the same twice does no harm."""
    if delivery.edit_ts is None or delivery.edits is None:
        raise OrphanError(ORIGINLESS)
    if too_late():
        raise TooLateError
    client.chat_update(**_said(delivery, delivery.edits), ts=delivery.edit_ts)
    return delivery.edit_ts


def _already_there(client: WebClient, delivery: Delivery) -> str | None:
    """The `ts` of the message an earlier attempt left in the channel or the thread, if it did."""
    try:
        return next((str(one["ts"]) for one in _written_since(client, delivery) if _carries(one, delivery.key)), None)
    except SlackApiError as error:
        if outcomes.code_of(error) in NOT_FOR_US:
            return None
        raise


def _carries(written: Mapping[str, Any], key: str) -> bool:
    """Metadata is Slack's place for a key. The block id says the same, where metadata is not given back to us."""
    payload = (written.get("metadata") or {}).get("event_payload") or {}
    return payload.get("key") == key or any(block.get("block_id") == mark(key) for block in written.get("blocks") or ())


def _written_since(client: WebClient, delivery: Delivery) -> Iterator[Mapping[str, Any]]:
    """What was written where the delivery belongs, since shortly before it was owed."""
    oldest = f"{(delivery.since - EARLIER).timestamp():.6f}"
    where: dict[str, Any] = {"channel": delivery.channel, "limit": PAGE, "include_all_metadata": True}
    cursor: str | None = None
    for _ in range(MOST_PAGES):
        if delivery.thread_ts is None:
            answer = client.conversations_history(oldest=oldest, cursor=cursor, **where)
        else:
            answer = client.conversations_replies(ts=delivery.thread_ts, oldest=oldest, cursor=cursor, **where)
        found: Iterable[Mapping[str, Any]] = answer["messages"]
        yield from found
        cursor = (answer.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return
    raise SearchTooLongError(f"more than {MOST_PAGES * PAGE} messages were written since; it was not looked through")
