"""What a command is, and what may be typed: the types of the table that `commands.VERBS` is.

To add a command: a frozen dataclass with a method `answer`, a function that makes it of what was typed after its verb,
and a `Verb` that names both and stands in the tuple `VERBS` of its module. Help, the hints for a mistyped verb,
`docs/commands.md` and the README's table are made from it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol, runtime_checkable

from bot import words
from bot.types import Asker, Button, Card, Line, Paragraph, Reply
from judgements.authorities import REGISTRY, Registry
from storage.store import Store

MOST_ECHOED = 60
"""Characters of what somebody typed that are repeated in an answer."""
EXAMPLE = "west-sussex"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """With what a command is answered, when, and for whom: nobody, at a terminal where no channel was named."""

    store: Store
    now: datetime
    asker: Asker | None = None

    @property
    def today(self) -> date:
        """The day in London."""
        return words.london_day(self.now)

    @property
    def registry(self) -> Registry:
        """The authorities as they are on that day."""
        return REGISTRY.on(self.today)

    @property
    def in_slack(self) -> bool:
        return self.asker is not None and not self.asker.is_at_terminal

    @property
    def has_channel(self) -> bool:
        return self.asker is not None and self.asker.channel != ""

    @property
    def command(self) -> str:
        """What is typed before a command, where the asker is."""
        if self.in_slack:
            return words.COMMAND
        channel = self.asker.channel if self.asker else ""
        return words.TERMINAL_IN.format(channel=channel) if channel else words.TERMINAL


@runtime_checkable
class Command(Protocol):
    """Something that was asked for: a frozen dataclass that holds what was typed, taken apart but not looked up."""

    def answer(self, asked: Asked, /) -> Reply:
        """The reply, after the command was carried out. May raise `StorageError`."""
        ...


@dataclass(frozen=True, slots=True)
class Usage:
    """What was typed is no command: `form` names the mistake and the next thing to type.

    `form` is a template of `words`, filled with `verb`, an example and the way of asking; `instead` is the command
    that may have been meant, "" where nothing is like it.
    """

    form: str
    verb: str
    instead: str = ""

    def answer(self, asked: Asked) -> Reply:
        said = self.form.format(verb=echo(self.verb), command=asked.command, slug=EXAMPLE, instead=echo(self.instead))
        if not self.instead:
            return refused(said)
        return question(said, [Button(label=self.instead, command=self.instead)], words.PRESS_ONE, asked)


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One way to type a command: an example that works as it stands (without /judgements), and what it does."""

    usage: str
    does: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """One command of the table.

    `parse` takes what was typed after the verb, on one line and without spaces around it ("" if nothing was).
    `alone` and `takes` say whether the verb may stand alone and whether something may follow it; they decide for which
    mistyped verb it is offered. `also` are words for it that are not merely mistyped: they are asked about too.
    `of_channel`: it concerns a channel, which has to be named at a terminal.
    """

    name: str
    parse: Callable[[str], Command]
    forms: tuple[Form, ...]
    alone: bool = False
    takes: bool = True
    also: tuple[str, ...] = ()
    of_channel: bool = False


def without_more(name: str, command: Callable[[], Command]) -> Callable[[str], Command]:
    """The parser of a verb that nothing may follow."""
    return lambda rest: Usage(words.NOTHING_FOLLOWS, name) if rest else command()


_LITTLE = re.compile(r"^(?:(?:of|for|on|about|in)\s+)+(?=\S)", re.IGNORECASE)


def about(rest: str) -> str:
    """A name without the little word before it: "for kent", "of the isle of wight". No name begins with one."""
    return _LITTLE.sub("", rest)


def echo(typed: str) -> str:
    """What somebody typed, as far as it is repeated."""
    return typed if len(typed) <= MOST_ECHOED else typed[:MOST_ECHOED] + "…"


def told(*lines: str) -> Card:
    """A card of a few plain lines."""
    return Card(title="", sentence=" ".join(lines), blocks=(Paragraph(tuple((line,) for line in lines)),))


def refused(*lines: str) -> Reply:
    """The command cannot be carried out as it was typed, and why."""
    return Reply(card=told(*lines), answered=False)


def question(said: str, buttons: list[Button], press: str, asked: Asked) -> Reply:
    """A question with a button for each answer; a terminal lists the commands instead."""
    lines: tuple[Line, ...] = ((said,), (press if asked.in_slack else words.TRY,))
    card = Card(title="", sentence=said, blocks=(Paragraph(lines),), buttons=tuple(buttons))
    return Reply(card=card, answered=False)
