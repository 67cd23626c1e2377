"""Whether Slack would take what is sent: Slack's own types, two libraries, and what all of them leave unsaid.

`check(message)`, `check_view(view)` and `check_unfurl(blocks)` raise AssertionError with what is wrong. Use them on
everything that a test can get hold of. The types are those that Slack publishes for TypeScript, as a JSON Schema that
is made when the tools are set up.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import pytest
import slackblocks
from jsonschema import Draft7Validator
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from storage.types import Message

SCHEMA = Path(__file__).parents[2] / ".tools" / "slack-payloads.json"
LONGEST = {"header": 150, "section": 3000, "context": 3000, "actions": 75, "image": 2000, "input": 2000, "divider": 0}
"""Characters of a text in each sort of block; of a button's words in `actions`."""
MOST_BLOCKS = {"home": 100, "modal": 100, "message": 50}
LINK = re.compile(r"https?://[^\s<>|]+\|[^<>|]+")
CALL = re.compile(r"@[UW][A-Z0-9]+|!subteam\^S[A-Z0-9]+")
PLACE = re.compile(r"#[CG][A-Z0-9]+")
"""What may stand between angle brackets: a link with words, a person or a group, and a channel."""


def check(message: Message, calls: Collection[str] = ()) -> None:
    """`calls` are the people and groups that may be named, as Slack marks them: "@U01ALICE", "!subteam^S1"."""
    slacks_types_take("Message", {"text": message.text, "blocks": []})
    assert 1 <= len(message.text) <= 4000
    assert "<" not in message.text, "in a notification nothing is a mark"
    check_blocks(message.blocks, MOST_BLOCKS["message"], calls)


def check_unfurl(blocks: Sequence[Mapping[str, Any]]) -> None:
    """What is shown under an address: it calls nobody, and has nothing to press."""
    slacks_types_take("Unfurl", {"blocks": []})
    check_blocks(blocks, MOST_BLOCKS["message"])
    assert buttons(blocks) == []


def check_view(view: Mapping[str, Any], calls: Collection[str] = ()) -> None:
    """The App Home, or a window."""
    slacks_types_take(str(view["type"]).capitalize(), {**view, "blocks": []})
    parsed = View(**view)
    parsed.validate_json()
    assert parsed.to_dict() == view
    slackblocks_takes(view)
    check_blocks(view["blocks"], MOST_BLOCKS[view["type"]], calls)
    for name in ("title", "submit", "close"):
        assert name not in view or 1 <= len(view[name]["text"]) <= 24, name
    assert len(view.get("private_metadata", "")) <= 3000
    assert len(view.get("callback_id", "")) <= 255


def check_blocks(blocks: Sequence[Mapping[str, Any]], most: int, calls: Collection[str] = ()) -> None:
    for block in blocks:
        assert json.loads(json.dumps(block)) == block
        is_taken(json.dumps(block))
    keeps_to_limits(blocks, most)
    has_ids_of_its_own(blocks)
    names_nobody_else(blocks, calls)


@lru_cache(maxsize=20_000)
def is_taken(payload: str) -> None:
    """One block by itself, by all who can read it; many messages have the same."""
    block = json.loads(payload)
    sort = _sorts().get(str(block.get("type")))
    assert sort, f"no block of Slack's: {block}"
    slacks_types_take(sort, block)
    slack_sdk_takes(block)
    slackblocks.Message(channel="C1", text="x", blocks=[_rebuilt(block)]).to_dict()


def slacks_types_take(of: str, payload: object) -> None:
    assert [f"{of}: {error.message[:300]}" for error in _validator(of).iter_errors(payload)] == []


@cache
def _validator(of: str) -> Draft7Validator:
    return Draft7Validator({"$ref": f"#/definitions/{of}", "definitions": _definitions()})


@cache
def _definitions() -> dict[str, Any]:
    if not SCHEMA.exists():
        pytest.fail(f"{SCHEMA} is not there: “make .tools/ready” makes it.", pytrace=False)
    definitions: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))["definitions"]
    return definitions


@cache
def _sorts() -> Mapping[str, str]:
    """The name of the type for each `type` of a block."""
    names = [one["$ref"].rpartition("/")[2] for one in _definitions()["KnownBlock"]["anyOf"]]
    return {sort: name for name in names for sort in _types_of(_definitions()[name])}


def _types_of(definition: Mapping[str, Any]) -> set[str]:
    """What `type` may be; an image is one of several shapes."""
    said = definition.get("properties", {}).get("type", {}).get("const")
    return {said} if said else {sort for one in definition["anyOf"] for sort in _types_of(one)}


def slack_sdk_takes(block: dict[str, Any]) -> None:
    """Slack's own library reads it, finds nothing wrong, and would send the same."""
    (parsed,) = Block.parse_all([block])
    assert parsed is not None, block
    parsed.validate_json()
    assert parsed.to_dict() == block


def slackblocks_takes(view: Mapping[str, Any]) -> None:
    """Another library, with limits of its own, can build the same view."""
    rebuilt = [_rebuilt(block) for block in view["blocks"]]
    said = {name: view[name] for name in ("callback_id", "private_metadata") if name in view}
    plain = {name: _plain_text(view[name]) for name in ("title", "submit", "close") if name in view}
    sort = slackblocks.HomeTabView if view["type"] == "home" else slackblocks.ModalView
    assert len(sort(blocks=rebuilt, **said, **plain).to_dict()["blocks"]) == len(view["blocks"])


def keeps_to_limits(blocks: Sequence[Mapping[str, Any]], most: int) -> None:
    assert 1 <= len(blocks) <= most
    assert sum(len(text["text"]) for text in texts(blocks)) < 12_000 * (most // MOST_BLOCKS["message"])
    for block in blocks:
        assert block["type"] in LONGEST, block["type"]
        for text in texts(block):
            assert 1 <= len(text["text"]) <= LONGEST[block["type"]], text
        if block["type"] == "actions":
            assert 1 <= len(block["elements"]) <= 25


def has_ids_of_its_own(blocks: Sequence[Mapping[str, Any]]) -> None:
    pressed = buttons(blocks)
    ids = [button["action_id"] for button in pressed]
    assert len(ids) == len(set(ids)), ids
    assert all(1 <= len(one) <= 255 for one in ids), ids
    assert all(1 <= len(button["value"]) <= 2000 for button in pressed if "value" in button)
    named = [block["block_id"] for block in blocks if "block_id" in block]
    assert len(named) == len(set(named)), named


def names_nobody_else(blocks: object, calls: Collection[str] = ()) -> None:
    """Nothing between angle brackets but our own marks, and nothing that Slack would make a mention of."""
    for text in texts(blocks):
        if text["type"] == "mrkdwn":
            assert text["verbatim"] is True, "else Slack makes mentions of plain words"
            for mark in marks(text["text"]):
                assert LINK.fullmatch(mark) or PLACE.fullmatch(mark) or mark in calls, mark
    assert all(CALL.fullmatch(one) for one in calls), "a whole channel is never called"


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


def buttons(blocks: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [one for block in blocks if block["type"] == "actions" for one in block["elements"]]


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
        case "divider":
            return slackblocks.DividerBlock()
        case "input":
            element = block["element"]
            field = slackblocks.PlainTextInput(
                action_id=element["action_id"], multiline=element["multiline"], max_length=element["max_length"]
            )
            return slackblocks.InputBlock(label=_plain_text(block["label"]), element=field)
    raise AssertionError(f"nothing of ours has a block of type {block['type']}")


def _rebuilt_button(button: Mapping[str, Any]) -> slackblocks.Button:
    return slackblocks.Button(_plain_text(button["text"]), action_id=button["action_id"], value=button.get("value"))


def _plain_text(text: Mapping[str, Any]) -> slackblocks.Text:
    return slackblocks.Text(text["text"], slackblocks.TextType.PLAINTEXT)
