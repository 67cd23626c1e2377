"""Tables of many authorities."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.commands import answer, parse
from bot.types import Card, Grid, Table
from storage.store import Store
from tests.bot.answers.conftest import Ask
from tests.bot.examples import ALICE, HISTORY, T0, UNREAD, inspection, intent, listing
from tests.bot.examples import document as stored


def tables(card: Card) -> dict[str, Table]:
    return {block.title: block for block in card.blocks if isinstance(block, Table)}


def names(card: Card) -> list[str]:
    return [str(getattr(row[0][0], "text", row[0][0])) for table in tables(card).values() for row in table.rows]


def test_england_is_told_in_pages_that_together_have_everybody_once(ask: Ask) -> None:
    pages = [ask(f"england page {number}").card for number in (1, 2, 3)]
    assert ask("England").card == ask("all").card == pages[0]
    told = [name for page in pages for name in names(page)]
    assert len(told) == len(set(told)) == 153
    assert [[button.command for button in page.buttons] for page in pages] == [
        ["england page 2"],
        ["england page 1", "england page 3"],
        ["england page 2"],
    ]
    assert len({page.sentence for page in pages}) == 1


def test_counts_of_a_table_are_those_of_its_groups(ask: Ask) -> None:
    card = ask("region north-east").card
    for title, table in tables(card).items():
        assert title.endswith(f"({len(table.rows)})")
        assert f"{len(table.rows)} {title[0].lower()}{title[1:].partition(' (')[0]}" in card.sentence


def test_grades_are_counted_judgement_by_judgement(ask: Ask) -> None:
    card = ask("england").card
    (grid,) = [block for block in card.blocks if isinstance(block, Grid)]
    first, counts = grid.rows[0]
    assert first == "Overall effectiveness"
    for grade, cell in zip(grid.columns, counts, strict=True):
        assert f"{cell[0]} {grade}" in card.sentence


@pytest.mark.parametrize("typed", ["region north-east", "region North East", "region the north east", "north-east"])
def test_a_region_is_found_however_it_is_typed(typed: str, ask: Ask) -> None:
    assert ask(typed).card.title == "North East"


def test_a_region_that_is_none_is_answered_with_all_of_them(ask: Ask) -> None:
    reply = ask("region narnia")
    assert not reply.answered
    assert [ask(button.command).card.title for button in reply.card.buttons] == [b.label for b in reply.card.buttons]
    assert len(reply.card.buttons) == 9


def test_neighbours_are_the_authority_and_its_ten(ask: Ask) -> None:
    card = ask("neighbours west-sussex").card
    assert len(names(card)) == 11
    assert "West Sussex" in names(card)


@pytest.mark.parametrize("typed", ["england page 4", "england page 0", "region north-east page 2"])
def test_a_page_that_is_not_there_is_refused_with_how_many_there_are(typed: str, ask: Ask) -> None:
    reply = ask(typed)
    assert (reply.answered, reply.card.sentence.startswith("There is no such page: the answer has ")) == (False, True)


def test_without_a_name_the_regions_are_offered_and_an_example_of_neighbours_given(ask: Ask) -> None:
    assert len(ask("region").card.buttons) == 9
    assert "/judgements neighbours west-sussex" in ask("neighbours").card.sentence


def test_without_an_overall_grade_the_areas_speak(ask: Ask) -> None:
    found = tables(ask("region north-west").card)
    (group,) = [table for title, table in found.items() if title.startswith("With no overall grade")]
    (row,) = [row for row in group.rows if "Blackpool" in str(row)]
    assert row[2] == (
        "leadership outstanding; help and protection good; children in care outstanding; care leavers outstanding",
    )


def test_a_newer_document_that_was_not_read_is_flagged(sqlite_store: Store) -> None:
    sqlite_store.apply(intent(*HISTORY, UNREAD))
    card = answer(parse("region south-east"), sqlite_store, T0, ALICE).card
    (row,) = tables(card)["Requires improvement to be good (1)"].rows
    assert row[2] == ("⚠ a newer document has not been read yet",)


def test_what_was_withdrawn_is_not_where_an_authority_stands(sqlite_store: Store) -> None:
    newest = stored(listing(date(2026, 8, 20)), inspection("OOOO", "O", (date(2026, 7, 6), date(2026, 7, 17))))
    sqlite_store.apply(intent(*HISTORY, replace(newest, withdrawn_at=T0)))
    for typed in ("region south-east", "west-sussex", "kent vs west-sussex"):
        assert "outstanding" not in answer(parse(typed), sqlite_store, T0, ALICE).card.sentence


def test_the_counts_of_the_overall_grade_stand_once(ask: Ask) -> None:
    first, second, *_ = ask("england").card.blocks
    assert "153 authorities, 8 with no overall grade and 46 with no grade read yet." in str(first)
    assert isinstance(second, Grid)


def test_a_group_that_goes_on_from_the_page_before_says_so(ask: Ask) -> None:
    first, second = tables(ask("england page 1").card), tables(ask("england page 2").card)
    assert list(first)[-1] == "Good (43)"
    assert list(second)[:2] == ["Good (43), continued", "Requires improvement to be good (18)"]


def test_the_authority_itself_is_marked_among_its_neighbours(ask: Ask) -> None:
    marked = [
        row for table in tables(ask("neighbours kent").card).values() for row in table.rows if "asked" in str(row)
    ]
    assert ["Kent" in str(row) for row in marked] == [True]
    assert "asked" not in str(ask("region south-east").card)


@pytest.mark.parametrize("typed", ["inadequate", "england inadequate", "which are inadequate"])
def test_who_has_one_grade_is_asked_for_by_it(typed: str, ask: Ask) -> None:
    card = ask(typed).card
    (table,) = [found for title, found in tables(card).items() if title.startswith("Inadequate")]
    assert "Halton" in str(table.rows)
    assert card.title == "England: inadequate"
    everybody = [name for page in (1, 2, 3) for name in names(ask(f"england page {page}").card)]
    assert set(names(card)) < set(everybody)


def test_without_an_overall_grade_a_judgement_of_it_counts(ask: Ask) -> None:
    found = tables(ask("england requires improvement").card)
    title = "No overall grade, but a judgement of “requires improvement to be good” (2)"
    assert {"Liverpool", "Somerset"} == {str(getattr(row[0][0], "text", "")) for row in found[title].rows}
    assert len(found) == 2


def test_a_grade_may_follow_a_region_and_neighbours(ask: Ask) -> None:
    assert names(ask("region london inadequate").card) == ["Harrow"]
    assert names(ask("neighbours kent inadequate").card) == ["Devon"]
    assert "Overall grade “inadequate”: 0 of 12 authorities." in str(ask("region north-east inadequate").card)


def test_pages_of_one_grade_are_turned_within_it(ask: Ask) -> None:
    assert ask("england good page 2").card.sentence.endswith(": the answer has 1 page. Type /judgements england good.")


def test_what_follows_england_and_is_no_grade_is_refused_with_an_example(ask: Ask) -> None:
    assert ask("england kent").card.sentence.endswith("for example /judgements england inadequate.")
