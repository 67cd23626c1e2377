"""What a subscription says besides its scope, facet by facet: made of a wish, told, set beside the old one. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any

from bot import words
from bot.channels import hows, scopes, wishes
from bot.channels.wishes import Options, Wish
from bot.types import Asker, Group, Line, Person, Run, Strong
from judgements.authorities import REGISTRY
from storage.types import Subscription


def made(wish: Wish, scope: str, held: Subscription | None, asker: Asker, now: datetime) -> Subscription:
    """The subscription after the wish: what was not said stays as it was, or is as usual where there was none."""
    old = held or Subscription(
        team=asker.team, channel=asker.channel, scope=scope, created_by=asker.user, created_at=now
    )
    new = replace(old, excepted=_excepted(wish, scope, old), **_said(wish.options))
    if new.how == hows.NOW and wish.options.even_if_empty is None:
        new = replace(new, even_if_empty=False)
    if new == held:
        return held
    new = replace(new, digest_at=hows.due(new.how, now) if new.even_if_empty else None)
    return replace(new, edited_by=asker.user, edited_at=now) if held else new


def _excepted(wish: Wish, scope: str, old: Subscription) -> tuple[str, ...]:
    """URNs that the scope covers; an exception of anybody else means nothing."""
    if wish.excepted is None:
        return old.excepted
    urns = {urn for each in wish.excepted for urn in scopes.members(each)}
    return tuple(sorted(urns & scopes.covered(scope)))


def _said(options: Options) -> Mapping[str, Any]:
    said = {field.name: getattr(options, field.name) for field in fields(options) if field.name != "mention_on"}
    told = {name: value for name, value in said.items() if value is not None}
    return told | ({"mention_on": options.mention_on} if options.mention is not None else {})


def facets(one: Subscription) -> Mapping[str, Line]:
    """Each facet by its key in `words.FACETS`, in words."""
    return {
        "how": (hows.spoken(one.how),),
        "empty": (words.DIGEST_ANYWAY if one.even_if_empty else words.NO_DIGEST,),
        "documents": (words.joined([words.SORTS[sort] for sort in one.documents]) or words.ALL_SORTS,),
        "changes": (_moves(one) or words.ALL_MOVES,),
        "form": (words.IN_ONE_LINE if one.compact else words.IN_FULL,),
        "threads": (words.WITH_THREADS if one.threads else words.WITHOUT_THREADS,),
        "mention": _mentioned(one),
        "excepted": (names_of(one.excepted) or words.NO_EXCEPTIONS,),
    }


USUAL = Subscription(team="", channel="", scope="", created_by="", created_at=datetime.min.replace(tzinfo=UTC))


def told(one: Subscription) -> Line:
    """When it is told, and whatever is not as usual: "every Monday at 09:45; only letters; in one line"."""
    usual = facets(USUAL)
    said: list[Run] = [*facets(one)["how"]]
    for key, line in facets(one).items():
        if key != "how" and line != usual[key]:
            said += ["; ", words.FACETS_SAID[key], *line]
    return tuple(said)


def whole(one: Subscription) -> Line:
    """The same of one that stands beside others for the same scope: "everything, at once"."""
    return told(one) if one.narrowed else (words.ALL_OF_IT, *told(one))


def altered(old: Subscription, new: Subscription) -> tuple[Line, ...]:
    """A line for each facet that differs: "When: at once → every Monday at 09:45"."""
    before, after = facets(old), facets(new)
    return tuple(
        (
            Strong(f"{words.FACETS[key]}:"),
            " ",
            *before[key],
            words.FACET_CHANGE,
            *after[key],
        )
        for key in after
        if before[key] != after[key]
    )


def typed(one: Subscription) -> str:
    """All that is typed after `subscribe` to have it so, but whom it mentions."""
    names = ", ".join(scopes.typed(scopes.of_authority(urn)) for urn in one.excepted)
    excepted = [words.EXCEPT.format(names=names)] if names else []
    options = wishes.typed(
        Options(
            documents=one.documents or None,
            changes=one.changes or None,
            how=None if one.how == hows.NOW else one.how,
            compact=one.compact or None,
            threads=None if one.threads else False,
            even_if_empty=one.even_if_empty or None,
        )
    )
    return " ".join(filter(None, (scopes.typed(one.scope), *excepted, options)))


def widening(one: Subscription) -> str:
    """The words that take back whatever it leaves out; "" if that is nothing."""
    nobody = " ".join((words.EXCEPT.format(names=words.NOBODY),) if one.excepted else ())
    every = Options(documents=() if one.documents else None, changes=() if one.changes else None)
    return " ".join(filter(None, (wishes.typed(every), nobody)))


def narrowed(one: Subscription) -> str:
    """ "downgrades in inspections and letters"; "" where everything is told."""
    documents = words.joined([words.SORTS[sort] for sort in one.documents])
    moves = words.joined([words.MOVES[each] for each in one.changes])
    return words.MOVES_IN.format(moves=moves, documents=documents) if moves and documents else moves or documents


def named(one: Subscription) -> str:
    """ "letters on Kent"; "Kent" where everything is told."""
    what, name = narrowed(one), scopes.spoken(one.scope)
    return words.OF_ON.format(what=what, name=name) if what else name


def reached(one: Subscription) -> frozenset[str]:
    """The URNs that it tells of."""
    excepted = (heir for urn in one.excepted for heir in scopes.heirs(urn))
    return scopes.covered(one.scope).difference(excepted)


def lets_through(one: Subscription, other: Subscription) -> bool:
    """Whether the filters of `one` let everything through that those of `other` do."""
    pairs: tuple[tuple[Sequence[str], Sequence[str]], ...] = (
        (one.documents, other.documents),
        (one.changes, other.changes),
    )
    return all(not wide or (bool(narrow) and set(narrow) <= set(wide)) for wide, narrow in pairs)


def plain(line: Line) -> str:
    """A line for the text that notifications show: in it, nobody is called by name."""
    said = (run if isinstance(run, str) else getattr(run, "text", words.SOMEBODY) for run in line)
    return "".join(said)


def mention(text: str) -> Group | Person:
    """A stored mention as something to be rendered."""
    return Group(text[len("<!subteam^") : -1]) if text.startswith("<!subteam^") else Person(text[len("<@") : -1])


def names_of(urns: Sequence[str]) -> str:
    """The authorities with these URNs, by name, some of them where they are many; those of today, if any is."""
    known = [one for urn in urns if (one := REGISTRY.by_urn(urn))]
    today = [one for one in known if one in REGISTRY.current]
    return shortened(sorted(one.spoken for one in today or known))


def shortened(names: Sequence[str]) -> str:
    """ "A, B and C"; of many, the first and how many others."""
    if len(names) <= words.MOST_NAMED + 1:
        return words.joined(names)
    others = words.counted(len(names) - words.MOST_NAMED, "other")
    between = "; " if any("," in name for name in names) else ", "
    return words.AND_OTHERS.format(names=between.join(names[: words.MOST_NAMED]), count=others)


def _moves(one: Subscription) -> str:
    return words.ONLY.format(moves=words.joined([words.MOVES[each] for each in one.changes])) if one.changes else ""


def _mentioned(one: Subscription) -> Line:
    if not one.mention:
        return (words.NOBODY,)
    on = words.MENTIONED_ON.format(moves=words.MOVES[one.mention_on]) if one.mention_on else ""
    return (mention(one.mention), on)
