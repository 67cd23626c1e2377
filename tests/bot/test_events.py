"""What happens in Slack without a command: posted here as Slack posts it, because local-slack does not tell of it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from structlog.testing import capture_logs

from bot import wrong_reading
from bot.app import Desk, SlackApp, build
from bot.channels import scopes
from bot.slack import http_mode
from bot.slack.client import web_client
from inspection_watch import slack as wired
from inspection_watch.demo.slack import ALICE, BOB, BOT_USER, CHANNEL, TEAM, LocalSlack
from inspection_watch.listen import Doors
from inspection_watch.settings import Settings
from storage.engine import StorageError
from storage.store import Store
from storage.types import KnownDocument, Owed
from tests.bot.examples import CHANGES, HISTORY, T0, intent
from tests.bot.validators import check_unfurl, check_view
from tests.slack import Json, People, Proxy, line, signed, soon

pytestmark = pytest.mark.e2e

HOUR = timedelta(hours=1)
SECRET = "0123456789abcdef0123456789abcdef"
PAGE = "https://reports.ofsted.gov.uk/provider/44/80578"
FILE = f"https://files.ofsted.gov.uk/v1/file/{HISTORY[-1].listing.file_id}"

Happen = Callable[..., None]


class Listening(Store):
    """A store that says which channels were resumed, and that may be broken."""

    def __init__(self, of: Store) -> None:
        super().__init__(of._engine)
        self.heard: list[tuple[str, str]] = []
        self.broken = False

    def owe(self, owed: Sequence[Owed], now: datetime) -> int:
        if self.broken:
            raise StorageError("The database cannot be written.")
        return super().owe(owed, now)

    def resume_channel(self, team: str, channel: str, now: datetime) -> bool:
        self.heard.append((team, channel))
        return super().resume_channel(team, channel, now)


@pytest.fixture
def listening(sqlite_store: Store) -> Listening:
    return Listening(sqlite_store)


@pytest.fixture
def heard(listening: Listening) -> list[tuple[str, str]]:
    return listening.heard


@pytest.fixture
def app(listening: Listening, local_slack: LocalSlack, people: People, between: Proxy) -> SlackApp:
    between.instead["chat.unfurl"] = {"ok": True}  # which the stand-in for Slack does not know
    client = web_client(local_slack.bot_token, between.api_url)
    desk = Desk(store=listening, client=client, clock=lambda: T0, operators="C0OPS")
    return build(desk)


@pytest.fixture
def happen(app: SlackApp) -> Happen:
    """Lets an event happen: its type, and what else Slack says of it."""

    def happen(type: str, **said: Any) -> None:
        event = {"type": type, "event_ts": "1.0", **said}
        post(app, {"type": "event_callback", "team_id": TEAM, "event_id": "Ev1", "event": event})

    return happen


def post(app: SlackApp, payload: Json) -> Json:
    """Post as Slack does: events as JSON, what people press and fill in as a form; what it is acknowledged with."""
    said = json.dumps(payload)
    pressed = payload["type"] != "event_callback"
    body = urlencode({"payload": said}) if pressed else said
    kind = {"Content-Type": "application/x-www-form-urlencoded"} if pressed else {}
    answered = http_mode.answer(app, SECRET, signed(body, SECRET, time.time()) | kind, body.encode())
    assert answered.status == 200
    return dict(json.loads(answered.body or "{}"))


def write(happen: Happen, *urls: str, channel: str = CHANNEL) -> None:
    links = [{"domain": "ofsted.gov.uk", "url": url} for url in urls]
    happen("link_shared", user=ALICE, channel=channel, message_ts="1.0", links=links)


def unfolded(between: Proxy, number: int = 1) -> list[Json]:
    soon(lambda: len(between.asked) >= number, f"{number} addresses to be unfolded")
    return [said for method, said in between.asked if method == "chat.unfurl"]


@pytest.fixture
def _known(sqlite_store: Store) -> None:
    sqlite_store.apply(replace(intent(*HISTORY, changes=(CHANGES["improved"],)), now=T0))


@pytest.mark.usefixtures("_known")
class TestAddresses:
    @pytest.mark.parametrize("url", [PAGE, FILE], ids=["an authority", "a document"])
    def test_an_address_is_unfolded_where_it_was_written(self, happen: Happen, between: Proxy, url: str) -> None:
        write(happen, url)
        (call,) = unfolded(between)
        assert (call["channel"], call["ts"]) == (CHANNEL, "1.0")
        assert "West Sussex" in json.dumps(call["unfurls"])
        assert url in call["unfurls"]

    def test_it_is_not_unfolded_again_within_half_an_hour_but_in_another_channel_it_is(
        self, happen: Happen, between: Proxy, sqlite_store: Store
    ) -> None:
        write(happen, PAGE)
        soon(lambda: sqlite_store.unfurled_since(TEAM, CHANNEL, T0 - HOUR, T0) == {PAGE}, "it to be written down")
        write(happen, PAGE)
        write(happen, PAGE, channel="C09OTHER")
        assert [call["channel"] for call in unfolded(between, 2)] == [CHANNEL, "C09OTHER"]

    def test_a_list_of_addresses_and_strange_ones_are_left_alone(self, happen: Happen, between: Proxy) -> None:
        write(happen, PAGE, FILE, f"{PAGE}?again")
        write(happen, "https://elsewhere.example/provider/44/80578")
        write(happen, "https://reports.ofsted.gov.uk/provider/44/1")
        write(happen, PAGE)
        assert len(unfolded(between)) == 1

    def test_a_joint_report_that_one_authority_no_longer_lists_still_stands(
        self, happen: Happen, between: Proxy, sqlite_store: Store
    ) -> None:
        of = HISTORY[-1]
        elsewhere = replace(of, listing=replace(of.listing, urn="80559"), withdrawn_at=T0)
        sqlite_store.apply(replace(intent(elsewhere), urn="80559"))
        write(happen, FILE)
        (call,) = unfolded(between)
        assert "ithdrawn" not in json.dumps(call["unfurls"])

    def test_a_second_number_of_what_was_withdrawn_is_marked(
        self, happen: Happen, between: Proxy, sqlite_store: Store
    ) -> None:
        of = HISTORY[-1]
        second = replace(of, listing=replace(of.listing, file_id="50260002"), same_as=of.listing.file_id)
        sqlite_store.apply(intent(replace(of, withdrawn_at=T0), second))
        write(happen, "https://files.ofsted.gov.uk/v1/file/50260002")
        (call,) = unfolded(between)
        assert "(withdrawn)" in json.dumps(call["unfurls"])

    def test_what_slack_did_not_take_is_not_counted(self, happen: Happen, between: Proxy) -> None:
        between.instead["chat.unfurl"] = {"ok": False, "error": "cannot_unfurl_url"}
        write(happen, PAGE)
        unfolded(between)
        between.instead["chat.unfurl"] = {"ok": True}
        write(happen, PAGE)
        unfolded(between, 2)

    def test_what_is_still_being_written_is_left_alone(self, happen: Happen, between: Proxy) -> None:
        """Slack calls the place COMPOSER then: no switch of any channel would hold for it."""
        links = [{"domain": "ofsted.gov.uk", "url": PAGE}]
        composed = {"channel": "COMPOSER", "message_ts": "abc", "unfurl_id": "abc", "source": "composer"}
        happen("link_shared", user=ALICE, links=links, **composed)
        write(happen, PAGE)
        assert [call["channel"] for call in unfolded(between)] == [CHANNEL]

    def test_what_is_shown_is_what_slack_takes(self, happen: Happen, between: Proxy) -> None:
        write(happen, PAGE, FILE)
        (call,) = unfolded(between)
        assert set(call["unfurls"]) == {PAGE, FILE}
        for shown in call["unfurls"].values():
            check_unfurl(shown["blocks"])

    def test_a_channel_that_switched_it_off_is_left_alone(
        self, happen: Happen, between: Proxy, sqlite_store: Store
    ) -> None:
        sqlite_store.set_unfurls(TEAM, CHANNEL, False)
        write(happen, PAGE)
        write(happen, PAGE, channel="C09OTHER")
        assert [call["channel"] for call in unfolded(between)] == ["C09OTHER"]


@pytest.mark.usefixtures("_known")
def test_what_happens_is_heard_over_a_line_too(sqlite_store: Store, local_slack: LocalSlack, between: Proxy) -> None:
    """The stand-in for Slack tells of no links over its own line, so it is one of ours that the bot opens."""
    between.instead["chat.unfurl"] = {"ok": True}
    settings = Settings(
        SLACK_BOT_TOKEN=local_slack.bot_token, SLACK_APP_TOKEN=local_slack.app_token, SLACK_API_URL=between.api_url
    )
    links = [{"domain": "ofsted.gov.uk", "url": PAGE}]
    event = {"type": "link_shared", "user": ALICE, "channel": CHANNEL, "message_ts": "1.0", "links": links}
    with line() as opened:
        between.instead["apps.connections.open"] = {"ok": True, "url": opened.url}
        with wired.answering(settings, sqlite_store, lambda: T0, Doors()):
            envelope = opened.tell(event, TEAM)
            soon(lambda: "chat.unfurl" in dict(between.asked), "the address to be unfolded")
            soon(lambda: opened.acknowledged == [envelope], "the event to be acknowledged")
    (shown,) = dict(between.asked)["chat.unfurl"]["unfurls"].values()
    check_unfurl(shown["blocks"])


def filled_in(document: KnownDocument) -> Json:
    """What Slack posts when the form about this document is sent."""
    values = {"what": {"text": {"type": "plain_text_input", "value": "It says otherwise."}}}
    view = {**wrong_reading.form((document,), CHANNEL), "id": "V1", "state": {"values": values}}
    return {"type": "view_submission", "team": {"id": TEAM}, "user": {"id": ALICE}, "view": view}


class TestWrongReadings:
    """The button of an alert, the form, and what those who run the bot are told."""

    @pytest.mark.usefixtures("_known")
    def test_a_form_that_is_sent_tells_the_operators_and_thanks_the_person_once(
        self, app: SlackApp, sqlite_store: Store
    ) -> None:
        (document,) = sqlite_store.documents_with_id(HISTORY[-1].listing.file_id)
        sent = filled_in(document)
        assert post(app, sent) == {}
        post(app, sent)
        assert sqlite_store.coverage().waiting == 2, "operators and the person"

    @pytest.mark.usefixtures("_known")
    def test_what_cannot_be_stored_stays_in_the_form_and_why_is_said(
        self, app: SlackApp, listening: Listening, sqlite_store: Store
    ) -> None:
        (document,) = sqlite_store.documents_with_id(HISTORY[-1].listing.file_id)
        listening.broken = True
        answer = post(app, filled_in(document))
        assert answer["response_action"] == "errors"
        assert "could not be stored" in answer["errors"]["what"]
        listening.broken = False
        assert post(app, filled_in(document)) == {}
        assert sqlite_store.coverage().waiting == 2

    def test_a_document_that_is_gone_meanwhile_is_said_in_the_form(self, app: SlackApp) -> None:
        assert "no longer known here" in post(app, filled_in(HISTORY[-1]))["errors"]["what"]


class TestHome:
    """What is pressed in the App Home belongs to no channel."""

    @pytest.mark.usefixtures("_known")
    def test_it_is_answered_in_a_window_and_its_buttons_in_the_same(self, app: SlackApp, people: People) -> None:
        pressed = {"type": "button", "action_id": "run:0:1", "block_id": "b", "value": "recent 14d", "action_ts": "1.0"}
        home = {"type": "block_actions", "team": {"id": TEAM}, "user": {"id": ALICE}, "trigger_id": "1.2.3"}
        home |= {"container": {"type": "view", "view_id": "V1"}, "actions": [pressed]}
        with capture_logs() as logged:
            post(app, {**home, "view": {"id": "V1", "type": "home"}})
            soon(lambda: logged != [], "a line of it")
        assert [line["command"] for line in logged if line["event"] == "command"] == ["recent"]
        (window,) = (call["view"] for call in people.calls("views.open"))
        assert "Published in the last 14 days" in json.dumps(window)
        check_view(window)
        post(app, {**home, "view": {"id": "V2", "type": "modal"}})
        soon(lambda: bool(people.calls("views.update")), "the window to change")
        assert people.calls("views.update")[0]["view_id"] == "V2"


class TestStrangers:
    """Somebody of another workspace that shares the channel, as Slack tells of whoever presses a button."""

    def test_they_are_answered_and_change_nothing(self, app: SlackApp, sqlite_store: Store, between: Proxy) -> None:
        between.instead["hook"] = {"ok": True}
        for team, value in (("T0ELSEWHERE", "subscribe york"), (TEAM, "subscribe kent")):
            pressed = {"type": "button", "action_id": "run:0", "block_id": "b", "value": value, "action_ts": "1.0"}
            by = {"team": {"id": TEAM}, "user": {"id": ALICE, "team_id": team}, "channel": {"id": CHANNEL}}
            post(app, {"type": "block_actions", "response_url": f"{between.url}/hook", "actions": [pressed], **by})
        soon(lambda: len(between.asked) == 2, "both to be answered")
        assert "Only members of this workspace" in str(between.asked)
        assert [scopes.typed(one.scope) for one in sqlite_store.subscriptions(TEAM, CHANNEL)] == ["kent"]


class TestComings:
    """A channel that was paused is tried again at once when it can be written in again."""

    @pytest.mark.parametrize(
        "event",
        [
            {"type": "member_joined_channel", "user": BOT_USER, "channel": "C0X"},
            {"type": "channel_unarchive", "channel": "C0X", "user": ALICE},
            {"type": "group_unarchive", "channel": "C0X", "user": ALICE},
        ],
        ids=lambda event: str(event["type"]),
    )
    def test_it_is_resumed(self, happen: Happen, heard: list[tuple[str, str]], event: Json) -> None:
        happen(**event)
        soon(lambda: heard == [(TEAM, "C0X")], "the channel to be resumed")

    def test_somebody_elses_coming_resumes_nothing(self, happen: Happen, heard: list[tuple[str, str]]) -> None:
        happen(type="member_joined_channel", user=BOB, channel="C0X")
        happen(type="member_joined_channel", user=BOT_USER, channel="C0Y")
        soon(lambda: bool(heard), "the bot's own coming to be heard")
        assert heard == [(TEAM, "C0Y")]
