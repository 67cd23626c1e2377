"""Authorities side by side."""

from __future__ import annotations

import pytest

from bot.answers.compare import Compare
from bot.commands import parse
from bot.types import Grid, Paragraph
from tests.bot.answers.conftest import Ask
from tests.bot.said import plain


@pytest.mark.parametrize(
    "typed",
    [
        "kent vs essex",
        "Kent VS. Essex",
        "kent versus essex",
        "kent v essex",
        "compare kent, essex",
        "compare kent vs essex",
    ],
)
def test_two_names_are_compared_however_that_is_typed(typed: str, ask: Ask) -> None:
    assert ask(typed).card.title == "Kent and Essex, side by side"


def test_names_alone_side_by_side_are_compared_too(ask: Ask) -> None:
    assert ask("kent, essex").card == ask("kent vs essex").card


def test_each_judgement_is_a_row_with_a_cell_for_each(ask: Ask) -> None:
    card = ask("east-sussex vs blackpool").card
    (grid,) = [block for block in card.blocks if isinstance(block, Grid)]
    cells = dict(grid.rows)
    assert grid.columns == ("East Sussex", "Blackpool")
    assert grid.rows[0][0] == "Overall effectiveness"
    assert list(map(plain, cells["Overall effectiveness"])) == [
        "good (▼ declined; it was outstanding)",
        "no overall grade given",
    ]
    assert plain(cells["Help and protection"][0]) == "good (= same as before)"
    assert card.sentence == "East Sussex: good; Blackpool: no overall grade given."


def test_one_without_a_report_says_so_and_the_others_are_shown(ask: Ask) -> None:
    card = ask("kent vs bolton").card
    (about, *_) = [block for block in card.blocks if isinstance(block, Paragraph)]
    assert "Ofsted lists no documents on Bolton." in str(about)
    assert card.sentence == "Kent: good; Bolton: no grades read yet."
    (grid,) = [block for block in card.blocks if isinstance(block, Grid)]
    assert {plain(cells[1]) for _, cells in grid.rows} == {"no grades read yet"}


def test_the_overall_grade_comes_first_and_nobody_is_left_out_of_a_judgement(ask: Ask) -> None:
    (grid,) = [block for block in ask("blackpool vs halton vs dudley").card.blocks if isinstance(block, Grid)]
    assert grid.rows[0][0] == "Overall effectiveness"
    assert all(cell for _, cells in grid.rows for cell in cells)
    both = dict(grid.rows)["Children in care and care leavers"]
    assert plain(both[0]) == "not judged on its own"


@pytest.mark.parametrize(
    "typed",
    [
        "kent vs kent",
        "compare kent",
        "compare",
        "kent vs",
        "vs kent",
        "vs",
        "kent vs essex vs york vs leeds vs hull vs bury",
    ],
)
def test_fewer_than_two_and_more_than_five_are_refused_with_an_example(typed: str, ask: Ask) -> None:
    reply = ask(typed)
    assert not reply.answered
    assert reply.card.sentence.startswith("Two to five authorities can be compared, for example /judgements east")


def test_a_name_that_is_not_certain_is_asked_about_and_the_others_stay(ask: Ask) -> None:
    reply = ask("kent vs sussex vs york")
    assert not reply.answered
    assert sorted(button.command for button in reply.card.buttons) == [
        "kent vs east-sussex vs york",
        "kent vs west-sussex vs york",
    ]
    assert all(isinstance(parse(button.command), Compare) for button in reply.card.buttons)
