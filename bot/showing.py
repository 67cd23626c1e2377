"""Answers with pictures or files: for the asker alone or, where that is pressed, for everybody in the channel."""

from __future__ import annotations

import threading
from dataclasses import replace

from bot import words
from bot.types import Asker, Button, Card, Person, Reply, SmallPrint

ACTION = "show"
"""The beginning of the button's `action_id`; its value is the command whose answer is shown."""

MOST_REMEMBERED = 10_000
"""Answers; whose button was pressed so long ago is hardly seen by anybody any more."""


class Shown:
    """Which answers are shown in their channels or are about to be, in this process. Threads may share it."""

    def __init__(self) -> None:
        self._answers: dict[str, None] = {}
        self._lock = threading.Lock()

    def begin(self, answer: str) -> bool:
        """Whether this one is still to be shown; from now on it is not."""
        with self._lock:
            if answer in self._answers:
                return False
            self._answers[answer] = None
            if len(self._answers) > MOST_REMEMBERED:
                del self._answers[next(iter(self._answers))]
            return True

    def give_up(self, answer: str) -> None:
        """It could not be shown, and may be tried again."""
        with self._lock:
            self._answers.pop(answer, None)


def alone(reply: Reply, typed: str, asker: Asker) -> Reply:
    """The answer to what was typed, which says where its files are, with the button that shows it to everybody."""
    if not reply.files:
        return reply
    show = Button(label=words.SHOW_BUTTON, command=typed, action=ACTION)
    card = _with(reply.card, SmallPrint(((words.COMES_DIRECTLY.format(files=files_of(reply)),),)))
    # Nobody else reads a direct message.
    buttons = () if asker.is_direct else (show,)
    return replace(reply, card=replace(card, buttons=(*card.buttons, *buttons)))


def openly(reply: Reply, asker: Asker) -> Reply:
    """The same for the channel, which says who asked."""
    card = _with(reply.card, SmallPrint(((words.ASKED_BY, Person(asker.user)),)))
    return replace(reply, card=card, in_channel=True)


def files_of(reply: Reply) -> str:
    """What its files are called in a sentence."""
    return words.PICTURE if all(one.alt for one in reply.files) else words.FILE


def _with(card: Card, block: SmallPrint) -> Card:
    return replace(card, blocks=(*card.blocks, block))
