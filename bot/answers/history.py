"""`history west-sussex`: every inspection and letter, oldest to newest, with a timeline picture."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from bot import naming, parts, words, wrong_reading
from bot.answers import cards, charts, reports
from bot.answers.reports import Read
from bot.answers.timeline import timeline
from bot.grammar import Asked, Command, Form, Usage, Verb, about, refused
from bot.paging import page_of, turning
from bot.types import Block, Button, Card, File, Line, Link, Paragraph, Reply, SmallPrint, Strong
from judgements.authorities import Authority, Registry
from judgements.partners import NotCompared
from judgements.types import Report
from storage.store import Store
from storage.types import KnownDocument

PAGE = 15
"""Documents on one page: a report of the oldest frameworks names twenty judgements."""


@dataclass(frozen=True, slots=True)
class History:
    name: str
    page: int = 1

    def answer(self, asked: Asked) -> Reply:
        return naming.about(self.name, "history ", asked, lambda one: self._of(one, asked))

    def _of(self, one: Authority, asked: Asked) -> Reply:
        documents = shelf(one, asked.store, asked.registry)
        if not documents:
            return refused(cards.nothing_known(asked.store.standing(one.urn), one))
        pages = -(-len(documents) // PAGE)
        if not 1 <= self.page <= pages:
            said = words.NO_PAGE.format(
                pages=words.counted(pages, "page"), command=f"{asked.command} history {one.slug}"
            )
            return refused(said)
        shown = documents[(self.page - 1) * PAGE : self.page * PAGE]
        picture = picture_of(one, documents, asked) if self.page == 1 else ()
        card = _card(one, documents, shown, self.page, pages)
        return Reply(card=card, files=picture)


def parse(rest: str) -> Command:
    name, page = page_of(about(rest), bare=True)
    return History(name, page) if name else Usage(words.NAME_MISSING, "history")


VERBS = (
    Verb(
        name="history", parse=parse, forms=(Form(usage="history west-sussex", does=words.HISTORY_DOES),), also=("past",)
    ),
)


def picture_of(one: Authority, documents: Iterable[KnownDocument], asked: Asked) -> tuple[File, ...]:
    """The picture of an authority's own grades; () if it was never given one."""
    own = [each for each in documents if each.listing.urn == one.urn]
    shown = timeline(one.spoken, reports.read(own), asked.today)
    if shown is None:
        return ()
    title = words.CHART_TITLE.format(name=one.spoken)
    return (File(name=f"{one.slug}-timeline.png", title=title, make=partial(charts.draw, shown), alt=shown.alt),)


def shelf(one: Authority, store: Store, registry: Registry) -> tuple[KnownDocument, ...]:
    """What stands on the pages of the authority and of those it took over from, by the end of the inspection."""
    found = store.documents_of([each.urn for each in (one, *forebears(one, registry))])
    return tuple(sorted(reports.published(each for page in found.values() for each in page), key=_order))


def forebears(one: Authority, registry: Registry) -> Iterator[Authority]:
    """Those that the authority took over from, and those before them."""
    for before in registry.predecessors(one.urn):
        yield before
        yield from forebears(before, registry)


def _order(document: KnownDocument) -> tuple[object, ...]:
    listing = document.listing
    return (document.inspected or listing.published, listing.published, listing.file_id)


def _card(
    one: Authority, documents: Sequence[KnownDocument], shown: Sequence[KnownDocument], page: int, pages: int
) -> Card:
    published = [each.listing.published for each in documents]
    first, last = min(published), max(published)
    form = words.HISTORY_SENTENCE_OF_A_DAY if first == last else words.HISTORY_SENTENCE
    number = words.counted(len(documents), "document")
    sentence = form.format(name=one.spoken, number=number, first=words.day(first), last=words.day(last))
    blocks: list[Block] = [Paragraph(((sentence,),)), *(_told(each, one, documents) for each in shown)]
    notes: list[Line] = [(words.HISTORY_NOTE,)]
    if pages > 1:
        notes.append((words.PAGE_NUMBER.format(page=page, pages=pages),))
    further = (Button(label=words.CARD_BUTTON, command=one.slug), wrong_reading.button_of_all(one.urn))
    buttons = (*turning(f"history {one.slug}", page, pages), *further)
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
        ", ",
        Link(words.HISTORY_PUBLISHED.format(published=published), read.listing.url),
    )
    return Paragraph((head, *_judged(read, of_the_same)))


def _judged(read: Read, documents: Sequence[KnownDocument]) -> list[Line]:
    before = reports.before(read, documents) if read.report.graded or read.report.outcome else None
    rows = reports.rows(read, before)
    lines: list[Line] = [(parts.movement_short(row),) for row in rows]
    if isinstance(before, NotCompared):
        lines.append((before.why,))
    if flag := parts.flag(read.report):
        lines.append((flag,))
    return lines + [(f"{words.NOT_READ_HERE} {problem}",) for problem in read.report.problems]
