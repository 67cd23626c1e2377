"""The values that cross the door of storage. All times are aware and in UTC."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from judgements.types import Change, Kind, Listing, Reading, Report


class Standing(StrEnum):
    """Where a listed document stands with us."""

    READ = "read"
    """Its bytes are in the archive and it was given to the parser (whose answer may be `NotRead`)."""
    AWAITED = "awaited"
    """Listed, but not to be had yet (not found, cut off, too large): asked for again at `next_try_at`, for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownDocument:
    """A document as storage remembers it. `parser` is the fingerprint of the parser that made `reading`.

    `missing_since`: it was on its authority's page, and is not any more. `same_as` is the file id of the document that
    this one is a second number of, with a URN before it if that is another authority's ("" for a document of its own).
    `told` is the key of the change that first told of it ("": nobody was told), `told_sha256` the bytes whose reading
    people have been told or we have taken as a baseline (None: nothing that it says).
    """

    listing: Listing
    standing: Standing
    first_seen_at: datetime
    sha256: str | None = None
    reading: Reading | None = None
    parser: str | None = None
    why: str = ""
    failures: int = 0
    next_try_at: datetime | None = None
    """When a document that is not there, or cannot be read, is asked for again."""
    check_at: datetime | None = None
    """When a document that we have is asked for again, should its bytes have been replaced."""
    altered_at: datetime | None = None
    """When its bytes were last seen to be others than before."""
    missing_since: datetime | None = None
    withdrawn_at: datetime | None = None
    same_as: str = ""
    told: str = ""
    told_sha256: str | None = None
    retold: int = 0
    """How often what was told of it has been taken back: corrections and withdrawals."""

    @property
    def kind(self) -> Kind | None:
        """What sort of document it is, if that was read."""
        return self.reading.kind if isinstance(self.reading, Report) else None

    @property
    def inspected(self) -> date | None:
        """The last day of the inspection, if that was read."""
        inspection = self.reading.inspection if isinstance(self.reading, Report) else None
        return max((last for _, last in inspection.periods), default=None) if inspection else None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownAuthority:
    """One authority as storage remembers it.

    `name` is the one the list showed last, `listed_report` the date the list showed when its own page was last asked
    for, `latest_report` that date once its page has borne it out, till then the page's own. `news_from` was decided
    when it was first listed: what is published from that day on is news, also while its history is taken. `baseline_at`
    is None until that has been done; `walked_at` is when its own page was last read whole.

    `failures` counts the looks in a row that left something to be wished (`trouble` says what, "" while all is well);
    until `next_look_at` its page is left in peace.

    `unlisted_since`: the source's list does not show it any more; `departed_at`: operators have said that it need not.
    """

    urn: str
    name: str = ""
    listed_report: date | None = None
    latest_report: date | None = None
    news_from: date | None = None
    baseline_at: datetime | None = None
    walked_at: datetime | None = None
    failures: int = 0
    next_look_at: datetime | None = None
    trouble: str = ""
    unlisted_since: datetime | None = None
    departed_at: datetime | None = None
    documents: tuple[KnownDocument, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What storage shall write about one authority, in one transaction, and why."""

    urn: str
    now: datetime
    baseline: bool
    """True if this completes the authority's first sight."""
    documents: tuple[KnownDocument, ...] = ()
    """New or altered documents; the ones not named stay as they are."""
    changes: tuple[Change, ...] = ()
    reason: str = ""
    walked: bool = True
    """False if its page was not read: then nothing is written about that, but documents and changes alone."""
    latest_report: date | None = None
    listed_report: date | None = None
    failures: int = 0
    next_look_at: datetime | None = None
    trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostState:
    """How a host that documents are fetched from is doing.

    `failures` counts what could not be had of it in a row, `trouble` says why; until `next_try_at` it is left in peace.
    """

    host: str
    failures: int = 0
    next_try_at: datetime | None = None
    trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """A lease that is ours: what it is for, and the token that says who we are."""

    name: str
    owner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """The last good answer of one address: its validators, and the archived body they stand for.

    `meaning` is a hash of what a page lists: a body that means the same is not archived again.
    """

    url: str
    etag: str | None
    last_modified: str | None
    sha256: str
    at: datetime
    meaning: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """Where and when archived bytes came from, and the headers they came with (names in lower case)."""

    sha256: str
    url: str
    fetched_at: datetime
    size: int
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """How a watched source is doing. `trouble` is "" while it is well, else one sentence.

    Until `next_check_at` it is left in peace. `not_before` is when the site itself allows us to come back: before that
    nobody asks it, not even by hand.
    `last_ok_at` is when all that was to be seen of it was last seen.
    """

    key: str
    next_check_at: datetime | None = None
    not_before: datetime | None = None
    last_ok_at: datetime | None = None
    failures: int = 0
    trouble: str = ""
    seen: int = 0
    """Authorities that its list showed last."""
    next_look_at: datetime | None = None
    """When the plan says to look again, as far as whoever looked last knew."""
    listed_at: datetime | None = None
    """When its list was last read, whatever became of the pages after that."""


class TroubleKind(StrEnum):
    """What operators are told of."""

    SOURCE_FAILING = "source_failing"
    NO_GOOD_POLL = "no_good_poll"
    LIST_SUSPECT = "list_suspect"
    PAGE_SUSPECT = "page_suspect"
    MANY_MISSING = "many_missing"
    UNFAMILIAR = "unfamiliar"
    OUT_OF_REACH = "out_of_reach"
    NOTHING_NEW = "nothing_new"
    ARCHIVE_NEARLY_FULL = "archive_nearly_full"
    UNREAD = "unread"
    UNTOLD = "untold"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownTrouble:
    """Something that operators must know: when it begins, when it grows and when it is over. `key` names its cause.

    `about` is what it concerns now, in words of its kind (authorities, documents), and `told_of` all of that of which
    operators have been told, last at `told_at`. `copy` is the archived page that shows it. It was last seen at
    `last_at`, for the `times`-th time since `since`.
    """

    key: str
    kind: TroubleKind
    sentence: str
    since: datetime
    last_at: datetime
    times: int = 1
    copy: str | None = None
    told_at: datetime | None = None
    over_at: datetime | None = None
    over_told_at: datetime | None = None
    about: tuple[str, ...] = ()
    told_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelState:
    """What people have said about a channel as a whole."""

    muted_until: datetime | None = None
    muted_since: datetime | None = None
    muted_by: str | None = None
    unfurls: bool = True


class DocumentSort(StrEnum):
    """A sort of document that a subscription may be narrowed to, in the word people type."""

    INSPECTIONS = "inspections"
    LETTERS = "letters"
    SEND = "send"
    JTAI = "jtai"


class Movements(StrEnum):
    """What must have happened for a narrowed subscription to tell it, in the word people type."""

    DOWNGRADES = "downgrades"
    UPGRADES = "upgrades"
    PRIORITY_ACTIONS = "priority-actions"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A channel's wish to be told about a scope: an authority, a region, an authority's neighbours, or England.

    `scope`, spelled by `bot.channels.scopes`, and what it is `narrowed` to are the wish's identity within the channel.
    `excepted` are URNs. Nothing in `documents` or `changes` means all of them. `how` is "now", "daily 09:45" or "weekly
    mon 09:45", in London time; `mention` a person or a group as Slack writes them in a message, pinged `mention_on` a
    movement (None: always). `digest_at` is when its digest comes next although nothing happened (None: never).
    """

    team: str
    channel: str
    scope: str
    created_by: str
    created_at: datetime
    excepted: tuple[str, ...] = ()
    documents: tuple[DocumentSort, ...] = ()
    changes: tuple[Movements, ...] = ()
    how: str = "now"
    compact: bool = False
    threads: bool = True
    mention: str = ""
    mention_on: Movements | None = None
    even_if_empty: bool = False
    digest_at: datetime | None = None
    edited_by: str | None = None
    edited_at: datetime | None = None

    @property
    def narrowed(self) -> str:
        """What it is narrowed to in the words people type, "letters downgrades"; "" for everything."""
        return " ".join((*sorted(self.documents), *sorted(self.changes)))


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedChange:
    """A change that nobody has been told of yet, and when it was noticed."""

    change: Change
    seen_at: datetime


class Part(StrEnum):
    """Which message it is, for those who count and show them. How it is sent follows from `thread_of` and `edits`."""

    HEADLINE = "headline"
    DETAIL = "detail"
    BURST = "burst"
    """One card for several authorities; under it, in its thread, a message for each."""
    DIGEST = "digest"
    NOTE = "note"
    """In a thread: what a correction changed."""
    NOTICE = "notice"
    """To operators, to a channel of which something was asked at a terminal, or to a person by direct message (then the
    channel is the person's id)."""


class DeliveryStatus(StrEnum):
    PENDING = "pending"
    SENT = "sent"
    DEAD = "dead"
    """Given up: shown to the operator, who may have it tried again or drop it."""
    DROPPED = "dropped"
    """Nobody waits for it any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is sent to Slack: the fallback text and the Block Kit."""

    text: str
    blocks: tuple[dict[str, Any], ...]

    @property
    def id(self) -> str:
        """The same message has the same id: channels that are told the same share it."""
        said = json.dumps([self.text, self.blocks], sort_keys=True, ensure_ascii=True)
        return hashlib.sha256(said.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """One message that one channel is to get: posted, posted as a reply, or written over one that stands there.

    `key` is unique for ever, and travels in the message. `thread_of` is the key of the delivery whose message this
    answers, `edits` that of the one whose message this replaces: both belong to the same channel and were owed before.
    """

    key: str
    team: str
    channel: str
    part: Part
    message: Message
    thread_of: str | None = None
    edits: str | None = None
    tells: tuple[str, ...] = ()
    """The keys of the changes that this message tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestItem:
    """A change that a channel is to be told in its next digest, which is composed when it is due.

    `how` is the wish by which it waits, "weekly mon 09:45": what is wished later changes nothing about it.
    """

    team: str
    channel: str
    change_key: str
    how: str
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DueDigest:
    """What one channel's digest is to tell now: the keys of the changes that wait by one wish, oldest first.

    `even_if_empty`: it is wished for also where there is nothing to tell.
    """

    team: str
    channel: str
    how: str
    change_keys: tuple[str, ...] = ()
    even_if_empty: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A delivery that tells some changes, and what became of it."""

    key: str
    team: str
    channel: str
    part: Part
    change_keys: tuple[str, ...]
    ts: str | None
    status: DeliveryStatus
    edits: str | None = None
    """The key of the delivery that it is written over; None for one that is posted."""
    thread_of: str | None = None
    """The key of the delivery in whose thread it stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message owed to one channel, claimed by a sender. Its channel is the sender's until the lease ends."""

    id: int
    """The order in which a channel is told."""
    key: str
    team: str
    channel: str
    part: Part
    message: Message
    begun_at: datetime
    """When it was claimed: when this attempt began."""
    thread_of: str | None = None
    edits: str | None = None
    attempts: int = 0
    """Counted when the delivery is claimed. An attempt is known by this number when its end is recorded."""
    unfinished: int = 0
    """The attempts since the last one that came to an end, this one included: a message that crashes us has many."""
    unsure_since: datetime | None = None
    """Since when it may have been sent without our knowing, and is looked for before it is sent; None: it was not."""
    unsure_until: datetime | None = None
    """Until when: when the last such attempt began."""
    unwanted: str = ""
    """Why nobody waits for it any more ("" while somebody does): unless it stands there already, it is not posted."""
    tells: tuple[str, ...] = ()
    """The keys of the changes that it tells, with those of the message it corrects."""
    again: bool = False
    """The database was put back from a copy, and what it tells may have been told since, also in another form."""
    refused_since: datetime | None = None
    """When Slack first refused this message for a reason that counts against it."""
    thread_ts: str | None = None
    """Slack's own id of the message that this one answers; None if that was never sent."""
    edit_ts: str | None = None
    """Slack's own id of the message that this one replaces; None if that was never sent."""
    edits_another: bool = False
    """It replaces only a part of that message: what it says stands in one that tells more."""
    paused: bool = False
    """Its channel, or its workspace, is paused: this attempt is the probe."""
    pauses: int = 0
    """How often in a row the channel, or the workspace, has refused us for good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The message stands in the channel as `ts`; the channel's next one may be sent from `next_at` on.

    `in_another`: what it says does, in a message of another form.
    """

    delivery: Delivery
    ts: str
    next_at: datetime
    in_another: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Not sent for now: the channel waits until `next_at`.

    `refused_since` is given where the refusal counts against the message, `limited` where Slack asked us to slow
    down; `uncertain` if the message may stand there all the same.
    """

    delivery: Delivery
    next_at: datetime
    trouble: str
    refused_since: datetime | None = None
    uncertain: bool = False
    limited: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused:
    """The channel, or with `workspace` all of them, takes no messages: these wait, and at `next_at` one is tried."""

    delivery: Delivery
    next_at: datetime
    trouble: str
    workspace: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Dead:
    """This message will never be sent, unless somebody asks for it again; the channel's next one may be from `next_at`
    on. `uncertain` if the message may stand there all the same."""

    delivery: Delivery
    next_at: datetime
    trouble: str
    uncertain: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """Nobody waits for this message any more, and it does not stand in the channel, whose next one may be sent."""

    delivery: Delivery
    next_at: datetime
    trouble: str


AttemptEnd = Sent | Refused | Paused | Dead | Dropped


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """A message that was given up, for the operator."""

    key: str
    team: str
    channel: str
    part: Part
    text: str
    trouble: str
    attempts: int
    since: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Retried:
    """How many messages that were given up are sent again, and how many are not, as something newer has been told."""

    revived: int
    dropped: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PausedChannel:
    """A channel, or with an empty `channel` a workspace, that takes no messages: since when, why, how many wait."""

    team: str
    channel: str
    since: datetime
    why: str
    waiting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What `status` says: how much of the country has been seen, and when."""

    authorities_known: int
    authorities_baselined: int
    """Those that the sources list now, and whose history is stored."""
    newest: Listing | None
    sources: tuple[SourceState, ...]
    waiting: int
    dead: int
    """Given up with a trouble; not what was dropped because nobody waits for it."""
    troubles: tuple[KnownTrouble, ...] = ()
    """What operators have to know now, the oldest first."""
    paused: int = 0
    """Channels that take no messages at the moment."""
    untold: int = 0
    """Changes that were found, and of which not everybody has been told yet."""
