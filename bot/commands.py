"""What was typed after /judgements -> a command; a command and what is stored -> a reply. No Slack here.

To add a command: a class, a line in `VERBS`, a branch in `answer`, a line in `words.COMMANDS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot import cards, parts, words
from bot.types import Asker, Block, Button, Card, Line, Paragraph, Person, Reply, SmallPrint, Strong, Table
from judgements.authorities import REGISTRY, Ambiguous, Authority
from storage.store import Store
from storage.types import Subscription

MOST_ECHOED = 60
"""Characters of what somebody typed that are repeated in an answer."""


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
    """What was typed is no command: the mistake and the next thing to type, in one sentence."""

    mistake: str


Command = Show | Subscribe | Unsubscribe | ListSubscriptions | Status | Help

NAMING: Mapping[str, Callable[[str], Command]] = {"subscribe": Subscribe, "unsubscribe": Unsubscribe}
ALONE: Mapping[str, Callable[[], Command]] = {"subscriptions": ListSubscriptions, "status": Status, "help": Help}


def parse(text: str) -> Command | Usage:
    """Whatever is no verb is the name of an authority; nothing at all is a call for help."""
    verb, _, rest = " ".join(text.split()).partition(" ")
    verb = verb.casefold()
    if not verb:
        return Help()
    if verb in NAMING:
        missing = words.NAME_MISSING.format(verb=verb, command=words.COMMAND)
        return NAMING[verb](rest) if rest else Usage(missing)
    if verb in ALONE:
        return Usage(words.NOTHING_FOLLOWS.format(verb=verb, command=words.COMMAND)) if rest else ALONE[verb]()
    return Show(" ".join(text.split()))


def answer(command: Command | Usage, store: Store, now: datetime, asker: Asker | None = None) -> Reply:
    """The reply to `command`, after it was carried out.

    Without an asker (in a terminal) there is no channel, and what concerns one is refused. What a channel must know
    is said in the channel, everything else to the asker only. May raise `StorageError`.
    """
    match command:
        case Usage(mistake):
            return Reply(card=_told(mistake))
        case Help():
            return Reply(card=_help(store, asker))
        case Status():
            return Reply(card=cards.status(store.coverage()))
        case Show(name):
            return _about(name, "", lambda one: _show(one, store, now, asker))
        case _ if asker is None:
            return Reply(card=_told(words.ONLY_IN_SLACK))
        case ListSubscriptions():
            return Reply(card=_subscriptions(store, asker))
        case Subscribe(name):
            return _about(name, "subscribe ", lambda one: _subscribe(one, store, now, asker))
        case Unsubscribe(name):
            return _about(name, "unsubscribe ", lambda one: _unsubscribe(one, store, asker))


def _about(typed: str, verb: str, reply: Callable[[Authority], Reply]) -> Reply:
    """The reply about the authority that was meant, or the question which one was."""
    found = REGISTRY.find(typed)
    if isinstance(found, Authority) and found.abolished is None:
        return reply(found)
    typed = typed if len(typed) <= MOST_ECHOED else typed[:MOST_ECHOED] + "…"
    if isinstance(found, Authority):
        return Reply(card=_abolished(found, verb))
    if isinstance(found, Ambiguous):
        return Reply(card=_question(words.AMBIGUOUS.format(typed=typed), found.candidates, verb))
    if found.nearest:
        return Reply(card=_question(words.UNKNOWN.format(typed=typed), found.nearest, verb, words.UNKNOWN_TRY))
    example = words.UNKNOWN_NONE.format(command=words.COMMAND, verb=verb)
    return Reply(card=_told(f"{words.UNKNOWN.format(typed=typed)} {example}"))


def _abolished(gone: Authority, verb: str) -> Card:
    assert gone.abolished is not None
    heirs = tuple(heir for urn in gone.successors if (heir := REGISTRY.by_urn(urn)))
    form = words.ABOLISHED if heirs else words.ABOLISHED_ALONE
    return _question(form.format(name=gone.name, day=words.day(gone.abolished)), heirs, verb)


def _question(question: str, candidates: tuple[Authority, ...], verb: str, hint: str = "") -> Card:
    buttons = tuple(Button(label=one.name, command=f"{verb}{one.slug}") for one in candidates)
    names = words.joined([one.name for one in candidates])
    said = _told(f"{question} {hint}".strip())
    return Card(title="", sentence=f"{said.sentence} {names}.", blocks=said.blocks, buttons=buttons)


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
    sentence = words.SUBSCRIBED.format(name=one.name)
    how = words.SUBSCRIBED_HOW.format(command=f"{words.COMMAND} unsubscribe {one.slug}")
    blocks = (Paragraph(((sentence,),)), SmallPrint((_by(asker.user), (how,))))
    title = words.SUBSCRIBED_TITLE.format(name=one.name)
    return Reply(card=Card(title=title, sentence=sentence, blocks=blocks), in_channel=True)


def _already(one: Authority, subscription: Subscription) -> Reply:
    since = words.day(words.london_day(subscription.created_at))
    sentence = words.ALREADY.format(name=one.name, since=since)
    blocks = (Paragraph(((sentence,),)), SmallPrint((_by(subscription.created_by),)))
    return Reply(card=Card(title=words.ALREADY_TITLE.format(name=one.name), sentence=sentence, blocks=blocks))


def _unsubscribe(one: Authority, store: Store, asker: Asker) -> Reply:
    ended = store.unsubscribe(asker.team, asker.channel, one.urn)
    if not ended:
        sentence = words.NOT_SUBSCRIBED.format(name=one.name)
        lines: tuple[Line, ...] = ((sentence,), (_channel_has(store, asker),))
        title = words.NOT_SUBSCRIBED_TITLE.format(name=one.name)
        return Reply(card=Card(title=title, sentence=sentence, blocks=(Paragraph(lines),)))
    again = f"{words.COMMAND} subscribe {one.slug}"
    sentence = words.UNSUBSCRIBED.format(name=one.name, command=again)
    blocks = (Paragraph(((sentence,),)), SmallPrint((_by(asker.user),)))
    title = words.UNSUBSCRIBED_TITLE.format(name=one.name)
    return Reply(card=Card(title=title, sentence=sentence, blocks=blocks), in_channel=True)


def _by(user: str) -> Line:
    return (words.BY, Person(user))


def _subscriptions(store: Store, asker: Asker) -> Card:
    held = store.subscriptions(asker.team, asker.channel)
    sentence = _channel_has(store, asker)
    how = words.SUBSCRIBE_FIRST.format(command=words.COMMAND)
    block: Block = Table(columns=words.SUBSCRIPTIONS_COLUMNS, rows=tuple(map(_held, held)))
    if not held:
        block = Paragraph(((sentence,), (how,)))
    return Card(title=words.SUBSCRIPTIONS_TITLE, sentence=sentence, blocks=(block,))


def _held(subscription: Subscription) -> tuple[Line, ...]:
    since = words.day(words.london_day(subscription.created_at))
    return ((parts.authority_name(subscription.urn),), (since,), (Person(subscription.created_by),))


def _channel_has(store: Store, asker: Asker) -> str:
    names = [parts.authority_name(each.urn) for each in store.subscriptions(asker.team, asker.channel)]
    return words.CHANNEL_HAS.format(names=words.joined(names)) if names else words.CHANNEL_HAS_NONE


def _help(store: Store, asker: Asker | None) -> Card:
    listed = tuple((Strong(f"{words.COMMAND} {usage}"), f" – {does}") for usage, does in words.COMMANDS)
    told = [words.HELP_NAMES, words.HELP_DEFAULTS, *([_channel_has(store, asker)] if asker else [])]
    return Card(
        title=words.HELP_TITLE,
        sentence=words.HELP_SENTENCE,
        blocks=(Paragraph(listed), Paragraph(tuple((line,) for line in told))),
    )
