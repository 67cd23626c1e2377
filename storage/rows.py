"""What the rooms of storage share: the database they stand on, and rows from values and back."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    Engine,
    FromClause,
    Row,
    Table,
    TableValuedAlias,
    Text,
    and_,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import TypeEngine

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


def update_many(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], also: Mapping[str, Any] | None = None
) -> None:
    """Write each row's values on the row of `table` that has its primary key, and what is in `also` on all of them.

    In one statement: with one for each row the threads of this process wait for each other each time. None of the
    columns may hold JSON.
    """
    if rows:
        key = [column.name for column in table.primary_key]
        listed = _listed(connection, table, rows)
        values = {name: listed.c[name] for name in rows[0] if name not in key} | dict(also or {})
        which = and_(*(table.c[name] == listed.c[name] for name in key))
        connection.execute(update(table).where(which).values(values))


def _listed(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> FromClause:
    """The rows as a table, with the types of the columns of `table` and the place of each in `place`."""
    names = list(rows[0])
    bound = [_bound(connection, table.c[name]) for name in names]
    each = listed(connection, [[bind(row[name]) for bind, name in zip(bound, names, strict=True)] for row in rows])
    found = [each.cell(place, table.c[name].type).label(name) for place, name in enumerate(names)]
    return select(*found, each.place.label("place")).subquery()


@dataclass(frozen=True, slots=True)
class Listed:
    """Rows of values, however many, as rows of a statement."""

    rows: TableValuedAlias
    place: ColumnElement[int]
    on_sqlite: bool

    def cell(self, place: int, as_type: TypeEngine[Any]) -> ColumnElement[Any]:
        """What stands at this place, from 0, of each row."""
        if self.on_sqlite:
            return func.json_extract(self.rows.c.value, f"$[{place}]")
        return cast(self.rows.c.value.op("->>")(literal_column(str(place))), as_type)


def listed(connection: Connection | Engine, rows: Sequence[Sequence[Any]]) -> Listed:
    """These rows as one parameter: the statement is the same each time, and a driver soon writes a long text.

    With an array for each column it takes longer than the database.
    """
    data = json.dumps(rows, default=str)  # moments, as ISO 8601
    if connection.dialect.name == "sqlite":
        each = func.json_each(data).table_valued("key", "value")
        return Listed(each, each.c.key, on_sqlite=True)
    values = func.json_array_elements(cast(literal(data, Text), JSON))
    each = values.table_valued("value", with_ordinality="place").render_derived()
    return Listed(each, each.c.place, on_sqlite=False)


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
