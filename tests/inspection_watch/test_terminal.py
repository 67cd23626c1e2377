"""A card at the terminal: a stranger's words are shown as they are."""

from __future__ import annotations

import io
from dataclasses import replace

from rich.console import Console

from bot.types import (
    Bullets,
    Button,
    Card,
    GradeRow,
    Grades,
    Grid,
    Line,
    Link,
    Paragraph,
    Person,
    SmallPrint,
    Strong,
    Table,
)
from inspection_watch import terminal

FOREIGN = "x [/oops] y"
OBEYED = "\x1b]0;title\x07[red]"


def shown(card: Card) -> str:
    console = Console(file=io.StringIO(), width=200, force_terminal=True)
    terminal.show(console, card)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_brackets_in_any_place_of_a_card_are_words_and_no_markup() -> None:
    line: Line = (FOREIGN, Strong(FOREIGN), Link(FOREIGN, FOREIGN), Person(FOREIGN))
    row = GradeRow(name=FOREIGN, sign=FOREIGN, movement=FOREIGN, before=FOREIGN, after=FOREIGN, why=FOREIGN)
    card = Card(
        title=FOREIGN,
        sentence=FOREIGN,
        blocks=(
            Paragraph((line,)),
            SmallPrint((line,)),
            Bullets(title=FOREIGN, items=(line,), left_out=1, elsewhere=FOREIGN),
            Grades((row,)),
            Table(columns=(FOREIGN,), rows=((line,),), title=FOREIGN),
            Grid(columns=(FOREIGN,), rows=((FOREIGN, (line,)),)),
        ),
        buttons=(Button(label=f"See {FOREIGN}", command=FOREIGN),),
    )
    of_the_lines, of_the_row = 5 * 5, 6
    assert shown(card).count(FOREIGN) == of_the_lines + of_the_row + 1 + 2 + 2 + 2 + 2


def test_a_terminal_is_given_nothing_to_obey() -> None:
    said = shown(Card(title=OBEYED, sentence="", blocks=(Paragraph(((OBEYED,),)),)))
    assert "[red]" in said
    assert "\x1b]" not in said
    assert "\x07" not in said


def test_a_column_in_which_nothing_stands_is_left_out() -> None:
    rows: tuple[tuple[Line, ...], ...] = ((("Kent",), (), ()), (("Essex",), ("2026",), ()))
    said = shown(Card(title="", sentence="", blocks=(Table(columns=("Who", "When", "To know"), rows=rows),)))
    assert "When" in said
    assert "To know" not in said


def test_where_nothing_was_compared_there_is_no_before_and_the_words_stand_by_the_grade() -> None:
    row = GradeRow(name="Leadership", after="good", page=2, why="“Leaders are good”")
    said = shown(Card(title="", sentence="", blocks=(Grades((row,)),)))
    assert "before" not in said
    assert "movement" not in said
    assert "“Leaders are good”" in said
    assert "before" in shown(Card(title="", sentence="", blocks=(Grades((replace(row, movement="improved"),)),)))
