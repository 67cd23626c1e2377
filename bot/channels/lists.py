"""A list of names as people type and paste them -> the scopes they name, and the names that are not certain. Pure.

Names stand between commas, semicolons, line ends (which arrive as semicolons), "and" or "&", or only spaces. As many
pieces together as make one name are one name: "Bournemouth, Christchurch and Poole", "Brighton & Hove".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from bot import words
from bot.channels import scopes
from judgements.authorities import Ambiguous, Authority, Found, Region, Registry, Unknown, spell
from judgements.names import likeness

MOST_PIECES = 250
MOST_UNSURE = 25
"""So many names that are not known make no list of authorities: it is not read any further."""
LONGEST_NAME = 4
"""Pieces that one name may be cut into by commas and "and"."""
MOST_WORDS = 20
"""So many words without a separator are looked through for several names."""
SURELY_MEANT = 85.0
"""From this likeness (of 100) on, pieces that together are like one name are one mistyped name."""

LONGEST = 100
"""Characters that a name may have, with all its dress."""

_BETWEEN = re.compile(r"(?:\s*[;,/|+&]+\s*|\s+(?:and|plus)\b\s*)+", re.IGNORECASE)
_BULLET = re.compile(r"^(?:[•*·‣▪–—-]+\s*|\d{1,3}[.)]\s+)+")
_REGION = re.compile(r"(?:the )?regions? (?:of )?(.+)|(?:the )?(.+) region|(?:all )?(?:the )?(london) boroughs")
_NEIGHBOURS = re.compile(
    r"(?:the )?(?:statistical )?neighbou?rs?(?: of| for)? (.+)|(.+?)(?: and its)?(?: statistical)? neighbou?rs"
)
_DIRECTIONS = frozenset(["north", "east", "south", "west"])
_ENGLAND = frozenset(
    ["england", "all", "everything", "everyone", "everybody", "all authorities", "all of england", "all england"]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsure:
    """A name that is not that of one authority of today, as it was typed, and what it may mean.

    `before` is what stood before the name: "", "region " or "neighbours ". Where a name is certain and the words beside
    it are not understood, `known` is that name and `beyond` are those words.
    """

    typed: str
    found: Authority | Ambiguous | Unknown
    before: str = ""
    known: str = ""
    beyond: str = ""


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    before: str
    """The separator between this piece and the one before it."""

    @property
    def hard(self) -> bool:
        return ";" in self.before


def names(text: str, registry: Registry) -> tuple[tuple[str, ...], tuple[Unsure, ...]]:
    """The scopes that `text` names on the registry's day, each once, in their order; and what in it is not certain."""
    pieces = list(_pieces(text))[:MOST_PIECES]
    certain: dict[str, None] = {}
    unsure: dict[str, Unsure] = {}
    place = 0
    while place < len(pieces) and len(unsure) < MOST_UNSURE:
        taken, found = _next(pieces[place:], registry)
        for one in found:
            if isinstance(one, Unsure):
                unsure.setdefault(spell(one.typed), one)
            else:
                certain[one] = None
        place += taken
    return tuple(certain), tuple(unsure.values())


def _pieces(text: str) -> Iterator[_Piece]:
    before, start = ";", 0
    for found in (*_BETWEEN.finditer(text), None):
        piece = _BULLET.sub("", text[start : found.start() if found else len(text)].strip(" .:"))
        if piece:
            yield _Piece(piece, before)
            before = ""
        before, start = before + (found[0] if found else ""), found.end() if found else start


def _next(pieces: Sequence[_Piece], registry: Registry) -> tuple[int, Sequence[str | Unsure]]:
    """How many of the first pieces belong together, and what they name."""
    together = list(_together(pieces))
    if shared := _with_the_next(pieces, registry):
        return 1, [shared]
    for length, text in reversed(together):
        if one := (_certain(text, registry) if length == 1 else _joined(text, registry)):
            return length, [one]
    first = _unsure(pieces[0].text, registry)
    if not isinstance(first.found, Unknown):
        return 1, [first]
    if several := _run_together(first.typed, registry):
        return 1, several
    for length, text in reversed(together[1:]):
        found = _find(registry, text)
        if isinstance(found, Unknown) and found.nearest and _is_like(text, found.nearest[0]):
            return length, [Unsure(typed=text, found=found)]
    return 1, [_with_beyond(first, registry)]


def _together(pieces: Sequence[_Piece]) -> Iterator[tuple[int, str]]:
    """The first piece; with the next; and so on, as far as no line ends between them."""
    text = ""
    for length, piece in enumerate(pieces[:LONGEST_NAME], 1):
        if length > 1 and piece.hard:
            return
        text = f"{text}{piece.before}{piece.text}" if text else piece.text
        yield length, text


def _certain(text: str, registry: Registry) -> str | None:
    """The scope that `text` names without any doubt."""
    said = spell(text)
    if said in _ENGLAND:
        return scopes.ENGLAND
    before, name = _taken_apart(said)
    if before == "region ":
        region = registry.region(name)
        return scopes.of_region(region.name) if region else None
    found = _find(registry, name if before else text)
    if isinstance(found, Region) and not before:
        return scopes.of_region(found.name)
    if isinstance(found, Authority) and found.existed(registry.today):
        return scopes.of_neighbours(found.urn) if before else scopes.of_authority(found.urn)
    return None


def _joined(text: str, registry: Registry) -> str | None:
    """The scope of pieces that only together make a name: one that is printed with commas or an "and"."""
    if len(text) > LONGEST:
        return None
    before, name = _taken_apart(spell(text))
    if before == "neighbours " or spell(text) in _ENGLAND:
        return _certain(text, registry)
    region = registry.region(name)
    if region and spell(region.name) == name:
        return scopes.of_region(region.name)
    found = Unknown() if before else registry.printed(text)
    if isinstance(found, Authority) and found.existed(registry.today):
        return scopes.of_authority(found.urn)
    return None


@lru_cache(maxsize=2048)
def _find(registry: Registry, text: str) -> Found | Region:
    """`find`, which is dear for what is no name, and lists repeat themselves. Nobody's name is as long as that."""
    return registry.find(text) if len(text) <= LONGEST else Unknown()


def _taken_apart(said: str) -> tuple[str, str]:
    for before, form in (("region ", _REGION), ("neighbours ", _NEIGHBOURS)):
        if found := form.fullmatch(said):
            return before, next(filter(None, found.groups()))
    return "", said


def _unsure(text: str, registry: Registry) -> Unsure:
    before, name = _taken_apart(spell(text))
    found = _find(registry, name if before else text)
    if before == "region " or isinstance(found, Region):
        found = Unknown()
    return Unsure(typed=name if before else text, found=found, before=before)


def _with_the_next(pieces: Sequence[_Piece], registry: Registry) -> str | None:
    """ "east" before "west sussex" is East Sussex."""
    if len(pieces) < 2 or pieces[1].hard or pieces[0].text.casefold() not in _DIRECTIONS:
        return None
    direction, _, rest = pieces[1].text.partition(" ")
    shares = direction.casefold() in _DIRECTIONS and rest and _certain(pieces[1].text, registry)
    return _certain(f"{pieces[0].text} {rest}", registry) if shares else None


def _run_together(text: str, registry: Registry) -> list[str | Unsure]:
    """The scopes that words without separators name one after the other; [] unless every word belongs to one."""
    found = _runs(text, registry)
    return [scope for _, scope in found] if all(scope for _, scope in found) else []


def _with_beyond(one: Unsure, registry: Registry) -> Unsure:
    """The same with what is understood of it and what is not, if that is so and it is no mistyped name as a whole."""
    found = [] if one.before else _runs(one.typed, registry)
    known = [scopes.spoken(scope) for _, scope in found if scope]
    if not known or (isinstance(one.found, Unknown) and any(_is_like(one.typed, each) for each in one.found.nearest)):
        return one
    return replace(one, known=words.joined(known), beyond=" ".join(word for word, scope in found if not scope))


def _runs(text: str, registry: Registry) -> list[tuple[str, str]]:
    """The words one after the other, as many together as name an authority or (by that word) a region, with its scope;
    a word by itself, with "", where it names none. [] for more words than are looked through."""
    said = text.split()
    found: list[tuple[str, str]] = []
    while said and len(said) <= MOST_WORDS:
        runs = (" ".join(said[:length]) for length in range(min(len(said), 8), 0, -1))
        run, scope = next(((run, one) for run in runs if (one := _certain_by_itself(run, registry))), (said[0], ""))
        found.append((run, scope))
        said = said[len(run.split()) :]
    return found if not said else []


def _certain_by_itself(text: str, registry: Registry) -> str:
    scope = _certain(text, registry) or ""
    is_region = scope.startswith("region:") and "region" in spell(text).split()
    return scope if is_region or scope.startswith("authority:") else ""


def _is_like(text: str, one: Authority) -> bool:
    return max(likeness(spell(text), spell(name)) for name in (one.name, *one.aliases)) >= SURELY_MEANT
