"""The grammar of dates, form by form as they are printed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgements.dates import MONTHS, day_in, month_in, ordinal, periods_at

D = date
PERIODS = [
    ("7 to 18 November 2022", [(D(2022, 11, 7), D(2022, 11, 18))]),
    ("27 September to 8 October 2021", [(D(2021, 9, 27), D(2021, 10, 8))]),
    ("17 March to 21 March 2025", [(D(2025, 3, 17), D(2025, 3, 21))]),
    ("8 October 2018 to 19 October 2018", [(D(2018, 10, 8), D(2018, 10, 19))]),
    ("26 October – 19 November 2015", [(D(2015, 10, 26), D(2015, 11, 19))]),
    ("4 June 2018–28 June 2018", [(D(2018, 6, 4), D(2018, 6, 28))]),
    ("02 march 2020 to 13 march 2020", [(D(2020, 3, 2), D(2020, 3, 13))]),
    ("13 december to 12 january 2018", [(D(2017, 12, 13), D(2018, 1, 12))]),
    ("monday 3 to wednesday 19 june 2019", [(D(2019, 6, 3), D(2019, 6, 19))]),
    ("12/09/2016 to 06/10/2016", [(D(2016, 9, 12), D(2016, 10, 6))]),
    ("4 feb to 8 feb 2019", [(D(2019, 2, 4), D(2019, 2, 8))]),
    ("1st to 3rd of May 2012", [(D(2012, 5, 1), D(2012, 5, 3))]),
    ("6 and 7 february 2024", [(D(2024, 2, 6), D(2024, 2, 7))]),
    ("28 february and 1 march 2023", [(D(2023, 2, 28), D(2023, 3, 1))]),
    ("7 September 2021. This was the third", [(D(2021, 9, 7), D(2021, 9, 7))]),
    (
        "24 june to 5 july 2019 and 7 to 8 august 2019",
        [(D(2019, 6, 24), D(2019, 7, 5)), (D(2019, 8, 7), D(2019, 8, 8))],
    ),
    (
        "19 November-11 December 2013 and 28-30 January 2014",
        [(D(2013, 11, 19), D(2013, 12, 11)), (D(2014, 1, 28), D(2014, 1, 30))],
    ),
    ("5 to 16 march 2018 and 26 march 2018", [(D(2018, 3, 5), D(2018, 3, 16)), (D(2018, 3, 26), D(2018, 3, 26))]),
    ("7 to 18 november 2022 2 what needs to improve", [(D(2022, 11, 7), D(2022, 11, 18))]),
]


TWO = [(D(2018, 3, 5), D(2018, 3, 16)), (D(2018, 3, 26), D(2018, 3, 28))]
BETWEEN = [
    *(" ", " and ", ", ", "; ", " & ", ", then ", " then ", " plus ", " as well as ", " (and ", " / ", ", and again "),
    *(" and from ", ", and then from "),
]


@pytest.mark.parametrize("between", BETWEEN)
def test_a_further_period_is_read_whatever_joins_it(between: str) -> None:
    assert periods_at(f"5 to 16 march 2018{between}26 to 28 march 2018", 0) == tuple(TWO)


@pytest.mark.parametrize(
    "more",
    [" 26 march 2018", " returning on 26 march", ", with a further visit on the 26th march 2018", " + 26/03/2018"],
)
def test_dates_that_go_on_in_words_not_known_are_not_certain(more: str) -> None:
    assert periods_at("5 to 16 march 2018" + more, 0) is None


@pytest.mark.parametrize("prose", [" 2 what needs", ". 26 march 2018", " report published 4 may 2018", " 12 children"])
def test_what_follows_a_period_and_is_no_date_of_it_changes_nothing(prose: str) -> None:
    assert periods_at("5 to 16 march 2018" + prose, 0) == (TWO[0],)


@pytest.mark.parametrize(("printed", "periods"), PERIODS, ids=[printed for printed, _ in PERIODS])
def test_periods_are_read(printed: str, periods: list[tuple[date, date]]) -> None:
    assert periods_at(printed.lower(), 0) == tuple(periods)


@pytest.mark.parametrize(
    "printed", ["", "spring 2015", "11 - 20", "31 june 2019 to 2 july 2019", "9 july 2019 to 2 july 2019", "5 may"]
)
def test_what_is_no_period_gives_none(printed: str) -> None:
    assert periods_at(printed, 0) == ()


def test_a_year_printed_nowhere_is_that_of_the_letter() -> None:
    assert periods_at("16 and 20 may", 0, written=D(2016, 8, 2)) == ((D(2016, 5, 16), D(2016, 5, 20)),)
    assert periods_at("5 to 9 december", 0, written=D(2017, 1, 20)) == ((D(2016, 12, 5), D(2016, 12, 9)),)


def test_single_days_months_and_ordinals() -> None:
    assert day_in("published: 3 february 2015 by") == D(2015, 2, 3)
    assert day_in("published 25/11/2016") == D(2016, 11, 25)
    assert day_in("published soon") is None
    assert month_in("in may 2019") == D(2019, 5, 1)
    assert (ordinal("third"), ordinal("12th"), ordinal("last")) == (3, 12, None)


@given(st.dates(D(2009, 1, 1), D(2035, 12, 31)), st.integers(0, 40))
def test_a_period_printed_in_full_is_read_back(first: date, days: int) -> None:
    last = first + timedelta(days=days)
    printed = " to ".join(f"{day.day} {MONTHS[day.month - 1]} {day.year}" for day in (first, last))
    assert periods_at(printed, 0) == ((first, last),)
