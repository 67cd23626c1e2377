"""That what Slack would refuse is refused here too: else all that was checked would have been checked for nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bot import home, wrong_reading
from bot.messages import render
from bot.types import Button, Card, Paragraph, Person
from storage.types import Message
from tests.bot.examples import HISTORY
from tests.bot.validators import check, check_unfurl, check_view

Json = dict[str, Any]

CARD = Card(
    title="West Sussex",
    sentence="West Sussex improved.",
    blocks=(Paragraph((("It improved. By ", Person("U01ALICE")),)),),
    buttons=(Button(label="History", command="history west-sussex"), Button(label="Why", command="why west-sussex")),
)
CALLED = ("@U01ALICE",)


def blocks() -> list[Json]:
    """A header, a section and two buttons, which may be altered."""
    return [dict(block) for block in render(CARD).blocks]


def message(made: list[Json], text: str = "West Sussex improved.") -> Message:
    return Message(text=text, blocks=tuple(made))


def mrkdwn(text: str, **other: Any) -> Json:
    return {"type": "mrkdwn", "text": text, "verbatim": True, **other}


def section(text: str, **other: Any) -> Json:
    return {"type": "section", "text": mrkdwn(text, **other)}


def button(**other: Any) -> Json:
    plain = {"type": "plain_text", "text": "History", "emoji": False}
    return {"type": "button", "action_id": "run:0", "text": plain, "value": "x", **other}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def header(text: str, sort: str = "plain_text") -> Json:
    return {"type": "header", "text": {"type": sort, "text": text}}


def context(*elements: Json) -> Json:
    return {"type": "context", "elements": list(elements)}


def test_a_good_message_is_taken() -> None:
    check(message(blocks()), CALLED)
    image = {"type": "image", "image_url": "https://x.example/x.png", "alt_text": "x"}
    check(message([header("x"), section("<#C01GEN> x"), context(mrkdwn("x")), actions(button()), image]))


@pytest.mark.parametrize(
    "block",
    [
        header("x", "mrkdwn"),
        header(""),
        header("x" * 151),
        {"type": "header", "text": "x"},
        {"type": "heading", "text": {"type": "plain_text", "text": "x"}},
        section(""),
        section("x" * 3001),
        section("x", verbatim=False),
        section("<!channel> look"),
        section("<!here|here> look"),
        section("<@U02BOB> look"),
        section("<!subteam^S9> look"),
        section("<javascript:alert(1)|x>"),
        section("<https://x.example>"),
        {"type": "section", "text": {"type": "markdown", "text": "x"}},
        {"type": "section", "text": "x"},
        {"type": "section"},
        {**section("x"), "colour": "red"},
        {**section("x"), "fields": [mrkdwn("x")] * 11},
        context(),
        context(*[mrkdwn("x")] * 11),
        context(mrkdwn("x" * 3001)),
        context({"type": "image", "image_url": "https://x.example/x.png"}),
        actions(),
        actions(*(button(action_id=str(number)) for number in range(26))),
        actions(button(text={"type": "mrkdwn", "text": "x"})),
        actions(button(text={"type": "plain_text", "text": "x" * 76})),
        actions(button(text={"type": "plain_text", "text": ""})),
        actions(button(text="x")),
        actions(button(value="x" * 2001)),
        actions(button(action_id="x" * 256)),
        actions(button(style="loud")),
        actions(button(), button()),
        {"type": "image", "image_url": "https://x.example/x.png"},
        {"type": "image", "alt_text": "x"},
        {"type": "divider", "text": mrkdwn("x")},
    ],
    ids=lambda block: f"{block.get('type')} {str(block)[:60]}",
)
def test_a_bad_block_is_refused(block: Json) -> None:
    with pytest.raises(Exception):  # noqa: B017, PT011  (each library has an error of its own)
        check(message([block]), CALLED)


@pytest.mark.parametrize(
    "made",
    [
        lambda: message([]),
        lambda: message([section("x")] * 51),
        lambda: message([section("x" * 2999)] * 5),
        lambda: message(blocks(), text=""),
        lambda: message(blocks(), text="x" * 4001),
        lambda: message(blocks(), text="<@U01ALICE>"),
        lambda: message([{**section("x"), "block_id": "a"}, {**section("y"), "block_id": "a"}]),
        lambda: message([actions(button()), actions(button())]),
    ],
)
def test_a_bad_message_is_refused(made: Callable[[], Message]) -> None:
    with pytest.raises(Exception):  # noqa: B017, PT011
        check(made(), CALLED)


def test_who_may_be_called_is_said_for_each_message() -> None:
    with pytest.raises(AssertionError, match="@U01ALICE"):
        check(message(blocks()))
    with pytest.raises(AssertionError, match="never called"):
        check(message(blocks()), (*CALLED, "!channel"))


def test_under_an_address_nothing_is_to_be_pressed() -> None:
    check_unfurl([header("x"), section("x")])
    with pytest.raises(AssertionError):
        check_unfurl([section("x"), actions(button())])


FORM = wrong_reading.form((HISTORY[-1],), "C01GEN")


@pytest.mark.parametrize("view", [FORM, home.window(CARD), home.view([CARD, CARD])], ids=["form", "window", "home"])
def test_a_view_is_taken_and_not_with_anything_wrong_in_it(view: Json) -> None:
    check_view(view, CALLED)
    long = {"type": "plain_text", "text": "x" * 25, "emoji": False}
    wrongs: list[Json] = [
        {**view, "blocks": [*view["blocks"], header("x", "mrkdwn")]},
        {**view, "blocks": [section("x")] * 101},
        {**view, "blocks": []},
        {**view, "colour": "red"},
        {**view, "type": "dialog"},
    ]
    wrongs += [{**view, "title": long}, {**view, "close": long}] if view["type"] == "modal" else []
    wrongs += [{**view, "private_metadata": "x" * 3001}, {**view, "callback_id": "x" * 256}]
    for wrong in wrongs:
        with pytest.raises(Exception):  # noqa: B017, PT011
            check_view(wrong, CALLED)
