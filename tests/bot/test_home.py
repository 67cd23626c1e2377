"""The App Home: what is named as published lately."""

from __future__ import annotations

from dataclasses import replace

from bot import home
from tests.bot.examples import BEFORE, HISTORY, T0, TODAY, document, listing
from tests.bot.said import lines


def test_what_was_published_lately_is_named_newest_first_with_its_day() -> None:
    assert lines(home.latest(HISTORY[:0:-1], TODAY))[1].startswith("West Sussex: area SEND inspection (14 January 2025")


def test_what_was_withdrawn_and_a_second_number_are_not_published_lately() -> None:
    here = document(listing(), BEFORE)
    second = replace(here, listing=listing(file_id="50252437"), same_as=here.listing.file_id)
    gone = replace(here, listing=listing(file_id="50252438"), withdrawn_at=T0)
    told = lines(home.latest([gone, second, here], TODAY))
    assert [line for line in told if line.startswith("West Sussex")] == [
        "West Sussex: inspection of children's services (20 August 2026, today)"
    ]
    assert lines(home.latest([gone], TODAY)) == [
        "Published lately",
        "Nothing has been published in the last four weeks.",
    ]


def test_no_more_are_named_than_have_room_and_what_is_gone_takes_none() -> None:
    many = [document(listing(file_id=str(number)), BEFORE) for number in range(20)]
    gone = [replace(one, withdrawn_at=T0) for one in many]
    told = lines(home.latest([*gone, *many], TODAY))
    assert len([line for line in told if line.startswith("West Sussex")]) == home.MOST_DOCUMENTS
