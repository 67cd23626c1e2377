"""Every message the bot can make is one that Slack takes, and nothing in it pings anybody."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import slackblocks
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block

from bot import messages
from bot.messages import render, shortened, tidied
from bot.types import Bullets, Button, Card, GradeRow, Grades, Line, Link, Message, Paragraph, Person, SmallPrint, Table
from tests.bot.examples import CHANGES, HOSTILE
from tests.bot.messages_said import MESSAGES

HUGE = Card(
    title=f"{HOSTILE} " * 20,
    sentence=f"{HOSTILE} " * 300,
    blocks=(
        Paragraph(((f"{HOSTILE} " * 400,),)),
        Bullets(title=HOSTILE, items=tuple((HOSTILE,) for _ in range(400)), left_out=3, elsewhere="there"),
        Grades(
            tuple(GradeRow(name=HOSTILE, sign="▲", movement="improved", after=HOSTILE, why=HOSTILE) for _ in range(60))
        ),
        Table(columns=("a", "b"), rows=tuple(((HOSTILE,), (Person("U01ALICE"),)) for _ in range(153))),
        SmallPrint(((HOSTILE,),)),
    ),
    buttons=tuple(Button(label=HOSTILE * 2, command=f"subscribe {n}" + "x" * 3000) for n in range(12)),
)
ALL = {**MESSAGES, "huge": render(HUGE)}
EVERY = pytest.mark.parametrize("name", ALL)


def texts(blocks: object) -> Iterator[Mapping[str, Any]]:
    """Every text object of a message, however deep."""
    if isinstance(blocks, Mapping):
        if blocks.get("type") in ("mrkdwn", "plain_text"):
            yield blocks
        blocks = list(blocks.values())
    if isinstance(blocks, list | tuple):
        for one in blocks:
            yield from texts(one)


def buttons(message: Message) -> list[Mapping[str, Any]]:
    return [one for block in message.blocks if block["type"] == "actions" for one in block["elements"]]


@EVERY
def test_slacks_own_library_finds_nothing_wrong(name: str) -> None:
    for block in ALL[name].blocks:
        (parsed,) = Block.parse_all([block])
        assert parsed is not None
        parsed.validate_json()
        assert parsed.to_dict() == block


@EVERY
def test_another_library_can_build_the_same_blocks(name: str) -> None:
    rebuilt = [_rebuilt(block) for block in ALL[name].blocks]
    made = slackblocks.Message(channel="C1", text=ALL[name].text, blocks=rebuilt)
    assert len(made.to_dict()["blocks"]) == len(ALL[name].blocks)


def _rebuilt(block: Mapping[str, Any]) -> slackblocks.Block:
    match block["type"]:
        case "header":
            return slackblocks.HeaderBlock(block["text"]["text"])
        case "section":
            return slackblocks.SectionBlock(slackblocks.Text(block["text"]["text"]))
        case "context":
            return slackblocks.ContextBlock([slackblocks.Text(one["text"]) for one in block["elements"]])
        case "actions":
            return slackblocks.ActionsBlock([_rebuilt_button(one) for one in block["elements"]])
    raise AssertionError(block["type"])


def _rebuilt_button(button: Mapping[str, Any]) -> slackblocks.Button:
    text = slackblocks.Text(button["text"]["text"], slackblocks.TextType.PLAINTEXT)
    return slackblocks.Button(text, action_id=button["action_id"], value=button["value"])


@EVERY
def test_it_keeps_to_slacks_limits(name: str) -> None:
    message = ALL[name]
    assert 1 <= len(message.blocks) <= 50
    assert 1 <= len(message.text) <= 3000
    assert sum(len(text["text"]) for text in texts(message.blocks)) < 12_000
    for block in message.blocks:
        most = {"header": 150, "section": 3000, "context": 3000, "actions": 75}[block["type"]]
        assert all(1 <= len(text["text"]) <= most for text in texts(block))


@EVERY
def test_every_button_has_an_id_of_its_own_and_a_command(name: str) -> None:
    ids = [button["action_id"] for button in buttons(ALL[name])]
    assert len(ids) == len(set(ids))
    assert all(1 <= len(button["value"]) <= 2000 for button in buttons(ALL[name]))


@EVERY
def test_only_our_own_marks_stand_between_angle_brackets(name: str) -> None:
    for text in texts(ALL[name].blocks):
        if text["type"] == "mrkdwn":
            assert text["verbatim"] is True, "else Slack makes mentions of plain words"
            marks = [part.split(">")[0] for part in text["text"].split("<")[1:]]
            assert all(mark.startswith("https://files.ofsted.gov.uk/") or mark == "@U01ALICE" for mark in marks)
    assert "<" not in ALL[name].text


@EVERY
def test_it_can_be_sent_as_json(name: str) -> None:
    assert json.loads(json.dumps(ALL[name].blocks)) == list(ALL[name].blocks)


@pytest.mark.parametrize("name", CHANGES)
def test_an_alerts_fallback_names_authority_and_date(name: str) -> None:
    assert "West Sussex" in ALL[f"alert_{name}"].text[:20]
    assert "published 20 August 2026" in ALL[f"alert_{name}"].text


def test_what_does_not_fit_is_left_out_and_the_message_says_so() -> None:
    last = [block for block in ALL["huge"].blocks if block["type"] != "actions"][-1]
    assert last["elements"][0]["text"].startswith("… there is more than fits")
    assert len(buttons(ALL["huge"])) == 12


def _paragraph(line: Line) -> str:
    (block,) = render(Card(title="", sentence="x", blocks=(Paragraph((line,)),))).blocks
    return str(block["text"]["text"])


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "ftp://files.example/a", "https://a b", "https://a|b", "https://a>b"]
)
def test_an_address_that_is_not_one_of_the_web_is_shown_as_words(url: str) -> None:
    assert _paragraph((Link("Read the report", url),)) == "Read the report"


def test_an_address_keeps_its_query_and_its_words_cannot_end_the_link() -> None:
    assert _paragraph((Link("a|b>", "https://x.example/?a=1&b=2"),)) == "<https://x.example/?a=1&amp;b=2|a¦b&gt;>"


def test_a_persons_id_that_is_none_is_shown_as_words() -> None:
    assert _paragraph((Person("!channel>"),)) == "!channel&gt;"


def test_spaces_between_runs_are_kept() -> None:
    assert _paragraph(("one ", Link("two", "https://x.example"), " three")) == "one <https://x.example|two> three"


def test_text_is_brought_on_one_line_without_what_cannot_be_seen() -> None:
    assert (
        tidied("  a\r\n\tb\u202ec\u2066d\u00ade\x00f \U0001f469\u200d\U0001f467 ")
        == "a bcde f \U0001f469\u200d\U0001f467"
    )


@given(st.text(alphabet="&<>a;| ", max_size=60), st.integers(1, 40))
def test_shortening_never_cuts_an_entity(text: str, most: int) -> None:
    short = shortened(messages.escaped(text), most)
    assert len(short) <= most
    assert short.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "").count("&") == 0
