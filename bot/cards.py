"""What is known of an authority, or of the whole country -> a card. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from bot import parts, words
from bot.types import Block, Bullets, Button, Card, Grades, Line, Link, Paragraph, SmallPrint
from judgements.authorities import REGISTRY, Authority
from judgements.diff import diff
from judgements.frameworks import FRAMEWORKS
from judgements.partners import NotCompared, partner
from judgements.types import LETTERS, Kind, Listing, Reading, Report
from storage.types import Coverage, KnownAuthority

INSPECTIONS = frozenset(
    {
        Kind.ILACS_INSPECTION,
        Kind.SIF_INSPECTION,
        Kind.LOOKED_AFTER_CHILDREN_INSPECTION,
        Kind.CHILD_PROTECTION_INSPECTION,
        Kind.SLAC_INSPECTION,
    }
)
"""The inspections of children's services, whose newest report is where an authority stands."""

MOST_LISTED = 5
"""So many letters, and so many unread documents, are named on a card: the newest."""


@dataclass(frozen=True, slots=True)
class Read:
    """A document that was read, and where it is published."""

    listing: Listing
    report: Report

    @property
    def day(self) -> date:
        """When its inspection ended, else when it was published."""
        return self.report.inspection.end if self.report.inspection else self.listing.published


def authority(known: KnownAuthority, one: Authority, today: date, *, subscribed: bool | None) -> Card:
    """Where an authority stands: its newest graded report, how it moved, and what came since.

    `subscribed`: whether the asker's channel is subscribed to it; None where there is no channel.
    """
    read = [Read(each.listing, each.reading) for each in known.documents if isinstance(each.reading, Report)]
    graded = [each for each in read if each.report.kind in INSPECTIONS and each.report.graded]
    buttons = _subscription_button(one, subscribed)
    if not graded:
        return _nothing(known, one, buttons)
    newest = max(graded, key=_order)
    before = _before(newest, known)
    rows = _rows(newest, before)
    told = "; ".join(parts.movement_words(row) for row in rows.rows)
    return Card(
        title=one.spoken,
        sentence=f"{one.spoken}: {parts.what(newest.report)}, published {words.day(newest.listing.published)}. "
        f"{words.capital(told)}.",
        blocks=(
            *_unread(known, newest.listing.published),
            Paragraph(tuple(_introduced(newest, today))),
            rows,
            *_unread_part(newest),
            *_since(newest, read, today),
            *_send(read, today),
            SmallPrint(tuple(_small_print(before))),
        ),
        buttons=buttons,
    )


def _nothing(known: KnownAuthority, one: Authority, buttons: tuple[Button, ...]) -> Card:
    if known.documents:
        sentence = words.NO_GRADES_YET.format(name=one.spoken)
        blocks = (Paragraph(((sentence,),)), *_unread(known))
        return Card(title=one.spoken, sentence=sentence, blocks=blocks, buttons=buttons)
    looked = known.baseline_at and (known.walked_at or known.baseline_at)
    form = words.NOTHING_LISTED if looked else words.NOT_LOOKED_YET
    sentence = form.format(name=one.spoken, at=words.moment(looked) if looked else "")
    return Card(title=one.spoken, sentence=sentence, blocks=(Paragraph(((sentence,),)),), buttons=buttons)


def _subscription_button(one: Authority, subscribed: bool | None) -> tuple[Button, ...]:
    if subscribed is None:
        return ()
    if subscribed:
        return (Button(label=words.UNSUBSCRIBE_BUTTON, command=f"unsubscribe {one.slug}"),)
    return (Button(label=words.SUBSCRIBE_BUTTON, command=f"subscribe {one.slug}"),)


def _order(read: Read) -> tuple[date, date, str]:
    """Of two reports on one inspection the later publication counts: it is the correction."""
    return read.day, read.listing.published, read.listing.file_id


def _before(newest: Read, known: KnownAuthority) -> Read | NotCompared | None:
    others = [(each.listing, each.reading) for each in known.documents if each.listing != newest.listing]
    found = partner(newest.listing, newest.report, others)
    return Read(*found) if isinstance(found, tuple) else found


def _rows(newest: Read, before: Read | NotCompared | None) -> Grades:
    if not isinstance(before, Read):
        return Grades(parts.rows(newest.report))
    return Grades(parts.rows(newest.report, diff(before.report, newest.report), before.report))


def _introduced(newest: Read, today: date) -> Iterator[Line]:
    report, listing = newest.report, newest.listing
    framework = FRAMEWORKS.get(report.framework)
    yield (
        words.CURRENT.format(
            what=words.capital(parts.what(report)), framework=framework.name if framework else report.framework
        ),
    )
    published, when = words.day(listing.published), parts.inspected(report)
    ago = words.ago(newest.day, today)
    form = words.CURRENT_DATES if when else words.CURRENT_PUBLISHED
    yield (form.format(when=when, ago=ago, published=published), " ", parts.read_link(report, listing, letter=False))


def _unread_part(newest: Read) -> Iterator[Block]:
    if newest.report.problems:
        yield Bullets(title=words.NOT_ALL_READ, items=tuple((problem,) for problem in newest.report.problems))


def _since(newest: Read, read: list[Read], today: date) -> Iterator[Block]:
    later = [each for each in read if each.report.kind in LETTERS and each.day > newest.day]
    if later:
        later.sort(key=lambda each: each.day, reverse=True)
        yield _bullets(words.SINCE_THEN, [_letter(each, today) for each in later])


def _letter(letter: Read, today: date) -> Line:
    published = letter.listing.published
    what = words.capital(parts.what(letter.report))
    said = words.LETTER_ITEM.format(what=what, published=words.day(published), ago=words.ago(published, today))
    actions = len(letter.report.priority_actions)
    flag = f" {words.WARNING} {words.PRIORITY_ACTIONS.format(count=words.counted(actions, 'area'))}" if actions else ""
    return (Link(said, letter.listing.url), flag)


def _send(read: list[Read], today: date) -> Iterator[Block]:
    outcomes = [each for each in read if each.report.outcome]
    if not outcomes:
        return
    newest = max(outcomes, key=_order)
    assert newest.report.outcome is not None
    published = newest.listing.published
    said = words.SEND_ITEM.format(
        outcome=words.capital(words.OUTCOMES[newest.report.outcome.outcome]),
        published=words.day(published),
        ago=words.ago(published, today),
    )
    yield Bullets(title=words.SEND, items=((Link(said, newest.listing.url),),))


def _unread(known: KnownAuthority, since: date = date.min) -> Iterator[Block]:
    """Documents that came after the newest graded report and were not read: the card may be out of date."""
    unread = [each.listing for each in known.documents if not _says_where_it_stands(each.reading)]
    newer = sorted((each for each in unread if each.published >= since), key=lambda each: each.published, reverse=True)
    if newer:
        yield _bullets(words.UNREAD_SINCE, [_unread_item(each) for each in newer])


def _says_where_it_stands(reading: Reading | None) -> bool:
    """An inspection whose grades were all left out as uncertain is as good as unread."""
    return isinstance(reading, Report) and (reading.kind not in INSPECTIONS or bool(reading.graded))


def _unread_item(listing: Listing) -> Line:
    said = words.UNREAD_ITEM.format(title=listing.title, published=words.day(listing.published))
    return (Link(said, listing.url),)


def _bullets(title: str, items: list[Line]) -> Bullets:
    return Bullets(title=title, items=tuple(items[:MOST_LISTED]), left_out=max(0, len(items) - MOST_LISTED))


def _small_print(before: Read | NotCompared | None) -> Iterator[Line]:
    if isinstance(before, Read):
        yield (parts.compared_with(before.report, before.listing),)
    else:
        yield (before.why if before else words.NOTHING_TO_COMPARE,)
    yield (words.PAGES,)


def status(coverage: Coverage) -> Card:
    """How many histories are stored, when the list was last read, what is wrong, and what waits or is stuck."""
    sentence = _stored(coverage)
    lines: list[Line] = [(sentence,), (_last_look(coverage),), *((one,) for one in _troubles(coverage))]
    lines.append((words.QUEUE.format(waiting=_messages(coverage.waiting)) if coverage.waiting else words.QUEUE_EMPTY,))
    if coverage.dead:
        lines.append((words.DEAD.format(dead=_messages(coverage.dead)),))
    return Card(title=words.STATUS_TITLE, sentence=sentence, blocks=(Paragraph(tuple(lines)),))


def _stored(coverage: Coverage) -> str:
    """A list that is shorter than the country is told beside the country, never instead of it."""
    listed, country = sum(one.seen for one in coverage.sources), len(REGISTRY.current)
    country_words = words.IN_ENGLAND.format(all=country)
    all_of = words.LISTED.format(listed=listed) if listed else country_words
    if listed and listed != country:
        all_of = f"{all_of} ({words.OUT_OF.format(country=country_words)})"
    newest = coverage.newest
    return words.STORED.format(
        baselined=coverage.authorities_baselined,
        all=all_of,
        newest=words.NEWEST.format(published=words.day(newest.published)) if newest else words.NO_DOCUMENT,
    )


def _last_look(coverage: Coverage) -> str:
    looked = [one.last_ok_at for one in coverage.sources if one.last_ok_at]
    return words.LAST_LOOK.format(at=words.moment(min(looked))) if looked else words.NO_LOOK


def _troubles(coverage: Coverage) -> Iterator[str]:
    for one in coverage.sources:
        if one.trouble:
            trouble = words.without_queries(one.trouble).rstrip(".")
            looks = words.counted(one.failures, "look") if one.failures > 1 else "look"
            yield words.TROUBLE.format(trouble=trouble, looks=looks)


def _messages(number: int) -> str:
    return words.counted(number, "message")
