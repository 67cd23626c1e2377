"""The command line. Every expected trouble is one sentence on standard error; no traceback reaches a person.

Exit status: 0 well; 1 something is wrong that may pass or be mended elsewhere (an unreadable file, a failing source, a
database or a Slack that does not answer, a port that is taken, a check of the doctor's); 2 a wrong setting, which stays
wrong if nobody acts; 130 ended by Ctrl-C.
"""

from __future__ import annotations

import logging
import os
import secrets
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from functools import partial
from importlib.metadata import version
from io import TextIOWrapper
from pathlib import Path
from textwrap import shorten
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from bot import commands, words
from bot.answers.export import Export
from bot.answers.replay import Replay
from bot.channels.holdings import ListSubscriptions
from bot.grammar import Asked, Command
from bot.slack.client import SlackError, SlackSettingsError
from bot.types import Asker
from inspection_watch import asking, database, deliveries, departures, exporting, logs, parsing, run, terminal, wiring
from inspection_watch import doctor as checks
from inspection_watch import live as closely
from inspection_watch import reparse as archived
from inspection_watch import settings as configuration
from inspection_watch.listen import TakenError
from inspection_watch.metrics import Metrics
from judgements.types import Status
from storage.engine import StorageError, StorageSettingsError
from storage.store import Store
from watchers.poll import poll as poll_source
from watchers.sources import LOCAL_AUTHORITIES
from watchers.world import PollSummary

app = typer.Typer(
    name="inspection-watch",
    help="Tells people in children's services what has changed, minutes after Ofsted publishes it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(database.app, name="db", no_args_is_help=True)
app.add_typer(deliveries.app, name="deliveries")
app.add_typer(departures.app, name="departures")
out = Console()

EVERY = 25
"""Authorities between two lines of progress: about a minute, the first time."""
MOST_WORDS = 300
"""Characters of a foreign error's own words; all of them stand where the whole story is."""
INTERRUPTED = 130
"""The exit status that shells know Ctrl-C by."""


class Format(StrEnum):
    JSONL = "jsonl"
    TABLE = "table"


def main() -> None:
    """The program. What a stream cannot show is written in escapes: a file's name may be any bytes.

    What it writes is for its own user: copies of the database hold who subscribed what.
    """
    os.umask(0o077)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except (configuration.SettingsError, SlackSettingsError, StorageSettingsError) as error:
        _end(error, 2)
    except (StorageError, SlackError, TakenError) as error:
        _end(error, 1)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except Exception as error:
        _end(_unforeseen(error), 1)


def _unforeseen(error: Exception) -> str:
    """A fault of the program: what it is, under an id, and where the whole story can be read."""
    error_id = secrets.token_hex(4)
    # Blotted first: half of an address no longer shows that there is a password in it.
    what = shorten(logs.without_secrets(f"{type(error).__name__}: {error}"), MOST_WORDS, placeholder=" …")
    where = logs.put_down(error, error_id)
    return f"Something went wrong that nobody foresaw ({what}); please report it with the id {error_id}. {where}"


def _end(sentence: object, status: int) -> NoReturn:
    print(logs.without_secrets(str(sentence)), file=sys.stderr)  # noqa: T201
    sys.exit(status)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"inspection-watch {version('inspection-watch')}")  # noqa: T201
        raise typer.Exit


@app.callback()
def quietly(
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which version this is.")
    ] = False,
) -> None:
    """Tells people in children's services what has changed, minutes after Ofsted publishes it."""
    logs.start(logging.CRITICAL)  # only the service logs; the other commands say it in their own words


@app.command(name="run")
def run_(
    only: Annotated[run.Part | None, typer.Option(help="Run one part alone, over a shared PostgreSQL.")] = None,
) -> None:
    """Watch the source site, deliver what has changed to Slack, and answer commands, until told to stop."""
    settings = configuration.load()
    metrics = Metrics(wiring.now)
    logs.start(observe=metrics.observe)
    run.run(settings, metrics, only)


@app.command()
def poll(
    full: Annotated[
        bool, typer.Option("--full", help="Open every authority's page, not only those that moved.")
    ] = False,
) -> None:
    """Look at the source site once and write down what is new; the first time, take the whole history."""
    settings = configuration.load()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: _stop_or_break_off(stop))
    with (
        _progress("authorities looked at") as progress,
        wiring.store(settings) as store,
        wiring.world(settings, store, stop=stop, progress=progress) as world,
    ):
        summary = poll_source(world, LOCAL_AUTHORITIES, full=full, even_if_resting=True)
    out.print(terminal.plain(_summary(summary)), soft_wrap=True)
    for sentence in (*summary.troubles, *summary.failed, *summary.doubts):
        print(sentence, file=sys.stderr)  # noqa: T201
    raise typer.Exit(1 if summary.troubles or summary.failed or summary.skipped or summary.stopped else 0)


def _stop_or_break_off(stop: threading.Event) -> None:
    if stop.is_set():
        raise KeyboardInterrupt
    stop.set()
    os.write(2, b"Stopping as soon as this request is answered; press again to stop at once.\n")


@contextmanager
def _progress(what: str) -> Iterator[Callable[[int, int, str], None]]:
    """Shows on standard error how far it is: a bar where somebody is looking, else a line now and then."""
    err = Console(stderr=True)
    if not err.is_terminal:
        yield partial(_say_now_and_then, what)
        return
    columns = TextColumn("{task.description:30.30}", markup=False), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task("reading the list", total=None)
        yield lambda done, total, name: bar.update(task, completed=done, total=total, description=name or "done")


def _say_now_and_then(what: str, done: int, total: int, _name: str) -> None:
    if done and done % EVERY == 0:
        print(f"{done} of {total} {what}", file=sys.stderr, flush=True)  # noqa: T201


def _summary(summary: PollSummary) -> str:
    if summary.skipped:
        return f"Nothing done: {summary.skipped}."
    counts = (
        f"{summary.seen} authorities seen, {summary.opened} opened, {summary.documents} documents read, "
        f"{summary.changes} changes to tell."
    )
    return f"{counts} Stopped early: the next poll goes on from here." if summary.stopped else counts


@app.command()
def reparse(
    accept: Annotated[bool, typer.Option("--accept", help="Store what is read now.")] = False,
) -> None:
    """Read the archive again with today's parser and list what differs from what is stored; nothing is announced.

    Exit status 1 if something differs and is not accepted, or is not in the archive any more.
    """
    settings = configuration.load()
    with _progress("documents read") as progress, wiring.store(settings) as store:
        found = tuple(archived.reread(store, wiring.archive(settings), wiring.now(), progress))
        differing = [one for one in found if one.differences]
        if accept:
            archived.accept(store, found)
    archived.show(out, differing)
    done = " and stored" if accept else ""
    out.print(f"{len(found)} documents read, {len(differing)} differ from what was stored{done}.")
    raise typer.Exit(1 if any(one.lost or not accept for one in differing) else 0)


@app.command()
def parse(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Reports and letters: PDF, HTML or text.")],
    format: Annotated[Format, typer.Option(help="One JSON object a line, or a table for people.")] = Format.TABLE,
) -> None:
    """Read documents with the parser alone; exit status 1 if one of them is unreadable."""
    unreadable = False
    for path, reading in parsing.read_files(files):
        unreadable |= reading.status is Status.UNREADABLE
        if format is Format.JSONL:
            print(parsing.as_json(path, reading), flush=True)  # noqa: T201
        else:
            parsing.print_table(out, path, reading)
    raise typer.Exit(1 if unreadable else 0)


@app.command()
def judgements(
    text: Annotated[
        list[str] | None, typer.Argument(metavar="AUTHORITY", help="As after /judgements in Slack; try “help”.")
    ] = None,
    save: Annotated[Path | None, typer.Option(help="A folder for the pictures and files of the answer.")] = None,
    channel: Annotated[str, typer.Option(help="Slack's id of the channel (C…) that it concerns.")] = "",
    team: Annotated[str, typer.Option(help="Slack's id of the channel's workspace (T…), if several are known.")] = "",
) -> None:
    """What /judgements answers in Slack, here: for example inspection-watch judgements west-sussex.

    With --channel also what concerns a channel, as the operator: what would be said in the channel is said there too.
    Exit status 1 if the answer is a question, or that it cannot be done.
    """
    command = commands.parse(" ".join(text or ()))
    is_asked_of_slack = channel or (isinstance(command, ListSubscriptions) and command.everywhere)
    settings = configuration.load()
    with wiring.store(settings) as store:
        asker = asking.asker(settings, store, channel, team) if is_asked_of_slack else None
        _answer(command, store, asker, save)


@app.command()
def replay(
    day: Annotated[str, typer.Argument(metavar="DAY", help="For example 2024-07-12.")],
    page: Annotated[int, typer.Option(help="Of a long answer, this page.")] = 1,
) -> None:
    """What a channel subscribed to all of England would have got that day; exit status 1 if it cannot be said."""
    with wiring.store(configuration.load()) as store:
        _answer(Replay(day, page), store, None, None)


@app.command()
def export(
    form: Annotated[exporting.Form, typer.Argument(metavar="FORM", help="csv, json or xlsx.")] = exporting.Form.CSV,
    history: Annotated[bool, typer.Option("--history", help="Every report and letter, not the latest alone.")] = False,
    output: Annotated[Path | None, typer.Option(help="A file to write; without it, standard output.")] = None,
) -> None:
    """Write the stored judgements as a file, one row a judgement; docs/commands.md says what the columns hold."""
    with wiring.store(configuration.load()) as store:
        reply = commands.answer(Export(form.value, history=history), store, wiring.now())
    terminal.show(Console(stderr=True), reply.card)
    for file in reply.files:
        exporting.hand_out(file, output)
    raise typer.Exit(0 if reply.answered else 1)


def _answer(command: Command, store: Store, asker: Asker | None, save: Path | None) -> NoReturn:
    asked = Asked(store=store, now=wiring.now(), asker=asker)
    reply = command.answer(asked)
    for card in filter(None, (reply.card, reply.aside)):
        terminal.show(out, card, asked.command)
    if asker and asking.say_in_channel(store, asker, reply, asked.now):
        out.print(terminal.plain(words.SAID_THERE.format(channel=asker.channel), "dim"))
    exporting.save_or_offer(out, reply.files, save)
    raise typer.Exit(0 if reply.answered else 1)


@app.command()
def doctor(
    live: Annotated[
        bool, typer.Option("--live", help="Look closely at the source site, in a handful of requests, and at it alone.")
    ] = False,
) -> None:
    """Check settings, database, tokens and the source site, and say what to fix; exit status 1 if something is."""
    findings = []
    settings = configuration.load()
    for finding in closely.examine(settings, wiring.now()) if live else checks.examine(settings):
        findings.append(finding)
        mark = terminal.plain(f"{finding.verdict:7}", _COLOURS[finding.verdict])
        out.print(mark, terminal.plain(f"{finding.check:10} {finding.words}"), soft_wrap=True)
    raise typer.Exit(1 if any(finding.verdict is checks.Verdict.FIX for finding in findings) else 0)


_COLOURS = {checks.Verdict.OK: "green", checks.Verdict.ADVICE: "yellow", checks.Verdict.FIX: "red"}


@app.command()
def demo(
    slack: Annotated[Path | None, typer.Option(help="The local-slack program; without it, alerts print here.")] = None,
    once: Annotated[bool, typer.Option("--once", help="End as soon as the alert has been seen.")] = False,
) -> None:
    """Show the whole product on this machine, with no account; nothing leaves it."""
    try:
        from inspection_watch.demo import show
    except ModuleNotFoundError as error:
        raise configuration.SettingsError(
            f"The demonstration needs {error.name}: install inspection-watch[demo], or use make demo."
        ) from error
    try:
        show.demo(out, slack, once=once)
    except show.DemoError as error:
        print(error, file=sys.stderr)  # noqa: T201
        raise typer.Exit(1) from error
