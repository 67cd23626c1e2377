"""Every word people see, in one place: plain British English.

Names and grades are nouns as the field uses them; sentences are templates, filled by `str.format` and never with
anything that was not tidied before it is shown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from judgements.types import Grade, Judgement, Kind, Movement, NotJudged, Outcome

LONDON = ZoneInfo("Europe/London")

GRADES: Mapping[Grade | NotJudged, str] = {
    Grade.OUTSTANDING: "outstanding",
    Grade.GOOD: "good",
    Grade.REQUIRES_IMPROVEMENT: "requires improvement to be good",
    Grade.ADEQUATE: "adequate",
    Grade.INADEQUATE: "inadequate",
    NotJudged.NOT_JUDGED: "not judged",
}

OUTCOMES: Mapping[Outcome, str] = {
    Outcome.POSITIVE: "typically positive experiences and outcomes",
    Outcome.INCONSISTENT: "inconsistent experiences and outcomes",
    Outcome.SYSTEMIC_FAILINGS: "widespread and/or systemic failings",
}

KINDS: Mapping[Kind, str] = {
    Kind.ILACS_INSPECTION: "inspection of children's services",
    Kind.ILACS_FOCUSED_VISIT: "focused visit",
    Kind.ILACS_MONITORING_VISIT: "monitoring visit",
    Kind.SIF_INSPECTION: "single inspection of children's services",
    Kind.LSCB_REVIEW: "review of the Local Safeguarding Children Board",
    Kind.LOOKED_AFTER_CHILDREN_INSPECTION: "inspection of services for looked after children",
    Kind.CHILD_PROTECTION_INSPECTION: "inspection of arrangements for the protection of children",
    Kind.SLAC_INSPECTION: "inspection of safeguarding and looked after children services",
    Kind.JOINT_AREA_REVIEW: "joint area review",
    Kind.JTAI_LETTER: "joint targeted area inspection",
    Kind.AREA_SEND_INSPECTION: "area SEND inspection",
    Kind.COUNCIL_REPORT: "council's own report",
    Kind.NOT_A_REPORT: "document",
    Kind.UNKNOWN: "document",
}

SHORT: Mapping[str, str] = {
    "overall": "overall effectiveness",
    "leadership": "leadership",
    "help_and_protection": "help and protection",
    "in_care_and_leavers": "children in care and care leavers",
    "in_care": "children in care",
    "care_leavers": "care leavers",
    "sif_help_and_protection": "help and protection",
    "looked_after_children": "looked after children",
    "adoption": "adoption",
    "sif_care_leavers": "care leavers",
    "sif_leadership": "leadership",
    "lscb": "safeguarding children board",
}
"""Judgements as people call them, by theme, for sentences that must be short. Others keep the framework's label."""

SIGNS: Mapping[Movement, tuple[str, str]] = {
    Movement.IMPROVED: ("▲", "improved"),
    Movement.DECLINED: ("▼", "declined"),
    Movement.SAME: ("=", "same as before"),
    Movement.NEWLY_JUDGED: ("+", "newly judged"),
    Movement.NO_LONGER_JUDGED: ("–", "no longer judged"),
    Movement.NOT_COMPARABLE: ("≠", "not comparable"),
}
"""A sign and words for each movement: neither colour nor the sign alone has to be understood."""

ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")

OVERALL = "Overall effectiveness"
OUTCOME = "Outcome"
WARNING = "⚠"

# An alert.
SOURCE = "Source: {title}, Ofsted's document {file_id}, read at the pages given. Seen {seen}."
SOURCE_UNREAD = "Source: {title}, Ofsted's document {file_id}. Seen {seen}."
PUBLISHED = "{what}, published {published}."
IT_WAS_PUBLISHED = "It was published {published}."
INSPECTED = "Inspected {when}."
VISITED = "Inspectors visited {when}."
READ_IT = "Read the report"
READ_LETTER = "Read the letter"
OPEN_IT = "Open the document"
COMPARED_WITH = "Compared with the {what} published {published}{inspected}."
COMPARED_INSPECTED = " (inspected {when})"
NOTHING_TO_COMPARE = "There is no earlier inspection to compare it with."
PRIORITY_ACTIONS = "{count} for priority action"
NO_PRIORITY_ACTIONS = "no areas for priority action"
IMPROVEMENTS = "{count} for improvement"
RECOMMENDATIONS = "{count}"
IN_THE_THREAD = "in the thread"
EVIDENCE = "Where each grade was read"
EVIDENCE_ITEM = "{name}: {grade}, page {page}, “{quote}”"
INSPECTORS = "Lead inspector: {names}."
NOT_ALL_READ = "Not everything could be read with certainty, and what is not stated here was not read:"
NO_GRADES = "A letter gives no grades, and this one has no areas for priority action."
MONITORED = "It is the {ordinal}visit since the authority was judged {grade} in {when}."
NOT_READ_TITLE = "{name}: new document, judgements not read yet"
NOT_READ = (
    "It could not be read with certainty, so nothing in it is stated here: please open it. What stood in the way: {why}"
)
NOT_READ_SENTENCE = "{name}: “{title}” was published {published}; its judgements have not been read yet."
COUNCILS_OWN = "it is the council's own report on an inspection, not Ofsted's."
DETAIL_TITLE = "{name}: the {what} in detail"

# A title or a sentence that tells the overall grade.
MOVED_TO = "{sign} {name} {movement} overall: {before} → {after}"
AS_BEFORE = "still {after}"
STILL = "= {name}: still {after} overall"
OVERALL_IS = "{name}: {after} overall"
TALLY = "{name}: {tally}"
PLAIN_TITLE = "{name}: {what}"
OUTCOME_TITLE = "{sign} {name}: {what}, {outcome}"
FLAGGED_TITLE = "{name}: {what} with {count} for priority action"
IN_PART = " (read in part)"
NOT_ALL_TOLD = "not everything could be read with certainty"
UNCHANGED = "all judgements the same as before"

# The card of an authority.
NOT_LOOKED_YET = "{name} has not been looked at yet: its documents are taken with the next look at Ofsted's site."
NOTHING_LISTED = "Looked at {at}: Ofsted lists no document on {name}."
NO_GRADES_YET = "No graded report of children's services on {name} has been read yet."
CURRENT = "{what} under the framework “{framework}”."
CURRENT_DATES = "Inspected {when} ({ago}); published {published}."
CURRENT_PUBLISHED = "Published {published} ({ago})."
SINCE_THEN = "Letters since then"
LETTER_ITEM = "{what}, published {published} ({ago})"
SEND = "Newest area SEND inspection"
SEND_ITEM = "{outcome} (published {published}, {ago})"
UNREAD_SINCE = "Documents that have not been read yet"
UNREAD_ITEM = "{title}, published {published}"
PAGES = "Page numbers are the report's own."

# Commands.
COMMAND = "/judgements"
TERMINAL = "inspection-watch judgements"
"""The same, where there is no Slack."""
BOT = "@inspection-watch"
SHOW_DOES = "the current judgements of an authority, with dates and how they moved"
SUBSCRIBE_DOES = "this channel is told at once whenever Ofsted publishes a report or letter on it"
UNSUBSCRIBE_DOES = "this channel is no longer told"
SUBSCRIPTIONS_DOES = "what this channel is subscribed to"
STATUS_DOES = "how many authorities' histories are stored, when the site was last read, and what is wrong"
HELP_DOES = "this list"
HELP_TITLE = "What you can ask"
HELP_SENTENCE = "Type {command} and the name of an authority, for example {command} west-sussex."
HELP_NAMES = "An authority may be written by its name, a short form such as west-sussex, its URN, ONS code or LA code."
HELP_DEFAULTS = "A subscription belongs to the channel and covers inspections and letters of every kind."
CHANNEL_HAS = "This channel is subscribed to {names}."
CHANNEL_HAS_NONE = "This channel is not subscribed to any authority."

NAME_MISSING = "“{verb}” needs the name of an authority: type for example {command} {verb} west-sussex."
NOTHING_FOLLOWS = "“{verb}” takes nothing after it: type {command} {verb}."
ONE_AT_A_TIME = "This takes one authority at a time for now"
ONE_FOR_EXAMPLE = ONE_AT_A_TIME + ": type for example {command} {verb}{slug}."
WHICH_OF_SEVERAL = ONE_AT_A_TIME + ". Which one: {names}?"
REGION = "“{typed}” is a region of {number} authorities."
NO_COMMAND = "There is no command “{verb}”. Did you mean {command} {instead}?"
UNKNOWN = "There is no authority called “{typed}”."
UNKNOWN_NEAR = UNKNOWN + " Did you mean {names}?"
UNKNOWN_NONE = "Type the name of an English local authority, for example {command} {verb}west-sussex."
AMBIGUOUS = "Which authority do you mean by “{typed}”: {names}?"
ABOLISHED = "{name} was abolished on {day}. Which of its successors do you mean: {names}?"
ABOLISHED_INTO_ONE = "{name} was abolished on {day}; {names} took over."
PRESS = "Press the one you mean, or type its name again."
PRESS_ONE = "Press it if so, or type it again."
TRY = "Try:"

SUBSCRIBED = "This channel is now told whenever Ofsted publishes a report or letter on {name}."
SUBSCRIBED_HOW = "To end it: {command}. If I am not in this channel yet: /invite {bot}"
SUBSCRIBED_TITLE = "Subscribed to {name}"
ALREADY_TITLE = "Already subscribed to {name}"
ALREADY = "This channel has been subscribed to {name} since {since}."
UNSUBSCRIBED_TITLE = "No longer subscribed to {name}"
UNSUBSCRIBED = "This channel is no longer told about {name}. To begin again: {command}."
NOT_SUBSCRIBED_TITLE = "Not subscribed to {name}"
NOT_SUBSCRIBED = "This channel was not subscribed to {name}."
BY = "By "
SUBSCRIPTIONS_TITLE = "What this channel is subscribed to"
SUBSCRIPTIONS_COLUMNS = ("Authority", "Since", "By")
SUBSCRIBE_FIRST = "To subscribe it, type {command} subscribe and the name of an authority."
ONLY_IN_SLACK = "A subscription belongs to a channel, so this can only be asked in Slack."

REGION_OF = "the region {region}"
NEIGHBOURS_OF = "{name} and its statistical neighbours"
ALL_ENGLAND = "all of England"

SUBSCRIBE_BUTTON = "Subscribe this channel"
UNSUBSCRIBE_BUTTON = "Unsubscribe this channel"

STATUS_TITLE = "Status"
STORED = "The histories of {baselined} of {all} are stored; {newest}."
LISTED = "the {listed} authorities that Ofsted lists"
OUT_OF = "of {country}"
IN_ENGLAND = "England's {all} authorities"
NEWEST = "the newest document was published {published}"
NO_DOCUMENT = "no document is stored yet"
LAST_LOOK = "Ofsted's list was last read without trouble at {at}."
NO_LOOK = "Ofsted's list has not been read without trouble yet."
TROUBLE = "Trouble at the last {looks}: {trouble}."
QUEUE_EMPTY = "No message is waiting to be sent."
QUEUE = "{waiting} waiting to be sent."
DEAD = "{dead} could not be sent and will not be tried again; the operator's log says why."

FAILED = "Something went wrong here. Please try again; if it happens again, give your operator the id {id}."
TOKEN_ADVICE: Mapping[str, str] = {
    "SLACK_BOT_TOKEN": "Copy the bot token (xoxb-…) anew from “OAuth & Permissions” in the app's settings.",
    "SLACK_APP_TOKEN": "Make an app-level token (xapp-…) with the scope connections:write in the app's settings.",
}
SHORTENED = "… there is more than fits into a message of Slack's; the document has it all."


def judgement_name(judgement: Judgement, label: str | None) -> str:
    """The name of a judgement: the framework's label for it, else the words as printed."""
    return _of_group(capital(label or judgement.label), judgement)


def short_name(judgement: Judgement, label: str | None) -> str:
    """The same in as few words as people use for it: "help and protection"."""
    return _of_group(SHORT.get(judgement.theme) or label or judgement.label, judgement)


def _of_group(name: str, judgement: Judgement) -> str:
    return f"{name} ({judgement.group})" if judgement.group else name


def counted(number: int, noun: str, nouns: str = "") -> str:
    return f"{number} {noun if number == 1 else nouns or noun + 's'}"


def day(value: date) -> str:
    """ "20 August 2026" """
    return f"{value.day} {value:%B %Y}"


def london_day(value: datetime) -> date:
    return value.astimezone(LONDON).date()


def moment(value: datetime) -> str:
    """ "10:02 BST on 20 August 2026": the time in London, and which of its two times that is."""
    local = value.astimezone(LONDON)
    return f"{local:%H:%M %Z} on {day(local.date())}"


def period(first: date, last: date) -> str:
    """ "6 to 17 July 2026", with no more of the first day than is needed."""
    if first == last:
        return f"on {day(first)}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {day(last)}"
    if first.year == last.year:
        return f"{first.day} {first:%B} to {day(last)}"
    return f"{day(first)} to {day(last)}"


def ago(then: date, today: date) -> str:
    """How long ago a day was: "3 years 2 months ago", "12 days ago", "today"."""
    months = (today.year - then.year) * 12 + today.month - then.month - (today.day < then.day)
    if months >= 1:
        years, months = divmod(months, 12)
        parts = [counted(number, unit) for number, unit in ((years, "year"), (months, "month")) if number]
        return " ".join(parts) + " ago"
    days = (today - then).days
    return {0: "today", 1: "yesterday"}.get(days, f"{days} days ago") if days >= 0 else f"on {day(then)}"


def month(value: str) -> str:
    """ "2019-05" as "May 2019"; a letter may also name the year alone."""
    return f"{date.fromisoformat(f'{value}-01'):%B %Y}" if "-" in value else value


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def joined(names: Sequence[str], last: str = "and") -> str:
    """ "A, B and C"; with semicolons where a name has a comma in it: "A; B, C and D; and E"."""
    if len(names) > 1 and any("," in name for name in names):
        return "; ".join((*names[:-1], f"{last} {names[-1]}"))
    return f" {last} ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def without_queries(text: str) -> str:
    """`text` with every address in it cut before its question mark: the rest is for machines."""
    return re.sub(r"(https?://[^\s?]*)\?\S*?(?=[:;,.)]*(?:\s|$))", r"\1", text)
