"""Files into a channel, or to a person: what is said where they may not go, and what is a fault."""

from __future__ import annotations

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from bot.slack import outcomes, uploads
from bot.slack.outcomes import Verdict
from bot.types import File

FILE = File(name="a.csv", title="A", make=lambda: b"a")


class Refusing(WebClient):
    """Answers every upload with one code."""

    def __init__(self, code: str) -> None:
        super().__init__()
        self.code = code

    def files_upload_v2(self, **_asked: object) -> SlackResponse:
        raise SlackApiError("refused", {"ok": False, "error": self.code})  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("code", [code for code, (verdict, _) in outcomes.CODES.items() if verdict is Verdict.PAUSE])
def test_where_a_message_would_have_to_wait_for_the_channel_a_file_may_not_go(code: str) -> None:
    assert not uploads.to_channel(Refusing(code), [FILE], "C1")


@pytest.mark.parametrize("code", ["invalid_arguments", "internal_error", "invalid_auth"])
def test_what_is_not_the_channels_is_a_fault(code: str) -> None:
    with pytest.raises(SlackApiError):
        uploads.to_channel(Refusing(code), [FILE], "C1")
