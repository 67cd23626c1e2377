"""Signed HTTP: Slack posts to us, and every request has to bear Slack's signature of the last five minutes.

The signature is over the raw bytes, and is looked at before anything else: nothing is made of a body, and nothing that
stands in it is believed, unless it is Slack's (https://docs.slack.dev/authentication/verifying-requests-from-slack).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from slack_bolt import App, BoltRequest
from slack_sdk.signature import SignatureVerifier

PATH = "/slack/events"
"""Where Slack posts commands, buttons and events: one Request URL for all three."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What goes back to Slack: the status, the headers and the body."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


def answer(app: App, secret: str, headers: Mapping[str, str], body: bytes) -> Answer:
    """Give one POST request to the app: its acknowledgement, or 401 if it is not signed with `secret`."""
    if not is_signed(secret, headers, body):
        return Answer(status=401)
    try:
        request = BoltRequest(body=body.decode(), headers=dict(headers))
    except (ValueError, RecursionError):
        return Answer(status=400)
    response = app.dispatch(request)
    made = response.body if isinstance(response.body, str) else json.dumps(response.body)
    return Answer(status=response.status, headers=_listed(response.headers), body=made.encode())


def is_signed(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether Slack has signed this, in the last five minutes. The verifier stumbles over what does not look so."""
    moment, signature = headers.get("X-Slack-Request-Timestamp", ""), headers.get("X-Slack-Signature", "")
    looks_so = re.fullmatch("[0-9]{1,12}", moment) and re.fullmatch("v0=[0-9a-f]{64}", signature)
    try:
        return bool(looks_so) and SignatureVerifier(secret).is_valid(body, moment, signature)
    except UnicodeDecodeError:  # Slack sends text
        return False


def _listed(headers: Mapping[str, Sequence[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, values in headers.items() for value in values)
