"""From a name as somebody typed it to one authority, or to the question which one was meant."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from bot import words
from bot.grammar import Asked, echo, question, refused
from bot.types import Button, Reply
from judgements.authorities import REGISTRY, Ambiguous, Authority, Region, Unknown

MOST_OFFERED = 12
"""Authorities offered in one question; as many as there are in Yorkshire."""


def about(typed: str, verb: str, asked: Asked, reply: Callable[[Authority], Reply]) -> Reply:
    """The reply about the authority that was meant, or the question which one was.

    `verb` is the command with a space after it ("" for the card); the buttons of a question run it.
    """
    found = REGISTRY.find(typed)
    if isinstance(found, Authority) and found.abolished is None:
        return reply(found)
    return which(typed, found, verb, asked)


def which(typed: str, found: Authority | Ambiguous | Region | Unknown, verb: str, asked: Asked) -> Reply:
    """What to say of a name that is not that of one authority of today."""
    said = {"typed": echo(typed), "command": asked.command, "verb": verb}
    match found:
        case Authority():
            return _abolished(found, verb, asked)
        case Ambiguous(candidates=candidates):
            return _ask(words.AMBIGUOUS, said, candidates, asked)
        case Region(authorities=members):
            region = words.REGION.format(**said, number=len(members))
            return refused(f"{region} {words.ONE_FOR_EXAMPLE.format(**said, slug=members[0].slug)}")
    if several := REGISTRY.several(typed):
        return _ask(words.WHICH_OF_SEVERAL, said, several, asked)
    if found.nearest:
        return _ask(words.UNKNOWN_NEAR, said, found.nearest, asked)
    return refused(f"{words.UNKNOWN.format(**said)} {words.UNKNOWN_NONE.format(**said)}")


def _abolished(gone: Authority, verb: str, asked: Asked) -> Reply:
    assert gone.abolished is not None
    heirs = tuple(heir for urn in gone.successors if (heir := REGISTRY.by_urn(urn)))
    form = words.ABOLISHED if len(heirs) > 1 else words.ABOLISHED_INTO_ONE
    said = {"name": gone.spoken, "day": words.day(gone.abolished), "verb": verb}
    return _ask(form, said, heirs, asked)


def _ask(form: str, said: Mapping[str, str], candidates: Sequence[Authority], asked: Asked) -> Reply:
    """A question that names the candidates, with a button for each that runs the same verb."""
    offered = candidates[:MOST_OFFERED]
    names = words.joined([one.spoken for one in offered], "or")
    buttons = [Button(label=one.spoken, command=f"{said['verb']}{one.slug}") for one in offered]
    return question(form.format(**said, names=names), buttons, words.PRESS, asked)
