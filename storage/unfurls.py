"""Which addresses were unfolded in which channel and when, so that none is unfolded again and again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import and_, select

from storage.engine import reading, writing
from storage.rows import Room, document_of, upsert
from storage.schema import documents, unfurls
from storage.types import KnownDocument


class Unfurls(Room):
    """The verbs of whoever unfolds addresses."""

    def unfurled_since(self, team: str, channel: str, since: datetime, now: datetime) -> frozenset[str]:
        """The addresses that have been unfolded in this channel after then; a clock that was ahead does not count."""
        here = and_(unfurls.c.team == team, unfurls.c.channel == channel)
        query = select(unfurls.c.url).where(here, unfurls.c.at > since, unfurls.c.at <= now)
        with reading(self._engine) as connection:
            return frozenset(connection.execute(query).scalars())

    def record_unfurls(self, team: str, channel: str, urls: Iterable[str], now: datetime) -> None:
        """Write that these addresses have been unfolded in this channel now."""
        with writing(self._engine) as connection:
            for url in urls:
                upsert(connection, unfurls, {"team": team, "channel": channel, "url": url, "at": now})

    def documents_with_id(self, file_id: str) -> tuple[KnownDocument, ...]:
        """The document with this file id, once for each authority on whose page it stands; () if it is not known."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(documents).where(documents.c.file_id == file_id).order_by(documents.c.urn))
            return tuple(document_of(row) for row in rows)
