"""The bot at work for a test: it answers, in threads of this process, whoever asks in a local-slack."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from inspection_watch import slack as wired
from inspection_watch.demo.slack import LocalSlack
from inspection_watch.listen import Doors
from inspection_watch.settings import Settings
from storage.store import Store


@contextmanager
def answering(
    store: Store, slack: LocalSlack, doors: Doors, clock: Callable[[], datetime], *, over_http: bool
) -> Iterator[None]:
    """The bot answers, with the settings that a person gives it, until the end of the block."""
    token = {"SLACK_SIGNING_SECRET": slack.signing_secret} if over_http else {"SLACK_APP_TOKEN": slack.app_token}
    settings = Settings(SLACK_BOT_TOKEN=slack.bot_token, SLACK_API_URL=slack.api_url, **token)
    with wired.answering(settings, store, clock, doors):
        yield
