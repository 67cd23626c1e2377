"""What Slack knows of the person who asks, and whether we are in the channel: for whatever not everybody may do."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.slack import outcomes
from bot.types import Asker

log = structlog.get_logger()

DIRECT = "D"
"""How the id of a direct message begins: we are always in those."""


def introduced(client: WebClient, asker: Asker, *, only_admins: bool) -> Asker:
    """The asker with what Slack says of them. What Slack does not say counts against nobody but an admin's claim."""
    person = _person(client, asker)
    return replace(
        asker,
        is_admin=bool(person.get("is_admin") or person.get("is_owner")),
        is_restricted=bool(person.get("is_restricted") or person.get("is_ultra_restricted")),
        is_stranger=bool(person.get("is_stranger")) or person.get("team_id", asker.team) != asker.team,
        is_uninvited=not asker.channel.startswith(DIRECT) and not is_in(client, asker.channel),
        only_admins=only_admins,
    )


def _person(client: WebClient, asker: Asker) -> dict[str, Any]:
    try:
        return dict(client.users_info(user=asker.user)["user"])
    except (SlackClientError, *outcomes.NETWORK) as error:
        log.warning("nothing known of a person", why=_why(error))
        return {}


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
