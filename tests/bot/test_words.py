"""Dates, ages and lists in words; and that no value of ours is without its word."""

from __future__ import annotations

from datetime import UTC, date, datetime
from string import Formatter

import pytest

from bot import words
from judgements.frameworks import FRAMEWORKS
from judgements.types import Grade, Kind, Movement, NotJudged, Outcome

TODAY = date(2026, 8, 20)


@pytest.mark.parametrize(
    ("then", "said"),
    [
        (date(2026, 8, 20), "today"),
        (date(2026, 8, 19), "yesterday"),
        (date(2026, 7, 21), "30 days ago"),
        (date(2026, 7, 20), "1 month ago"),
        (date(2025, 8, 21), "11 months ago"),
        (date(2025, 8, 20), "1 year ago"),
        (date(2023, 6, 20), "3 years 2 months ago"),
        (date(2026, 8, 31), "on 31 August 2026"),
    ],
)
def test_an_age_is_told_in_the_units_people_use(then: date, said: str) -> None:
    assert words.ago(then, TODAY) == said


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (date(2026, 7, 6), date(2026, 7, 6), "on 6 July 2026"),
        (date(2026, 7, 6), date(2026, 7, 17), "6 to 17 July 2026"),
        (date(2019, 2, 25), date(2019, 3, 8), "25 February to 8 March 2019"),
        (date(2019, 12, 30), date(2020, 1, 10), "30 December 2019 to 10 January 2020"),
    ],
)
def test_a_period_repeats_no_more_than_it_must(first: date, last: date, said: str) -> None:
    assert words.period(first, last) == said


def test_times_are_told_in_london() -> None:
    assert words.moment(datetime(2026, 8, 20, 23, 30, tzinfo=UTC)) == "00:30 BST on 21 August 2026"
    assert words.moment(datetime(2026, 12, 1, 9, 5, tzinfo=UTC)) == "09:05 GMT on 1 December 2026"


@pytest.mark.parametrize(
    ("names", "said"), [([], ""), (["A"], "A"), (["A", "B"], "A and B"), (["A", "B", "C"], "A, B and C")]
)
def test_names_are_joined(names: list[str], said: str) -> None:
    assert words.joined(names) == said


def test_names_with_a_comma_in_them_are_joined_with_semicolons() -> None:
    assert (
        words.joined(["Kent", "Bournemouth, Christchurch and Poole"]) == "Kent; and Bournemouth, Christchurch and Poole"
    )
    assert words.joined(["A", "B, C and D", "E"], "or") == "A; B, C and D; or E"
    assert words.joined(["A", "B"], "or") == "A or B"
    assert words.joined(["B, C and D"]) == "B, C and D"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("https://a.example/search?q=&rows=100: answered 500", "https://a.example/search: answered 500"),
        ("see https://a.example/b?c.", "see https://a.example/b."),
        ("why? https://a.example/b, is it?", "why? https://a.example/b, is it?"),
    ],
)
def test_no_query_of_an_address_is_shown(text: str, said: str) -> None:
    assert words.without_queries(text) == said


def test_short_names_are_of_judgements_that_frameworks_have_and_short() -> None:
    labels = {area.theme: area.label for one in FRAMEWORKS.values() for each in one.editions for area in each.areas}
    assert set(words.SHORT) <= set(labels)
    assert all(len(short) <= len(labels[theme]) for theme, short in words.SHORT.items())


@pytest.mark.parametrize(("value", "said"), [("2019-05", "May 2019"), ("2019", "2019")])
def test_a_month_may_be_a_year_alone(value: str, said: str) -> None:
    assert words.month(value) == said


def test_every_value_has_its_word() -> None:
    assert set(words.GRADES) == {*Grade, *NotJudged}
    assert set(words.OUTCOMES) == set(Outcome)
    assert set(words.KINDS) == set(Kind)
    assert set(words.SIGNS) == set(Movement)


def test_no_two_movements_look_alike_even_without_colour() -> None:
    assert len({sign for sign, _ in words.SIGNS.values()}) == len(words.SIGNS)
    assert len({word for _, word in words.SIGNS.values()}) == len(words.SIGNS)


def test_every_template_is_well_formed() -> None:
    templates = [value for name, value in vars(words).items() if name.isupper() and isinstance(value, str)]
    assert all(name is None or name.isidentifier() for one in templates for _, name, _, _ in Formatter().parse(one))
