"""The values of the product, each named by its place in the flow.

A `Listing` is seen on a page of the source site, a `Document` is its bytes made into pages of lines, a `Report` is
what was read from it, a `Comparison` sets one judgement of a report beside the earlier one, and a `Change` is what
there is to tell. All are frozen, compare by value, and keep where they were read.

Three things that are not grades must never be mixed up: a judgement that is *absent* (there is no `Judgement`), one
that could not be *read* (there is a line in `Report.problems`) and one that was *not judged* (`NOT_JUDGED`, printed
as such in the document).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Grade(StrEnum):
    """A grade as Ofsted words it. `ADEQUATE` (until 2013) and `REQUIRES_IMPROVEMENT` are not the same word."""

    OUTSTANDING = "outstanding"
    GOOD = "good"
    REQUIRES_IMPROVEMENT = "requires_improvement"
    ADEQUATE = "adequate"
    INADEQUATE = "inadequate"


class NotJudged(StrEnum):
    """A cell of a table of grades that says that this judgement was not made."""

    NOT_JUDGED = "not_judged"


class Outcome(StrEnum):
    """The three outcomes of an area SEND inspection."""

    POSITIVE = "positive"
    INCONSISTENT = "inconsistent"
    SYSTEMIC_FAILINGS = "systemic_failings"


class Kind(StrEnum):
    """What sort of document it is, whatever the site's label says."""

    ILACS_INSPECTION = "ilacs_inspection"
    ILACS_FOCUSED_VISIT = "ilacs_focused_visit"
    ILACS_MONITORING_VISIT = "ilacs_monitoring_visit"
    SIF_INSPECTION = "sif_inspection"
    LSCB_REVIEW = "lscb_review"
    LOOKED_AFTER_CHILDREN_INSPECTION = "looked_after_children_inspection"
    CHILD_PROTECTION_INSPECTION = "child_protection_inspection"
    SLAC_INSPECTION = "slac_inspection"
    JOINT_AREA_REVIEW = "joint_area_review"
    JTAI_LETTER = "jtai_letter"
    AREA_SEND_INSPECTION = "area_send_inspection"
    COUNCIL_REPORT = "council_report"
    NOT_A_REPORT = "not_a_report"
    UNKNOWN = "unknown"


LETTERS = frozenset({Kind.ILACS_FOCUSED_VISIT, Kind.ILACS_MONITORING_VISIT, Kind.JTAI_LETTER})
"""Kinds that give no grades."""


INSPECTIONS = frozenset(
    {
        Kind.ILACS_INSPECTION,
        Kind.SIF_INSPECTION,
        Kind.LOOKED_AFTER_CHILDREN_INSPECTION,
        Kind.CHILD_PROTECTION_INSPECTION,
        Kind.SLAC_INSPECTION,
    }
)
"""The inspections of children's services, whose newest report is where an authority stands."""


class Status(StrEnum):
    """How the reading of a document ended."""

    PARSED = "parsed"
    PARTIAL = "partial"
    NOT_A_REPORT = "not_a_report"
    UNRECOGNISED = "unrecognised"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One document as the source site lists it. The file id is its identity: addresses and hosts have moved."""

    file_id: str
    urn: str
    title: str
    url: str
    published: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of a document: its number as a reader counts (from 1) and its lines, tidied."""

    number: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The text of a document. `form` is "pdf", "html" or "text"; text and HTML are one page."""

    form: str
    pages: tuple[Page, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Where a value was read: the page (from 1) and the words, which stand on that page in this order."""

    page: int
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """One graded judgement.

    `theme` is the stable key of the area in the framework's data file ("overall" for overall effectiveness, "lscb"
    for the board), `label` the words as printed with line wraps joined, `group` the service it belongs to where one
    report judges two of them.
    """

    theme: str
    label: str
    grade: Grade | NotJudged
    span: Span
    group: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SendOutcome:
    """The outcome sentence of an area SEND inspection."""

    outcome: Outcome
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One area for improvement, recommendation or area for priority action: its words and its page (from 1)."""

    text: str
    page: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """When inspectors were there: one or more periods, each with its first and last day."""

    periods: tuple[tuple[date, date], ...]

    @property
    def start(self) -> date:
        return min(first for first, _ in self.periods)

    @property
    def end(self) -> date:
        return max(last for _, last in self.periods)


@dataclass(frozen=True, slots=True, kw_only=True)
class Previous:
    """What a monitoring letter says of the inspection it follows: the grade and the month, "2019-05"."""

    grade: Grade
    when: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was read from a document, with certainty; what was not stands in `problems`, in words.

    `authority` is the URN in the registry; `authority_printed` the words on the front page. `improvements` is None
    where the document has no such section or tells it in prose that cannot be listed; `priority_actions` is empty where
    there are none, or none can be listed: `problems` says which.
    """

    kind: Kind
    framework: str
    edition: str
    authority: str | None = None
    authority_printed: str | None = None
    inspection: Inspection | None = None
    published: date | None = None
    overall: Judgement | None = None
    judgements: tuple[Judgement, ...] = ()
    outcome: SendOutcome | None = None
    improvements: tuple[Item, ...] | None = None
    priority_actions: tuple[Item, ...] = ()
    lead_inspectors: tuple[str, ...] = ()
    visit_number: int | None = None
    previous: Previous | None = None
    problems: tuple[str, ...] = ()

    @property
    def status(self) -> Status:
        return Status.PARTIAL if self.problems else Status.PARSED

    @property
    def graded(self) -> tuple[Judgement, ...]:
        """Every judgement, the overall one last."""
        return self.judgements if self.overall is None else (*self.judgements, self.overall)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotRead:
    """A document that is no report we can read, with the reason in words."""

    status: Status
    why: str


Reading = Report | NotRead


class Movement(StrEnum):
    """How one judgement stands against the earlier report."""

    IMPROVED = "improved"
    DECLINED = "declined"
    SAME = "same"
    NEWLY_JUDGED = "newly_judged"
    NO_LONGER_JUDGED = "no_longer_judged"
    NOT_COMPARABLE = "not_comparable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One judgement, before and after.

    At least one side is there. `theme` is the theme of the newer side (of the older one where the newer is None);
    `why` says in plain words what a reader must know to understand the movement ("" where nothing needs saying).
    `within` is the theme of the later judgement that this one has become part of ("" for none).
    """

    theme: str
    before: Judgement | None
    after: Judgement | None
    movement: Movement
    why: str = ""
    within: str = ""


class ChangeKind(StrEnum):
    """What happened. The value is part of a change's key: never rename one."""

    NEW_INSPECTION = "new_inspection"
    NEW_LETTER = "new_letter"
    SEND_OUTCOME = "send_outcome"
    NOT_READ = "not_read"
    READ_AT_LAST = "read_at_last"
    """A document that was told as not read is read now."""
    CORRECTED = "corrected"
    """A document was published anew, and reads otherwise than before."""
    REDATED = "redated"
    """The site gives another date of publication than the one that was told."""
    WITHDRAWN = "withdrawn"
    RETURNED = "returned"
    AUTHORITY_CREATED = "authority_created"
    AUTHORITY_ABOLISHED = "authority_abolished"
    AUTHORITY_RENAMED = "authority_renamed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing to tell. The row that stores it is the announcement.

    `key` is stable: the same change has the same key for ever. `reading` is what today's parser read, `before` the
    report it was compared with and `before_listing` where that one was published. Where there is none, `not_compared`
    says why in a sentence, or is "" if there is no earlier inspection.
    `seen_at` is not here: when it was noticed is storage's to know.

    `amends` is the key of the change whose messages this one alters in place ("" if it stands by itself), `instead_of`
    the reading that was told of the same document before, `dated_before` the date of publication, if that was another.
    Of a withdrawn document, `reading` is what it said. Where an authority is created, abolished or renamed there is no
    document: `listing` is then its own page on the site (with the file id "", its name as the title and the day on
    which it happened), and `reading` a `NotRead`.
    """

    key: str
    kind: ChangeKind
    urn: str
    listing: Listing
    reading: Reading
    before: Report | None = None
    before_listing: Listing | None = None
    comparisons: tuple[Comparison, ...] = ()
    not_compared: str = ""
    amends: str = ""
    instead_of: Reading | None = None
    dated_before: date | None = None
