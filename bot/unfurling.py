"""Addresses of the source site that people write -> what is shown under them. Pure.

The manners are those of other bots that unfold addresses: nothing where a message has three or more of them, nothing
again within half an hour, nothing in a channel that has switched it off.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from urllib.parse import urlsplit

from bot import parts, words
from bot.alerting import alerts
from bot.answers import cards
from bot.types import Card, Grades, Paragraph, SmallPrint
from judgements.authorities import Authority
from judgements.types import Report
from storage.types import KnownAuthority, KnownDocument

TOO_MANY = 3
"""So many addresses in one message are a list, and a list is not unfolded."""
AGAIN_AFTER = timedelta(minutes=30)

SITE = "reports.ofsted.gov.uk"
FILES = ("files.ofsted.gov.uk", "files.api.ofsted.gov.uk")

_PROVIDER = re.compile(r"/provider/\d+/(\d{1,9})/?")
_FILE = re.compile(r"/v1/file/(\d{1,12})/?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """An address that can be unfolded: an authority's page (by its URN) or a document (by its file id)."""

    url: str
    urn: str = ""
    file_id: str = ""


def targets(urls: Iterable[str]) -> tuple[Target, ...]:
    """What is to be unfolded of one message with these addresses, in their order; () where they are too many."""
    distinct = tuple(dict.fromkeys(urls))
    if len(distinct) >= TOO_MANY:
        return ()
    return tuple(target for url in distinct if (target := _target(url)))


def _target(url: str) -> Target | None:
    try:
        parts_of_it = urlsplit(url)
        host = parts_of_it.hostname
    except ValueError:
        return None
    if parts_of_it.scheme not in ("http", "https"):
        return None
    if host == SITE and (page := _PROVIDER.fullmatch(parts_of_it.path)):
        return Target(url=url, urn=page[1])
    if host in FILES and (file := _FILE.fullmatch(parts_of_it.path)):
        return Target(url=url, file_id=file[1])
    return None


def of_authority(known: KnownAuthority, one: Authority, today: date) -> Card | None:
    """Where the authority stands, with nothing to press; None if nothing is known of it yet."""
    return replace(cards.authority(known, one, today, subscribed=None), buttons=()) if known.documents else None


def of_document(document: KnownDocument, first: KnownDocument | None = None) -> Card | None:
    """What the document says; None if it was not read, for then it says nothing to us.

    `first` is the document that it is a second number of, if any: what was withdrawn is marked under all its numbers.
    """
    card, since = _said(document), document.withdrawn_at or (first.withdrawn_at if first else None)
    return alerts.withdrawn(card, since) if card and since else card


def _said(document: KnownDocument) -> Card | None:
    report, listing = document.reading, document.listing
    if not isinstance(report, Report):
        return None
    name = parts.authority_name(listing.urn)
    title = words.PLAIN_TITLE.format(name=name, what=parts.what(report))
    published = words.PUBLISHED.format(what=words.capital(parts.what(report)), published=words.day(listing.published))
    said = [(published,)]
    if when := parts.inspected(report):
        said.append((words.INSPECTED.format(when=when),))
    if actions := len(report.priority_actions):
        said.append((f"{words.WARNING} {words.PRIORITY_ACTIONS.format(count=words.counted(actions, 'area'))}",))
    rows = parts.rows(report)
    return Card(
        title=title,
        sentence=f"{title}. {published}",
        blocks=(
            Paragraph(tuple(said)),
            *((Grades(rows),) if rows else ()),
            *((SmallPrint(((words.PAGES,),)),) if rows else ()),
        ),
    )
