"""`west-sussex`: where an authority stands."""

from __future__ import annotations

from dataclasses import dataclass

from bot import cards, naming, subscribing, words
from bot.grammar import Asked, Form, Verb
from bot.types import Reply
from judgements.authorities import Authority


@dataclass(frozen=True, slots=True)
class Show:
    """The current judgements of the authority a person means by `name`."""

    name: str

    def answer(self, asked: Asked) -> Reply:
        return naming.about(self.name, "", asked, lambda one: _show(one, asked))


def _show(one: Authority, asked: Asked) -> Reply:
    known = asked.store.known(one.urn)
    return Reply(card=cards.authority(known, one, asked.today, subscribed=subscribing.is_subscribed(asked, one)))


NAMELESS = Verb(name="", parse=Show, forms=(Form(usage="west-sussex", does=words.SHOW_DOES),))
"""Whatever begins with no other verb."""
