"""A history -> what a timeline of it shows, and the words that stand for the picture. Pure; `charts` draws it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from bot import words
from bot.answers.reports import Read, order
from judgements.frameworks import FRAMEWORKS, Framework
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


@dataclass(frozen=True, slots=True)
class Era:
    """A framework, or one edition of it, in short, and since when inspections are made under it."""

    since: date
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """What there is to draw of one authority, each part oldest first; `stands` has at least one."""

    name: str
    stands: tuple[Stand, ...]
    letters: tuple[Read, ...]
    outcomes: tuple[Read, ...]
    today: date

    @property
    def eras(self) -> tuple[Era, ...]:
        """Under what there have been inspections since the first of these, of this authority or only of others.

        None begins before an inspection ended that was made under an earlier one.
        """
        begun: dict[str, date] = {}
        for stand in self.stands:
            begun = _editions(stand.read.report, self.first, self.last) | begun
        order = sorted(begun, key=lambda name: begun[name])
        for stand in self.stands:
            for later in order[order.index(_name(stand.read.report)) + 1 :]:
                begun[later] = max(begun[later], stand.day)
        return tuple(Era(begun[name], name) for name in order)

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
        sorts = ((self.letters, "letter"), (self.outcomes, "area SEND inspection"))
        also = [_counted(marked, noun) for marked, noun in sorts if marked]
        rest = f" {words.CHART_ALT_ALSO.format(told=words.joined(also))}" if also else ""
        return f"{words.CHART_ALT.format(name=self.name, told=told)}{rest}"


def _counted(marked: Sequence[Read], noun: str) -> str:
    """ "3 letters (1 with areas for priority action)"."""
    number = words.counted(len(marked), noun)
    flagged = sum(bool(one.report.priority_actions) for one in marked)
    form = words.CHART_ALT_FLAGGED if 0 < flagged < len(marked) else words.CHART_ALT_ALL_FLAGGED if flagged else "{all}"
    return form.format(all=number, number=flagged)


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


def _editions(report: Report, first: date, last: date) -> dict[str, date]:
    """The editions of the report's framework in force between two days, and since when; its own in any case."""
    framework = FRAMEWORKS.get(report.framework)
    begun = report.inspection.start if report.inspection else first
    own = {_name(report): begun}
    if framework is None:
        return own
    known = {_called(framework, each.key): each.first or first for each in framework.editions}
    over = {_called(framework, each.key) for each in framework.editions if each.last and each.last < first}
    return own | {name: since for name, since in known.items() if since <= last and name not in over}


def _name(report: Report) -> str:
    framework = FRAMEWORKS.get(report.framework)
    return _called(framework, report.edition) if framework else report.framework


def _called(framework: Framework, edition: str) -> str:
    """ "SIF", "ILACS 2023": the framework in short, with its edition where it has several."""
    _, bracket, short = framework.name.rpartition("(")
    name = short.rstrip(")") if bracket else framework.name.removeprefix("Inspection of ")
    return f"{name} {edition}".rstrip() if len(framework.editions) > 1 else name
