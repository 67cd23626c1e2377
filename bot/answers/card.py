"""`west-sussex`: where an authority stands."""

from __future__ import annotations

from dataclasses import dataclass

from bot import cards, naming, subscribing, words
from bot.answers import compare
from bot.answers.tables import of_region
from bot.grammar import Asked, Command, Form, Verb
from bot.types import Reply
from judgements.authorities import Ambiguous, Authority, Region


@dataclass(frozen=True, slots=True)
class Show:
    """The current judgements of the authority a person means by `name`."""

    name: str

    def answer(self, asked: Asked) -> Reply:
        found = asked.registry.find(self.name)
        if isinstance(found, Region):
            return of_region(found, asked)
        several = () if isinstance(found, Authority | Ambiguous) else asked.registry.several(self.name)
        if compare.FEWEST <= len(several) <= compare.MOST:
            return compare.Compare(tuple(one.slug for one in several)).answer(asked)
        return naming.about(self.name, "", asked, lambda one: _show(one, asked))


def _show(one: Authority, asked: Asked) -> Reply:
    known = asked.store.known(one.urn)
    return Reply(card=cards.authority(known, one, asked.today, subscribed=subscribing.is_subscribed(asked, one)))


def _parse(typed: str) -> Command:
    names = compare.split(typed)
    return compare.parse(typed) if len(names) > 1 else Show(typed)


NAMELESS = Verb(name="", parse=_parse, forms=(Form(usage="west-sussex", does=words.SHOW_DOES), compare.FORM))
"""Whatever begins with no other verb."""
