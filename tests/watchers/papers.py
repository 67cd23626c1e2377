"""What the random test knows better than the watcher: the documents there are, and what people know of them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from judgements.types import Change, ChangeKind, Grade, Kind, Reading, Report
from tests.fakes import FakeReader, paper

READER = FakeReader()
GRADES = (Grade.INADEQUATE, Grade.REQUIRES_IMPROVEMENT, Grade.GOOD, Grade.OUTSTANDING)
NEWS = frozenset({ChangeKind.NEW_INSPECTION, ChangeKind.NEW_LETTER, ChangeKind.SEND_OUTCOME})
"""Kinds that tell of a document for the first time."""
TURNS = frozenset({ChangeKind.WITHDRAWN, ChangeKind.RETURNED})


@dataclass(frozen=True, kw_only=True)
class Told:
    """What people know of one inspection; `history`: it was there when we began, and nothing was said of it.

    `unread`: ids of it that were told as not read. While one cannot be read, nobody can know of which inspection it is.
    """

    history: bool = False
    reading: Reading | None = None
    withdrawn: bool = False
    unread: frozenset[str] = frozenset()


def _grade(reading: Reading) -> str:
    return str(reading.overall.grade if isinstance(reading, Report) and reading.overall else type(reading).__name__)


@dataclass(repr=False)
class Paper:
    """One inspection, and the documents on it: whatever their ids, it is one thing to tell."""

    urn: str
    number: int
    kind: Kind
    dated: date
    listed_at: datetime
    grade: Grade
    readable: bool = True
    bodies: dict[str, bytes] = field(default_factory=dict)
    """What stands under each id now."""
    readings: list[Reading] = field(default_factory=list)
    """Everything that it ever said."""
    hidden: set[str] = field(default_factory=set)
    """Ids that are not listed at the moment."""
    lost: bool = False
    hurt: bool = False
    """It could not be had, or not be read, at some time."""
    went: bool = False
    """Not every id of it was listed all the time."""

    def __repr__(self) -> str:
        bodies = {file_id: _grade(READER.read(body)) for file_id, body in self.bodies.items()}
        says = ", ".join(f"{file_id} {'hidden' * (file_id in self.hidden)} {body}" for file_id, body in bodies.items())
        return f"<{self.number} of {self.urn}, {self.dated}, listed at {self.listed_at}, lost={self.lost}: {says}>"

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        """For Hypothesis, which would print everything that was ever said."""
        printer.text(repr(self))

    @property
    def shown(self) -> list[str]:
        return [file_id for file_id in self.bodies if file_id not in self.hidden]

    @property
    def says(self) -> list[Reading]:
        """What a reader of the site can find it say now."""
        return [READER.read(self.bodies[file_id]) for file_id in self.shown]

    def body(self) -> bytes:
        whole = paper(self.urn, date(2010, 1, 1) + timedelta(days=30 * self.number), self.grade, self.kind)
        return whole if self.readable else whole[:-9]

    def put(self, file_id: str) -> bytes:
        """Under this id it now says what it says."""
        self.bodies[file_id] = self.body()
        self.readings.append(READER.read(self.bodies[file_id]))
        return self.bodies[file_id]


def heard(one: Paper, told: Told, change: Change, *, files_broken: bool) -> Told:
    """What people know of a document after a change, if it is one that can come after what they knew.

    `files_broken`: whether files could not be had at some time, and any document may have been told as not read.
    """
    kind, reading, file_id = change.kind, change.reading, change.listing.file_id
    fault = f"{kind} of {file_id} after {told}: {one}"
    if kind in TURNS:
        assert told.reading or told.history, fault
        assert one.went, fault
        assert told.withdrawn is (kind is ChangeKind.RETURNED), fault
        return replace(told, withdrawn=not told.withdrawn)
    if kind is ChangeKind.NOT_READ:
        assert one.hurt or files_broken, f"nothing was wrong with it: {one}"
        assert file_id not in told.unread, fault
        assert not (told.history and file_id == min(one.bodies)), fault
        return replace(told, reading=told.reading or reading, unread=told.unread | {file_id})
    assert reading in one.readings, f"it never said so: {reading}, {one}"
    if kind in NEWS:
        assert not isinstance(told.reading, Report), fault
        # A number that came later, of what was there before us and could not be had: nobody can know that they are one.
        assert not told.history or (files_broken and file_id != min(one.bodies)), fault
    elif kind is ChangeKind.READ_AT_LAST:
        assert told.unread, fault
    else:
        assert kind is ChangeKind.CORRECTED, fault
        # One of its ids was told as not read: that message and the first one are each put right by themselves.
        assert told.history or told.unread or change.instead_of == told.reading, fault
        assert change.instead_of != reading, fault
    return replace(told, reading=reading)
