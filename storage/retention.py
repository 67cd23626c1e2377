"""What is forgotten, where somebody has set how long things are kept. By default nothing ever is."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, delete, exists, func, or_, select, union

from storage.engine import writing
from storage.rows import Room
from storage.schema import PENDING, deliveries, documents, fetches, messages, tellings, troubles, visits


class Retention(Room):
    """The verbs of whoever makes room. Each forgets at most so many at a time, and may be called until it has none."""

    def forget_messages(self, ended_before: datetime, most: int) -> int:
        """Forget messages that were sent or given up before then, or dropped and owed before then; how many.

        One that a message still waiting answers or corrects stays. That a change was told is remembered by the change
        itself, so nothing is told again; but what is forgotten is no longer corrected in place.
        """
        wanted = deliveries.c.key.in_(union(*(select(to).where(PENDING, to.is_not(None)) for to in _BELONGING)))
        old = and_(~PENDING, func.coalesce(deliveries.c.ended_at, deliveries.c.created_at) < ended_before, ~wanted)
        with writing(self._engine) as connection:
            rows = connection.execute(
                select(deliveries.c.key, deliveries.c.message).where(old).order_by(deliveries.c.id).limit(most)
            ).all()
            keys = [row.key for row in rows]
            connection.execute(delete(tellings).where(tellings.c.delivery_key.in_(keys)))
            connection.execute(delete(deliveries).where(deliveries.c.key.in_(keys)))
            unsaid = and_(messages.c.id.in_({row.message for row in rows}), ~exists().where(_SAYS))
            connection.execute(delete(messages).where(unsaid))
            return len(keys)

    def forget_copies(self, fetched_before: datetime, most: int) -> tuple[str, ...]:
        """Forget archived copies that came before then and that nothing refers to any more; the SHA-256 of each.

        A document that is listed, or whose reading people were told, is referred to, as is the last answer of every
        page and what shows a trouble. The caller takes the bytes out of the archive.
        """
        referred = [exists().where(column == fetches.c.sha256) for column in _REFERRING]
        with writing(self._engine) as connection:
            newest = select(fetches.c.sha256).where(fetches.c.fetched_at >= fetched_before)
            old = select(fetches.c.sha256).where(fetches.c.sha256.not_in(newest), ~or_(*referred)).distinct()
            found = tuple(connection.scalars(old.order_by(fetches.c.sha256).limit(most)))
            connection.execute(delete(fetches).where(fetches.c.sha256.in_(found)))
            return found


_BELONGING = (deliveries.c.thread_of, deliveries.c.edits)
_SAYS = deliveries.c.message == messages.c.id
_REFERRING = (documents.c.sha256, documents.c.told_sha256, visits.c.sha256, troubles.c.copy)
