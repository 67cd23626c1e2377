"""`unsubscribe`: what a channel is told no more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from bot import words
from bot.channels import asking, facets, holdings, meant, permission, scopes, wishes
from bot.channels.lists import Unsure
from bot.channels.wishes import Wish
from bot.grammar import Asked, Form, Usage, Verb, question, told
from bot.types import Asker, Button, Card, Line, Paragraph, Person, Reply, SmallPrint
from judgements.authorities import Authority
from storage.types import Subscription

EVERYTHING = frozenset({"all", "everything", "everyone"})
LONGEST_TYPED = 300
"""Characters of a command that is told to be typed; nobody types a longer one."""


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    """`typed` is all that was typed after the verb."""

    typed: str

    def answer(self, asked: Asked) -> Reply:
        asker = permission.granted(asked)
        if isinstance(asker, Reply):
            return asker
        held = asked.store.subscriptions(asker.team, asker.channel)
        if self.typed.casefold() in EVERYTHING:
            return _all(held, asked, asker)
        wish = _with_those_that_are_no_more(wishes.read(self.typed, asked.registry), held)
        return asking.instead(wish, "unsubscribe", asked) or _unsubscribe(wish, held, asked, asker)


VERBS = (
    Verb(
        name="unsubscribe",
        parse=lambda rest: Unsubscribe(rest) if rest else Usage(words.NAME_MISSING, "unsubscribe"),
        forms=(
            Form(usage="unsubscribe west-sussex", does=words.UNSUBSCRIBE_DOES),
            Form(usage="unsubscribe england letters", does=words.UNSUBSCRIBE_ONE_DOES),
            Form(usage="unsubscribe all", does=words.UNSUBSCRIBE_ALL_DOES),
        ),
        also=("unsub",),
        of_channel=True,
    ),
)


def _with_those_that_are_no_more(wish: Wish, held: Iterable[Subscription]) -> Wish:
    """Authorities that are no more, or not yet, may be named too if the channel has them."""
    known = {one.scope for one in held}
    gone = {
        one: scope
        for one in wish.unsure
        if isinstance(one.found, Authority) and (scope := scopes.of_authority(one.found.urn)) in known
    }
    unsure: tuple[Unsure, ...] = tuple(one for one in wish.unsure if one not in gone)
    return replace(wish, scopes=(*wish.scopes, *gone.values()), unsure=unsure)


def _all(held: Sequence[Subscription], asked: Asked, asker: Asker) -> Reply:
    if not held:
        return Reply(card=told(words.CHANNEL_HAS_NONE))
    asked.store.remove_subscriptions(held, {urn for one in held for urn in scopes.covered(one.scope)})
    sentence = words.UNSUBSCRIBED_ALL.format(names=words.joined(holdings.names(held)))
    blocks = (Paragraph(((sentence,),)), SmallPrint(((words.BY, Person(asker.user)),)))
    return Reply(card=Card(title=words.UNSUBSCRIBED_ALL_TITLE, sentence=sentence, blocks=blocks), in_channel=True)


def _unsubscribe(wish: Wish, held: Sequence[Subscription], asked: Asked, asker: Asker) -> Reply:
    if wish.excepted:
        return _which_end(wish, asked)
    ended = [one for scope in wish.scopes for one in meant.ended(wish.options, scope, held)]
    left = [one for one in held if one not in ended]
    urns = {urn for one in ended for urn in scopes.covered(one.scope)}
    asked.store.remove_subscriptions(ended, urns.difference(*map(facets.reached, left)))
    still = [] if any(one.scope in wish.scopes for one in left) and not ended else _still_told(wish.scopes, left)
    lines = [*_ended(ended), *_missing(wish, held, ended), *still]
    if len(lines) == 1 and not ended:
        lines.append((holdings.channel_has(asked),))
    title = words.UNSUBSCRIBED_TITLE if ended else words.NOT_SUBSCRIBED_TITLE
    names = facets.shortened(holdings.names(ended) or [scopes.spoken(scope) for scope in wish.scopes])
    blocks = (Paragraph(tuple(lines)), SmallPrint(((words.BY, Person(asker.user)),)))
    card = Card(title=title.format(names=names), sentence=facets.plain(lines[0]), blocks=blocks)
    aside = asking.unsure_card(wish.unsure, "unsubscribe", wish.typed_options, asked) if wish.unsure else None
    return Reply(card=card, in_channel=bool(ended), aside=aside)


def _which_end(wish: Wish, asked: Asked) -> Reply:
    """What nobody can tell: whether those that are excepted are to be told of on, or are to be told of no more."""
    names, keeping = ([scopes.spoken(scope) for scope in which] for which in (wish.scopes, wish.excepted or ()))
    typed = ", ".join(scopes.typed(scope) for scope in wish.scopes)
    excepted = ", ".join(scopes.typed(scope) for scope in wish.excepted or ())
    without = words.EXCEPT.format(names=excepted)
    commands = (f"subscribe {typed} {without}", f"unsubscribe {typed}", f"subscribe {excepted}")
    said = words.UNSUBSCRIBE_EXCEPT.format(names=words.joined(names), keeping=words.joined(keeping))
    return question(
        said, [Button(label=command, command=command) for command in commands], words.PRESS_A_COMMAND, asked
    )


def _ended(ended: Sequence[Subscription]) -> Iterator[Line]:
    for what, ones in _by_what(ended).items():
        names = words.joined(holdings.names(ones))
        yield ((words.UNSUBSCRIBED_FILTERED if what else words.UNSUBSCRIBED).format(names=names, what=what),)
    if len(ended) == 1 and len(typed := facets.typed(ended[0])) <= LONGEST_TYPED:
        yield (words.BEGIN_AGAIN.format(command=words.COMMAND, typed=typed),)


def _missing(wish: Wish, held: Sequence[Subscription], ended: Sequence[Subscription]) -> Iterator[Line]:
    """What could not be ended, for the channel does not have it, or not so."""
    has = {one.scope for one in held}
    if none := [scopes.spoken(scope) for scope in wish.scopes if scope not in has]:
        yield (words.NOT_SUBSCRIBED.format(names=words.joined(none)),)
    for scope in [scope for scope in wish.scopes if scope in has.difference(one.scope for one in ended)]:
        here = [one for one in held if one.scope == scope]
        yield (words.NOT_SUBSCRIBED_SO.format(name=scopes.spoken(scope)),)
        yield from ((words.IT_HAS, *facets.whole(one)) for one in here)
        if not all(one.narrowed for one in here):
            yield (words.NARROW_IT.format(command=words.COMMAND, typed=scopes.typed(scope)),)


def _still_told(wanted: Iterable[str], left: Sequence[Subscription]) -> Iterator[Line]:
    """What the channel is still told of these scopes: by a wish inside them, or because of one that reaches further."""
    covered = frozenset().union(*map(scopes.covered, wanted))
    for what, ones in _by_what([one for one in left if covered & facets.reached(one)]).items():
        inside = [one for one in ones if facets.reached(one) <= covered]
        if inside:
            yield (_told_on(what, facets.shortened(holdings.names(inside))),)
        because: dict[str, list[Subscription]] = {}
        for one in ones:
            if one not in inside:
                because.setdefault(_overlap(wanted, one), []).append(one)
        for names, of in because.items():
            reason = words.BECAUSE_OF.format(scopes=words.joined(holdings.names(of)))
            yield (_told_on(what, names, reason),)


def _told_on(what: str, names: str, because: str = "") -> str:
    form = words.STILL_TOLD_FILTERED if what else words.STILL_TOLD
    return form.format(what=what, names=names, because=because)


def _overlap(wanted: Iterable[str], one: Subscription) -> str:
    """What of these scopes the wish reaches: scopes as a whole by their names, and authorities by theirs."""
    reached = facets.reached(one)
    whole = [scope for scope in wanted if scopes.covered(scope) <= reached]
    covered = frozenset().union(*map(scopes.covered, set(wanted).difference(whole)))
    rest = facets.names_of(sorted(covered & reached))
    return words.joined([*(scopes.spoken(scope) for scope in whole), *filter(None, [rest])])


def _by_what(ones: Iterable[Subscription]) -> dict[str, list[Subscription]]:
    """Wishes that are narrowed to the same, by what that is in words."""
    found: dict[str, list[Subscription]] = {}
    for one in ones:
        found.setdefault(facets.narrowed(one), []).append(one)
    return found
