"""`subscribe`: what a channel is told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot import words
from bot.channels import asking, facets, holdings, meant, muting, permission, scopes, unsubscribing, wishes
from bot.channels.wishes import Wish
from bot.grammar import Asked, Form, Usage, Verb, refused
from bot.types import Asker, Block, Bullets, Card, Line, Paragraph, Person, Reply, SmallPrint
from judgements.authorities import Authority
from storage.types import Subscription


@dataclass(frozen=True, slots=True)
class Subscribe:
    """`typed` is all that was typed after the verb."""

    typed: str

    def answer(self, asked: Asked) -> Reply:
        asker = permission.granted(asked)
        if isinstance(asker, Reply):
            return asker
        wish = wishes.read(self.typed, asked.registry)
        return asking.instead(wish, "subscribe", asked) or _subscribe(wish, asked, asker)


VERBS: tuple[Verb, ...] = (
    Verb(
        name="subscribe",
        parse=lambda rest: Subscribe(rest) if rest else Usage(words.NAME_MISSING, "subscribe"),
        forms=(
            Form(usage="subscribe west-sussex", does=words.SUBSCRIBE_DOES),
            Form(usage="subscribe england downgrades weekly mon 09:45", does=words.SUBSCRIBE_FILTERED_DOES),
            Form(usage="subscribe england also letters daily", does=words.SUBSCRIBE_ALSO_DOES),
            Form(usage="subscribe england all documents all changes", does=words.SUBSCRIBE_ALL_DOES),
        ),
        also=("subscription", "sub"),
        of_channel=True,
    ),
    *unsubscribing.VERBS,
    *holdings.VERBS,
    *muting.VERBS,
)


def is_subscribed(asked: Asked, one: Authority) -> bool | None:
    """Whether the asker's channel is subscribed to the authority by itself; None where there is no channel."""
    if asked.asker is None or not asked.has_channel:
        return None
    return asked.store.is_subscribed(asked.asker.team, asked.asker.channel, scopes.of_authority(one.urn))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcome:
    """What becomes of a channel's wishes: those that are new, those that are altered (before, after), the others."""

    new: tuple[Subscription, ...]
    edited: tuple[tuple[Subscription, Subscription], ...]
    same: tuple[Subscription, ...]

    @property
    def all(self) -> tuple[Subscription, ...]:
        return (*self.new, *(after for _, after in self.edited), *self.same)

    @property
    def is_change(self) -> bool:
        return bool(self.new or self.edited)


def _subscribe(wish: Wish, asked: Asked, asker: Asker) -> Reply:
    held = asked.store.subscriptions(asker.team, asker.channel)
    before = {scope: meant.edited(wish, scope, held) for scope in wish.scopes}
    if unclear := next((scope for scope, ones in before.items() if not ones), None):
        return asking.which_wish(unclear, wish, held, asked)
    made = [(one, facets.made(wish, scope, one, asker, asked.now)) for scope, ones in before.items() for one in ones]
    if why := list(_senseless(after for _, after in made)):
        return refused(*why)
    outcome = _Outcome(
        new=tuple(after for one, after in made if one is None),
        edited=tuple((one, after) for one, after in made if one and one != after),
        same=tuple(after for one, after in made if one == after),
    )
    altered = [one for one, after in outcome.edited if one.narrowed != after.narrowed]
    asked.store.put_subscriptions([*outcome.new, *(after for _, after in outcome.edited)], instead_of=altered)
    aside = asking.unsure_card(wish.unsure, "subscribe", wish.typed_options, asked) if wish.unsure else None
    card = _card(outcome, held, asker, holdings.muted(asked, asker))
    return Reply(card=card, in_channel=outcome.is_change, aside=aside)


def _senseless(made: Iterable[Subscription]) -> Iterator[str]:
    for one in made:
        if not facets.reached(one):
            yield words.NOTHING_LEFT.format(name=scopes.spoken(one.scope))
        if one.even_if_empty and not one.digest_at:
            yield words.EMPTY_OF_DIGESTS


def _card(outcome: _Outcome, held: Sequence[Subscription], asker: Asker, muted: str) -> Card:
    names = facets.shortened(holdings.names(outcome.all))
    form = words.SUBSCRIBED_TITLE if outcome.new else words.EDITED_TITLE if outcome.edited else words.UNCHANGED_TITLE
    lines = (*_invitation(asker), *_new(outcome.new, held), *_same(outcome.same))
    edited = tuple(_edited(outcome.edited))
    told = [*outcome.same, *(after for _, after in outcome.edited)]
    if outcome.new and (told or facets.told(outcome.new[0]) != facets.told(facets.USUAL)):
        told = [*outcome.new, *told]
    how = (*_hows(told), *([(muted,)] if muted else []))
    blocks: tuple[Block, ...] = (*((Paragraph(lines),) if lines else ()), *edited, *((Paragraph(how),) if how else ()))
    said = [*map(facets.plain, lines), *map(_plain, edited), *map(facets.plain, how)]
    small = SmallPrint(tuple(_small_print(outcome, held, asker)))
    return Card(title=form.format(names=names), sentence=" ".join(said), blocks=(*blocks, small))


def _plain(block: Bullets) -> str:
    """The same in a sentence."""
    return f"{block.title}: {'; '.join(map(facets.plain, block.items))}."


def _invitation(asker: Asker) -> Iterator[Line]:
    if asker.is_uninvited:
        yield (words.INVITE.format(bot=words.BOT),)


def _new(new: Sequence[Subscription], held: Sequence[Subscription]) -> Iterator[Line]:
    if not new:
        return
    what, names = facets.narrowed(new[0]), words.joined(holdings.names(new))
    form = words.SUBSCRIBED_FILTERED if what else words.SUBSCRIBED
    yield (form.format(names=names, what=what),)
    for one in [one for one in held if one.scope in {each.scope for each in new}]:
        name = f"{scopes.spoken(one.scope)}, " if len(new) > 1 else ""
        yield (words.BESIDES, name, *facets.whole(one))


def _same(same: Sequence[Subscription]) -> Iterator[Line]:
    names = words.joined(holdings.names(same))
    if len(same) == 1:
        since = words.day(words.london_day(same[0].created_at))
        yield (words.UNCHANGED_SENTENCE.format(names=names, since=since),)
    elif same:
        yield (words.UNCHANGED_SEVERAL.format(names=names),)


def _hows(ones: Sequence[Subscription]) -> Iterator[Line]:
    """How they are told; by name, where some are told otherwise than others."""
    alike: dict[Line, list[Subscription]] = {}
    for one in ones:
        alike.setdefault(facets.told(one), []).append(one)
    for how, of in alike.items():
        yield (words.HOW_LINE if len(alike) == 1 else words.capital(f"{facets.shortened(holdings.names(of))}: "), *how)


def _edited(edited: Sequence[tuple[Subscription, Subscription]]) -> Iterator[Bullets]:
    """What has changed; said once for all those for which it is the same."""
    alike: dict[tuple[Line, ...], list[Subscription]] = {}
    for before, after in edited:
        alike.setdefault(facets.altered(before, after), []).append(after)
    for lines, ones in alike.items():
        yield Bullets(title=words.EDITED.format(names=words.joined(holdings.names(ones))), items=lines)


def _small_print(outcome: _Outcome, held: Sequence[Subscription], asker: Asker) -> Iterator[Line]:
    yield (words.BY, Person(asker.user))
    first, said = outcome.all[0], {"command": words.COMMAND, "typed": scopes.typed(outcome.all[0].scope)}
    is_one_of_several = sum(one.scope == first.scope for one in (*outcome.new, *held)) > 1
    for before, after in outcome.edited:
        if before.narrowed and not facets.lets_through(after, before):
            yield (words.ALSO_BEFORE.format(command=words.COMMAND, typed=_also(before)),)
            break
    if first not in outcome.new and not is_one_of_several and (wider := facets.widening(first)):
        yield (words.WIDEN.format(**said, words=wider),)
    if is_one_of_several:
        said["typed"] = f"{said['typed']} {first.narrowed}".rstrip()
    yield ((words.END_IT if len(outcome.all) == 1 else words.END_ONE).format(**said),)


def _also(one: Subscription) -> str:
    return f"{scopes.typed(one.scope)} also {one.narrowed}"
