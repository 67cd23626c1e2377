"""`inspection-watch departures`: which authorities are not on Ofsted's list any more, and whether that is right."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, NoReturn

import typer

from inspection_watch import settings as configuration
from inspection_watch import wiring
from judgements.authorities import REGISTRY, Authority
from storage.store import Store
from storage.types import KnownAuthority
from watchers.rota import london_day

app = typer.Typer(
    help="Say which authorities are not on Ofsted's list any more, and whether that is right.",
    invoke_without_command=True,
)

NONE = "Every authority that was ever on Ofsted's list is still on it, except those that our registry has as abolished."
WHICH = "Its name, or its number on the site (URN)."


@app.callback()
def show(context: typer.Context) -> None:
    """Say which authorities are not on Ofsted's list any more, and whether that is right."""
    if context.invoked_subcommand is None:
        with wiring.store(configuration.load()) as store:
            print("\n".join(overview(store, wiring.now())))  # noqa: T201


def overview(store: Store, now: datetime) -> list[str]:
    """A line for each authority that was listed, is not any more, and is there by the registry."""
    missing = [one for one in store.known_authorities().values() if one.unlisted_since and not _is_past(one.urn, now)]
    return [_line(one) for one in missing] or [NONE]


def _line(one: KnownAuthority) -> str:
    said = f"{_name(one.urn)} ({one.urn}) has not been on Ofsted's list since {one.unlisted_since:%-d %B %Y %H:%M} UTC"
    if one.departed_at:
        return f"{said}; acknowledged on {one.departed_at:%-d %B %Y}. To undo that: departures undo {one.urn}"
    return f"{said}. If that is right: departures acknowledge {one.urn}"


@app.command()
def acknowledge(which: Annotated[str, typer.Argument(metavar="AUTHORITY", help=WHICH)]) -> None:
    """No longer expect it on the list: it is gone, and our registry does not know that yet.

    Its history stays, and nobody is told. Who took over is told once the registry of a later version knows it.
    """
    with wiring.store(configuration.load()) as store:
        one = _known(store, which)
        if one.unlisted_since is None:
            _end(f"{_name(one.urn)} is on Ofsted's list.")
        store.record_departure(one.urn, wiring.now())
    print(f"{_name(one.urn)} is no longer expected on Ofsted's list.")  # noqa: T201


@app.command()
def undo(which: Annotated[str, typer.Argument(metavar="AUTHORITY", help=WHICH)]) -> None:
    """Expect it on the list again. (Once it is there, that happens by itself.)"""
    with wiring.store(configuration.load()) as store:
        one = _known(store, which)
        store.record_departure(one.urn, None)
    print(f"{_name(one.urn)} is expected on Ofsted's list again.")  # noqa: T201


def _known(store: Store, which: str) -> KnownAuthority:
    found = REGISTRY.find(which)
    urn = found.urn if isinstance(found, Authority) else which
    known = store.known_authorities().get(urn)
    if known is None:
        _end(f"No authority “{which}” has ever been on Ofsted's list; “departures” names those that are missing.")
    return known


def _end(sentence: str) -> NoReturn:
    print(sentence)  # noqa: T201
    raise typer.Exit(1)


def _name(urn: str) -> str:
    one = REGISTRY.by_urn(urn)
    return one.spoken if one else "An authority that our registry does not have"


def _is_past(urn: str, now: datetime) -> bool:
    one = REGISTRY.by_urn(urn)
    return one is not None and one.is_past(london_day(now))
