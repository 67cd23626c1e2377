"""The App Home: what a person's channels are subscribed to, what was published lately, and how the bot is doing. Pure.

It is made of cards, one under another; a view may have a hundred blocks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from bot import messages, parts, words
from bot.answers import reports
from bot.channels import facets, holdings
from bot.types import Button, Card, Channel, Line, Link, Paragraph, Run
from judgements.types import Report
from storage.types import KnownDocument, Subscription

MOST_BLOCKS = 100
MOST_CHANNELS = 20
MOST_DOCUMENTS = 10
LATELY = timedelta(days=28)

View = dict[str, Any]


def view(cards: Iterable[Card]) -> View:
    """The cards as a view of Slack's, as many blocks of them as it may have."""
    blocks: list[dict[str, Any]] = []
    for place, card in enumerate(cards):
        made = messages.render(card).blocks
        divider = [{"type": "divider"}] if place else []
        if len(blocks) + len(divider) + len(made) > MOST_BLOCKS:
            break
        blocks += [*divider, *(_apart(block, place) for block in made)]
    return {"type": "home", "blocks": blocks}


def window(card: Card) -> View:
    """The card as a window over the App Home."""
    title = {"type": "plain_text", "text": words.HOME_WINDOW, "emoji": False}
    close = {"type": "plain_text", "text": words.HOME_CLOSE, "emoji": False}
    return {"type": "modal", "title": title, "close": close, "blocks": list(messages.render(card).blocks)}


def _apart(block: dict[str, Any], place: int) -> dict[str, Any]:
    """The same block with ids of its own: those of one view must all differ, and each card counts from nought."""
    if block["type"] != "actions":
        return block
    elements = [{**one, "action_id": f"{one['action_id']}:{place}"} for one in block["elements"]]
    return {**block, "elements": elements}


def channels(held: Mapping[str, Sequence[Subscription]], muted: Mapping[str, datetime]) -> Card:
    """What each of the person's channels, by Slack's id, is told and how, and until when it is `muted`."""
    told = {channel: wishes for channel, wishes in held.items() if wishes}
    if not told:
        how = words.HOME_HOW.format(command=words.COMMAND)
        none = Paragraph(((words.HOME_NONE,), (how,)))
        return Card(title=words.HOME_CHANNELS, sentence=words.HOME_NONE, blocks=(none,))
    shown = list(told.items())[:MOST_CHANNELS]
    lines: list[Line] = [_channel(channel, wishes, muted.get(channel)) for channel, wishes in shown]
    if (more := len(told) - MOST_CHANNELS) > 0:
        lines.append((words.HOME_MORE_CHANNELS.format(more=words.counted(more, "channel")),))
    sentence = words.HOME_CHANNELS_SENTENCE.format(channels=words.counted(len(told), "channel"))
    return Card(title=words.HOME_CHANNELS, sentence=sentence, blocks=(Paragraph(tuple(lines)),))


def _channel(channel: str, wishes: Sequence[Subscription], muted: datetime | None) -> Line:
    """ "#general: Kent and York (at once) · all of England (every Monday at 09:45; only letters) · muted until …"."""
    alike: dict[Line, list[Subscription]] = {}
    for one in wishes:
        alike.setdefault(facets.told(one), []).append(one)
    said: list[Run] = [Channel(channel), ":"]
    for how, ones in alike.items():
        names = facets.shortened(holdings.names(ones))
        said += [words.HOME_BETWEEN if len(said) > 2 else " ", words.HOME_WISH.format(names=names), *how, ")"]
    if muted:
        said += [words.HOME_BETWEEN, words.HOME_MUTED.format(until=words.moment(muted))]
    return tuple(said)


def latest(documents: Iterable[KnownDocument], today: date) -> Card:
    """What was published lately, newest first, and stands on Ofsted's site now."""
    items = tuple(_published(one, today) for one in reports.published(documents)[:MOST_DOCUMENTS])
    if not items:
        none = (Paragraph(((words.HOME_NOTHING,),)),)
        return Card(title=words.HOME_LATEST, sentence=words.HOME_NOTHING, blocks=none)
    button = Button(label=words.HOME_RECENT, command="recent 28d")
    return Card(title=words.HOME_LATEST, sentence=words.HOME_LATEST, blocks=(Paragraph(items),), buttons=(button,))


def _published(document: KnownDocument, today: date) -> Line:
    listing, reading = document.listing, document.reading
    name = parts.authority_name(listing.urn, today)
    what = parts.what(reading) if isinstance(reading, Report) else listing.title
    when = f"{words.day(listing.published)}, {words.ago(listing.published, today)}"
    return (Link(f"{name}: {what}", listing.url), f" ({when})")
