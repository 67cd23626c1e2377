"""What was said too late: taken back where another message counts, left where it is the one that counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from slack_sdk.errors import SlackApiError
from structlog.testing import capture_logs

from bot.sending.twins import PAUSE_SECONDS, Late, Twins
from bot.slack.client import Client
from storage.sending import Newer
from storage.store import Store
from storage.types import Delivery, Message, Part

NOW = datetime(2026, 1, 1, tzinfo=UTC)
DELIVERY = Delivery(
    id=7,
    key="key",
    team="T1",
    channel="C1",
    part=Part.HEADLINE,
    message=Message(text="said", blocks=()),
    begun_at=NOW,
)


class Said:
    """What is recorded, and a Slack where messages may be taken back."""

    def __init__(self, settled: dict[int, str | None], *troubles: Exception) -> None:
        self.is_settled, self.troubles, self.gone = settled, list(troubles), list[tuple[str, str]]()
        self.newer: list[Newer] = []

    def settled(self, _ids: list[int]) -> dict[int, str | None]:
        return self.is_settled

    def write_again(self, _late: Delivery, _now: datetime) -> Newer:
        return self.newer.pop(0)

    def chat_delete(self, *, channel: str, ts: str) -> None:
        if self.troubles:
            raise self.troubles.pop(0)
        self.gone.append((channel, ts))


def twins(said: Said, seconds: list[float], delivery: Delivery = DELIVERY) -> Twins:
    made = Twins(store=cast("Store", said), client=cast("Client", said), clock=lambda: NOW, seconds=lambda: seconds[0])
    made.add(Late(delivery=delivery, at=NOW, ts="2", channel="D1"))
    return made


@pytest.mark.parametrize(
    ("settled", "gone", "left"),
    [
        ({7: "1"}, [("D1", "2")], 0),
        ({7: "2"}, [], 0),
        ({7: None}, [], 0),
        ({}, [], 1),
    ],
    ids=["another counts", "it is the one that counts", "none counts", "not known yet"],
)
def test_only_what_stands_beside_the_one_that_counts_is_taken_back(
    settled: dict[int, str | None], gone: list[tuple[str, str]], left: int
) -> None:
    said = Said(settled)
    made = twins(said, [0.0])
    made.look()
    assert (said.gone, len(made.late)) == (gone, left)


def test_where_slack_is_not_reached_it_is_tried_again_a_little_later() -> None:
    said, seconds = Said({7: "1"}, TimeoutError()), [0.0]
    made = twins(said, seconds)
    for _ in range(2):
        made.look()
        assert (said.gone, len(made.late)) == ([], 1)
    seconds[0] += PAUSE_SECONDS
    made.look()
    assert (said.gone, made.late) == ([("D1", "2")], [])


@pytest.mark.parametrize("code", ["ratelimited", "internal_error", "service_unavailable"])
def test_and_where_slack_cannot_just_now(code: str) -> None:
    answer: Any = {"ok": False, "error": code}
    said, seconds = Said({7: "1"}, SlackApiError("no", answer)), [0.0]
    made = twins(said, seconds)
    made.look()
    seconds[0] += PAUSE_SECONDS
    made.look()
    assert (said.gone, made.late) == ([("D1", "2")], [])


def test_who_cannot_reach_slack_for_one_does_not_try_the_next() -> None:
    said = Said({7: "1"}, TimeoutError(), AssertionError("asked again"))
    made = twins(said, [0.0])
    made.add(made.late[0])
    made.look()
    assert len(made.late) == 2


@pytest.mark.parametrize(
    ("newer", "looks", "events"),
    [
        ([Newer.NONE], 1, []),
        ([Newer.WAITS], 1, []),
        ([Newer.WRITTEN], 1, ["written again"]),
        ([Newer.UNDER_WAY, Newer.WRITTEN], 2, ["written again"]),
    ],
    ids=str,
)
def test_a_late_correction_is_written_over_and_nothing_is_taken_back(
    newer: list[Newer], looks: int, events: list[str]
) -> None:
    said = Said({7: "1"})
    said.newer = newer
    made = twins(said, [0.0], replace(DELIVERY, edits="said"))
    with capture_logs() as logs:
        for left in reversed(range(looks)):
            made.settle()
            assert len(made.late) == bool(left)
    assert ([one["event"] for one in logs], said.gone) == (events, [])


@pytest.mark.parametrize(("code", "events"), [("message_not_found", []), ("cant_delete_message", ["stands twice"])])
def test_what_cannot_be_taken_back_is_said_in_the_log(code: str, events: list[str]) -> None:
    answer: Any = {"ok": False, "error": code}
    made = twins(Said({7: "1"}, SlackApiError("no", answer)), [0.0])
    with capture_logs() as logs:
        made.look()
    assert ([one["event"] for one in logs], made.late) == (events, [])
