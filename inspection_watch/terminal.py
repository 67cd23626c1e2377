"""A card of the bot at the terminal: the same words, with rich tables."""

from __future__ import annotations

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table as RichTable
from rich.text import Text

from bot.types import Block, Bullets, Card, GradeRow, Grades, Line, Link, Paragraph, Run, SmallPrint, Strong, Table

MOVEMENT_STYLES = {"▲": "green", "▼": "red"}
"""Colour only underlines what sign and words say already."""


def show(console: Console, card: Card) -> None:
    """Print a card; what would be buttons in Slack is told as commands to type."""
    console.print(Text(card.title, style="bold"))
    for block in card.blocks:
        console.print(Padding(_block(block), (1, 0, 0, 0)))
    if card.buttons:
        console.print()
    for button in card.buttons:
        console.print(Text.assemble((f"{button.label}: ", "dim"), f"inspection-watch judgements {button.command}"))


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


def _bullets(block: Bullets) -> RenderableType:
    lines = [Text(block.title, style="bold"), *(Text.assemble("• ", _line(item)) for item in block.items)]
    if block.left_out:
        lines.append(Text(f"and {block.left_out} more {block.elsewhere}".rstrip(), style="dim"))
    return Group(*lines)


def _grades(block: Grades) -> RenderableType:
    table = RichTable("judgement", "before", "now", "movement", "page")
    for row in block.rows:
        page = "" if row.page is None else str(row.page)
        table.add_row(row.name, row.before, Text(row.after, style="bold"), _movement(row), page)
    return table


def _movement(row: GradeRow) -> Text:
    words = " ".join(part for part in (row.sign, row.movement) if part)
    text = Text(words, style=MOVEMENT_STYLES.get(row.sign, ""))
    return text.append(f"\n{row.why}", style="dim") if row.why else text


def _table(block: Table) -> RenderableType:
    table = RichTable(*block.columns)
    for row in block.rows:
        table.add_row(*(_line(cell) for cell in row))
    return table


def _line(line: Line) -> Text:
    return Text.assemble(*(_run(run) for run in line))


def _run(run: Run) -> Text:
    match run:
        case str():
            return Text(run)
        case Strong():
            return Text(run.text, style="bold")
        case Link():
            return Text(f"{run.text} <{run.url}>")
        case _:
            return Text(f"@{run.id}")
