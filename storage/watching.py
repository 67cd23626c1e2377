"""What the watcher remembers of authorities, their documents, the pages it read and the sources they are on."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, delete, func, select, update

from judgements.types import Change, Kind
from storage import ahead, leases
from storage.engine import reading, writing
from storage.rows import (
    ALL_SOURCES,
    Room,
    columns_of,
    document_of,
    documents_on,
    insert,
    insert_new,
    past,
    upsert,
)
from storage.schema import authorities, changes, documents, fetches, hosts, sources, visits
from storage.types import (
    Fetch,
    Holding,
    HostState,
    Intent,
    KnownAuthority,
    KnownDocument,
    SourceState,
    Standing,
    Visit,
)


class Watching(Room):
    """The verbs of the watcher. A `holding` is the lease under which is written: if it is lost, nothing is."""

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

    def rename_authority(self, old: str, new: str, holding: Holding | None = None) -> None:
        """What is remembered under one key stands under another one, together with what stands there already.

        Where both know the same, it is what the one knows whose history was taken first: people were told by it. What
        could not be read may only have seemed to be another authority's, and is read again.
        """
        with writing(self._engine) as connection:
            leases.still_held(connection, holding)
            there = {row.urn: row for row in connection.execute(_WHOLE.where(authorities.c.urn.in_([old, new])))}
            if old not in there:
                return
            kept = min(there.values(), key=lambda row: (row.baseline_at is None, row.baseline_at, row.urn == old))
            upsert(connection, authorities, {**kept._mapping, "urn": new})
            if new in there:
                both = select(documents.c.file_id).where(documents.c.urn == kept.urn)
                other = documents.c.urn == (new if kept.urn == old else old)
                connection.execute(delete(documents).where(other, documents.c.file_id.in_(both)))
            moved = {"urn": new, "parser": case((documents.c.kind.is_(None), ""), else_=documents.c.parser)}
            connection.execute(update(documents).where(documents.c.urn == old).values(moved))
            connection.execute(delete(authorities).where(authorities.c.urn == old))

    def record_departure(self, urn: str, now: datetime | None) -> None:
        """Operators say that an authority need not be listed any more; with None, that it has to be."""
        row = {"urn": urn, "unlisted_since": now, "departed_at": now}
        with writing(self._engine) as connection:
            upsert(connection, authorities, row, keep={"unlisted_since"})

    def note_listed(self, listed: Sequence[KnownAuthority], holding: Holding | None = None) -> None:
        """Authorities as the list shows them: new ones are remembered, and of the others their name."""
        with writing(self._engine) as connection:
            leases.still_held(connection, holding)
            for one in listed:
                row = columns_of(authorities, one)
                upsert(connection, authorities, row, keep=row.keys() - {"name"})

    def record_page(self, authority: KnownAuthority, holding: Holding | None = None) -> None:
        """An authority's page was asked for and not read: write how it is doing, and nothing else."""
        names = ("listed_report", "failures", "next_look_at", "trouble")
        this = update(authorities).where(authorities.c.urn == authority.urn)
        with writing(self._engine) as connection:
            leases.still_held(connection, holding)
            connection.execute(this.values({name: getattr(authority, name) for name in names}))

    def record_list(self, key: str, urns: Collection[str], now: datetime, holding: Holding | None = None) -> None:
        """Which authorities the list of a source shows: of those that are known, each from when on it is not there.

        One that is there again need not be told to have departed any more.
        """
        there = authorities.c.urn.in_(urns)
        gone = update(authorities).where(~there, authorities.c.unlisted_since.is_(None)).values(unlisted_since=now)
        back = update(authorities).where(there, authorities.c.unlisted_since.is_not(None))
        read = update(sources).where(sources.c.key == key).values(seen=len(urns), listed_at=now)
        with writing(self._engine) as connection:
            leases.still_held(connection, holding)
            for statement in (gone, back.values(unlisted_since=None, departed_at=None), read):
                connection.execute(statement)

    def apply(self, intent: Intent, holding: Holding | None = None) -> None:
        """Write what was found about one authority and what there is to tell of it, all of it or nothing.

        A document that is there already keeps its `first_seen_at`; a change that is there already is left alone.
        """
        with writing(self._engine) as connection:
            leases.still_held(connection, holding)
            if intent.walked:
                _write_authority(connection, intent)
            for document in intent.documents:
                upsert(connection, documents, columns_of(documents, document, document.listing), keep={"first_seen_at"})
            insert_new(connection, changes, [_change_row(change, intent.now) for change in intent.changes])

    def awaited(self) -> tuple[KnownDocument, ...]:
        """The listed documents that have to be asked for again, those that failed least first, then the soonest."""
        wanted = and_(documents.c.next_try_at.is_not(None), documents.c.missing_since.is_(None))
        return self._documents(wanted, (documents.c.failures, documents.c.next_try_at, *_OLDEST))

    def pages_of(self, file_ids: Collection[str]) -> Mapping[str, frozenset[str]]:
        """The URNs of the authorities on whose pages these documents have been seen; () for one never seen."""
        seen: dict[str, set[str]] = {file_id: set() for file_id in file_ids}
        with reading(self._engine) as connection:
            query = select(documents.c.file_id, documents.c.urn).where(documents.c.file_id.in_(file_ids))
            for row in connection.execute(query):
                seen[row.file_id].add(row.urn)
        return {file_id: frozenset(urns) for file_id, urns in seen.items()}

    def hosts(self) -> Mapping[str, HostState]:
        """The hosts of documents that something could not be had of, by name."""
        with reading(self._engine) as connection:
            return {row.host: HostState(**row._mapping) for row in connection.execute(select(hosts))}

    def record_host(self, state: HostState) -> None:
        """How a host is doing; one that is well is forgotten."""
        with writing(self._engine) as connection:
            if state.failures:
                upsert(connection, hosts, columns_of(hosts, state))
            else:
                connection.execute(delete(hosts).where(hosts.c.host == state.host))

    def stale(self, parser: str, most: int) -> tuple[KnownDocument, ...]:
        """At most so many documents with archived bytes that another version of the parser read, newest first."""
        return self._documents(and_(documents.c.sha256.is_not(None), documents.c.parser != parser), _NEWEST, most)

    def archived(self) -> tuple[KnownDocument, ...]:
        """Every document with archived bytes, newest first."""
        return self._documents(documents.c.sha256.is_not(None), _NEWEST)

    def to_check(self, now: datetime, most: int) -> tuple[KnownDocument, ...]:
        """At most so many listed documents whose bytes are to be asked for again by now, the longest due first."""
        due = and_(documents.c.check_at <= now, documents.c.missing_since.is_(None), documents.c.sha256.is_not(None))
        return self._documents(due, (documents.c.check_at, documents.c.file_id), most)

    def told_unread(self) -> tuple[KnownDocument, ...]:
        """The documents of which people know that they are there, and not what they say; oldest first."""
        return self._documents(_TOLD_UNREAD, _OLDEST)

    def read_at_last(self) -> tuple[str, ...]:
        """URNs of the authorities with a document that was told as not read, and is read by now."""
        read = and_(documents.c.kind != Kind.COUNCIL_REPORT, documents.c.standing == Standing.READ)
        with reading(self._engine) as connection:
            query = select(documents.c.urn).where(_TOLD_UNREAD, read).distinct()
            return tuple(connection.scalars(query.order_by(documents.c.urn)))

    def missing_documents(self) -> Mapping[str, int]:
        """How many documents are gone from their page and not yet told as withdrawn, by the URN of their authority."""
        first = documents.c.same_as == ""
        gone = and_(documents.c.missing_since.is_not(None), documents.c.withdrawn_at.is_(None), first)
        query = select(documents.c.urn, func.count().label("number")).where(gone).group_by(documents.c.urn)
        with reading(self._engine) as connection:
            return {row.urn: row.number for row in connection.execute(query)}

    def record_reading(self, document: KnownDocument, holding: Holding | None = None) -> None:
        """Write the reading of a document's bytes anew, and when it has to be fetched again; it announces nothing."""
        listing = document.listing
        this = and_(
            documents.c.file_id == listing.file_id,
            documents.c.urn == listing.urn,
            # Replaced in the meantime, it has a reading of its own.
            documents.c.sha256 == document.sha256,
        )
        names = ("reading", "parser", "kind", "inspected", "next_try_at")
        with writing(self._engine) as connection:
            leases.still_held(connection, holding)
            connection.execute(update(documents).where(this).values({n: getattr(document, n) for n in names}))

    def told_changes(self, keys: Collection[str]) -> frozenset[str]:
        """Those of these keys under which something has been told, or is about to be."""
        with reading(self._engine) as connection:
            return frozenset(connection.scalars(select(changes.c.key).where(changes.c.key.in_(keys))))

    def visit(self, url: str) -> Visit | None:
        with reading(self._engine) as connection:
            row = connection.execute(select(visits).where(visits.c.url == url)).one_or_none()
            return None if row is None else Visit(**row._mapping)

    def record_visit(self, visit: Visit, fetch: Fetch | None = None) -> None:
        """What an address answered last and, if that has been put into the archive, where it came from."""
        with writing(self._engine) as connection:
            upsert(connection, visits, columns_of(visits, visit))
            if fetch is not None:
                _write_fetch(connection, fetch)

    def record_fetch(self, fetch: Fetch) -> None:
        """Where bytes in the archive came from that are not what their address should give."""
        with writing(self._engine) as connection:
            _write_fetch(connection, fetch)

    def fetches(self, sha256: str) -> tuple[Fetch, ...]:
        """Where these archived bytes have come from, the first time each, oldest first."""
        query = select(fetches).where(fetches.c.sha256 == sha256).order_by(fetches.c.fetched_at, fetches.c.url)
        with reading(self._engine) as connection:
            return tuple(Fetch(**row._mapping) for row in connection.execute(query))

    def claim_source(
        self, key: str, holding: Holding, now: datetime, lease: timedelta, *, even_if_resting: bool = False
    ) -> SourceState | None:
        """The source, ours until `now + lease` or `release_source`; None if it is somebody's, or not due yet.

        `even_if_resting`: also while we leave it in peace, unless it is the site that asked for that. What a clock that
        was ahead has written is put right first.
        """
        rested = past(sources.c.not_before if even_if_resting else sources.c.next_check_at, now)
        with writing(self._engine) as connection:
            ahead.put_right(connection, now)
            insert_new(connection, sources, [columns_of(sources, SourceState(key=key))])
            row = connection.execute(ALL_SOURCES.where(sources.c.key == key, rested)).one_or_none()
            if row is None or not leases.claim(connection, holding, now, lease):
                return None
            return SourceState(**row._mapping)

    def sources(self) -> tuple[SourceState, ...]:
        """How every source is doing that was ever polled."""
        with reading(self._engine) as connection:
            return tuple(SourceState(**row._mapping) for row in connection.execute(ALL_SOURCES))

    def source(self, key: str) -> SourceState:
        """How a source is doing; one never polled is doing nothing yet."""
        with reading(self._engine) as connection:
            row = connection.execute(ALL_SOURCES.where(sources.c.key == key)).one_or_none()
            return SourceState(key=key) if row is None else SourceState(**row._mapping)

    def release_source(self, state: SourceState, holding: Holding | None = None) -> None:
        """Write how the source is doing, and let others claim it once `next_check_at` has come.

        What its list showed has been written by `record_list`, and stays.
        """
        with writing(self._engine) as connection:
            leases.still_held(connection, holding)
            upsert(connection, sources, columns_of(sources, state), keep={"seen", "listed_at"})
            if holding is not None:
                leases.end(connection, holding)

    def _documents(
        self, wanted: ColumnElement[bool], order: tuple[Any, ...], most: int | None = None
    ) -> tuple[KnownDocument, ...]:
        with reading(self._engine) as connection:
            rows = connection.execute(select(documents).where(wanted).order_by(*order).limit(most))
            return tuple(document_of(row) for row in rows)


_WHOLE = select(authorities)
_TOLD_UNREAD = and_(documents.c.told != "", documents.c.told_sha256.is_(None), documents.c.withdrawn_at.is_(None))
_OLDEST = (documents.c.published, documents.c.file_id)
_NEWEST = (documents.c.published.desc(), documents.c.file_id)


def _write_fetch(connection: Connection, fetch: Fetch) -> None:
    upsert(connection, fetches, columns_of(fetches, fetch), keep={"fetched_at", "headers"})


def _change_row(change: Change, seen_at: datetime) -> dict[str, Any]:
    return {
        "key": change.key,
        "urn": change.urn,
        "published": change.listing.published,
        "amends": change.amends,
        "change": change,
        "seen_at": seen_at,
        "trouble": "",
    }


def _write_authority(connection: Connection, intent: Intent) -> None:
    baseline_at = intent.now if intent.baseline else None
    row = columns_of(authorities, KnownAuthority(urn=intent.urn), intent)
    new = insert(connection, authorities).values(row | {"baseline_at": baseline_at, "walked_at": intent.now})
    later = {name: new.excluded[name] for name in _OF_A_PAGE}
    first = {"baseline_at": func.coalesce(authorities.c.baseline_at, new.excluded.baseline_at)}
    connection.execute(new.on_conflict_do_update(index_elements=[authorities.c.urn], set_=later | first))


_OF_A_PAGE = ("listed_report", "latest_report", "walked_at", "failures", "next_look_at", "trouble")
