"""What the bot and the terminal ask of what was found."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Row,
    Select,
    Subquery,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    over,
    select,
    true,
)

from judgements.types import INSPECTIONS, LETTERS, Kind, Report
from storage.engine import reading
from storage.rows import ALL_SOURCES, Room, document_of, documents_on, listing_of
from storage.schema import DEAD, PENDING, authorities, changes, channels, deliveries, documents
from storage.troubles import open_troubles
from storage.types import Coverage, KnownAuthority, KnownDocument, SourceState


class Answers(Room):
    """The verbs of whoever answers questions."""

    def history(self, urn: str) -> tuple[KnownDocument, ...]:
        """The documents of one authority in the order of their inspections, oldest first.

        A document whose inspection dates are not known stands where it was published.
        """
        with reading(self._engine) as connection:
            return tuple(sorted(documents_on(connection, urn), key=_last_day))

    def standing(self, urn: str) -> KnownAuthority:
        """Where one authority stands, and how it came to stand there: of its documents those that it takes to say so.

        They are those of `latest_inspections`, the inspection before the newest, the letters since, and the newest area
        SEND report. However long its history is, no more of it is read. One never seen is nothing, not an error.
        """
        with reading(self._engine) as connection:
            found = list(connection.execute(_STANDING, {"urn": urn}))
            chosen = tuple(map(document_of, found))
            if not found:
                found = list(connection.execute(select(authorities).where(authorities.c.urn == urn)))
            elif not _is_enough(chosen):
                chosen = _whole_pages(connection, (urn,))[urn]
        return _authority(found[0], chosen) if found else KnownAuthority(urn=urn)

    def latest_inspections(self, urns: Iterable[str] | None = None) -> Mapping[str, KnownAuthority]:
        """Where each of these authorities (None: of all) stands: of its documents those alone that it takes to say so.

        They are its newest inspection that gives a grade, newer ones that give none, and all that were not read; where
        no inspection is known, some other document. An authority never seen is not among the answers.
        """
        which, asked = (_ALL, {}) if urns is None else (_THESE, {"urns": tuple(urns)})
        with reading(self._engine) as connection:
            rows = connection.execute(which.authorities, asked).all()
            found = _by_authority(map(document_of, connection.execute(which.latest, asked)))
            doubtful = [row.urn for row in rows if not found.get(row.urn) or _is_silent(found[row.urn])]
            found |= _whole_pages(connection, doubtful) if doubtful else {}
        return {row.urn: _authority(row, found.get(row.urn, ())) for row in rows}

    def published_between(self, first: date, last: date) -> tuple[KnownDocument, ...]:
        """What was published from the first to the last day, both included, newest first."""
        when = documents.c.published.between(first, last)
        with reading(self._engine) as connection:
            rows = connection.execute(select(documents).where(when).order_by(*_NEWEST_FIRST))
            return tuple(document_of(row) for row in rows)

    def documents_of(self, urns: Iterable[str]) -> Mapping[str, tuple[KnownDocument, ...]]:
        """The documents of each of these authorities, oldest publication first; () for one without any."""
        wanted = tuple(urns)
        order = (documents.c.published, documents.c.file_id)
        query = select(documents).where(documents.c.urn.in_(wanted)).order_by(*order)
        with reading(self._engine) as connection:
            found = [document_of(row) for row in connection.execute(query)]
        pages = _by_authority(found)
        return {urn: pages.get(urn, ()) for urn in wanted}

    def coverage(self, until: date = date.max) -> Coverage:
        """How much of the country has been seen and when, and how many messages wait or are dead.

        `until`: today; a document that is dated later is dated wrongly, and is not the newest.
        """
        with reading(self._engine) as connection:
            known, baselined = connection.execute(_COUNT_AUTHORITIES).one()
            newest = connection.execute(_NEWEST_DOCUMENT.where(documents.c.published <= until)).one_or_none()
            return Coverage(
                authorities_known=known,
                authorities_baselined=baselined,
                newest=None if newest is None else listing_of(newest),
                sources=tuple(SourceState(**row._mapping) for row in connection.execute(ALL_SOURCES)),
                troubles=open_troubles(connection),
                waiting=connection.scalar(_COUNT_WAITING) or 0,
                dead=connection.scalar(_COUNT_DEAD) or 0,
                paused=connection.scalar(_COUNT_PAUSED) or 0,
                untold=connection.scalar(_COUNT_UNTOLD) or 0,
            )


_BASELINED = case((authorities.c.unlisted_since.is_(None), authorities.c.baseline_at))
_COUNT_AUTHORITIES = select(func.count(), func.count(_BASELINED)).select_from(authorities)
_COUNT_WAITING = select(func.count()).select_from(deliveries).where(PENDING)
_COUNT_DEAD = select(func.count()).select_from(deliveries).where(DEAD)
_COUNT_PAUSED = select(func.count()).select_from(channels).where(channels.c.paused_at.is_not(None))
_COUNT_UNTOLD = select(func.count()).select_from(changes).where(changes.c.fanned_out_at.is_(None))
_ON_PAGE = and_(documents.c.withdrawn_at.is_(None), documents.c.same_as == "")
"""What stands on its authority's page now, each document once."""
_NEWEST_FIRST = (documents.c.published.desc(), documents.c.file_id.desc())
_NEWEST_DOCUMENT = select(documents).where(_ON_PAGE).order_by(*_NEWEST_FIRST).limit(1)
_TOLD = tuple(documents.c[name] for name in ("file_id", "urn", "title", "url", "published", "standing"))
_TOLD += (documents.c.first_seen_at, documents.c.reading)
"""What answers need of a document; the rest is for whoever watches it."""
_LAST_DAY = func.coalesce(documents.c.inspected, documents.c.published)


def _is_one_of(kinds: Iterable[Kind]) -> ColumnElement[bool]:
    """The words stand in the statement itself: it is the same each time, and nothing is to be put into it."""
    return documents.c.kind.in_([literal_column(f"'{kind.value}'") for kind in sorted(kinds)])


_INSPECTION = _is_one_of(INSPECTIONS)
_SORT = case(
    (_INSPECTION, "inspection"),
    (_is_one_of(LETTERS), "letter"),
    (documents.c.kind == Kind.AREA_SEND_INSPECTION, "send"),
    (documents.c.kind.is_(None), "unread"),
    else_="other",
)
FEW = 4
"""So many of the newest inspections are read to find the one before: an inspection may be published more than once."""


def _latest(wanted: ColumnElement[bool]) -> Select[Any]:
    """The newest inspection on each of these pages, what was published since, and what was not read."""
    unread = documents.c.kind.is_(None)
    ranked = _ranked(unread, wanted, or_(_INSPECTION, unread)).subquery()
    one = ranked.c
    return _chosen(ranked, select(*_TOLD), or_(one.sort, one.place == 1, one.published >= one.newest_published))


def _and_how(wanted: ColumnElement[bool]) -> Select[Any]:
    """The same with what a card says besides, beside the columns of the authority; if there is nothing, anything."""
    inspected = func.max(case((_INSPECTION, _LAST_DAY))).over(partition_by=documents.c.urn)
    ranked = _ranked(_SORT, wanted).add_columns(_LAST_DAY.label("last_day"), inspected.label("inspected")).subquery()
    one = ranked.c
    chosen = or_(
        one.sort == "unread",
        and_(one.sort == "inspection", or_(one.place <= FEW, one.published >= one.newest_published)),
        and_(one.sort == "letter", one.last_day > one.inspected),
        and_(one.sort == "send", one.place == 1),
        and_(one.inspected.is_(None), one.place == 1),
    )
    told = select(*_TOLD, *(each for each in authorities.c if each.name != "urn"))
    return _chosen(ranked, told.join(authorities, authorities.c.urn == documents.c.urn), chosen)


def _ranked(sort: ColumnElement[Any], *wanted: ColumnElement[bool]) -> Select[Any]:
    """What stands on these pages, each at its place among its sort on its page, the newest first."""
    window = partial(over, partition_by=(documents.c.urn, sort), order_by=(_LAST_DAY.desc(), *_NEWEST_FIRST))
    return select(
        documents.c.file_id,
        documents.c.urn,
        documents.c.published,
        sort.label("sort"),
        window(func.row_number()).label("place"),
        window(func.first_value(documents.c.published)).label("newest_published"),
    ).where(_ON_PAGE, *wanted)


def _chosen(ranked: Subquery, query: Select[Any], chosen: ColumnElement[bool]) -> Select[Any]:
    same = and_(documents.c.file_id == ranked.c.file_id, documents.c.urn == ranked.c.urn)
    return query.join(ranked, same).where(chosen).order_by(documents.c.published, documents.c.file_id)


class _Asked(NamedTuple):
    """What is asked about authorities: they themselves, and their newest documents. Made once, for that takes long."""

    authorities: Select[Any]
    latest: Select[Any]


_URNS: BindParameter[Any] = bindparam("urns", expanding=True)
_ALL = _Asked(select(authorities), _latest(true()))
_THESE = _Asked(select(authorities).where(authorities.c.urn.in_(_URNS)), _latest(documents.c.urn.in_(_URNS)))
_STANDING = _and_how(documents.c.urn == bindparam("urn"))


def _whole_pages(connection: Connection, urns: Collection[str]) -> Mapping[str, tuple[KnownDocument, ...]]:
    """All that stands on these pages."""
    query = select(*_TOLD).where(documents.c.urn.in_(urns), _ON_PAGE)
    return _by_authority(map(document_of, connection.execute(query.order_by(documents.c.published))))


def _by_authority(found: Iterable[KnownDocument]) -> dict[str, tuple[KnownDocument, ...]]:
    pages: dict[str, list[KnownDocument]] = {}
    for one in found:
        pages.setdefault(one.listing.urn, []).append(one)
    return {urn: tuple(page) for urn, page in pages.items()}


def _authority(row: Row[Any], page: tuple[KnownDocument, ...]) -> KnownAuthority:
    of = row._mapping
    fields = {name: of[name] for name in ("urn", "latest_report", "baseline_at", "walked_at")}
    return KnownAuthority(**fields, documents=page)


def _is_silent(chosen: Iterable[KnownDocument]) -> bool:
    """Whether the newest inspection gives no grade: then an older one is wanted that does."""
    newest = _inspections(chosen)[:1]
    return any(not one.reading.graded for one in newest if isinstance(one.reading, Report))


def _is_enough(chosen: Iterable[KnownDocument]) -> bool:
    """Whether the newest inspection gives grades, the one before it is among these, and the outcome was read."""
    inspections = _inspections(chosen)
    send = [one.reading for one in chosen if one.kind is Kind.AREA_SEND_INSPECTION]
    if _is_silent(chosen) or not all(isinstance(one, Report) and one.outcome for one in send):
        return False
    last = inspections[0].inspected if inspections else None
    return len(inspections) < FEW or last is None or any((one.inspected or last) < last for one in inspections)


def _inspections(chosen: Iterable[KnownDocument]) -> list[KnownDocument]:
    return sorted((one for one in chosen if one.kind in INSPECTIONS), key=_last_day, reverse=True)


def _last_day(document: KnownDocument) -> tuple[date, date, str]:
    listing, read = document.listing, document.reading
    inspected = read.inspection if isinstance(read, Report) else None
    return (inspected.end if inspected else listing.published, listing.published, listing.file_id)
