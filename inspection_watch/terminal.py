"""A card of the bot at the terminal: the same words, with rich tables.

All of them may be a stranger's: `plain` takes them as they are, where rich would read a string's brackets as markup
and a terminal would obey what cannot be seen.
"""

from __future__ import annotations

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Column
from rich.table import Table as RichTable
from rich.text import Text

from bot import words
from bot.types import (
    OPERATOR,
    Block,
    Bullets,
    Card,
    Channel,
    GradeRow,
    Grades,
    Grid,
    Line,
    Link,
    Paragraph,
    Run,
    SmallPrint,
    Strong,
    Table,
)

MOVEMENT_STYLES = {"▲": "green", "▼": "red"}
"""Colour only underlines what sign and words say already."""


def plain(text: str, style: str = "") -> Text:
    """Words to print as they are, without anything in them that a terminal would obey."""
    return Text("".join(one if one.isprintable() or one == "\n" else " " for one in text), style=style)


def table(*columns: str) -> RichTable:
    """An empty table under these headings."""
    return RichTable(*(Column(plain(column)) for column in columns))


def show(console: Console, card: Card, command: str = words.TERMINAL) -> None:
    """Print a card; what would be buttons in Slack is told as what to type after `command`."""
    console.print(plain(card.title, "bold"))
    for block in card.blocks:
        console.print(Padding(_block(block), (1, 0, 0, 0)))
    typed = [button for button in card.buttons if not button.action]
    if typed:
        console.print()
    for button in typed:
        label = "" if button.label == button.command else f"{button.label}: "
        console.print(plain(label, "dim") + plain(f"{command} {button.command}"))


def _block(block: Block) -> RenderableType:
    match block:
        case Paragraph():
            return Text("\n").join(_line(line) for line in block.lines)
        case SmallPrint():
            return Text("\n", style="dim").join(_line(line) for line in block.lines)
        case Bullets():
            return _bullets(block)
        case Grades():
            return _grades(block)
        case Table():
            return _table(block)
        case Grid():
            return _grid(block)


def _bullets(block: Bullets) -> RenderableType:
    lines = [plain(block.title, "bold"), *(Text.assemble("• ", _line(item)) for item in block.items)]
    if block.left_out:
        lines.append(plain(f"and {block.left_out} more {block.elsewhere}".rstrip(), "dim"))
    return Group(*lines)


def _grades(block: Grades) -> RenderableType:
    """With what was before and how it moved, where anything was compared."""
    compared = any(row.movement for row in block.rows)
    columns = ("before", "now", "movement") if compared else ("grade",)
    grades = table("judgement", *columns, "page")
    for row in block.rows:
        page, now = "" if row.page is None else str(row.page), plain(row.after, "bold")
        told = (plain(row.before), now, _with_why(_movement(row), row)) if compared else (_with_why(now, row),)
        grades.add_row(plain(row.name), *told, page)
    return grades


def _movement(row: GradeRow) -> Text:
    moved = " ".join(part for part in (row.sign, row.movement) if part)
    return plain(moved, MOVEMENT_STYLES.get(row.sign, ""))


def _with_why(text: Text, row: GradeRow) -> Text:
    return text.append_text(plain(f"\n{row.why}", "dim")) if row.why else text


def _table(block: Table) -> RenderableType:
    """A column in which nothing stands is left out."""
    told = [place for place in range(len(block.columns)) if any(row[place] for row in block.rows)]
    rows = table(*(block.columns[place] for place in told))
    for row in block.rows:
        rows.add_row(*(_line(row[place]) for place in told))
    return Group(plain(block.title, "bold"), rows) if block.title else rows


def _grid(block: Grid) -> RenderableType:
    rows = table("", *block.columns)
    for name, cells in block.rows:
        rows.add_row(plain(name, "bold"), *(_line(cell) for cell in cells))
    return rows


def _line(line: Line) -> Text:
    return Text.assemble(*(_run(run) for run in line))


def _run(run: Run) -> Text:
    match run:
        case str():
            return plain(run)
        case Strong():
            return plain(run.text, "bold")
        case Link():
            return plain(f"{run.text} <{run.url}>")
        case Channel():
            return plain(f"#{run.id}")
        case _:
            return plain(run.id if run.id == OPERATOR else f"@{run.id}")
