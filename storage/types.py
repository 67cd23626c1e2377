"""The values that cross the door of storage. All times are aware and in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from judgements.types import Change, Listing, Reading


class Standing(StrEnum):
    """Where a listed document stands with us."""

    READ = "read"
    """Its bytes are in the archive and it was given to the parser (whose answer may be `NotRead`)."""
    AWAITED = "awaited"
    """Listed, but not to be had yet (not found, cut off, too large): asked for again at `next_try_at`, for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownDocument:
    """A document as storage remembers it. `parser` is the fingerprint of the parser that made `reading`."""

    listing: Listing
    standing: Standing
    first_seen_at: datetime
    sha256: str | None = None
    reading: Reading | None = None
    parser: str | None = None
    why: str = ""
    failures: int = 0
    next_try_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownAuthority:
    """One authority as storage remembers it.

    `latest_report` is the date the search page showed when its own page was last read; `baseline_at` is None until
    its history has been taken once; `walked_at` is when its own page was last read whole.
    """

    urn: str
    latest_report: date | None = None
    baseline_at: datetime | None = None
    walked_at: datetime | None = None
    documents: tuple[KnownDocument, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What storage shall write about one authority, in one transaction, and why."""

    urn: str
    now: datetime
    latest_report: date | None
    baseline: bool
    """True if this completes the authority's first sight."""
    documents: tuple[KnownDocument, ...] = ()
    """New or altered documents; the ones not named stay as they are."""
    changes: tuple[Change, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """The last good answer of one address: its validators and the archived body they belong to."""

    url: str
    etag: str | None
    last_modified: str | None
    sha256: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """How a watched source is doing. `trouble` is "" while it is well, else one sentence."""

    key: str
    next_check_at: datetime | None = None
    last_ok_at: datetime | None = None
    failures: int = 0
    trouble: str = ""
    seen: int = 0
    """Authorities the last good look at it showed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A channel's wish to be told about one authority."""

    team: str
    channel: str
    urn: str
    created_by: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedChange:
    """A change that is ours to turn into deliveries until the lease ends, and when it was noticed."""

    change: Change
    seen_at: datetime


class Part(StrEnum):
    """Which message of an alert: the headline in the channel or the detail in its thread."""

    HEADLINE = "headline"
    DETAIL = "detail"


class DeliveryStatus(StrEnum):
    PENDING = "pending"
    SENT = "sent"
    DEAD = "dead"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message owed to one channel. `key` is unique per change, channel and part, and travels in the message."""

    key: str
    team: str
    channel: str
    part: Part
    change: Change
    seen_at: datetime
    """When the change was noticed."""
    status: DeliveryStatus = DeliveryStatus.PENDING
    attempts: int = 0
    """Counted when the delivery is claimed. An attempt is known by this number when its end is recorded."""
    unfinished: int = 0
    """The attempts since the last one that came to an end, this one included: a message that crashes us has many."""
    refused_since: datetime | None = None
    """When Slack first refused this message for a reason that counts against it."""
    not_before: datetime | None = None
    ts: str | None = None
    """Slack's own id of the message, once sent."""
    thread_ts: str | None = None
    """The headline's `ts`, for a detail."""
    trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What `status` says: how much of the country has been seen, and when."""

    authorities_known: int
    authorities_baselined: int
    newest: Listing | None
    sources: tuple[SourceState, ...]
    waiting: int
    dead: int
    """Given up with a trouble; not what was dropped because its channel unsubscribed."""
