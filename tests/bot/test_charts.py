"""The timeline: what it shows, in words and as a picture."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, timedelta

import pytest
from PIL import Image

from bot.answers import charts, reports
from bot.answers.reports import Read
from bot.answers.timeline import Timeline, timeline
from judgements.authorities import REGISTRY
from judgements.types import Kind, NotJudged, Outcome
from tests.bot.examples import (
    HISTORY,
    IN_2015,
    IN_2019,
    IN_2023,
    IN_2026,
    TODAY,
    inspection,
    items,
    judgement,
    letter,
    listing,
    send,
)
from tests.bot.histories import histories

LONGEST_NAME = max((one.spoken for one in REGISTRY.all), key=len)


def drawn(*documents: Read, name: str = "West Sussex", today: date = TODAY) -> Timeline:
    shown = timeline(name, documents, today)
    assert shown is not None
    return shown


def image(shown: Timeline) -> Image.Image:
    return Image.open(io.BytesIO(charts.draw(shown))).convert("RGB")


def graded(days: tuple[date, date], grades: str, overall: str, framework: str = "ilacs", edition: str = "2023") -> Read:
    return Read(listing(days[1]), inspection(grades, overall, days, framework, edition))


def near(colour: tuple[int, ...], wanted: str) -> bool:
    named = tuple(int(wanted[place : place + 2], 16) for place in (1, 3, 5))
    return sum(abs(one - other) for one, other in zip(colour, named, strict=True)) < 40


@pytest.mark.parametrize(("overall", "step"), [("O", 0), ("G", 1), ("R", 2), ("A", 2), ("I", 3)])
def test_a_grade_is_a_dot_on_its_step_and_a_line_until_today(overall: str, step: int) -> None:
    shown = drawn(graded(IN_2019, "RRR", overall, edition="2018"))
    picture = image(shown)
    scale = charts._Scale(first=shown.first, last=shown.last)
    height = charts._y(step)
    dot = picture.getpixel((round(scale.x(IN_2019[1])), round(height)))
    line = picture.getpixel((round(scale.x(TODAY)) - 40, round(height)))
    assert isinstance(dot, tuple)
    assert isinstance(line, tuple)
    assert near(dot, charts.STEPS[step][2])
    assert near(line, charts.BLACK)


def test_where_no_overall_grade_is_given_the_line_ends_and_the_areas_are_counted() -> None:
    shown = drawn(graded(IN_2023, "RRRR", "R"), graded(IN_2026, "OGGG", "", edition="2026"), today=date(2027, 7, 1))
    picture = image(shown)
    scale = charts._Scale(first=shown.first, last=shown.last)
    after = [picture.getpixel((round(scale.x(date(2027, 5, 1))), round(charts._y(step)))) for step in range(4)]
    assert all(isinstance(one, tuple) and min(one) > 200 for one in after), "no line goes on"
    assert shown.alt.endswith("July 2026 no overall grade given, areas: 3 good and 1 outstanding.")


def test_the_words_say_every_grade_and_what_else_is_marked() -> None:
    shown = drawn(*reports.read(HISTORY))
    assert shown.alt == (
        "Timeline of West Sussex. Overall effectiveness by the end of the inspection: March 2019 inadequate; "
        "March 2023 requires improvement to be good. Also marked: 1 letter (with areas for priority action) and "
        "1 area SEND inspection."
    )


def test_the_words_count_what_has_areas_for_priority_action_among_letters_and_outcomes() -> None:
    days = [date(2024, month, 2) for month in (1, 2, 3)]
    visits = [Read(listing(day), letter(Kind.ILACS_FOCUSED_VISIT, (day, day))) for day in days]
    flagged = replace(visits[0], report=replace(visits[0].report, priority_actions=items(1)))
    outcome = replace(send(Outcome.SYSTEMIC_FAILINGS, IN_2026), priority_actions=items(2))
    shown = drawn(graded(IN_2023, "RRRR", "R"), flagged, *visits[1:], Read(listing(), outcome))
    assert shown.alt.endswith(
        "Also marked: 3 letters (1 with areas for priority action) and "
        "1 area SEND inspection (with areas for priority action)."
    )
    picture, scale = image(shown), charts._Scale(first=shown.first, last=shown.last)
    square = picture.getpixel((round(scale.x(IN_2026[1])) - 11, charts.MARKS))
    assert isinstance(square, tuple)
    assert near(square, charts.RED)


def test_every_edition_begins_on_its_day_whether_or_not_an_inspection_was_made_under_it() -> None:
    shown = drawn(graded(IN_2015, "RRRRR", "R", "sif", "2013"), graded(IN_2026, "RRRG", "", edition="2026"))
    assert [(era.name, era.since) for era in shown.eras[1:]] == [
        ("ILACS 2018", date(2018, 1, 1)),
        ("ILACS 2023", date(2023, 1, 1)),
        ("ILACS 2026", date(2026, 4, 1)),
    ]
    picture, scale = image(shown), charts._Scale(first=shown.first, last=shown.last)
    for era in shown.eras[1:]:
        column = [picture.getpixel((round(scale.x(era.since)), y)) for y in range(charts.TOP, charts.BOTTOM)]
        assert any(isinstance(one, tuple) and near(one, charts.GREY) for one in column), era.name


def test_an_edition_that_began_lately_is_named_though_its_stretch_is_narrow() -> None:
    picture = image(drawn(graded(IN_2015, "RRRRR", "R", "sif", "2013"), graded(IN_2026, "RRRG", "", edition="2026")))
    above = [picture.getpixel((x, charts.RAISED)) for x in range(charts.WIDTH - 220, charts.WIDTH)]
    assert sum(isinstance(one, tuple) and near(one, charts.GREY) for one in above) > 10


def test_no_edition_begins_before_the_end_of_an_inspection_under_an_earlier_one() -> None:
    late = (date(2022, 12, 12), date(2023, 1, 20))
    shown = drawn(graded(late, "RRR", "R", edition="2018"), graded(IN_2026, "RRRG", "", edition="2026"))
    assert [era.since for era in shown.eras if era.name == "ILACS 2023"] == [date(2023, 1, 20)]


def test_the_same_history_in_any_order_gives_the_same_bytes() -> None:
    documents = reports.read(HISTORY)
    assert charts.draw(drawn(*documents)) == charts.draw(drawn(*reversed(documents)))


def test_without_a_graded_report_there_is_nothing_to_draw() -> None:
    visit = Read(listing(), letter(Kind.ILACS_FOCUSED_VISIT))
    nothing = inspection("GGGG", "", IN_2026)
    unjudged = replace(
        nothing, judgements=tuple(replace(one, grade=NotJudged.NOT_JUDGED) for one in nothing.judgements)
    )
    assert timeline("Kent", [], TODAY) is None
    assert timeline("Kent", [visit, Read(listing(), unjudged)], TODAY) is None


def test_a_crowded_history_of_the_longest_name_is_drawn() -> None:
    days = [date(2009, 3, 2) + timedelta(days=200 * number) for number in range(30)]
    visits = [
        Read(listing(day), letter(Kind.ILACS_FOCUSED_VISIT, (day, day), priority_actions=items(1))) for day in days
    ]
    inspections = [graded((day, day), "IRGRI", "I", "sif", "2013") for day in days]
    picture = image(drawn(*visits, *inspections, graded(IN_2015, "IRGRI", "O", "sif", "2013"), name=LONGEST_NAME))
    assert picture.size == (charts.WIDTH, charts.HEIGHT)


def test_real_histories_are_drawn_small_enough_to_send() -> None:
    for urn, documents in list(histories().items())[::5]:
        if shown := timeline(urn, reports.read(documents), TODAY):
            assert 5_000 < len(charts.draw(shown)) < 100_000


def test_of_a_report_on_two_services_each_overall_grade_counts_and_no_other() -> None:
    themes = {"safeguarding_overall": "G", "looked_after_overall": "A", "safeguarding_capacity": "O"}
    judged = tuple(judgement(theme, letter) for theme, letter in themes.items())
    report = replace(inspection("GGGG", "", IN_2015), judgements=judged, kind=Kind.SLAC_INSPECTION, framework="slac")
    assert drawn(Read(listing(), report)).alt.endswith("no overall grade given, areas: 1 good and 1 adequate.")
