"""What becomes of one document, and what there is to tell of it. Pure.

    listed -> not there yet -> read -> replaced -> gone from its page -> back

A document is told of once, under the key of the change that `KnownDocument.told` remembers; whatever happens to it
later amends that change. Which bytes people have been told of (or were taken as a baseline) is `told_sha256`: a
correction is the difference between two readings by today's parser, of those bytes and of the present ones.

Several numbers of one inspection are a group: one document stands for it (`same_as` is ""), the others name that one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from judgements import news
from judgements.authorities import REGISTRY, Registry
from judgements.same import same_inspection, same_reading
from judgements.types import Change, Kind, Listing, NotRead, Reading, Report, Status
from storage.types import KnownDocument, Standing
from watchers.rota import again_after, is_another_day, next_check

PATIENCE = timedelta(minutes=30)
"""So long a listed document may not be there before people are told of it."""
CALM = 2
"""So often what was told of a document is taken back at once; from then on only after `REST`: what flaps goes quiet."""
REST = timedelta(days=7)
AGAIN = timedelta(days=1)
"""A document that has just been replaced, or could not be had again, is asked for so soon."""

Shelf = Mapping[str, KnownDocument]
"""The documents of one authority by file id, as they are known at this moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Got:
    """What came of asking for one document: its archived bytes and their reading, or why there are none.

    `was` is what today's parser reads in the bytes that people were told of; None where there are none. While its host
    is left in peace, until `again_at`, a document is not even `asked` for.
    """

    sha256: str | None = None
    reading: Reading | None = None
    why: str = ""
    was: Reading | None = None
    asked: bool = True
    again_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What has become of some documents of one group, and what there is to tell; `why` for the log."""

    documents: tuple[KnownDocument, ...]
    changes: tuple[Change, ...] = ()
    why: str = ""


def arrived(
    document: KnownDocument, shelf: Shelf, *, was: Reading | None, is_news: bool, now: datetime, theirs: str = ""
) -> Turn:
    """A document has been `asked` for, and whatever was asked for with it stands on the shelf.

    `theirs`: the document of another authority that this one is, on a page where it does not belong, or not any more.
    """
    if document.told or document.told_sha256 is not None:
        return _settle(document, was, shelf, now=now)
    if theirs:
        linked = replace(document, same_as=theirs, told_sha256=document.sha256)
        return Turn(documents=(linked,), why="another authority's, and known as that")
    first = _first_of_its_inspection(document, shelf)
    if first is not None and document.standing is Standing.READ:
        return _second_number(document, first, shelf, is_news=is_news)
    if not is_news:
        return Turn(documents=(replace(document, told_sha256=document.sha256),), why="taken without telling")
    return _told_first(document, shelf, now=now)


def asked(listing: Listing, answer: Got, old: KnownDocument | None, *, parser: str, now: datetime) -> KnownDocument:
    """A listed document that we had not, or not in a form that can be read, with what came of asking for it."""
    reading = believed(listing, answer.reading)
    if answer.sha256 is None or (isinstance(reading, NotRead) and reading.status is Status.UNREADABLE):
        return _not_had(listing, answer, old, parser=parser, now=now)
    return replace(
        old or KnownDocument(listing=listing, standing=Standing.READ, first_seen_at=now),
        listing=listing,
        standing=Standing.READ,
        sha256=answer.sha256,
        reading=reading,
        parser=parser,
        why="",
        failures=0,
        next_try_at=None,
        check_at=next_check(listing, now),
    )


def _not_had(listing: Listing, answer: Got, old: KnownDocument | None, *, parser: str, now: datetime) -> KnownDocument:
    """A document that was not to be had, or cannot be read: it may have been cut off, and is asked for again as well.

    What was once read in it stays known, whatever became of its bytes.
    """
    document = old or KnownDocument(listing=listing, standing=Standing.AWAITED, first_seen_at=now)
    if not isinstance(document.reading, Report):
        standing = Standing.AWAITED if answer.sha256 is None else Standing.READ
        made_by = parser if answer.sha256 else None
        document = replace(
            document, standing=standing, sha256=answer.sha256, reading=answer.reading, parser=made_by, check_at=None
        )
    failures = document.failures + answer.asked
    soonest = now + again_after(failures) if answer.asked else now
    again_at = max(soonest, answer.again_at or soonest)
    return replace(document, listing=listing, why=answer.why, failures=failures, next_try_at=again_at)


def believed(listing: Listing, reading: Reading | None, *, registry: Registry = REGISTRY) -> Reading | None:
    """A report is told as this authority's only if it names it, or names nobody at all.

    What is said of an authority that it took over from is true of that one alone.
    """
    if not isinstance(reading, Report) or reading.authority == listing.urn:
        return reading
    if reading.authority is None and reading.authority_printed is None:
        return reading
    why = f"It is on the page of an authority other than the one it names, “{reading.authority_printed}”."
    if before := next((one for one in registry.predecessors(listing.urn) if one.urn == reading.authority), None):
        why = f"It is about {before.spoken}, which this authority took over from: what it says is not said of this one."
    return NotRead(status=Status.UNRECOGNISED, why=why)


def _told_first(document: KnownDocument, shelf: Shelf, *, now: datetime) -> Turn:
    if document.standing is Standing.AWAITED:
        if now < document.first_seen_at + PATIENCE:
            return Turn(documents=(document,), why="not there yet")
        change = news.not_read(document.listing, NotRead(status=Status.UNREADABLE, why=document.why))
        return Turn(documents=(replace(document, told=change.key),), changes=(change,), why="listed, and not there")
    change = _news(document, shelf)
    told_sha256 = document.sha256 if _is_ofsteds(document) else None
    told = replace(document, told=change.key, told_sha256=told_sha256)
    return Turn(documents=(told,), changes=(change,), why="new")


def read_at_last(document: KnownDocument, shelf: Shelf) -> Turn | None:
    """People were told that it is there and not read, and now it is read; None if it is not, or not there any more."""
    if not document.told or document.told_sha256 is not None or document.withdrawn_at is not None:
        return None
    if not _is_ofsteds(document):
        return None
    change = news.read_at_last(document.told, _news(document, shelf))
    return Turn(documents=(replace(document, told_sha256=document.sha256),), changes=(change,), why="read at last")


def altered(document: KnownDocument, answer: Got, shelf: Shelf, *, parser: str, now: datetime) -> Turn:
    """A document that we have was asked for again: it may have been replaced, and may read otherwise."""
    reading = believed(document.listing, answer.reading)
    if answer.sha256 is None or (isinstance(reading, NotRead) and reading.status is Status.UNREADABLE):
        # What stands there now may be cut off or a page of excuse: what we have stays what is known.
        later = replace(document, check_at=now + AGAIN)
        return Turn(documents=(later,), why="asked for again, and nothing readable came")
    if answer.sha256 == document.sha256:
        same = replace(document, check_at=next_check(document.listing, now))
        return _settle(same, answer.was, shelf, now=now)
    new = replace(
        document,
        sha256=answer.sha256,
        reading=reading,
        parser=parser,
        altered_at=now,
        check_at=now + AGAIN,
    )
    if document.same_as in shelf:  # people know the one that stands for it, and not what this one said
        return _second_number(replace(new, same_as=""), shelf[document.same_as], shelf, is_news=True)
    return _settle(new, answer.was, shelf, now=now)


def _settle(document: KnownDocument, was: Reading | None, shelf: Shelf, *, now: datetime) -> Turn:
    """Tell a correction if the document reads otherwise than what people know; what cannot be compared is none.

    Of one that was told as not read there is nothing to compare: it is read at last, or still not.
    """
    if document.told and document.told_sha256 is None:
        return read_at_last(document, shelf) or Turn(documents=(document,), why="still not read")
    if document.sha256 == document.told_sha256:
        return Turn(documents=(document,), why="as it was")
    if document.reading is None or document.sha256 is None:
        return Turn(documents=(document,), why="not to be had")
    if was is None or same_reading(was, document.reading):
        return Turn(documents=(replace(document, told_sha256=document.sha256),), why="other bytes, the same reading")
    since = document.altered_at or now
    if not _may_retell(document, since, now):
        return Turn(documents=(replace(document, check_at=since + REST),), why="its reading flaps: nothing is told")
    turn = document.retold + 1
    change = news.corrected(document.told, was, _news(document, shelf), turn=turn)
    told = replace(document, told=document.told or change.key, told_sha256=document.sha256, retold=turn)
    return Turn(documents=(told,), changes=(change,), why="its reading has changed")


def _may_retell(document: KnownDocument, since: datetime, now: datetime) -> bool:
    return document.retold < CALM or since <= now - REST


def _first_of_its_inspection(document: KnownDocument, shelf: Shelf) -> KnownDocument | None:
    """The document that stands for the inspection which this one, too, is about; None if there is none.

    One that came with it, and has had no turn yet, may be its second number, but not its first.
    """
    settled = [one for one in _others(document, shelf) if one.told or one.told_sha256 is not None]
    kin = [one for one in settled if _is_kin(document, one)]
    if not kin:
        return None
    first = min(kin, key=lambda one: (not one.told, one.first_seen_at, one.listing.published, one.listing.file_id))
    return shelf.get(first.same_as, first)


def _is_kin(one: KnownDocument, other: KnownDocument) -> bool:
    same_bytes = one.sha256 is not None and one.sha256 == other.sha256
    return same_bytes or same_inspection(one.reading, other.reading)


def _second_number(document: KnownDocument, first: KnownDocument, shelf: Shelf, *, is_news: bool) -> Turn:
    """Another number of an inspection that is known: linked; if it reads otherwise it takes the other's place."""
    read = _read_alike(first, document)
    if not is_news or read is None or same_reading(read, document.reading):
        linked = replace(document, same_as=first.listing.file_id, told_sha256=document.sha256)
        return Turn(documents=(linked,), why="a second number of what is known")
    if first.told and first.told_sha256 is None:  # told as not read
        return read_at_last(replace(document, told=first.told), shelf) or Turn(documents=(document,))
    turn = first.retold + 1
    change = news.corrected(first.told, read, _news(document, shelf), turn=turn)
    stands = replace(
        document,
        told=first.told or change.key,
        told_sha256=document.sha256,
        retold=turn,
        withdrawn_at=first.withdrawn_at,
    )
    group = _pointing_at(stands, first, shelf)
    return Turn(documents=(stands, *group), changes=(change,), why="a second number that reads otherwise")


def _pointing_at(stands: KnownDocument, first: KnownDocument, shelf: Shelf) -> tuple[KnownDocument, ...]:
    """The rest of the group that `first` stood for, with `stands` in its place."""
    group = [one for one in shelf.values() if first.listing.file_id in (one.listing.file_id, one.same_as)]
    others = [one for one in group if one.listing.file_id != stands.listing.file_id]
    return tuple(replace(one, same_as=stands.listing.file_id) for one in others)


def relisted(document: KnownDocument, listing: Listing, shelf: Shelf) -> Turn:
    """It is listed otherwise than before. Where people were told of it with another date, that is put right."""
    here = replace(document, listing=listing)
    if not document.told or document.same_as or document.listing.published == listing.published:
        return Turn(documents=(here,))
    if document.retold >= CALM:
        return Turn(documents=(here,), why="its date flaps: nothing is told")
    turn = document.retold + 1
    change = news.redated(document.told, document.listing.published, _news(here, shelf), turn=turn)
    return Turn(documents=(replace(here, retold=turn),), changes=(change,), why="another date")


def gone(document: KnownDocument, shelf: Shelf, listed: Iterable[str], *, may_withdraw: bool, now: datetime) -> Turn:
    """A document is not on its page: another number takes its place, or after two looks on two days it is withdrawn.

    `may_withdraw` is False while the page, or the site, is not to be trusted.
    """
    missed = replace(document, missing_since=document.missing_since or now, check_at=None)
    if document.same_as or document.withdrawn_at is not None:
        return Turn(documents=(missed,), why="gone")
    heir = _listed_member(document, shelf, frozenset(listed))
    if heir is not None and _reads_as(document, heir):
        return _handed_on(missed, heir, shelf, now=now)
    if not may_withdraw or not is_another_day(missed.missing_since or now, now):
        return Turn(documents=(missed,), why="not on its page: a fault of the page, or withdrawn")
    return _handed_on(missed, heir, shelf, now=now) if heir is not None else _withdrawn(missed, now)


def _listed_member(document: KnownDocument, shelf: Shelf, listed: frozenset[str]) -> KnownDocument | None:
    members = [one for one in shelf.values() if one.same_as == document.listing.file_id]
    there = [one for one in members if one.listing.file_id in listed]
    return max(there, key=lambda one: (one.listing.published, one.listing.file_id), default=None)


def _reads_as(document: KnownDocument, heir: KnownDocument) -> bool:
    """Whether people need not be told which of the two stands there: as far as can be known, both say the same."""
    known = _read_alike(document, heir) if document.told_sha256 == document.sha256 else None
    return known is None or heir.reading is None or same_reading(known, heir.reading)


def _handed_on(document: KnownDocument, heir: KnownDocument, shelf: Shelf, *, now: datetime) -> Turn:
    """Another number takes the place of one that has gone; if it reads otherwise, that is a correction."""
    stands = replace(
        heir, same_as="", told=document.told, told_sha256=document.told_sha256, retold=document.retold,
        withdrawn_at=document.withdrawn_at,
    )  # fmt: skip
    changed = dict(shelf) | {document.listing.file_id: document}
    changes: tuple[Change, ...] = ()
    if document.told_sha256 is not None:
        was = None if _reads_as(document, heir) else document.reading
        settled = _settle(replace(stands, altered_at=now if was else stands.altered_at), was, changed, now=now)
        (stands,), changes = settled.documents, settled.changes
    documents = (stands, *_pointing_at(stands, document, changed))
    return Turn(documents=documents, changes=changes, why="its other number takes its place")


def _withdrawn(document: KnownDocument, now: datetime) -> Turn:
    out = replace(document, withdrawn_at=now, next_try_at=None)
    if not _is_known_to_anybody(document):
        return Turn(documents=(out,), why="gone before it was ever there")
    if not _may_retell(document, document.missing_since or now, now):
        return Turn(documents=(document,), why="it comes and goes: nothing is told")
    turn = document.retold + 1
    reading = document.reading or NotRead(status=Status.UNREADABLE, why=document.why)
    change = news.withdrawn(document.told, document.listing, reading, turn=turn)
    return Turn(documents=(replace(out, retold=turn),), changes=(change,), why="withdrawn")


def _is_known_to_anybody(document: KnownDocument) -> bool:
    return bool(document.told) or document.sha256 is not None


def back(document: KnownDocument, shelf: Shelf, listed: Iterable[str], *, now: datetime) -> Turn | None:
    """A document that was missing is on its page again, or another number of it is; None if neither is."""
    there = frozenset(listed)
    if document.missing_since is None and document.withdrawn_at is None:
        return None
    if document.listing.file_id not in there:
        heir = None if document.same_as else _listed_member(document, shelf, there)
        if heir is None or (document.withdrawn_at is None and not _reads_as(document, heir)):
            return None
        turn = _handed_on(document, heir, shelf, now=now)
        returned = _returned(turn.documents[0])
        changes = (*returned.changes, *turn.changes)
        return Turn(documents=(*returned.documents, *turn.documents[1:]), changes=changes, why=returned.why)
    again = now if document.failures or document.sha256 is None else None
    return _returned(replace(document, missing_since=None, next_try_at=again, check_at=None if again else now))


def _returned(document: KnownDocument) -> Turn:
    here = replace(document, withdrawn_at=None)
    if document.withdrawn_at is None or document.same_as or not _is_known_to_anybody(document):
        return Turn(documents=(here,), why="on its page again")
    reading = document.reading or NotRead(status=Status.UNREADABLE, why=document.why)
    change = news.returned(document.told, document.listing, reading, turn=document.retold)
    return Turn(documents=(here,), changes=(change,), why="back")


def _news(document: KnownDocument, shelf: Shelf) -> Change:
    """What there is to tell of it: beside the other inspections of its authority, but not other numbers of its own."""
    others = [
        (one.listing, _read_alike(one, document))
        for one in _others(document, shelf)
        if one.withdrawn_at is None and not _is_kin(document, one)
    ]
    reading = document.reading or NotRead(status=Status.UNREADABLE, why=document.why)
    return news.news(document.listing, reading, others)


def _read_alike(one: KnownDocument, document: KnownDocument) -> Reading | None:
    """What is read in one, if it was the parser of the other that read it: no two parsers are ever compared."""
    return one.reading if one.parser == document.parser else None


def _others(document: KnownDocument, shelf: Shelf) -> list[KnownDocument]:
    return [one for one in shelf.values() if one.listing.file_id != document.listing.file_id]


def _is_ofsteds(document: KnownDocument) -> bool:
    """Whether it is read, and is no council's own report."""
    return isinstance(document.reading, Report) and document.reading.kind is not Kind.COUNCIL_REPORT
