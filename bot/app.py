"""The Slack app: which function answers what. Everything is acknowledged first; one handler for all that goes wrong."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from datetime import datetime
from html import unescape
from typing import Any

import structlog
from slack_bolt import Ack, App, BoltResponse, Respond
from slack_bolt.error import BoltUnhandledRequestError
from slack_sdk import WebClient

from bot import messages, words
from bot.commands import answer, parse
from bot.grammar import Command
from bot.types import Asker, Reply
from storage.store import Store

SlackApp = App
"""What `build` makes and the doors to Slack take."""

log = structlog.get_logger()


def build(store: Store, client: WebClient, clock: Callable[[], datetime], *, signing_secret: str | None = None) -> App:
    """The app that answers /judgements and its buttons from what is stored.

    With a signing secret it answers signed HTTP, and nothing that is not signed with it; without, Socket Mode.
    """
    app = App(
        client=client,
        signing_secret=signing_secret,
        token_verification_enabled=False,
        raise_error_for_unhandled_request=True,
    )

    def on_words(typed: str, asker: Asker, respond: Respond) -> None:
        begun = clock()
        _join_lines()
        command = parse(typed)
        _reply(respond, answer(command, store, clock(), asker))
        seconds = (clock() - begun).total_seconds()
        # What was typed is not logged: people paste all sorts of things.
        log.info("command", command=_name(command), seconds=seconds, team=asker.team, channel=asker.channel)

    @app.command(words.COMMAND)
    def on_command(ack: Ack, command: dict[str, Any], respond: Respond) -> None:
        ack()
        asker = Asker(team=command["team_id"], channel=command["channel_id"], user=command["user_id"])
        on_words(unescape(command.get("text", "")), asker, respond)

    @app.action(re.compile(f"^{messages.ACTION}:"))
    def on_button(ack: Ack, body: dict[str, Any], action: dict[str, Any], respond: Respond) -> None:
        ack()
        asker = Asker(team=body["team"]["id"], channel=body["channel"]["id"], user=body["user"]["id"])
        on_words(action["value"], asker, respond)

    app.error(_on_error)
    return app


def _reply(respond: Respond, reply: Reply) -> None:
    made = messages.render(reply.card)
    respond(
        text=made.text,
        blocks=list(made.blocks),
        response_type="in_channel" if reply.in_channel else "ephemeral",
        replace_original=False,
        unfurl_links=False,
    )


def _join_lines() -> None:
    """Every line that this thread logs from now on, for this command, carries one id; Bolt's threads are used again."""
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(id=secrets.token_hex(4))


def _name(command: Command) -> str:
    return type(command).__name__.lower()


def _on_error(error: Exception, body: dict[str, Any], respond: Respond) -> BoltResponse:
    """One sentence for the person, with the id under which the whole story stands in the log."""
    if isinstance(error, BoltUnhandledRequestError):
        log.debug("not for us", type=body.get("type"))
        return BoltResponse(status=200)
    error_id = structlog.contextvars.get_contextvars().get("id") or secrets.token_hex(4)
    log.error("command failed", id=error_id, exc_info=error)
    if respond.response_url:
        respond(text=words.FAILED.format(id=error_id), response_type="ephemeral", replace_original=False)
    return BoltResponse(status=200)
