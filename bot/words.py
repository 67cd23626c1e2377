"""Every word people see, in one place: plain British English.

Names and grades are nouns as the field uses them; sentences are templates, filled by `str.format` and never with
anything that was not tidied before it is shown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from judgements.types import ChangeKind, Grade, Judgement, Kind, Movement, NotJudged, Outcome
from storage.types import TroubleKind

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
NOW_PART_OF = "now judged as part of {whole}"
"""Instead of "no longer judged", where a judgement has gone into another one."""

ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")

OVERALL = "Overall effectiveness"
OUTCOME = "Outcome"
SEND_OUTCOME = "Outcome of the area SEND inspection"
SEND_SHORT = "area SEND"
WARNING = "⚠"

# An alert.
SOURCE = "Source: {title} (Ofsted document {file_id}), read on the pages given. Seen at {seen}."
SOURCE_UNREAD = "Source: {title} (Ofsted document {file_id}). Seen at {seen}."
PUBLISHED = "{what}, published {published}."
IT_WAS_PUBLISHED = "It was published on {published}."
INSPECTED = "Inspected {when}."
VISITED = "Inspectors visited {when}."
READ_IT = "Read the report"
READ_LETTER = "Read the letter"
OPEN_IT = "Open the document"
COMPARED_WITH = "Compared with the {what} published on {published}{inspected}."
COMPARED_INSPECTED = " (inspected {when})"
NOTHING_TO_COMPARE = "There is no earlier inspection to compare it with."
PRIORITY_ACTIONS = "{count} for priority action"
NO_PRIORITY_ACTIONS = "no areas for priority action"
IMPROVEMENTS = "{count} for improvement"
RECOMMENDATIONS = "{count}"
IN_THE_THREAD = "in the thread"
EVIDENCE = "Where each grade was read"
EVIDENCE_ITEM = "{name}: {grade}, page {page}, “{quote}”"
INSPECTORS = "{who}: {names}."
INSPECTOR, INSPECTORS_TOGETHER = "Lead inspector", "Lead inspectors"
NOT_ALL_READ = "Parts of this report could not be read with certainty and are not stated here:"
NO_GRADES = "Letters give no grades. This one has no areas for priority action."
MONITORED = "This is the {ordinal}visit since the authority was judged {grade} in {when}."
NOT_READ_TITLE = "{name}: new document, judgements not yet read"
NOT_READ_ANEW_TITLE = "{name}: republished document, judgements not yet read"
NOT_READ = "It could not be read with certainty, so nothing from it is stated here. Please open it. The reason: {why}"
NOT_READ_SENTENCE = "{name}: “{title}” was published on {published}; its judgements have not been read yet."
COUNCILS_OWN = "it is the council's own report on an inspection, not Ofsted's."
DETAIL_TITLE = "{name}: the {what} in detail"
NO_MORE_DETAIL = "Since the correction there is nothing more here: the messages above have all the detail."

# An alert about something else than a new document.
IN_THE_DOCUMENT = "in the document"
CC = "For "
READ_ANEW = "Corrected at {at}: Ofsted republished the document, and this message has been updated."
DATED_ANEW = "Corrected at {at}: Ofsted corrected the date of the document, and this message has been updated."
READ_LATER = "Read at {at}: until then this message said that it had not been read yet."
CORRECTED_TITLE = " (corrected)"
CORRECTED = "Ofsted has republished this document. What has changed since the earlier version:"
NOTES: Mapping[ChangeKind, tuple[str, str]] = {
    ChangeKind.CORRECTED: (
        "{name}: what has been corrected",
        "Ofsted has republished the document, and the message above has been updated. What has changed:",
    ),
    ChangeKind.REDATED: (
        "{name}: what has been corrected",
        "Ofsted has corrected the date of the document, and the message above has been updated. What has changed:",
    ),
    ChangeKind.READ_AT_LAST: (
        "{name}: read now",
        "The document could not be read with certainty at first. It has now been read, and the message above has been "
        "updated:",
    ),
}
"""The title and the first sentence of the note below a message that was written over."""
PUBLISHED_ON = "Published"
NOTHING_DIFFERS = "Nothing that was stated here has changed."
DIFFERS = ": {before} → {after}"
DIFFERS_ONLY_NOW = ": {after}, which was not stated before"
DIFFERS_ONLY_BEFORE = ": no longer stated; it was {before}"
DIFFERS_FIRST = ": {after}"
DIFFERS_IN_ORDER = ": the same, in a different order"
WHAT_IT_IS = "Document"
VISIT_NUMBERED = "{what} (visit {number})"
WHEN_INSPECTED = "Inspected"
HOW_MUCH_READ = "Read with certainty"
READ_IN_PART, READ_WHOLE = "part of it", "all of it"
AREAS_PRIORITY = "Areas for priority action"
AREAS_IMPROVEMENT = "Areas for improvement"
NO_ITEMS = "none"
AREA_PRIORITY = "Area for priority action"
AREA_IMPROVEMENT = "Area for improvement"
RECOMMENDATION = "Recommendation"
ITEM_NEW = ", new: “{text}” (page {page})"
ITEM_GONE = ", removed: “{text}”"
MORE_NEW = ", new: {more} more"
MORE_GONE = ", removed: {more} more"
WHERE_IT_STOOD = "Where it stood"
WITHDRAWN_TITLE = "{name}: {what} withdrawn"
WITHDRAWN = "Ofsted no longer lists “{title}”, published {published}. What was said about it here may no longer hold."
WITHDRAWN_SINCE = "Withdrawn: Ofsted no longer lists this document (noticed at {since})."
WITHDRAWN_MARK = " (withdrawn)"
RETURNED_TITLE = "{name}: {what} back on the site"
RETURNED = "Ofsted lists “{title}”, published {published}, on its site again."
A_DOCUMENT = "document"
OPEN_PAGE = "Open its page"
CREATED_TITLE = "{name}: a new local authority"
CREATED = "{name} became a local authority on {published}.{since}"
TOOK_OVER = " It took over from {names}."
ABOLISHED_TITLE = "{name}: no longer a local authority"
GONE = "{name} ceased to be a local authority on {published}.{heirs}"
GONE_HEIRS = " {names} took over."
GONE_STILL_TOLD = (
    "Channels subscribed to {name} are told about its successors too. To subscribe to just one of them, press its "
    "button."
)
RENAMED_TITLE = "{before}: now called {name}"
RENAMED = "{before} has been called {name} since {published}."
RENAMED_GOES_ON = (
    "It is the same authority: its earlier inspections are shown under the new name, subscriptions go on, and either "
    "name may be typed."
)
SOURCE_LIST = "Source: Ofsted's list of local authorities. Seen at {seen}."
SUBSCRIBE_TO_BUTTON = "Subscribe to {name}"

# Several alerts in one message.
NTH = " ({number} of {of})"
CONTINUED = "{title} (continued)"
BURST_TITLE = "{count} with news{nth}"
BURST_SENTENCE = "{count} with news from Ofsted{nth}: {told}."
BURST_IN_THREAD = "Each has its own message in the thread."
BURST_SMALL = "Source: Ofsted, at the links. Seen at {seen}."
DIGEST_TITLE = "{rhythm}{nth}: {news} on {authorities}"
DIGEST_RHYTHMS: Mapping[str, str] = {"daily": "Daily digest", "weekly": "Weekly digest"}
DIGEST_SENTENCE = "{title}: {told}."
DIGEST_EMPTY_TITLE = "{rhythm}: nothing new"
DIGEST_EMPTY = "Nothing has been published on {what} that has not already been posted here."
DIGEST_SMALL = "Source: Ofsted, at the links. Seen {seen}."
SEEN_AT = "at {first}"
SEEN_BETWEEN = "between {first} and {last}"
DIGEST_SECTIONS = (
    "⚠ With areas for priority action",
    "▼ Declined",
    "▲ Improved",
    "Other news",
)
LINE_PUBLISHED = " · {what}published {published} · "
LINE_SEEN = " · seen at {seen}"

# What operators are told.
NOTICE_BEGINS = "⚠ Trouble: {kind}"
NOTICE_GROWS = "⚠ More trouble: {kind}"
NOTICE_OVER = "Over: {kind}"
NOTICE_SINCE = "Since {since}."
NOTICE_LASTED = "It lasted from {since} to {over}."
NOTICE_WAS = "What it was: {sentence}"
NOTICE_WHERE = "The runbook says what to do. You will be told once more when it is over."
NOTICE_COPY = "A copy of the page that shows it is kept in the archive as {copy}."
NOBODY_WATCHES = (
    "Nothing has been read of Ofsted's list since {at}, and no watcher says why: see whether one runs. What was "
    "published since is not known."
)
TROUBLE_KINDS: Mapping[TroubleKind, str] = {
    TroubleKind.SOURCE_FAILING: "the source site does not respond as it should",
    TroubleKind.NO_GOOD_POLL: "the source site has not been read in full for some time",
    TroubleKind.LIST_SUSPECT: "Ofsted's list is not as it should be",
    TroubleKind.PAGE_SUSPECT: "an authority's page is not as it should be",
    TroubleKind.MANY_MISSING: "many documents are missing at once",
    TroubleKind.UNFAMILIAR: "the source site shows something it has not shown before",
    TroubleKind.OUT_OF_REACH: "pages or documents cannot be fetched",
    TroubleKind.NOTHING_NEW: "nothing new has been published for an unusually long time",
    TroubleKind.ARCHIVE_NEARLY_FULL: "the archive is nearly full",
    TroubleKind.UNREAD: "some documents could not be read",
    TroubleKind.UNTOLD: "a change that was found could not be told",
}

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
NOT_ALL_TOLD = "some of it could not be read with certainty"
UNCHANGED = "all judgements the same as before"

# The card of an authority.
NOT_LOOKED_YET = "{name} has not been checked yet: its documents will be collected at the next check of Ofsted's site."
NOTHING_LISTED = "Checked at {at}: Ofsted lists no documents on {name}."
NO_GRADES_YET = "No graded report on children's services in {name} has been read yet."
CURRENT = "{what} ({framework})."
CURRENT_UNNAMED = "{what}."
CURRENT_DATES = "Inspected {when} ({ago}); published {published}."
CURRENT_PUBLISHED = "Published {published} ({ago})."
SINCE_THEN = "Letters since then"
LETTER_ITEM = "{what}, published {published} ({ago})"
SEND = "Latest area SEND inspection"
SEND_ITEM = "{outcome} (published {published}, {ago})"
UNREAD_SINCE = "Documents not yet read"
UNREAD_ITEM = "{title}, published {published}"
PAGES = "Page numbers are the report's own."

# The timeline of an authority.
CHART_TITLE = "{name}: overall grade over the years"
CHART_LETTER = "letter"
CHART_FLAGGED = "with priority action"
CHART_SEND = "area SEND"
CHART_AREAS = "areas, no overall grade"
CHART_ALT = "Timeline of {name}. Overall effectiveness by the end of the inspection: {told}."
CHART_ALT_AREAS = "{when} no overall grade given, areas: {areas}"
CHART_ALT_ALSO = "Also marked: {told}."
CHART_ALT_FLAGGED = "{all} ({number} with areas for priority action)"
CHART_ALT_ALL_FLAGGED = "{all} (with areas for priority action)"

# Commands.
COMMAND = "/judgements"
TERMINAL = "inspection-watch judgements"
TERMINAL_IN = TERMINAL + " --channel {channel}"
"""The same, where there is no Slack."""
BOT = "@inspection-watch"
SHOW_DOES = "the current judgements of an authority, with dates and how they moved"
SUBSCRIBE_DOES = (
    "this channel is told at once about every report and letter on it; also for several names, “region london”, "
    "“neighbours kent” or “england”, and with “except essex”"
)
UNSUBSCRIBE_DOES = "this channel is no longer told"
UNSUBSCRIBE_ONE_DOES = "ends one of several subscriptions to the same authorities and keeps the others"
SUBSCRIBE_ALSO_DOES = (
    "another subscription to the same authorities, besides the one there is, with its own filters and times"
)
SUBSCRIBE_ALL_DOES = (
    "removes the filters again; “full”, “threads on”, “mention off”, “not if empty” and “except nobody” undo the "
    "rest, because whatever you do not mention stays as it was"
)
SUBSCRIPTIONS_DOES = "what this channel is subscribed to"
COMPARE_DOES = "two to five authorities side by side"
NEIGHBOURS_DOES = "an authority and its ten statistical neighbours, with counts per grade"
REGION_DOES = "the authorities of a region, with counts per grade"
ENGLAND_DOES = "all authorities by grade, with counts"
ENGLAND_GRADE_DOES = (
    "only those with one overall grade: outstanding, good, requires improvement or inadequate; also after a region or "
    "neighbours"
)
ONE_GRADE = "One grade at a time, for example {command} england inadequate."
GRADE_NOT_OF_ONE = (
    "A grade narrows down England, a region or neighbours, not one authority. Did you mean {command} {instead}?"
)
ENGLAND_HOW = "“england” can be followed by a grade or a page, for example {command} england inadequate."
HISTORY_DOES = "every inspection and letter, oldest first, with a timeline picture"
WHY_DOES = "the document, page and quoted words behind each grade; add a judgement to see just that one"
RECENT_DOES = "what was published in the last 7 days, newest first; or say 14d, 3w or since 1 june"
RECENT_REGION_DOES = "the same for one region"
REPLAY_DOES = "what this channel would have been sent that day; only you see it"
EXPORT_DOES = "the latest judgements as a file: csv, json or xlsx"
EXPORT_HISTORY_DOES = "the same with every earlier report and letter"
STATUS_DOES = "how many authorities' histories are stored, when the site was last read, and what is wrong"
HELP_DOES = "this list"
HELP_TITLE = "What you can ask"
HELP_SENTENCE = "Type {command} and the name of an authority, for example {command} west-sussex."
HELP_NAMES = "You can give an authority by its name, a short form such as west-sussex, its URN, ONS code or LA code."
HELP_PAGES = "Long answers come in pages: press “Next page”, or add “page 2” to the command."
HELP_TO_WHOM = (
    "Only you see the answers; pictures and files are sent to you in a direct message. The channel sees only changes "
    "to what it is told, and what you choose to show with “Show it in this channel”."
)
HELP_INVITE = "Before I can post in a channel, somebody in it has to type /invite {bot}."
HELP_ABOUT = "What you can ask with “{verb}”"
HELP_REST = "All commands: {command} help."
STOP = (
    "To stop all messages in this channel, type {command} unsubscribe all; to pause them, {command} mute 14d. To see "
    "what it is told: {command} subscriptions."
)
PAGE_OF_WHAT = (
    "To see another page of an answer, press “Next page” below it, or type its command again with “{verb}” at the "
    "end, for example {command} england page 2."
)
HELP_DEFAULTS = (
    "A subscription belongs to the channel. Unless you say otherwise, it covers every kind of document, and the "
    "channel is told at once and in full, with the detail in a thread. To change it, subscribe again with other "
    "words."
)
CHANNEL_HAS = "This channel is subscribed to {names}."
CHANNEL_HAS_NONE = "This channel is not subscribed to anything."

NAME_MISSING = "“{verb}” needs the name of an authority, for example {command} {verb} west-sussex."
NOTHING_FOLLOWS = "“{verb}” takes nothing after it: type {command} {verb}."
ONE_AT_A_TIME = "This works for one authority at a time"
ONE_FOR_EXAMPLE = ONE_AT_A_TIME + ", for example {command} {verb}{slug}."
WHICH_OF_SEVERAL = ONE_AT_A_TIME + ". Which one: {names}?"
_WITH_COMMAS = "To name several, put a comma between them. Which do you mean here: {names}?"
SEVERAL: Mapping[str, str] = {
    "": (
        "Up to five authorities can be compared, and these are {number}; all of them can be subscribed to at once. "
        "Which one do you want to see: {names}?"
    ),
    "subscribe": _WITH_COMMAS,
    "unsubscribe": _WITH_COMMAS,
}
"""What is said of several names where one is taken, by the verb before them; of others `WHICH_OF_SEVERAL`."""
OR_OTHERS = "{names} or {count} others"
REGION = "“{typed}” is a region of {number} authorities."
NO_COMMAND = "There is no command “{verb}”. Did you mean {command} {instead}?"
UNKNOWN = "There is no authority called “{typed}”."
UNKNOWN_NEAR = UNKNOWN + " Did you mean {names}?"
UNKNOWN_NONE = (
    "Everything you can ask is listed in {command} help. Or type the name of an English local authority, for example "
    "{command} {verb}west-sussex."
)
AMBIGUOUS = "Which do you mean by “{typed}”: {names}?"
TURNED = "The name comes last here. Did you mean {command} {instead}?"
ABOLISHED = "{name} was abolished on {day}. Which of its successors do you mean: {names}?"
TO_COME = "{name} will come into being on {day}; until then it is {names}."
ABOLISHED_INTO_ONE = "{name} was abolished on {day}; {names} took over."
PRESS = "Press the one you mean, or type the name again."
PRESS_A_COMMAND = "Press the one you mean, or type it."
PRESS_ONE = "If so, press it; if not, type it again."
TRY = "Try:"

SUBSCRIBED = "This channel will now be told whenever Ofsted publishes a report or letter on {names}."
SUBSCRIBED_FILTERED = "This channel will now be told only about {what} on {names}."
HOW_LINE = "How: "
END_IT = "To end it: {command} unsubscribe {typed}."
END_ONE = "To end one of them: {command} unsubscribe {typed}; all of them: {command} unsubscribe all."
SUBSCRIBED_TITLE = "Subscribed to {names}"
EDITED_TITLE = "Changed: the subscription to {names}"
EDITED = "What is different for {names}"
FACET_CHANGE = " → "
UNCHANGED_TITLE = "Already subscribed to {names}"
UNCHANGED_SENTENCE = "This channel has been subscribed to {names} since {since}. Nothing has changed."
UNCHANGED_SEVERAL = "This channel was already subscribed to {names}."
BESIDES = "It also has, as before: "
WIDEN = "To be told about everything again: {command} subscribe {typed} {words}."
ALSO_BEFORE = "To keep the earlier subscription as well: {command} subscribe {typed}."
EVERYTHING, ALL_OF_IT = "everything", "everything, "
WHICH_WISH = (
    "This channel has several subscriptions to {name}: {told}. Which of them should change, or is this a new one?"
)
EMPTY_OF_DIGESTS = "“even if empty” only works for a digest: add daily or weekly."
INVITE = "I am not in this channel yet, so nothing can be posted here. Please type this first: /invite {bot}"
NOT_KNOWN = "I do not know “{typed}”."
NOT_BEYOND = "I recognise {known} there, but I do not know what you mean by “{beyond}”."
NAMES_HOW = "Put commas between names; {command} help lists the other words."
NOT_KNOWN_NEAR = "I do not know “{typed}”. Did you mean {names}?"
WHICH = "“{typed}” may be {names}."
NOT_KNOWN_REGION = "I do not know the region “{typed}”. The regions are {names}."
NOT_UNDERSTOOD = "I did not understand everything"
NOT_TODAY = "{typed} is not an authority today. Did you mean {names}?"
SOMEBODY = "somebody"
NOTHING_LEFT = "With these exceptions, nothing is left of {name}."
AND_OTHERS = "{names} and {count}"
MOST_NAMED = 8
NO_TIME = "“{typed}” is not a time of day: type, for example, daily 09:45 or weekly mon 09:45."
NO_OPTION = "I do not know what you mean by “{typed}”, so nothing was done: help lists all words that may follow names."
TWO_TIMES = "That names two times: choose one of now, daily 09:45 or weekly mon 09:45."
NO_MENTION = (
    "Only a person or a user group can be mentioned, never a whole channel. Type @ and pick one from Slack's list, so "
    "that it becomes a mention; plain text would notify nobody."
)
NO_MENTION_ON = "Nobody can be mentioned on “{typed}”: type downgrades, upgrades or priority-actions."
ONE_MENTION = (
    "A subscription can mention one person or one user group, always or on one kind of change: downgrades, upgrades "
    "or priority-actions."
)
EXCEPT = "except {names}"
EXCEPT_NAMES_ALONE = (
    "Only authorities can be left out, and their names must stand together: put options before “except” or after all "
    "the names. To leave out some documents or changes, name the ones you do want, for example inspections send jtai."
)
EXCEPT_WHOM = "I do not know which authority to leave out by “{typed}”: give the exact name, for example except kent."
TOO_MANY_UNKNOWN = "Most of this does not name authorities, so nothing was subscribed. Put one name on each line."
DID_YOU_MEAN = "Did you mean {command} {instead}?"
ONLY_ADMINS = "In this workspace only admins can subscribe or unsubscribe a channel. Ask one of them to type it."
NOT_FOR_GUESTS = "Guests cannot change what a channel is told. Ask a member of the workspace to type it."
NOT_FOR_STRANGERS = "Only members of this workspace can change what its channels are told. Ask one of them to type it."
IN_NO_CHANNEL = "That is about a channel: please type it in the channel you mean."
WHO_IS_IT = (
    "Slack did not tell me just now who you are, so nothing was done. Please try again in a minute; if it keeps "
    "happening, tell the people who run this bot."
)
NOT_BETWEEN_PEOPLE = (
    "This is a direct message between people, where I can never post. "
    "Type it in a channel, or in your direct messages with me."
)
WORKSPACE_FOR_ADMINS = "Only admins of this workspace can see what all its channels are subscribed to."
SLOW_DOWN = "That is a lot at once. Please ask again in {wait}: this answer takes more work than others."

FACETS: Mapping[str, str] = {
    "how": "When",
    "empty": "If there is nothing new",
    "documents": "Documents",
    "changes": "Changes",
    "form": "Length",
    "threads": "Detail",
    "mention": "Mentioned",
    "excepted": "Exceptions",
}
FACETS_SAID: Mapping[str, str] = {
    "empty": "if there is nothing new, ",
    "documents": "only ",
    "changes": "",
    "form": "in ",
    "threads": "detail ",
    "mention": "mentioning ",
    "excepted": "except ",
}
"""What stands before a facet's value where all of them stand in one line."""
NO_DIGEST, DIGEST_ANYWAY = "no digest", "a digest all the same"
OF_ON = "{name} ({what})"
MOVES_IN = "{moves} in {documents}"
HOW_NOW = "at once"
HOW_DAILY = "daily at {at}"
HOW_WEEKLY = "every {day} at {at}"
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SORTS: Mapping[str, str] = {
    "inspections": "inspections",
    "letters": "letters",
    "send": "area SEND inspections",
    "jtai": "joint targeted area inspections",
}
ALL_SORTS = "documents of every kind"
MOVES: Mapping[str, str] = {
    "downgrades": "downgrades",
    "upgrades": "upgrades",
    "priority-actions": "areas for priority action",
}
ALL_MOVES = "every change"
ONLY = "only {moves}"
IN_ONE_LINE = "one line"
IN_FULL = "full"
WITH_THREADS = "in a thread"
WITHOUT_THREADS = "left out"
NOBODY = "nobody"
NO_EXCEPTIONS = "none"
MENTIONED_ON = " on {moves}"

UNSUBSCRIBED_TITLE = "No longer subscribed to {names}"
UNSUBSCRIBED = "This channel will no longer be told about {names}."
UNSUBSCRIBED_FILTERED = "This channel will no longer be told about {what} on {names}."
BEGIN_AGAIN = "To start again: {command} subscribe {typed}."
UNSUBSCRIBE_EXCEPT = (
    "“unsubscribe” takes no exceptions. Should this channel be told about {names} but not {keeping}, or no longer "
    "about {names}? To keep only {keeping}, choose the second and then subscribe to it again."
)
UNSUBSCRIBED_ALL_TITLE = "No longer subscribed to anything"
UNSUBSCRIBED_ALL = "This channel will no longer be told about anything. It was subscribed to {names}."
STILL_TOLD = "It is still told about {names}{because}."
STILL_TOLD_FILTERED = "It is still told about {what} on {names}{because}."
BECAUSE_OF = ", because of its subscription to {scopes}"
NOT_SUBSCRIBED_TITLE = "Not subscribed to {names}"
NOT_SUBSCRIBED = "This channel was not subscribed to {names}."
NOT_SUBSCRIBED_SO = "This channel has no such subscription to {name}."
NARROW_IT = "To be told less, type {command} subscribe {typed} and what you do want, for example inspections."
IT_HAS = "What it has: "
# Answers about several authorities.
COMPARE_HOW_MANY = "Two to five authorities can be compared, for example {command} east-sussex vs west-sussex."
COMPARE_TITLE = "{names}, side by side"
COMPARE_ITEM = "{what} that ended on {when} ({ago})"
COMPARE_NOTE = "The grades are those of each authority's latest report, compared with the inspection before it."
NOT_GIVEN = "not judged on its own"
IT_WAS = "; it was {before}"
NEWER_UNREAD = "a newer document has not been read yet"
NO_OVERALL_GIVEN = "no overall grade given"
NOT_READ_YET = "no grades read yet"
ENGLAND_TITLE = "England"
NEIGHBOURS_TITLE = "{name} and its statistical neighbours"
NEIGHBOURS_NOTE = "The neighbours are the ten authorities that the Department for Education considers most similar."
NO_NEIGHBOURS = "No statistical neighbours of {name} have been published yet."
WHICH_REGION = "Which region?"
NO_REGION = "There is no region “{typed}”. Which of these do you mean?"
REGION_MISSING = "“{verb}” needs the name of a region, for example {command} {verb} south-east."
NO_PAGE = "There is no such page: the answer has {pages}. Type {command}."
TABLE_SENTENCE = "{title}: {counts}"
TABLE_COUNTS = "{number}. Overall: {counts}."
TABLE_NUMBER = "{number}."
TABLE_OF_GRADE = "Overall grade “{grade}”: {count} of {number}."
TABLE_AREAS_OF_GRADE = "No overall grade, but a judgement of “{grade}”: {count}."
TABLE_LEFT_OUT = "No grade read yet: {count}."
AREAS_OF_GRADE = "no overall grade, but a judgement of “{grade}”"
GROUP_HEADING = "{name} ({count})"
GROUP_CONTINUED = "{name} ({count}), continued"
ASKED_ABOUT = "the authority you asked about"
TABLE_COLUMNS = ("Authority", "Inspected", "Notes")
GROUPS: Mapping[str, str] = {
    **{grade: GRADES[grade] for grade in Grade},
    "no overall": "with no overall grade",
    "not read": "with no grade read yet",
}
"""How the authorities of a table are grouped: by the overall grade of the newest report."""
INSPECTED_IN = "{when} ({ago})"
UNREAD_ONLY = "there are documents, but no grade has been read"
NOTHING_STORED = "no documents are stored"
NO_OVERALL_NOTE = "Ofsted gives no overall grade for inspections from April 2026 onwards."
TABLE_NOTE = "Each name links to the latest graded report; the date is the last day of its inspection."
PAGE_NUMBER = "Page {page} of {pages}."
HISTORY_TITLE = "{name}: every inspection and letter"
HISTORY_SENTENCE = "{name}: {number}, published from {first} to {last}."
HISTORY_SENTENCE_OF_A_DAY = "{name}: {number}, published on {first}."
HISTORY_ITEM = "{what}, {when}"
HISTORY_ITEM_UNDATED = "{what}"
HISTORY_PUBLISHED = "published {published}"
HISTORY_UNREAD = "; not yet read"
HISTORY_NOTE = "Oldest first, by the end of the inspection; each is compared with the inspection before it."
NOT_READ_HERE = "Not read:"
WHY_ONE_DOES = "the same for one judgement, with the earlier grade it is compared with"
WHY_TITLE = "{name}: where each grade was read"
WHY_DOCUMENT = "{title}, published {published} (document {file_id})"
WHY_PAGE = "page {page}"
QUOTED = "“{quote}”"
WHY_BEFORE = "Compared with"
WHY_NOTE = "The words are quoted from the report and stand on the page given."
WHY_NO_SUCH = "The latest report on {name} has no judgement “{typed}”. It has {names}."
WHY_NO_OVERALL = (
    "The latest report on {name} has no overall grade: Ofsted gives none for inspections from April 2026 onwards. It "
    "has {names}."
)
WHY_NO_SEND = "No area SEND report on {name} has been read yet."
WHY_SEND_ALSO = "outcome of the area SEND inspection: special educational needs and disabilities"
"""The words people use for that outcome."""
PRESS_A_JUDGEMENT = "Press the one you mean."
RECENT_TITLE = "Published in the last {days}"
RECENT_IN = "{region}: published in the last {days}"
RECENT_TODAY, RECENT_TODAY_IN = "Published today", "{region}: published today"
RECENT_SENTENCE = "{title}: {number}."
RECENT_COUNT = "{number}."
NOTHING = "nothing"
RECENT_NONE = "Nothing was published in that time."
RECENT_NEWEST = "The latest document in all of England was published on {published}."
RECENT_WIDER = "To look further back: {command}."
RECENT_NOT_OF_ONE = "“recent” is for regions, not for one authority. Did you mean {command} {instead}?"
RECENT_HOW = (
    "I do not know what you mean by “{verb}” here. Type {command} recent with a time, a region or both, for example "
    "{command} recent 14d region south-east."
)
RECENT_NO_DAY = "“{typed}” is not a day in the past: type, for example, {command} recent since 1 june, or recent 14d."
RECENT_TOO_LONG = "You can look back from 1 to {most} days, for example {command} recent 14d."
REPLAY_TITLE = "What this channel would have been sent on {day}"
REPLAY_TITLE_ALL = "What a channel subscribed to all of England would have been sent on {day}"
REPLAY_SENTENCE = "{title}: {counts}"
REPLAY_COUNTS = "{alerts} for {published} published on that day."
REPLAY_NOTHING = "Nothing was published on that day."
REPLAY_NO_ALERT = "No alert: {published} published on that day, but nothing that this channel is subscribed to."
REPLAY_NOTE = "Reconstructed from the stored reports, as they are read today and with today's subscriptions."
REPLAY_NO_DAY = "“replay” needs a day, for example {command} replay 2024-07-12."
REPLAY_NO_SUCH_DAY = "“{typed}” is not a day that I know: type, for example, {command} replay 2024-07-12."
REPLAY_FUTURE = "That day has not come yet. Type, for example, {command} replay 2024-07-12."
REPLAY_NONE_HELD = (
    "This channel is not subscribed to anything, so it would have been sent nothing. Type, for example, {command} "
    "subscribe england, and then {command} replay {day}."
)
EXPORT_TITLE = "Judgements as a file"
EVERY_AUTHORITY, ANY_AUTHORITY = "every authority", "any authority"
EXPORT_LATEST = "the latest judgements of {names}"
EXPORT_HISTORY = "all the judgements of {names} in every report and letter"
EXPORT_SENTENCE = "The file contains {which}, as stored on {day}: {rows}."
EXPORT_WITHOUT = "Not in it, because {why}: {count} of {number} ({names})."
EXPORT_NO_GRADE, EXPORT_NO_DOCUMENT = "no grade has been read yet", "no document is stored yet"
EXPORT_NOTHING = "No judgement of {names} has been read yet, so there is nothing to export."
EXPORT_HOW = (
    "“export” makes a csv, json or xlsx file; add names to have only those, and “history” for every report and "
    "letter. For the latest judgements of everybody, type {command} export csv."
)
EXPORT_ROWS = (
    "One row is one judgement. What each column holds is explained in a sheet of its own: {command} export xlsx.",
    "One row is one judgement. The sheet “Columns” explains what each column holds.",
)
"""Without such a sheet, and with it."""
EXPORT_OF_DOES = "the same for one or several authorities, a region or neighbours alone; “history” can be added too"
EXPORT_SHEET = "Judgements"
EXPORT_ABOUT_SHEET = "Columns"
EXPORT_COLUMNS: Mapping[str, str] = {
    "authority": "name, as the Office for National Statistics writes it",
    "urn": "Ofsted's number for the authority",
    "la_code": "the Department for Education's number for the authority",
    "ons_code": "the Office for National Statistics' code for the authority",
    "region": "region of England",
    "title": "what the source site calls the document",
    "kind": "what kind of document it is",
    "framework": "key of the inspection framework",
    "edition": "key of the framework's edition",
    "inspection_start": "first day of the inspection",
    "inspection_end": "last day of the inspection",
    "published": "date of publication, as the source site gives it",
    "judgement": "stable key of what was judged; “overall” for overall effectiveness, “outcome” for area SEND",
    "label": "the framework's wording for it",
    "service": "the service it belongs to, where one report judges two",
    "grade": "outstanding, good, requires_improvement, adequate, inadequate or not_judged; of area SEND, the outcome",
    "page": "page of the document on which the grade was read",
    "quote": "the words it was read from",
    "priority_actions": "number of areas for priority action in the document",
    "status": "parsed, partial (something could not be read with certainty) or not_read",
    "file_id": "Ofsted's number for the document",
    "url": "address of the document",
}
"""What each column of an export holds, in their order."""
CARD_BUTTON = "Where it stands now"
PREVIOUS_PAGE = "Previous page"
NEXT_PAGE = "Next page"

BY = "By "
EDITED_BY = "; changed {on} by "
SINCE_BY = "{since}, by "
SUBSCRIPTIONS_TITLE = "What this channel is subscribed to"
CHANNEL_COLUMN = "Channel"
WORKSPACE_TITLE = "What this workspace's channels are subscribed to"
WORKSPACE_SENTENCE = "{count} in {channels}."
WORKSPACE_NONE = "No channel of this workspace is subscribed to anything."
SUBSCRIPTIONS_COLUMNS = ("Subscribed to", "How", "Since")
SHOWN = "Page {page}: {first} to {last} of {number}."
MUTED_UNTIL = " (muted until {until})"
SUBSCRIBE_FIRST = "To subscribe it, type {command} subscribe and the name of an authority."

MUTED_STATE = "It is muted until {until}; to unmute it before then: {command} unmute."
MUTED_TITLE = "Muted until {until}"
MUTED = "Nothing will be posted here until {until}. To catch up afterwards: {command} recent {days}d."
MUTED_DIGEST = "A digest that falls due before then will be posted when the mute is over."
MUTED_BEFORE = "Before this it was muted until {until}."
UNMUTE_HOW = "To unmute it before then: {command} unmute."
UNSUBSCRIBE_ALL_DOES = "this channel is no longer told anything"
WORKSPACE_OR_NOTHING = "“subscriptions” can only be followed by “workspace”: type {command} subscriptions."
UNMUTED_TITLE = "No longer muted"
UNMUTED = "This channel will be told again from now on. To catch up: {command} recent {days}d."
UNMUTED_DIGEST = "A digest that fell due in the meantime will be posted now."
NOT_MUTED = "This channel was not muted."
MUTE_HOW = "Say for how long: {command} mute 14d, {command} mute 2h or {command} mute until 1 december."
MUTE_TOO_LONG = "A channel can be muted for a year at most. To stop all messages: {command} unsubscribe all."
MUTE_IS_OVER = "That is in the past: {command} mute 14d mutes this channel for two weeks from now."
MUTE_DOES = "nothing is posted here for a while (2h, 14d, 3w, until 1 december); a digest waits until it is over"
UNMUTE_DOES = "this channel is told again"
UNFURL_DOES = "nothing is shown here any longer under links to Ofsted's reports; “unfurl on” brings it back"
UNFURL_HOW = "Type {command} unfurl on or {command} unfurl off."
UNFURL_ON = "From now on, links to Ofsted's reports posted here will show what they say."
UNFURL_OFF = "From now on, links to Ofsted's reports posted here will no longer show what they say."
UNFURL_IS: Mapping[bool, str] = {
    True: "Links to Ofsted's reports posted in this channel show what they say.",
    False: "Links to Ofsted's reports posted in this channel do not show what they say.",
}
WORKSPACE_DOES = "the same for all channels in the workspace; for admins"
SUBSCRIBE_FILTERED_DOES = (
    "only some of it (inspections, letters, send, jtai; downgrades, upgrades, priority-actions), and not at once but "
    "daily 09:45 or weekly mon 09:45 (“even if empty”: also when there is nothing new); compact, threads off, mention "
    "@group on downgrades"
)
WHICH_CHANNEL = (
    "Subscriptions, mutes and what is shown under links belong to a channel in Slack: say which one with --channel "
    "and its id (C…)."
)
SAID_THERE = "The channel {channel} will be told the same as soon as the service sends it."

HISTORY_BUTTON = "History"
WHY_BUTTON = "Why these grades"
NEIGHBOURS_BUTTON = "Neighbours"
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
NEWEST_IS = "Newest document: {name}, “{title}”"
NEXT_LOOK = "It is read again at {at}, or a little later."
LAST_LOOK = "Ofsted's list was last read at {at}."
NO_LOOK = "Ofsted's list has not been read yet."
LAST_WELL = "All that is watched was last read without trouble at {at}."
NEVER_WELL = "Not all that is watched has been read without trouble yet."
TROUBLE = "Trouble at the last {looks}: {trouble}."
TROUBLES = "Known problems"
TROUBLES_KNOWN = "The people who run this bot have been told about {count}."
TROUBLE_SINCE = "Since {day}: {sentence}"
QUEUE_EMPTY = "No message is waiting to be sent."
QUEUE = "{waiting} waiting to be sent."
UNTOLD = "{untold} found and not told everywhere yet."
NOT_TOLD = (
    "{name}, “{title}”: what is new about it could not be told everywhere ({why}). This is a fault of the program, "
    "please report it. It is tried again every quarter of an hour, and nothing else is held up."
)
DIGEST_NOT_TOLD = (
    "The digest of the channel {channel} could not be written ({why}). This is a fault of the program, please report "
    "it. It is tried again every half minute, and no other digest is held up."
)
DEAD = "{dead} could not be sent and will not be tried again; the operator's log says why."

PAUSED_IN = "Messages about inspections cannot be posted in "
A_CHANNEL = "a channel that you subscribed"
PAUSED_WHY = ": {why}. They are kept, and will be sent as soon as the channel accepts them; I keep trying."

# The App Home, and the form for a wrong reading.
HOME_CHANNELS = "Your channels"
HOME_CHANNELS_SENTENCE = "Subscribed: {channels}."
HOME_NONE = "None of the channels that you and I are both in is subscribed to anything yet."
HOME_HOW = "Invite me to a channel, and type {command} subscribe and the name of an authority there."
HOME_WISH = "{names} ("
HOME_MUTED = "muted until {until}"
HOME_BETWEEN = " · "
HOME_MORE_CHANNELS = "… and {more} more."
HOME_LATEST = "Recently published"
HOME_NOTHING = "Nothing has been published in the last four weeks."
HOME_RECENT = "The last four weeks"
HOME_WINDOW = "inspection-watch"
HOME_CLOSE = "Close"
WRONG_BUTTON = "This reading is wrong"
WRONG_ONE_BUTTON = "A reading is wrong"
WRONG_TITLE = "This reading is wrong"
WRONG_WHICH = "Which document?"
WRONG_SUBMIT = "Send"
WRONG_CLOSE = "Cancel"
WRONG_WE_READ = "What was read from the document on {name}"
WRONG_QUESTION = "What is wrong with it?"
WRONG_NOTHING_READ = "It has not been read yet."
WRONG_GONE = "That document is no longer known here."
WRONG_NOT_STORED = (
    "This could not be stored, so nobody has been told. Please try again; if it happens again, give your operator the "
    "id {id}."
)
WRONG_THANKS = "Thank you: the people who run this bot have been told what you wrote about {name}."
WRONG_NOBODY = (
    "Thank you. Nobody is set up here to be told, so please pass on what you wrote about {name} to the people who run "
    "this bot."
)
WRONG_REPORTED_TITLE = "{name}: somebody says a reading is wrong"
WRONG_REPORTED = "Somebody says that the reading of “{title}” on {name} is wrong."
WRONG_BY = "From "
WRONG_READ_AS = "It was read as"
WRONG_FILE = "Ofsted document {file_id}"
WRONG_PARSER = "Read by the parser {parser}."

# Pictures and files.
SHOW_BUTTON = "Show it in this channel"
PICTURE, FILE = "picture", "file"
COMES_DIRECTLY = "The {files} is sent to you alone, in a direct message."
NOT_DIRECTLY = "The {files} could not be sent to you, because Slack does not let me write to you directly."
NOT_HERE = (
    "I cannot post in this channel, so nothing was shown. If I am not in it yet, somebody in it has to type first: "
    "/invite {bot}"
)
SHOWN_ALREADY = "This has already been shown in the channel, or will be in a moment."
ASKED_BY = "Shown here by "

MANUAL_TITLE = "What you can ask"
MANUAL_MADE = "Made from the code by `make commands`; do not edit it by hand."
MANUAL_WHERE = (
    "In Slack, type a command into any channel. At a terminal, `inspection-watch judgements` takes the same words "
    "and gives the same answer."
)
MANUAL_PAGES = (
    "Long answers come in pages: press “Next page”, or add `page 2` to the command. A word that looks like a command "
    "or a name but is neither is asked about; nothing is guessed."
)
MANUAL_TO_WHOM = (
    "Answers are shown only to the person who asks, and pictures and files are sent to them in a direct message. The "
    "channel sees only changes to what it is told, and what somebody chooses to show with “Show it in this channel”."
)
MANUAL_OF_CHANNEL = (
    "What belongs to a channel ({verbs}) is asked at a terminal with `--channel` and the channel's id, as the "
    "operator: `inspection-watch judgements --channel C0123ABCD subscribe west-sussex`. What would be said in the "
    "channel is said there too; what is only answered is printed. `subscriptions workspace` needs no channel. The "
    "workspace is that of `SLACK_BOT_TOKEN`, or the only one that is stored; else `--team` names it."
)
MANUAL_EXPORT = "The columns of an export"
MANUAL_EXPORT_ROWS = (
    "One row is one judgement. In the history, a document without any (a letter, or one that was not read) has one "
    "row of its own. Dates are written 2024-07-12. In a csv, any text that a spreadsheet would take for a formula has "
    "an apostrophe before it."
)

FAILED = "Something went wrong here. Please try again; if it happens again, give your operator the id {id}."
TOKEN_ADVICE: Mapping[str, str] = {
    "SLACK_BOT_TOKEN": "Copy the bot token (xoxb-…) again from “OAuth & Permissions” in the app's settings.",
    "SLACK_APP_TOKEN": "Create an app-level token (xapp-…) with the scope connections:write in the app's settings.",
}
SHORTENED = "… there is more than fits into one Slack message; the document has it all."


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
