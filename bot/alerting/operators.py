"""What operators are told of trouble: when it begins, when it grows, and once when it is over. Pure."""

from __future__ import annotations

from datetime import datetime

from bot import words
from bot.messages import render
from bot.types import Card, Line, Paragraph, SmallPrint
from storage.places import Place
from storage.types import KnownTrouble, Owed, Part


def notice(trouble: KnownTrouble, place: Place) -> Owed:
    """The message about a trouble; the same beginning, or growth, or end, has the same key for ever."""
    team, channel = place
    grown = len({*trouble.told_of, *trouble.about})
    turn = "over" if trouble.over_at else f"grown to {grown}" if trouble.told_at else "begins"
    return Owed(
        key="|".join(("trouble", trouble.key, trouble.since.isoformat(), turn, team, channel)),
        team=team,
        channel=channel,
        part=Part.NOTICE,
        message=render(card(trouble)),
    )


def card(trouble: KnownTrouble) -> Card:
    kind, since = words.TROUBLE_KINDS[trouble.kind], words.moment(trouble.since)
    if trouble.over_at:
        title = words.NOTICE_OVER.format(kind=kind)
        lasted = words.NOTICE_LASTED.format(since=since, over=words.moment(trouble.over_at))
        lines: tuple[Line, ...] = ((lasted,), (words.NOTICE_WAS.format(sentence=_plain(trouble)),))
        return Card(title=title, sentence=f"{title}. {lasted}", blocks=(Paragraph(lines),))
    title = (words.NOTICE_GROWS if trouble.told_at else words.NOTICE_BEGINS).format(kind=kind)
    small = [words.NOTICE_SINCE.format(since=since), words.NOTICE_WHERE]
    if trouble.copy:
        small.append(words.NOTICE_COPY.format(copy=trouble.copy))
    return Card(
        title=title,
        sentence=f"{title}. {_plain(trouble)}",
        blocks=(Paragraph(((_plain(trouble),),)), SmallPrint(tuple((one,) for one in small))),
    )


def silence(last: datetime) -> str:
    """That nobody looks at the source any more, since then."""
    return words.NOBODY_WATCHES.format(at=words.moment(last))


def _plain(trouble: KnownTrouble) -> str:
    return words.without_queries(trouble.sentence)
