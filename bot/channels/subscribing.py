"""`subscribe` and `unsubscribe`: what a channel is told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot import naming, words
from bot.channels import facets, holdings, lists, muting, permission, scopes, wishes
from bot.channels.lists import Unsure
from bot.channels.wishes import Wish
from bot.grammar import Asked, Form, Usage, Verb, echo, refused, told
from bot.types import Asker, Block, Bullets, Button, Card, Line, Paragraph, Person, Reply, SmallPrint
from judgements.authorities import Ambiguous, Authority, Unknown
from storage.types import Subscription

MOST_BUTTONS = 20
NEAREST = 3
"""So many names are offered for one that is not known, where several are not."""
EVERYTHING = frozenset({"all", "everything", "everyone"})


@dataclass(frozen=True, slots=True)
class Subscribe:
    """`typed` is all that was typed after the verb."""

    typed: str

    def answer(self, asked: Asked) -> Reply:
        if asked.asker is None:
            return refused(words.ONLY_IN_SLACK)
        if why := permission.why_not(asked.asker):
            return refused(why)
        wish = wishes.read(self.typed, asked.registry)
        if wish.mistakes:
            return refused(*wish.mistakes)
        if wish.instead:
            return Usage(words.DID_YOU_MEAN, "", f"subscribe {wish.instead}").answer(asked)
        if not wish.scopes:
            return _which(wish, asked)
        return _subscribe(wish, asked, asked.asker)


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    """`typed` is all that was typed after the verb."""

    typed: str

    def answer(self, asked: Asked) -> Reply:
        if asked.asker is None:
            return refused(words.ONLY_IN_SLACK)
        if why := permission.why_not(asked.asker):
            return refused(why)
        held = asked.store.subscriptions(asked.asker.team, asked.asker.channel)
        if self.typed.casefold() in EVERYTHING:
            return _unsubscribe_all(held, asked, asked.asker)
        named, unsure = lists.names(self.typed, asked.registry)
        gone = _no_more([one.scope for one in held], unsure)
        wanted = (*named, *gone.values())
        unsure = tuple(one for one in unsure if one.typed not in gone)
        if not wanted:
            return _ask(unsure, "unsubscribe", "", asked)
        return _unsubscribe(wanted, held, asked, asked.asker)


def _naming(verb: str, command: type[Subscribe] | type[Unsubscribe]) -> Verb:
    usage = f"{verb} west-sussex"
    forms = {
        "subscribe": (
            Form(usage=usage, does=words.SUBSCRIBE_DOES),
            Form(usage="subscribe england downgrades weekly mon 09:45", does=words.SUBSCRIBE_FILTERED_DOES),
        ),
        "unsubscribe": (
            Form(usage=usage, does=words.UNSUBSCRIBE_DOES),
            Form(usage="unsubscribe all", does=words.UNSUBSCRIBE_ALL_DOES),
        ),
    }
    also = {"subscribe": ("subscription", "sub"), "unsubscribe": ("unsub",)}
    return Verb(
        name=verb,
        parse=lambda rest: command(rest) if rest else Usage(words.NAME_MISSING, verb),
        forms=forms[verb],
        also=also[verb],
        only_in_slack=True,
    )


VERBS: tuple[Verb, ...] = (
    _naming("subscribe", Subscribe),
    _naming("unsubscribe", Unsubscribe),
    *holdings.VERBS,
    *muting.VERBS,
)


def is_subscribed(asked: Asked, one: Authority) -> bool | None:
    """Whether the asker's channel is subscribed to the authority by itself; None where there is no channel."""
    if asked.asker is None:
        return None
    return asked.store.subscription(asked.asker.team, asked.asker.channel, scopes.of_authority(one.urn)) is not None


def channel_has(asked: Asked) -> str:
    """What the asker's channel is subscribed to, in a sentence; "" where there is no channel."""
    if asked.asker is None:
        return ""
    names = holdings.names(asked.store.subscriptions(asked.asker.team, asked.asker.channel))
    return words.CHANNEL_HAS.format(names=facets.shortened(names)) if names else words.CHANNEL_HAS_NONE


def _subscribe(wish: Wish, asked: Asked, asker: Asker) -> Reply:
    held = {one.scope: one for one in asked.store.subscriptions(asker.team, asker.channel)}
    made = [facets.made(wish, scope, held.get(scope), asker, asked.now) for scope in wish.scopes]
    if empty := [one for one in made if not _reached(one)]:
        return refused(*(words.NOTHING_LEFT.format(name=scopes.spoken(one.scope)) for one in empty))
    new = [one for one in made if one.scope not in held]
    edited = [(held[one.scope], one) for one in made if one.scope in held and one != held[one.scope]]
    same = [one for one in made if held.get(one.scope) == one]
    asked.store.put_subscriptions([*new, *(after for _, after in edited)])
    names = facets.shortened(holdings.names(made))
    title = words.SUBSCRIBED_TITLE if new else words.EDITED_TITLE if edited else words.UNCHANGED_TITLE
    lines = (*_invitation(asker), *_new(new), *_same(same, alone=not (new or edited)))
    blocks: tuple[Block, ...] = ((Paragraph(lines),) if lines else ()) + tuple(_edited(edited))
    said = [facets.plain(line) for line in lines] + [facets.plain((block.title,)) for block in _edited(edited)]
    card = Card(
        title=title.format(names=names),
        sentence=" ".join(said),
        blocks=(*blocks, SmallPrint(tuple(_small_print(made, asker)))),
    )
    aside = _unsure_card(wish.unsure, "subscribe", wish.typed_options, asked) if wish.unsure else None
    if aside and not (new or edited):
        return Reply(card=card, aside=aside)
    return Reply(card=card, in_channel=bool(new or edited), aside=aside)


def _invitation(asker: Asker) -> Iterator[Line]:
    if asker.is_uninvited:
        yield (words.INVITE.format(bot=words.BOT),)


def _new(new: Sequence[Subscription]) -> Iterator[Line]:
    if not new:
        return
    what, names = facets.narrowed(new[0]), words.joined(holdings.names(new))
    form = words.SUBSCRIBED_FILTERED if what else words.SUBSCRIBED
    yield (form.format(names=names, what=what),)
    if (how := facets.told(new[0])) != facets.told(facets.USUAL):
        yield (words.HOW_LINE, *how)


def _same(same: Sequence[Subscription], *, alone: bool) -> Iterator[Line]:
    if len(same) == 1 and alone:
        since = words.day(words.london_day(same[0].created_at))
        yield (words.UNCHANGED_SENTENCE.format(names=scopes.spoken(same[0].scope), since=since),)
        yield (words.HOW_LINE, *facets.told(same[0]))
    elif same:
        yield (words.UNCHANGED_SEVERAL.format(names=words.joined(holdings.names(same))),)


def _edited(edited: Sequence[tuple[Subscription, Subscription]]) -> Iterator[Bullets]:
    """What has changed; said once for all those for which it is the same."""
    alike: dict[tuple[Line, ...], list[Subscription]] = {}
    for before, after in edited:
        alike.setdefault(facets.altered(before, after), []).append(after)
    for lines, ones in alike.items():
        yield Bullets(title=words.EDITED.format(names=words.joined(holdings.names(ones))), items=lines)


def _small_print(made: Sequence[Subscription], asker: Asker) -> Iterator[Line]:
    yield (words.BY, Person(asker.user))
    form = words.END_IT if len(made) == 1 else words.END_ONE
    yield (form.format(command=words.COMMAND, typed=scopes.typed(made[0].scope)),)


def _which(wish: Wish, asked: Asked) -> Reply:
    if not wish.unsure:
        return Usage(words.NAME_MISSING, "subscribe").answer(asked)
    return _ask(wish.unsure, "subscribe", wish.typed_options, asked)


def _ask(unsure: Sequence[Unsure], verb: str, options: str, asked: Asked) -> Reply:
    """The question which names were meant, where none is certain."""
    if not unsure:
        return Usage(words.NAME_MISSING, verb).answer(asked)
    after = f" {options}" if options else ""
    if len(unsure) == 1 and unsure[0].beyond:
        return refused(_unsure_line(unsure[0], asked), words.NAMES_HOW.format(command=asked.command))
    if len(unsure) == 1 and unsure[0].before != "region ":
        return naming.which(unsure[0].typed, f"{verb} {unsure[0].before}", asked, after)
    return Reply(card=_unsure_card(unsure, verb, options, asked), answered=False)


def _unsure_card(unsure: Sequence[Unsure], verb: str, options: str, asked: Asked) -> Card:
    title = words.NOT_UNDERSTOOD.format(count=words.counted(len(unsure), "name"))
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


def _no_more(held: Iterable[str], unsure: Iterable[Unsure]) -> dict[str, str]:
    """Scopes of authorities that are no more, or not yet, but that the channel has: by what was typed for them."""
    known = set(held)
    found = {one.typed: scopes.of_authority(one.found.urn) for one in unsure if isinstance(one.found, Authority)}
    return {typed: scope for typed, scope in found.items() if scope in known}


def _unsubscribe_all(held: Sequence[Subscription], asked: Asked, asker: Asker) -> Reply:
    if not held:
        return Reply(card=told(words.CHANNEL_HAS_NONE))
    urns = {urn for one in held for urn in scopes.covered(one.scope)}
    asked.store.remove_subscriptions(asker.team, asker.channel, [one.scope for one in held], urns)
    sentence = words.UNSUBSCRIBED_ALL.format(names=words.joined(holdings.names(held)))
    blocks = (Paragraph(((sentence,),)), SmallPrint(((words.BY, Person(asker.user)),)))
    return Reply(card=Card(title=words.UNSUBSCRIBED_ALL_TITLE, sentence=sentence, blocks=blocks), in_channel=True)


def _unsubscribe(wanted: Sequence[str], held: Sequence[Subscription], asked: Asked, asker: Asker) -> Reply:
    ended = [one for one in held if one.scope in wanted]
    left = [one for one in held if one.scope not in wanted]
    missing = [scope for scope in wanted if scope not in {one.scope for one in held}]
    urns = {urn for one in ended for urn in scopes.covered(one.scope)} - {urn for one in left for urn in _reached(one)}
    asked.store.remove_subscriptions(asker.team, asker.channel, [one.scope for one in ended], urns)
    lines: list[Line] = []
    if ended:
        form = words.UNSUBSCRIBED if len(ended) == 1 else words.UNSUBSCRIBED_SEVERAL
        names, typed = words.joined(holdings.names(ended)), scopes.typed(ended[0].scope)
        lines.append((form.format(names=names, command=words.COMMAND, typed=typed),))
    if missing:
        lines.append((words.NOT_SUBSCRIBED.format(names=words.joined([scopes.spoken(scope) for scope in missing])),))
    lines += [(still,) for still in _still_told(wanted, left)] or ([] if ended else [(channel_has(asked),)])
    title = words.UNSUBSCRIBED_TITLE if ended else words.NOT_SUBSCRIBED_TITLE
    names = facets.shortened([scopes.spoken(scope) for scope in ([one.scope for one in ended] or missing)])
    blocks = (Paragraph(tuple(lines)), SmallPrint(((words.BY, Person(asker.user)),)))
    card = Card(title=title.format(names=names), sentence=facets.plain(lines[0]), blocks=blocks)
    return Reply(card=card, in_channel=bool(ended))


def _still_told(wanted: Iterable[str], left: Sequence[Subscription]) -> Iterator[str]:
    for scope in wanted:
        if over := [one for one in left if scopes.covered(scope) & _reached(one)]:
            yield words.STILL_TOLD.format(names=scopes.spoken(scope), scopes=words.joined(holdings.names(over)))


def _reached(one: Subscription) -> frozenset[str]:
    excepted = (heir for urn in one.excepted for heir in scopes.heirs(urn))
    return scopes.covered(one.scope).difference(excepted)
