"""The app over a real Socket Mode and over signed HTTP, from a typed command to the alert in the channel."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import structlog
from structlog.testing import capture_logs

from bot import app as bolt
from bot import words
from bot.alerting import fanout
from bot.messages import ACTION
from bot.sending import deliver
from bot.slack.client import web_client
from inspection_watch import slack as wired
from inspection_watch.demo.slack import ALICE, BOB, CHANNEL, OTHER_CHANNEL, TEAM, LocalSlack
from inspection_watch.listen import Doors
from inspection_watch.settings import Settings
from storage.engine import StorageError
from storage.store import Store
from storage.types import TroubleKind
from tests.bot.examples import CHANGES, HISTORY, document, intent
from tests.bot.validators import check_view
from tests.slack import Json, People, Proxy, soon

pytestmark = pytest.mark.e2e


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(params=["socket mode", "signed http"])
def over_http(request: pytest.FixtureRequest) -> bool:
    """Everything here is done over both ways that Slack has of reaching an app."""
    return bool(request.param == "signed http")


@pytest.fixture
def local_slack(over_http: bool, request: pytest.FixtureRequest) -> LocalSlack:
    slack: LocalSlack = request.getfixturevalue("posting_slack" if over_http else "listened_to_slack")
    return slack


@contextmanager
def answering(store: Store, slack: LocalSlack, doors: Doors, *, over_http: bool, operators: str = "") -> Iterator[None]:
    """The bot answers, with the settings that a person gives it, until the end of the block."""
    token = {"SLACK_SIGNING_SECRET": slack.signing_secret} if over_http else {"SLACK_APP_TOKEN": slack.app_token}
    where = {"INSPECTION_WATCH_OPERATOR_CHANNEL": operators} if operators else {}
    settings = Settings(SLACK_BOT_TOKEN=slack.bot_token, SLACK_API_URL=slack.api_url, **token, **where)
    with wired.answering(settings, store, now, doors):
        yield


@pytest.fixture
def bot(sqlite_store: Store, local_slack: LocalSlack, people: People, doors: Doors, over_http: bool) -> Iterator[None]:
    """The bot answers, and delivers what is owed."""
    client, stop = web_client(local_slack.bot_token, local_slack.api_url), threading.Event()
    sender = deliver.Sender(store=sqlite_store, client=client, clock=now, jitter=lambda: 0.0, owner="test")
    work = fanout.FanOut(store=sqlite_store, clock=now, owner="test")
    threads = (
        threading.Thread(target=deliver.run, args=(sender,), kwargs={"stop": stop}),
        threading.Thread(target=fanout.run, args=(work,), kwargs={"stop": stop}),
    )
    for thread in threads:
        thread.start()
    with answering(sqlite_store, local_slack, doors, over_http=over_http):
        yield
    stop.set()
    for thread in threads:
        thread.join()


def publish(store: Store, name: str) -> None:
    change = CHANGES[name]
    reported = document(change.listing, change.reading)
    store.apply(replace(intent(*HISTORY, reported, changes=(change,)), now=now()))


def seen_by(user: str, messages: list[Json]) -> list[Json]:
    return [one for one in messages if one.get("ephemeral_to") in (None, user)]


@pytest.mark.usefixtures("bot")
def test_a_subscribed_channel_gets_one_headline_with_its_detail_in_the_thread(
    people: People, sqlite_store: Store
) -> None:
    people.type("subscribe west-sussex")
    (said,) = people.wait_for(1)
    assert said.get("subtype") != "ephemeral", "a subscription is said in the channel"
    publish(sqlite_store, "improved")
    _, headline, detail = people.wait_for(3)
    assert "West Sussex" in headline["text"]
    assert "improved overall: requires improvement to be good → good" in headline["text"]
    assert detail["thread_ts"] == headline["ts"]
    soon(lambda: sqlite_store.coverage().waiting == 0, "the messages to be recorded as sent")
    assert len(people.messages()) == 3


@pytest.mark.usefixtures("bot")
def test_the_current_card_is_answered_to_the_asker_alone(people: People, sqlite_store: Store) -> None:
    publish(sqlite_store, "improved")
    people.type("west-sussex", user=BOB)
    (card,) = people.wait_for(1)
    assert seen_by(BOB, [card])
    assert not seen_by(ALICE, [card])
    assert "West Sussex: inspection of children's services, published 20 August 2026" in card["text"]


@pytest.mark.usefixtures("bot")
def test_a_mistyped_name_is_answered_with_buttons_that_do_what_was_asked(people: People, sqlite_store: Store) -> None:
    people.type("subscribe west susex")
    (question,) = people.wait_for(1)
    people.press(question, "West Sussex")
    said = people.wait_for(2)[-1]
    assert said["text"] == "This channel will now be told whenever Ofsted publishes a report or letter on West Sussex."
    assert len(sqlite_store.subscriptions(TEAM, CHANNEL)) == 1


@pytest.mark.usefixtures("bot")
def test_of_a_list_the_channel_sees_what_was_done_and_the_asker_what_was_not_understood(people: People) -> None:
    people.type("subscribe kent, medwy and york", user=BOB)
    messages = people.wait_for(2)
    (done,) = seen_by(ALICE, messages)
    assert "on Kent and York." in done["text"]
    assert any("I do not know “medwy”. Did you mean Medway?" in one["text"] for one in seen_by(BOB, messages))


@pytest.mark.usefixtures("bot")
def test_the_escapes_of_slacks_own_are_undone_before_a_name_is_looked_up(people: People, sqlite_store: Store) -> None:
    people.type("subscribe Telford &amp; Wrekin")
    people.wait_for(1)
    assert len(sqlite_store.subscriptions(TEAM, CHANNEL)) == 1


@pytest.mark.usefixtures("bot")
def test_what_people_type_never_pings_anybody(people: People) -> None:
    people.type("<!channel> <@U01ALICE> *x*")
    (said,) = people.wait_for(1)
    assert "<!" not in str(said["blocks"])
    assert "<@" not in str(said["blocks"])
    assert "<" not in said["text"]


@pytest.mark.usefixtures("bot")
def test_a_command_is_one_line_with_its_name_and_how_long_it_took_and_nothing_that_was_typed(people: People) -> None:
    with capture_logs([structlog.contextvars.merge_contextvars]) as logged:
        people.type("west-sussex", user=BOB)
        people.type("help", user=BOB)
        soon(lambda: len([line for line in logged if line["event"] == "command"]) == 2, "both commands to be logged")
    first, second = (line for line in logged if line["event"] == "command")
    assert {first["command"], second["command"]} == {"show", "help"}
    assert (first["team"], first["channel"]) == (TEAM, CHANNEL)
    assert 0 <= first["seconds"] < 30
    assert first["id"] != second["id"]
    assert "sussex" not in str(logged)
    assert BOB not in str(logged)


class SlowStore(Store):
    """A store that answers nobody before it may."""

    def __init__(self, of: Store, may: threading.Event) -> None:
        super().__init__(of._engine)
        self.may = may

    def standing(self, urn: str):  # type: ignore[no-untyped-def]
        self.may.wait()
        return super().standing(urn)


def test_a_command_that_has_to_wait_its_turn_took_as_long_as_its_asker_waited(
    people: People,
    sqlite_store: Store,
    local_slack: LocalSlack,
    doors: Doors,
    over_http: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bolt, "ANSWERS_AT_ONCE", 1)
    may = threading.Event()
    slow = SlowStore(sqlite_store, may)
    with answering(slow, local_slack, doors, over_http=over_http), capture_logs() as logged:
        people.type("west-sussex")
        people.type("help")
        threading.Timer(0.5, may.set).start()
        soon(lambda: len([line for line in logged if line["event"] == "command"]) == 2, "both to be answered")
    took = {line["command"]: line["seconds"] for line in logged if line["event"] == "command"}
    assert took["help"] >= 0.4


class BrokenStore(Store):
    """A store whose every answer is an error."""

    def __init__(self, of: Store, error: Exception) -> None:
        super().__init__(of._engine)
        self.error = error

    def standing(self, urn: str):  # type: ignore[no-untyped-def]
        raise self.error


def test_a_failure_is_told_in_one_sentence_with_an_id_that_finds_the_log_line(
    people: People, sqlite_store: Store, local_slack: LocalSlack, doors: Doors, over_http: bool
) -> None:
    broken = BrokenStore(sqlite_store, RuntimeError("nobody foresaw this"))
    with answering(broken, local_slack, doors, over_http=over_http), capture_logs() as logged:
        people.type("west-sussex")
        (said,) = people.wait_for(1)
    (line,) = [one for one in logged if one["event"] == "command failed"]
    assert said["text"] == (
        f"Something went wrong here. Please try again; if it happens again, give your operator the id {line['id']}."
    )
    assert said["subtype"] == "ephemeral"
    assert str(line["exc_info"]) == "nobody foresaw this"
    assert [one["command"] for one in logged if one["event"] == "command"] == ["show"], "it took its time, too"


def test_a_database_that_does_not_answer_is_told_in_the_same_sentence_and_is_no_fault_of_the_program(
    people: People, sqlite_store: Store, local_slack: LocalSlack, doors: Doors, over_http: bool
) -> None:
    broken = BrokenStore(sqlite_store, StorageError("The database could not do its work."))
    with answering(broken, local_slack, doors, over_http=over_http), capture_logs() as logged:
        people.type("west-sussex")
        (said,) = people.wait_for(1)
    (line,) = [one for one in logged if one["event"] == "command failed"]
    assert line["id"] in said["text"]
    assert (line["log_level"], line["storage"]) == ("warning", "The database could not do its work.")


def test_what_is_not_for_us_is_acknowledged_and_not_complained_of(
    people: People,
    sqlite_store: Store,
    local_slack: LocalSlack,
    doors: Doors,
    over_http: bool,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with (
        answering(sqlite_store, local_slack, doors, over_http=over_http),
        caplog.at_level(logging.WARNING),
    ):
        people.say("good morning")
    assert len(people.messages()) == 1
    assert caplog.text == ""


@pytest.mark.usefixtures("bot")
def test_the_timeline_picture_goes_to_the_asker_alone_and_the_answer_says_so(
    people: People, sqlite_store: Store
) -> None:
    publish(sqlite_store, "improved")
    people.type("history west-sussex", user=BOB)
    (picture,) = people.wait_for(1, people.direct(BOB))
    (file,) = picture["files"]
    assert file["name"] == "west-sussex-timeline.png"
    assert file["mimetype"] == "image/png"
    assert "West Sussex" in file["alt_txt"]
    (card,) = people.messages()
    assert card["ephemeral_to"] == BOB
    assert "The picture is sent to you alone, in a direct message." in str(card["blocks"])


@pytest.mark.usefixtures("bot")
def test_an_export_goes_to_the_asker_alone_as_a_file(people: People, sqlite_store: Store) -> None:
    publish(sqlite_store, "improved")
    people.type("export csv")
    (export,) = people.wait_for(1, people.direct())
    assert [one["name"].endswith(".csv") for one in export["files"]] == [True]
    assert [one.get("ephemeral_to") for one in people.messages()] == [ALICE]


@pytest.mark.usefixtures("bot")
def test_answer_and_picture_are_shown_in_the_channel_on_purpose_and_with_the_name_of_the_asker(
    people: People, sqlite_store: Store
) -> None:
    publish(sqlite_store, "improved")
    people.type("history west-sussex", user=BOB)
    (card,) = people.wait_for(1)
    people.press(card, words.SHOW_BUTTON, user=BOB)
    _, picture, shown = people.wait_for(3)
    assert [one["name"] for one in picture["files"]] == ["west-sussex-timeline.png"]
    assert "ephemeral_to" not in shown
    assert shown["text"] == card["text"]
    assert f"Shown here by <@{BOB}>" in str(shown["blocks"])
    assert words.SHOW_BUTTON not in str(shown["blocks"])


@pytest.mark.usefixtures("bot")
def test_who_presses_twice_shows_it_once_and_is_told_so(people: People, sqlite_store: Store) -> None:
    publish(sqlite_store, "improved")
    people.type("history west-sussex")
    (card,) = people.wait_for(1)
    people.press(card, words.SHOW_BUTTON)
    people.press(card, words.SHOW_BUTTON)
    people.wait_for(4)
    people.press(card, words.SHOW_BUTTON)
    said = people.wait_for(5)
    assert [len(one.get("files", ())) for one in said if "ephemeral_to" not in one] == [1, 0]
    assert [one["text"] for one in said if "ephemeral_to" in one][1:] == [words.SHOWN_ALREADY] * 2


def test_where_the_asker_cannot_be_written_to_that_is_said_in_one_sentence(
    between: Proxy, people: People, sqlite_store: Store, local_slack: LocalSlack, doors: Doors, over_http: bool
) -> None:
    publish(sqlite_store, "improved")
    between.instead["conversations.open"] = {"ok": False, "error": "cannot_dm_bot"}
    with answering(sqlite_store, replace(local_slack, url=between.url), doors, over_http=over_http):
        people.type("history west-sussex")
        _, said = people.wait_for(2)
    assert said["text"] == (
        "The picture could not be sent to you, because Slack does not let me write to you directly."
    )
    assert said["ephemeral_to"] == ALICE
    assert people.calls("files.getUploadURLExternal") == []


def test_where_files_may_not_be_posted_nothing_is_shown(
    between: Proxy, people: People, sqlite_store: Store, local_slack: LocalSlack, doors: Doors, over_http: bool
) -> None:
    publish(sqlite_store, "improved")
    with answering(sqlite_store, replace(local_slack, url=between.url), doors, over_http=over_http):
        people.type("history west-sussex")
        people.wait_for(1, people.direct())
        (card,) = people.messages()
        between.instead["files.completeUploadExternal"] = {"ok": False, "error": "not_in_channel"}
        people.press(card, words.SHOW_BUTTON)
        _, said = people.wait_for(2)
        del between.instead["files.completeUploadExternal"]
        people.press(card, words.SHOW_BUTTON)
        *_, shown = people.wait_for(4)
    assert said["text"].startswith("I cannot post in this channel, so nothing was shown.")
    assert said["ephemeral_to"] == ALICE
    assert "Shown here by" in str(shown["blocks"])


@pytest.mark.usefixtures("bot")
def test_any_reading_of_a_history_may_be_said_to_be_wrong(people: People, sqlite_store: Store) -> None:
    publish(sqlite_store, "improved")
    people.type("history west-sussex")
    (card,) = people.wait_for(1)
    people.press(card, words.WRONG_ONE_BUTTON)
    soon(lambda: bool(people.calls("views.open")), "the form to be opened")
    options = people.calls("views.open")[0]["view"]["blocks"][0]["element"]["options"]
    assert len(options) == len(HISTORY) + 1
    chosen = {"type": "static_select", "selected_option": options[-1]}
    values = {"which": {"document": chosen}, "what": {"text": {"type": "plain_text_input", "value": "It says good."}}}
    with capture_logs() as logged:
        people.send_form(values)
        soon(lambda: any("what you wrote" in one["text"] for one in people.calls("chat.postMessage")), "thanks")
    (line,) = [one for one in logged if one["event"] == "reading said to be wrong"]
    assert f"{line['urn']}/{line['file_id']}" == options[-1]["value"]


def test_operators_are_told_in_their_channel_what_they_know_and_others_how_much(
    people: People, sqlite_store: Store, local_slack: LocalSlack, doors: Doors, over_http: bool
) -> None:
    sqlite_store.raise_trouble("1", TroubleKind.UNREAD, "Two documents wait.", now())
    with answering(sqlite_store, local_slack, doors, over_http=over_http, operators=OTHER_CHANNEL):
        people.type("status")
        people.type("status", OTHER_CHANNEL)
        (others,), (operators,) = people.wait_for(1), people.wait_for(1, OTHER_CHANNEL)
    assert "Two documents wait." in str(operators["blocks"])
    assert "Two documents wait." not in str(others["blocks"])
    assert "have been told about 1 problem" in str(others["blocks"])


@pytest.mark.usefixtures("bot")
def test_home_shows_the_channels_what_was_published_and_how_the_bot_does(people: People, sqlite_store: Store) -> None:
    people.type("subscribe west-sussex")
    people.wait_for(1)
    people.open_home()
    soon(lambda: bool(people.calls("views.publish")), "the home to be shown")
    (shown,) = people.calls("views.publish")
    check_view(shown["view"])
    said = str(shown["view"]["blocks"])
    assert f"<#{CHANNEL}>: West Sussex (at once)" in said
    assert "How I am doing" in said or "Status" in said


@pytest.mark.usefixtures("bot")
def test_a_reading_that_is_said_to_be_wrong_opens_a_form(people: People, sqlite_store: Store) -> None:
    publish(sqlite_store, "improved")
    people.type("west-sussex")
    (card,) = people.wait_for(1)
    listing = HISTORY[-1].listing
    people.act(card, {"type": "button", "action_id": "wrong", "value": f"{listing.urn}/{listing.file_id}"})
    soon(lambda: bool(people.calls("views.open")), "the form to be opened")
    (form,) = (call["view"] for call in people.calls("views.open"))
    check_view(form)
    assert listing.file_id in form["private_metadata"]


@pytest.mark.usefixtures("bot")
def test_every_button_of_an_alert_is_answered_and_its_form_comes_to_somebody(
    people: People, sqlite_store: Store
) -> None:
    people.type("subscribe west-sussex")
    people.wait_for(1)
    publish(sqlite_store, "improved")
    alert = next(one for one in people.wait_for(3) if one["text"].startswith("▲"))
    buttons = [one for block in alert["blocks"] for one in block.get("elements", ()) if one.get("type") == "button"]
    answers = [one["text"]["text"] for one in buttons if one["action_id"].startswith(ACTION)]
    assert answers == [words.HISTORY_BUTTON, words.WHY_BUTTON, words.NEIGHBOURS_BUTTON]
    for place, label in enumerate(answers):
        people.press(alert, label)
        said = people.wait_for(4 + place)[3 + place :]
        assert "West Sussex" in str(said)
    people.press(alert, words.WRONG_BUTTON)
    soon(lambda: bool(people.calls("views.open")), "the form to be opened")
    people.send_form({"what": {"text": {"type": "plain_text_input", "value": "<!channel> Page 3 says good."}}})
    soon(lambda: any("what you wrote" in one["text"] for one in people.calls("chat.postMessage")), "thanks")
    assert "<!channel>" not in str(people.calls("chat.postMessage"))


@pytest.mark.usefixtures("bot")
def test_a_document_that_is_not_known_any_more_is_said_so(people: People, sqlite_store: Store) -> None:
    publish(sqlite_store, "improved")
    people.type("west-sussex")
    (card,) = people.wait_for(1)
    people.act(card, {"type": "button", "action_id": "wrong", "value": "80578/1"})
    assert people.wait_for(2)[-1]["text"] == "That document is no longer known here."


@pytest.mark.usefixtures("bot")
def test_who_asks_for_much_at_once_is_asked_to_wait(people: People, sqlite_store: Store) -> None:
    publish(sqlite_store, "improved")
    for _ in range(7):
        people.type("history west-sussex")
    soon(lambda: any("Please ask again in" in one["text"] for one in people.messages()), "the seventh to be put off")
    people.type("history west-sussex", user=BOB)
    soon(lambda: any(one.get("ephemeral_to") == BOB for one in people.messages()), "another person to be answered")
    (answer, *_) = [one for one in people.messages() if one.get("ephemeral_to") == BOB]
    assert "Please ask again" not in answer["text"]
