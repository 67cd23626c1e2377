"""What Slack answers to a message, as a table: is it over, is it worth another try, and what is the operator to do.

Foreign errors are wrapped here, once: nothing else reads a `SlackApiError`, whose text repeats what Slack sent. The
codes are those of https://docs.slack.dev/reference/methods/chat.postMessage and of `conversations.history`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from http.client import HTTPException

from slack_sdk.errors import SlackApiError

SHORTEST, LONGEST = timedelta(seconds=5), timedelta(hours=6)
LONGEST_WAIT = timedelta(minutes=15)
"""What is not the message's fault may end any minute, and then what has waited is due."""
MOST_ASKED_FOR = timedelta(days=1)
GROWTH, MOST_GROWTHS = 3, 9
PATIENCE = timedelta(hours=36)
"""How long after Slack first refused a message it is given up, if Slack still refuses it."""


class Verdict(StrEnum):
    """What becomes of the message."""

    DEAD = "dead"
    """This message, or its channel, will never do."""
    RETRY = "retry"
    """This message is refused as things are: tried again, further and further apart, until `PATIENCE` ends."""
    WAIT = "wait"
    """It is not the message's fault: tried again for as long as it takes. No such answer kills a message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How an attempt ended that did not end well. `trouble` is one sentence for the operator, without secrets."""

    verdict: Verdict
    trouble: str
    retry_after: timedelta | None = None
    """What Slack asked for, if it did."""
    reason: str = field(default="", compare=False)
    """Slack's code, or a short word where it gave none: for whoever counts."""


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
    "service_unavailable": (Verdict.WAIT, "Slack is not available"),
    "request_timeout": (Verdict.WAIT, "the message did not reach Slack whole"),
}

NETWORK = (OSError, HTTPException)
"""What the client raises when there is no answer: time-outs, refused and cut connections."""


def outcome(error: Exception) -> Outcome | None:
    """What an error of the Slack client means for the message; None if it is no such error but a bug of ours."""
    if isinstance(error, SlackApiError):
        return _refused(error)
    if isinstance(error, NETWORK):
        return Outcome(
            verdict=Verdict.WAIT, trouble=f"Slack could not be reached ({type(error).__name__})", reason="unreachable"
        )
    return None


def _refused(error: SlackApiError) -> Outcome:
    status = int(getattr(error.response, "status_code", 200))
    code = str(error.response.get("error", ""))
    if status == 429:
        code = "ratelimited"
    elif status >= 500:
        trouble = f"Slack answered with HTTP {status}"
        return Outcome(verdict=Verdict.WAIT, trouble=trouble, retry_after=_asked_for(error), reason=f"http_{status}")
    verdict, trouble = CODES.get(code) or _unknown(code)
    reason = code if code.isidentifier() else "no_sense"
    return Outcome(verdict=verdict, trouble=trouble, retry_after=_asked_for(error), reason=reason)


def _unknown(code: str) -> tuple[Verdict, str]:
    if code.isidentifier():
        return Verdict.RETRY, f"Slack refused it with the code {code}, which is not known here"
    # The answer was no JSON, and the client puts its beginning here: something on the way answered, not Slack.
    return Verdict.WAIT, NONSENSE


def _asked_for(error: SlackApiError) -> timedelta | None:
    headers = {name.lower(): value for name, value in getattr(error.response, "headers", {}).items()}
    seconds = str(headers.get("retry-after", ""))
    # Ten digits are centuries; thousands of them are more than `int` and `timedelta` take.
    return min(timedelta(seconds=int(seconds[:10])), MOST_ASKED_FOR) if seconds.isdecimal() else None


def is_over(ended: Outcome, refused_since: datetime | None, now: datetime) -> bool:
    """Whether the message is given up, which Slack has refused since then (None: never before)."""
    if ended.verdict is Verdict.RETRY:
        return refused_since is not None and now - refused_since >= PATIENCE
    return ended.verdict is Verdict.DEAD


def pause(ended: Outcome, attempts: int, jitter: float) -> timedelta:
    """How long to wait after the `attempts`-th attempt: what Slack asked for, else 5 s growing to 6 h or 15 minutes.

    `jitter`, from 0 to 1, makes it up to a fifth longer, so that messages refused together do not come back together.
    """
    if ended.retry_after is not None:
        return ended.retry_after + timedelta(seconds=jitter)
    times: int = GROWTH ** min(attempts - 1, MOST_GROWTHS)
    longest = LONGEST_WAIT if ended.verdict is Verdict.WAIT else LONGEST
    return min(SHORTEST * times, longest) * (1 + jitter / 5)
