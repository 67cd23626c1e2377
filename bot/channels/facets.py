"""What a subscription says besides its scope, facet by facet: made of a wish, told, set beside the old one. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bot import words
from bot.channels import hows, scopes
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
    if held is None or new == held:
        return new
    return replace(new, edited_by=asker.user, edited_at=now)


def _excepted(wish: Wish, scope: str, old: Subscription) -> tuple[str, ...]:
    """URNs that the scope covers; an exception of anybody else means nothing."""
    if wish.excepted is None:
        return old.excepted
    urns = {urn for each in wish.excepted for urn in scopes.members(each)}
    return tuple(sorted(urns & scopes.covered(scope)))


def _said(options: Options) -> Mapping[str, Any]:
    said = {name: getattr(options, name) for name in ("documents", "changes", "how", "compact", "threads", "mention")}
    told = {name: value for name, value in said.items() if value is not None}
    return told | ({"mention_on": options.mention_on} if options.mention is not None else {})


def facets(one: Subscription) -> Mapping[str, Line]:
    """Each facet by its key in `words.FACETS`, in words."""
    return {
        "how": (hows.spoken(one.how),),
        "documents": (words.joined([words.SORTS[sort] for sort in one.documents]) or words.ALL_SORTS,),
        "changes": (_moves(one) or words.ALL_MOVES,),
        "form": (words.IN_ONE_LINE if one.compact else words.IN_FULL,),
        "threads": (words.WITH_THREADS if one.threads else words.WITHOUT_THREADS,),
        "mention": _mentioned(one),
        "excepted": (names_of(one.excepted) or words.NOBODY,),
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


def narrowed(one: Subscription) -> str:
    """ "downgrades in inspections and letters"; "" where everything is told."""
    documents = words.joined([words.SORTS[sort] for sort in one.documents])
    moves = words.joined([words.MOVES[each] for each in one.changes])
    return words.MOVES_IN.format(moves=moves, documents=documents) if moves and documents else moves or documents


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
