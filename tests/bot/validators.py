"""Whether Slack would take a message: two libraries that are not ours, and what they both leave unsaid.

`check(message)` raises AssertionError with what is wrong. Use it on every message that a test can get hold of.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import slackblocks
from slack_sdk.models.blocks import Block

from storage.types import Message

LONGEST = {"header": 150, "section": 3000, "context": 3000, "actions": 75, "image": 2000}
"""Characters of a text in each sort of block; of a button's words in `actions`."""
OUR_MARKS = re.compile(r"https?://[^\s<>|]+\|[^<>|]+|@[UW][A-Z0-9]+|!subteam\^S[A-Z0-9]+")
"""What may stand between angle brackets: a link with words, a person, a group."""


def check(message: Message) -> None:
    slack_sdk_takes(message)
    slackblocks_takes(message)
    keeps_to_limits(message)
    has_ids_of_its_own(message)
    pings_nobody(message)
    assert json.loads(json.dumps(message.blocks)) == list(message.blocks)


def slack_sdk_takes(message: Message) -> None:
    """Slack's own library reads each block, finds nothing wrong, and would send the same."""
    for block in message.blocks:
        (parsed,) = Block.parse_all([block])
        assert parsed is not None, block
        parsed.validate_json()
        assert parsed.to_dict() == block


def slackblocks_takes(message: Message) -> None:
    """Another library, with limits of its own, can build the same message."""
    rebuilt = [_rebuilt(block) for block in message.blocks]
    made = slackblocks.Message(channel="C1", text=message.text, blocks=rebuilt)
    assert len(made.to_dict()["blocks"]) == len(message.blocks)


def keeps_to_limits(message: Message) -> None:
    assert 1 <= len(message.blocks) <= 50
    assert 1 <= len(message.text) <= 4000
    assert sum(len(text["text"]) for text in texts(message.blocks)) < 12_000
    for block in message.blocks:
        assert block["type"] in LONGEST, block["type"]
        for text in texts(block):
            assert 1 <= len(text["text"]) <= LONGEST[block["type"]], text
        if block["type"] == "actions":
            assert 1 <= len(block["elements"]) <= 25


def has_ids_of_its_own(message: Message) -> None:
    pressed = buttons(message)
    ids = [button["action_id"] for button in pressed]
    assert len(ids) == len(set(ids)), ids
    assert all(1 <= len(button["value"]) <= 2000 for button in pressed if "value" in button)
    named = [block["block_id"] for block in message.blocks if "block_id" in block]
    assert len(named) == len(set(named)), named


def pings_nobody(message: Message) -> None:
    """Nothing between angle brackets but our own marks, and nothing that Slack would make a mention of."""
    for text in texts(message.blocks):
        if text["type"] == "mrkdwn":
            assert text["verbatim"] is True, "else Slack makes mentions of plain words"
            assert all(OUR_MARKS.fullmatch(mark) for mark in marks(text["text"])), text["text"]
    assert "<" not in message.text


def marks(text: str) -> list[str]:
    """What stands between angle brackets."""
    return [part.split(">")[0] for part in text.split("<")[1:]]


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
        case "image":
            return slackblocks.ImageBlock(block["image_url"], alt_text=block["alt_text"])
    raise AssertionError(f"no message of ours has a block of type {block['type']}")


def _rebuilt_button(button: Mapping[str, Any]) -> slackblocks.Button:
    text = slackblocks.Text(button["text"]["text"], slackblocks.TextType.PLAINTEXT)
    return slackblocks.Button(text, action_id=button["action_id"], value=button.get("value"))
