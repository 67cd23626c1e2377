"""What Slack knows of the person who asks, and of the place: for whatever not everybody may do, or not everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.slack import outcomes
from bot.types import Asker

log = structlog.get_logger()

NOBODY_OF_OURS = frozenset({"user_not_found", "user_not_visible"})
"""What Slack answers of somebody who is no member of the workspace that lets us ask."""
UNKNOWN: Mapping[str, Any] = {}


def introduced(client: WebClient, asker: Asker, *, only_admins: bool) -> Asker:
    """The asker with what Slack says of them and of the channel; unknown where Slack does not say who they are."""
    person = _person(client, asker)
    is_ours = _is_ours(client, asker) if asker.is_direct else None
    return replace(
        asker,
        is_unknown=person is UNKNOWN or (asker.is_direct and is_ours is None),
        is_admin=bool(person.get("is_admin") or person.get("is_owner")),
        is_restricted=bool(person.get("is_restricted") or person.get("is_ultra_restricted")),
        is_stranger=asker.is_stranger or _is_stranger(person, asker.team),
        is_out_of_reach=is_ours is False,
        is_uninvited=bool(asker.channel) and not asker.is_direct and not is_in(client, asker.channel),
        only_admins=only_admins,
    )


def _is_stranger(person: Mapping[str, Any], team: str) -> bool:
    return bool(person.get("is_stranger")) or person.get("team_id", team) != team


def _person(client: WebClient, asker: Asker) -> Mapping[str, Any]:
    try:
        return dict(client.users_info(user=asker.user)["user"])
    except (SlackClientError, *outcomes.NETWORK) as error:
        log.warning("nothing known of a person", why=_why(error))
        return {"is_stranger": True} if _why(error) in NOBODY_OF_OURS else UNKNOWN


def _is_ours(client: WebClient, asker: Asker) -> bool | None:
    """Whether it is our own direct message with the person: Slack says which that is. None if Slack says nothing."""
    try:
        return bool(client.conversations_open(users=[asker.user])["channel"]["id"] == asker.channel)
    except (SlackClientError, *outcomes.NETWORK) as error:
        log.warning("nothing known of a direct message", why=_why(error))
        return None


def is_in(client: WebClient, channel: str) -> bool:
    """Whether we are in a channel; a private one that we are not in is not even found."""
    try:
        return bool(client.conversations_info(channel=channel)["channel"].get("is_member", True))
    except (SlackClientError, *outcomes.NETWORK) as error:
        log.info("nothing known of a channel", why=_why(error))
        return _why(error) != "channel_not_found"


def _why(error: Exception) -> str:
    """Slack's own word for it; never the error's text, which repeats what Slack sent."""
    return str(error.response.get("error")) if isinstance(error, SlackApiError) else type(error).__name__
