"""“This reading is wrong”: the form that a person fills in, and what the operators are told of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot import messages, parts, words
from bot.types import Asker, Bullets, Button, Card, Line, Link, Paragraph, Person, SmallPrint
from judgements.types import Listing, Report
from storage.types import KnownDocument, Owed, Part

ACTION = "wrong"
"""The beginning of the button's `action_id`; its value is "<URN>/<file id>"."""
CALLBACK = "wrong_reading"
FIELD, INPUT = "what", "text"
WHICH, CHOSEN = "which", "document"
MOST_WRITTEN = 2000
MOST_OFFERED, MOST_LABEL = 100, 75
"""Slack offers no more in one choice, and no longer names."""


def reference(urn: str, file_id: str) -> str:
    """A document on an authority's page, as it travels in a button and in the form."""
    return f"{urn}/{file_id}"


def button(listing: Listing) -> Button:
    """Leads to the form about this document."""
    return Button(label=words.WRONG_BUTTON, command=reference(listing.urn, listing.file_id), action=ACTION)


def button_of_all(urn: str) -> Button:
    """Leads to the form about one of an authority's documents, which it asks for."""
    return Button(label=words.WRONG_ONE_BUTTON, command=reference(urn, ""), action=ACTION)


def referred(value: str) -> tuple[str, str]:
    """URN and file id of a reference ("" for any document of the authority); ("", "") for what is none."""
    urn, slash, file_id = value.partition("/")
    return (urn, file_id) if slash else ("", "")


def form(documents: Sequence[KnownDocument], channel: str) -> dict[str, Any]:
    """The modal that asks what is wrong with the reading of this document, as a view of Slack's.

    Of several (at least one) it asks first of which. The newest come last.
    """
    *others, newest = documents
    known = [_choice(documents)] if others else _reading(newest)
    urn, file_id = newest.listing.urn, "" if others else newest.listing.file_id
    question = {
        "type": "input",
        "block_id": FIELD,
        "label": {"type": "plain_text", "text": words.WRONG_QUESTION, "emoji": False},
        "element": {"type": "plain_text_input", "action_id": INPUT, "multiline": True, "max_length": MOST_WRITTEN},
    }
    return {
        "type": "modal",
        "callback_id": CALLBACK,
        "private_metadata": f"{reference(urn, file_id)}/{channel}",
        "title": {"type": "plain_text", "text": words.WRONG_TITLE, "emoji": False},
        "submit": {"type": "plain_text", "text": words.WRONG_SUBMIT, "emoji": False},
        "close": {"type": "plain_text", "text": words.WRONG_CLOSE, "emoji": False},
        "blocks": [*known, question],
    }


def _reading(document: KnownDocument) -> list[dict[str, Any]]:
    """What was read, as blocks of Slack's."""
    title = words.WRONG_WE_READ.format(name=parts.authority_name(document.listing.urn))
    read = Card(title="", sentence="", blocks=(Bullets(title=title, items=_said(document)),))
    return list(messages.render(read).blocks)


def _choice(documents: Sequence[KnownDocument]) -> dict[str, Any]:
    """Of which document: the newest first."""
    label = messages.plain_text(words.WRONG_WHICH, MOST_LABEL)
    options = [_option(each) for each in reversed(documents[-MOST_OFFERED:])]
    element = {"type": "static_select", "action_id": CHOSEN, "options": options}
    return {"type": "input", "block_id": WHICH, "label": label, "element": element}


def _option(document: KnownDocument) -> dict[str, Any]:
    listing, reading = document.listing, document.reading
    what = words.capital(parts.what(reading)) if isinstance(reading, Report) else listing.title
    said = words.UNREAD_ITEM.format(title=what, published=words.day(listing.published))
    label = messages.plain_text(said, MOST_LABEL)
    return {"text": label, "value": reference(listing.urn, listing.file_id)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What came back with the form: of which document, asked in which channel, and what the person wrote."""

    reference: str
    channel: str
    text: str


def written(view: Mapping[str, Any]) -> Written:
    urn, file_id, channel = (*str(view.get("private_metadata", "")).split("/"), "", "", "")[:3]
    values = view.get("state", {}).get("values", {})
    chosen = values.get(WHICH, {}).get(CHOSEN, {}).get("selected_option") or {}
    text = str(values.get(FIELD, {}).get(INPUT, {}).get("value") or "")[:MOST_WRITTEN]
    return Written(reference=str(chosen.get("value") or reference(urn, file_id)), channel=channel, text=text)


def messages_about(document: KnownDocument, asker: Asker, text: str, operators: str, form_id: str) -> tuple[Owed, ...]:
    """What the operators get, and the thanks that the person gets. A form that comes twice is told once."""
    name = parts.authority_name(document.listing.urn)
    thanks = (words.WRONG_THANKS if operators else words.WRONG_NOBODY).format(name=name)
    cards = {asker.user: Card(title="", sentence=thanks, blocks=(Paragraph(((thanks,),)),))}
    if operators:
        cards[operators] = _report(document, asker, text)
    return tuple(
        Owed(
            key=f"{CALLBACK}|{form_id}|{place}",
            team=asker.team,
            channel=place,
            part=Part.NOTICE,
            message=messages.render(card),
        )
        for place, card in cards.items()
    )


def _report(document: KnownDocument, asker: Asker, text: str) -> Card:
    name, listing = parts.authority_name(document.listing.urn), document.listing
    return Card(
        title=words.WRONG_REPORTED_TITLE.format(name=name),
        sentence=words.WRONG_REPORTED.format(name=name, title=listing.title),
        blocks=(
            Paragraph(((words.WRONG_BY, Person(asker.user), ": ", f"“{text}”"),)),
            Bullets(title=words.WRONG_READ_AS, items=_said(document)),
            SmallPrint(
                (
                    (Link(words.OPEN_IT, listing.url), f" ({words.WRONG_FILE.format(file_id=listing.file_id)})"),
                    (words.WRONG_PARSER.format(parser=document.parser or "–"),),
                )
            ),
        ),
    )


def _said(document: KnownDocument) -> tuple[Line, ...]:
    """What was read, in words, a line each."""
    reading = document.reading
    if not isinstance(reading, Report):
        return ((reading.why if reading else words.WRONG_NOTHING_READ,),)
    rows = parts.rows(reading)
    lines: list[Line] = [(words.capital(parts.what(reading)),)]
    lines += [(f"{row.name}: {row.after}",) for row in rows]
    return tuple(lines)
