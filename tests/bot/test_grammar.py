"""The table of commands as a whole."""

from __future__ import annotations

import pytest

from bot.commands import VERBS, forms, parse
from bot.grammar import Form, Usage, Verb

NAMED = [verb for verb in VERBS if verb.name]


def test_every_word_of_the_table_means_one_command() -> None:
    words = [word for verb in NAMED for word in (verb.name, *verb.also)]
    assert len(words) == len(set(words))


@pytest.mark.parametrize("form", forms(), ids=lambda form: form.usage)
def test_every_example_works_as_it_stands(form: Form) -> None:
    assert not isinstance(parse(form.usage), Usage)


@pytest.mark.parametrize("verb", NAMED, ids=lambda verb: verb.name)
def test_every_example_stands_with_its_own_verb(verb: Verb) -> None:
    assert all(form.usage.split()[0] == verb.name for form in verb.forms)


@pytest.mark.parametrize("verb", NAMED, ids=lambda verb: verb.name)
def test_a_verb_that_may_not_stand_alone_says_what_is_missing(verb: Verb) -> None:
    assert isinstance(parse(verb.name), Usage) is not verb.alone


@pytest.mark.parametrize("verb", NAMED, ids=lambda verb: verb.name)
def test_another_word_for_a_verb_is_asked_about(verb: Verb) -> None:
    for word in verb.also:
        rest = "" if verb.alone else " kent"
        asked = parse(f"{word}{rest}")
        assert isinstance(asked, Usage), word
        assert asked.instead == f"{verb.name}{rest}"
