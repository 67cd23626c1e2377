"""The registry of English local authorities: from a name, as a person types or a document prints it, to one authority.

A wrong authority is worse than a question, so nothing here guesses: a name is found, or it is ambiguous and the
candidates are named, or it is unknown and (for people) the nearest names are offered. The facts stand in
`authorities.csv`; how names are dressed up ("London Borough of …", "… Metropolitan District Council") in `SPELLING`
and `DRESS`.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from importlib import resources

from rapidfuzz import fuzz

MOST_NEAREST = 5
NEAR_ENOUGH = 75.0
"""From this likeness (of 100) on, a name is worth offering to somebody who mistyped one: "kemt" for Kent, not "hello"
for Hull."""
FEWEST_LETTERS = 4
"""From so many letters on, the beginning of a word is worth completing: "notting", but not "sto"."""
MOST_WORDS = 30
"""So many words of a text are looked through for several names."""


class AuthorityType(StrEnum):
    COUNTY = "County"
    LONDON_BOROUGH = "London Borough"
    METROPOLITAN_DISTRICT = "Metropolitan District"
    UNITARY_AUTHORITY = "Unitary Authority"


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """A local authority with children's services. `urn` is Ofsted's number for it and its identity.

    `name` is the Office for National Statistics' spelling ("Bristol, City of"), `spoken` the name as people say it and
    read it in a sentence ("Bristol"). `aliases` are other names documents print, `nicknames` ones only people type; a
    nickname that several share ("Berkshire") is a question. `neighbours` are the URNs of its ten statistical
    neighbours, nearest first (none for an abolished one). `opened` is known only for those that took over from others;
    `abolished` is the first day on which it was no more, and `successors` the URNs of those that took over.
    """

    urn: str
    name: str
    spoken: str
    la_code: str
    ons_code: str
    type: AuthorityType
    region: str
    aliases: tuple[str, ...] = ()
    nicknames: tuple[str, ...] = ()
    neighbours: tuple[str, ...] = ()
    opened: date | None = None
    abolished: date | None = None
    successors: tuple[str, ...] = ()

    @property
    def slug(self) -> str:
        """The name as it stands in an address or a command: "bristol", "st-helens", "east-riding-of-yorkshire"."""
        return spell(self.spoken).replace(" ", "-")

    def existed(self, day: date) -> bool:
        return (self.opened is None or self.opened <= day) and (self.abolished is None or day < self.abolished)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ambiguous:
    """The name fits each of these authorities."""

    candidates: tuple[Authority, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """No authority has this name. `nearest` (at most five, best first) is only filled for what people type; it is
    empty where nothing is like it."""

    nearest: tuple[Authority, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """The name is that of a whole region, with these authorities in it today."""

    name: str
    authorities: tuple[Authority, ...]


Found = Authority | Ambiguous | Unknown


@dataclass(frozen=True, slots=True)
class Step:
    """One step of tidying a name: what it is for, the pattern, and what the match becomes."""

    name: str
    pattern: re.Pattern[str]
    becomes: str = ""


SPELLING = (
    Step("soft hyphens are invisible", re.compile("\u00ad")),
    Step("apostrophes come in several shapes or not at all", re.compile("['\u2018\u2019\u02bc`]")),
    Step("an ampersand is read aloud", re.compile("&"), " and "),
    Step("hyphens, commas, full stops, brackets and line ends separate words", re.compile(r"[\W_]+"), " "),
    Step("nothing at the ends", re.compile("^ | $")),
)
"""Applied to every name, in this order; afterwards two spellings of one name are equal."""

DRESS = (
    Step("the article", re.compile("^the ")),
    Step("the partnership of an area inspection", re.compile(" local area( partnership)?$")),
    Step("the board", re.compile(" (local )?safeguarding childrens? (board|partnership)$")),
    Step("the board, in letters", re.compile(" (lscb|lscp|scb)$")),
    Step("a trust that runs the services", re.compile(" children( and families|s( services)?) trust$")),
    Step("a company that runs the services", re.compile(" children first$")),
    Step("what was inspected", re.compile(" childrens (social care )?services$| childrens social care$")),
    Step("the kind of body", re.compile(" (local authority|unitary authority|council|corporation)$")),
    Step("the kind of council, in letters", re.compile(" (mbc|mdc|bc|cc|dc)$")),
    Step("the kind of place, after the name", re.compile(" (metropolitan|borough|district|county|city)$")),
    Step("the council, before the name", re.compile("^council of (the )?")),
    Step("the borough, before the name", re.compile("^((royal|london|metropolitan) )*borough of ")),
    Step("the city or county, before the name", re.compile("^(city|county) (and county )?of (the )?|^county ")),
)
"""What may be taken off a name that is not known as it stands, one piece at a time, until it is known.

Taken from the front pages of 425 reports ("City of Bradford Metropolitan District Council", "Wakefield District
Metropolitan Council", "Cheshire East Unitary Authority", "Council of the Isles of Scilly").
"""

COMMON_WORDS = frozenset(
    ["and", "borough", "city", "county", "east", "north", "of", "on", "south", "the", "upon", "west"]
)
"""Words that by themselves say nothing about which authority is meant."""

REGIONS_ALSO: Mapping[str, str] = {"greater london": "London", "east anglia": "East of England"}
"""Other names of regions that people type, already spelled."""


def spell(text: str) -> str:
    """`text` in the one spelling in which names are compared: lower case, words separated by single spaces."""
    text = text.casefold()
    for step in SPELLING:
        text = step.pattern.sub(step.becomes, text)
    return text


def undress(name: str) -> Iterator[str]:
    """`name`, already spelled, and what is left of it after each piece that can be taken off."""
    yield name
    for step in DRESS:
        bare = step.pattern.sub("", name)
        if bare != name:
            yield from undress(bare)
            return


def squeeze(name: str) -> str:
    """`name`, already spelled, for fingers that forget spaces and "and"."""
    return "".join(word for word in name.split() if word != "and")


class Registry:
    """All authorities, those that are no more included, and the ways to them. It never changes."""

    def __init__(self, authorities: Iterable[Authority]) -> None:
        self.all = tuple(authorities)
        self.current = _current(self.all)
        self._by_urn = {authority.urn: authority for authority in self.all}
        self._printed = _index((spell(name), one) for one in self.all for name in (one.name, *one.aliases))
        self._typed = _index((key, one) for one in self.all for key in _typed_keys(one))
        self._spelled = tuple((spell(name), one) for one in self.current for name in (one.name, *one.aliases))
        self._likely = (*self._spelled, *((spell(name), one) for one in self.current for name in one.nicknames))
        self._regions = _regions(self.current)

    def by_urn(self, urn: str) -> Authority | None:
        return self._by_urn.get(urn)

    def printed(self, text: str, on: date | None = None) -> Found:
        """The authority a document means by `text`, however the name is dressed up.

        Strict: apart from spelling (case, "&", hyphens) and dress a name must be known exactly. `on` is a day on which
        the authority existed, such as the first day of the inspection: "Northamptonshire" is one authority in 2016
        and ambiguous without a date.
        """
        forms = tuple(undress(spell(text)))
        if known := _first(self._printed, forms):
            return _one_or_ambiguous(tuple(one for one in known if on is None or one.existed(on)) or known)
        sharing = self._sharing(forms[-1])
        return Ambiguous(candidates=sharing) if len(sharing) > 1 else Unknown()

    def find(self, text: str) -> Found | Region:
        """The authority a person means by `text`: a name, a nickname, a slug, a URN, an ONS code or an LA code.

        A mistyped name is never taken for the name it resembles: it is unknown, with the nearest ones. The answer may
        be an authority that is no more ("Cumbria"), unless the name could mean its successors ("Northamptonshire").
        """
        if (by_urn := self.by_urn(text.strip())) is not None:
            return by_urn
        if known := self._known(spell(text)):
            return _one_or_ambiguous(known)
        if region := self._regions.get(squeeze(spell(text))):
            return region
        bare = tuple(undress(spell(text)))[-1]
        sharing = self._sharing(bare)
        return Ambiguous(candidates=sharing) if len(sharing) > 1 else Unknown(nearest=self._nearest(bare, sharing))

    def several(self, text: str) -> tuple[Authority, ...]:
        """The authorities of today that `text` names one after the other, in that order; () if it does not name two.

        Whatever stands between the names: "west-sussex, kent", "bath and north east somerset and bristol". A name that
        may mean several authorities counts once and gives each of them.
        """
        words = spell(text).split()[:MOST_WORDS]
        named: list[tuple[Authority, ...]] = []
        place = 0
        while place < len(words):
            length, found = self._longest(words[place:])
            named.extend([found] if found else [])
            place += length
        return tuple(dict.fromkeys(one for found in named for one in found)) if len(set(named)) > 1 else ()

    def _longest(self, words: list[str]) -> tuple[int, tuple[Authority, ...]]:
        """How many of the first `words` make a name, as many as possible, and whose; one word and () if none do."""
        runs = ((length, self._known(" ".join(words[:length]))) for length in range(len(words), 0, -1))
        found = ((length, today) for length, known in runs if (today := _current(known)))
        return next(found, (1, ()))

    def _known(self, name: str) -> tuple[Authority, ...]:
        """Whose name this is exactly, however dressed up: of several, those that are still there."""
        forms = tuple(undress(name))
        known = _first(self._typed, forms) or _first(self._typed, map(squeeze, forms))
        return _current(known) or known

    def _sharing(self, words: str) -> tuple[Authority, ...]:
        """The authorities in whose name `words` stand: two for "Sussex", none for "North East"."""
        if COMMON_WORDS.issuperset(words.split()):
            return ()
        return tuple(dict.fromkeys(one for name, one in self._spelled if f" {words} " in f" {name} "))

    def _nearest(self, name: str, sharing: tuple[Authority, ...]) -> tuple[Authority, ...]:
        scored = sorted(((likeness(name, known), one) for known, one in self._likely), key=lambda pair: -pair[0])
        near = dict.fromkeys((*sharing, *(one for score, one in scored if score >= NEAR_ENOUGH)))
        return tuple(near)[:MOST_NEAREST]


def likeness(typed: str, name: str) -> float:
    """How like `name` what was typed is, from 0 to 100; both are spelled. A long word of the name may stand for it."""
    if typed in COMMON_WORDS:
        return 0.0
    named = [name, *(word for word in name.split() if len(word) > FEWEST_LETTERS and word not in COMMON_WORDS)]
    if len(typed) >= FEWEST_LETTERS and any(one.startswith(typed) for one in named):
        return 100.0
    return max(fuzz.ratio(typed, one) for one in named)


def _current(authorities: Iterable[Authority]) -> tuple[Authority, ...]:
    return tuple(one for one in authorities if one.abolished is None)


def _regions(current: Iterable[Authority]) -> Mapping[str, Region]:
    """The regions by their names, squeezed."""
    members: dict[str, list[Authority]] = {}
    for one in current:
        members.setdefault(one.region, []).append(one)
    regions = {name: Region(name=name, authorities=tuple(ones)) for name, ones in members.items()}
    also = {squeeze(other): regions[name] for other, name in REGIONS_ALSO.items() if name in regions}
    return {squeeze(spell(name)): region for name, region in regions.items()} | also


def _typed_keys(one: Authority) -> Iterator[str]:
    names = (spell(name) for name in (one.name, one.slug, *one.aliases, *one.nicknames, one.la_code, one.ons_code))
    for name in names:
        yield from (name, squeeze(name))


def _index(named: Iterable[tuple[str, Authority]]) -> Mapping[str, tuple[Authority, ...]]:
    index: dict[str, dict[Authority, None]] = {}
    for name, one in named:
        index.setdefault(name, {})[one] = None
    return {name: tuple(ones) for name, ones in index.items()}


def _first(index: Mapping[str, tuple[Authority, ...]], forms: Iterable[str]) -> tuple[Authority, ...]:
    return next((index[form] for form in forms if form in index), ())


def _one_or_ambiguous(found: tuple[Authority, ...]) -> Found:
    return found[0] if len(found) == 1 else Ambiguous(candidates=found)


def _authorities(table: str) -> Iterator[Authority]:
    for row in csv.DictReader(table.splitlines()):
        yield Authority(
            urn=row["urn"],
            name=row["name"],
            spoken=row["spoken"] or row["name"],
            la_code=row["la_code"],
            ons_code=row["ons_code"],
            type=AuthorityType(row["type"]),
            region=row["region"],
            aliases=_listed(row["also_printed"], "; "),
            nicknames=_listed(row["also_typed"], "; "),
            neighbours=_listed(row["neighbours"], " "),
            opened=_day(row["opened"]),
            abolished=_day(row["abolished"]),
            successors=_listed(row["successors"], " "),
        )


def _listed(cell: str, between: str) -> tuple[str, ...]:
    return tuple(cell.split(between)) if cell else ()


def _day(cell: str) -> date | None:
    return date.fromisoformat(cell) if cell else None


REGISTRY = Registry(_authorities(resources.files(__package__).joinpath("authorities.csv").read_text(encoding="utf-8")))
