"""Long answers in pages: "page 2" at the end of a command, and the buttons that type it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot import words
from bot.types import Button

_PAGE = re.compile(r"(?:^|[\s,]+)(?:page|pg|p)\.? ?(\d{1,3})$", re.IGNORECASE)
_BARE = re.compile(r"(?:^|\s)(\d{1,2})$")
"""The code of an authority has more digits."""


def page_of(rest: str, *, bare: bool = False) -> tuple[str, int]:
    """What was typed without "page 2" at its end, and that number; 1 where there is none. `bare`: a 2 alone will do."""
    found = _PAGE.search(rest) or (_BARE.search(rest) if bare else None)
    return (rest[: found.start()], int(found[1])) if found else (rest, 1)


def cut(lengths: Iterable[int], most: int, characters: int) -> list[int]:
    """Where each page of a list ends whose items have these lengths: at most `most` items, of so many characters.

    An item that is longer by itself has a page of its own.
    """
    ends: list[int] = []
    begun = length = 0
    for place, one in enumerate(lengths):
        if place > begun and (place - begun == most or length + one > characters):
            ends.append(place)
            begun, length = place, 0
        length += one
    return [*ends, place + 1] if length else ends


def turning(command: str, page: int, pages: int) -> tuple[Button, ...]:
    """The buttons to the pages before and after this one."""
    back = (Button(label=words.PREVIOUS_PAGE, command=f"{command} page {page - 1}"),) if page > 1 else ()
    on = (Button(label=words.NEXT_PAGE, command=f"{command} page {page + 1}"),) if page < pages else ()
    return (*back, *on)
