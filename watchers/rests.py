"""What rests when something could not be had, and for how long: decided here, for everything that can fail. Pure.

    a document   rests by itself, and so does the page of an authority: what is well beside it is asked for as ever
    a host       of documents rests when it refuses us, or when one document after the other cannot be had of it
    the source   rests when its list cannot be had, and by its pages as a host does by its documents

What had failed before says nothing of its host: one bad document or page, however long it stays so, slows down nothing
but itself. A rest lasts as `again_after` the failures in a row, or for as long as the site asks, if that is longer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from storage.types import HostState, SourceState
from watchers.fetch import MAX_RETRY_AFTER, Trouble
from watchers.rota import AGAIN_AFTER, again_after
from watchers.world import PollSummary

REFUSED = 403
TOO_MANY = 429
PATIENCE = 3
"""Documents of one host, or pages of the site, in a row that had not failed before: then it is no fault of theirs."""
SOON = timedelta(hours=1)
"""A page that cannot be read is left in peace no longer while something should just have been published on it."""
LONGEST = max(*AGAIN_AFTER, timedelta(seconds=MAX_RETRY_AFTER))


def is_over(until: datetime | None, now: datetime) -> bool:
    """Whether a rest is over. None that we know of is so long: one that is was written by a clock that was ahead."""
    return until is None or not now < until <= now + LONGEST


def is_asked_to_wait(trouble: Trouble) -> bool:
    """Whether the host says in so many words that it has had enough of us."""
    return trouble.status == TOO_MANY or trouble.retry_after is not None


def is_about_itself(trouble: Trouble | None) -> bool:
    """Whether an answer speaks of the one document or page alone: “gone”, say. None: it was no such page at all."""
    if trouble is None or trouble.status is None or is_asked_to_wait(trouble):
        return False
    return trouble.status < 500 and trouble.status != REFUSED


def is_about_all(trouble: Trouble | None, in_a_row: int, *, was_well: bool) -> bool:
    """Whether the whole host, or source, has to be left in peace after the `in_a_row`-th thing of it that failed."""
    if trouble is not None and is_asked_to_wait(trouble):
        return True
    refused = trouble is not None and trouble.status == REFUSED
    return was_well and (refused or in_a_row >= PATIENCE)


def host_after(state: HostState, trouble: Trouble, *, was_well: bool, now: datetime) -> HostState:
    """A host after a document of it could not be had; `was_well`: it was the last time, or had never been asked for."""
    if is_about_itself(trouble) or not (was_well or is_asked_to_wait(trouble)):
        return state
    failures = state.failures + 1
    after = replace(state, failures=failures, trouble=trouble.why)
    if not is_about_all(trouble, failures, was_well=was_well):
        return after
    asked = timedelta(seconds=trouble.retry_after or 0)
    rest = failures if trouble.status == REFUSED or is_asked_to_wait(trouble) else failures - PATIENCE + 1
    return replace(after, next_try_at=now + max(asked, again_after(rest)))


def failing_again(failures: int, *, fresh: bool, now: datetime) -> datetime:
    """When a page that could not be read so many times in a row is looked at again."""
    pause = again_after(failures)
    return now + (min(pause, SOON) if fresh else pause)


def unborne_again(failures: int, *, fresh: bool, common: bool, now: datetime) -> datetime | None:
    """When a page is looked at again that so many times in a row has not borne out the list's date; None: at each poll.

    It is late, or the list is wrong: which is likelier follows from whether that date is of these days, and from
    whether it is `common` that pages are in trouble.
    """
    return None if fresh and not common else now + again_after(failures)


def source_after(state: SourceState, summary: PollSummary, *, now: datetime) -> SourceState:
    """A source after a poll of it: well, or in trouble, and at rest if that has to be."""
    if summary.stopped and not summary.troubles:
        return state
    if not summary.troubles:
        return replace(state, last_ok_at=now, failures=0, trouble="", next_check_at=None, not_before=None)
    after = replace(state, failures=state.failures + 1, trouble=" ".join(summary.troubles))
    if summary.rest is None:
        return replace(after, next_check_at=None, not_before=None)
    return replace(
        after,
        next_check_at=now + max(summary.rest, again_after(after.failures)),
        not_before=now + summary.rest if summary.rest else None,
    )


def soonest(state: SourceState, moments: Iterable[datetime | None], *, now: datetime) -> datetime | None:
    """The first moment at which something is to be tried again; of a source in trouble not before that is."""
    first = min((moment for moment in moments if moment is not None), default=None)
    if first is None or not state.failures:
        return first
    return max(first, now + again_after(state.failures))


def why_not(name: str, state: SourceState, now: datetime) -> str:
    """Why a source that rests is not asked."""
    if state.not_before is not None and state.not_before > now:
        return f"{name} asked us not to come back before {state.not_before:%H:%M} UTC: {state.trouble}"
    return f"{name} will not be asked before {state.next_check_at:%H:%M} UTC, after a failure: {state.trouble}"
