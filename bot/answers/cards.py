"""What is known of an authority, or of the whole country -> a card. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from bot import parts, words, wrong_reading
from bot.answers import reports
from bot.answers.reports import Read
from bot.types import Block, Bullets, Button, Card, Grades, Line, Link, Paragraph, SmallPrint
from judgements.authorities import REGISTRY, Authority
from judgements.frameworks import FRAMEWORKS
from judgements.partners import NotCompared
from judgements.types import Listing, Report
from storage.types import Coverage, KnownAuthority, KnownTrouble, SourceState, TroubleKind

MOST_LISTED = 5
"""So many letters, and so many unread documents, are named on a card: the newest."""


def authority(known: KnownAuthority, one: Authority, today: date, *, subscribed: bool | None) -> Card:
    """Where an authority stands: its newest graded report, how it moved, and what came since.

    `subscribed`: whether the asker's channel is subscribed to it; None where there is no channel.
    """
    newest = reports.newest_graded(known.documents)
    buttons = (*_further(known, one), *_subscription_button(one, subscribed), *_wrong_button(newest))
    if newest is None:
        return _nothing(known, one, buttons)
    before = reports.before(newest, known.documents)
    rows = reports.rows(newest, before)
    told = "; ".join(parts.movement_words(row) for row in rows)
    return Card(
        title=one.spoken,
        sentence=f"{one.spoken}: {parts.what(newest.report)}, published {words.day(newest.listing.published)}. "
        f"{words.capital(told)}.",
        blocks=(
            *_unread(known, newest.listing.published),
            Paragraph(tuple(_introduced(newest, today))),
            Grades(rows),
            *_unread_part(newest),
            *_since(newest, known, today),
            *_send(known, today),
            SmallPrint(tuple(_small_print(before))),
        ),
        buttons=buttons,
    )


def nothing_known(known: KnownAuthority, one: Authority) -> str:
    """Why there is no grade to show, in a sentence."""
    if known.documents:
        return words.NO_GRADES_YET.format(name=one.spoken)
    looked = known.baseline_at and (known.walked_at or known.baseline_at)
    form = words.NOTHING_LISTED if looked else words.NOT_LOOKED_YET
    return form.format(name=one.spoken, at=words.moment(looked) if looked else "")


def _nothing(known: KnownAuthority, one: Authority, buttons: tuple[Button, ...]) -> Card:
    sentence = nothing_known(known, one)
    blocks = (Paragraph(((sentence,),)), *_unread(known))
    return Card(title=one.spoken, sentence=sentence, blocks=blocks, buttons=buttons)


def _further(known: KnownAuthority, one: Authority) -> Iterator[Button]:
    """Where a reader may want to go on from here; no further than there is something to see."""
    if known.documents:
        yield Button(label=words.HISTORY_BUTTON, command=f"history {one.slug}")
    if reports.newest_graded(known.documents):
        yield Button(label=words.WHY_BUTTON, command=f"why {one.slug}")
    if one.neighbours:
        yield Button(label=words.NEIGHBOURS_BUTTON, command=f"neighbours {one.slug}")


def _subscription_button(one: Authority, subscribed: bool | None) -> tuple[Button, ...]:
    if subscribed is None:
        return ()
    if subscribed:
        return (Button(label=words.UNSUBSCRIBE_BUTTON, command=f"unsubscribe {one.slug}"),)
    return (Button(label=words.SUBSCRIBE_BUTTON, command=f"subscribe {one.slug}"),)


def _wrong_button(newest: Read | None) -> tuple[Button, ...]:
    return (wrong_reading.button(newest.listing),) if newest else ()


def under_framework(report: Report) -> str:
    """What the report is and what its framework is called for short, if it is: "Single inspection … (SIF)."."""
    framework = FRAMEWORKS.get(report.framework)
    _, bracket, short = (framework.name if framework else report.framework).rpartition("(")
    form = words.CURRENT if bracket else words.CURRENT_UNNAMED
    return form.format(what=words.capital(parts.what(report)), framework=short.rstrip(")"))


def _introduced(newest: Read, today: date) -> Iterator[Line]:
    report, listing = newest.report, newest.listing
    yield (under_framework(report),)
    published, when = words.day(listing.published), parts.inspected(report)
    ago = words.ago(newest.day, today)
    form = words.CURRENT_DATES if when else words.CURRENT_PUBLISHED
    yield (form.format(when=when, ago=ago, published=published), " ", parts.read_link(report, listing, letter=False))
    if flag := parts.flag(report):
        yield (flag,)


def _unread_part(newest: Read) -> Iterator[Block]:
    if newest.report.problems:
        yield Bullets(title=words.NOT_ALL_READ, items=tuple((problem,) for problem in newest.report.problems))


def _since(newest: Read, known: KnownAuthority, today: date) -> Iterator[Block]:
    if later := reports.letters_since(known.documents, newest):
        yield _bullets(words.SINCE_THEN, [_letter(each, today) for each in later])


def _letter(letter: Read, today: date) -> Line:
    published = letter.listing.published
    what = words.capital(parts.what(letter.report))
    said = words.LETTER_ITEM.format(what=what, published=words.day(published), ago=words.ago(published, today))
    return _flagged(Link(said, letter.listing.url), letter)


def _flagged(link: Link, read: Read) -> Line:
    flag = parts.flag(read.report)
    return (link, f" {flag}") if flag else (link,)


def _send(known: KnownAuthority, today: date) -> Iterator[Block]:
    newest = reports.newest_outcome(known.documents)
    if newest is None or newest.report.outcome is None:
        return
    published = newest.listing.published
    said = words.SEND_ITEM.format(
        outcome=words.capital(words.OUTCOMES[newest.report.outcome.outcome]),
        published=words.day(published),
        ago=words.ago(published, today),
    )
    yield Bullets(title=words.SEND, items=(_flagged(Link(said, newest.listing.url), newest),))


def _unread(known: KnownAuthority, since: date = date.min) -> Iterator[Block]:
    if newer := reports.unread(known.documents, since):
        yield _bullets(words.UNREAD_SINCE, [unread_item(each) for each in newer])


def unread_item(listing: Listing) -> Line:
    """A document that was not read: as the site names it, with its address."""
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


def status(coverage: Coverage, today: date, *, whole: bool) -> Card:
    """How many histories are stored, when the list was read and will be, what is wrong, and what waits or is stuck.

    `whole`: with all that operators have been told; others learn how much of it there is.
    """
    sentence = _stored(coverage, today)
    lines: list[Line] = [(sentence,), *_last_look(coverage), *_newest(coverage, today), *_next_look(coverage)]
    lines += [(one,) for one in _troubles(coverage)]
    lines.append((words.QUEUE.format(waiting=_messages(coverage.waiting)) if coverage.waiting else words.QUEUE_EMPTY,))
    if coverage.untold:
        lines.append((words.UNTOLD.format(untold=words.counted(coverage.untold, "change")),))
    if coverage.dead:
        lines.append((words.DEAD.format(dead=_messages(coverage.dead)),))
    known = [one for one in coverage.troubles if one.kind is not TroubleKind.SOURCE_FAILING]
    if known and not whole:
        lines.append((words.TROUBLES_KNOWN.format(count=words.counted(len(known), "problem")),))
    blocks = (Paragraph(tuple(lines)), *(_troubles_in_full(known) if known and whole else ()))
    return Card(title=words.STATUS_TITLE, sentence=sentence, blocks=blocks)


def _stored(coverage: Coverage, today: date) -> str:
    """A list that is not the whole country is told beside the country, never instead of it."""
    listed, country = sum(one.seen for one in coverage.sources), len(REGISTRY.on(today).current)
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


def _newest(coverage: Coverage, today: date) -> Iterator[Line]:
    if coverage.newest:
        listing = coverage.newest
        said = words.NEWEST_IS.format(name=parts.authority_name(listing.urn, today), title=listing.title)
        yield (Link(said, listing.url),)


def _last_look(coverage: Coverage) -> Iterator[Line]:
    """When the list was read and, where that is another thing, when everything was well."""
    if not (read := [one.listed_at for one in coverage.sources if one.listed_at]):
        yield (words.NO_LOOK,)
        return
    yield (words.LAST_LOOK.format(at=words.moment(min(read))),)
    well = [one.last_ok_at for one in coverage.sources if one.last_ok_at]
    if not well:
        yield (words.NEVER_WELL,)
    elif min(well) < min(read) and any(one.trouble for one in coverage.sources):
        yield (words.LAST_WELL.format(at=words.moment(min(well))),)


def _next_look(coverage: Coverage) -> Iterator[Line]:
    looks = [one.next_check_at or one.next_look_at for one in coverage.sources]
    if due := [moment for moment in looks if moment]:
        yield (words.NEXT_LOOK.format(at=words.moment(min(due))),)


def _troubles(coverage: Coverage) -> Iterator[str]:
    return (_trouble(one) for one in coverage.sources if one.trouble)


def _trouble(one: SourceState) -> str:
    trouble = words.without_queries(one.trouble).rstrip(".")
    looks = words.counted(one.failures, "look") if one.failures > 1 else "look"
    return words.TROUBLE.format(trouble=trouble, looks=looks)


def _troubles_in_full(known: Iterable[KnownTrouble]) -> Iterator[Block]:
    """What else operators have been told; how the sources are has been said."""
    since = ((words.day(words.london_day(one.since)), words.without_queries(one.sentence)) for one in known)
    yield _bullets(words.TROUBLES, [(words.TROUBLE_SINCE.format(day=day, sentence=told),) for day, told in since])


def _messages(number: int) -> str:
    return words.counted(number, "message")
