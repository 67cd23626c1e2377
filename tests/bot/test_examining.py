"""What the doctor says of the settings for Slack."""

from __future__ import annotations

import pytest

from inspection_watch import slack as wired
from inspection_watch.demo.slack import CHANNEL, LocalSlack
from inspection_watch.settings import Settings

pytestmark = pytest.mark.e2e


def examined(slack: LocalSlack, channel: str) -> dict[str, str]:
    """What is wrong with each, "" where nothing is."""
    tokens = {"SLACK_BOT_TOKEN": slack.bot_token, "SLACK_APP_TOKEN": slack.app_token, "SLACK_API_URL": slack.api_url}
    settings = Settings.model_validate(tokens | {"INSPECTION_WATCH_OPERATOR_CHANNEL": channel})
    return {check: trouble for check, trouble, _ in wired.examine(settings)}


def test_an_operators_channel_that_the_bot_is_in_is_well(local_slack: LocalSlack) -> None:
    assert examined(local_slack, CHANNEL) == {"bot token": "", "operators": "", "app token": ""}


def test_one_that_is_not_there_or_that_the_bot_is_not_in_is_said(local_slack: LocalSlack) -> None:
    assert "the bot is not in C0NOWHERE, or there is no such channel" in examined(local_slack, "C0NOWHERE")["operators"]


def test_none_at_all_is_nothing_to_examine(local_slack: LocalSlack) -> None:
    assert "operators" not in examined(local_slack, "")
