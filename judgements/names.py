"""How names of authorities are written: one spelling to compare them in, and the pieces they are dressed up with."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from rapidfuzz import fuzz

FEWEST_LETTERS = 4
"""From so many letters on, the beginning of a word is worth completing: "notting", but not "sto"."""
LETTERS_OF_A_BEGINNING = 7
"""From so many letters on, what was typed may be a mistyped beginning: "glouster"."""
MOST_OF_AN_END = 5
"""Words at either end of what was typed that may be a name while the rest is not."""
COMMON_WORDS = frozenset(
    ["and", "borough", "city", "county", "east", "north", "of", "on", "south", "the", "upon", "west", "with"]
)
"""Words that by themselves say nothing about which authority is meant."""


class Says(Enum):
    """What a piece of a name says of the kind of authority."""

    LONDON = "a London borough"
    METROPOLITAN = "a metropolitan district"
    COUNTY = "a county, or an authority that has a county's duties"
    UNITARY = "an authority that is county and district in one"
    NO_COUNTY = "a city, a borough or a district, so no county"
    A_BODY = "an authority, of whatever kind"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of tidying a name: what it is for, the pattern, and what the match becomes.

    `says` is what can be told from a name that had this piece.
    """

    name: str
    pattern: re.Pattern[str]
    becomes: str = ""
    says: Says | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """A name, or what is left of it, and what the pieces that were taken off say."""

    name: str
    says: frozenset[Says] = frozenset()


SPELLING = (
    Step("characters nobody sees", re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")),
    Step("accents", re.compile("[\u0300-\u036f]")),
    Step("apostrophes come in several shapes or not at all", re.compile("['\u2018\u2019\u02bc`]")),
    Step("an ampersand or a plus is read aloud", re.compile("[&+]"), " and "),
    Step("hyphens, commas, full stops, brackets and line ends separate words", re.compile(r"[\W_]+"), " "),
    Step("a saint is never written out here", re.compile(r"\bsaint\b"), "st"),
    Step("nothing at the ends", re.compile("^ | $")),
)
"""Applied to every name, in this order; afterwards two spellings of one name are equal."""

DRESS = (
    Step("what a number is", re.compile("^(ofsted )?(urn|la code|ons code) (?=[0-9e])")),
    Step("the article", re.compile("^the ")),
    Step("the form of a company", re.compile(" (ltd|limited|cic)$")),
    Step("the area of a joint inspection", re.compile(" (send )?(local )?area( send)?( partnership)?$")),
    Step(
        "the board",
        re.compile(
            r" (local |integrated |multi agency )?safeguarding (adults and |people |families )?"
            r"(childrens? )?(and adults )?(multi agency )?(board|partnership)$"
        ),
        says=Says.A_BODY,
    ),
    Step("the board, in letters", re.compile(" (lscb|lscp|scb|scp)$"), says=Says.A_BODY),
    Step("a trust that runs the services", re.compile(" children( and families|s( services)?) trust$")),
    Step("a company that runs the services", re.compile(" children first$")),
    Step(
        "what was inspected",
        re.compile(
            " childrens (social care |social work )?(services?|department|directorate)$| childrens social care$"
        ),
    ),
    Step("a way of working", re.compile(" co ?operative(?= council$)")),
    Step("the kind of body", re.compile(" (local authority|la|council|corporation)$"), says=Says.A_BODY),
    Step("the kind of body, in letters", re.compile(" (mbc|mdc)$"), says=Says.METROPOLITAN),
    Step("a borough or a district, in letters", re.compile(" (bc|dc)$"), says=Says.NO_COUNTY),
    Step("a city or a county, in letters", re.compile(" cc$"), says=Says.A_BODY),
    Step("county and district in one", re.compile(" (unitary authority|unitary|ua)$"), says=Says.UNITARY),
    Step(
        "a metropolitan place, after the name",
        re.compile(" metropolitan( borough| district)?$"),
        says=Says.METROPOLITAN,
    ),
    Step("a London borough, after the name", re.compile(" (london|royal) borough$"), says=Says.LONDON),
    Step("a borough or a city, after the name", re.compile(" (borough|district|city)$"), says=Says.NO_COUNTY),
    Step("a county, after the name", re.compile(" county$"), says=Says.COUNTY),
    Step("a city, as a list turns it round", re.compile(" city( and county)? of$"), says=Says.NO_COUNTY),
    Step("a county, as a list turns it round", re.compile(" county of$"), says=Says.COUNTY),
    Step("who the council is in law", re.compile("^mayor( aldermen)? and (citizens|burgesses) of (the )?")),
    Step("the council, before the name", re.compile("^(council|corporation) (of|for) (the )?"), says=Says.A_BODY),
    Step(
        "a London borough, before the name",
        re.compile("^((royal|london) )+borough( council)? of |^(lb|rb) (of )?"),
        says=Says.LONDON,
    ),
    Step(
        "a metropolitan place, before the name",
        re.compile("^metropolitan (borough|district)( council)? of "),
        says=Says.METROPOLITAN,
    ),
    Step("a borough, before the name", re.compile("^borough( council)? of (the )?"), says=Says.NO_COUNTY),
    Step("a city, before the name", re.compile("^city( and county)?( council)? of (the )?"), says=Says.NO_COUNTY),
    Step("a county, before the name", re.compile("^county( council)? of |^county "), says=Says.COUNTY),
)
"""What may be taken off a name that is not known as it stands, one piece at a time, until it is known.

Taken from the front pages of 425 reports ("City of Bradford Metropolitan District Council", "Wakefield District
Metropolitan Council", "Cheshire East Unitary Authority", "Council of the Isles of Scilly"), from the lists of the
Office for National Statistics ("Herefordshire, County of", "Medway UA") and from the names of boards and trusts.
"""

JOINTS = (" and ", " on behalf of ", " for ")
"""What stands between the names of two bodies."""

_HEAD = re.compile("(.+?) (upon|on|with|and) ")


def spell(text: str) -> str:
    """`text` in the one spelling in which names are compared: lower case, words separated by single spaces."""
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).casefold()
    for step in SPELLING:
        text = step.pattern.sub(step.becomes, text)
    return unicodedata.normalize("NFC", text)


def undress(name: str, says: frozenset[Says] = frozenset()) -> Iterator[Form]:
    """`name`, already spelled, and what is left of it after each piece that can be taken off."""
    yield Form(name, says)
    for step in DRESS:
        bare = step.pattern.sub("", name)
        if bare != name:
            yield from undress(bare, says | {step.says} if step.says else says)
            return


def squeeze(name: str) -> str:
    """`name`, already spelled, for fingers that forget spaces and "and"."""
    return "".join(word for word in name.split() if word != "and")


def head(name: str) -> tuple[str, str] | None:
    """How a long name is cut short, and the word at which: "southend" and "on"; None for one that is not cut."""
    found = _HEAD.match(name)
    return (found[1], found[2]) if found else None


def halves(name: str) -> Iterator[tuple[str, str]]:
    """The two names that `name`, already spelled, may be put together from, for each place where it may be."""
    for joint in JOINTS:
        place = name.find(joint)
        while place >= 0:
            yield name[:place], name[place + len(joint) :]
            place = name.find(joint, place + 1)


def ends(name: str) -> tuple[str, ...]:
    """The name, and its first and its last words as long as they are few."""
    words = name.split()
    lengths = range(1, min(len(words), MOST_OF_AN_END + 1))
    return (name, *(" ".join(part) for n in lengths for part in (words[:n], words[-n:])))


def likeness(typed: str, name: str) -> float:
    """How like `name` what was typed is, from 0 to 100; both are spelled. A long word of the name may stand for it."""
    if typed in COMMON_WORDS:
        return 0.0
    named = [name, *(word for word in name.split() if len(word) > FEWEST_LETTERS and word not in COMMON_WORDS)]
    if len(typed) >= FEWEST_LETTERS and any(one.startswith(typed) for one in named):
        return 100.0
    if len(typed) >= LETTERS_OF_A_BEGINNING:
        named += [one[: len(typed) + more] for one in named for more in (1, 2) if len(one) > len(typed) + more]
    return max(fuzz.ratio(typed, one) for one in named)
