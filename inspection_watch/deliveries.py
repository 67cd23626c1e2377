"""`inspection-watch deliveries`: where messages wait, which were given up, and what becomes of those."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.alerting import retrying
from inspection_watch import settings as configuration
from inspection_watch import wiring
from storage.engine import StorageError
from storage.keeping import LEASE
from storage.store import FAN_OUT, Store
from storage.types import DeadLetter, Holding, PausedChannel, Retried

app = typer.Typer(
    help="Say where messages wait; list those that were given up, try them again or drop them.",
    invoke_without_command=True,
)

MOST = 200
ALL = "all"
WHICH = "The key of a message, as --dead shows it, or “all”."


@app.callback()
def show(
    context: typer.Context,
    dead: Annotated[bool, typer.Option("--dead", help="List the messages that were given up.")] = False,
) -> None:
    """Say where messages wait; list those that were given up, try them again or drop them."""
    if context.invoked_subcommand is not None:
        return
    with wiring.store(configuration.load()) as store:
        for line in dead_letters(store) if dead else overview(store):
            print(line)  # noqa: T201


def overview(store: Store) -> list[str]:
    """How many messages wait or were given up, and where none can be sent."""
    coverage = store.coverage()
    return [
        f"{coverage.waiting} waiting to be sent, {coverage.dead} given up (see --dead).",
        *(_paused(one) for one in store.paused()),
    ]


def _paused(one: PausedChannel) -> str:
    place = f"channel {one.channel} of workspace {one.team}" if one.channel else f"workspace {one.team}"
    return f"Paused since {one.since:%Y-%m-%d %H:%M} UTC: {place}, {one.waiting} waiting: {one.why}."


def dead_letters(store: Store) -> list[str]:
    """The messages that were given up, with the key that `retry` and `drop` take."""
    letters = store.dead_letters(MOST)
    if not letters:
        return ["No message was given up."]
    shown = [line for one in letters for line in _dead(one)]
    more = store.coverage().dead - len(letters)
    return shown + ([f"… and {more} more."] if more > 0 else [])


def _dead(one: DeadLetter) -> tuple[str, str]:
    when = f"{one.ended_at:%Y-%m-%d %H:%M} UTC" if one.ended_at else "an unknown time"
    said = " ".join(one.text.split())
    return (
        one.key,
        f"    {one.part} for {one.channel} of {one.team}, given up at {when} after {one.attempts} attempts: "
        f"{one.trouble}. It says: {said[:200]}",
    )


@app.command()
def retry(which: Annotated[str, typer.Argument(metavar="KEY|all", help=WHICH)]) -> None:
    """Send again what was given up, as there is to say now; what was to stand in its thread is sent with it."""
    with wiring.store(configuration.load()) as store:
        retried = _retry(store, None if which == ALL else which)
    if retried.revived or not retried.dropped:
        _say(retried.revived, which, "will be sent again")
    if retried.dropped:
        print(f"{retried.dropped} dropped: the channel has been told something newer since.")  # noqa: T201


def _retry(store: Store, key: str | None) -> Retried:
    """While no change is told: what would amend a message that is sent again must see it."""
    holding = Holding(name=FAN_OUT, owner=wiring.owner())
    if not store.claim_lease(holding, wiring.now(), LEASE):
        raise StorageError("Messages are being written at this moment: say it again in a minute.")
    try:
        return retrying.retry(store, holding, wiring.now(), key)
    finally:
        store.end_lease(holding)


@app.command()
def drop(which: Annotated[str, typer.Argument(metavar="KEY|all", help=WHICH)]) -> None:
    """Forget what was given up."""
    with wiring.store(configuration.load()) as store:
        number = store.drop_dead(wiring.now(), None if which == ALL else which)
    _say(number, which, "dropped")


def _say(number: int, which: str, what: str) -> None:
    """How many; exit status 1 if a message was named that is not there."""
    if number:
        print(f"{number} {what}.")  # noqa: T201
    elif which == ALL:
        print("No message was given up.")  # noqa: T201
    else:
        print(f"No message with the key {which} was given up; “deliveries --dead” lists those that were.")  # noqa: T201
        raise typer.Exit(1)
