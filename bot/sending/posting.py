"""One delivery and Slack: found where an earlier attempt left it, or posted, or written over the one it corrects.

An attempt before this one may have reached Slack without our knowing (a time-out, a crash): then the message is looked
for by its key, and only posted if it is not there. After the database was put back from a copy, also a message of
another form is looked for that tells the same (ADR 29). Where we may not read what was written, it is posted (ADR 15):
a person's direct messages we never read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.slack import outcomes
from bot.slack.client import Client
from storage.types import Delivery

EVENT_TYPE = "inspection_watch_delivery"
AROUND = timedelta(hours=1)
"""By less than this Slack's clock differs from ours at the beginning of an attempt, when its message arrives."""
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


class UnwantedError(Exception):
    """Nobody waits for the message any more, and it does not stand in the channel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stands:
    """The message stands in the channel as `ts`: because we put it there, or because it was `found` there.

    `in_another`: what it says does, in a message of another form.
    """

    ts: str
    channel: str = ""
    """Slack's id of where it was posted, which for a person is that of the direct messages; "" if it was not."""
    found: bool = False
    in_another: bool = False


def put(client: Client, delivery: Delivery, too_late: Callable[[], bool]) -> Stands:
    """Have it stand in the channel. Nothing is posted once it is `too_late`.

    Raises what the Slack client raises, `TooLateError`, `SearchTooLongError`, `OrphanError` or `UnwantedError`.
    """
    if delivery.thread_of and delivery.thread_ts is None:
        raise OrphanError(THREADLESS)
    if delivery.edits:
        return _write_over(_punctual(client, too_late), delivery)
    if delivery.unsure_since and not is_to_a_person(delivery) and (there := _already_there(client, delivery)):
        return there
    if delivery.unwanted:
        raise UnwantedError(delivery.unwanted)
    return _post(_punctual(client, too_late), delivery)


def _punctual(client: Client, too_late: Callable[[], bool]) -> Client:
    """A client that says nothing once it is too late: to reach Slack may take time, too."""

    def look() -> None:
        if too_late():
            raise TooLateError

    return client.with_last_look(look)


def outcome(error: Exception) -> outcomes.Outcome | None:
    """What it means for the message that `put` raised this; None if it is a bug of ours."""
    if isinstance(error, OrphanError):
        return outcomes.Outcome(verdict=outcomes.Verdict.DEAD, trouble=str(error), reason="orphan")
    if isinstance(error, UnwantedError):
        return outcomes.Outcome(verdict=outcomes.Verdict.DROP, trouble=str(error), reason="unwanted")
    if isinstance(error, SearchTooLongError):
        return outcomes.Outcome(verdict=outcomes.Verdict.RETRY, trouble=str(error), reason="search_too_long")
    if isinstance(error, TooLateError):
        trouble = "the attempt took too long to be finished"
        return outcomes.Outcome(verdict=outcomes.Verdict.WAIT, trouble=trouble, reason="too_late")
    return outcomes.outcome(error)


def elsewhere(client: Client, delivery: Delivery, counts: str) -> tuple[str, ...]:
    """Where it stands beside the one that `counts`, as far as our attempts in doubt may have put it there."""
    found = (str(one["ts"]) for one in _written_then(client, delivery) if _carries(one, delivery.key))
    return tuple(ts for ts in found if ts != counts)


def mark(key: str) -> str:
    """A delivery's key as a block id: Slack allows 255 characters, and a key has no limit."""
    return f"delivery-{hashlib.sha256(key.encode()).hexdigest()[:40]}"


def sign(change: str) -> str:
    """A change's key, short: a card may tell many, and Slack limits what goes with a message."""
    return hashlib.sha256(change.encode()).hexdigest()[:16]


def is_to_a_person(delivery: Delivery) -> bool:
    """Whether it is a direct message."""
    return delivery.channel.startswith(PEOPLE)


def _said(delivery: Delivery, key: str) -> dict[str, Any]:
    """What is posted. Its first block carries the mark of the key, and its metadata the key and what is told."""
    first, *rest = delivery.message.blocks or ({},)
    blocks = [{**first, "block_id": mark(key)}, *rest] if first else []
    payload = {"key": key, "tells": [sign(each) for each in delivery.tells]}
    metadata = {"event_type": EVENT_TYPE, "event_payload": payload}
    return {"channel": delivery.channel, "text": delivery.message.text, "blocks": blocks, "metadata": metadata}


def _post(client: WebClient, delivery: Delivery) -> Stands:
    said = _said(delivery, delivery.key)
    answer = client.chat_postMessage(**said, thread_ts=delivery.thread_ts, unfurl_links=False, unfurl_media=False)
    return Stands(ts=str(answer["ts"]), channel=str(answer.get("channel") or delivery.channel))


def _write_over(client: WebClient, delivery: Delivery) -> Stands:
    """The message it corrects keeps its own key. To write the same twice does no harm.

    A message that tells more than what is corrected is left as it is: the note below it says what is different.
    """
    if delivery.edit_ts is None or delivery.edits is None:
        raise OrphanError(ORIGINLESS)
    if delivery.edits_another:
        return Stands(ts=delivery.edit_ts, found=True, in_another=True)
    client.chat_update(**_said(delivery, delivery.edits), ts=delivery.edit_ts)
    return Stands(ts=delivery.edit_ts)


def _already_there(client: WebClient, delivery: Delivery) -> Stands | None:
    """Where it stands in the channel or the thread, if it does: an earlier attempt left it, or it was told before."""
    told: dict[str, str] = {}
    try:
        for one in _written_then(client, delivery):
            if _carries(one, delivery.key):
                return Stands(ts=str(one["ts"]), found=True)
            told |= dict.fromkeys(_payload(one).get("tells") or (), str(one["ts"]))
    except SlackApiError as error:
        if outcomes.code_of(error) in NOT_FOR_US:
            return None
        raise
    signs = [sign(each) for each in delivery.tells]
    if delivery.again and signs and all(each in told for each in signs):
        return Stands(ts=told[signs[0]], found=True, in_another=True)
    return None


def _payload(written: Mapping[str, Any]) -> Mapping[str, Any]:
    payload: Mapping[str, Any] = (written.get("metadata") or {}).get("event_payload") or {}
    return payload


def _carries(written: Mapping[str, Any], key: str) -> bool:
    """Metadata is Slack's place for a key. The block id says the same, where metadata is not given back to us."""
    blocks = written.get("blocks") or ()
    return _payload(written).get("key") == key or any(block.get("block_id") == mark(key) for block in blocks)


def _written_then(client: WebClient, delivery: Delivery) -> Iterator[Mapping[str, Any]]:
    """What was written where the delivery belongs when nobody knows what was sent; not what it answers."""
    assert delivery.unsure_since
    assert delivery.unsure_until
    moments = {"oldest": delivery.unsure_since - AROUND, "latest": delivery.unsure_until + AROUND}
    times = {name: f"{moment.timestamp():.6f}" for name, moment in moments.items()}
    where: dict[str, Any] = {"channel": delivery.channel, "limit": PAGE, "include_all_metadata": True, **times}
    cursor: str | None = None
    for _ in range(MOST_PAGES):
        if delivery.thread_ts is None:
            answer = client.conversations_history(cursor=cursor, **where)
        else:
            answer = client.conversations_replies(ts=delivery.thread_ts, cursor=cursor, **where)
        found: Iterable[Mapping[str, Any]] = answer["messages"]
        yield from (one for one in found if one["ts"] != delivery.thread_ts)
        cursor = (answer.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return
    raise SearchTooLongError(f"more than {MOST_PAGES * PAGE} messages were written then; they were not looked through")
