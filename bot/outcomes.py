"""What Slack answers to a message, as a table: is it over, is it worth another try, and what is the operator to do.

Foreign errors are wrapped here, once: nothing else reads a `SlackApiError`, whose text repeats what Slack sent. The
codes are those of https://docs.slack.dev/reference/methods/chat.postMessage and of `conversations.history`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from http.client import HTTPException

from slack_sdk.errors import SlackApiError

SHORTEST, LONGEST = timedelta(seconds=5), timedelta(hours=6)
GROWTH = 3
MOST_ATTEMPTS = 14
"""About a day and a half from the first try to the last."""


class Verdict(StrEnum):
    """What becomes of the message."""

    DEAD = "dead"
    """This message, or its channel, will never do."""
    RETRY = "retry"
    """Tried again, further and further apart, until `MOST_ATTEMPTS`."""
    WAIT = "wait"
    """It is not the message's fault: tried again for as long as it takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How an attempt ended that did not end well. `trouble` is one sentence for the operator, without secrets."""

    verdict: Verdict
    trouble: str
    retry_after: timedelta | None = None
    """What Slack asked for, if it did."""


INVITE = "the bot is not in the channel: somebody there has to type /invite and its name"
TOKEN = "Slack does not accept the bot's token: check SLACK_BOT_TOKEN, or install the app again"
SCOPES = "the bot's token lacks a scope: compare the app with deploy's manifest and install it again"
PLAN = "the workspace does not let the bot post at the moment: ask its administrators"
MESSAGE = "Slack does not take this message as it is made: this is a fault of the program, please report it"
NONSENSE = "Slack's answer made no sense"
CHANNEL = "the channel is archived: nothing can be posted there"

CODES: Mapping[str, tuple[Verdict, str]] = {
    # A private channel the bot is not in "is not found": it may be let in yet.
    "channel_not_found": (Verdict.RETRY, INVITE),
    "not_in_channel": (Verdict.RETRY, INVITE),
    "is_archived": (Verdict.DEAD, CHANNEL),
    "invalid_auth": (Verdict.WAIT, TOKEN),
    "not_authed": (Verdict.WAIT, TOKEN),
    "account_inactive": (Verdict.WAIT, TOKEN),
    "token_revoked": (Verdict.WAIT, TOKEN),
    "token_expired": (Verdict.WAIT, TOKEN),
    "not_allowed_token_type": (Verdict.WAIT, TOKEN),
    "missing_scope": (Verdict.WAIT, SCOPES),
    "no_permission": (Verdict.RETRY, PLAN),
    "access_denied": (Verdict.RETRY, PLAN),
    "restricted_action": (Verdict.RETRY, PLAN),
    "restricted_action_read_only_channel": (Verdict.RETRY, PLAN),
    "restricted_action_thread_only_channel": (Verdict.RETRY, PLAN),
    "restricted_action_non_threadable_channel": (Verdict.DEAD, PLAN),
    "restricted_action_thread_locked": (Verdict.RETRY, PLAN),
    "ekm_access_denied": (Verdict.RETRY, PLAN),
    "team_access_not_granted": (Verdict.RETRY, PLAN),
    "team_added_to_org": (Verdict.RETRY, PLAN),
    "messages_tab_disabled": (Verdict.DEAD, PLAN),
    "cannot_reply_to_message": (Verdict.DEAD, "the headline's thread is closed: nothing can be said in it"),
    "thread_not_found": (Verdict.DEAD, "the headline is gone, and its thread with it"),
    "invalid_blocks": (Verdict.DEAD, MESSAGE),
    "invalid_blocks_format": (Verdict.DEAD, MESSAGE),
    "invalid_metadata_format": (Verdict.DEAD, MESSAGE),
    "invalid_metadata_schema": (Verdict.DEAD, MESSAGE),
    "metadata_too_large": (Verdict.DEAD, MESSAGE),
    "metadata_must_be_sent_from_app": (Verdict.DEAD, MESSAGE),
    "msg_too_long": (Verdict.DEAD, MESSAGE),
    "msg_blocks_too_long": (Verdict.DEAD, MESSAGE),
    "no_text": (Verdict.DEAD, MESSAGE),
    "too_many_attachments": (Verdict.DEAD, MESSAGE),
    "invalid_arguments": (Verdict.DEAD, MESSAGE),
    "message_limit_exceeded": (Verdict.WAIT, "the workspace has used up its messages: ask its administrators"),
    "ratelimited": (Verdict.WAIT, "Slack asked for fewer messages at a time"),
    "rate_limited": (Verdict.WAIT, "Slack asked for fewer messages at a time"),
    "internal_error": (Verdict.RETRY, "Slack had a fault of its own"),
    "fatal_error": (Verdict.RETRY, "Slack had a fault of its own"),
    "service_unavailable": (Verdict.RETRY, "Slack is not available"),
    "request_timeout": (Verdict.RETRY, "the message did not reach Slack whole"),
}

NETWORK = (OSError, HTTPException)
"""What the client raises when there is no answer: time-outs, refused and cut connections."""


def outcome(error: Exception) -> Outcome | None:
    """What an error of the Slack client means for the message; None if it is no such error but a bug of ours."""
    if isinstance(error, SlackApiError):
        return _refused(error)
    if isinstance(error, NETWORK):
        return Outcome(verdict=Verdict.RETRY, trouble=f"Slack could not be reached ({type(error).__name__})")
    return None


def _refused(error: SlackApiError) -> Outcome:
    status = int(getattr(error.response, "status_code", 200))
    code = str(error.response.get("error", ""))
    if status == 429:
        code = "ratelimited"
    elif status >= 500:
        trouble = f"Slack answered with HTTP {status}"
        return Outcome(verdict=Verdict.RETRY, trouble=trouble, retry_after=_asked_for(error))
    verdict, trouble = CODES.get(code) or (Verdict.RETRY, _unknown(code))
    return Outcome(verdict=verdict, trouble=trouble, retry_after=_asked_for(error))


def _unknown(code: str) -> str:
    # Where Slack's answer is no JSON, the client puts the beginning of that answer here.
    return f"Slack refused it with the code {code}, which is not known here" if code.isidentifier() else NONSENSE


def _asked_for(error: SlackApiError) -> timedelta | None:
    headers = {name.lower(): value for name, value in getattr(error.response, "headers", {}).items()}
    seconds = str(headers.get("retry-after", ""))
    return timedelta(seconds=int(seconds)) if seconds.isdecimal() else None


def is_over(ended: Outcome, attempts: int) -> bool:
    """Whether the message is given up after so many attempts."""
    return ended.verdict is Verdict.DEAD or (ended.verdict is Verdict.RETRY and attempts >= MOST_ATTEMPTS)


def pause(ended: Outcome, attempts: int, jitter: float) -> timedelta:
    """How long to wait after the `attempts`-th attempt: what Slack asked for, else 5 s growing to 6 h.

    `jitter`, from 0 to 1, makes it up to a fifth longer, so that messages refused together do not come back together.
    """
    if ended.retry_after is not None:
        return ended.retry_after + timedelta(seconds=jitter)
    times: int = GROWTH ** min(attempts - 1, MOST_ATTEMPTS)
    return min(SHORTEST * times, LONGEST) * (1 + jitter / 5)
