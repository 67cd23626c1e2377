"""What has changed between two reports on one authority, judgement by judgement.

The later inspection chooses the partner of each of its judgements: the earlier one's judgement of the same theme, or
the first that the framework's data file says it may be set beside (the parent of a split judgement, a cousin in an
older framework). Which of the two reports is called "before" turns every movement round and changes nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import takewhile

from judgements.frameworks import FRAMEWORKS, Area, Edition, Framework
from judgements.types import INSPECTIONS, Comparison, Grade, Judgement, Kind, Listing, Movement, Outcome, Report

FAMILY: Mapping[Kind, str] = {
    **dict.fromkeys(sorted(INSPECTIONS), "children's services"),
    Kind.AREA_SEND_INSPECTION: "area SEND",
}
"""Which inspections follow one another. Letters and a council's own report follow nothing and precede nothing."""

OUTCOMES = (Outcome.POSITIVE, Outcome.INCONSISTENT, Outcome.SYSTEMIC_FAILINGS)
"""The outcomes of an area SEND inspection, best first."""

PRINTED: Mapping[Grade, str] = {
    Grade.OUTSTANDING: "outstanding",
    Grade.GOOD: "good",
    Grade.REQUIRES_IMPROVEMENT: "requires improvement to be good",
    Grade.ADEQUATE: "adequate",
    Grade.INADEQUATE: "inadequate",
}

NO_OVERALL = "Ofsted gives no overall grade for inspections from {since:%B %Y}"
NO_LONGER_GIVEN = "Not a judgement of its own for inspections from {since:%B %Y}"
NOT_GIVEN_NOW = "This inspection did not judge it"
NOT_GIVEN_BEFORE = "The earlier inspection did not judge it"
NEVER_GIVEN = "Neither inspection judged it"
UNREAD_NOW = "It could not be read with certainty in this report"
UNREAD_BEFORE = "It could not be read with certainty in the earlier report"
SPLIT = "Compared with “{label}”, since split"
COUSIN = "Compared with “{label}”, its nearest counterpart"
MERGED = "Judged within “{label}” in the later inspection"
OTHER_WORD = "“{was}” and “{now}” are not the same word, though each is grade {rank} of {count}"
APART = "One inspection judged it once, the other for each service by itself"
OTHER_SCALE = "The two inspections grade on different scales"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """One of the two reports, with what its framework says of it.

    Where the edition is not known the report is compared theme by theme, and nothing is said of what it lacks.
    """

    report: Report
    framework: Framework
    edition: Edition | None

    @property
    def areas(self) -> tuple[Area, ...]:
        return self.edition.areas if self.edition else ()

    def area(self, theme: str) -> Area | None:
        return next((area for area in self.areas if area.theme == theme), None)

    def label(self, judgement: Judgement) -> str:
        """Its name without the numbering and the line ends of the page."""
        area = self.area(judgement.theme)
        return area.label if area else judgement.label

    def kin(self, theme: str) -> tuple[str, ...]:
        """The themes of an older report that a judgement of this side may be set beside, the best first."""
        area = self.area(theme)
        return (theme, *area.compares_with) if area else (theme,)

    def parts(self, theme: str) -> tuple[str, ...]:
        """The themes of an older report that have gone into a judgement of this side."""
        area = self.area(theme)
        return (*area.compares_with, *area.takes_in) if area else ()

    def leaves_unread(self, themes: Iterable[str]) -> bool:
        """Whether this report, which has problems, may have lost one of these: its edition judges it."""
        return bool(self.report.problems) and any(self.area(theme) for theme in themes)


class _Obstacle(Enum):
    """Why a judgement that ought to have a partner has none."""

    UNREAD = "the report of the partner could not be read"
    APART = "there are several, one for each service"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    """A judgement of the later inspection and its partner in the earlier one; at least one is there."""

    older: Judgement | None = None
    younger: Judgement | None = None
    why: str = ""
    obstacle: _Obstacle | None = None
    within: str = ""


def diff(before: Report, after: Report, frameworks: Mapping[str, Framework] = FRAMEWORKS) -> tuple[Comparison, ...]:
    """Every judgement of the two reports, compared; () if they are the same reading or neither judges anything.

    Each judgement of the later inspection (of `after`, where a date is missing) stands in exactly one comparison; each
    of the earlier one in exactly one too, or in several if it has been split since. The order is that of the later
    report; what only the earlier one judges comes last. Any movement but improved, declined and same may lack a side.
    A framework that is not in `frameworks` is a `KeyError`.
    """
    if before == after or not (before.graded or after.graded):
        return ()
    sides = _side(before, frameworks), _side(after, frameworks)
    turned = _inspected_later(before, after)
    older, younger = reversed(sides) if turned else sides
    return tuple(_comparison(pair, sides, turned=turned) for pair in _pairs(older, younger))


def movement_of_outcome(before: Report, after: Report) -> Movement | None:
    """How the outcome of an area SEND inspection stands against the earlier one; None if neither report has one."""
    was, now = before.outcome, after.outcome
    if was and now:
        return _moved(OUTCOMES.index(was.outcome), OUTCOMES.index(now.outcome))
    if not was and not now:
        return None
    if (before if now else after).problems:
        return Movement.NOT_COMPARABLE
    return Movement.NEWLY_JUDGED if now else Movement.NO_LONGER_JUDGED


def earlier(new: Report, known: Sequence[tuple[Listing, Report]]) -> tuple[Listing, Report] | None:
    """The report `new` is compared with: of the same family, the one inspected last before `new` was.

    `known` are the readable documents of one authority in any order, `new` itself possibly among them. None for a
    letter, for a report without inspection dates, and for a first inspection.
    """
    family, inspection = FAMILY.get(new.kind), new.inspection
    if family is None or inspection is None:
        return None
    before = [
        (old.inspection.end, listing.published, listing.file_id, (listing, old))
        for listing, old in known
        if FAMILY.get(old.kind) == family and old.inspection and old.inspection.end < inspection.end
    ]
    return max(before, key=lambda one: one[:3])[3] if before else None


def _side(report: Report, frameworks: Mapping[str, Framework]) -> _Side:
    framework = frameworks[report.framework]
    editions = {edition.key: edition for edition in framework.editions}
    return _Side(report=report, framework=framework, edition=editions.get(report.edition))


def _inspected_later(one: Report, other: Report) -> bool:
    return bool(one.inspection and other.inspection and one.inspection.end > other.inspection.end)


def _pairs(older: _Side, younger: _Side) -> Iterator[_Pair]:
    met = [(_partners(one, younger, older.report), one) for one in younger.report.graded]
    children = Counter(partners[0] for partners, _ in met if len(partners) == 1)
    apart = {partner for partners, _ in met if len(partners) > 1 for partner in partners}
    for partners, one in met:
        if len(partners) == 1:
            why = _kinship(partners[0], one, older, split=children[partners[0]] > 1)
            yield _Pair(older=partners[0], younger=one, why=why)
        else:
            yield _Pair(younger=one, obstacle=_Obstacle.APART if partners else _forebears_unread(one, older, younger))
    for one in older.report.graded:
        if one in children:
            continue
        if heir := _heir(one, younger):
            yield _Pair(older=one, why=MERGED.format(label=younger.label(heir)), within=heir.theme)
        else:
            yield _Pair(older=one, obstacle=_Obstacle.APART if one in apart else _heirs_unread(one, younger))


def _heir(one: Judgement, younger: _Side) -> Judgement | None:
    """The later judgement that this one has become a part of, and that is set beside another one."""
    heirs = (
        each
        for each in younger.report.graded
        if one.theme in younger.parts(each.theme) and None in (each.group, one.group)
    )
    return next(heirs, None)


def _forebears_unread(one: Judgement, older: _Side, younger: _Side) -> _Obstacle | None:
    return _Obstacle.UNREAD if older.leaves_unread(younger.kin(one.theme)) else None


def _heirs_unread(one: Judgement, younger: _Side) -> _Obstacle | None:
    heirs = [area.theme for area in younger.areas if one.theme in younger.kin(area.theme)]
    return _Obstacle.UNREAD if younger.leaves_unread(heirs) else None


def _partners(one: Judgement, side: _Side, older: Report) -> tuple[Judgement, ...]:
    """The judgements of `older` that `one` could be set beside: more than one if it judges services by themselves."""
    for theme in side.kin(one.theme):
        fitting = tuple(
            judgement
            for judgement in older.graded
            if judgement.theme == theme and (judgement.group == one.group or None in (judgement.group, one.group))
        )
        if fitting:
            return fitting
    return ()


def _kinship(partner: Judgement, one: Judgement, older: _Side, *, split: bool) -> str:
    if partner.theme == one.theme:
        return ""
    return (SPLIT if split else COUSIN).format(label=older.label(partner))


def _comparison(pair: _Pair, sides: tuple[_Side, _Side], *, turned: bool) -> Comparison:
    before, after = (pair.younger, pair.older) if turned else (pair.older, pair.younger)
    theme = next(one.theme for one in (pair.younger, pair.older) if one)
    if pair.obstacle:
        movement, why = Movement.NOT_COMPARABLE, _hindered(pair.obstacle, before_is_missing=before is None)
    else:
        movement, why = _movement(before, after, theme, sides)
    whole = ". ".join(filter(None, (pair.why, why)))
    return Comparison(theme=theme, before=before, after=after, movement=movement, why=whole, within=pair.within)


def _hindered(obstacle: _Obstacle, *, before_is_missing: bool) -> str:
    if obstacle is _Obstacle.APART:
        return APART
    return UNREAD_BEFORE if before_is_missing else UNREAD_NOW


def _movement(
    before: Judgement | None, after: Judgement | None, theme: str, sides: tuple[_Side, _Side]
) -> tuple[Movement, str]:
    was, now = _grade(before), _grade(after)
    if was and now:
        return _graded(was, now, sides)
    if now:
        return Movement.NEWLY_JUDGED, NOT_GIVEN_BEFORE
    if was:
        return Movement.NO_LONGER_JUDGED, NOT_GIVEN_NOW if after else _since_when(theme, sides[1])
    return Movement.SAME if before and after else Movement.NOT_COMPARABLE, NEVER_GIVEN


def _grade(judgement: Judgement | None) -> Grade | None:
    return judgement.grade if judgement and isinstance(judgement.grade, Grade) else None


def _since_when(theme: str, side: _Side) -> str:
    """Why `side` does not judge `theme`: since when its framework has not, or only that it did not."""
    editions = side.framework.editions
    so_far = editions[: editions.index(side.edition) + 1] if side.edition else ()
    without = tuple(takewhile(lambda edition: not _judges(edition, theme), reversed(so_far)))
    if not without or (since := without[-1].first) is None:
        return NOT_GIVEN_NOW
    return (NO_OVERALL if theme == "overall" else NO_LONGER_GIVEN).format(since=since)


def _judges(edition: Edition, theme: str) -> bool:
    return any(area.theme == theme for area in edition.areas)


def _graded(was: Grade, now: Grade, sides: tuple[_Side, _Side]) -> tuple[Movement, str]:
    before, after = (side.framework.scale for side in sides)
    if len(before) != len(after):
        return Movement.NOT_COMPARABLE, OTHER_SCALE
    movement = _moved(before.index(was), after.index(now))
    if movement is Movement.SAME and was != now:
        rank = after.index(now) + 1
        return Movement.NOT_COMPARABLE, OTHER_WORD.format(
            was=PRINTED[was], now=PRINTED[now], rank=rank, count=len(after)
        )
    return movement, ""


def _moved(was: int, now: int) -> Movement:
    """The movement between two places on a scale counted from the best."""
    if was == now:
        return Movement.SAME
    return Movement.IMPROVED if now < was else Movement.DECLINED
