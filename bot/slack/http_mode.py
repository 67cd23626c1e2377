"""Signed HTTP: Slack posts to us, and every request has to bear Slack's signature.

Bolt checks the signature, and refuses a request that is older than five minutes; it must be given the signing secret
(`bot.app.build`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from slack_bolt import App, BoltRequest

PATH = "/slack/events"
"""Where Slack posts commands, buttons and events: one Request URL for all three."""
LARGEST = 2**20
"""Bytes of one request; Slack's own are far smaller."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What goes back to Slack: the status, the headers and the body."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


def answer(app: App, headers: Mapping[str, str], body: bytes) -> Answer:
    """Give one POST request to the app: its acknowledgement, or 401 without a good signature."""
    try:
        text = body.decode()
        request = BoltRequest(body=text, headers=dict(headers))
        _ = int(headers.get("X-Slack-Request-Timestamp", "0"))  # Bolt would stumble over one that is no number
    except ValueError:
        return Answer(status=400)
    response = app.dispatch(request)
    made = response.body if isinstance(response.body, str) else json.dumps(response.body)
    return Answer(status=response.status, headers=_listed(response.headers), body=made.encode())


def _listed(headers: Mapping[str, Sequence[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, values in headers.items() for value in values)
