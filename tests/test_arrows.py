"""Who may import whom: the "Arrows" of the house, as dictionaries."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

OURS = {
    "judgements": set(),
    "storage": {"judgements"},
    "watchers": {"judgements", "storage"},
    "bot": {"judgements", "storage"},
    "inspection_watch": {"judgements", "storage", "watchers", "bot"},
}
"""Each package and those of ours that it may import, besides itself."""

WITHIN = {
    "bot/slack/": set(),
    "bot/channels/": set(),
    "bot/sending/": {"bot/slack/"},
    "bot/alerting/": {"bot/channels/"},
    "bot/answers/": {"bot/channels/", "bot/alerting/"},
}
"""Each room within the bot and those that it may import, besides itself and what stands beside the rooms (ADR 18)."""

THEIRS = {
    "httpx": {"watchers/fetch.py"},
    "tenacity": {"watchers/fetch.py"},
    "bs4": {"watchers/listings.py"},
    "slack_bolt": {"bot/app.py", "bot/sending/", "bot/slack/"},
    "slack_sdk": {"bot/app.py", "bot/sending/", "bot/slack/"},
    "apscheduler": {"watchers/schedule.py"},
    "prometheus_client": {"inspection_watch/metrics.py"},
    "pypdfium2": {"judgements/document.py"},
    "sqlalchemy": {"storage/"},
    "alembic": {"storage/"},
    "psycopg": {"storage/"},
    "reportlab": {"inspection_watch/demo/"},
    "typer": {"inspection_watch/"},
    "rich": {"inspection_watch/"},
    "pydantic_settings": {"inspection_watch/"},
}
"""Each library that is kept in one place, and the files, or folders with all below them, that may import it."""

IMPURE = {"os", "socket", "time", "random", "logging"}
"""What `judgements` must not import: its answers depend on its arguments alone."""


@dataclass(frozen=True)
class Import:
    """One module imported by one line of one file; `module` is its whole name, `path` begins at the root."""

    path: str
    line: int
    module: str

    @property
    def top(self) -> str:
        return self.module.partition(".")[0]

    @property
    def package(self) -> str:
        return self.path.partition("/")[0]


def imports(path: str, source: str) -> Iterator[Import]:
    """Every import in `source`, wherever it stands, also those that only name a type."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (Import(path, node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield Import(path, node.lineno, str(node.module))


def broken_rules(path: str, source: str) -> list[str]:
    """What is wrong in one file: the file, the line and the rule, a sentence each."""
    broken = [f"{path}:{one.line}: {rule}" for one in imports(path, source) for rule in rules_broken_by(one)]
    if path.startswith("judgements/"):
        broken += [
            f"{path}:{number}: judgements never asks for the time; it is an argument"
            for number, line in enumerate(source.splitlines(), 1)
            if "now(" in line
        ]
    return broken


def rules_broken_by(one: Import) -> Iterator[str]:
    allowed = OURS[one.package] | {one.package}
    if one.top in OURS and one.top not in allowed:
        yield f"{one.package} may import of ours only {', '.join(sorted(allowed))}, not {one.module}"
    here, there = room_of(one.path), room_of(one.module.replace(".", "/") + "/")
    if here and there and there not in WITHIN[here] | {here}:
        yield f"{here} may import of the bot's rooms only {', '.join(sorted(WITHIN[here] | {here}))}, not {one.module}"
    places = THEIRS.get(one.top)
    if places is not None and not any(in_place(one.path, place) for place in places):
        yield f"{one.top} may be imported in {', '.join(sorted(places))} only"
    if one.package == "judgements" and one.top in IMPURE:
        yield f"judgements must not import {one.top}: bytes or text in, values out"


def room_of(path: str) -> str:
    """The room within the bot in which something is; "" for none."""
    return next((room for room in WITHIN if path.startswith(room)), "")


def in_place(path: str, place: str) -> bool:
    return path.startswith(place) if place.endswith("/") else path == place


def modules() -> list[str]:
    return sorted(str(path.relative_to(ROOT)) for package in OURS for path in (ROOT / package).rglob("*.py"))


def test_every_arrow_points_the_right_way() -> None:
    broken = [rule for path in modules() for rule in broken_rules(path, (ROOT / path).read_text(encoding="utf-8"))]
    assert not broken, "\n" + "\n".join(broken)


def test_every_package_is_looked_at() -> None:
    assert {path.partition("/")[0] for path in modules()} == set(OURS)


def test_every_place_exists() -> None:
    """A place that was renamed would let nobody in, and say nothing."""
    places = set(WITHIN).union(*THEIRS.values())
    assert [place for place in sorted(places) if not (ROOT / place).exists()] == []


@pytest.mark.parametrize(
    ("path", "source", "rule"),
    [
        ("bot/app.py", "from watchers.poll import poll", "bot/app.py:1: bot may import of ours only bot, judgements,"),
        ("watchers/poll.py", "\nimport bot", "watchers/poll.py:2: watchers may import of ours only"),
        ("judgements/parse.py", "import storage.types", "judgements may import of ours only judgements, not storage."),
        ("storage/store.py", "import inspection_watch", "storage may import of ours only"),
        (
            "watchers/poll.py",
            "def poll():\n    import httpx",
            "poll.py:2: httpx may be imported in watchers/fetch.py",
        ),
        ("bot/commands.py", "from slack_sdk.web import WebClient", "slack_sdk may be imported in bot/app.py,"),
        ("inspection_watch/cli.py", "import sqlalchemy.exc", "sqlalchemy may be imported in storage/ only"),
        (
            "bot/channels/muting.py",
            "from bot.answers.recent import DAYS",
            "bot/channels/ may import of the bot's rooms only bot/channels/, not bot.answers.recent",
        ),
        ("judgements/dates.py", "from time import monotonic", "dates.py:1: judgements must not import time"),
        ("judgements/dates.py", "today = date.now()", "dates.py:1: judgements never asks for the time"),
    ],
)
def test_a_rule_that_is_broken_is_named_with_its_file_and_line(path: str, source: str, rule: str) -> None:
    (broken,) = broken_rules(path, source)
    assert rule in broken


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("bot/app.py", "import slack_bolt\nfrom storage.store import Store"),
        ("storage/migrations/env.py", "from alembic import context"),
        ("bot/answers/card.py", "from bot.channels import asking\nfrom bot import answers, words"),
        ("inspection_watch/wiring.py", "import bot, watchers, storage, judgements, typer"),
        ("judgements/parse.py", "from judgements.dates import ostensible\nfrom datetime import date"),
    ],
)
def test_what_follows_the_arrows_is_left_alone(path: str, source: str) -> None:
    assert broken_rules(path, source) == []
