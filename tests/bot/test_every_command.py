"""Every command of the help as a person meets it: typed into a real Slack stand-in over both ways.

Every button of every answer is pressed and every file opened. A new command fails here until it stands in `ANSWERS`.
"""

from __future__ import annotations

import csv
import io
import json
import unicodedata
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import openpyxl
import pytest
from PIL import Image
from structlog.testing import capture_logs

from bot import words
from bot.allowances import EVERY
from bot.answers import export
from bot.commands import VERBS, forms
from bot.messages import ACTION
from inspection_watch.demo.slack import ALICE, CHANNEL, OTHER_CHANNEL, TEAM, LocalSlack
from inspection_watch.listen import Doors
from judgements.authorities import REGISTRY
from storage.engine import open_engine, upgrade
from storage.store import Store
from storage.types import Message
from tests.bot.examples import WEST_SUSSEX
from tests.bot.histories import NOW, fill, histories
from tests.bot.serving import answering
from tests.bot.validators import check
from tests.slack import Json, People, soon

pytestmark = pytest.mark.e2e

ANSWERS: Mapping[str, tuple[str, ...]] = {
    "west-sussex": ("West Sussex", "inspected 13 to 24 march 2023", "▲ improved: inadequate →"),
    "east-sussex vs west-sussex": ("East Sussex and West Sussex, side by side", "Leadership"),
    "neighbours west-sussex": ("West Sussex and its statistical neighbours", "11 authorities", "Essex"),
    "region south-east": ("South East", "19 authorities", "Kent"),
    "england": ("England", "153 authorities", "Page 1 of 3."),
    "england inadequate": ("England: inadequate", "Overall grade “inadequate”", "Halton"),
    "history west-sussex": ("4 documents, published from 20 January 2016", "Single inspection"),
    "why west-sussex": ("where each grade was read", "page 1", "published 11 May 2023"),
    "why west-sussex leadership": ("The impact of leaders", "Compared with", "published 8 May 2019"),
    "recent": ("Published in the last 7 days", "20 August 2026", "Lancashire"),
    "recent 14d region south-east": ("South East: published in the last 14 days",),
    "subscribe west-sussex": ("This channel will now be told",),
    "subscribe england downgrades weekly mon 09:45": (
        "only about downgrades on all of England",
        "every Monday at 09:45",
    ),
    "subscribe england also letters daily": ("only about letters on all of England", "daily at 09:45"),
    "subscribe england all documents all changes": ("This channel will now be told whenever",),
    "unsubscribe west-sussex": ("This channel was not subscribed to West Sussex.",),
    "unsubscribe england letters": ("This channel was not subscribed to all of England.",),
    "unsubscribe all": ("not subscribed to anything",),
    "subscriptions": ("This channel is not subscribed to anything.",),
    "subscriptions workspace": ("Only admins of this workspace",),
    "mute 14d": ("Nothing will be posted here until",),
    "unmute": ("This channel was not muted.",),
    "unfurl off": ("will no longer show what they say",),
    "status": ("153 of England's 153 authorities", "No message is waiting to be sent."),
    "replay 2024-07-12": ("not subscribed to anything",),
    "export csv": ("the latest judgements of every authority",),
    "export xlsx history": ("all the judgements of every authority in every report and letter",),
    "export csv neighbours west-sussex": ("the latest judgements of West Sussex and its statistical neighbours",),
    "help": ("What you can ask", "/judgements export csv"),
}
"""What is typed, and what must stand somewhere in the answer."""
TOLD_IN_CHANNEL = frozenset(
    {
        "subscribe west-sussex",
        "subscribe england downgrades weekly mon 09:45",
        "subscribe england also letters daily",
        "subscribe england all documents all changes",
        "mute 14d",
        "unfurl off",
    }
)
FILES = {
    "history west-sussex": "west-sussex-timeline.png",
    "export csv": "judgements-latest-2026-08-21.csv",
    "export xlsx history": "judgements-history-2026-08-21.xlsx",
    "export csv neighbours west-sussex": "judgements-neighbours-west-sussex-latest-2026-08-21.csv",
}
ASKED_BACK = (
    "west susex",
    "newcastle",
    "kent subscribe",
    "histroy kent",
    "region",
    "why west-sussex weather",
    "east susex vs kent",
    "subscribe west susex",
)
"""What is answered with a question, and a button for each answer."""

CALLED = (f"@{ALICE}",)
"""Who asked may be named in the answer."""
TELLING = ("chat.postMessage", "chat.postEphemeral", "chat.update", "conversations.open", "files.getUploadURLExternal")
"""Methods of Slack's by which somebody is told something, besides the answer itself."""
KENT = next(one for one in REGISTRY.current if one.slug == "kent")
MARK = "zzmarked"
"""In everything hostile, to be found again where it must not be."""
HOSTILE: Mapping[str, str] = {
    "pings": f"<!channel> <!here> <!subteam^S01> {MARK}",
    "pings as Slack escapes them": f"&lt;!channel&gt; &amp;lt;!here&amp;gt; {MARK}",
    "people and channels": f"<@U02BOB> <@U02BOB|bob> <#C02GENERAL|general> @here {MARK}",
    "a mention of all": f"west-sussex mention <!channel> on downgrades {MARK}",
    "a link": f"<https://evil.example|click> https://evil.example {MARK}",
    "three thousand characters": (MARK + "<!channel>&" * 3000)[:3000],
    "a thousand words": f"{MARK} west " * 500,
    "control characters": f"\x00\x07\x1b[31m\u2028\u0085{MARK}",
    "right to left": f"\u202e\u2066gnirts\u202c \u05e9\u05dc\u05d5\u05dd \u200f{MARK}",
    "emoji": f"👨‍👩‍👧‍👦 🏴󠁧󠁢󠁥󠁮󠁧󠁿 :tada: {MARK}",
    "SQL": f"'; DROP TABLE documents; -- \" OR 1=1 {MARK}",
    "Block Kit": json.dumps([{"type": "image", "image_url": "https://evil.example", "alt_text": MARK}]),
    "templates": "{command} {0} {typed.__class__} %s %(x)s ${HOME} `ls` *b* _i_ ~s~ " + MARK,
}


@dataclass
class Clock:
    """A clock that moves on when a test says so."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The histories of all authorities; nothing here but the commands themselves changes anything in it."""
    path = tmp_path_factory.mktemp("every-command") / "watch.sqlite"
    engine = open_engine(f"sqlite:///{path}")
    upgrade(engine)
    yield fill(Store(engine), histories())
    engine.dispose()


@pytest.fixture(scope="module", params=["socket mode", "signed http"])
def slack(request: pytest.FixtureRequest, store: Store, clock: Clock, doors: Doors) -> Iterator[LocalSlack]:
    """A Slack that reaches the bot in one of the two ways it has."""
    over_http = request.param == "signed http"
    slack: LocalSlack = request.getfixturevalue("posting_slack" if over_http else "listened_to_slack")
    clock.now = NOW
    with answering(store, slack, doors, clock, over_http=over_http):
        yield slack


@pytest.fixture
def people(slack: LocalSlack, store: Store, clock: Clock) -> Iterator[People]:
    """People in an empty workspace, a little later than anybody asked before."""
    clock.now += timedelta(minutes=5)
    people = People(slack)
    people.start_afresh()
    yield people
    for channel in (CHANNEL, OTHER_CHANNEL):
        store.remove_subscriptions(store.subscriptions(TEAM, channel), [])
        store.mute(TEAM, channel, None, ALICE)
        store.set_unfurls(TEAM, channel, True)


def test_every_command_of_the_help_is_typed_here() -> None:
    assert set(ANSWERS) == {form.usage for form in forms()}


@pytest.mark.parametrize("typed", ANSWERS)
def test_it_is_answered_as_the_help_says(people: People, slack: LocalSlack, typed: str) -> None:
    (said, *files) = ask(people, typed, files=typed in FILES)
    check(message(said), CALLED)
    told = plain(said)
    assert [one for one in ANSWERS[typed] if one.casefold() not in told.casefold()] == []
    assert said.get("ephemeral_to") == (None if typed in TOLD_IN_CHANNEL else ALICE), "to the asker alone, or to all"
    assert [one["name"] for each in files for one in each["files"]] == [FILES[typed] for _ in files]


def test_the_picture_of_a_history_is_one_and_says_in_words_what_it_shows(people: People, slack: LocalSlack) -> None:
    _, picture = ask(people, "history west-sussex", files=True)
    (file,) = picture["files"]
    image = Image.open(io.BytesIO(fetched(slack, file)))
    assert (image.format, image.width > image.height) == ("PNG", True)
    assert "March 2023 requires improvement to be good" in file["alt_txt"]


@pytest.mark.parametrize("which", ["latest", "history"])
def test_every_form_of_an_export_opens_and_holds_the_same_rows(people: People, slack: LocalSlack, which: str) -> None:
    rows = {}
    for form in export.FORMS:
        _, uploaded = ask(people, f"export {form}{' history' if which == 'history' else ''}", files=True)
        (file,) = uploaded["files"]
        assert file["name"].startswith(f"judgements-{which}-")
        rows[form] = opened(form, fetched(slack, file))
    assert all(list(row) == list(export.COLUMNS) for row in rows["json"])
    numbers = {form: [(row["urn"], row["judgement"] or None) for row in found] for form, found in rows.items()}
    assert numbers["csv"] == numbers["json"] == numbers["xlsx"]
    assert len(rows["csv"]) > 100


def test_a_subscription_is_begun_listed_and_ended(people: People) -> None:
    ask(people, "subscribe west-sussex")
    (held,) = ask(people, "subscriptions")
    assert "West Sussex" in plain(held)
    assert f"<@{ALICE}>" in plain(held), "who subscribed is named"
    (ended,) = ask(people, "unsubscribe west-sussex")
    assert "no longer be told about West Sussex" in plain(ended)
    assert "ephemeral_to" not in ended


def test_a_past_day_is_replayed_with_the_subscriptions_of_the_channel(people: People) -> None:
    ask(people, "subscribe west-sussex")
    (said,) = ask(people, "replay 2023-05-11")
    check(message(said), CALLED)
    assert "1 alert for 1 document published on that day" in plain(said)
    assert "West Sussex improved overall: inadequate → requires improvement to be good" in plain(said)
    assert said["ephemeral_to"] == ALICE


def test_every_button_of_every_answer_is_answered(people: People, store: Store) -> None:
    """From the answers and questions on, each sort of button once: by its words, or by the command it runs."""
    pressed, waiting = set(), [said for typed in (*ANSWERS, *ASKED_BACK) for said in ask(people, typed)[:1]]
    for said in waiting:
        for button in buttons(said):
            label, verb = button["text"]["text"], button["value"].split()[0]
            if {label, verb} <= pressed:
                continue
            pressed |= {label, verb}
            waiting += ask(people, button["value"], press=(said, label))
        assert len(waiting) < 200, "buttons lead on and on"
    missing = {words.PREVIOUS_PAGE, words.NEXT_PAGE, *(_button_words() - SHOWN_ELSEWHERE)} - pressed
    assert not missing


SHOWN_ELSEWHERE = frozenset({words.WRONG_BUTTON, words.WRONG_ONE_BUTTON, words.SHOW_BUTTON, words.SUBSCRIBE_TO_BUTTON})
"""Buttons that run no command, or stand under alerts: they have tests of their own."""


def _button_words() -> set[str]:
    return {str(said) for name, said in vars(words).items() if name.endswith("_BUTTON")}


@pytest.mark.parametrize("verb", [verb.name for verb in VERBS])
def test_nothing_that_is_typed_pings_breaks_or_leaks(people: People, store: Store, clock: Clock, verb: str) -> None:
    """Behind each verb, and behind each example of the help, which may then be carried out."""
    ask(people, "subscribe kent", channel=OTHER_CHANNEL)
    examples = [form.usage for one in VERBS if one.name == verb for form in one.forms]
    typed = [f"{verb} {text}".lstrip() for text in HOSTILE.values()]
    typed += [f"{example} {text}" for example in examples for text in list(HOSTILE.values())[::4]]
    with capture_logs() as logged:
        for one in typed:
            clock.now += EVERY
            people.type(one)
        # What was asked before, in the other channel, may be logged only now.
        here = ("command", CHANNEL)
        soon(lambda: [(line["event"], line.get("channel")) for line in logged].count(here) == len(typed), "all answers")
    answers = people.messages()
    assert len(answers) >= len(typed)
    for said in answers:
        check(message(said), CALLED)
        assert pings(said) == []
        assert strange(said) == []
        assert said.get("ephemeral_to") == ALICE or MARK not in plain(said), "nothing of it stands in the channel"
        assert len(said["text"]) < 800, "what was typed is repeated no further than needed"
        assert not any(one in plain(said) for one in ("went wrong", "Traceback", "xoxb-", "sqlite", "Kent."))
        assert {block["type"] for block in said["blocks"]} <= {"header", "section", "context", "actions"}
    assert MARK not in str(logged), "people paste all sorts of things"
    assert {one.scope for one in store.subscriptions(TEAM, CHANNEL)} <= {f"authority:{WEST_SUSSEX}", "england"}
    assert [one.scope for one in store.subscriptions(TEAM, OTHER_CHANNEL)] == [f"authority:{KENT.urn}"]
    assert store.coverage().authorities_known == 153
    assert [method for method in TELLING if people.calls(method)] == []


def ask(
    people: People, typed: str, *, files: bool = False, channel: str = CHANNEL, press: tuple[Json, str] | None = None
) -> list[Json]:
    """Type it, or press the button that runs it: the answer first, and then what comes to the asker with files."""
    before, directly = len(people.messages(channel)), people.direct() if files else ""
    sent = len(people.messages(directly)) if files else 0
    if press:
        people.press(*press)
    else:
        people.type(typed, channel)
    new = people.wait_for(before + 1, channel)[before : before + 1]
    return new + (people.wait_for(sent + 1, directly)[sent:] if files else [])


def message(said: Json) -> Message:
    """What Slack was given."""
    return Message(text=said["text"], blocks=tuple(said["blocks"]))


def plain(said: Json) -> str:
    """All words of it that a person reads."""
    return "\n".join((said["text"], *texts(said)))


def texts(said: Json) -> list[str]:
    told = []
    for block in said["blocks"]:
        parts = [block["text"]] if "text" in block else block.get("elements", [])
        told += [str(one["text"]["text"] if isinstance(one["text"], dict) else one["text"]) for one in parts]
    return told


def buttons(said: Json) -> list[Json]:
    pressed = [one for block in said["blocks"] if block["type"] == "actions" for one in block["elements"]]
    return [one for one in pressed if one["action_id"].startswith(f"{ACTION}:")]


def pings(said: Json) -> list[str]:
    """Marks by which Slack would call somebody else than the asker."""
    told = plain(said).replace(f"<@{ALICE}>", "the asker")
    return [mark for mark in ("<!", "<@", "<#", "<http://evil", "<https://evil") if mark in told]


def strange(said: Json) -> list[str]:
    """Control characters, and invisible marks other than those that hold an emoji together."""
    kinds = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
    return [hex(ord(c)) for c in plain(said) if unicodedata.category(c) in kinds and c not in "\n\u200d"]


def fetched(slack: LocalSlack, file: Json) -> bytes:
    request = urllib.request.Request(file["url_private"], headers={"Authorization": f"Bearer {slack.bot_token}"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return bytes(answer.read())


def opened(form: str, content: bytes) -> list[dict[str, object]]:
    """The rows of an export, by the names of their columns."""
    if form == "json":
        return list(json.loads(content))
    if form == "csv":
        return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    first, *rows = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True)
    return [dict(zip(map(str, first), row, strict=True)) for row in rows]
