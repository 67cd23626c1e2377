"""The nine regions of England: who is in them, and what people call them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from judgements.authority import Authority, Region
from judgements.names import spell, squeeze

REGIONS_ALSO: Mapping[str, str] = {
    "east": "East of England",
    "eastern": "East of England",
    "eastern england": "East of England",
    "east anglia": "East of England",
    "ee": "East of England",
    "eoe": "East of England",
    "east mids": "East Midlands",
    "em": "East Midlands",
    "greater london": "London",
    "ne": "North East",
    "nw": "North West",
    "se": "South East",
    "sw": "South West",
    "west mids": "West Midlands",
    "wm": "West Midlands",
    "humber": "Yorkshire and the Humber",
    "yorkshire": "Yorkshire and the Humber",
    "yorkshire and humber": "Yorkshire and the Humber",
    "yorkshire and humberside": "Yorkshire and the Humber",
    "yorks and humber": "Yorkshire and the Humber",
    "y and h": "Yorkshire and the Humber",
    "yh": "Yorkshire and the Humber",
}
"""Other names of regions that people type, already spelled."""
AFTER_A_REGION = (" region", " england")
"""What people say after the name of one."""


def regions(authorities: Iterable[Authority]) -> tuple[Region, ...]:
    """The regions that these are in, by name, each with its members in the order given."""
    members: dict[str, list[Authority]] = {}
    for one in authorities:
        members.setdefault(one.region, []).append(one)
    return tuple(Region(name=name, authorities=tuple(members[name])) for name in sorted(members))


def region_names(among: Iterable[Region]) -> Mapping[str, Region]:
    """The regions by each of their names, squeezed."""
    named = {region.name: region for region in among}
    also = {squeeze(other): named[name] for other, name in REGIONS_ALSO.items() if name in named}
    return {squeeze(spell(name)): region for name, region in named.items()} | also


def named_region(names: Mapping[str, Region], text: str) -> Region | None:
    """The one of `region_names` that `text` names, also as "the South East region"."""
    name = spell(text).removeprefix("the ")
    forms = (name, *(name.removesuffix(ending) for ending in AFTER_A_REGION))
    return next((names[squeeze(form)] for form in forms if squeeze(form) in names), None)
