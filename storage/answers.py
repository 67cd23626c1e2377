"""What the bot and the terminal ask of what was found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, select

from judgements.types import INSPECTIONS, Report
from storage.engine import reading
from storage.rows import ALL_SOURCES, Room, document_of, documents_on, listing_of
from storage.schema import DEAD, PENDING, authorities, channels, deliveries, documents
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

    def latest_inspections(self, urns: Iterable[str]) -> Mapping[str, KnownAuthority]:
        """Where each of these authorities stands: of its documents those alone that it takes to say so.

        They are its newest inspection that gives a grade, newer ones that give none, and all that were not read. An
        authority never seen is not among the answers.
        """
        asked = tuple(urns)
        wanted = documents.c.urn.in_(asked)
        with reading(self._engine) as connection:
            rows = connection.execute(select(authorities).where(authorities.c.urn.in_(asked))).all()
            found = [document_of(row) for row in connection.execute(_newest_inspections(wanted, 1))]
            if silent := tuple(one.listing.urn for one in found if not _says_grades(one)):
                found = [one for one in found if one.listing.urn not in silent]
                found += map(document_of, connection.execute(_newest_inspections(documents.c.urn.in_(silent), None)))
            found += map(document_of, connection.execute(select(documents).where(wanted, documents.c.kind.is_(None))))
        return {row.urn: KnownAuthority(**row._mapping, documents=_on_page(found, row.urn)) for row in rows}

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
        return {urn: _on_page(found, urn) for urn in wanted}

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
            )


_BASELINED = case((authorities.c.unlisted_since.is_(None), authorities.c.baseline_at))
_COUNT_AUTHORITIES = select(func.count(), func.count(_BASELINED)).select_from(authorities)
_COUNT_WAITING = select(func.count()).select_from(deliveries).where(PENDING)
_COUNT_DEAD = select(func.count()).select_from(deliveries).where(DEAD)
_COUNT_PAUSED = select(func.count()).select_from(channels).where(channels.c.paused_at.is_not(None))
_NEWEST_FIRST = (documents.c.published.desc(), documents.c.file_id.desc())
_NEWEST_DOCUMENT = select(documents).order_by(*_NEWEST_FIRST).limit(1)


def _newest_inspections(wanted: ColumnElement[bool], most: int | None) -> Select[Any]:
    """The newest `most` inspections on each authority's page (None: all of them), without decoding any other."""
    last_day = func.coalesce(documents.c.inspected, documents.c.published)
    place = func.row_number().over(partition_by=documents.c.urn, order_by=(last_day.desc(), *_NEWEST_FIRST))
    there = (documents.c.kind.in_(INSPECTIONS), documents.c.withdrawn_at.is_(None), documents.c.same_as == "")
    ranked = select(documents.c.file_id, documents.c.urn, place.label("place")).where(wanted, *there).subquery()
    same = and_(documents.c.file_id == ranked.c.file_id, documents.c.urn == ranked.c.urn)
    query = select(documents).join(ranked, same)
    return query if most is None else query.where(ranked.c.place <= most)


def _says_grades(one: KnownDocument) -> bool:
    return isinstance(one.reading, Report) and bool(one.reading.graded)


def _on_page(found: Iterable[KnownDocument], urn: str) -> tuple[KnownDocument, ...]:
    return tuple(one for one in found if one.listing.urn == urn)


def _last_day(document: KnownDocument) -> tuple[date, date, str]:
    listing, read = document.listing, document.reading
    inspected = read.inspection if isinstance(read, Report) else None
    return (inspected.end if inspected else listing.published, listing.published, listing.file_id)
