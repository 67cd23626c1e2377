"""`status`: how much of the country has been seen, and what is wrong."""

from __future__ import annotations

from dataclasses import dataclass

from bot import words
from bot.answers import cards
from bot.grammar import Asked, Form, Verb, without_more
from bot.types import Reply


@dataclass(frozen=True, slots=True)
class Status:
    def answer(self, asked: Asked) -> Reply:
        # A terminal is the operators' as well.
        whole = not asked.in_slack or bool(asked.asker and asked.asker.is_operator)
        return Reply(card=cards.status(asked.store.coverage(asked.today), asked.today, whole=whole))


VERBS = (
    Verb(
        name="status",
        parse=without_more("status", Status),
        forms=(Form(usage="status", does=words.STATUS_DOES),),
        alone=True,
        takes=False,
    ),
)
