"""The archive, read again by today's parser: what differs from what is stored, and what is not there any more.

Nothing is announced by it. What is accepted is stored as the readings of today's parser; the comparisons of alerts that
were posted stay as they were.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, fields
from datetime import datetime

from rich.console import Console

from inspection_watch import terminal
from judgements.authorities import REGISTRY
from judgements.types import Inspection, Judgement, NotRead, Reading, Report, SendOutcome
from judgements.version import PARSER
from storage.archive import Archive
from storage.store import Store
from storage.types import KnownDocument
from watchers import decide
from watchers.read import Reader

WORKERS = max(1, min(os.cpu_count() or 1, 4))
"""Documents that are read at the same time, each in a child process of its own."""
LONGEST = 60
"""Characters of a value in the table."""
LOST = "no longer in the archive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reread:
    """A document as it is stored, and as today's parser reads it.

    `lost`: its file is not in the archive any more. Accepted, it is fetched again, and till then as it is stored.
    """

    stored: KnownDocument
    today: KnownDocument
    lost: bool = False

    @property
    def differences(self) -> tuple[tuple[str, str, str], ...]:
        """What differs, how it is stored and how it is read; () if nothing does."""
        if self.lost:
            return (("file", self.stored.sha256 or "", LOST),)
        return differences(self.stored.reading, self.today.reading)


def reread(
    store: Store, archive: Archive, now: datetime, progress: Callable[[int, int, str], None]
) -> Iterator[Reread]:
    """Every archived document, newest first, as fast as `WORKERS` children read them."""
    documents = store.archived()
    with ExitStack() as stack:
        own = threading.local()

        def reading(document: KnownDocument) -> Reading | None:
            data = archive.find(document.sha256) if document.sha256 else None
            if data is None:
                return None
            if not hasattr(own, "reader"):
                own.reader = stack.enter_context(Reader())
            answer: Reading = own.reader.read(data)
            return answer

        with ThreadPoolExecutor(WORKERS) as pool:
            for done, (document, read) in enumerate(zip(documents, pool.map(reading, documents), strict=True), 1):
                progress(done, len(documents), document.listing.title)
                today = decide.reread(document, read, parser=PARSER, now=now)
                yield Reread(stored=document, today=today, lost=read is None)


def accept(store: Store, rereads: Sequence[Reread]) -> None:
    """Store what today's parser reads. Nothing is announced by it."""
    for one in rereads:
        store.record_reading(one.today)


def show(console: Console, differing: Sequence[Reread]) -> None:
    """A table of what differs: one row for each field of each document."""
    rows = terminal.table("document", "what", "stored", "read now")
    for one in differing:
        listing = one.stored.listing
        authority = REGISTRY.by_urn(listing.urn)
        name = f"{authority.spoken if authority else listing.urn}, {listing.published}, {listing.file_id}"
        for what, was, now in one.differences:
            rows.add_row(*map(terminal.plain, (name, what, was, now)))
            name = ""
    if differing:
        console.print(rows)


def differences(stored: Reading | None, today: Reading | None) -> tuple[tuple[str, str, str], ...]:
    """Field by field: its name, and both values in a few words."""
    if stored == today:
        return ()
    if not isinstance(stored, Report) or not isinstance(today, Report):
        return (("reading", _words(stored), _words(today)),)
    rows = [
        (field.name, _words(getattr(stored, field.name)), _words(getattr(today, field.name)))
        for field in fields(Report)
        if getattr(stored, field.name) != getattr(today, field.name)
    ]
    # The same in words: it was read at another place.
    return tuple((name, was, now if now != was else "the same, read elsewhere") for name, was, now in rows)


def _words(value: object) -> str:
    """A value as short as it can be told."""
    match value:
        case None:
            words = "–"
        case NotRead():
            words = f"{value.status}: {value.why}"
        case Report():
            words = f"{value.kind}, {_words(value.inspection)}, {_words(value.graded)}"
        case Judgement():
            words = f"{value.theme} {value.grade}"
        case SendOutcome():
            words = str(value.outcome)
        case Inspection():
            words = " and ".join(f"{first} to {last}" for first, last in value.periods)
        case tuple():
            words = "; ".join(_words(one) for one in value) or "none"
        case _:
            words = str(getattr(value, "text", value))
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"
