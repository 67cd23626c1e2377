"""Which addresses were unfolded in which channel and when, so that none is unfolded again and again."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import or_, select

from storage.engine import reading, writing
from storage.rows import Room, document_of, insert
from storage.schema import documents, unfurls
from storage.types import KnownDocument


class Unfurls(Room):
    """The verbs of whoever unfolds addresses."""

    def first_unfurl(self, team: str, channel: str, url: str, now: datetime, again_after: timedelta) -> bool:
        """Write that this address is unfolded in this channel now; False if it was, less than `again_after` ago."""
        this = {"team": team, "channel": channel, "url": url, "at": now}
        with writing(self._engine) as connection:
            new = insert(connection, unfurls).values(this)
            again = new.on_conflict_do_update(
                index_elements=["team", "channel", "url"],
                set_={"at": new.excluded.at},
                where=or_(unfurls.c.at <= now - again_after, unfurls.c.at > now + again_after),
            )
            return connection.execute(again.returning(unfurls.c.url)).one_or_none() is not None

    def documents_with_id(self, file_id: str) -> tuple[KnownDocument, ...]:
        """The document with this file id, once for each authority on whose page it stands; () if it is not known."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(documents).where(documents.c.file_id == file_id).order_by(documents.c.urn))
            return tuple(document_of(row) for row in rows)
