"""Signing in to Slack's Web API, and what is wrong in one sentence where that fails.

The base address of Slack's Web API is passed in everywhere, so that a local stand-in can take Slack's place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass
from typing import Any
from urllib.request import Request

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot import words
from bot.slack import lines, outcomes

TIMEOUT_SECONDS = 10
SCOPES = frozenset(
    {
        "channels:history",
        "channels:read",
        "chat:write",
        "commands",
        "files:write",
        "groups:history",
        "groups:read",
        "im:write",
        "links:read",
        "links:write",
        "users:read",
    }
)
"""What the bot's token may do: those of deploy/slack-manifest.yaml, each with its reason in deploy/slack-scopes.md."""


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
    lacks: tuple[str, ...] = ()
    """Scopes that the app's manifest asks for and the token has not; () also where Slack does not say."""


class Client(WebClient):
    """A client that asks once: the SDK's own retries repeat a POST after a cut connection, which may post twice."""

    def __init__(self, token: str, base_url: str) -> None:
        base_url = base_url.rstrip("/") + "/"
        super().__init__(token=token, base_url=base_url, timeout=TIMEOUT_SECONDS, retry_handlers=[])
        self.last_look: Callable[[], None] = lambda: None
        self.opener = lines.opener(self.proxy)

    def with_last_look(self, look: Callable[[], None]) -> Client:
        """The same client, which looks once more when the line stands, before each word. `look` may raise."""
        looking = copy(self)
        looking.last_look = look
        return looking

    def _perform_urllib_http_request_internal(self, url: str, req: Request) -> dict[str, Any]:  # noqa: ARG002
        """Where the SDK opens a line for every call, in a way that leaves no room to look at the clock."""
        req.last_look = self.last_look  # type: ignore[attr-defined]
        with self.opener.open(req, timeout=self.timeout) as answer:
            body = answer.read().decode(answer.headers.get_content_charset() or "utf-8")
            return {"status": answer.code, "headers": answer.headers, "body": body}


def web_client(token: str, base_url: str) -> Client:
    return Client(token, base_url)


def sign_in(client: WebClient) -> Identity:
    """Who the bot's token belongs to. Raises `SlackError`."""
    answered = _asked(lambda: client.auth_test(), "SLACK_BOT_TOKEN")
    return Identity(
        team=str(answered["team_id"]),
        user=str(answered["user_id"]),
        workspace=str(answered["team"]),
        lacks=_lacking({name.lower(): str(value) for name, value in answered.headers.items()}),
    )


def _lacking(headers: Mapping[str, str]) -> tuple[str, ...]:
    """Slack says with every answer which scopes the token has."""
    told = headers.get("x-oauth-scopes")
    return () if told is None else tuple(sorted(SCOPES - {scope.strip() for scope in told.split(",")}))


def check_app_token(client: WebClient, app_token: str) -> None:
    """Raises `SlackError` unless Slack lets this token open a connection for Socket Mode.

    For whoever examines the settings: Slack answers this only about once a minute, and Socket Mode asks it too.
    """
    _asked(lambda: client.apps_connections_open(app_token=app_token), "SLACK_APP_TOKEN")


def _asked(ask: Callable[[], Any], setting: str) -> Any:
    try:
        return ask()
    except (SlackClientError, *outcomes.NETWORK) as error:
        raise trouble(error, setting) from None


def trouble(error: Exception, setting: str) -> SlackError:
    """What the SDK raised when it used the token of this setting, as an error of ours."""
    if isinstance(error, SlackApiError) and (code := str(error.response.get("error", ""))).isidentifier():
        return SlackSettingsError(f"{setting}: Slack refuses this token ({code}). {words.TOKEN_ADVICE[setting]}")
    return SlackUnreachableError(
        f"Slack cannot be reached ({type(error).__name__}): check SLACK_API_URL and this machine's network."
    )
