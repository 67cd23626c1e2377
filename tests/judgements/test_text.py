"""Tidying: the same print gives the same letters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgements.text import tidy

SAMPLES = [
    ("ligatures", "the ﬁndings of oﬃcers", "the findings of officers"),
    ("no-break and thin spaces", "7\u00a0to\u20098 May", "7 to 8 May"),
    ("doubled spaces and tabs", "  Good\t \t2 ", "Good 2"),
    ("private bullets", "\uf06e one", "■ one"),
    ("unknown private bullets", "\uf0e0 one", "• one"),
    ("box drawing for a dash", "3 \u2500 9 June", "3 – 9 June"),
    ("footnote marks", "Board\u00b9", "Board"),
    ("optional hyphens inside a word", "Calder\u00addale", "Calderdale"),
    ("optional hyphen at a line end", "judged in\u00ad\nadequate", "judged inadequate"),
    ("a printed hyphen at a line end", "out-of\ufffehours help", "out-of-hours help"),
    ("a grade broken at a line end", "judged in\ufffeadequate", "judged inadequate"),
    (
        "a word the document also writes whole",
        "a par\ufffeticular one, in particular",
        "a particular one, in particular",
    ),
    ("the old mark for a broken word", "pre\u0002birth", "pre-birth"),
    ("accents for apostrophes", "children´s and families`", "children’s and families’"),
    ("byte order mark", "\ufeffJudgement", "Judgement"),
]


@pytest.mark.parametrize(("raw", "tidied"), [(raw, tidied) for _, raw, tidied in SAMPLES], ids=[s[0] for s in SAMPLES])
def test_print_is_tidied(raw: str, tidied: str) -> None:
    assert tidy([raw]) == ((tidied,),)


def test_a_form_feed_within_a_page_ends_a_line_and_no_page() -> None:
    assert tidy(["the end.\fAreas for improvement", "2"]) == (("the end.", "Areas for improvement"), ("2",))


def test_empty_lines_are_left_out_and_empty_pages_are_kept() -> None:
    assert tidy(["a\r\n\r\nb", "", "c"]) == (("a", "b"), (), ("c",))


@given(st.lists(st.text(max_size=60), min_size=1, max_size=4))
def test_there_are_as_many_pages_after_as_before_and_no_line_has_loose_ends(pages: list[str]) -> None:
    tidied = tidy(pages)
    assert len(tidied) == len(pages)
    assert all(line and line == " ".join(line.split()) for lines in tidied for line in lines)


@given(st.text(max_size=200))
def test_tidying_twice_changes_nothing_more(page: str) -> None:
    once = tidy([page])
    assert tidy(["\n".join(once[0])]) == once
