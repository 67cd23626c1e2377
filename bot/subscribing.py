"""The commands that change or show what a channel is subscribed to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot import naming, scopes, words
from bot.grammar import Asked, Command, Form, Usage, Verb, refused, without_more
from bot.types import Asker, Block, Card, Line, Paragraph, Person, Reply, SmallPrint, Table
from judgements.authorities import Authority
from storage.store import Store
from storage.types import Subscription

EVERYTHING = frozenset({"all", "everything", "everyone", "england", "all authorities"})


@dataclass(frozen=True, slots=True)
class Subscribe:
    name: str

    def answer(self, asked: Asked) -> Reply:
        if asked.asker is None:
            return refused(words.ONLY_IN_SLACK)
        asker = asked.asker
        return naming.about(self.name, "subscribe ", asked, lambda one: _subscribe(one, asked, asker))


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    name: str

    def answer(self, asked: Asked) -> Reply:
        if asked.asker is None:
            return refused(words.ONLY_IN_SLACK)
        asker = asked.asker
        return naming.about(self.name, "unsubscribe ", asked, lambda one: _unsubscribe(one, asked.store, asker))


@dataclass(frozen=True, slots=True)
class ListSubscriptions:
    def answer(self, asked: Asked) -> Reply:
        if asked.asker is None:
            return refused(words.ONLY_IN_SLACK)
        return Reply(card=_subscriptions(asked.store, asked.asker))


def _naming(verb: str, command: Callable[[str], Command]) -> Callable[[str], Command]:
    def parse(rest: str) -> Command:
        if not rest:
            return Usage(words.NAME_MISSING, verb)
        if rest.casefold() in EVERYTHING:
            return Usage(words.ONE_FOR_EXAMPLE, f"{verb} ")
        return command(rest)

    return parse


VERBS = (
    Verb(
        name="subscribe",
        parse=_naming("subscribe", Subscribe),
        forms=(Form(usage="subscribe west-sussex", does=words.SUBSCRIBE_DOES),),
        also=("subscription", "sub"),
        only_in_slack=True,
    ),
    Verb(
        name="unsubscribe",
        parse=_naming("unsubscribe", Unsubscribe),
        forms=(Form(usage="unsubscribe west-sussex", does=words.UNSUBSCRIBE_DOES),),
        also=("unsub",),
        only_in_slack=True,
    ),
    Verb(
        name="subscriptions",
        parse=without_more("subscriptions", ListSubscriptions),
        forms=(Form(usage="subscriptions", does=words.SUBSCRIPTIONS_DOES),),
        alone=True,
        takes=False,
        also=("list", "subs", "subscribed"),
        only_in_slack=True,
    ),
)


def is_subscribed(asked: Asked, one: Authority) -> bool | None:
    """Whether the asker's channel is subscribed to the authority; None where there is no channel."""
    return None if asked.asker is None else _subscription(asked.store, asked.asker, one) is not None


def channel_has(asked: Asked) -> str:
    """What the asker's channel is subscribed to, in a sentence; "" where there is no channel."""
    return "" if asked.asker is None else _channel_has(asked.store, asked.asker)


def _subscription(store: Store, asker: Asker, one: Authority) -> Subscription | None:
    return store.subscription(asker.team, asker.channel, scopes.of_authority(one.urn))


def _subscribe(one: Authority, asked: Asked, asker: Asker) -> Reply:
    store = asked.store
    if held := _subscription(store, asker, one):
        return _already(one, held)
    scope = scopes.of_authority(one.urn)
    wish = Subscription(
        team=asker.team, channel=asker.channel, scope=scope, created_by=asker.user, created_at=asked.now
    )
    store.put_subscriptions([wish])
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
    ended = store.remove_subscriptions(asker.team, asker.channel, [scopes.of_authority(one.urn)], [one.urn])
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
    return sorted(held, key=lambda one: scopes.spoken(one.scope))


def _held(subscription: Subscription) -> tuple[Line, ...]:
    since = words.day(words.london_day(subscription.created_at))
    return ((scopes.spoken(subscription.scope),), (since,), (Person(subscription.created_by),))


def _channel_has(store: Store, asker: Asker) -> str:
    names = [scopes.spoken(each.scope) for each in _by_name(store.subscriptions(asker.team, asker.channel))]
    return words.CHANNEL_HAS.format(names=words.joined(names)) if names else words.CHANNEL_HAS_NONE
