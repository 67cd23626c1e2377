"""The Slack app: which function answers what. Everything is acknowledged first; one handler for all that goes wrong."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from html import unescape
from math import ceil
from typing import Any

import structlog
from slack_bolt import Ack, App, BoltContext, BoltResponse, Respond
from slack_bolt.error import BoltUnhandledRequestError
from slack_sdk import WebClient

from bot import home, messages, showing, unfurling, words, wrong_reading
from bot.allowances import Allowances
from bot.answers import cards, history
from bot.commands import HEAVY, PERSONAL, answer, parse
from bot.grammar import Asked, Command, refused
from bot.slack import outcomes, uploads
from bot.slack.people import introduced
from bot.types import Asker, Card, Reply
from judgements.authorities import REGISTRY
from storage.engine import StorageError
from storage.store import Store
from storage.types import KnownDocument

SlackApp = App
"""What `build` makes and the doors to Slack take."""
MOST_CHANNELS = 1000
"""Of one person's: so many are asked for in one call."""

ANSWERS_AT_ONCE, FILES_AT_ONCE = 8, 2
"""Threads that answer, and threads that draw and hand over files: nobody waits for somebody else's picture."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """With what everything is answered.

    `operators` is the channel of those who run the bot, "" if there is none; `only_admins`: in this workspace only
    admins change what a channel is told.
    """

    store: Store
    client: WebClient
    clock: Callable[[], datetime]
    operators: str = ""
    only_admins: bool = False
    allowances: Allowances = field(default_factory=Allowances)
    shown: showing.Shown = field(default_factory=showing.Shown)


def build(desk: Desk) -> App:
    """The app that answers people from what is stored, whoever lets Slack in: `bot.slack` has both doors.

    It believes what it is given: the door for HTTP has looked at the signature before anything was made of the body.
    """
    app = App(
        client=desk.client,
        request_verification_enabled=False,
        token_verification_enabled=False,
        raise_error_for_unhandled_request=True,
    )
    _answer_commands(app, desk)
    _show_home(app, desk)
    _unfold_addresses(app, desk)
    _hear_of_wrong_readings(app, desk)
    _notice_comings(app, desk)
    app.error(_on_error)
    return app


def _answer_commands(app: App, desk: Desk) -> None:
    answering = ThreadPoolExecutor(ANSWERS_AT_ONCE, "answer")
    handing_over = ThreadPoolExecutor(FILES_AT_ONCE, "hand-over")

    def in_the_channel(typed: str, asker: Asker, came_at: datetime, respond: Respond) -> None:
        reply = _answer(desk, typed, asker, came_at, partial(_show_alone, typed, asker, respond))
        if reply.files:
            handing_over.submit(_guarded, respond, lambda: _hand_over(desk, reply, asker, respond))

    # Answers are made in threads of ours: Bolt has few, and while those are busy nobody is acknowledged.
    @app.command(words.COMMAND)
    def on_command(ack: Ack, command: dict[str, Any], respond: Respond) -> None:
        came_at = desk.clock()
        ack()
        asker = Asker(team=command["team_id"], channel=command["channel_id"], user=command["user_id"])
        typed = unescape(command.get("text", ""))
        answering.submit(_guarded, respond, lambda: in_the_channel(typed, asker, came_at, respond))

    @app.action(re.compile(f"^{messages.ACTION}:"))
    def on_button(ack: Ack, body: dict[str, Any], action: dict[str, Any], respond: Respond) -> None:
        came_at = desk.clock()
        ack()
        asker, typed, in_a_window = _who(body), str(action["value"]), partial(_in_a_window, desk, body)
        if asker.channel:
            answering.submit(_guarded, respond, lambda: in_the_channel(typed, asker, came_at, respond))
        else:
            answering.submit(_guarded, respond, lambda: _answer(desk, typed, asker, came_at, in_a_window))

    @app.action(re.compile(f"^{showing.ACTION}:"))
    def on_show(ack: Ack, body: dict[str, Any], action: dict[str, Any], respond: Respond) -> None:
        came_at = desk.clock()
        ack()
        asker, typed = _who(body), str(action["value"])
        pressed = f"{asker.channel}/{body['container']['message_ts']}"
        show = partial(_show_openly, desk, asker, pressed, respond)
        handing_over.submit(_guarded, respond, lambda: _answer(desk, typed, asker, came_at, show))


def _answer(desk: Desk, typed: str, asker: Asker, came_at: datetime, show: Callable[[Reply], None]) -> Reply:
    """Answer what was typed or pressed. One line for each, however it ends, with how long it took since it came."""
    command = parse(typed)
    try:
        reply = _answered(desk, command, asker, desk.clock())
        show(reply)
    finally:
        seconds = (desk.clock() - came_at).total_seconds()
        # What was typed is not logged: people paste all sorts of things.
        log.info("command", command=_name(command), seconds=seconds, team=asker.team, channel=asker.channel)
    return reply


def _hand_over(desk: Desk, reply: Reply, asker: Asker, respond: Respond) -> None:
    if not uploads.to_asker(desk.client, reply.files, asker.user):
        _say(respond, words.NOT_DIRECTLY.format(files=showing.files_of(reply)))


def _show_alone(typed: str, asker: Asker, respond: Respond, reply: Reply) -> None:
    """To the asker, or to the channel if it concerns that; its files are still to be handed over."""
    _reply(respond, showing.alone(reply, typed, asker))


def _show_openly(desk: Desk, asker: Asker, pressed: str, respond: Respond, reply: Reply) -> None:
    """Post the answer and its files into the channel, once for each message in which that was pressed."""
    if not reply.answered:
        _reply(respond, reply)
    elif not desk.shown.begin(pressed):
        _say(respond, words.SHOWN_ALREADY)
    else:
        shown = False
        try:
            shown = _posted(desk, asker, respond, reply)
        finally:
            if not shown:
                desk.shown.give_up(pressed)


def _posted(desk: Desk, asker: Asker, respond: Respond, reply: Reply) -> bool:
    """Whether it is in the channel. The files first: where they may not be posted, nothing is."""
    if reply.files and not uploads.to_channel(desk.client, reply.files, asker.channel):
        _say(respond, words.NOT_HERE.format(bot=words.BOT))
        return False
    _reply(respond, showing.openly(reply, asker))
    return True


def _in_a_window(desk: Desk, body: dict[str, Any], reply: Reply) -> None:
    """A button of the App Home belongs to no channel: it is answered in a window, and one in there in the same."""
    window = home.window(reply.card)
    pressed_in = body.get("view", {})
    if pressed_in.get("type") == "modal":
        desk.client.views_update(view_id=pressed_in["id"], view=window)
    else:
        desk.client.views_open(trigger_id=body["trigger_id"], view=window)


def _answered(desk: Desk, command: Command, asker: Asker, now: datetime) -> Reply:
    if isinstance(command, HEAVY) and (wait := desk.allowances.spend(asker, now)):
        return refused(words.SLOW_DOWN.format(wait=words.counted(ceil(wait.total_seconds()), "second")))
    if isinstance(command, PERSONAL):
        asker = introduced(desk.client, asker, only_admins=desk.only_admins)
    if desk.operators and asker.channel == desk.operators:
        asker = replace(asker, is_operator=True)
    return answer(command, desk.store, now, asker)


def _hear_of_wrong_readings(app: App, desk: Desk) -> None:
    @app.action(re.compile(f"^{wrong_reading.ACTION}(:|$)"))
    def on_button(ack: Ack, body: dict[str, Any], action: dict[str, Any], respond: Respond) -> None:
        ack()
        documents = _referred(desk, action["value"])
        if documents:
            view = wrong_reading.form(documents, _who(body).channel)
            desk.client.views_open(trigger_id=body["trigger_id"], view=view)
        else:
            _say(respond, words.WRONG_GONE)

    @app.view(wrong_reading.CALLBACK)
    def on_form(ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        """The form stays open with what was written in it until that is stored: only then it is acknowledged."""
        try:
            why = _store_form(desk, body, view)
        except Exception as error:
            why = words.WRONG_NOT_STORED.format(id=_logged(error))
        if why:
            ack(response_action="errors", errors={wrong_reading.FIELD: why})
        else:
            ack()


def _store_form(desk: Desk, body: dict[str, Any], view: dict[str, Any]) -> str:
    """Owe what is written in the form to the operators; why that cannot be done, "" if it is."""
    written = wrong_reading.written(view)
    asker = Asker(team=body["team"]["id"], channel=written.channel, user=body["user"]["id"])
    document = _document(desk, *wrong_reading.referred(written.reference))
    if document is None:
        return words.WRONG_GONE
    desk.store.owe(
        wrong_reading.messages_about(document, asker, written.text, desk.operators, view["id"]), desk.clock()
    )
    log.info("reading said to be wrong", file_id=document.listing.file_id, urn=document.listing.urn)
    return ""


def _referred(desk: Desk, reference: str) -> tuple[KnownDocument, ...]:
    """The document that is meant, or all those that may be; () for none that is known any more."""
    urn, file_id = wrong_reading.referred(reference)
    if file_id:
        return tuple(filter(None, (_document(desk, urn, file_id),)))
    one = REGISTRY.by_urn(urn)
    return history.shelf(one, desk.store, REGISTRY) if one else ()


def _document(desk: Desk, urn: str, file_id: str) -> KnownDocument | None:
    return next((one for one in desk.store.documents_with_id(file_id) if one.listing.urn == urn), None)


def _notice_comings(app: App, desk: Desk) -> None:
    """A channel that takes messages again is told at once what has waited, not at the next try."""

    @app.event("member_joined_channel")
    def on_joined(event: dict[str, Any], body: dict[str, Any], context: BoltContext) -> None:
        if event["user"] == context.bot_user_id:
            desk.store.resume_channel(body["team_id"], str(event["channel"]), desk.clock())

    @app.event("channel_unarchive")
    @app.event("group_unarchive")
    def on_unarchived(event: dict[str, Any], body: dict[str, Any]) -> None:
        desk.store.resume_channel(body["team_id"], str(event["channel"]), desk.clock())


def _show_home(app: App, desk: Desk) -> None:
    @app.event("app_home_opened")
    def on_home(event: dict[str, Any], body: dict[str, Any]) -> None:
        if event.get("tab", "home") == "home":
            view = home.view(_home_cards(desk, body["team_id"], event["user"]))
            desk.client.views_publish(user_id=event["user"], view=view)


def _home_cards(desk: Desk, team: str, user: str) -> tuple[Card, ...]:
    asked = Asked(store=desk.store, now=desk.clock(), asker=None)
    muted = {channel: until for (of, channel), until in desk.store.muted(asked.now).items() if of == team}
    theirs = desk.client.users_conversations(
        user=user, types="public_channel,private_channel", exclude_archived=True, limit=MOST_CHANNELS
    )
    ids = [str(one["id"]) for one in theirs["channels"]]
    held = {channel: desk.store.subscriptions(team, channel) for channel in ids}
    latest = desk.store.published_between(asked.today - home.LATELY, asked.today)
    doing = cards.status(desk.store.coverage(asked.today), asked.today, whole=False)
    return (home.channels(held, muted), home.latest(latest, asked.today), doing)


def _unfold_addresses(app: App, desk: Desk) -> None:
    @app.event("link_shared")
    def on_links(event: dict[str, Any], body: dict[str, Any]) -> None:
        # While somebody still writes, Slack does not say where: whether that channel wants it cannot be known.
        if event.get("source") == "composer":
            return
        team, channel = str(body["team_id"]), str(event["channel"])
        targets = unfurling.targets(str(link["url"]) for link in event["links"])
        if not targets or not desk.store.channel(team, channel).unfurls:
            return
        now = desk.clock()
        lately = desk.store.unfurled_since(team, channel, now - unfurling.AGAIN_AFTER, now)
        unfolded = {
            target.url: {"blocks": list(messages.render(card).blocks)}
            for target in targets
            if target.url not in lately and (card := _unfolded(desk, target))
        }
        if unfolded:
            desk.client.chat_unfurl(unfurls=unfolded, channel=channel, ts=str(event["message_ts"]))
            desk.store.record_unfurls(team, channel, list(unfolded), now)


def _unfolded(desk: Desk, target: unfurling.Target) -> Card | None:
    if target.urn:
        one = REGISTRY.by_urn(target.urn)
        today = words.london_day(desk.clock())
        return unfurling.of_authority(desk.store.standing(target.urn), one, today) if one else None
    found = desk.store.documents_with_id(target.file_id)
    if not found:
        return None
    # A joint report stands on several pages: where it still does, it is not withdrawn.
    document = min(found, key=lambda one: one.withdrawn_at is not None)
    return unfurling.of_document(document, _document(desk, document.listing.urn, document.same_as))


def _who(body: Mapping[str, Any]) -> Asker:
    """Who pressed something, and in which channel; "" where it was in none."""
    channel = (body.get("channel") or {}).get("id", "")
    team, user = body["team"]["id"], body["user"]
    return Asker(team=team, channel=channel, user=user["id"], is_stranger=user.get("team_id", team) != team)


def _reply(respond: Respond, reply: Reply) -> None:
    _show(respond, reply.card, "in_channel" if reply.in_channel else "ephemeral")
    if reply.aside:
        _show(respond, reply.aside, "ephemeral")


def _show(respond: Respond, card: Card, to: str) -> None:
    made = messages.render(card)
    respond(text=made.text, blocks=list(made.blocks), response_type=to, replace_original=False, unfurl_links=False)


def _say(respond: Respond, text: str) -> None:
    """To the asker alone."""
    respond(text=text, response_type="ephemeral", replace_original=False)


def _guarded(respond: Respond, work: Callable[[], object]) -> None:
    """Do it in a thread of ours. Every line that is logged for it carries one id; threads are used again."""
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(id=secrets.token_hex(4))
    try:
        work()
    except Exception as error:
        _failed(error, respond)


def _name(command: Command) -> str:
    return type(command).__name__.lower()


def _on_error(error: Exception, body: dict[str, Any], respond: Respond) -> BoltResponse:
    """What went wrong in a thread of Bolt's."""
    if isinstance(error, BoltUnhandledRequestError):
        log.debug("not for us", type=body.get("type"))
    else:
        _failed(error, respond)
    return BoltResponse(status=200)


def _failed(error: Exception, respond: Respond) -> None:
    """One sentence for the person, with the id under which the whole story stands in the log."""
    error_id = _logged(error)
    if respond.response_url:
        with suppress(*outcomes.NETWORK):
            _say(respond, words.FAILED.format(id=error_id))


def _logged(error: Exception) -> str:
    """The id under which the whole story stands in the log."""
    error_id: str = structlog.contextvars.get_contextvars().get("id") or secrets.token_hex(4)
    if isinstance(error, StorageError):
        log.warning("command failed", id=error_id, storage=str(error))
    else:
        log.error("command failed", id=error_id, exc_info=error)
    return error_id
