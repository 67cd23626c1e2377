"""The Slack app: which function answers what. Everything is acknowledged first; one handler for all that goes wrong.

The base address of Slack's Web API is passed in everywhere, so that a local stand-in can take Slack's place.
"""

from __future__ import annotations

import re
import secrets
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from typing import Any

import structlog
from slack_bolt import Ack, App, BoltResponse, Respond
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.error import BoltUnhandledRequestError
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot import messages, outcomes, words
from bot.commands import answer, parse
from bot.types import Asker, Reply
from storage.store import Store

TIMEOUT_SECONDS = 10

log = structlog.get_logger()


class SlackError(Exception):
    """Slack does not let us begin, in one sentence without any token in it."""


class SlackSettingsError(SlackError):
    """One sentence that says which setting Slack does not work with, and what to do. No token is in it."""


class SlackUnreachableError(SlackError):
    """One sentence: Slack gave no answer. That may pass."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who we are in which workspace, by Slack's ids."""

    team: str
    user: str
    workspace: str


def web_client(token: str, base_url: str) -> WebClient:
    """A client that asks once: the SDK's own retries repeat a POST after a cut connection, which may post twice."""
    return WebClient(token=token, base_url=base_url.rstrip("/") + "/", timeout=TIMEOUT_SECONDS, retry_handlers=[])


def sign_in(client: WebClient) -> Identity:
    """Who the bot's token belongs to. Raises `SlackError`."""
    answered = _asked(lambda: client.auth_test(), "SLACK_BOT_TOKEN")
    return Identity(team=str(answered["team_id"]), user=str(answered["user_id"]), workspace=str(answered["team"]))


def check_app_token(client: WebClient, app_token: str) -> None:
    """Raises `SlackError` unless Slack lets this token open a connection for Socket Mode.

    For whoever examines the settings: Slack answers this only about once a minute, and `connect` asks it too.
    """
    _asked(lambda: client.apps_connections_open(app_token=app_token), "SLACK_APP_TOKEN")


def build(store: Store, client: WebClient, clock: Callable[[], datetime]) -> App:
    """The app that answers /judgements and its buttons from what is stored."""
    app = App(client=client, token_verification_enabled=False, raise_error_for_unhandled_request=True)

    @app.command(words.COMMAND)
    def on_command(ack: Ack, command: dict[str, Any], respond: Respond) -> None:
        ack()
        asker = Asker(team=command["team_id"], channel=command["channel_id"], user=command["user_id"])
        _reply(respond, answer(parse(unescape(command.get("text", ""))), store, clock(), asker))

    @app.action(re.compile(f"^{messages.ACTION}:"))
    def on_button(ack: Ack, body: dict[str, Any], action: dict[str, Any], respond: Respond) -> None:
        ack()
        asker = Asker(team=body["team"]["id"], channel=body["channel"]["id"], user=body["user"]["id"])
        _reply(respond, answer(parse(action["value"]), store, clock(), asker))

    app.error(_on_error)
    return app


def connect(app: App, app_token: str, base_url: str) -> SocketModeHandler:
    """Open Socket Mode in threads of its own, until `disconnect`. Raises `SlackError`."""
    handler = SocketModeHandler(app, app_token, web_client=web_client(app_token, base_url))
    try:
        handler.client.connect()
    except (SlackClientError, *outcomes.NETWORK) as error:
        disconnect(handler)
        raise _trouble(error, "SLACK_APP_TOKEN") from None
    return handler


def disconnect(handler: SocketModeHandler) -> None:
    """End Socket Mode at once; commands that are being answered are answered first.

    The SDK's own `close` looks up from listening to Slack only every three seconds, and from its empty queue every
    second, so both are woken.
    """
    client = handler.client
    client.auto_reconnect_enabled = False
    client.current_session_state.terminated = True
    session = client.current_session
    if session is not None and session.sock is not None:
        with suppress(OSError):
            session.sock.shutdown(socket.SHUT_RDWR)
    client.closed = True
    client.message_queue.put(None)
    client.close()


def _reply(respond: Respond, reply: Reply) -> None:
    made = messages.render(reply.card)
    respond(
        text=made.text,
        blocks=list(made.blocks),
        response_type="in_channel" if reply.in_channel else "ephemeral",
        replace_original=False,
        unfurl_links=False,
    )


def _on_error(error: Exception, body: dict[str, Any], respond: Respond) -> BoltResponse:
    """One sentence for the person, with the id under which the whole story stands in the log."""
    if isinstance(error, BoltUnhandledRequestError):
        log.debug("not for us", type=body.get("type"))
        return BoltResponse(status=200)
    error_id = secrets.token_hex(4)
    log.error("command failed", id=error_id, exc_info=error)
    if respond.response_url:
        respond(text=words.FAILED.format(id=error_id), response_type="ephemeral", replace_original=False)
    return BoltResponse(status=200)


def _asked(ask: Callable[[], Any], setting: str) -> Any:
    try:
        return ask()
    except (SlackClientError, *outcomes.NETWORK) as error:
        raise _trouble(error, setting) from None


def _trouble(error: Exception, setting: str) -> SlackError:
    if isinstance(error, SlackApiError) and (code := str(error.response.get("error", ""))).isidentifier():
        return SlackSettingsError(f"{setting}: Slack refuses this token ({code}). {words.TOKEN_ADVICE[setting]}")
    return SlackUnreachableError(
        f"Slack cannot be reached ({type(error).__name__}): check SLACK_API_URL and this machine's network."
    )
