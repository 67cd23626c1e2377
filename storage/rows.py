"""What the rooms of storage share: the database they stand on, and rows from values and back."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Engine, Row, Table, func, literal, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import ARRAY

from judgements.types import Listing
from storage.codec import misfit
from storage.engine import StorageError
from storage.schema import UNDECODABLE, documents, sources
from storage.types import KnownDocument


class Room:
    """Some verbs of storage on one database. Threads may share one."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine


class UndecodableError(StorageError):
    """What a row holds is no value of ours. It has been set aside, with this reason: the next claim takes the next."""

    def __init__(self, what: str, error: Exception) -> None:
        super().__init__(
            f"The {what} cannot be read ({misfit(error)}): another version of this program may have written it, or "
            f"somebody altered it by hand."
        )


MISFITS = (ValueError, LookupError, TypeError)
"""What the types of the columns raise for what they cannot read."""


def past(moment: Column[Any], now: datetime) -> ColumnElement[bool]:
    return or_(moment.is_(None), moment <= now)


def insert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


def insert_new(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert the rows that are not there yet; how many were not. Counted by what comes back: `rowcount` may be -1."""
    if not rows:
        return 0
    new = insert(connection, table).on_conflict_do_nothing().returning(*table.primary_key)
    return len(connection.execute(new, rows).all())


def insert_many(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], given_back: Column[Any]
) -> frozenset[Any]:
    """Insert the rows that are not there yet, in their order; what `given_back` is in those that were not.

    For very many rows: on PostgreSQL a column is one parameter, for with thousands of parameters the client's driver is
    slower than the server. None of the columns may hold JSON.
    """
    if not rows:
        return frozenset()
    new = insert(connection, table)
    if connection.dialect.name == "sqlite":
        written = connection.execute(new.on_conflict_do_nothing().returning(given_back), rows)
        return frozenset(written.scalars())
    names = list(rows[0])
    columns = [literal([row[name] for row in rows], ARRAY(table.c[name].type)) for name in names]
    listed = func.unnest(*columns).table_valued(*names, with_ordinality="place").render_derived()
    named = new.from_select(names, select(*(listed.c[name] for name in names)).order_by(listed.c.place))
    return frozenset(connection.scalars(named.on_conflict_do_nothing().returning(given_back)))


def upsert(connection: Connection, table: Table, row: Mapping[str, Any], keep: Collection[str] = ()) -> None:
    """Insert the row, or write it over the one that is there, except for the columns in `keep`."""
    new = insert(connection, table).values(row)
    key = [column.name for column in table.primary_key]
    altered = {name: new.excluded[name] for name in row if name not in keep and name not in key}
    connection.execute(new.on_conflict_do_update(index_elements=key, set_=altered))


def columns_of(table: Table, *values: object) -> dict[str, Any]:
    """One row of `table`: each column from the value that has a field of its name."""
    return {
        column.name: getattr(value, column.name)
        for value in values
        for column in table.c
        if hasattr(value, column.name)
    }


_LISTING_FIELDS = tuple(field.name for field in fields(Listing))
_DOCUMENT_FIELDS = frozenset(field.name for field in fields(KnownDocument) if field.name != "listing")


def listing_of(row: Row[Any]) -> Listing:
    return _listing(row._mapping)


def document_of(row: Row[Any]) -> KnownDocument:
    """A reading that cannot be decoded is none, of no parser: whoever needs it reads the archived bytes anew."""
    known = row._mapping
    rest = {name: value for name, value in known.items() if name in _DOCUMENT_FIELDS}
    if rest["reading"] is UNDECODABLE:
        rest |= {"reading": None, "parser": None}
    return KnownDocument(listing=_listing(known), **rest)


def _listing(known: Mapping[Any, Any]) -> Listing:
    return Listing(**{name: known[name] for name in _LISTING_FIELDS})


def documents_on(connection: Connection, urn: str) -> tuple[KnownDocument, ...]:
    order = (documents.c.published, documents.c.file_id)
    rows = connection.execute(select(documents).where(documents.c.urn == urn).order_by(*order))
    return tuple(document_of(row) for row in rows)


ALL_SOURCES = select(sources).order_by(sources.c.key)
