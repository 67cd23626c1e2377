"""Which authority a document is about, from the words printed on its front."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from judgements.authorities import REGISTRY, Ambiguous, Authority, Found
from judgements.flow import Flow
from judgements.frameworks import Form
from judgements.recognise import title_of

_NOT_A_NAME = re.compile(r"[\d\s•.]*|.*\bofsted\b.*", re.IGNORECASE)
_GOES_ON = re.compile(
    r".*(?:[-&]|\b(?:and|of|upon|on|in|with|the|isle|isles|greater|mid|north|east|south|west))",
    re.IGNORECASE,
)
"""The end of a line after which no name begins: what follows it is the rest of one."""
LONGEST_NAME = 200
"""Characters; what is longer is not the name of a place, and not worth repeating."""
LINES_ABOVE = 4
"""A name may be wrapped, and a page number or an emblem's text may stand above it."""


def place(flow: Flow, form: Form, front_end: int, on: date | None) -> tuple[str | None, str | None, tuple[str, ...]]:
    """URN, the words printed, and problems. `on` is a day on which the authority was inspected."""
    failed: list[tuple[str, Found]] = []
    for name in _names(flow, form, front_end):
        found = REGISTRY.printed(name, on)
        if isinstance(found, Authority):
            return found.urn, name, ()
        failed.append((name, found))
    if not failed:
        return None, None, ("The front page does not say which authority it is about.",)
    printed, found = next((one for one in failed if isinstance(one[1], Ambiguous)), failed[0])
    return None, printed, (_problem(printed, found),)


def _problem(printed: str, found: Found) -> str:
    if isinstance(found, Ambiguous):
        names = ", ".join(one.name for one in found.candidates)
        return f"“{printed}” can be more than one authority: {names}."
    return f"“{printed}” is not the name of an authority known here."


def _names(flow: Flow, form: Form, front_end: int) -> Iterator[str]:
    """The words that may be the name; where it can stand above the title, prose about somebody is never it."""
    title = title_of(flow, form)
    if title is None:
        return
    for match in flow.search(form.authority, begin=title.start(), end=front_end):
        if match.start() == title.start() or not form.authority_above:
            yield flow.text[match.start("authority") : match.end("authority")].strip(" ,.")
    if form.authority_above:
        yield from _above(flow, flow.line_at(title.start()))


def _above(flow: Flow, line: int) -> Iterator[str]:
    """The lines over a line, joined: all of them, then one fewer from the top each time, but never half a name."""
    lines = [line for line in flow.lines[max(0, line - LINES_ABOVE) : line] if not _NOT_A_NAME.fullmatch(line)]
    for first in range(len(lines)):
        name = " ".join(lines[first:])
        if len(name) <= LONGEST_NAME and not (first and _GOES_ON.fullmatch(lines[first - 1])):
            yield name
