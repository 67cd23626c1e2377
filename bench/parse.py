"""How fast the parser is, beside nothing but the text extraction of the PDF library, in one run over the same files.

    python -m bench.parse [FOLDER]

Both are measured on one file before the next, three times in turn, so that whatever slows the machine down slows both;
CPU seconds, because other programs may be running. Without a folder it takes the corpus, or generated documents.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

import pypdfium2
from rich.console import Console
from rich.table import Table

from inspection_watch.demo.histories import PAST, PRINTERS
from inspection_watch.parsing import read_files
from judgements.parse import read

CORPUS = Path("../shared/corpus/reports")
GENERATED = 100
ROUNDS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """One PDF: how many pages it has, CPU seconds of both ways to read it, and pages the parser extracted."""

    pages: int
    raw: float
    parse: float
    extracted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """All files through the worker pool: wall seconds, and the most memory one worker had, in bytes."""

    seconds: float
    peak: int


def raw(data: bytes) -> int:
    """The text of every page, thrown away: the least any parser must do. Returns the number of pages."""
    pdf = pypdfium2.PdfDocument(data)
    for index in range(len(pdf)):
        page = pdf[index]
        text = page.get_textpage()
        text.get_text_range()
        text.close()
        page.close()
    pages = len(pdf)
    pdf.close()
    return pages


def cost(data: bytes) -> Cost:
    """Three times in turn, the median of each."""
    times = [(_cpu(raw, data), _cpu(read, data)) for _ in range(ROUNDS)]
    with _extractions() as extracted:
        read(data)
    return Cost(
        pages=raw(data),
        raw=median(first for first, _ in times),
        parse=median(second for _, second in times),
        extracted=len(extracted),
    )


def _cpu(run: Callable[[bytes], object], data: bytes) -> float:
    begin = process_time()
    run(data)
    return process_time() - begin


@contextmanager
def _extractions() -> Iterator[list[pypdfium2.PdfPage]]:
    """Every page whose text is extracted while this is open, once for each time."""
    pages: list[pypdfium2.PdfPage] = []
    extract = pypdfium2.PdfPage.get_textpage

    def counted(page: pypdfium2.PdfPage) -> pypdfium2.PdfTextPage:
        pages.append(page)
        return extract(page)

    pypdfium2.PdfPage.get_textpage = counted
    try:
        yield pages
    finally:
        pypdfium2.PdfPage.get_textpage = extract


def pool(paths: Sequence[Path]) -> Pool:
    """All files through as many workers as there are cores."""
    begin, peak = perf_counter(), 0
    for count, _ in enumerate(read_files(paths), 1):
        if count == len(paths):
            seconds, peak = perf_counter() - begin, max(_peaks(), default=0)
    return Pool(seconds=seconds, peak=peak)


def _peaks() -> Iterator[int]:
    """The most memory each child of this process ever had, as Linux tells it; nothing elsewhere."""
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            facts = dict(line.split(":\t", 1) for line in status.read_text().splitlines() if ":\t" in line)
        except OSError:
            continue  # it has ended since
        if int(facts["PPid"]) == os.getpid() and "VmHWM" in facts:
            yield int(facts["VmHWM"].split()[0]) * 1024


def report(name: str, costs: Sequence[Cost], pooled: Pool, files: int) -> Table:
    """The table of one run."""
    slow, fast = sum(one.parse for one in costs), sum(one.raw for one in costs)
    pages, extracted = sum(one.pages for one in costs), sum(one.extracted for one in costs)
    table = Table(
        "what", "measured", "goal", title=f"{name}: {len(costs)} PDF, {pages} pages; {datetime.now(UTC):%d %B %Y}"
    )
    table.add_row("raw text extraction, CPU ms a document", f"{1000 * fast / len(costs):.1f}", "")
    table.add_row("whole parse, CPU ms a document", f"{1000 * slow / len(costs):.1f}", "")
    table.add_row("whole parse / raw text extraction", f"{slow / fast:.2f}", "≤ 1.3")
    table.add_row("pages extracted by the parser / pages", f"{extracted} / {pages}", "the same")
    table.add_row(f"documents a second, {os.cpu_count()} workers", f"{files / pooled.seconds:.1f}", "")
    table.add_row("peak memory of a worker, MB", f"{pooled.peak / 2**20:.0f}" if pooled.peak else "unknown", "≤ 200")
    return table


def main(folder: Path, name: str) -> None:
    paths = sorted(path for path in folder.iterdir() if path.is_file())
    pooled = pool(paths)
    costs = [cost(data) for path in paths if (data := path.read_bytes()).startswith(b"%PDF-")]
    Console(width=100).print(report(name, costs, pooled, len(paths)))


def generate(folder: Path) -> None:
    """Documents of the demo, spread over all kinds and years."""
    for past in PAST[:: max(1, len(PAST) // GENERATED)]:
        (folder / f"{past.seed}.pdf").write_bytes(PRINTERS[past.kind](past))


if __name__ == "__main__":
    given = Path(sys.argv[1]) if len(sys.argv) > 1 else CORPUS
    if given.is_dir():
        main(given, str(given))
    else:
        with TemporaryDirectory() as folder:
            generate(Path(folder))
            main(Path(folder), f"{given} is not here: generated documents")
