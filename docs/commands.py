"""Writes docs/commands.md and the README's table from the table of commands: `make commands`. A test compares them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot import words
from bot.commands import VERBS, forms

PLACE = Path(__file__).with_name("commands.md")
README = Path(__file__).parents[1] / "README.md"


def manual() -> str:
    """The whole of docs/commands.md."""
    return "\n".join(_lines()) + "\n"


def table() -> str:
    """The table of commands as it also stands in the README."""
    return "\n".join(f"| `{words.COMMAND} {form.usage}` | {form.does} |" for form in forms())


def _lines() -> Iterator[str]:
    yield from (f"# {words.MANUAL_TITLE}", "", words.MANUAL_MADE, "")
    yield from (words.MANUAL_WHERE, "", "| command | answer |", "|---|---|", table(), "")
    yield from (words.HELP_NAMES, "", words.MANUAL_PAGES, "", words.MANUAL_TO_WHOM, "")
    only = words.joined([f"`{verb.name}`" for verb in VERBS if verb.of_channel])
    yield from (words.MANUAL_OF_CHANNEL.format(verbs=only), "")
    yield from (
        f"## {words.MANUAL_EXPORT}",
        "",
        words.MANUAL_EXPORT_ROWS,
        "",
        "| column | what it holds |",
        "|---|---|",
    )
    yield from (f"| `{name}` | {holds} |" for name, holds in words.EXPORT_COLUMNS.items())


def with_table(readme: str) -> str:
    """The README with the table as the code makes it."""
    before, _, rest = readme.partition(f"| `{words.COMMAND} ")
    *_, after = rest.partition(f"| `{words.COMMAND} help` | {words.HELP_DOES} |")
    return f"{before}{table()}{after}"


if __name__ == "__main__":
    PLACE.write_text(manual(), encoding="utf-8")
    README.write_text(with_table(README.read_text(encoding="utf-8")), encoding="utf-8")
