"""A history -> what a timeline of it shows, and the words that stand for the picture. Pure; `charts` draws it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from bot import words
from bot.answers.reports import Read, order
from judgements.types import INSPECTIONS, LETTERS, Grade, Report


@dataclass(frozen=True, slots=True)
class Stand:
    """A report on the timeline, and the grades it stands at: the overall one, or how many areas stand at each."""

    read: Read
    overall: Grade | None
    areas: Counter[Grade]

    @property
    def day(self) -> date:
        return self.read.day


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """What there is to draw of one authority, each part oldest first; `stands` has at least one."""

    name: str
    stands: tuple[Stand, ...]
    letters: tuple[Read, ...]
    outcomes: tuple[Read, ...]
    today: date

    @property
    def first(self) -> date:
        """The New Year before all of it."""
        first = min(one.day for one in (self.stands[0].read, *self.letters[:1], *self.outcomes[:1]))
        return date(first.year, 1, 1)

    @property
    def last(self) -> date:
        return max(self.today, self.stands[-1].day)

    @property
    def alt(self) -> str:
        """The picture in words, for who cannot see it."""
        told = "; ".join(_told(stand) for stand in self.stands)
        flagged = sum(bool(one.report.priority_actions) for one in self.letters)
        also = [words.counted(len(self.letters), "letter")] if self.letters else []
        also += [words.CHART_ALT_FLAGGED.format(number=flagged)] if flagged else []
        also += [words.counted(len(self.outcomes), "area SEND inspection")] if self.outcomes else []
        rest = f" {words.CHART_ALT_ALSO.format(told=words.joined(also))}" if also else ""
        return f"{words.CHART_ALT.format(name=self.name, told=told)}{rest}"


def timeline(name: str, documents: Sequence[Read], today: date) -> Timeline | None:
    """What to draw of these documents, in any order; None if no graded report is among them."""
    stands = _stands(documents)
    if not stands:
        return None
    ordered = sorted(documents, key=order)
    return Timeline(
        name=name,
        stands=stands,
        letters=tuple(one for one in ordered if one.report.kind in LETTERS),
        outcomes=tuple(one for one in ordered if one.report.outcome),
        today=today,
    )


def _stands(documents: Iterable[Read]) -> tuple[Stand, ...]:
    graded = sorted((one for one in documents if one.report.kind in INSPECTIONS and one.report.graded), key=order)
    stands = (Stand(one, _overall(one.report), _areas(one.report)) for one in graded)
    return tuple(each for each in stands if each.overall or each.areas)


def _overall(report: Report) -> Grade | None:
    grade = report.overall.grade if report.overall else None
    return grade if isinstance(grade, Grade) else None


def _areas(report: Report) -> Counter[Grade]:
    """How many stand at each grade; of a report on two services, each with an overall grade of its own, these two."""
    overall = [one for one in report.judgements if one.theme.endswith("_overall")]
    return Counter(one.grade for one in overall or report.judgements if isinstance(one.grade, Grade))


def _told(stand: Stand) -> str:
    when = f"{stand.day:%B %Y}"
    if stand.overall:
        return f"{when} {words.GRADES[stand.overall]}"
    areas = words.joined([f"{number} {words.GRADES[grade]}" for grade, number in stand.areas.most_common()])
    return words.CHART_ALT_AREAS.format(when=when, areas=areas)
