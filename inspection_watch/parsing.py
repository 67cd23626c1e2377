"""`inspection-watch parse`: the shared parser alone, on files."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from queue import SimpleQueue

from rich.console import Console
from rich.table import Table

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
    if isinstance(reading, NotRead):
        console.print(f"[bold]{path.name}[/]: {reading.status.replace('_', ' ')}: {reading.why}", highlight=False)
        return
    console.print(_heading(path, reading), highlight=False)
    if reading.graded:
        console.print(_grades(reading))
    if reading.outcome:
        console.print(f"  outcome: {reading.outcome.outcome.replace('_', ' ')} (page {reading.outcome.span.page})")
    for problem in reading.problems:
        console.print(f"  not read: {problem}", highlight=False, markup=False)


def _heading(path: Path, report: Report) -> str:
    dates = f"{report.inspection.start} to {report.inspection.end}" if report.inspection else "dates not read"
    where = report.authority_printed or "authority not read"
    return f"[bold]{path.name}[/]: {report.kind.replace('_', ' ')} · {where} · {dates} · {report.status}"


def _grades(report: Report) -> Table:
    table = Table("judgement", "grade", "page", "read from")
    for judgement in report.graded:
        grade = judgement.grade.replace("_", " ")
        table.add_row(judgement.label, grade, str(judgement.span.page), judgement.span.quote)
    return table
