"""What was typed after /judgements -> a command; a command and what is stored -> a reply. No Slack here.

To add a command: a class, a line in `VERBS`, a branch in `answer`, a line in `words.COMMANDS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches

from bot import cards, parts, words
from bot.types import Asker, Block, Button, Card, Line, Paragraph, Person, Reply, SmallPrint, Strong, Table
from judgements.authorities import REGISTRY, Ambiguous, Authority, Region, Unknown
from storage.store import Store
from storage.types import Subscription

MOST_ECHOED = 60
"""Characters of what somebody typed that are repeated in an answer."""
MOST_OFFERED = 12
"""Authorities offered in one question; as many as there are in Yorkshire."""
EXAMPLE = "west-sussex"


@dataclass(frozen=True, slots=True)
class Show:
    """The current judgements of the authority a person means by `name`."""

    name: str


@dataclass(frozen=True, slots=True)
class Subscribe:
    name: str


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    name: str


@dataclass(frozen=True, slots=True)
class ListSubscriptions:
    pass


@dataclass(frozen=True, slots=True)
class Status:
    pass


@dataclass(frozen=True, slots=True)
class Help:
    pass


@dataclass(frozen=True, slots=True)
class Usage:
    """What was typed is no command: `form` names the mistake and the next thing to type.

    `form` is a template of `words`, filled with `verb` and the way of asking; `instead` is the command that may have
    been meant, "" where nothing is like it.
    """

    form: str
    verb: str
    instead: str = ""


Command = Show | Subscribe | Unsubscribe | ListSubscriptions | Status | Help

NAMING: Mapping[str, Callable[[str], Command]] = {"subscribe": Subscribe, "unsubscribe": Unsubscribe}
ALONE: Mapping[str, Callable[[], Command]] = {"subscriptions": ListSubscriptions, "status": Status, "help": Help}

HELP_LIKE = frozenset({"--help", "-h", "/help", "?", "hello", "hi"})
EVERYTHING = frozenset({"all", "everything", "everyone", "england", "all authorities"})

MEANT_ALONE: Mapping[str, str] = {"list": "subscriptions", "subs": "subscriptions", "subscribed": "subscriptions"}
MEANT_WITH_A_NAME: Mapping[str, str] = {"subscription": "subscribe", "sub": "subscribe", "unsub": "unsubscribe"}
"""Words for a verb that are not merely mistyped, alone and before a name."""
LIKE_A_VERB = 0.8
"""From this likeness (of 1) on, a word may be a mistyped verb; no authority's name begins with such a word."""


def parse(text: str) -> Command | Usage:
    """Whatever is no verb, nor like one, is the name of an authority; nothing at all is a call for help."""
    typed = " ".join(text.split()).rstrip(" .")
    first, _, rest = typed.partition(" ")
    verb = first.casefold()
    if not typed or typed.casefold() in HELP_LIKE or (verb in NAMING and rest.casefold() in HELP_LIKE):
        return Help()
    if verb in NAMING:
        return _naming(verb, rest)
    if verb in ALONE:
        return Usage(words.NOTHING_FOLLOWS, verb) if rest else ALONE[verb]()
    if typed.casefold() in EVERYTHING:
        return Usage(words.ONE_FOR_EXAMPLE, "")
    if meant := _meant(verb, rest):
        return Usage(words.NO_COMMAND, first, f"{meant} {rest}".rstrip())
    return Show(typed)


def _naming(verb: str, name: str) -> Command | Usage:
    if not name:
        return Usage(words.NAME_MISSING, verb)
    if name.casefold() in EVERYTHING:
        return Usage(words.ONE_FOR_EXAMPLE, f"{verb} ")
    return NAMING[verb](name)


def _meant(verb: str, rest: str) -> str:
    """The verb that somebody meant who typed `verb` before `rest`; "" if it is like none."""
    also, known = (MEANT_WITH_A_NAME, [*NAMING]) if rest else (MEANT_ALONE, [*ALONE, *NAMING])
    return also.get(verb) or next(iter(get_close_matches(verb, known, 1, LIKE_A_VERB)), "")


def answer(command: Command | Usage, store: Store, now: datetime, asker: Asker | None = None) -> Reply:
    """The reply to `command`, after it was carried out.

    Without an asker (in a terminal) there is no channel, and what concerns one is refused. What a channel must know
    is said in the channel, everything else to the asker only. May raise `StorageError`.
    """
    match command:
        case Usage():
            return _refused(_usage(command, asker))
        case Help():
            return Reply(card=_help(store, asker))
        case Status():
            return Reply(card=cards.status(store.coverage()))
        case Show(name):
            return _about(name, "", asker, lambda one: _show(one, store, now, asker))
        case _ if asker is None:
            return _refused(_told(words.ONLY_IN_SLACK))
        case ListSubscriptions():
            return Reply(card=_subscriptions(store, asker))
        case Subscribe(name):
            return _about(name, "subscribe ", asker, lambda one: _subscribe(one, store, now, asker))
        case Unsubscribe(name):
            return _about(name, "unsubscribe ", asker, lambda one: _unsubscribe(one, store, asker))


def _refused(card: Card) -> Reply:
    return Reply(card=card, answered=False)


def _asking(asker: Asker | None) -> str:
    """What is typed before a command, where the asker is."""
    return words.COMMAND if asker else words.TERMINAL


def _echo(typed: str) -> str:
    return typed if len(typed) <= MOST_ECHOED else typed[:MOST_ECHOED] + "…"


def _usage(usage: Usage, asker: Asker | None) -> Card:
    said = usage.form.format(verb=_echo(usage.verb), command=_asking(asker), slug=EXAMPLE, instead=_echo(usage.instead))
    if not usage.instead:
        return _told(said)
    return _with_buttons(said, [Button(label=usage.instead, command=usage.instead)], words.PRESS_ONE, asker)


def _about(typed: str, verb: str, asker: Asker | None, reply: Callable[[Authority], Reply]) -> Reply:
    """The reply about the authority that was meant, or the question which one was."""
    found = REGISTRY.find(typed)
    if isinstance(found, Authority) and found.abolished is None:
        return reply(found)
    return _refused(_which(typed, found, verb, asker))


def _which(typed: str, found: Authority | Ambiguous | Region | Unknown, verb: str, asker: Asker | None) -> Card:
    said = {"typed": _echo(typed), "command": _asking(asker), "verb": verb}
    match found:
        case Authority():
            return _abolished(found, verb, asker)
        case Ambiguous(candidates=candidates):
            return _question(words.AMBIGUOUS, said, candidates, asker)
        case Region(authorities=members):
            region = words.REGION.format(**said, number=len(members))
            return _told(f"{region} {words.ONE_FOR_EXAMPLE.format(**said, slug=members[0].slug)}")
    if several := REGISTRY.several(typed):
        return _question(words.WHICH_OF_SEVERAL, said, several, asker)
    if found.nearest:
        return _question(words.UNKNOWN_NEAR, said, found.nearest, asker)
    return _told(f"{words.UNKNOWN.format(**said)} {words.UNKNOWN_NONE.format(**said)}")


def _abolished(gone: Authority, verb: str, asker: Asker | None) -> Card:
    assert gone.abolished is not None
    heirs = tuple(heir for urn in gone.successors if (heir := REGISTRY.by_urn(urn)))
    form = words.ABOLISHED if len(heirs) > 1 else words.ABOLISHED_INTO_ONE
    said = {"name": gone.spoken, "day": words.day(gone.abolished), "verb": verb}
    return _question(form, said, heirs, asker)


def _question(form: str, said: Mapping[str, str], candidates: Sequence[Authority], asker: Asker | None) -> Card:
    """A question that names the candidates, with a button for each that runs the same verb."""
    offered = candidates[:MOST_OFFERED]
    names = words.joined([one.spoken for one in offered], "or")
    buttons = [Button(label=one.spoken, command=f"{said['verb']}{one.slug}") for one in offered]
    return _with_buttons(form.format(**said, names=names), buttons, words.PRESS, asker)


def _with_buttons(said: str, buttons: Sequence[Button], press: str, asker: Asker | None) -> Card:
    hint = press if asker else words.TRY
    return Card(title="", sentence=said, blocks=(Paragraph(((said,), (hint,))),), buttons=tuple(buttons))


def _told(*lines: str) -> Card:
    return Card(title="", sentence=" ".join(lines), blocks=(Paragraph(tuple((line,) for line in lines)),))


def _show(one: Authority, store: Store, now: datetime, asker: Asker | None) -> Reply:
    subscribed = None if asker is None else _subscription(store, asker, one) is not None
    card = cards.authority(store.known(one.urn), one, words.london_day(now), subscribed=subscribed)
    return Reply(card=card)


def _subscription(store: Store, asker: Asker, one: Authority) -> Subscription | None:
    return next((each for each in store.subscriptions(asker.team, asker.channel) if each.urn == one.urn), None)


def _subscribe(one: Authority, store: Store, now: datetime, asker: Asker) -> Reply:
    wish = Subscription(team=asker.team, channel=asker.channel, urn=one.urn, created_by=asker.user, created_at=now)
    if not store.subscribe(wish):
        return _already(one, _subscription(store, asker, one) or wish)
    sentence = words.SUBSCRIBED.format(name=one.spoken)
    how = words.SUBSCRIBED_HOW.format(command=f"{words.COMMAND} unsubscribe {one.slug}", bot=words.BOT)
    blocks = (Paragraph(((sentence,),)), SmallPrint((_by(asker.user), (how,))))
    title = words.SUBSCRIBED_TITLE.format(name=one.spoken)
    return Reply(card=Card(title=title, sentence=sentence, blocks=blocks), in_channel=True)


def _already(one: Authority, subscription: Subscription) -> Reply:
    since = words.day(words.london_day(subscription.created_at))
    sentence = words.ALREADY.format(name=one.spoken, since=since)
    blocks = (Paragraph(((sentence,),)), SmallPrint((_by(subscription.created_by),)))
    return Reply(card=Card(title=words.ALREADY_TITLE.format(name=one.spoken), sentence=sentence, blocks=blocks))


def _unsubscribe(one: Authority, store: Store, asker: Asker) -> Reply:
    ended = store.unsubscribe(asker.team, asker.channel, one.urn)
    if not ended:
        sentence = words.NOT_SUBSCRIBED.format(name=one.spoken)
        lines: tuple[Line, ...] = ((sentence,), (_channel_has(store, asker),))
        title = words.NOT_SUBSCRIBED_TITLE.format(name=one.spoken)
        return Reply(card=Card(title=title, sentence=sentence, blocks=(Paragraph(lines),)))
    again = f"{words.COMMAND} subscribe {one.slug}"
    sentence = words.UNSUBSCRIBED.format(name=one.spoken, command=again)
    blocks = (Paragraph(((sentence,),)), SmallPrint((_by(asker.user),)))
    title = words.UNSUBSCRIBED_TITLE.format(name=one.spoken)
    return Reply(card=Card(title=title, sentence=sentence, blocks=blocks), in_channel=True)


def _by(user: str) -> Line:
    return (words.BY, Person(user))


def _subscriptions(store: Store, asker: Asker) -> Card:
    held = _by_name(store.subscriptions(asker.team, asker.channel))
    sentence = _channel_has(store, asker)
    how = words.SUBSCRIBE_FIRST.format(command=words.COMMAND)
    block: Block = Table(columns=words.SUBSCRIPTIONS_COLUMNS, rows=tuple(map(_held, held)))
    if not held:
        block = Paragraph(((sentence,), (how,)))
    return Card(title=words.SUBSCRIPTIONS_TITLE, sentence=sentence, blocks=(block,))


def _by_name(held: Sequence[Subscription]) -> list[Subscription]:
    return sorted(held, key=lambda one: parts.authority_name(one.urn))


def _held(subscription: Subscription) -> tuple[Line, ...]:
    since = words.day(words.london_day(subscription.created_at))
    return ((parts.authority_name(subscription.urn),), (since,), (Person(subscription.created_by),))


def _channel_has(store: Store, asker: Asker) -> str:
    names = [parts.authority_name(each.urn) for each in _by_name(store.subscriptions(asker.team, asker.channel))]
    return words.CHANNEL_HAS.format(names=words.joined(names)) if names else words.CHANNEL_HAS_NONE


def _help(store: Store, asker: Asker | None) -> Card:
    """The commands that can be given where the asker is."""
    asking = _asking(asker)
    there = [(usage, does) for usage, does in words.COMMANDS if asker or isinstance(parse(usage), Show | Status | Help)]
    listed = tuple((Strong(f"{asking} {usage}"), f" – {does}") for usage, does in there)
    told = [words.HELP_NAMES, *([words.HELP_DEFAULTS, _channel_has(store, asker)] if asker else [words.ONLY_IN_SLACK])]
    return Card(
        title=words.HELP_TITLE,
        sentence=words.HELP_SENTENCE.format(command=asking),
        blocks=(Paragraph(listed), Paragraph(tuple((line,) for line in told))),
    )
