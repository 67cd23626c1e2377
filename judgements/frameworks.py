"""What is known of each inspection framework, read from `frameworks/*.toml`: one file, one framework.

The Python here knows no framework. A file with a key it does not know, or without one it needs, is a `TypeError` or
`KeyError` when the module is loaded. `docs/frameworks.md` says how to add one.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib import resources
from re import Pattern
from types import MappingProxyType
from typing import Any

from judgements.types import Grade


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """One thing a framework judges.

    `theme` is its stable key, the same in every framework where it means the same. `compares_with` names the themes
    of other editions or older frameworks it may be set beside: the parent of a split judgement, or a cousin; none
    means that it can only be compared with itself. `printed` is how reports word it.
    """

    theme: str
    label: str
    printed: Pattern[str]
    compares_with: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """A framework between two of its own boundaries. `first` and `last` are days on which an inspection began."""

    key: str
    first: date | None
    last: date | None
    areas: tuple[Area, ...]
    overall: Area | None

    @property
    def has_overall(self) -> bool:
        return self.overall is not None

    def covers(self, day: date) -> bool:
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True, kw_only=True)
class Framework:
    """One inspection framework: its scale (best grade first) and its editions, oldest first."""

    key: str
    name: str
    scale: tuple[Grade, ...]
    editions: tuple[Edition, ...]


def pattern(words: str) -> Pattern[str]:
    """A pattern as framework files write it: an apostrophe or a dash stands for each of its kind."""
    return re.compile(words.replace("'", "['’‘]"))


def area(framework: str, edition: str, theme: str) -> Area | None:
    """The area with this theme in one edition of a framework; None where that edition does not judge it."""
    for candidate in FRAMEWORKS[framework].editions:
        if candidate.key == edition:
            return next((area for area in candidate.areas if area.theme == theme), None)
    return None


def _area(data: dict[str, Any]) -> Area:
    return Area(
        **data | {"printed": pattern(data["printed"]), "compares_with": tuple(data["compares_with"])},
    )


def _edition(data: dict[str, Any], areas: Mapping[str, Area]) -> Edition:
    return Edition(
        key=data["key"],
        first=data.get("from"),
        last=data.get("until"),
        areas=tuple(areas[theme] for theme in data["areas"]),
        overall=areas[data["overall"]] if "overall" in data else None,
    )


def load(text: str) -> Framework:
    """A framework from the text of its file."""
    data = tomllib.loads(text)
    areas = {item["theme"]: _area(item) for item in data["areas"]}
    return Framework(
        key=data["key"],
        name=data["name"],
        scale=tuple(map(Grade, data["scale"])),
        editions=tuple(_edition(item, areas) for item in data["editions"]),
    )


def _load_all() -> Mapping[str, Framework]:
    folder = resources.files("judgements") / "frameworks"
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)
    return MappingProxyType({item.key: item for item in (load(file.read_text("utf-8")) for file in files)})


FRAMEWORKS: Mapping[str, Framework] = _load_all()
