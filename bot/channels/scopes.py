"""What a subscription covers, as one word: an authority, a region, an authority's neighbours, or England. Pure.

A scope is `authority:<urn>`, `region:<key>`, `neighbours:<urn>` or `england`. What happened to an authority also
reaches the scopes of those that it took over from: a subscription outlives a reorganisation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from bot import parts, words
from judgements.authorities import REGISTRY, spell

ENGLAND = "england"
_REGIONS: Mapping[str, str] = {spell(one.region).replace(" ", "-"): one.region for one in REGISTRY.current}


def of_authority(urn: str) -> str:
    return f"authority:{urn}"


def of_neighbours(urn: str) -> str:
    return f"neighbours:{urn}"


def of_region(name: str) -> str:
    """`name` as the registry has it: "South East"."""
    return f"region:{spell(name).replace(' ', '-')}"


@cache
def covered(scope: str) -> frozenset[str]:
    """The URNs that a scope covers, those that took over from a member included; empty for what is no scope."""
    return frozenset(heir for urn in members(scope) for heir in heirs(urn))


def reaching(urn: str) -> tuple[str, ...]:
    """Every scope that covers the authority. One that is not in the registry is part of England all the same."""
    return _reaching().get(urn, (of_authority(urn), ENGLAND))


def heirs(urn: str) -> Iterator[str]:
    """The authority itself, by every key it has had, and all that take over from it."""
    one = REGISTRY.by_urn(urn)
    yield urn
    if one:
        yield from (key for key in (one.urn, *one.keyed_before) if key != urn)
        for heir in one.successors:
            yield from heirs(heir)


def spoken(scope: str) -> str:
    """As it stands in a sentence: "West Sussex", "the region South East", "Kent and its statistical neighbours"."""
    sort, _, of = scope.partition(":")
    if sort == "region":
        return words.REGION_OF.format(region=_REGIONS.get(of, of))
    if scope == ENGLAND:
        return words.ALL_ENGLAND
    name = parts.authority_name(of)
    return words.NEIGHBOURS_OF.format(name=name) if sort == "neighbours" else name


def typed(scope: str) -> str:
    """As it is typed after `subscribe`: "west-sussex", "region south-east", "neighbours kent", "england"."""
    sort, _, of = scope.partition(":")
    one = REGISTRY.by_urn(of)
    name = one.slug if one else of
    return name if sort == "authority" else " ".join(filter(None, (sort, name)))


def members(scope: str) -> Iterator[str]:
    """The URNs that belong to a scope by themselves; nothing for what is no scope."""
    sort, _, of = scope.partition(":")
    one = REGISTRY.by_urn(of)
    match sort:
        case "authority":
            yield of
        case "neighbours":
            yield of
            yield from one.neighbours if one else ()
        case "region":
            yield from (each.urn for each in REGISTRY.all if each.region == _REGIONS.get(of))
        case "england":
            yield from (each.urn for each in REGISTRY.all)


@cache
def _reaching() -> Mapping[str, tuple[str, ...]]:
    sorts = [make(one.urn) for one in REGISTRY.all for make in (of_authority, of_neighbours)]
    found: dict[str, list[str]] = {}
    for scope in (*sorts, *(f"region:{key}" for key in _REGIONS), ENGLAND):
        for urn in covered(scope):
            found.setdefault(urn, []).append(scope)
    return {urn: tuple(scopes) for urn, scopes in found.items()}
