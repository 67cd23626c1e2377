"""How often somebody may ask for what takes much work."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from bot.allowances import AT_ONCE, EVERY, Allowance, Allowances, spend
from tests.bot.examples import ALICE, T0


def test_a_few_at_once_are_answered_and_then_one_after_the_other() -> None:
    allowance: Allowance | None = None
    waits = []
    for _ in range(AT_ONCE + 1):
        allowance, wait = spend(allowance, T0)
        waits.append(wait)
    assert waits == [timedelta()] * AT_ONCE + [EVERY]
    assert spend(allowance, T0 + EVERY)[1] == timedelta()


@example([0, 0, 0, 0, 1, 0, 19, 0])
@given(st.lists(st.integers(0, 30), min_size=1, max_size=60))
def test_nobody_gets_more_than_a_few_at_once_and_what_grows_back(pauses: list[int]) -> None:
    now, allowance, answered = T0, None, 0
    for pause in pauses:
        now += timedelta(seconds=pause)
        allowance, wait = spend(allowance, now)
        answered += not wait
        assert wait <= EVERY
    assert answered <= AT_ONCE + (now - T0) / EVERY


def test_each_person_has_an_allowance_of_their_own() -> None:
    allowances = Allowances()
    for _ in range(AT_ONCE):
        assert not allowances.spend(ALICE, T0)
    assert allowances.spend(ALICE, T0)
    assert not allowances.spend(replace(ALICE, user="U2"), T0)
    assert not allowances.spend(replace(ALICE, team="T2"), T0)
