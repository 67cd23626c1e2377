"""What is asked back where names, or wishes that a channel has, are not certain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot import naming, words
from bot.channels import facets, hows, scopes, wishes
from bot.channels.lists import Unsure
from bot.channels.wishes import Wish
from bot.grammar import Asked, Usage, echo, question, refused
from bot.types import Bullets, Button, Card, Reply
from judgements.authorities import Ambiguous, Authority, Unknown
from storage.types import Subscription

MOST_BUTTONS = 20
NEAREST = 3
"""So many names are offered for one that is not known, where several are not."""


def instead(wish: Wish, verb: str, asked: Asked) -> Reply | None:
    """What keeps a wish from being carried out as it was typed; None if nothing does."""
    if wish.mistakes:
        return refused(*wish.mistakes)
    if wish.instead:
        return Usage(words.DID_YOU_MEAN, "", f"{verb} {wish.instead}").answer(asked)
    return None if wish.scopes else which(wish.unsure, verb, wish.typed_options, asked)


def which(unsure: Sequence[Unsure], verb: str, options: str, asked: Asked) -> Reply:
    """The question which names were meant, where none is certain."""
    if not unsure:
        return Usage(words.NAME_MISSING, verb).answer(asked)
    after = f" {options}" if options else ""
    if len(unsure) == 1 and unsure[0].beyond:
        return refused(_unsure_line(unsure[0], asked), words.NAMES_HOW.format(command=asked.command))
    if len(unsure) == 1 and unsure[0].before != "region ":
        return naming.which(unsure[0].typed, f"{verb} {unsure[0].before}", asked, after)
    return Reply(card=unsure_card(unsure, verb, options, asked), answered=False)


def unsure_card(unsure: Sequence[Unsure], verb: str, options: str, asked: Asked) -> Card:
    title = words.NOT_UNDERSTOOD
    items = tuple((_unsure_line(one, asked),) for one in unsure)
    most = NEAREST if len(unsure) > 1 else MOST_BUTTONS
    buttons = [
        Button(label=name, command=f"{verb} {each.before}{slug} {options}".rstrip())
        for each in unsure
        for name, slug in _offered(each, asked)[:most]
    ]
    first = " ".join(line for (line,) in items[:3])
    return Card(
        title="",
        sentence=f"{title}. {first}",
        blocks=(Bullets(title=title, items=items),),
        buttons=tuple(dict.fromkeys(buttons))[:MOST_BUTTONS],
    )


def _unsure_line(one: Unsure, asked: Asked) -> str:
    typed = echo(one.typed)
    if one.beyond:
        return words.NOT_BEYOND.format(known=one.known, beyond=echo(one.beyond))
    if one.before == "region ":
        names = words.joined([region.name for region in asked.registry.regions])
        return words.NOT_KNOWN_REGION.format(typed=typed, names=names)
    names = words.joined([each.spoken for each in _candidates(one, asked)], "or")
    if isinstance(one.found, Ambiguous):
        return words.WHICH.format(typed=typed, names=names)
    if isinstance(one.found, Authority):
        return words.NOT_TODAY.format(typed=one.found.spoken, names=names)
    return (words.NOT_KNOWN_NEAR if names else words.NOT_KNOWN).format(typed=typed, names=names)


def _offered(one: Unsure, asked: Asked) -> list[tuple[str, str]]:
    """Name and slug of what may be meant: a region, or an authority; nobody where more was typed than a name."""
    if one.beyond:
        return []
    if one.before == "region ":
        return [(region.name, region.slug) for region in asked.registry.regions]
    return [(each.spoken, each.slug) for each in _candidates(one, asked)]


def _candidates(one: Unsure, asked: Asked) -> tuple[Authority, ...]:
    match one.found:
        case Ambiguous(candidates=candidates):
            return candidates
        case Unknown(nearest=nearest):
            return nearest
        case Authority() as gone:
            before = [each for each in asked.registry.predecessors(gone.urn) if each.existed(asked.today)]
            return tuple(before) or asked.registry.heirs(gone.urn)


def which_wish(scope: str, wish: Wish, held: Sequence[Subscription], asked: Asked) -> Reply:
    """The question which of several wishes for one scope is to be altered, or whether another is to be added."""
    here = [one for one in held if one.scope == scope]
    name, typed = scopes.spoken(scope), scopes.typed(scope)
    told = words.joined([f"{facets.narrowed(one) or words.EVERYTHING} {hows.spoken(one.how)}" for one in here])
    rest = wishes.typed(replace(wish.options, documents=None, changes=None))
    # What says no more than which one is meant alters none of them.
    commands = [" ".join(filter(None, ("subscribe", typed, one.narrowed, rest))) for one in here if rest]
    commands.append(f"subscribe {typed} {wishes.typed(wish.options, also=True)}")
    buttons = [Button(label=command, command=command) for command in commands]
    return question(words.WHICH_WISH.format(name=name, told=told), buttons, words.PRESS_A_COMMAND, asked)
