"""What concerns a channel, asked for at a terminal: as the operator, in a workspace that has to be found out."""

from __future__ import annotations

import re
import secrets
from datetime import datetime

from bot.messages import render
from bot.slack import client as slack_client
from bot.types import OPERATOR, Asker, Reply
from inspection_watch.settings import CHANNEL, Settings, SettingsError
from storage.store import Store
from storage.types import Owed, Part

NO_CHANNEL = (
    "--channel takes Slack's id of a channel, C… or G…: it stands at the end of the channel's details in Slack."
)
NO_TEAM = "--team takes Slack's id of a workspace, T…."
WHICH_TEAM = "{known}; say with --team T… which workspace is meant, or set SLACK_BOT_TOKEN."
NONE_KNOWN = "No workspace is known here yet"
SEVERAL_KNOWN = "Several workspaces are known here ({teams})"


def asker(settings: Settings, store: Store, channel: str, team: str) -> Asker:
    """The operator in this channel ("" for none) of this workspace; of "" the one of the bot's token, or the only one.

    Raises `SettingsError`, and `SlackError` where the token is to tell.
    """
    if channel and not CHANNEL.fullmatch(channel):
        raise SettingsError(NO_CHANNEL)
    if team and not re.fullmatch("[TE][A-Z0-9]+", team):
        raise SettingsError(NO_TEAM)
    return Asker(
        team=team or _team(settings, store), channel=channel, user=OPERATOR, is_admin=True, is_at_terminal=True
    )


def _team(settings: Settings, store: Store) -> str:
    if token := settings.SLACK_BOT_TOKEN:
        return slack_client.sign_in(slack_client.web_client(token.get_secret_value(), settings.SLACK_API_URL)).team
    known = store.teams()
    if len(known) == 1:
        return known[0]
    raise SettingsError(WHICH_TEAM.format(known=SEVERAL_KNOWN.format(teams=", ".join(known)) if known else NONE_KNOWN))


def say_in_channel(store: Store, asker: Asker, reply: Reply, now: datetime) -> bool:
    """Owe the channel what Slack would have said there; whether there is anything."""
    if not reply.in_channel:
        return False
    owed = Owed(
        key=f"terminal|{asker.team}|{asker.channel}|{now.isoformat()}|{secrets.token_hex(4)}",
        team=asker.team,
        channel=asker.channel,
        part=Part.NOTICE,
        message=render(reply.card),
    )
    store.owe([owed], now)
    return True
