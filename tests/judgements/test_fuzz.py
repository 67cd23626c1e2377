"""A few damaged documents; `make fuzz` reads as many as there is time for."""

from __future__ import annotations

from tests.judgements.fuzz import MUTATIONS, mutant, run

SEED, FEW = 3, 72


def test_no_damage_makes_a_wrong_grade_or_takes_too_long() -> None:
    tally = run(SEED, range(FEW))
    assert tally.ends.total() == FEW
    assert (tally.wrong, tally.overdue) == ([], [])


def test_a_mutant_can_be_made_again_from_its_numbers() -> None:
    assert [mutant(SEED, n) for n in range(9)] == [mutant(SEED, n) for n in range(9)]


def test_the_few_are_damaged_in_every_way() -> None:
    assert {mutant(SEED, n).mutation for n in range(FEW)} == set(MUTATIONS)
