"""The values of the bot's room: what is said, before it is known where.

A `Card` is something to read, made of blocks of lines; `messages.render` makes Block Kit of it and the terminal makes
tables of it. Every text in it may come from a stranger's document or keyboard: whoever renders it escapes it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Strong:
    """Words that stand out."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead somewhere. An address that is not http or https is shown as the words alone."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Person:
    """A member of a Slack workspace, by Slack's own id."""

    id: str


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel of a Slack workspace, by Slack's own id."""

    id: str


@dataclass(frozen=True, slots=True)
class Group:
    """A user group of a Slack workspace, by Slack's own id."""

    id: str


Run = str | Strong | Link | Person | Channel | Group
Line = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A few lines of prose."""

    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bullets:
    """A list under a title. `left_out` is how many further items there are somewhere else, which `elsewhere` names."""

    title: str
    items: tuple[Line, ...]
    left_out: int = 0
    elsewhere: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeRow:
    """One judgement in words: how it moved (sign and words, both "" where nothing was compared), from what, to what.

    `before` and `after` are grades or outcomes in words, "" where that side is missing; `page` is counted from 1.
    `short` is the name in a sentence.
    """

    name: str
    short: str = ""
    sign: str = ""
    movement: str = ""
    before: str = ""
    after: str = ""
    page: int | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Grades:
    """The judgements of one report, the most telling one first."""

    rows: tuple[GradeRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of as many cells as there are columns; an empty cell, `()`, is one with nothing to say."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Line, ...], ...]
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table that is read across: each row has a name and a cell for each column, `()` where there is nothing.

    `upright`: each cell has a line of its own where there is no room for a real table.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Line, ...]], ...]
    upright: bool = False


@dataclass(frozen=True, slots=True)
class SmallPrint:
    """What a careful reader wants to know: sources, dates, what was compared."""

    lines: tuple[Line, ...]


Block = Paragraph | Bullets | Grades | Table | Grid | SmallPrint


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """Pressing it runs `command`, as if it had been typed after /judgements.

    With an `action` it does that instead, and `command` is what it is done with.
    """

    label: str
    command: str
    action: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Something to read. `sentence` says the same as the whole card in one sentence, for notifications."""

    title: str
    sentence: str
    blocks: tuple[Block, ...] = ()
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """Something to hand over beside the words, made when it is asked for: an answer must not wait for it.

    `alt` is the text that stands for a picture, "" if it is none.
    """

    name: str
    title: str
    make: Callable[[], bytes]
    alt: str = ""

    @property
    def content(self) -> bytes:
        return self.make()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The answer to a command: to the whole channel, or to the asker alone.

    `answered`: False if the command could not be carried out as it was typed, and the card is a question or says why.
    `aside` is for the asker alone, besides a card for the channel.
    """

    card: Card
    in_channel: bool = False
    answered: bool = True
    aside: Card | None = None
    files: tuple[File, ...] = ()


OPERATOR = "the operator"
"""Who asks at a terminal: no person of Slack's, and so no id of Slack's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who typed a command, and where: Slack's ids of the workspace, the channel and the person.

    What Slack knows of the person: an admin (or owner) of the workspace, a guest in it (`is_restricted`), or somebody
    of another workspace that shares the channel (`is_stranger`); `is_unknown`: Slack did not say. `is_uninvited`: the
    bot is not in this channel, and may not post in it before it is invited; `is_out_of_reach`: it can never be, for
    this is a direct message between people. `only_admins`: in this workspace only admins change what a channel is told.
    `is_at_terminal`: it is the operator, who asks for a channel ("" for none) without being in Slack; `is_operator`: it
    is asked in the channel of those who run the bot.
    """

    team: str
    channel: str
    user: str
    is_admin: bool = False
    is_restricted: bool = False
    is_stranger: bool = False
    is_unknown: bool = False
    is_uninvited: bool = False
    is_out_of_reach: bool = False
    only_admins: bool = False
    is_at_terminal: bool = False
    is_operator: bool = False

    @property
    def is_direct(self) -> bool:
        """Whether it is asked in a direct message: ours with the person, or one between people."""
        return self.channel.startswith("D")
