"""`west-sussex`: where an authority stands."""

from __future__ import annotations

from dataclasses import dataclass

from bot import naming, words
from bot.answers import cards, compare
from bot.answers.tables import of_region
from bot.channels import subscribing
from bot.grammar import Asked, Command, Form, Verb, question
from bot.types import Button, Reply
from judgements.authorities import Ambiguous, Authority, Region

AFTER_A_NAME = frozenset({"history", "why", "neighbours"})
"""Verbs that people also put behind the name, and that may stand there; no name ends with one."""
ASKED_ABOUT = frozenset({"subscribe", "unsubscribe"})
"""Verbs that do something, and are asked about before it is done."""


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
        return _turned(self.name, asked) or naming.about(self.name, "", asked, lambda one: _show(one, asked))


def _turned(typed: str, asked: Asked) -> Reply | None:
    """The question that "kent subscribe" calls for; None if no such verb follows a name."""
    name, _, verb = typed.rpartition(" ")
    if verb.casefold() not in ASKED_ABOUT or not naming.today(name, asked):
        return None
    meant = f"{verb.casefold()} {name}"
    said = words.TURNED.format(command=asked.command, instead=meant)
    return question(said, [Button(label=meant, command=meant)], words.PRESS_ONE, asked)


def _show(one: Authority, asked: Asked) -> Reply:
    known = asked.store.standing(one.urn)
    return Reply(card=cards.authority(known, one, asked.today, subscribed=subscribing.is_subscribed(asked, one)))


def _parse(typed: str) -> Command:
    names = compare.split(typed)
    return compare.parse(typed) if len(names) > 1 else Show(typed)


NAMELESS = Verb(name="", parse=_parse, forms=(Form(usage="west-sussex", does=words.SHOW_DOES), compare.FORM))
"""Whatever begins with no other verb."""
