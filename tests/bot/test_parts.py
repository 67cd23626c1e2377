"""Comparisons as rows and phrases."""

from __future__ import annotations

from bot import parts
from bot.types import GradeRow
from judgements.diff import diff
from tests.bot.examples import IN_2015, IN_2019, inspection
from tests.bot.said import plain


def row(short: str) -> GradeRow:
    """Of an inspection of 2019 after one of the single framework."""
    before, after = inspection("RGGIR", "R", IN_2015, "sif", "2013"), inspection("RRG", "R", IN_2019, edition="2018")
    (found,) = [one for one in parts.rows(after, diff(before, after), before) if one.short == short]
    return found


def test_a_judgement_that_has_gone_into_another_is_not_called_lost_in_any_form() -> None:
    said = "now judged as part of children in care and care leavers"
    gone = row("care leavers")
    assert parts.movement_words(gone) == f"care leavers: {said} (it was inadequate)"
    assert parts.movement_short(gone) == f"– Care leavers: {said} (it was inadequate)"
    assert plain(parts.movement_line(gone)) == f"– {said}; it was inadequate"


def test_one_that_is_not_given_any_more_is() -> None:
    assert parts.movement_words(row("adoption")) == "adoption: no longer judged (it was good)"
