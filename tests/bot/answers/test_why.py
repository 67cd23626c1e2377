"""Document, page and words behind each grade."""

from __future__ import annotations

import pytest

from bot.answers import why
from bot.types import Card, Table
from judgements.authorities import REGISTRY, Ambiguous, Authority, Region, Registry, Unknown
from tests.bot.answers.conftest import Ask


def evidence(card: Card) -> list[str]:
    return [str(row[0][0]) for block in card.blocks if isinstance(block, Table) for row in block.rows]


def test_every_grade_has_its_page_and_words(ask: Ask) -> None:
    card = ask("why west-sussex").card
    first, *_ = [block for block in card.blocks if isinstance(block, Table)]
    assert [row[0][0] for row in first.rows] == [
        "Overall effectiveness",
        "The impact of leaders on social work practice with children and families",
        "The experiences and progress of children who need help and protection",
        "The experiences and progress of children in care",
        "The experiences and progress of care leavers",
    ]
    assert all(row[2] == ("page 1",) and str(row[3][0]).startswith("“") for row in first.rows)
    assert "Outcome" in evidence(card)


@pytest.mark.parametrize("words", ["leadership", "impact of leaders", "Leadership"])
def test_one_judgement_comes_with_the_earlier_one_it_is_compared_with(words: str, ask: Ask) -> None:
    card = ask(f"why west sussex {words}").card
    assert evidence(card) == ["The impact of leaders on social work practice with children and families"] * 2
    assert "published 11 May 2023" in str(card.blocks)
    assert "published 8 May 2019" in str(card.blocks)


def test_a_split_judgement_is_shown_with_its_parent_and_why(ask: Ask) -> None:
    card = ask("why west-sussex care leavers").card
    assert evidence(card)[-1] == "The experiences and progress of children in care and care leavers"
    assert "since split" in str(card.blocks)


def test_a_judgement_that_was_not_given_is_answered_with_those_that_were(ask: Ask) -> None:
    reply = ask("why west-sussex adoption")
    assert not reply.answered
    assert "has no judgement “adoption”" in reply.card.sentence
    assert [len(evidence(ask(button.command).card)) > 0 for button in reply.card.buttons] == [True] * 5


def test_the_name_of_an_authority_is_not_cut_short(ask: Ask) -> None:
    assert ask("why north lincolnshire").card.title.startswith("North Lincolnshire")
    assert ask("why sussex leadership").answered is False
    assert ask("why bolton").card.sentence.endswith("Ofsted lists no document on Bolton.")


def test_a_pasted_page_is_not_tried_as_a_name_word_by_word(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []
    find = Registry.find

    def counting(self: Registry, text: str) -> Authority | Region | Ambiguous | Unknown:
        tried.append(text)
        return find(self, text)

    monkeypatch.setattr(Registry, "find", counting)
    ask("why west sussex " + "leadership " * 400)
    assert len(tried) < 20


def test_every_name_is_short_enough_to_be_tried() -> None:
    names = [name for one in REGISTRY.all for name in (one.name, one.spoken, *one.aliases, *one.nicknames)]
    assert max(len(name.split()) for name in names) < why.MOST_WORDS
