"""What is said in a dozen typical cases, message by message, as JSON files that a person has read.

A case without its file gets one and fails: read it, then run again. After a change on purpose, delete the file.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from storage.types import Message
from tests.bot.messages_said import MESSAGES

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_is_as_it_was_read(name: str) -> None:
    path, said = GOLDEN / f"{name}.json", _json(MESSAGES[name])
    if not path.exists():
        path.write_text(said, encoding="utf-8")
        pytest.fail(f"{path.name} is new: read it, and run the test again")
    assert said == path.read_text(encoding="utf-8")


def test_every_golden_file_belongs_to_a_message() -> None:
    assert {path.stem for path in GOLDEN.glob("*.json")} == set(MESSAGES)


def _json(message: Message) -> str:
    return json.dumps({"text": message.text, "blocks": message.blocks}, ensure_ascii=False, indent=1) + "\n"
