"""What was really published on real authorities, and scenes of what might be published next.

`histories.csv` holds facts only: who was inspected when, under what, with which grades, how many areas for
improvement there were, and when it appeared. The documents are printed from them when they are asked for; their
sentences and the names in them are ours. Facts are there for 107 authorities up to August 2026; the others are listed
with an empty page.

A scene is one invented publication, said to be invented in the document itself.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from importlib import resources
from itertools import count
from typing import Final

from inspection_watch.demo.catalogue import Provider, Publication, Scene, Site
from inspection_watch.demo.letters import Jtai, Send, Visit, jtai_letter, send_report, visit_letter
from inspection_watch.demo.papers import Graded, Ilacs, ilacs_report, items, priorities
from inspection_watch.demo.sif import Sif, sif_report
from judgements.authorities import REGISTRY, Authority, AuthorityType
from judgements.types import Grade, Kind, NotJudged, Outcome

TITLES: Final = {
    Kind.ILACS_INSPECTION: "Children's services inspection",
    Kind.SIF_INSPECTION: "Single inspection of LA children's services as pdf",
    Kind.AREA_SEND_INSPECTION: "Area SEND full inspection",
    Kind.JTAI_LETTER: "Joint area child protection inspection",
    Kind.ILACS_FOCUSED_VISIT: "Children's services focused visit",
    Kind.ILACS_MONITORING_VISIT: "Children's services monitoring visit",
}
"""What the site calls each kind."""

SPECIMENS: Final = ("Ada Specimen", "Bert Specimen", "Cora Specimen", "Dov Specimen")
FIRST_DAY: Final = date(2009, 1, 1)
ROOM_A_DAY: Final = 40
"""File ids of one day; those of scenes begin in the middle."""
THIRD_EDITION: Final = date(2026, 4, 1)
FIRST_LETTER: Final = date(2018, 4, 10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """One publication, as a row of facts. `grades` by theme; "overall", "lscb" and "outcome" are among them."""

    authority: Authority
    kind: Kind
    published: date
    periods: tuple[tuple[date, date], ...]
    grades: Mapping[str, str]
    improvements: int
    priorities: int

    @property
    def seed(self) -> str:
        return f"{self.authority.urn} {self.published}"


def place(authority: Authority) -> str:
    """The name as it stands in a sentence: "Bristol" for "Bristol, City of", "St Helens" for "St. Helens"."""
    return authority.name.removesuffix(", City of").removesuffix(", County of").replace("St. ", "St ")


def council(authority: Authority) -> str:
    """The council's name as a front page might have it."""
    name = place(authority)
    if name.startswith("City of"):
        return name
    if authority.type is AuthorityType.LONDON_BOROUGH:
        return f"London Borough of {name}"
    return f"{name} County Council" if authority.type is AuthorityType.COUNTY else f"{name} Council"


def _past(rows: Iterable[Mapping[str, str]]) -> Iterator[Past]:
    for row in rows:
        authority = REGISTRY.by_urn(row["urn"])
        assert authority is not None, row
        yield Past(
            authority=authority,
            kind=Kind(row["kind"]),
            published=date.fromisoformat(row["published"]),
            periods=tuple(_period(period) for period in row["periods"].split()),
            grades=dict(_pair(grade) for grade in row["grades"].split()),
            improvements=int(row["improvements"] or 0),
            priorities=int(row["priority_actions"] or 0),
        )


def _period(cell: str) -> tuple[date, date]:
    start, _, end = cell.partition("/")
    return date.fromisoformat(start), date.fromisoformat(end)


def _pair(cell: str) -> tuple[str, str]:
    theme, _, grade = cell.partition("=")
    return theme, grade


PAST: Final = tuple(
    _past(
        csv.DictReader(resources.files(__package__).joinpath("histories.csv").read_text(encoding="utf-8").splitlines())
    )
)
"""Every row of facts, oldest publication first."""


def graded(value: str) -> Graded:
    return NotJudged.NOT_JUDGED if value == NotJudged.NOT_JUDGED else Grade(value)


def _ilacs(past: Past) -> bytes:
    (start, end), *more = past.periods
    return ilacs_report(
        Ilacs(
            authority=place(past.authority),
            council=council(past.authority),
            start=start,
            end=end,
            periods=tuple(more),
            inspectors=SPECIMENS[:1],
            grades={theme: graded(grade) for theme, grade in past.grades.items()},
            improvements=items(past.improvements, past.seed),
        )
    )


def _sif(past: Past) -> bytes:
    (start, end), *more = past.periods
    ours = {theme: graded(grade) for theme, grade in past.grades.items() if theme not in ("overall", "lscb")}
    return sif_report(
        Sif(
            authority=place(past.authority),
            council=council(past.authority),
            start=start,
            end=end,
            periods=tuple(more),
            published=past.published,
            overall=Grade(past.grades["overall"]),
            grades=ours,
            lscb=Grade(past.grades["lscb"]) if "lscb" in past.grades else None,
            inspectors=SPECIMENS[:1],
            improvements=items(past.improvements, past.seed),
        )
    )


def _send(past: Past) -> bytes:
    start, end = past.periods[0]
    return send_report(
        Send(
            authority=place(past.authority),
            council=council(past.authority),
            start=start,
            end=end,
            outcome=Outcome(past.grades["outcome"]),
            inspectors=SPECIMENS[:1],
            improvements=items(past.improvements, past.seed),
            priorities=priorities(past.priorities, past.seed, send=True),
        )
    )


def _jtai(past: Past) -> bytes:
    start, end = past.periods[0]
    return jtai_letter(
        Jtai(
            authority=place(past.authority),
            start=start,
            end=end,
            published=past.published,
            theme="children who need help",
            improvements=items(past.improvements, past.seed),
            priorities=priorities(past.priorities, past.seed),
        )
    )


PRINTERS: Final[Mapping[Kind, Callable[[Past], bytes]]] = {
    Kind.ILACS_INSPECTION: _ilacs,
    Kind.SIF_INSPECTION: _sif,
    Kind.AREA_SEND_INSPECTION: _send,
    Kind.JTAI_LETTER: _jtai,
}


def file_id(day: date, number: int) -> str:
    """An id that grows with the day of publication, as the real ones do."""
    return str(50_000_000 + (day - FIRST_DAY).days * ROOM_A_DAY + number)


def publications(past: Iterable[Past] = PAST) -> Iterator[Publication]:
    """The histories as the site lists them; each document is printed when it is first asked for."""
    numbers: dict[date, count[int]] = {}
    for one in past:
        yield Publication(
            urn=one.authority.urn,
            title=TITLES[one.kind],
            published=one.published,
            file_id=file_id(one.published, next(numbers.setdefault(one.published, count()))),
            body=partial(PRINTERS[one.kind], one),
        )


def build_site(histories: int | None = None, *, validators: bool = False, documents: int = 0) -> Site:
    """All current authorities with their histories, or only so many histories: first the scenes', then by name.

    Each authority has at least so many `documents`: what its history lacks is filled up with invented letters.
    """
    first = [scene.urn for scene in SCENES.values()]
    ranked = sorted(
        REGISTRY.current, key=lambda one: (first.index(one.urn) if one.urn in first else len(first), one.name)
    )
    told = {one.urn for one in ranked[:histories]}
    providers = [Provider(urn=one.urn, name=one.name, registered=one.opened) for one in REGISTRY.current]
    site = Site(providers, publications(one for one in PAST if one.authority.urn in told), validators=validators)
    there = Counter(one.urn for one in site.published)
    for authority in REGISTRY.current:
        for letter in _letters(authority, documents - there[authority.urn]):
            site.publish(letter)
    return site


def _letters(authority: Authority, number: int) -> Iterator[Publication]:
    """Invented letters on focused visits, one every half year from 2018 on."""
    for place in range(number):
        day = FIRST_LETTER + timedelta(weeks=26 * place)
        yield Publication(
            urn=authority.urn,
            title=TITLES[Kind.ILACS_FOCUSED_VISIT],
            published=day,
            file_id=f"9{authority.urn.zfill(7)}{place:03}",
            body=partial(_visit, authority, day, None, None),
        )


def _days_of(published: date, length: int) -> tuple[date, date]:
    """An inspection that ended on the Friday about 39 days before, as most do, and lasted so many days."""
    end = published - timedelta(days=39)
    end -= timedelta(days=(end.weekday() - 4) % 7)
    return end - timedelta(days=length - 1), end


def _inspection_of_west_sussex(authority: Authority, published: date) -> bytes:
    """After March 2023: help and protection and care leavers improved, children in care declined, leadership same."""
    start, end = _days_of(published, 12)
    grades: dict[str, Graded] = {
        "leadership": Grade.GOOD,
        "help_and_protection": Grade.GOOD,
        "in_care": Grade.REQUIRES_IMPROVEMENT,
        "care_leavers": Grade.OUTSTANDING,
    }
    if start < THIRD_EDITION:
        grades["overall"] = Grade.GOOD
    return ilacs_report(
        Ilacs(
            authority=place(authority),
            council=council(authority),
            start=start,
            end=end,
            inspectors=SPECIMENS[:1],
            grades=grades,
            improvements=items(4, authority.urn),
            previous=(Grade.REQUIRES_IMPROVEMENT, 2023),
            invented=True,
        )
    )


def _visit(authority: Authority, published: date, number: int | None, judged: tuple[Grade, date] | None) -> bytes:
    start, end = _days_of(published, 2)
    return visit_letter(
        Visit(
            authority=place(authority),
            council=council(authority),
            start=start,
            end=end,
            published=published,
            inspectors=SPECIMENS[:2],
            areas=("children at risk outside the home", "children who go missing"),
            improvements=items(3, authority.urn) if number is None else (),
            priorities=priorities(1, authority.urn) if number is None else (),
            visit_number=number,
            judged=judged,
            invented=True,
        )
    )


def _send_again(authority: Authority, published: date) -> bytes:
    start, end = _days_of(published, 5)
    return send_report(
        Send(
            authority=place(authority),
            council=council(authority),
            start=start,
            end=end,
            outcome=Outcome.INCONSISTENT,
            inspectors=SPECIMENS[:1],
            improvements=items(4, authority.urn),
            invented=True,
        )
    )


def _joint(authority: Authority, published: date) -> bytes:
    start, end = _days_of(published, 5)
    return jtai_letter(
        Jtai(
            authority=place(authority),
            start=start,
            end=end,
            published=published,
            theme="children who live with domestic abuse",
            improvements=items(5, authority.urn),
            priorities=priorities(1, authority.urn),
            invented=True,
        )
    )


def _staged(number: int, urn: str, kind: Kind, body: Callable[[Authority, date], bytes], day: date) -> Publication:
    authority = REGISTRY.by_urn(urn)
    assert authority is not None, urn
    return Publication(
        urn=urn,
        title=TITLES[kind],
        published=day,
        file_id=file_id(day, ROOM_A_DAY // 2 + number),
        body=partial(body, authority, day),
    )


_SCENES: Final[tuple[tuple[str, str, str, Kind, Callable[[Authority, date], bytes]], ...]] = (
    (
        "west-sussex",
        "80578",
        "an invented inspection report on West Sussex: two judgements better than in 2023, one worse",
        Kind.ILACS_INSPECTION,
        _inspection_of_west_sussex,
    ),
    (
        "focused-visit",
        "80460",
        "an invented letter on Derbyshire with an area for priority action",
        Kind.ILACS_FOCUSED_VISIT,
        partial(_visit, number=None, judged=None),
    ),
    (
        "monitoring-visit",
        "80461",
        "an invented letter on the third monitoring visit to Devon",
        Kind.ILACS_MONITORING_VISIT,
        partial(_visit, number=3, judged=(Grade.INADEQUATE, date(2025, 5, 1))),
    ),
    (
        "send",
        "80565",
        "an invented area SEND report on Suffolk, whose last one found systemic failings",
        Kind.AREA_SEND_INSPECTION,
        _send_again,
    ),
    (
        "joint-inspection",
        "80418",
        "an invented letter on a joint inspection in Norfolk with an area for priority action",
        Kind.JTAI_LETTER,
        _joint,
    ),
)

SCENES: Final[Mapping[str, Scene]] = {
    name: Scene(name=name, urn=urn, says=says, stage=partial(_staged, number, urn, kind, body))
    for number, (name, urn, says, kind, body) in enumerate(_SCENES)
}
"""What can be published next. Staged again on the same day, a scene replaces itself."""
