"""What Slack says of the person who asks, and what follows from it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.channels.permission import why_not
from bot.slack.people import introduced
from bot.types import Asker

ASKER = Asker(team="T1", channel="C1", user="U1")


class Saying(WebClient):
    """A client whose Slack says this of everybody and of every channel; a word in place of it is an error."""

    def __init__(self, person: dict[str, Any] | str, channel: dict[str, Any] | str) -> None:
        super().__init__(token="xoxb-none")
        self.person, self.channel = person, channel

    def users_info(self, **_: Any) -> Any:
        return {"user": _said(self.person)}

    def conversations_info(self, **_: Any) -> Any:
        return {"channel": _said(self.channel)}

    def conversations_open(self, **_: Any) -> Any:
        return {"channel": _said(self.channel)}


def _said(of: dict[str, Any] | str) -> dict[str, Any]:
    if isinstance(of, str):
        raise SlackApiError("refused", {"ok": False, "error": of})
    return of


MEMBER = {"id": "U1", "team_id": "T1", "is_admin": False}
OURS = {"id": "C1", "is_member": True}


def of(person: dict[str, Any] | str = MEMBER, channel: dict[str, Any] | str = OURS, asker: Asker = ASKER) -> Asker:
    return introduced(Saying(person, channel), asker, only_admins=False)


def test_a_member_in_a_channel_of_ours_is_nothing_special() -> None:
    assert of() == ASKER


@pytest.mark.parametrize("rank", ["is_admin", "is_owner"])
def test_admins_and_owners_are_admins(rank: str) -> None:
    assert of({**MEMBER, rank: True}).is_admin


@pytest.mark.parametrize("sort", ["is_restricted", "is_ultra_restricted"])
def test_guests_of_both_sorts_are_restricted(sort: str) -> None:
    assert of({**MEMBER, sort: True}).is_restricted


@pytest.mark.parametrize("person", [{**MEMBER, "team_id": "T2"}, {**MEMBER, "is_stranger": True}])
def test_somebody_of_another_workspace_is_a_stranger(person: dict[str, Any]) -> None:
    assert of(person).is_stranger


@pytest.mark.parametrize("channel", [{**OURS, "is_member": False}, "channel_not_found"], ids=["public", "private"])
def test_a_channel_that_we_are_not_in_is_told(channel: dict[str, Any] | str) -> None:
    assert of(channel=channel).is_uninvited


IN_A_DIRECT_MESSAGE = Asker(team="T1", channel="D1", user="U1")


def test_our_own_direct_message_with_the_person_is_within_reach() -> None:
    assert of(channel={"id": "D1"}, asker=IN_A_DIRECT_MESSAGE) == IN_A_DIRECT_MESSAGE


def test_a_direct_message_between_people_is_out_of_reach() -> None:
    asker = of(channel={"id": "D9"}, asker=IN_A_DIRECT_MESSAGE)
    assert asker.is_out_of_reach
    assert not asker.is_uninvited, "nobody can invite us there"
    assert "direct message between people" in why_not(asker)


@pytest.mark.parametrize("error", ["ratelimited", "missing_scope"])
def test_of_a_direct_message_that_slack_says_nothing_of_nothing_is_claimed(error: str) -> None:
    asker = of(channel=error, asker=IN_A_DIRECT_MESSAGE)
    assert (asker.is_out_of_reach, asker.is_unknown) == (False, True)


@pytest.mark.parametrize("error", ["ratelimited", "internal_error", "missing_scope"])
def test_whom_slack_says_nothing_of_may_change_nothing_now(error: str) -> None:
    asker = of(error, "ratelimited")
    assert asker == replace(ASKER, is_unknown=True)
    assert "try again" in why_not(asker)


@pytest.mark.parametrize("error", ["user_not_found", "user_not_visible"])
def test_whom_our_workspace_does_not_know_is_a_stranger(error: str) -> None:
    assert of(error).is_stranger


def test_who_pressed_from_another_workspace_is_a_stranger_whatever_is_known_of_them_here() -> None:
    assert of(asker=replace(ASKER, is_stranger=True)).is_stranger


def test_that_only_admins_may_goes_with_the_asker() -> None:
    assert introduced(Saying(MEMBER, OURS), ASKER, only_admins=True).only_admins
