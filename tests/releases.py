"""What released versions left in their databases: one file of rows for each released schema, to bring up to date.

Before a version is released, `python -m tests.releases` writes `tests/releases/<head>.json` with rows in every table,
as the version's own code stores them, and says the line that belongs into `RELEASED`. From then on every later version
has to bring these rows up to date, and the migration itself stays as it is.
"""

from __future__ import annotations

import enum
import hashlib
import json
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Connection, Date, DateTime, Enum, Integer, MetaData, Table, insert

from storage import engine as door
from storage.codec import CHANGE, READING
from storage.engine import open_engine, upgrade, writing
from storage.schema import UtcDateTime, Value, metadata
from tests.storage.examples import T0, change, report

RELEASED: Mapping[str, str] = {}
"""Each released schema with the SHA-256 of its migration. Nothing has been released yet."""
FOLDER = Path(__file__).parent / "releases"

Rows = Mapping[str, list[dict[str, Any]]]
"""The rows of every table, by its name."""
BOOKKEEPING = "alembic_version"
VALUES: Mapping[int, Any] = {id(READING): report(), id(CHANGE): change()}
"""For the columns whose values are more than a list or a mapping."""


def furnish(connection: Connection) -> Rows:
    """Fill every table of the present schema: a row with something in every column, and one with as little as may be.

    Gives the rows as they were put in, for comparison with what is read.
    """
    rows: dict[str, list[dict[str, Any]]] = {}
    for table in metadata.sorted_tables:
        rows[table.name] = [
            {column.name: _value(column, number, rows, full=full) for column in table.c}
            for number, full in enumerate((True, False), 1)
        ]
        connection.execute(insert(table), rows[table.name])
    return rows


def _value(column: Column[Any], number: int, rows: Rows, *, full: bool) -> Any:
    if column.nullable and not full:
        return None
    for key in column.foreign_keys:
        return rows[key.column.table.name][number - 1][key.column.name]
    match column.type:
        case Value():
            return _some_value(column.type)
        case UtcDateTime():
            return T0
        case Enum():
            words: type[enum.Enum] | None = column.type.enum_class
            assert words is not None
            return next(iter(words))
        case Date():
            return T0.date()
        case Boolean():
            return full
        case Integer():
            return number
    return f"{column.name} {number} with “quotes” and a \\ in it"


def _some_value(of: Value) -> Any:
    if id(of.codec) in VALUES:
        return VALUES[id(of.codec)]
    for candidate in ([], {}, ""):
        try:
            return of.codec.decode(candidate)
        except ValueError:
            continue
    raise LookupError(f"say in {__name__}.VALUES what the columns of {of.codec} hold")


def dump(path: Path) -> Rows:
    """Every row of an SQLite database as SQLite holds it: text, numbers and nothing."""
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        tables = sorted(name for name in names if name != BOOKKEEPING and not name.startswith("sqlite_"))
        return {name: [dict(row) for row in connection.execute(f'SELECT * FROM "{name}"')] for name in tables}


def load(connection: Connection, rows: Rows) -> None:
    """Put dumped rows into the tables that are there, on either database."""
    there = MetaData()
    there.reflect(connection)
    for table in there.sorted_tables:
        for row in rows.get(table.name, ()):
            connection.execute(insert(table).values(dict(_of_type(table, row))))


def _of_type(table: Table, row: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    # What is nothing is left out: a None for a JSON column would be stored as JSON's own null.
    for name, value in ((name, value) for name, value in row.items() if value is not None):
        match table.c[name].type:
            case DateTime():
                yield name, datetime.fromisoformat(value).replace(tzinfo=UTC)
            case Date():
                yield name, date.fromisoformat(value)
            case JSON():
                yield name, json.loads(value)
            case Boolean():
                yield name, bool(value)
            case _:
                yield name, value


def rows_of(head: str) -> Rows:
    """The rows that the version with this schema left."""
    found: Rows = json.loads((FOLDER / f"{head}.json").read_text(encoding="utf-8"))
    return found


def fingerprint(head: str) -> str:
    """The SHA-256 of the migration to this schema."""
    (path,) = (door.MIGRATIONS / "versions").glob(f"{head}_*.py")
    return hashlib.sha256(path.read_bytes()).hexdigest()


def furnished(folder: Path) -> tuple[Path, Rows]:
    """A new SQLite database of the present schema with something in every table, and what was put in."""
    path = folder / "furnished.sqlite"
    engine = open_engine(f"sqlite:///{path}")
    upgrade(engine)
    with writing(engine) as connection:
        rows = furnish(connection)
    engine.dispose()
    return path, rows


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path, _ = furnished(Path(folder))
        engine = open_engine(f"sqlite:///{path}")
        head = door.schema(engine).needed
        engine.dispose()
        FOLDER.mkdir(exist_ok=True)
        (FOLDER / f"{head}.json").write_text(json.dumps(dump(path), indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(f'Put this line into RELEASED: "{head}": "{fingerprint(head)}",')


if __name__ == "__main__":
    main()
