"""The bot's room with its settings: who signs in, what is missing, and the two parts that talk to Slack."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta

import structlog
from pydantic import SecretStr

from bot import app as bolt
from bot.alerting import fanout
from bot.sending import deliver
from bot.slack import client as slack_client
from bot.slack import http_mode, people, socket_mode
from inspection_watch import logs, wiring
from inspection_watch.health import Check
from inspection_watch.listen import Doors, Reply
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
OR_SIGNED = (
    " Where Slack can reach this machine over HTTPS, SLACK_SIGNING_SECRET (from Basic Information) does instead of it."
)

NOT_DELIVERING = "a thread that delivers has ended; the log says why"
PAUSED = "since {since:%d %B %H:%M} UTC nothing can be sent in this workspace: {why}"
LACKS = (
    "it lacks {scopes}: give the app the scopes of deploy/slack-manifest.yaml, and install it to the workspace again."
)
OUTSIDE = (
    "INSPECTION_WATCH_OPERATOR_CHANNEL: the bot is not in {channel}, or there is no such channel: type /invite and the "
    "bot's name in it, or correct the id."
)
UNSIGNED = 401
REFUSED = (
    "it is not signed as Slack signs: if it came from Slack, SLACK_SIGNING_SECRET is not this app's, or this machine's "
    "clock is wrong"
)
NOT_CONNECTED = "the connection to Slack is down; it is being opened again"


def required(settings: Settings, name: str) -> str:
    """The token of this name. Raises `SettingsError` that says how to get it."""
    check_settings(settings, (name,))
    token: SecretStr = getattr(settings, name)
    return token.get_secret_value()


def check_settings(settings: Settings, names: Iterable[str]) -> None:
    """Raises `SettingsError` that says of every token that is missing how to get it."""
    missing = [_missing(name) for name in WHERE if name in names and not _is_given(settings, name)]
    if missing:
        raise SettingsError("\n".join(missing))


def _is_given(settings: Settings, name: str) -> bool:
    instead = name == "SLACK_APP_TOKEN" and settings.SLACK_SIGNING_SECRET is not None
    return instead or getattr(settings, name) is not None


def _missing(name: str) -> str:
    said = MISSING.format(name=name, where=WHERE[name])
    return said + OR_SIGNED if name == "SLACK_APP_TOKEN" else said


@contextmanager
def delivering(
    settings: Settings, store: Store, stop: threading.Event, clock: Callable[[], datetime]
) -> Iterator[Check]:
    """Fan out and deliver in threads until `stop` is set; whether both go on. Raises `SettingsError`, `SlackError`.

    Slack has just taken the token: a workspace that was paused for the sake of another one is sent to at once.
    """
    client = slack_client.web_client(required(settings, "SLACK_BOT_TOKEN"), settings.SLACK_API_URL)
    identity = slack_client.sign_in(client)
    store.resume_workspace(identity.team)
    owner = wiring.owner()
    sender = deliver.Sender(
        store=store,
        client=client,
        clock=clock,
        jitter=random.random,
        owner=owner,
        lines_together=logs.together,
    )
    work = fanout.FanOut(store=store, clock=clock, owner=owner, operators=_operators(settings, identity.team))
    threads = (
        threading.Thread(target=deliver.run, args=(sender,), kwargs={"stop": stop}, name="deliver", daemon=True),
        threading.Thread(target=fanout.run, args=(work,), kwargs={"stop": stop}, name="fan out", daemon=True),
    )
    for thread in threads:
        thread.start()
    try:
        yield lambda: _paused(store, identity.team) if all(one.is_alive() for one in threads) else NOT_DELIVERING
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _paused(store: Store, team: str) -> str:
    """Why the workspace takes nothing; "" while it does. Single channels may be paused: that is their own affair."""
    paused = (one for one in store.paused() if one.team == team and not one.channel)
    return next((PAUSED.format(since=one.since, why=one.why) for one in paused), "")


def _operators(settings: Settings, team: str) -> tuple[str, str] | None:
    channel = settings.INSPECTION_WATCH_OPERATOR_CHANNEL
    return (team, channel) if channel else None


@contextmanager
def answering(settings: Settings, store: Store, clock: Callable[[], datetime], doors: Doors) -> Iterator[Check]:
    """Answer commands until the block ends, and say whether Slack is heard. Raises `SettingsError` or `SlackError`.

    With an app token we open a line to Slack (Socket Mode); with a signing secret alone Slack posts to one of `doors`.
    """
    check_settings(settings, WHERE)
    client = slack_client.web_client(required(settings, "SLACK_BOT_TOKEN"), settings.SLACK_API_URL)
    identity = slack_client.sign_in(client)
    operators = settings.INSPECTION_WATCH_OPERATOR_CHANNEL
    only_admins = settings.INSPECTION_WATCH_SUBSCRIBERS == "admins"
    desk = bolt.Desk(store=store, client=client, clock=clock, operators=operators, only_admins=only_admins)
    answer = _over_a_line if settings.SLACK_APP_TOKEN else _over_http
    with answer(settings, desk, doors) as check:
        log.info("connected to Slack", workspace=identity.workspace, team=identity.team)
        yield check


@contextmanager
def _over_a_line(settings: Settings, desk: bolt.Desk, _doors: Doors) -> Iterator[Check]:
    handler = socket_mode.connect(bolt.build(desk), required(settings, "SLACK_APP_TOKEN"), settings.SLACK_API_URL)
    try:
        yield lambda: "" if socket_mode.is_connected(handler) else NOT_CONNECTED
    finally:
        socket_mode.disconnect(handler)


@contextmanager
def _over_http(settings: Settings, desk: bolt.Desk, doors: Doors) -> Iterator[Check]:
    assert settings.SLACK_SIGNING_SECRET is not None
    app, secret = bolt.build(desk), settings.SLACK_SIGNING_SECRET.get_secret_value()
    is_worth_a_line = EveryMinute(desk.clock)

    def door(headers: Mapping[str, str], body: bytes) -> Reply:
        said = http_mode.answer(app, secret, headers, body)
        if said.status == UNSIGNED and is_worth_a_line():
            log.warning("request refused", why=REFUSED)
        return Reply(status=said.status, headers=said.headers, body=said.body)

    doors.post[http_mode.PATH] = door
    try:
        yield Reached(desk)
    finally:
        del doors.post[http_mode.PATH]


class EveryMinute:
    """True at the first call, and then at most once a minute: anybody may post to us, and must not fill a disk."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._next: datetime | None = None

    def __call__(self) -> bool:
        now = self._clock()
        if self._next is not None and now < self._next:
            return False
        self._next = now + timedelta(minutes=1)
        return True


class Reached:
    """Whether Slack answers us and takes our token, as it must to be answered. It is asked once a minute."""

    def __init__(self, desk: bolt.Desk) -> None:
        self._desk = desk
        self._is_to_be_asked = EveryMinute(desk.clock)
        self._said = ""

    def __call__(self) -> str:
        if self._is_to_be_asked():
            try:
                slack_client.sign_in(self._desk.client)
                self._said = ""
            except slack_client.SlackError as error:
                self._said = str(error)
        return self._said


def examine(settings: Settings) -> Iterator[tuple[str, str, str]]:
    """For each token, and the operators' channel: what it is, what is wrong ("" if nothing), and what to say if not."""
    try:
        client = slack_client.web_client(required(settings, "SLACK_BOT_TOKEN"), settings.SLACK_API_URL)
        identity = slack_client.sign_in(client)
    except (SettingsError, slack_client.SlackError) as error:
        yield "bot token", str(error), ""
    else:
        lacks = LACKS.format(scopes=", ".join(identity.lacks)) if identity.lacks else ""
        yield "bot token", lacks, f"it belongs to the workspace {identity.workspace}."
        if channel := settings.INSPECTION_WATCH_OPERATOR_CHANNEL:
            outside = "" if people.is_in(client, channel) else OUTSIDE.format(channel=channel)
            yield "operators", outside, f"the bot is in the channel {channel}."
    if settings.SLACK_APP_TOKEN is None and settings.SLACK_SIGNING_SECRET is not None:
        yield (
            "signing secret",
            "",
            f"Slack posts to {http_mode.PATH}; a warning “request refused” in the log shows that it is not right.",
        )
        return
    try:
        token = required(settings, "SLACK_APP_TOKEN")
        slack_client.check_app_token(slack_client.web_client(token, settings.SLACK_API_URL), token)
    except (SettingsError, slack_client.SlackError) as error:
        yield "app token", str(error), ""
    else:
        yield "app token", "", "it opens Socket Mode."
