"""`inspection-watch db`: what an operator does with the database itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from inspection_watch import settings as configuration
from inspection_watch import wiring
from inspection_watch.settings import Settings
from storage import backup as copies
from storage.engine import sqlite_file
from storage.engine import upgrade as bring_up_to_date

app = typer.Typer(help="Bring the database up to date, copy it while it is in use, and put a copy back.")


@app.command()
def upgrade() -> None:
    """Bring the schema up to date, as every start does by itself: for a database whose owner is another user."""
    with wiring.database(configuration.load()) as engine:
        before = bring_up_to_date(engine)
    if before.is_current:
        print(f"The schema is up to date ({before.found}).")  # noqa: T201
    else:
        print(f"The schema was {before.found or 'not there yet'} and is {before.needed} now.")  # noqa: T201


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the copy goes.")],
    replace: Annotated[bool, typer.Option("--replace", help="Write over an earlier copy, once this one is whole.")] = (
        False
    ),
) -> None:
    """Copy an SQLite database into FILE while the service runs; for PostgreSQL, say what does it."""
    copied = copies.backup(configuration.load().database_url, file, replace=replace)
    print(f"{copied} is a complete copy of the database ({copied.stat().st_size:,} bytes).")  # noqa: T201


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A copy that “db backup” made.", exists=True)],
) -> None:
    """Put a copy in the place of the SQLite database; not while the service runs. The earlier one is kept."""
    settings = configuration.load()
    kept = copies.restore(settings.database_url, file, wiring.now())
    print(f"The database {sqlite_file(settings.database_url)} is now as {file} has it.")  # noqa: T201
    if kept is not None:
        print(f"What was there before is kept as {kept}.")  # noqa: T201
    _doubt(settings)


@app.command()
def restored() -> None:
    """Say that PostgreSQL's own tools have just put a copy back; before anything is started."""
    _doubt(configuration.load())


def _doubt(settings: Settings) -> None:
    with wiring.store(settings) as store:
        done = store.put_back(wiring.now())
    print(  # noqa: T201
        f"It was copied at {done.copied_at:%Y-%m-%d %H:%M} UTC or soon after. What has been told since then is looked "
        "for in the channels before it is told again."
    )
