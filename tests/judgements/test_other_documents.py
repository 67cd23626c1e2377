"""Documents worded, laid out or dated otherwise than any at hand: read where it is clear, else left out and said."""

from __future__ import annotations

import pytest

from tests.judgements.test_parse import BODY, FRONT, WHOLE, grades, report

LABELS = {
    "one experience": ("The experiences and progress of care\nleavers", "The experience and progress of care\nleavers"),
    "one experience in every row": ("The experiences", "The experience"),
    "a comma after a label": ("children in care\n", "children in care,\n"),
    "an asterisk after a label": ("care\nleavers\n", "care\nleavers*\n"),
    "an asterisk after a grade": ("Outstanding", "Outstanding*"),
}


@pytest.mark.parametrize(("printed", "instead"), LABELS.values(), ids=LABELS)
def test_a_label_may_be_printed_otherwise(printed: str, instead: str) -> None:
    assert printed in FRONT
    found = report(FRONT.replace(printed, instead), BODY)
    assert (grades(found), found.problems) == (WHOLE, ())


def test_dates_that_go_on_in_words_not_known_are_a_problem_not_a_part_of_them() -> None:
    found = report(FRONT.replace("October 2024", "October 2024 returning on 4 November 2024"), BODY)
    assert (grades(found), found.inspection) == (WHOLE, None)
    assert found.problems == ("The dates of the inspection cannot be read.",)
