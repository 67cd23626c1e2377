"""`history west-sussex`: every inspection and letter, oldest to newest, with a timeline picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from bot import naming, parts, words
from bot.answers import cards, charts, reports
from bot.answers.paging import page_of, turning
from bot.answers.reports import Read
from bot.answers.timeline import timeline
from bot.grammar import Asked, Command, Form, Usage, Verb, refused
from bot.types import Block, Button, Card, File, Line, Link, Paragraph, Reply, SmallPrint, Strong
from judgements.authorities import Authority
from judgements.partners import NotCompared
from judgements.types import Report
from storage.types import KnownAuthority, KnownDocument

PAGE = 15
"""Documents on one page: a report of the oldest frameworks names twenty judgements."""


@dataclass(frozen=True, slots=True)
class History:
    name: str
    page: int = 1

    def answer(self, asked: Asked) -> Reply:
        return naming.about(self.name, "history ", asked, lambda one: self._of(one, asked))

    def _of(self, one: Authority, asked: Asked) -> Reply:
        known = asked.store.known(one.urn)
        inherited = _inherited(one, asked)
        if not known.documents and not inherited:
            return refused(cards.nothing_known(known, one))
        documents = sorted(reports.published((*known.documents, *inherited)), key=_order)
        pages = max(1, -(-len(documents) // PAGE))
        if not 1 <= self.page <= pages:
            said = words.NO_PAGE.format(
                pages=words.counted(pages, "page"), command=f"{asked.command} history {one.slug}"
            )
            return refused(said)
        shown = documents[(self.page - 1) * PAGE : self.page * PAGE]
        picture = picture_of(one, known, asked) if self.page == 1 else ()
        card = _card(one, documents, shown, self.page, pages)
        return Reply(card=card, files=picture)


def parse(rest: str) -> Command:
    name, page = page_of(rest)
    return History(name, page) if name else Usage(words.NAME_MISSING, "history")


VERBS = (
    Verb(
        name="history", parse=parse, forms=(Form(usage="history west-sussex", does=words.HISTORY_DOES),), also=("past",)
    ),
)


def picture_of(one: Authority, known: KnownAuthority, asked: Asked) -> tuple[File, ...]:
    """The picture of an authority's grades; () if it was never given one."""
    shown = timeline(one.spoken, reports.read(known.documents), asked.today)
    if shown is None:
        return ()
    title = words.CHART_TITLE.format(name=one.spoken)
    return (File(name=f"{one.slug}-timeline.png", title=title, make=partial(charts.draw, shown), alt=shown.alt),)


def _inherited(one: Authority, asked: Asked) -> tuple[KnownDocument, ...]:
    """The documents of those that this authority took over from, and of those before them."""
    return tuple(
        document
        for before in asked.registry.predecessors(one.urn)
        for document in (*asked.store.known(before.urn).documents, *_inherited(before, asked))
    )


def _order(document: KnownDocument) -> tuple[object, ...]:
    listing = document.listing
    return (document.inspected or listing.published, listing.published, listing.file_id)


def _card(
    one: Authority, documents: Sequence[KnownDocument], shown: Sequence[KnownDocument], page: int, pages: int
) -> Card:
    first, last = documents[0].listing.published, documents[-1].listing.published
    sentence = words.HISTORY_SENTENCE.format(
        name=one.spoken,
        number=words.counted(len(documents), "document"),
        first=words.day(first),
        last=words.day(last),
    )
    blocks: list[Block] = [Paragraph(((sentence,),)), *(_told(each, one, documents) for each in shown)]
    notes: list[Line] = [(words.HISTORY_NOTE,)]
    if pages > 1:
        notes.append((words.PAGE_NUMBER.format(page=page, pages=pages),))
    buttons = (*turning(f"history {one.slug}", page, pages), Button(label=words.CARD_BUTTON, command=one.slug))
    title = words.HISTORY_TITLE.format(name=one.spoken)
    return Card(title=title, sentence=sentence, blocks=(*blocks, SmallPrint(tuple(notes))), buttons=buttons)


def _told(document: KnownDocument, one: Authority, documents: Sequence[KnownDocument]) -> Block:
    """One document: what it is, when, and each judgement with how it moved.

    A predecessor's is marked with its name, and set beside that one's own alone.
    """
    of_the_same = [each for each in documents if each.listing.urn == document.listing.urn]
    mark: Line = () if document.listing.urn == one.urn else (f"{parts.authority_name(document.listing.urn)}: ",)
    if not isinstance(document.reading, Report):
        return Paragraph(((*mark, words.WARNING, " ", *cards.unread_item(document.listing), words.HISTORY_UNREAD),))
    read = Read(document.listing, document.reading)
    published, when = words.day(read.listing.published), parts.inspected(read.report)
    form = words.HISTORY_ITEM if when else words.HISTORY_ITEM_UNDATED
    what = words.capital(parts.what(read.report))
    head: Line = (
        *mark,
        Strong(form.format(what=what, when=when)),
        " ",
        Link(words.HISTORY_PUBLISHED.format(published=published), read.listing.url),
    )
    return Paragraph((head, *_judged(read, of_the_same)))


def _judged(read: Read, documents: Sequence[KnownDocument]) -> list[Line]:
    before = reports.before(read, documents) if read.report.graded or read.report.outcome else None
    rows = reports.rows(read, before)
    lines: list[Line] = [(f"{row.sign} {words.capital(parts.movement_words(row))}".lstrip(),) for row in rows]
    if isinstance(before, NotCompared):
        lines.append((before.why,))
    if flag := parts.flag(read.report):
        lines.append((flag,))
    return lines + [(f"{words.NOT_READ_HERE} {problem}",) for problem in read.report.problems]
