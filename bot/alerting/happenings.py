"""What is said of a change that is no new document: one withdrawn or back, an authority created, abolished or renamed.

Pure. A document that was not read has its line here too.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot import parts, words
from bot.types import Button, Card, Line, Link, Paragraph, Run, SmallPrint
from judgements.authorities import REGISTRY, Authority
from judgements.types import Change, ChangeKind, Report

KINDS = frozenset(
    {
        ChangeKind.WITHDRAWN,
        ChangeKind.RETURNED,
        ChangeKind.AUTHORITY_CREATED,
        ChangeKind.AUTHORITY_ABOLISHED,
        ChangeKind.AUTHORITY_RENAMED,
    }
)


def card(change: Change, seen_at: datetime) -> Card:
    told = _told(change)
    source = words.SOURCE_LIST.format(seen=words.moment(seen_at))
    if change.listing.file_id:
        named = f"“{change.listing.title}”"
        source = words.SOURCE_UNREAD.format(title=named, file_id=change.listing.file_id, seen=words.moment(seen_at))
    return Card(
        title=title(change),
        sentence=f"{title(change)}. {told}",
        blocks=(Paragraph(((f"{told} ", link(change)), *_more(change))), SmallPrint(((source,),))),
        buttons=tuple(_buttons(change)),
    )


def title(change: Change) -> str:
    what = parts.what(change.reading) if isinstance(change.reading, Report) else words.A_DOCUMENT
    form = _TITLES.get(change.kind, words.NOT_READ_TITLE)
    return form.format(name=_name(change), what=what, before=_name_before(change))


def link(change: Change) -> Run:
    text = words.WHERE_IT_STOOD if change.kind is ChangeKind.WITHDRAWN else words.OPEN_IT
    return Link(text if change.listing.file_id else words.OPEN_PAGE, change.listing.url)


_TITLES = {
    ChangeKind.WITHDRAWN: words.WITHDRAWN_TITLE,
    ChangeKind.RETURNED: words.RETURNED_TITLE,
    ChangeKind.AUTHORITY_CREATED: words.CREATED_TITLE,
    ChangeKind.AUTHORITY_ABOLISHED: words.ABOLISHED_TITLE,
    ChangeKind.AUTHORITY_RENAMED: words.RENAMED_TITLE,
    ChangeKind.CORRECTED: words.NOT_READ_ANEW_TITLE,
}
"""A document that was not read has one title, however it came to be told; but for one that was published anew."""


def _told(change: Change) -> str:
    said = {"title": change.listing.title, "published": words.day(change.listing.published), "name": _name(change)}
    match change.kind:
        case ChangeKind.WITHDRAWN:
            return words.WITHDRAWN.format(**said)
        case ChangeKind.RETURNED:
            return words.RETURNED.format(**said)
        case ChangeKind.AUTHORITY_CREATED:
            return words.CREATED.format(since=_of(words.TOOK_OVER, REGISTRY.predecessors(change.urn)), **said)
        case ChangeKind.AUTHORITY_RENAMED:
            return words.RENAMED.format(before=_name_before(change), **said)
    return words.GONE.format(heirs=_of(words.GONE_HEIRS, REGISTRY.successors(change.urn)), **said)


def _more(change: Change) -> Iterator[Line]:
    if change.kind is ChangeKind.AUTHORITY_ABOLISHED and REGISTRY.successors(change.urn):
        yield (words.GONE_STILL_TOLD.format(name=_name(change)),)
    if change.kind is ChangeKind.AUTHORITY_RENAMED:
        yield (words.RENAMED_GOES_ON,)


def _of(form: str, ones: tuple[Authority, ...]) -> str:
    return form.format(names=words.joined([one.spoken for one in ones])) if ones else ""


def _buttons(change: Change) -> Iterator[Button]:
    for one in REGISTRY.successors(change.urn) if change.kind is ChangeKind.AUTHORITY_ABOLISHED else ():
        yield Button(label=words.SUBSCRIBE_TO_BUTTON.format(name=one.spoken), command=f"subscribe {one.slug}")


def _name(change: Change) -> str:
    is_known = REGISTRY.by_urn(change.urn) is not None
    return parts.name_in(change) if is_known or not change.listing.title else change.listing.title


def _name_before(change: Change) -> str:
    """What it was called on the eve of the change."""
    return parts.authority_name(change.urn, change.listing.published - timedelta(days=1))
