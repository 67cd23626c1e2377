"""The bot's room with its settings: who signs in, what is missing, and the two parts that talk to Slack."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

import structlog
from pydantic import SecretStr

from bot import app as bolt
from bot import deliver
from bot.slack import client as slack_client
from bot.slack import socket_mode
from inspection_watch.health import Check
from inspection_watch.settings import Settings, SettingsError
from storage.store import Store

log = structlog.get_logger()

MISSING = (
    "{name} is not set. Create the Slack app from deploy/slack-manifest.yaml, then take {where} "
    "and put it into the environment or a .env file as {name}."
)
WHERE = {
    "SLACK_BOT_TOKEN": "the bot's token (xoxb-…) from OAuth & Permissions",
    "SLACK_APP_TOKEN": "an app-level token (xapp-…, scope connections:write) from Basic Information",
}

NOT_CONNECTED = "the line to Slack does not stand; it is being opened anew"


def required(settings: Settings, name: str) -> str:
    """The token of this name. Raises `SettingsError` that says how to get it."""
    check_settings(settings, (name,))
    token: SecretStr = getattr(settings, name)
    return token.get_secret_value()


def check_settings(settings: Settings, names: Iterable[str]) -> None:
    """Raises `SettingsError` that says of every token that is missing how to get it."""
    missing = [
        MISSING.format(name=name, where=WHERE[name]) for name in WHERE if name in names and not getattr(settings, name)
    ]
    if missing:
        raise SettingsError("\n".join(missing))


@contextmanager
def delivering(
    settings: Settings, store: Store, stop: threading.Event, clock: Callable[[], datetime]
) -> Iterator[Check]:
    """Fan out and deliver in a thread until `stop` is set; whether it goes on. Raises `SettingsError`, `SlackError`."""
    client = slack_client.web_client(required(settings, "SLACK_BOT_TOKEN"), settings.SLACK_API_URL)
    slack_client.sign_in(client)
    thread = threading.Thread(
        target=deliver.run,
        args=(store, client),
        kwargs={"stop": stop, "clock": clock, "jitter": random.random},
        name="deliver",
        daemon=True,
    )
    thread.start()
    try:
        yield lambda: "" if thread.is_alive() else "the thread that delivers has ended; the log says why"
    finally:
        stop.set()
        thread.join()


@contextmanager
def answering(settings: Settings, store: Store, clock: Callable[[], datetime]) -> Iterator[Check]:
    """Answer commands over Socket Mode until the block ends; whether the line to Slack stands.

    Raises `SettingsError` or `SlackError`.
    """
    bot_token, app_token = required(settings, "SLACK_BOT_TOKEN"), required(settings, "SLACK_APP_TOKEN")
    client = slack_client.web_client(bot_token, settings.SLACK_API_URL)
    identity = slack_client.sign_in(client)
    handler = socket_mode.connect(bolt.build(store, client, clock), app_token, settings.SLACK_API_URL)
    log.info("connected to Slack", workspace=identity.workspace, team=identity.team)
    try:
        yield lambda: "" if socket_mode.is_connected(handler) else NOT_CONNECTED
    finally:
        socket_mode.disconnect(handler)


def examine(settings: Settings) -> Iterator[tuple[str, str, str]]:
    """For each token: its name, what is wrong with it ("" if nothing), and what there is to say if all is well."""
    try:
        client = slack_client.web_client(required(settings, "SLACK_BOT_TOKEN"), settings.SLACK_API_URL)
        workspace = slack_client.sign_in(client).workspace
    except (SettingsError, slack_client.SlackError) as error:
        yield "bot token", str(error), ""
    else:
        yield "bot token", "", f"it belongs to the workspace {workspace}."
    try:
        token = required(settings, "SLACK_APP_TOKEN")
        slack_client.check_app_token(slack_client.web_client(token, settings.SLACK_API_URL), token)
    except (SettingsError, slack_client.SlackError) as error:
        yield "app token", str(error), ""
    else:
        yield "app token", "", "it opens Socket Mode."
