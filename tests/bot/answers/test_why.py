"""Document, page and words behind each grade."""

from __future__ import annotations

from datetime import date

import pytest

from bot.answers import why
from bot.commands import answer, parse
from bot.types import Card, Grades
from judgements.authorities import REGISTRY, Ambiguous, Authority, Region, Registry, Unknown
from judgements.types import Outcome
from storage.store import Store
from tests.bot.answers.conftest import Ask
from tests.bot.examples import ALICE, T0, document, intent, listing, send


def evidence(card: Card) -> list[str]:
    return [row.name for block in card.blocks if isinstance(block, Grades) for row in block.rows]


def test_every_grade_has_its_page_and_words(ask: Ask) -> None:
    card = ask("why west-sussex").card
    first, *_ = [block for block in card.blocks if isinstance(block, Grades)]
    assert [row.name for row in first.rows] == [
        "Overall effectiveness",
        "The impact of leaders on social work practice with children and families",
        "The experiences and progress of children who need help and protection",
        "The experiences and progress of children in care",
        "The experiences and progress of care leavers",
    ]
    assert all(row.page == 1 and row.why.startswith("“") for row in first.rows)
    assert "Outcome of the area SEND inspection" in evidence(card)
    assert "area SEND: inconsistent experiences and outcomes (page 1)" in card.sentence


@pytest.mark.parametrize("words", ["leadership", "impact of leaders", "Leadership"])
def test_one_judgement_comes_with_the_earlier_one_it_is_compared_with(words: str, ask: Ask) -> None:
    card = ask(f"why west sussex {words}").card
    assert evidence(card) == ["The impact of leaders on social work practice with children and families"] * 2
    assert "published 11 May 2023" in str(card.blocks)
    assert "published 8 May 2019" in str(card.blocks)


def test_why_a_grade_was_given_is_answered_with_the_judgements_of_that_grade(ask: Ask) -> None:
    card = ask("why is halton inadequate?").card
    assert "Halton: overall effectiveness: inadequate" in card.sentence
    first, *_ = [block for block in card.blocks if isinstance(block, Grades)]
    assert {row.after for row in first.rows} == {"inadequate"}
    assert "has no judgement “good”" in ask("why halton good").card.sentence
    assert evidence(ask("why west-sussex leadership inadequate").card) == []


def test_a_split_judgement_is_shown_with_its_parent_and_why(ask: Ask) -> None:
    card = ask("why west-sussex care leavers").card
    assert evidence(card)[-1] == "The experiences and progress of children in care and care leavers"
    assert "since split" in str(card.blocks)


def test_a_judgement_that_was_not_given_is_answered_with_those_that_were(ask: Ask) -> None:
    reply = ask("why west-sussex adoption")
    assert not reply.answered
    assert "has no judgement “adoption”" in reply.card.sentence
    assert [len(evidence(ask(button.command).card)) > 0 for button in reply.card.buttons] == [True] * 6


@pytest.mark.parametrize("words", ["send", "SEND", "area SEND", "SEN", "outcome", "special educational needs"])
def test_the_outcome_of_the_area_send_inspection_is_one_to_ask_for(words: str, ask: Ask) -> None:
    card = ask(f"why west sussex {words}").card
    assert evidence(card) == ["Outcome of the area SEND inspection"]
    assert card.sentence == "West Sussex: area SEND: inconsistent experiences and outcomes (page 1)."


def test_an_outcome_that_there_is_not_is_said_so(ask: Ask) -> None:
    reply = ask("why norfolk send")
    assert (reply.answered, reply.card.sentence) == (False, "No area SEND report on Norfolk has been read yet.")


def test_an_outcome_is_told_where_no_grades_were_read_and_with_the_one_before(sqlite_store: Store) -> None:
    days = (date(2023, 11, 6), date(2023, 11, 10)), (date(2026, 6, 1), date(2026, 6, 5))
    outcomes = (Outcome.SYSTEMIC_FAILINGS, Outcome.INCONSISTENT)
    for place, (when, outcome) in enumerate(zip(days, outcomes, strict=True)):
        sqlite_store.apply(intent(document(listing(when[1], f"5026000{place}"), send(outcome, when))))
    card = answer(parse("why west-sussex send"), sqlite_store, T0, ALICE).card
    grades = [row.after for block in card.blocks if isinstance(block, Grades) for row in block.rows]
    assert grades == ["inconsistent experiences and outcomes", "widespread and/or systemic failings"]
    assert answer(parse("why west-sussex"), sqlite_store, T0, ALICE).answered


def test_why_there_is_no_overall_grade_is_said(ask: Ask) -> None:
    reply = ask("why blackpool overall")
    assert not reply.answered
    assert "has no overall grade: Ofsted gives none for inspections from April 2026 onwards" in reply.card.sentence
    assert next(button.command for button in reply.card.buttons) == "why blackpool leadership"


def test_the_name_of_an_authority_is_not_cut_short(ask: Ask) -> None:
    assert ask("why north lincolnshire").card.title.startswith("North Lincolnshire")
    assert ask("why sussex leadership").answered is False
    assert ask("why bolton").card.sentence.endswith("Ofsted lists no documents on Bolton.")


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
