"""What the registry is made of: authorities, and the answers to "which one is that?"."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from judgements.names import spell


class AuthorityType(StrEnum):
    COUNTY = "County"
    LONDON_BOROUGH = "London Borough"
    METROPOLITAN_DISTRICT = "Metropolitan District"
    UNITARY_AUTHORITY = "Unitary Authority"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerName:
    """A name that an authority bore; `until` is the first day on which it bore another."""

    name: str
    until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """A local authority with children's services, of today, of the past or to come.

    `urn` is Ofsted's number for it and its identity. Where no number is known it is a key of our own, such as
    "east-surrey-from-2027" (`provisional`); the key stays good when the number is known (`keyed_before`).

    `name` is the Office for National Statistics' spelling ("Bristol, City of"), `spoken` the name as people say it and
    read it in a sentence ("Bristol"). `aliases` are other names documents print, `nicknames` ones only people type; a
    nickname that several share ("Berkshire") is a question. `la_code` and `ons_code` are "" where they are not known;
    `codes_before` are those that once stood for it. `neighbours` are the URNs of its ten statistical neighbours,
    nearest first (none for one that is no more or not yet). `opened` is known only for those that took over from
    others; `abolished` is the first day on which it is no more, and `successors` the keys of those that take over.
    `names_before` are the names it bore earlier, the first one first: it stays the same authority under its new name,
    `name`, which may be one that it is yet to bear.
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
    codes_before: tuple[str, ...] = ()
    keyed_before: tuple[str, ...] = ()
    names_before: tuple[FormerName, ...] = ()

    @property
    def slug(self) -> str:
        """The name as it stands in an address or a command: "bristol", "st-helens", "east-riding-of-yorkshire"."""
        return spell(self.spoken).replace(" ", "-")

    @property
    def provisional(self) -> bool:
        """Whether `urn` is a key of our own, because Ofsted's number is not known."""
        return not self.urn.isdecimal()

    def called(self, day: date) -> str:
        """Its name on that day, as people say it."""
        return next((former.name for former in self.names_before if day < former.until), self.spoken)

    def as_called(self, day: date) -> Authority:
        """The same under the name of that day; its other names are still its own."""
        if self.called(day) == self.spoken:
            return self
        then = self.called(day)
        return replace(self, name=then, spoken=then, aliases=(*self.aliases, self.name, self.spoken))

    def existed(self, day: date) -> bool:
        return not self.is_to_come(day) and not self.is_past(day)

    def is_to_come(self, day: date) -> bool:
        return self.opened is not None and day < self.opened

    def is_past(self, day: date) -> bool:
        return self.abolished is not None and self.abolished <= day


@dataclass(frozen=True, slots=True, kw_only=True)
class Renaming:
    """From `day` on the authority is called `after`, and not `before` any more. For all else nothing changes."""

    day: date
    authority: Authority
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ambiguous:
    """The name fits each of these authorities; for what people type, the most likely first."""

    candidates: tuple[Authority, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """No authority has this name. `nearest` (at most five, best first) is only filled for what people type; it is
    empty where nothing is like it."""

    nearest: tuple[Authority, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """The name is that of a whole region, with the authorities that are in it on the registry's day."""

    name: str
    authorities: tuple[Authority, ...]

    @property
    def slug(self) -> str:
        """ "south-east", "yorkshire-and-the-humber"."""
        return spell(self.name).replace(" ", "-")


Found = Authority | Ambiguous | Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Reorganisation:
    """On `day` those `abolished` are no more, and those `created` take over from them.

    An authority that goes on under its number while its districts are merged into it (North Yorkshire in 2023) is
    neither: for its children's services nothing changes.
    """

    day: date
    abolished: tuple[Authority, ...]
    created: tuple[Authority, ...]


def authorities(table: str) -> Iterator[Authority]:
    """The rows of a table such as `authorities.csv`, whose heads say what stands under them; "" is nothing."""
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
            codes_before=_listed(row["codes_before"], " "),
            keyed_before=_listed(row["keyed_before"], " "),
            names_before=tuple(map(_former, _listed(row["names_before"], "; "))),
        )


def _listed(cell: str, between: str) -> tuple[str, ...]:
    return tuple(cell.split(between)) if cell else ()


def _former(text: str) -> FormerName:
    """ "Old Name until 2028-04-01"."""
    name, _, day = text.rpartition(" until ")
    return FormerName(name=name, until=date.fromisoformat(day))


def _day(cell: str) -> date | None:
    return date.fromisoformat(cell) if cell else None
