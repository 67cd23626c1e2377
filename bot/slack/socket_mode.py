"""Socket Mode: a line that we open to Slack, so that Slack need not reach us."""

from __future__ import annotations

import socket
from contextlib import suppress

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk.errors import SlackClientError

from bot.slack import outcomes
from bot.slack.client import trouble, web_client


def connect(app: App, app_token: str, base_url: str) -> SocketModeHandler:
    """Open Socket Mode in threads of its own, until `disconnect`. Raises `SlackError`."""
    handler = SocketModeHandler(app, app_token, web_client=web_client(app_token, base_url))
    try:
        handler.client.connect()
    except (SlackClientError, *outcomes.NETWORK) as error:
        disconnect(handler)
        raise trouble(error, "SLACK_APP_TOKEN") from None
    return handler


def is_connected(handler: SocketModeHandler) -> bool:
    """Whether the line stands at the moment; the SDK opens it anew by itself when it does not."""
    return bool(handler.client.is_connected())


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
