"""What the watcher remembers of authorities, their documents, the pages it read and the sources they are on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, func, select, true, update

from judgements.types import Change
from storage.engine import reading, writing
from storage.rows import (
    ALL_SOURCES,
    SOURCE_STATE,
    Room,
    columns_of,
    document_of,
    documents_on,
    insert,
    insert_new,
    past,
    upsert,
)
from storage.schema import authorities, changes, documents, sources, visits
from storage.types import Intent, KnownAuthority, KnownDocument, SourceState, Visit


class Watching(Room):
    """The verbs of the watcher."""

    def known_authorities(self) -> Mapping[str, KnownAuthority]:
        """Every authority seen so far by URN, without its documents."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(authorities))
            return {row.urn: KnownAuthority(**row._mapping) for row in rows}

    def known(self, urn: str) -> KnownAuthority:
        """What is remembered of one authority, with its documents, oldest publication first.

        An authority never seen is remembered as nothing, not as an error.
        """
        with reading(self._engine) as connection:
            row = connection.execute(select(authorities).where(authorities.c.urn == urn)).one_or_none()
            found: dict[str, Any] = {"urn": urn} if row is None else {**row._mapping}
            return KnownAuthority(**found, documents=documents_on(connection, urn))

    def apply(self, intent: Intent) -> None:
        """Write what was found about one authority and what there is to tell of it, all of it or nothing.

        A document that is there already keeps its `first_seen_at`; a change that is there already is left alone.
        """
        with writing(self._engine) as connection:
            _write_authority(connection, intent)
            for document in intent.documents:
                upsert(connection, documents, columns_of(documents, document, document.listing), keep={"first_seen_at"})
            insert_new(connection, changes, [_change_row(change, intent.now) for change in intent.changes])

    def awaited(self) -> Mapping[str, datetime]:
        """When the next document that has to be asked for again is due, by URN of the authority that lists it."""
        due = select(documents.c.urn, func.min(documents.c.next_try_at).label("due")).group_by(documents.c.urn)
        with reading(self._engine) as connection:
            rows = connection.execute(due.where(documents.c.next_try_at.is_not(None)))
            return {row.urn: row.due for row in rows}

    def stale(self, parser: str, most: int) -> tuple[KnownDocument, ...]:
        """At most so many documents with archived bytes that another version of the parser read."""
        old = and_(documents.c.sha256.is_not(None), documents.c.parser != parser)
        order = (documents.c.published.desc(), documents.c.file_id)
        with reading(self._engine) as connection:
            rows = connection.execute(select(documents).where(old).order_by(*order).limit(most))
            return tuple(document_of(row) for row in rows)

    def record_reading(self, document: KnownDocument) -> None:
        """Write a document's reading anew, and when it has to be fetched again; it announces nothing."""
        this = and_(documents.c.file_id == document.listing.file_id, documents.c.urn == document.listing.urn)
        fresh = {name: getattr(document, name) for name in ("reading", "parser", "next_try_at")}
        with writing(self._engine) as connection:
            connection.execute(update(documents).where(this).values(fresh))

    def visit(self, url: str) -> Visit | None:
        with reading(self._engine) as connection:
            row = connection.execute(select(visits).where(visits.c.url == url)).one_or_none()
            return None if row is None else Visit(**row._mapping)

    def record_visit(self, visit: Visit) -> None:
        with writing(self._engine) as connection:
            upsert(connection, visits, columns_of(visits, visit))

    def claim_source(
        self, key: str, now: datetime, lease: timedelta, *, even_if_resting: bool = False
    ) -> SourceState | None:
        """The source, ours until `now + lease` or `release_source`; None if it is somebody's, or not due yet."""
        rested = true() if even_if_resting else past(sources.c.next_check_at, now)
        due = and_(sources.c.key == key, rested, past(sources.c.leased_until, now))
        with writing(self._engine) as connection:
            insert_new(connection, sources, [columns_of(sources, SourceState(key=key))])
            claim = update(sources).where(due).values(leased_until=now + lease).returning(*SOURCE_STATE)
            row = connection.execute(claim).one_or_none()
            return None if row is None else SourceState(**row._mapping)

    def source(self, key: str) -> SourceState:
        """How a source is doing; one never polled is doing nothing yet."""
        with reading(self._engine) as connection:
            row = connection.execute(ALL_SOURCES.where(sources.c.key == key)).one_or_none()
            return SourceState(key=key) if row is None else SourceState(**row._mapping)

    def extend_lease(self, key: str, now: datetime, lease: timedelta) -> None:
        """Keep a source that we have claimed until `now + lease`: a long poll does this as it goes."""
        with writing(self._engine) as connection:
            connection.execute(update(sources).where(sources.c.key == key).values(leased_until=now + lease))

    def release_source(self, state: SourceState) -> None:
        """Write how the source is doing, and let others claim it once `next_check_at` has come."""
        with writing(self._engine) as connection:
            upsert(connection, sources, columns_of(sources, state) | {"leased_until": None})


def _change_row(change: Change, seen_at: datetime) -> dict[str, Any]:
    return {
        "key": change.key,
        "urn": change.urn,
        "published": change.listing.published,
        "change": change,
        "seen_at": seen_at,
        "trouble": "",
    }


def _write_authority(connection: Connection, intent: Intent) -> None:
    row = {
        "urn": intent.urn,
        "latest_report": intent.latest_report,
        "baseline_at": intent.now if intent.baseline else None,
        "walked_at": intent.now,
    }
    new = insert(connection, authorities).values(row)
    later = {"latest_report": new.excluded.latest_report, "walked_at": new.excluded.walked_at}
    first = {"baseline_at": func.coalesce(authorities.c.baseline_at, new.excluded.baseline_at)}
    connection.execute(new.on_conflict_do_update(index_elements=[authorities.c.urn], set_=later | first))
