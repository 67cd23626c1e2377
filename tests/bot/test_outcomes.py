"""What Slack's errors mean: the table, both ways."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from http.client import RemoteDisconnected
from urllib.error import URLError

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from bot.slack.outcomes import (
    A_DAY_OF_WAITING,
    CODES,
    FIRST_PROBE,
    LONGEST,
    LONGEST_WAIT,
    PATIENCE,
    NeverConnectedError,
    Outcome,
    Verdict,
    end_of,
    is_over,
    outcome,
    pause,
)
from storage.sending import ARRIVING
from storage.types import Dead, Delivery, Message, Part, Paused, Refused

T0 = datetime(2026, 8, 20, 8, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def error(code: str, status: int = 200, **headers: str) -> SlackApiError:
    response = SlackResponse(
        client=WebClient(),
        http_verb="POST",
        api_url="https://slack.com/api/chat.postMessage",
        req_args={},
        data={"ok": False, "error": code},
        headers={name.replace("_", "-"): value for name, value in headers.items()},
        status_code=status,
    )
    return SlackApiError("refused", response)


def ended(verdict: Verdict = Verdict.RETRY, retry_after: timedelta | None = None) -> Outcome:
    return Outcome(verdict=verdict, trouble="", retry_after=retry_after)


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_a_verdict_and_a_sentence_for_the_operator(code: str) -> None:
    verdict, trouble = CODES[code]
    told = outcome(error(code))
    assert told is not None
    assert (told.verdict, told.trouble) == (verdict, trouble)
    assert len(trouble.split()) >= 4


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        (error("is_archived"), "is_archived"),
        (error("brand_new_code"), "brand_new_code"),
        (error("Received a response in a non-JSON format: <html>"), "no_sense"),
        (error("", 429), "ratelimited"),
        (error("", 503), "http_503"),
        (TimeoutError(), "unreachable"),
    ],
)
def test_every_outcome_has_a_short_reason_to_count_by(failure: Exception, reason: str) -> None:
    told = outcome(failure)
    assert told is not None
    assert told.reason == reason


def test_an_unknown_code_is_tried_again_and_named() -> None:
    told = outcome(error("brand_new_code"))
    assert told is not None
    assert told.verdict is Verdict.RETRY
    assert "brand_new_code" in told.trouble


def test_an_answer_that_is_no_json_is_not_repeated() -> None:
    told = outcome(error("Received a response in a non-JSON format: <html>xoxb-1"))
    assert told == Outcome(verdict=Verdict.WAIT, trouble="Slack's answer made no sense", uncertain=True)


def test_a_rate_limit_waits_as_long_as_slack_says() -> None:
    told = outcome(error("ratelimited", 429, Retry_After="30"))
    assert told is not None
    assert (told.verdict, told.retry_after) == (Verdict.WAIT, timedelta(seconds=30))
    assert pause(told, attempts=9, jitter=0.5) == timedelta(seconds=30.5)


@pytest.mark.parametrize("seconds", ["86401", "99999999999999", "9" * 5000])
def test_nobody_waits_longer_than_a_day_whatever_slack_says(seconds: str) -> None:
    told = outcome(error("ratelimited", 429, Retry_After=seconds))
    assert told is not None
    assert told.retry_after == timedelta(days=1)


def test_too_many_requests_are_known_by_the_status_whatever_the_words() -> None:
    told = outcome(error("slow down!", 429))
    assert told is not None
    assert told.verdict is Verdict.WAIT


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_fault_of_slacks_is_not_the_messages(status: int) -> None:
    told = outcome(error("internal_error", status, retry_after="7"))
    assert told is not None
    assert (told.verdict, told.retry_after) == (Verdict.WAIT, timedelta(seconds=7))


@pytest.mark.parametrize(
    "failure", [TimeoutError("timed out"), ConnectionResetError(), URLError("refused"), RemoteDisconnected()]
)
def test_a_network_that_fails_is_not_the_messages_fault(failure: Exception) -> None:
    told = outcome(failure)
    assert told is not None
    assert told.verdict is Verdict.WAIT


@pytest.mark.parametrize("bug", [TypeError("ours"), KeyError("ours")])
def test_a_bug_is_no_outcome(bug: Exception) -> None:
    assert outcome(bug) is None


def test_pauses_grow_from_five_seconds_to_a_day() -> None:
    pauses = [pause(ended(), attempts, jitter=0) for attempts in range(1, 14)]
    assert pauses[0] == timedelta(seconds=5)
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST
    assert pause(ended(), 10**6, jitter=0) == LONGEST


def test_what_is_not_the_messages_fault_is_asked_after_more_often() -> None:
    assert pause(ended(Verdict.WAIT), 1, jitter=0) == timedelta(seconds=5)
    assert pause(ended(Verdict.WAIT), 99, jitter=0) == LONGEST_WAIT < LONGEST


def test_but_after_a_day_only_once_a_day() -> None:
    asked = [pause(ended(Verdict.WAIT), attempts, jitter=0) for attempts in range(1, A_DAY_OF_WAITING)]
    assert timedelta(hours=22) < sum(asked, timedelta()) < timedelta(hours=26)
    assert pause(ended(Verdict.WAIT), A_DAY_OF_WAITING, jitter=0) == LONGEST


def test_what_may_stand_there_is_left_alone_until_it_would_have_arrived() -> None:
    """It is looked for then, and what arrives after it was looked for would stand there twice."""
    unknown = replace(ended(Verdict.WAIT), uncertain=True)
    assert pause(unknown, 1, jitter=0) == ARRIVING == timedelta(minutes=1)
    assert pause(replace(unknown, retry_after=SECOND), 1, jitter=0) == ARRIVING
    assert pause(unknown, 9, jitter=0) == LONGEST_WAIT


@pytest.mark.parametrize(
    ("failure", "uncertain"),
    [
        (TimeoutError(), True),
        (ConnectionResetError(), True),
        (URLError(TimeoutError()), True),
        (URLError(NeverConnectedError()), False),
        (error("", 503), True),
        (error("fatal_error"), True),
        (error("not json <html>"), True),
        (error("is_archived"), False),
        (error("ratelimited", 429), False),
        (error("invalid_blocks"), False),
        (error("brand_new_code"), False),
    ],
)
def test_a_message_may_stand_there_only_where_slack_did_not_say_no(failure: Exception, uncertain: bool) -> None:
    told = outcome(failure)
    assert told is not None
    assert told.uncertain is uncertain


def test_only_a_rate_limit_is_a_rate_limit() -> None:
    said = [outcome(one) for one in (error("", 429), error("rate_limited"), error("", 503), error("is_archived"))]
    assert [one.limited for one in said if one] == [True, True, False, False]


def delivery(**other: object) -> Delivery:
    message = Message(text="said", blocks=())
    plain = Delivery(id=1, key="k", team="T1", channel="C1", part=Part.HEADLINE, message=message, begun_at=T0)
    return replace(plain, attempts=1, **other)  # type: ignore[arg-type]


def test_what_is_written_of_an_attempt_follows_from_how_it_ended() -> None:
    one = delivery()
    written = partial(end_of, one, now=T0, jitter=0)
    soon = T0 + 5 * SECOND
    assert written(ended()) == Refused(delivery=one, next_at=soon, trouble="", refused_since=T0)
    assert written(ended(Verdict.WAIT)) == Refused(delivery=one, next_at=soon, trouble="")
    assert written(ended(Verdict.DEAD)) == Dead(delivery=one, next_at=T0, trouble="")
    hour = T0 + FIRST_PROBE
    assert written(ended(Verdict.PAUSE)) == Paused(delivery=one, next_at=hour, trouble="")
    assert written(ended(Verdict.PAUSE_ALL)) == Paused(delivery=one, next_at=hour, trouble="", workspace=True)


def test_also_of_what_is_given_up_it_is_remembered_that_it_may_stand_there() -> None:
    fault = Outcome(verdict=Verdict.RETRY, trouble="", uncertain=True)
    end = end_of(delivery(refused_since=T0 - PATIENCE), fault, T0, 0)
    assert end == Dead(delivery=end.delivery, next_at=T0, trouble="", uncertain=True)


def test_probes_come_further_and_further_apart_up_to_a_day() -> None:
    waits = [end_of(delivery(paused=True, pauses=n), ended(Verdict.PAUSE), T0, 0).next_at - T0 for n in range(8)]
    assert waits[:3] == [FIRST_PROBE, 2 * FIRST_PROBE, 4 * FIRST_PROBE]
    assert waits[-1] == timedelta(days=1)


def test_jitter_makes_a_pause_a_fifth_longer_at_most() -> None:
    assert pause(ended(), 1, jitter=1) == timedelta(seconds=6)


@pytest.mark.parametrize(
    ("verdict", "since", "over"),
    [
        (Verdict.DEAD, None, True),
        (Verdict.RETRY, T0, False),
        (Verdict.RETRY, T0 - PATIENCE + SECOND, False),
        (Verdict.RETRY, T0 - PATIENCE, True),
        (Verdict.WAIT, None, False),
        (Verdict.WAIT, T0 - 9 * PATIENCE, False),
    ],
)
def test_when_a_message_is_given_up(verdict: Verdict, since: datetime | None, over: bool) -> None:
    assert is_over(ended(verdict), since, T0) is over
