"""Frameworks are data: every file is whole, every example is read, and a new framework is a new file."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

import judgements
from judgements.authorities import REGISTRY
from judgements.frameworks import FRAMEWORKS, Edition, Example, Framework, area, load
from judgements.parse import parse
from judgements.types import Document, Grade, Kind, Page, Report, Status

EXAMPLES = [(framework, example) for framework in FRAMEWORKS.values() for example in framework.examples]
EDITIONS = [(framework, edition) for framework in FRAMEWORKS.values() for edition in framework.editions]
THEMES = {area.theme for _, edition in EDITIONS for area in edition.areas}


def paged(text: str) -> Document:
    pages = enumerate(text.split("\f"), 1)
    return Document(form="pdf", pages=tuple(Page(number=n, lines=tuple(page.splitlines())) for n, page in pages))


def reading(text: str, frameworks: dict[str, Framework] | None = None) -> Report:
    found = parse(paged(text.strip()), frameworks or FRAMEWORKS)
    assert isinstance(found, Report), found
    return found


def name(framework: Framework, item: Example | Edition) -> str:
    return f"{framework.key} {item.kind if isinstance(item, Example) else item.key}"


@pytest.mark.parametrize(("framework", "example"), EXAMPLES, ids=[name(*pair) for pair in EXAMPLES])
def test_every_example_is_read(framework: Framework, example: Example) -> None:
    found = reading(example.text)
    assert (found.framework, found.edition, found.kind) == (framework.key, example.edition, example.kind)
    assert {one.theme: one.grade for one in found.graded} == dict(example.grades)
    assert (found.outcome.outcome if found.outcome else None) == example.outcome
    assert found.published == example.published
    assert found.visit_number == example.visit_number
    assert len(found.priority_actions) == example.priority_actions


@pytest.mark.parametrize(("framework", "example"), EXAMPLES, ids=[name(*pair) for pair in EXAMPLES])
def test_every_example_has_its_place_and_time(framework: Framework, example: Example) -> None:
    found = reading(example.text)
    authority = REGISTRY.by_urn(found.authority or "")
    assert (authority.name if authority else None) == example.authority
    dates = (found.inspection.start, found.inspection.end) if found.inspection else (None, None)
    assert dates == (example.start, example.end)
    if example.improvements is not None:
        assert len(found.improvements or ()) == example.improvements
    if example.inspectors is not None:
        assert found.lead_inspectors == example.inspectors
    if example.previous is not None:
        assert found.previous is not None
        assert f"{found.previous.grade} {found.previous.when}" == example.previous


@pytest.mark.parametrize(("framework", "edition"), EDITIONS, ids=[name(*pair) for pair in EDITIONS])
def test_every_area_of_every_edition_has_an_example(framework: Framework, edition: Edition) -> None:
    mine = [example for example in framework.examples if example.edition == edition.key]
    assert mine
    assert {area.theme for area in edition.areas} == {theme for example in mine for theme, _ in example.grades}


def test_every_form_has_an_example() -> None:
    for framework in FRAMEWORKS.values():
        assert {form.kind for form in framework.forms} == {example.kind for example in framework.examples}


def test_what_may_be_compared_with_or_is_taken_in_exists_and_is_another_area() -> None:
    for _, edition in EDITIONS:
        for one in edition.areas:
            assert {*one.compares_with, *one.takes_in} <= THEMES - {one.theme}
            assert not set(one.compares_with) & set(one.takes_in)


@pytest.mark.parametrize("framework", FRAMEWORKS.values(), ids=FRAMEWORKS)
def test_editions_follow_each_other_without_a_gap(framework: Framework) -> None:
    for earlier, later in zip(framework.editions, framework.editions[1:], strict=False):
        assert earlier.last is not None
        assert later.first == earlier.last + timedelta(days=1)


def test_the_edition_follows_the_day_on_which_the_inspection_began() -> None:
    ilacs = FRAMEWORKS["ilacs"]
    days = {date(2022, 12, 31): "2018", date(2023, 1, 1): "2023", date(2026, 3, 31): "2023", date(2026, 4, 1): "2026"}
    for day, key in days.items():
        edition = ilacs.edition_on(day)
        assert edition is not None
        assert edition.key == key
    assert ilacs.edition_on(date(2017, 12, 31)) is None


def test_split_judgements_know_their_parent() -> None:
    for theme in ("in_care", "care_leavers"):
        split = area("ilacs", "2023", theme)
        assert split is not None
        assert "in_care_and_leavers" in split.compares_with
    assert area("ilacs", "2018", "in_care") is None
    assert area("ilacs", "2026", "overall") is None


def test_a_key_that_no_framework_file_has_is_an_error() -> None:
    with pytest.raises(TypeError):
        load(RENEWED.replace("[[forms]]", '[[forms]]\nheadlines = ["a"]'))
    with pytest.raises(ValueError, match="splendid"):
        load(RENEWED.replace('"exceptional"', '"splendid"').replace('"outstanding"', '"splendid"'))


RENEWED = """
key = "renewed"
name = "A framework made up for this test"
scale = ["outstanding", "good", "inadequate"]

[wordings]
outstanding = ['exceptional']
good = ['secure', 'strong standard']
inadequate = ['urgent concern']

[[areas]]
theme = "family_help"
label = "Help for families"
printed = 'help for families'

[[areas]]
theme = "renewed_in_care"
label = "Children in care"
printed = 'children in (?:our )?care'
compares_with = ["in_care"]

[[editions]]
key = "2027"
from = 2027-04-01
areas = ["family_help", "renewed_in_care"]

[[forms]]
kind = "ilacs_inspection"
graded = true
title = ["report on children and families services in .{2,60}? inspected"]
authority = ["services in (?P<authority>.{2,60}?) inspected"]
dates = ["inspected (?:from )?"]
front_ends = ["what we found"]

[forms.table]
name = "the scorecard"
begins = ["scorecard"]

[[forms.statements]]
name = "the section's heading"
words = '{area} – {grade}'
front = false

[forms.improvements]
heading = ["what must change"]
ends = ["about us"]

[[examples]]
kind = "ilacs_inspection"
edition = "2027"
text = '''
Report on children and families services in West Sussex
Inspected from 10 to 14 May 2027
Scorecard
Help for families Strong
standard
Children in our care Urgent concern
What we found
Help for families – strong standard
Children in care – urgent concern
What must change
• Homes near school.
About us
'''

[examples.grades]
family_help = "good"
renewed_in_care = "inadequate"
"""


def test_a_new_framework_is_one_file_and_no_code() -> None:
    framework = load(RENEWED)
    found = reading(framework.examples[0].text, {**FRAMEWORKS, framework.key: framework})
    assert (found.framework, found.edition, found.kind) == ("renewed", "2027", Kind.ILACS_INSPECTION)
    assert found.status is Status.PARSED
    assert {one.theme: one.grade for one in found.judgements} == {
        "family_help": Grade.GOOD,
        "renewed_in_care": Grade.INADEQUATE,
    }
    assert found.judgements[0].span.quote == "Help for families Strong standard"
    assert [item.text for item in found.improvements or ()] == ["Homes near school."]


def test_no_pattern_needs_more_than_every_python_we_run_on_can_do() -> None:
    """Possessive quantifiers and atomic groups are new in 3.11, and match wrongly in the 3.11.2 that Debian 12 has."""
    unsafe = re.compile(r"[^\\(\[|][*+?}]\+|\(\?>")
    files = [path for path in Path(judgements.__file__).parent.rglob("*") if path.suffix in {".py", ".toml"}]
    assert len(files) > 20
    found = [
        f"{path.name}: {line.strip()}"
        for path in files
        for line in path.read_text().splitlines()
        if unsafe.search(line)
    ]
    assert found == []
