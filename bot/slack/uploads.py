"""Files that go with an answer: into the channel where it was asked, or to the asker if we are not in there."""

from __future__ import annotations

from collections.abc import Sequence

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.types import Asker, File

NOT_OURS = frozenset({"not_in_channel", "channel_not_found", "is_archived", "restricted_action", "access_denied"})
"""What Slack answers where the file may not go into the channel; the asker may have it all the same."""


def hand_over(client: WebClient, files: Sequence[File], asker: Asker) -> bool:
    """Upload the files; True if they are in the channel, False if they went to the asker. Raises SDK errors."""
    try:
        _upload(client, files, asker.channel)
    except SlackApiError as error:
        if error.response.get("error") not in NOT_OURS:
            raise
        directly = client.conversations_open(users=[asker.user])
        _upload(client, files, str(directly["channel"]["id"]))
        return False
    return True


def _upload(client: WebClient, files: Sequence[File], channel: str) -> None:
    client.files_upload_v2(
        channel=channel,
        file_uploads=[
            {"file": one.content, "filename": one.name, "title": one.title, "alt_txt": one.alt or None} for one in files
        ],
    )
