"""From a name as somebody typed it to one authority, or to the question which one was meant."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from bot import words
from bot.grammar import Asked, echo, question, refused
from bot.types import Button, Reply
from judgements.authorities import Ambiguous, Authority, Region

MOST_OFFERED = 12
"""Authorities offered in one question; as many as there are in Yorkshire."""
OF_REGIONS = frozenset({"", "subscribe", "unsubscribe", "export"})
"""Verbs that a region may follow as well as an authority."""


def about(typed: str, verb: str, asked: Asked, reply: Callable[[Authority], Reply]) -> Reply:
    """The reply about the authority that was meant, or the question which one was.

    `verb` is the command with a space after it ("" for the card); the buttons of a question run it.
    """
    found = today(typed, asked)
    return reply(found) if found else which(typed, verb, asked)


def today(typed: str, asked: Asked) -> Authority | None:
    """The authority of today that was surely meant; None if there is something to ask or to say."""
    found = asked.registry.find(typed)
    return found if isinstance(found, Authority) and found.existed(asked.today) else None


def which(typed: str, verb: str, asked: Asked, after: str = "") -> Reply:
    """What to say of a name that is not that of one authority of today.

    `after` is what stands behind the name in the command, with a space before it.
    """
    found = asked.registry.find(typed)
    said = {"typed": echo(typed), "command": asked.command, "verb": verb, "after": after}
    match found:
        case Authority():
            return _not_today(found, said, asked)
        case Ambiguous(candidates=candidates):
            named = asked.registry.region(typed) if verb.partition(" ")[0] in OF_REGIONS else None
            return _ask(words.AMBIGUOUS, said, candidates, asked, named)
        case Region(authorities=members):
            region = words.REGION.format(**said, number=len(members))
            return refused(f"{region} {words.ONE_FOR_EXAMPLE.format(**said, slug=members[0].slug)}")
    if several := asked.registry.several(typed):
        form = words.SEVERAL.get(verb.partition(" ")[0], words.WHICH_OF_SEVERAL)
        return _ask(form, {**said, "number": str(len(several))}, several, asked)
    if found.nearest:
        return _ask(words.UNKNOWN_NEAR, said, found.nearest, asked)
    return refused(f"{words.UNKNOWN.format(**said)} {words.UNKNOWN_NONE.format(**said)}")


def which_of(form: str, typed: str, buttons: Iterable[Button], asked: Asked) -> Reply:
    """A question with these answers; `form` is a template with `typed`."""
    return question(form.format(typed=echo(typed)), list(buttons), words.PRESS, asked)


def _not_today(one: Authority, said: Mapping[str, str], asked: Asked) -> Reply:
    """An authority that is no more, or not yet, with those that do its work today."""
    known = {**said, "name": one.spoken}
    if one.opened and one.is_to_come(asked.today):
        before = [each for each in asked.registry.predecessors(one.urn) if each.existed(asked.today)]
        return _ask(words.TO_COME, {**known, "day": words.day(one.opened)}, before, asked)
    assert one.abolished is not None
    heirs = asked.registry.heirs(one.urn)
    form = words.ABOLISHED if len(heirs) > 1 else words.ABOLISHED_INTO_ONE
    return _ask(form, {**known, "day": words.day(one.abolished)}, heirs, asked)


def _ask(
    form: str, said: Mapping[str, str], candidates: Sequence[Authority], asked: Asked, region: Region | None = None
) -> Reply:
    """A question that names the region and the candidates, with a button for each that runs the same verb."""
    offered = [(words.REGION_OF.format(region=region.name), f"region {region.slug}")] if region else []
    offered += [(one.spoken, one.slug) for one in candidates[:MOST_OFFERED]]
    names = words.joined([name for name, _ in offered], "or")
    if more := len(candidates[MOST_OFFERED:]):
        names = words.OR_OTHERS.format(names=", ".join(name for name, _ in offered), count=more)
    buttons = [
        Button(label=words.capital(name), command=f"{said['verb']}{typed}{said['after']}") for name, typed in offered
    ]
    return question(form.format(**said, names=names), buttons, words.PRESS, asked)
