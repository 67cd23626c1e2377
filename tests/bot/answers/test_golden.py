"""Typical answers as JSON files that a person has read.

A case without its file gets one and fails: read it, then run again. After a change on purpose, delete the file.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from bot.messages import render
from tests.bot.answers.conftest import Ask

GOLDEN = Path(__file__).parent / "golden"
TYPICAL = (
    "norfolk",
    "east-sussex vs blackpool vs bolton",
    "neighbours west-sussex",
    "region north-east",
    "history blackpool",
    "why west-sussex leadership",
    "recent 14d",
    "replay 2023-05-11",
    "export csv",
    "kent vs sussex",
    "recent region narnia",
)


def path_of(text: str) -> Path:
    return GOLDEN / f"{re.sub('[^a-z0-9]+', '-', text)}.json"


@pytest.mark.parametrize("text", TYPICAL)
def test_an_answer_is_as_it_was_read(text: str, ask: Ask) -> None:
    message = render(ask(text, None).card)
    said = json.dumps({"text": message.text, "blocks": message.blocks}, ensure_ascii=False, indent=1) + "\n"
    path = path_of(text)
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        path.write_text(said, encoding="utf-8")
        pytest.fail(f"{path.name} is new: read it, and run the test again")
    assert said == path.read_text(encoding="utf-8")


def test_every_golden_file_belongs_to_an_answer() -> None:
    assert set(GOLDEN.glob("*.json")) == {path_of(text) for text in TYPICAL}
