"""What the rooms of storage share: the database they stand on, and rows from values and back."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Engine,
    FromClause,
    Row,
    Table,
    func,
    literal,
    or_,
    select,
    true,
    update,
)
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

    For very many rows: with thousands of parameters a driver takes longer than the database. None of the columns may
    hold JSON.
    """
    if not rows:
        return frozenset()
    listed, names = _listed(connection, table, rows), list(rows[0])
    ordered = select(*(listed.c[name] for name in names)).where(true()).order_by(listed.c.place)
    new = insert(connection, table).from_select(names, ordered).on_conflict_do_nothing().returning(given_back)
    return frozenset(connection.scalars(new).all())


def update_many(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write each row's values on the row of `table` that has its `id`. None of the columns may hold JSON.

    In one statement: with one for each row the threads of this process wait for each other each time.
    """
    if rows:
        listed = _listed(connection, table, rows)
        values = {name: listed.c[name] for name in rows[0] if name != "id"}
        connection.execute(update(table).where(table.c.id == listed.c.id).values(values))


def _listed(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> FromClause:
    """The rows as a table, with the types of the columns of `table` and the place of each in `place`."""
    names = list(rows[0])
    if connection.dialect.name == "postgresql":
        columns = [literal([row[name] for row in rows], ARRAY(table.c[name].type)) for name in names]
        return func.unnest(*columns).table_valued(*names, with_ordinality="place").render_derived()
    bound = [_bound(connection, table.c[name]) for name in names]
    data = json.dumps([[bind(row[name]) for bind, name in zip(bound, names, strict=True)] for row in rows])
    each = func.json_each(data).table_valued("key", "value")
    found = [func.json_extract(each.c.value, f"$[{place}]").label(name) for place, name in enumerate(names)]
    return select(*found, each.c.key.label("place")).subquery()


def _bound(connection: Connection, column: Column[Any]) -> Callable[[Any], Any]:
    """A value of the column as it is written."""
    return column.type.dialect_impl(connection.dialect).bind_processor(connection.dialect) or (lambda value: value)


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
