"""The App Home: what a person's channels are told, and what is named as published lately."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot import home
from storage.types import Movements, Subscription
from tests.bot.examples import BEFORE, HISTORY, T0, TODAY, document, listing
from tests.bot.said import lines


def wish(scope: str, **other: Any) -> Subscription:
    return Subscription(team="T1", channel="C1", scope=scope, created_by="U1", created_at=T0, **other)


def test_a_channel_is_named_with_what_it_is_told_how_and_until_when_it_is_muted() -> None:
    held = {
        "C1": [wish("region:london"), wish("authority:80578")],
        "C2": [wish("england", changes=(Movements.DOWNGRADES,)), wish("england", how="weekly mon 09:45")],
        "C3": [],
    }
    assert lines(home.channels(held, {"C2": T0}))[1:] == [
        "@C1: the region London and West Sussex (at once)",
        "@C2: all of England (at once; only downgrades) · all of England (every Monday at 09:45)"
        " · muted until 09:36 BST on 20 August 2026",
    ]


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
        "Recently published",
        "Nothing has been published in the last four weeks.",
    ]


def test_no_more_are_named_than_have_room_and_what_is_gone_takes_none() -> None:
    many = [document(listing(file_id=str(number)), BEFORE) for number in range(20)]
    gone = [replace(one, withdrawn_at=T0) for one in many]
    told = lines(home.latest([*gone, *many], TODAY))
    assert len([line for line in told if line.startswith("West Sussex")]) == home.MOST_DOCUMENTS
