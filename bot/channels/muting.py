"""`mute`, `unmute` and `unfurl`: what holds for a channel as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot import days, words
from bot.channels import hows, permission
from bot.grammar import Asked, Command, Form, Usage, Verb, refused, told, without_more
from bot.types import Asker, Card, Line, Paragraph, Person, Reply, SmallPrint


@dataclass(frozen=True, slots=True)
class Mute:
    """`typed` says for how long."""

    typed: str

    def answer(self, asked: Asked) -> Reply:
        asker = permission.granted(asked)
        if isinstance(asker, Reply):
            return asker
        until = hows.mute_end(self.typed, asked.now)
        if until is None:
            return refused(words.MUTE_HOW.format(command=asked.command))
        if until <= asked.now:
            return refused(words.MUTE_IS_OVER.format(command=asked.command))
        if until > asked.now + hows.LONGEST_MUTE:
            return refused(words.MUTE_TOO_LONG.format(command=asked.command))
        before = asked.store.channel(asker.team, asker.channel)
        goes_on = before.muted_until is not None and before.muted_until > asked.now
        since = before.muted_since if goes_on and before.muted_since else asked.now
        asked.store.mute(asker.team, asker.channel, until, asker.user, since=since)
        said = {"command": words.COMMAND, "days": _days(since, until)}
        lines: list[Line] = [(words.MUTED.format(until=words.moment(until), **said),)]
        if goes_on and before.muted_until:
            lines.append((words.MUTED_BEFORE.format(until=words.moment(before.muted_until)),))
        if _has_digests(asked, asker):
            lines.append((words.MUTED_DIGEST,))
        title = words.MUTED_TITLE.format(until=words.moment(until))
        how = (words.UNMUTE_HOW.format(command=words.COMMAND),)
        blocks = (Paragraph(tuple(lines)), SmallPrint(((words.BY, Person(asker.user)), how)))
        return Reply(card=Card(title=title, sentence=f"{title}.", blocks=blocks), in_channel=True)


@dataclass(frozen=True, slots=True)
class Unmute:
    def answer(self, asked: Asked) -> Reply:
        asker = permission.granted(asked)
        if isinstance(asker, Reply):
            return asker
        state = asked.store.channel(asker.team, asker.channel)
        if state.muted_until is None or state.muted_until <= asked.now:
            return Reply(card=told(words.NOT_MUTED))
        asked.store.mute(asker.team, asker.channel, None, asker.user)
        days = _days(state.muted_since or asked.now, asked.now)
        sentence = words.UNMUTED.format(command=words.COMMAND, days=days)
        digest: tuple[Line, ...] = ((words.UNMUTED_DIGEST,),) if _has_digests(asked, asker) else ()
        blocks = (Paragraph(((sentence,), *digest)), SmallPrint(((words.BY, Person(asker.user)),)))
        return Reply(card=Card(title=words.UNMUTED_TITLE, sentence=sentence, blocks=blocks), in_channel=True)


def _days(since: datetime, until: datetime) -> int:
    """The days in London from one moment to the other, both counted: as many as `recent` has to be asked for."""
    return min((words.london_day(until) - words.london_day(since)).days + 1, days.MOST_DAYS)


def _has_digests(asked: Asked, asker: Asker) -> bool:
    return any(one.how != hows.NOW for one in asked.store.subscriptions(asker.team, asker.channel))


@dataclass(frozen=True, slots=True)
class Unfurl:
    """Whether addresses are unfolded in this channel; None asks whether they are."""

    on: bool | None

    def answer(self, asked: Asked) -> Reply:
        asker = permission.in_a_channel(asked)
        if isinstance(asker, Reply):
            return asker
        if self.on is None:
            is_on = asked.store.channel(asker.team, asker.channel).unfurls
            return Reply(card=told(words.UNFURL_IS[is_on], words.UNFURL_HOW.format(command=asked.command)))
        if why := permission.why_not(asker):
            return refused(why)
        asked.store.set_unfurls(asker.team, asker.channel, self.on)
        return Reply(card=told(words.UNFURL_ON if self.on else words.UNFURL_OFF), in_channel=True)


def _unfurl(rest: str) -> Command:
    said = {"": None, "on": True, "off": False}
    return Unfurl(said[rest.casefold()]) if rest.casefold() in said else Usage(words.UNFURL_HOW, "unfurl")


VERBS = (
    Verb(
        name="mute",
        parse=lambda rest: Mute(rest) if rest else Usage(words.MUTE_HOW, "mute"),
        forms=(Form(usage="mute 14d", does=words.MUTE_DOES),),
        of_channel=True,
    ),
    Verb(
        name="unmute",
        parse=without_more("unmute", Unmute),
        forms=(Form(usage="unmute", does=words.UNMUTE_DOES),),
        alone=True,
        takes=False,
        of_channel=True,
    ),
    Verb(
        name="unfurl",
        parse=_unfurl,
        forms=(Form(usage="unfurl off", does=words.UNFURL_DOES),),
        alone=True,
        of_channel=True,
    ),
)
