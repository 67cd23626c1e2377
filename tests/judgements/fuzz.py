"""Damages documents of every kind and reads what is left, for as long as it is told to.

    python -m tests.judgements.fuzz --minutes 10 --seed 1

Mutant number n of a seed is always the same bytes, so a bad one can be made again: `mutant(seed, n)`. It ends with
status 1 if a reading took longer than its limit, or states a grade or an authority that the undamaged one does not.
"""

from __future__ import annotations

import argparse
import re
import sys
import zlib
from base64 import a85decode
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from itertools import count, takewhile
from random import Random
from time import monotonic

from rich.console import Console
from rich.table import Table

from inspection_watch.demo.letters import jtai_letter, send_report, visit_letter
from inspection_watch.demo.papers import ilacs_report
from inspection_watch.demo.sif import sif_report
from judgements.parse import read
from judgements.types import Reading, Report, Status
from tests.demo.examples import FAILINGS, FOCUSED, ILACS, JOINT, MONITORING, SIF
from watchers.read import SECONDS, Reader

READERS = 2
GRACE = 5.0
"""Seconds that killing a child and starting another may take on a busy machine."""

Mutation = Callable[[Random, bytes, bytes], bytes]
_OBJECT = re.compile(rb"\d+ 0 obj\n.*?endobj\n", re.DOTALL)
_STREAM = re.compile(rb"/Filter \[ /ASCII85Decode /FlateDecode \] /Length \d+\n>>\nstream\n(.*?)~>endstream", re.DOTALL)
_DRAWN = re.compile(rb"BT.*?ET", re.DOTALL)
_LENGTH = re.compile(rb"(?<=/Length )\d+|(?<=/Count )\d+|(?<=/Size )\d+|\d{10}(?= 00000 n)")


@cache
def originals() -> tuple[bytes, ...]:
    """One document of every kind and edition."""
    return (
        *map(ilacs_report, ILACS.values()),
        *map(sif_report, SIF.values()),
        *map(visit_letter, (FOCUSED, MONITORING)),
        jtai_letter(JOINT),
        send_report(FAILINGS),
    )


def _flipped(random: Random, data: bytes, other: bytes) -> bytes:
    out = bytearray(data)
    for _ in range(random.choice((1, 3, 10, 100))):
        out[random.randrange(len(out))] ^= 1 << random.randrange(8)
    return bytes(out)


def _cut(random: Random, data: bytes, other: bytes) -> bytes:
    return data[: random.randrange(len(data))]


def _cut_and_ended(random: Random, data: bytes, other: bytes) -> bytes:
    return _cut(random, data, other) + b"\n%%EOF\n"


def _stretch(random: Random, data: bytes) -> tuple[int, int]:
    begin = random.randrange(len(data))
    return begin, min(len(data), begin + random.choice((1, 20, 400, 8000)))


def _stretch_lost(random: Random, data: bytes, other: bytes) -> bytes:
    begin, end = _stretch(random, data)
    return data[:begin] + data[end:]


def _spliced(random: Random, data: bytes, other: bytes) -> bytes:
    (begin, end), (first, last) = _stretch(random, data), _stretch(random, other)
    return data[:begin] + other[first:last] + data[end:]


def _object_lost(random: Random, data: bytes, other: bytes) -> bytes:
    one = random.choice(list(_OBJECT.finditer(data)))
    return data[: one.start()] + data[one.end() :]


def _object_blanked(random: Random, data: bytes, other: bytes) -> bytes:
    """Lost, but all others stay where the table of objects says they are."""
    one = random.choice(list(_OBJECT.finditer(data)))
    return data[: one.start()] + b" " * len(one[0]) + data[one.end() :]


def _object_repeated(random: Random, data: bytes, other: bytes) -> bytes:
    one, place = random.choice(list(_OBJECT.finditer(data))), random.choice(list(_OBJECT.finditer(data)))
    return data[: place.start()] + one[0] + data[place.start() :]


def _numbers_changed(random: Random, data: bytes, other: bytes) -> bytes:
    """Lengths, counts and places in the table of objects."""
    chosen = random.choice(list(_LENGTH.finditer(data)))
    number = random.choice((0, 1, int(chosen[0]) + 1, int(chosen[0]) // 2, 10 ** random.randrange(12)))
    return data[: chosen.start()] + b"%0*d" % (len(chosen[0]), number) + data[chosen.end() :]


def _drawn_otherwise(random: Random, data: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """A page unpacked, with what it draws changed."""
    pages = list(_STREAM.finditer(data))
    one = random.choice(pages[: random.choice((1, len(pages)))])
    drawn = change(zlib.decompress(a85decode(one[1])))
    whole = b"/Length %d\n>>\nstream\n%s\nendstream" % (len(drawn), drawn)
    return data[: one.start()] + whole + data[one.end() :]


def _line_lost(random: Random, data: bytes, other: bytes) -> bytes:
    def change(drawn: bytes) -> bytes:
        line = random.choice(list(_DRAWN.finditer(drawn)))
        return drawn[: line.start()] + drawn[line.end() :]

    return _drawn_otherwise(random, data, change)


def _line_repeated(random: Random, data: bytes, other: bytes) -> bytes:
    def change(drawn: bytes) -> bytes:
        lines = list(_DRAWN.finditer(drawn))
        line, place = random.choice(lines), random.choice(lines)
        return drawn[: place.start()] + line[0] + b" " + drawn[place.start() :]

    return _drawn_otherwise(random, data, change)


def _drawing_flipped(random: Random, data: bytes, other: bytes) -> bytes:
    return _drawn_otherwise(random, data, lambda drawn: _flipped(random, drawn, b""))


MUTATIONS: Mapping[str, Mutation] = {
    "bits flipped": _flipped,
    "cut off": _cut,
    "cut off, and ended": _cut_and_ended,
    "a stretch lost": _stretch_lost,
    "a stretch of another document": _spliced,
    "an object lost": _object_lost,
    "an object blanked out": _object_blanked,
    "an object repeated": _object_repeated,
    "lengths and places changed": _numbers_changed,
    "a drawn line lost": _line_lost,
    "a drawn line repeated elsewhere": _line_repeated,
    "bits of a drawing flipped": _drawing_flipped,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """Damaged bytes, what was done to them, and the documents they are made of."""

    mutation: str
    data: bytes
    parents: tuple[bytes, ...]


def mutant(seed: int, number: int) -> Mutant:
    """The same for the same numbers. Every fourth is damaged twice."""
    random = Random(f"{seed} {number}")
    data, other = random.choices(originals(), k=2)
    name = random.choice(list(MUTATIONS))
    damaged = MUTATIONS[name](random, data, other)
    if random.randrange(4) == 0 and damaged:
        damaged = _flipped(random, damaged, other)
    return Mutant(mutation=name, data=damaged, parents=(data, other) if "another" in name else (data,))


@cache
def _grades(data: bytes) -> frozenset[tuple[str, str]]:
    return _stated(read(data))


def _stated(reading: Reading) -> frozenset[tuple[str, str]]:
    """What must never be wrong: grades, the outcome, and whose they are."""
    if not isinstance(reading, Report):
        return frozenset()
    said = [("authority", reading.authority), ("outcome", reading.outcome and reading.outcome.outcome)]
    said += [(one.theme, one.grade) for one in reading.graded]
    return frozenset((what, str(value)) for what, value in said if value)


@dataclass(slots=True, kw_only=True)
class Tally:
    """What became of the mutants: counts by mutation and status, by reason, and the numbers of the bad ones."""

    ends: Counter[tuple[str, Status]] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    slowest: float = 0
    wrong: list[int] = field(default_factory=list)
    """Mutants of which something was read that no parent states."""
    overdue: list[int] = field(default_factory=list)

    def add(self, number: int, damaged: Mutant, reading: Reading, seconds: float) -> None:
        self.ends[damaged.mutation, reading.status] += 1
        if not isinstance(reading, Report):
            self.reasons[re.sub(r"\d+", "…", reading.why)] += 1
        self.slowest = max(self.slowest, seconds)
        if not _stated(reading) <= frozenset().union(*map(_grades, damaged.parents)):
            self.wrong.append(number)
        if seconds > SECONDS + GRACE:
            self.overdue.append(number)


def run(seed: int, numbers: Iterable[int]) -> Tally:
    """Reads these mutants of a seed, in order, each with the real reader."""
    tally = Tally()
    with Reader() as reader:
        for number in numbers:
            damaged, begin = mutant(seed, number), monotonic()
            tally.add(number, damaged, reader.read(damaged.data), monotonic() - begin)
    return tally


def together(tallies: Iterable[Tally]) -> Tally:
    whole = Tally()
    for one in tallies:
        whole.ends += one.ends
        whole.reasons += one.reasons
        whole.slowest = max(whole.slowest, one.slowest)
        whole.wrong += one.wrong
        whole.overdue += one.overdue
    return whole


def show(console: Console, tally: Tally) -> None:
    table = Table("mutation", *(status.replace("_", " ") for status in Status), title=f"{tally.ends.total()} mutants")
    for name in MUTATIONS:
        table.add_row(name, *(str(tally.ends[name, status]) for status in Status))
    console.print(table)
    for reason, times in tally.reasons.most_common():
        console.print(f"{times:6} {reason}", highlight=False, markup=False)
    console.print(f"slowest: {tally.slowest:.1f} s; over the limit: {tally.overdue}; wrong: {tally.wrong}")


def main(minutes: float, seed: int) -> int:
    end = monotonic() + 60 * minutes

    def until_the_end(first: int) -> Tally:
        return run(seed, takewhile(lambda _: monotonic() < end, count(first, READERS)))

    with ThreadPoolExecutor(READERS) as threads:
        tally = together(threads.map(until_the_end, range(READERS)))
    show(Console(width=120), tally)
    return 1 if tally.wrong or tally.overdue else 0


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description="Damage documents and read what is left.")
    asked.add_argument("--minutes", type=float, default=10)
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    sys.exit(main(given.minutes, given.seed))
