"""What a correction says to be different: everything that makes it a correction, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bot import words
from bot.alerting import alerts
from bot.alerting.differences import differences
from bot.channels.facets import plain
from judgements.same import same_reading
from judgements.types import ChangeKind, Inspection, Item, Kind, NotRead, Outcome, Reading, Report, Status
from tests.bot.examples import BEFORE, CHANGES, IN_2023, IN_2026, T0, change, inspection, items, letter, send

UNREGISTERED = Item(text="Stop placing children in unregistered homes.", page=4)
WITHIN_A_DAY = Item(text="See every unaccompanied child within a day.", page=4)
WAS = inspection("GRGG", "G", IN_2026, priority_actions=(WITHIN_A_DAY,), improvements=items(3))


def said(before: Reading | None, after: Reading) -> list[str]:
    return [plain(line) for line in differences(before, after)]


def anew(**other: Any) -> Report:
    return replace(WAS, **other)


@pytest.mark.parametrize(
    ("now", "told"),
    [
        (anew(priority_actions=(UNREGISTERED,)), [
            "Area for priority action, new: “Stop placing children in unregistered homes” (page 4)",
            "Area for priority action, removed: “See every unaccompanied child within a day”",
        ]),
        (anew(priority_actions=()), [
            "Areas for priority action: 1 → none",
            "Area for priority action, removed: “See every unaccompanied child within a day”",
        ]),
        (anew(improvements=items(4)), [
            "Areas for improvement: 3 → 4",
            "Area for improvement, new: “The oversight of private fostering arrangements” (page 2)",
        ]),
        (anew(improvements=tuple(reversed(items(3)))), ["Area for improvement: the same, in a different order"]),
        (anew(improvements=(*items(2), items(2)[0])), [
            f"Area for improvement, new: “{items(1)[0].text[:-1]}” (page 2)",
            f"Area for improvement, removed: “{items(3)[2].text[:-1]}”",
        ]),
        (anew(inspection=Inspection(periods=((date(2026, 7, 6), date(2026, 7, 10)),))), [
            "Inspected: 6 to 17 July 2026 → 6 to 10 July 2026"
        ]),
        (anew(inspection=None), ["Inspected: no longer stated; it was 6 to 17 July 2026"]),
        (anew(problems=("A page is missing.",)), ["Read with certainty: all of it → part of it"]),
        (anew(kind=Kind.SIF_INSPECTION), [
            "Document: inspection of children's services → single inspection of children's services"
        ]),
        (NotRead(status=Status.NOT_A_REPORT, why=""), [
            "Overall effectiveness: no longer stated; it was good",
            "Areas for priority action: no longer stated; it was 1",
        ]),
    ],
    ids=lambda one: "" if isinstance(one, Report | NotRead) else one[0],
)  # fmt: skip
def test_what_differs_is_named(now: Reading, told: list[str]) -> None:
    lines = said(WAS, now)
    assert lines == told if isinstance(now, Report) else set(told) <= set(lines)


PAIRS = [
    (letter(Kind.ILACS_MONITORING_VISIT, visit_number=11), letter(Kind.ILACS_MONITORING_VISIT, visit_number=12)),
    (letter(Kind.ILACS_MONITORING_VISIT, visit_number=3), letter(Kind.ILACS_MONITORING_VISIT, visit_number=4)),
    (letter(Kind.ILACS_FOCUSED_VISIT, improvements=None), letter(Kind.ILACS_FOCUSED_VISIT, improvements=())),
    (send(Outcome.POSITIVE, IN_2023), send(Outcome.INCONSISTENT, IN_2023)),
    (inspection("GGGG", "G", IN_2026), inspection("GGGG", "", IN_2026, edition="2026")),
    (inspection("IRGRI", "I", IN_2026, "sif", "2013"), inspection("IRGGI", "I", IN_2026, "sif", "2013")),
]


@pytest.mark.parametrize(("one", "other"), PAIRS, ids=lambda one: one.kind)
def test_whatever_makes_a_correction_is_named_in_either_direction(one: Report, other: Report) -> None:
    assert not same_reading(one, other)
    for before, after in ((one, other), (other, one)):
        assert words.NOTHING_DIFFERS not in said(before, after)
        assert len(said(before, after)) == 1


def test_a_visit_has_its_number_in_a_word_or_in_figures() -> None:
    visits = [letter(Kind.ILACS_MONITORING_VISIT, visit_number=number) for number in (10, 11)]
    assert said(*visits) == ["Document: tenth monitoring visit → monitoring visit (visit 11)"]


def test_what_reads_the_same_to_a_reader_is_no_difference() -> None:
    same = anew(improvements=tuple(replace(one, page=9, text=one.text.upper()) for one in items(3)), lead_inspectors=())
    assert same_reading(WAS, same)
    assert said(WAS, same) == [words.NOTHING_DIFFERS]


def test_what_is_no_longer_read_says_so_of_each_grade_and_of_nothing_that_was_none() -> None:
    lines = said(anew(priority_actions=()), NotRead(status=Status.NOT_A_REPORT, why=""))
    assert lines[0] == "Overall effectiveness: no longer stated; it was good"
    assert lines[-1] == "Areas for improvement: no longer stated; it was 3"
    assert len(lines) == 6


def test_of_many_new_areas_some_are_quoted_and_the_others_counted() -> None:
    many = tuple(Item(text=f"Area {number}", page=3) for number in range(9))
    lines = said(anew(improvements=None), anew(improvements=many))
    assert lines[0] == "Areas for improvement: 9, which was not stated before"
    assert lines[1:6] == [f"Area for improvement, new: “Area {number}” (page 3)" for number in range(5)]
    assert lines[6:] == ["Area for improvement, new: 4 more"]


def test_what_is_read_at_last_is_told_without_a_before() -> None:
    unread = NotRead(status=Status.UNREADABLE, why="cut off")
    lines = said(unread, WAS)
    assert lines[:2] == ["Areas for priority action: 1", "Overall effectiveness: good"]
    assert lines[-1] == "Areas for improvement: 3"
    assert said(unread, anew(priority_actions=()))[-2:] == [
        "Areas for priority action: none",
        "Areas for improvement: 3",
    ]


@pytest.mark.parametrize("name", ["corrected", "read_at_last", "corrected_long_after"])
def test_the_sentence_of_a_note_ends_each_of_them_once(name: str) -> None:
    assert ".." not in alerts.note(CHANGES[name], T0).sentence


def test_a_note_on_a_rewritten_priority_action_quotes_it() -> None:
    of = change(anew(priority_actions=(UNREGISTERED,)), BEFORE, ChangeKind.CORRECTED)
    note = alerts.note(replace(of, instead_of=WAS), T0)
    assert "new: “Stop placing children in unregistered homes” (page 4)." in note.sentence
