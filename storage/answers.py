"""What the bot and the terminal ask of what was found."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select

from judgements.types import Report
from storage.engine import reading
from storage.outbox import UNSUBSCRIBED
from storage.rows import ALL_SOURCES, Room, documents_on, listing_of
from storage.schema import authorities, deliveries, documents
from storage.troubles import open_troubles
from storage.types import Coverage, DeliveryStatus, KnownDocument, SourceState


class Answers(Room):
    """The verbs of whoever answers questions."""

    def history(self, urn: str) -> tuple[KnownDocument, ...]:
        """The documents of one authority in the order of their inspections, oldest first.

        A document whose inspection dates are not known stands where it was published.
        """
        with reading(self._engine) as connection:
            return tuple(sorted(documents_on(connection, urn), key=_last_day))

    def coverage(self) -> Coverage:
        """How much of the country has been seen and when, and how many messages wait or are dead."""
        with reading(self._engine) as connection:
            known, baselined = connection.execute(_COUNT_AUTHORITIES).one()
            newest = connection.execute(_NEWEST_DOCUMENT).one_or_none()
            messages = {row.status: row.number for row in connection.execute(_COUNT_DELIVERIES)}
            return Coverage(
                authorities_known=known,
                authorities_baselined=baselined,
                newest=None if newest is None else listing_of(newest),
                sources=tuple(SourceState(**row._mapping) for row in connection.execute(ALL_SOURCES)),
                waiting=messages.get(DeliveryStatus.PENDING, 0),
                dead=messages.get(DeliveryStatus.DEAD, 0),
                troubles=open_troubles(connection),
            )


_COUNT_AUTHORITIES = select(func.count(), func.count(authorities.c.baseline_at)).select_from(authorities)
_COUNT_DELIVERIES = (
    select(deliveries.c.status, func.count().label("number"))
    .where(deliveries.c.trouble != UNSUBSCRIBED)
    .group_by(deliveries.c.status)
)
_NEWEST_DOCUMENT = select(documents).order_by(documents.c.published.desc(), documents.c.file_id.desc()).limit(1)


def _last_day(document: KnownDocument) -> tuple[date, date, str]:
    listing, read = document.listing, document.reading
    inspected = read.inspection if isinstance(read, Report) else None
    return (inspected.end if inspected else listing.published, listing.published, listing.file_id)
