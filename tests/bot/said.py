"""A card as one reads it: its words, line by line."""

from __future__ import annotations

from collections.abc import Iterator

from bot.parts import movement_line
from bot.types import Bullets, Card, Grades, Line, Paragraph, SmallPrint, Table


def lines(card: Card) -> list[str]:
    """Title, every line of every block, and the labels of the buttons in brackets."""
    return [line for line in (card.title, *_body(card), *(f"[{button.label}]" for button in card.buttons)) if line]


def _body(card: Card) -> Iterator[str]:
    for block in card.blocks:
        match block:
            case Paragraph(told) | SmallPrint(told):
                yield from map(plain, told)
            case Bullets():
                yield block.title
                yield from (f"• {plain(item)}" for item in block.items)
                if block.left_out:
                    yield f"… and {block.left_out} more {block.elsewhere}"
            case Grades(rows):
                yield from (f"{row.name}: {plain(movement_line(row))} {row.why}".strip() for row in rows)
            case Table():
                yield from (" | ".join(map(plain, row)) for row in block.rows)


def plain(line: Line) -> str:
    """Its words, with the id of whoever or whatever is mentioned."""
    return "".join(
        run if isinstance(run, str) else getattr(run, "text", "") or f"@{getattr(run, 'id', '')}" for run in line
    )
