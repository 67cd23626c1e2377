"""What Slack answers to a message, as a table: is it over, is it worth another try, and what is the operator to do.

Foreign errors are wrapped here, once: nothing else reads a `SlackApiError`, whose text repeats what Slack sent. The
codes are those of https://docs.slack.dev/reference/methods/chat.postMessage, `chat.update` and `conversations.history`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from http.client import HTTPException

from slack_sdk.errors import SlackApiError

from storage.sending import ARRIVING
from storage.types import Dead, Delivery, Dropped, Paused, Refused

SHORTEST, LONGEST = timedelta(seconds=5), timedelta(days=1)
LONGEST_WAIT = timedelta(minutes=15)
"""What is not the message's fault may end any minute, and then what has waited is due."""
A_DAY_OF_WAITING = 100
"""After so many attempts, about a day's, a trouble is no longer expected to end any minute."""
MOST_ASKED_FOR = timedelta(days=1)
GROWTH, MOST_GROWTHS = 3, 9
PATIENCE = timedelta(hours=36)
"""How long after Slack first refused a message it is given up, if Slack still refuses it."""
FIRST_PROBE = timedelta(hours=1)
"""How long after a channel was paused it is tried again; each time twice as long, up to a day."""
MOST_DOUBLINGS = 5


class Verdict(StrEnum):
    """What becomes of the message."""

    DEAD = "dead"
    """This message will never do."""
    DROP = "drop"
    """Nobody waits for it any more."""
    RETRY = "retry"
    """This message is refused as things are: tried again, further and further apart, until `PATIENCE` ends."""
    WAIT = "wait"
    """It is not the message's fault: tried again for as long as it takes. No such answer kills a message."""
    PAUSE = "pause"
    """The channel takes no messages: all that it is owed waits until it does."""
    PAUSE_ALL = "pause all"
    """The workspace takes none of our messages in any channel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How an attempt ended that did not end well. `trouble` is one sentence for the operator, without secrets."""

    verdict: Verdict
    trouble: str
    retry_after: timedelta | None = None
    """What Slack asked for, if it did."""
    reason: str = field(default="", compare=False)
    """Slack's code, or a short word where it gave none: for whoever counts."""
    limited: bool = False
    """Slack asked us to slow down."""
    uncertain: bool = False
    """The message may stand there all the same."""


INVITE = "the bot is not in the channel: somebody there has to type /invite and its name"
TOKEN = "Slack does not accept the bot's token: check SLACK_BOT_TOKEN, or install the app again"
SCOPES = "the bot's token lacks a scope: compare the app with deploy's manifest and install it again"
PLAN = "the workspace does not let the bot post at the moment: ask its administrators"
MESSAGE = "Slack does not take this message as it is made: this is a fault of the program, please report it"
UNKNOWN = "Slack refused it with the code {code}, which is not known here"
NONSENSE = "Slack's answer made no sense"
CHANNEL = "the channel is archived: nothing can be posted there"
PERSON = "the person cannot be written to"
GONE = "the message that this one corrects is gone"
SLOWER = "Slack asked for fewer messages at a time"

CODES: Mapping[str, tuple[Verdict, str]] = {
    # A private channel the bot is not in "is not found": it may be let in yet.
    "channel_not_found": (Verdict.PAUSE, INVITE),
    "not_in_channel": (Verdict.PAUSE, INVITE),
    "is_archived": (Verdict.PAUSE, CHANNEL),
    "user_not_found": (Verdict.PAUSE, PERSON),
    "user_disabled": (Verdict.PAUSE, PERSON),
    "cannot_dm_bot": (Verdict.PAUSE, PERSON),
    "restricted_action": (Verdict.PAUSE, PLAN),
    "restricted_action_read_only_channel": (Verdict.PAUSE, PLAN),
    "restricted_action_thread_only_channel": (Verdict.PAUSE, PLAN),
    "messages_tab_disabled": (Verdict.PAUSE, PLAN),
    "ekm_access_denied": (Verdict.PAUSE, PLAN),
    "no_permission": (Verdict.PAUSE, PLAN),
    "access_denied": (Verdict.PAUSE, PLAN),
    "team_access_not_granted": (Verdict.PAUSE_ALL, PLAN),
    "team_added_to_org": (Verdict.WAIT, PLAN),
    "invalid_auth": (Verdict.PAUSE_ALL, TOKEN),
    "not_authed": (Verdict.PAUSE_ALL, TOKEN),
    "account_inactive": (Verdict.PAUSE_ALL, TOKEN),
    "token_revoked": (Verdict.PAUSE_ALL, TOKEN),
    "token_expired": (Verdict.PAUSE_ALL, TOKEN),
    "not_allowed_token_type": (Verdict.PAUSE_ALL, TOKEN),
    "missing_scope": (Verdict.PAUSE_ALL, SCOPES),
    "restricted_action_thread_locked": (Verdict.RETRY, PLAN),
    "restricted_action_non_threadable_channel": (Verdict.DEAD, PLAN),
    "cannot_reply_to_message": (Verdict.DEAD, "the headline's thread is closed: nothing can be said in it"),
    "thread_not_found": (Verdict.DEAD, "the headline is gone, and its thread with it"),
    "message_not_found": (Verdict.DEAD, GONE),
    "cant_update_message": (Verdict.DEAD, GONE),
    "edit_window_closed": (Verdict.DEAD, "the workspace does not let messages be corrected after so long"),
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
    "ratelimited": (Verdict.WAIT, SLOWER),
    "rate_limited": (Verdict.WAIT, SLOWER),
    "internal_error": (Verdict.RETRY, "Slack had a fault of its own"),
    "fatal_error": (Verdict.RETRY, "Slack had a fault of its own"),
    "service_unavailable": (Verdict.WAIT, "Slack is not available"),
    "request_timeout": (Verdict.WAIT, "the message did not reach Slack whole"),
}

UNCERTAIN = {"internal_error", "fatal_error", "service_unavailable"}
"""Codes of which Slack says that a part may have been done all the same."""
LIMITS = {"ratelimited", "rate_limited"}

NETWORK = (OSError, HTTPException)
"""What the client raises when there is no answer: time-outs, refused and cut connections."""


class NeverConnectedError(OSError):
    """No line to Slack stood: nothing has been said on it."""


def outcome(error: Exception) -> Outcome | None:
    """What an error of the Slack client means for the message; None if it is no such error but a bug of ours."""
    if isinstance(error, SlackApiError):
        return _refused(error)
    if isinstance(error, NETWORK):
        trouble = f"Slack could not be reached ({type(error).__name__})"
        said = not isinstance(getattr(error, "reason", None), NeverConnectedError)
        return Outcome(verdict=Verdict.WAIT, trouble=trouble, uncertain=said, reason="unreachable")
    return None


def code_of(error: SlackApiError) -> str:
    """Slack's word for what is wrong."""
    return str(error.response.get("error", ""))


def _refused(error: SlackApiError) -> Outcome:
    status, code = int(getattr(error.response, "status_code", 200)), code_of(error)
    waited = partial(Outcome, verdict=Verdict.WAIT, retry_after=_asked_for(error))
    if status == 429 or code in LIMITS:
        return waited(trouble=SLOWER, reason="ratelimited", limited=True)
    if status >= 500:
        return waited(trouble=f"Slack answered with HTTP {status}", reason=f"http_{status}", uncertain=True)
    if not code.isidentifier():
        # The answer was no JSON, and the client puts its beginning here: something on the way answered, not Slack.
        return waited(trouble=NONSENSE, reason="no_sense", uncertain=True)
    verdict, trouble = CODES.get(code) or (Verdict.RETRY, UNKNOWN.format(code=code))
    return waited(verdict=verdict, trouble=trouble, reason=code, uncertain=code in UNCERTAIN)


def _asked_for(error: SlackApiError) -> timedelta | None:
    headers = {name.lower(): value for name, value in getattr(error.response, "headers", {}).items()}
    seconds = str(headers.get("retry-after", ""))
    # Ten digits are centuries; thousands of them are more than `int` and `timedelta` take.
    return min(timedelta(seconds=int(seconds[:10])), MOST_ASKED_FOR) if seconds.isdecimal() else None


def end_of(delivery: Delivery, ended: Outcome, now: datetime, jitter: float) -> Refused | Paused | Dead | Dropped:
    """What is to be written of an attempt that ended like this."""
    if ended.verdict in (Verdict.PAUSE, Verdict.PAUSE_ALL):
        workspace = ended.verdict is Verdict.PAUSE_ALL
        probe = now + until_probe(delivery.pauses if delivery.paused else 0, jitter)
        return Paused(delivery=delivery, next_at=probe, trouble=ended.trouble, workspace=workspace)
    if ended.verdict is Verdict.DROP:
        return Dropped(delivery=delivery, next_at=now, trouble=ended.trouble)
    if is_over(ended, delivery.refused_since, now):
        return Dead(delivery=delivery, next_at=now, trouble=ended.trouble, uncertain=ended.uncertain)
    return Refused(
        delivery=delivery,
        next_at=now + pause(ended, delivery.attempts, jitter),
        trouble=ended.trouble,
        refused_since=now if ended.verdict is Verdict.RETRY else None,
        uncertain=ended.uncertain,
        limited=ended.limited,
    )


def is_over(ended: Outcome, refused_since: datetime | None, now: datetime) -> bool:
    """Whether the message is given up, which Slack has refused since then (None: never before)."""
    if ended.verdict is Verdict.RETRY:
        return refused_since is not None and now - refused_since >= PATIENCE
    return ended.verdict is Verdict.DEAD


def pause(ended: Outcome, attempts: int, jitter: float) -> timedelta:
    """How long to wait after the `attempts`-th attempt: what Slack asked for, else 5 s growing to a day.

    What is not the message's fault is tried every quarter of an hour for about a day before it is tried once a day.
    What may stand there all the same is left alone until it would have arrived. `jitter`, from 0 to 1, makes it up to a
    fifth longer, so that messages refused together do not come back together.
    """
    arriving = ARRIVING if ended.uncertain else timedelta(0)
    if ended.retry_after is not None:
        return max(ended.retry_after, arriving) + timedelta(seconds=jitter)
    times: int = GROWTH ** min(attempts - 1, MOST_GROWTHS)
    longest = LONGEST_WAIT if ended.verdict is Verdict.WAIT and attempts < A_DAY_OF_WAITING else LONGEST
    return max(min(SHORTEST * times, longest), arriving) * (1 + jitter / 5)


def until_probe(pauses: int, jitter: float) -> timedelta:
    """How long a channel is left alone that has refused us for good, and did `pauses` times before: an hour … a day."""
    times: int = 2 ** min(pauses, MOST_DOUBLINGS)
    return min(FIRST_PROBE * times, LONGEST) * (1 + jitter / 5)
