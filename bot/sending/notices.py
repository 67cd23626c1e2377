"""Whom to tell that a channel takes no messages: who subscribed it, else an administrator of the workspace."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError

from bot import words
from bot.messages import render
from bot.slack import outcomes
from bot.types import OPERATOR, Card, Channel, Paragraph
from storage.store import Store
from storage.types import Delivery, Message, Owed, Part

MOST_PAGES = 5
PAGE = 200
FOR_SUBSCRIBER, FOR_ADMIN = "paused", "admin"

log = structlog.get_logger()


def of_pause(store: Store, client: WebClient, delivery: Delivery, trouble: str) -> tuple[Owed, ...]:
    """What is owed to somebody because this delivery's channel was paused; nobody is told twice of one pause."""
    wishes = store.subscriptions(delivery.team, delivery.channel)
    people = (one.edited_by or one.created_by for one in wishes)
    person = next((one for one in people if one != OPERATOR), None) or _admin(client)
    if person is None:
        return ()
    key, message = f"{delivery.key}|{FOR_SUBSCRIBER}", paused(delivery.channel, trouble)
    return (Owed(key=key, team=delivery.team, channel=person, part=Part.NOTICE, message=message),)


def paused(channel: str, why: str) -> Message:
    """That nothing can be posted in this channel, and why."""
    line = (words.PAUSED_IN, Channel(channel), words.PAUSED_WHY.format(why=why))
    sentence = f"{words.PAUSED_IN}{words.A_CHANNEL}{words.PAUSED_WHY.format(why=why)}"
    return render(Card(title="", sentence=sentence, blocks=(Paragraph((line,)),)))


def of_unwritable(client: WebClient, delivery: Delivery) -> tuple[Owed, ...]:
    """A notice that could not be given to the subscriber is given to an administrator."""
    if not delivery.key.endswith(f"|{FOR_SUBSCRIBER}") or (person := _admin(client)) is None:
        return ()
    key = f"{delivery.key}|{FOR_ADMIN}"
    return (Owed(key=key, team=delivery.team, channel=person, part=Part.NOTICE, message=delivery.message),)


def _admin(client: WebClient) -> str | None:
    """An administrator; None where there is none, or where we may not look."""
    try:
        return next((str(one["id"]) for one in _members(client) if _is_admin(one)), None)
    except (SlackClientError, *outcomes.NETWORK) as error:
        log.warning("no administrator found", why=type(error).__name__)
        return None


def _is_admin(member: dict[str, Any]) -> bool:
    return bool(member.get("is_admin") or member.get("is_owner")) and not member.get("deleted")


def _members(client: WebClient) -> Iterator[dict[str, Any]]:
    cursor: str | None = None
    for _ in range(MOST_PAGES):
        answer = client.users_list(limit=PAGE, cursor=cursor)
        yield from answer["members"]
        cursor = (answer.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return
