"""`inspection-watch parse`: the shared parser alone, on files."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from queue import SimpleQueue

from rich.console import Console
from rich.table import Table

from bot import words
from inspection_watch.terminal import plain, table
from judgements.contract import line
from judgements.types import NotRead, Reading, Report, Status
from watchers.read import Reader


def read_files(paths: Iterable[Path], workers: int | None = None) -> Iterator[tuple[Path, Reading]]:
    """Each file with its reading, in the order given, whatever happens to one of them.

    So many are read at a time as there are `workers`, each in a child process of its own; by default one a core.
    """
    count = workers or os.cpu_count() or 1
    with ExitStack() as stack:
        free: SimpleQueue[Reader] = SimpleQueue()
        for _ in range(count):
            free.put(stack.enter_context(Reader()))

        def read(path: Path) -> tuple[Path, Reading]:
            reader = free.get()
            try:
                return path, _read(reader, path)
            finally:
                free.put(reader)

        yield from stack.enter_context(ThreadPoolExecutor(count)).map(read, paths)


def _read(reader: Reader, path: Path) -> Reading:
    try:
        data = path.read_bytes()
    except OSError as error:
        return NotRead(status=Status.UNREADABLE, why=f"the file cannot be opened: {error.strerror}")
    return reader.read(data)


def as_json(path: Path, reading: Reading) -> str:
    return json.dumps(line(str(path), reading), ensure_ascii=False)


def print_table(console: Console, path: Path, reading: Reading) -> None:
    """One document for a person: what it is, its judgements with page and words, and what was not read."""
    what = _what(reading) if isinstance(reading, Report) else f"{_STATUSES[reading.status]}: {reading.why}"
    console.print(plain(str(path), "bold") + plain(f": {what}"), soft_wrap=True)
    if isinstance(reading, NotRead):
        return
    if reading.graded:
        console.print(_grades(reading))
    for fact in _facts(reading):
        console.print(plain(f"  {fact}"), soft_wrap=True)


_STATUSES: Mapping[Status, str] = {
    Status.PARSED: "all read",
    Status.PARTIAL: "read in part",
    Status.NOT_A_REPORT: "not a report",
    Status.UNRECOGNISED: "no report of a kind we know",
    Status.UNREADABLE: "cannot be read",
}


def _what(report: Report) -> str:
    dates = "dates not read"
    if report.inspection:
        dates = f"inspectors were there {words.period(report.inspection.start, report.inspection.end)}"
    published = f"published {words.day(report.published)}" if report.published else "publication date not in it"
    where = report.authority_printed or "authority not read"
    return " · ".join((words.KINDS[report.kind], where, dates, published, _STATUSES[report.status]))


def _grades(report: Report) -> Table:
    grades = table("judgement", "grade", "page", "read from")
    for one in report.graded:
        name = words.judgement_name(one, None)
        cells = (name, words.GRADES[one.grade], str(one.span.page), one.span.quote)
        grades.add_row(*(plain(cell) for cell in cells))
    return grades


def _facts(report: Report) -> Iterator[str]:
    """What there is beside the grades, a sentence each."""
    if report.outcome:
        yield f"outcome: {words.OUTCOMES[report.outcome.outcome]} (page {report.outcome.span.page})"
    if report.visit_number is not None:
        yield f"visit number {report.visit_number}"
    if report.priority_actions:
        yield f"{words.counted(len(report.priority_actions), 'area')} for priority action"
    if report.improvements is not None:
        yield f"{words.counted(len(report.improvements), 'area')} for improvement"
    yield from (f"not read: {problem}" for problem in report.problems)
