"""Card -> Block Kit, with everything Slack asks of it: escaping, lengths, numbers of blocks. Pure.

Foreign text (a report's, a person's) never pings and never links: control characters and invisible direction marks
go, `&`, `<` and `>` are escaped, and `verbatim` keeps Slack from making mentions of plain words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from bot import parts, words
from bot.types import (
    Block,
    Bullets,
    Button,
    Card,
    Channel,
    GradeRow,
    Grades,
    Grid,
    Group,
    Line,
    Link,
    Paragraph,
    Person,
    Run,
    SmallPrint,
    Strong,
    Table,
)
from storage.types import Message

MOST_BLOCKS = 50
MOST_HEADER = 150
MOST_SECTION = 3000
MOST_LABEL = 75
MOST_VALUE = 2000
MOST_FALLBACK = 4000
MOST_CHARACTERS = 9000
"""Of one message. Slack refuses it with `msg_blocks_too_long` well below the 12,000 characters it speaks of."""
BUTTONS_IN_A_ROW = 5
ACTION = "run"
"""The beginning of every button's `action_id`; its value is the command to run."""

JOINER = "\u200d"
"""Holds the parts of an emoji together; the only invisible mark that stays."""

BlockKit = dict[str, Any]


def render(card: Card) -> Message:
    """The card as one Slack message, however long it is: what does not fit is left out, and it says so."""
    blocks = (block for part in card.blocks for block in _blocks(part))
    return _message(card, _fitting(blocks, MOST_BLOCKS - _frame(card)))


def render_in_parts(card: Card) -> tuple[Message, ...]:
    """The card in as many Slack messages as it takes; each says which it is, and the last one has the buttons."""
    pages = list(_parted(card.blocks, MOST_BLOCKS - _frame(card)))
    if len(pages) < 2:
        return (render(card),)
    return tuple(_message(_numbered(card, number, len(pages)), page) for number, page in enumerate(pages, 1))


def _frame(card: Card) -> int:
    """How many blocks stand around what the card says: its title, and its buttons in rows."""
    return bool(card.title) + -(-len(card.buttons) // BUTTONS_IN_A_ROW)


def _message(card: Card, body: Iterable[BlockKit]) -> Message:
    header = [{"type": "header", "text": plain_text(card.title, MOST_HEADER)}] if card.title else []
    text = shortened(escaped(card.sentence), MOST_FALLBACK)
    return Message(text=text, blocks=(*header, *body, *_actions(card.buttons)))


def _numbered(card: Card, number: int, of: int) -> Card:
    title = card.title + words.NTH.format(number=number, of=of)
    sentence = card.sentence if number == 1 else f"{title}."
    return replace(card, title=title, sentence=sentence, buttons=card.buttons if number == of else ())


def tidied(text: str) -> str:
    """`text` on one line, without control characters and invisible marks (which may turn the direction of writing)."""
    return _visible(text).strip()


def _visible(text: str) -> str:
    """The same with the single spaces at its ends, which matter where runs are put side by side."""
    if text.isprintable():  # none of these marks, and no space but the plain one
        return re.sub(" +", " ", text) if "  " in text else text
    kept = "".join(
        " " if kind in ("Cc", "Zl", "Zp") else char
        for char in text
        if (kind := unicodedata.category(char)) not in ("Cf", "Cs", "Co") or char == JOINER
    )
    return re.sub(r"\s+", " ", kept)


LOOKALIKES = {"*": "∗", "_": "ˍ", "~": "∼", "`": "ˋ"}
"""Slack has no escape for its marks of bold, italic, struck and code: where one would format, its like stands."""
_MARK = re.compile(r"(?<![^\W_])[*_~`](?=\S)|(?<=\S)[*_~`](?![^\W_])")
"""A mark at the beginning or the end of a word; inside of one, or between spaces, it formats nothing."""
_EMOJI = re.compile(r":(?=[a-z0-9_+'-]+:)")
_QUOTING = re.compile(r"^>+")
_SPECIAL = re.compile("[*_~`:<>&]")
"""Whatever has none of these stands for itself."""


def escaped(text: str) -> str:
    """`text` so that Slack shows it as it is: no mentions, links, formats, emoji or quotations come of it."""
    plain = _visible(text)
    if not _SPECIAL.search(plain):
        return plain
    plain = _MARK.sub(lambda found: LOOKALIKES[found[0]], plain)
    plain = _QUOTING.sub(lambda found: "›" * len(found[0]), _EMOJI.sub("∶", plain))
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def shortened(text: str, most: int) -> str:
    """At most `most` characters of escaped text, never cut inside an entity or a link."""
    if len(text) <= most:
        return text
    return re.sub(r"(&\w*|<[^>]*)$", "", text[: most - 1]).rstrip() + "…"


def length(line: Line) -> int:
    """How many characters Slack is sent for it."""
    return len(_mrkdwn(line))


def _mrkdwn(line: Line) -> str:
    return "".join(_run(run) for run in line)


def _run(run: Run) -> str:
    match run:
        case str():
            return escaped(run)
        case Strong(text):
            # An asterisk inside would end the bold type.
            return f"*{escaped(text).replace('*', '∗')}*" if text.strip() else ""
        case Link(text, url):
            return _link(escaped(text), url)
        case Person(id):
            return f"<@{id}>" if re.fullmatch(r"[UW][A-Z0-9]+", id) else escaped(id)
        case Group(id):
            return f"<!subteam^{id}>" if re.fullmatch(r"[A-Z0-9]+", id) else escaped(id)
        case Channel(id):
            return f"<#{id}>" if re.fullmatch(r"[CGD][A-Z0-9]+", id) else escaped(id)


def _link(text: str, url: str) -> str:
    if not re.fullmatch(r"https?://[^\s<>|]+", url):
        return text
    return f"<{url.replace('&', '&amp;')}|{text.replace('|', '¦')}>"


def _blocks(part: Block) -> Iterator[BlockKit]:
    match part:
        case Paragraph(lines):
            yield from _sections(map(_mrkdwn, lines))
        case Bullets():
            yield from _sections(_bulleted(part))
        case Grades(rows):
            for row in rows:
                yield from _sections(_graded(row))
        case Table():
            yield from _sections(_tabled(part))
        case Grid():
            yield from _gridded(part)
        case SmallPrint(lines):
            for text in _packed(map(_mrkdwn, lines)):
                yield {"type": "context", "elements": [_mrkdwn_text(text)]}


def _bulleted(bullets: Bullets) -> Iterator[str]:
    yield _run(Strong(bullets.title))
    yield from (f"• {_mrkdwn(item)}" for item in bullets.items)
    if bullets.left_out:
        yield escaped(f"… and {bullets.left_out} more {bullets.elsewhere}".rstrip())


def _graded(row: GradeRow) -> Iterator[str]:
    yield _run(Strong(row.name))
    yield _mrkdwn(parts.movement_line(row))
    if row.why:
        yield f"_{escaped(row.why).replace('_', ' ')}_"


def _tabled(table: Table) -> Iterator[str]:
    yield _run(Strong(table.title or " · ".join(table.columns)))
    yield from ("• " + " · ".join(_mrkdwn(cell) for cell in row if cell) for row in table.rows)


def _gridded(grid: Grid) -> Iterator[BlockKit]:
    if not grid.upright:
        yield from _sections(_across(grid))
        return
    for name, cells in grid.rows:
        yield from _sections(_stacked(grid.columns, name, cells))


def _stacked(columns: Sequence[str], name: str, cells: Sequence[Line]) -> Iterator[str]:
    yield _run(Strong(name))
    yield from (f"• {escaped(column)}: {_mrkdwn(cell)}" for column, cell in zip(columns, cells, strict=True) if cell)


def _across(grid: Grid) -> Iterator[str]:
    for name, cells in grid.rows:
        said = (f"{_mrkdwn(cell)} {escaped(column)}" for column, cell in zip(grid.columns, cells, strict=True) if cell)
        yield f"{_run(Strong(name))}: {', '.join(said)}"


def _sections(lines: Iterable[str]) -> Iterator[BlockKit]:
    for text in _packed(lines):
        yield {"type": "section", "text": _mrkdwn_text(text)}


def _packed(lines: Iterable[str]) -> Iterator[str]:
    """The lines in as few texts as the length of a section allows; a line that alone is longer is shortened."""
    text = ""
    for line in (shortened(line, MOST_SECTION) for line in lines):
        if text and len(text) + 1 + len(line) > MOST_SECTION:
            yield text
            text = line
        else:
            text = f"{text}\n{line}" if text else line
    if text:
        yield text


def _actions(buttons: Iterable[Button]) -> Iterator[BlockKit]:
    """A button whose command is longer than Slack takes is left out: cut short, it would run another one."""
    whole = (button for button in buttons if len(button.command) <= MOST_VALUE)
    elements = [_button(place, button) for place, button in enumerate(whole)]
    for first in range(0, len(elements), BUTTONS_IN_A_ROW):
        yield {"type": "actions", "elements": elements[first : first + BUTTONS_IN_A_ROW]}


def _button(place: int, button: Button) -> BlockKit:
    return {
        "type": "button",
        "action_id": f"{button.action or ACTION}:{place}",
        "text": plain_text(button.label, MOST_LABEL),
        "value": button.command,
    }


def _fitting(blocks: Iterable[BlockKit], most: int) -> list[BlockKit]:
    """As many blocks, of as many characters, as one message may have; the last one says if there were more."""
    taken: list[BlockKit] = []
    characters = 0
    for block in blocks:
        characters += len(_text_of(block))
        if characters > MOST_CHARACTERS or len(taken) == most - 1:
            return [*taken, {"type": "context", "elements": [_mrkdwn_text(escaped(words.SHORTENED))]}]
        taken.append(block)
    return taken


def _parted(parts: Iterable[Block], most: int) -> Iterator[list[BlockKit]]:
    """The same in so many messages that nothing is left out; a list that goes on in the next is named there anew."""
    page: list[BlockKit] = []
    characters = 0
    for block, begun in (each for part in parts for each in _with_its_list(part)):
        length = len(_text_of(block))
        if page and (characters + length > MOST_CHARACTERS or len(page) == most):
            yield page
            again = list(_sections([_run(Strong(words.CONTINUED.format(title=begun)))])) if begun else []
            page, characters = again, sum(map(len, map(_text_of, again)))
        page.append(block)
        characters += length
    if page:
        yield page


def _with_its_list(part: Block) -> Iterator[tuple[BlockKit, str]]:
    """Each block, with the title of the list that it goes on with; "" where it begins something."""
    title = part.title if isinstance(part, Bullets) else ""
    for number, block in enumerate(_blocks(part)):
        yield block, title if number else ""


def _text_of(block: BlockKit) -> str:
    text = block["text"] if block["type"] == "section" else block["elements"][0]
    return str(text["text"])


def _mrkdwn_text(text: str) -> BlockKit:
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def plain_text(text: str, most: int) -> BlockKit:
    """A text of Slack's in which nothing is formatted, and at most so many characters of it."""
    tidy = tidied(text)
    return {"type": "plain_text", "text": tidy if len(tidy) <= most else tidy[: most - 1] + "…", "emoji": False}
