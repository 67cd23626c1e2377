"""Which authority a document is about, from the words printed on its front."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from judgements.authorities import REGISTRY, Ambiguous, Authority, Found
from judgements.flow import Flow
from judgements.frameworks import Form
from judgements.recognise import titles_of

_NOT_A_NAME = re.compile(r"[\d\s•.]*|.*\bofsted\b.*", re.IGNORECASE)
_OWNING = re.compile(r"['’‘]s$|(?<=s)['’‘]$")
"""What is added to a name before what is its own: "Shropshire Council’s children’s services"."""
_GOES_ON = re.compile(
    r".*(?:[-&]|\b(?:and|of|upon|on|in|with|the|isle|isles|greater|mid|north|east|south|west))",
    re.IGNORECASE,
)
"""The end of a line after which no name begins: what follows it is the rest of one."""
LONGEST_NAME = 200
"""Characters; what is longer is not the name of a place, and not worth repeating."""
LINES_ABOVE = 4
"""A name may be wrapped, and a page number or an emblem's text may stand above it."""
_TWO = "Two authorities may be meant on the front page: “{first}” and “{second}”."


def place(flow: Flow, form: Form, front_end: int, on: date | None) -> tuple[str | None, str | None, tuple[str, ...]]:
    """URN, the words printed, and problems. `on` is a day on which the authority was inspected."""
    failed: list[tuple[str, Found]] = []
    for before, name in _names(flow, form, front_end):
        found = REGISTRY.printed(name, on)
        if isinstance(found, Authority):
            other = _another(found, failed, on) or _beside(found, before, on)
            return (
                (found.urn, name, ()) if other is None else (None, name, (_TWO.format(first=other.name, second=name),))
            )
        failed.append((name, found))
    if not failed:
        return None, None, ("The front page does not say which authority it is about.",)
    printed, found = next((one for one in failed if isinstance(one[1], Ambiguous)), failed[0])
    return None, printed, (_problem(printed, found),)


def _another(found: Authority, failed: Sequence[tuple[str, Found]], on: date | None) -> Authority | None:
    """Another authority whose name is the beginning of longer words that were no name, before this one's."""
    for longer, _ in failed:
        words = longer.split()
        for end in range(len(words) - 1, 0, -1):
            before = REGISTRY.printed(" ".join(words[:end]), on)
            if isinstance(before, Authority):
                return None if before.urn == found.urn else before
    return None


def _beside(found: Authority, before: str, on: date | None) -> Authority | None:
    """Another authority in the words that lead to the name: "children from Leicestershire placed in Leicester"."""
    return next((one for one in REGISTRY.mentioned(before, on) if one.urn != found.urn), None)


def _problem(printed: str, found: Found) -> str:
    if isinstance(found, Ambiguous):
        names = ", ".join(one.name for one in found.candidates)
        return f"“{printed}” can be more than one authority: {names}."
    return f"“{printed}” is not the name of an authority known here."


def _names(flow: Flow, form: Form, front_end: int) -> Iterator[tuple[str, str]]:
    """The words that may be the name, after those that lead to them.

    Where the name can stand above the title, prose about somebody is never it.
    """
    titles = [title.start() for title in titles_of(flow, form)]
    for match in flow.search(form.authority, begin=min(titles, default=front_end), end=front_end):
        if match.start() in titles[:1] or not form.authority_above:
            begin = match.start("authority")
            yield (
                flow.text[match.start() : begin],
                _OWNING.sub("", flow.text[begin : match.end("authority")].strip(" ,.")),
            )
    for title in titles if form.authority_above else ():
        names = list(_above(flow, flow.line_at(title)))
        yield from (("", name) for name in names)
        if names:
            return


def _above(flow: Flow, line: int) -> Iterator[str]:
    """The lines over a line, joined: all of them, then one fewer from the top each time, but never half a name."""
    lines = [line for line in flow.lines[max(0, line - LINES_ABOVE) : line] if not _NOT_A_NAME.fullmatch(line)]
    for first in range(len(lines)):
        name = " ".join(lines[first:])
        if len(name) <= LONGEST_NAME and not (first and _GOES_ON.fullmatch(lines[first - 1])):
            yield name
