"""Files that go with an answer: to the asker alone or, on purpose, into the channel where it was asked."""

from __future__ import annotations

from collections.abc import Sequence

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.slack import outcomes
from bot.types import File

CLOSED = frozenset(
    {
        *(code for code, (verdict, _) in outcomes.CODES.items() if verdict is outcomes.Verdict.PAUSE),
        "missing_scope",
        "user_not_visible",
    }
)
"""What Slack answers where we may not write; that is to be said, and is no fault of ours."""


def to_asker(client: WebClient, files: Sequence[File], user: str) -> bool:
    """Upload the files to the direct message that this person and we share; False if we may not. Raises SDK errors."""
    try:
        directly = client.conversations_open(users=[user])
    except SlackApiError as error:
        if outcomes.code_of(error) not in CLOSED:
            raise
        return False
    return to_channel(client, files, str(directly["channel"]["id"]))


def to_channel(client: WebClient, files: Sequence[File], channel: str) -> bool:
    """Upload the files into the channel; False if we may not. Raises SDK errors."""
    try:
        client.files_upload_v2(
            channel=channel,
            file_uploads=[
                {"file": one.content, "filename": one.name, "title": one.title, "alt_txt": one.alt or None}
                for one in files
            ],
        )
    except SlackApiError as error:
        if outcomes.code_of(error) not in CLOSED:
            raise
        return False
    return True
