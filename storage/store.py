"""What the product remembers. Every public method is a verb and one transaction; the time is always passed in.

(A claim is a transaction of its own, before what was claimed is read: what cannot be read must not undo it.)

The watcher writes what it found and what there is to tell (`apply`); the bot turns each change into deliveries
(`claim_change`, `fan_out`) and drains them (`claim_delivery`, `record_…`). Whoever claims a row holds it until its
lease ends, so a process that dies holds nothing for ever. Any method may raise `StorageError`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Engine,
    FromClause,
    Row,
    Table,
    Tuple,
    and_,
    delete,
    func,
    literal,
    not_,
    or_,
    select,
    true,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from judgements.types import Change, Listing, Report
from storage.codec import misfit
from storage.engine import StorageError, reading, writing
from storage.schema import UtcDateTime, authorities, changes, deliveries, documents, sources, subscriptions, visits
from storage.types import (
    ClaimedChange,
    Coverage,
    Delivery,
    DeliveryStatus,
    Intent,
    KnownAuthority,
    KnownDocument,
    Part,
    SourceState,
    Subscription,
    Visit,
)


class UndecodableError(StorageError):
    """What a row holds is no value of ours. It has been set aside, with this reason: the next claim takes the next."""

    def __init__(self, what: str, error: Exception) -> None:
        super().__init__(
            f"The {what} cannot be read ({misfit(error)}): another version of this program may have written it, or "
            f"somebody altered it by hand."
        )


UNSUBSCRIBED = "the channel unsubscribed"
"""The end of a message that nobody waits for any more: no trouble to anybody."""

_MISFITS = (ValueError, LookupError, TypeError)
"""What the types of the columns raise for what they cannot read."""


class Store:
    """The verbs of storage on one database. Threads may share one store."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def known_authorities(self) -> Mapping[str, KnownAuthority]:
        """Every authority seen so far by URN, without its documents."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(authorities))
            return {row.urn: KnownAuthority(**row._mapping) for row in rows}

    def known(self, urn: str) -> KnownAuthority:
        """What is remembered of one authority, with its documents, oldest publication first.

        An authority never seen is remembered as nothing, not as an error.
        """
        with reading(self._engine) as connection:
            row = connection.execute(select(authorities).where(authorities.c.urn == urn)).one_or_none()
            found: dict[str, Any] = {"urn": urn} if row is None else {**row._mapping}
            return KnownAuthority(**found, documents=_documents(connection, urn))

    def apply(self, intent: Intent) -> None:
        """Write what was found about one authority and what there is to tell of it, all of it or nothing.

        A document that is there already keeps its `first_seen_at`; a change that is there already is left alone.
        """
        with writing(self._engine) as connection:
            _write_authority(connection, intent)
            for document in intent.documents:
                _upsert(connection, documents, _fields(documents, document, document.listing), keep={"first_seen_at"})
            _insert_new(connection, changes, [_change_row(change, intent.now) for change in intent.changes])

    def history(self, urn: str) -> tuple[KnownDocument, ...]:
        """The documents of one authority in the order of their inspections, oldest first.

        A document whose inspection dates are not known stands where it was published.
        """
        with reading(self._engine) as connection:
            return tuple(sorted(_documents(connection, urn), key=_last_day))

    def awaited(self) -> Mapping[str, datetime]:
        """When the next document that has to be asked for again is due, by URN of the authority that lists it."""
        due = select(documents.c.urn, func.min(documents.c.next_try_at).label("due")).group_by(documents.c.urn)
        with reading(self._engine) as connection:
            rows = connection.execute(due.where(documents.c.next_try_at.is_not(None)))
            return {row.urn: row.due for row in rows}

    def stale(self, parser: str, most: int) -> tuple[KnownDocument, ...]:
        """At most so many documents with archived bytes that another version of the parser read."""
        old = and_(documents.c.sha256.is_not(None), documents.c.parser != parser)
        order = (documents.c.published.desc(), documents.c.file_id)
        with reading(self._engine) as connection:
            rows = connection.execute(select(documents).where(old).order_by(*order).limit(most))
            return tuple(_document(row) for row in rows)

    def record_reading(self, document: KnownDocument) -> None:
        """Write a document's reading anew, and when it has to be fetched again; it announces nothing."""
        this = and_(documents.c.file_id == document.listing.file_id, documents.c.urn == document.listing.urn)
        fresh = {name: getattr(document, name) for name in ("reading", "parser", "next_try_at")}
        with writing(self._engine) as connection:
            connection.execute(update(documents).where(this).values(fresh))

    def visit(self, url: str) -> Visit | None:
        with reading(self._engine) as connection:
            row = connection.execute(select(visits).where(visits.c.url == url)).one_or_none()
            return None if row is None else Visit(**row._mapping)

    def record_visit(self, visit: Visit) -> None:
        with writing(self._engine) as connection:
            _upsert(connection, visits, _fields(visits, visit))

    def claim_source(
        self, key: str, now: datetime, lease: timedelta, *, even_if_resting: bool = False
    ) -> SourceState | None:
        """The source, ours until `now + lease` or `release_source`; None if it is somebody's, or not due yet."""
        rested = true() if even_if_resting else _past(sources.c.next_check_at, now)
        due = and_(sources.c.key == key, rested, _past(sources.c.leased_until, now))
        with writing(self._engine) as connection:
            _insert_new(connection, sources, [_fields(sources, SourceState(key=key))])
            claim = update(sources).where(due).values(leased_until=now + lease).returning(*_SOURCE_STATE)
            row = connection.execute(claim).one_or_none()
            return None if row is None else SourceState(**row._mapping)

    def source(self, key: str) -> SourceState:
        """How a source is doing; one never polled is doing nothing yet."""
        with reading(self._engine) as connection:
            row = connection.execute(_SOURCES.where(sources.c.key == key)).one_or_none()
            return SourceState(key=key) if row is None else SourceState(**row._mapping)

    def extend_lease(self, key: str, now: datetime, lease: timedelta) -> None:
        """Keep a source that we have claimed until `now + lease`: a long poll does this as it goes."""
        with writing(self._engine) as connection:
            connection.execute(update(sources).where(sources.c.key == key).values(leased_until=now + lease))

    def release_source(self, state: SourceState) -> None:
        """Write how the source is doing, and let others claim it once `next_check_at` has come."""
        with writing(self._engine) as connection:
            _upsert(connection, sources, _fields(sources, state) | {"leased_until": None})

    def subscribe(self, subscription: Subscription) -> bool:
        """False if this channel had subscribed to this authority already; then nothing is altered."""
        with writing(self._engine) as connection:
            return _insert_new(connection, subscriptions, [_fields(subscriptions, subscription)]) == 1

    def unsubscribe(self, team: str, channel: str, urn: str) -> bool:
        """False if there was no such subscription. What the channel is still owed about this authority is dropped."""
        this = and_(subscriptions.c.team == team, subscriptions.c.channel == channel, subscriptions.c.urn == urn)
        with writing(self._engine) as connection:
            ended = delete(subscriptions).where(this).returning(subscriptions.c.urn)
            if connection.execute(ended).one_or_none() is None:
                return False
            _alter(connection, _owed(team, channel, urn), {"status": DeliveryStatus.DEAD, "trouble": UNSUBSCRIBED})
            return True

    def subscriptions(self, team: str, channel: str) -> tuple[Subscription, ...]:
        """What one channel has subscribed to, oldest first."""
        return self._subscriptions(and_(subscriptions.c.team == team, subscriptions.c.channel == channel))

    def subscribers(self, urn: str) -> tuple[Subscription, ...]:
        """Every channel of every workspace that has subscribed to one authority, oldest first."""
        return self._subscriptions(subscriptions.c.urn == urn)

    def claim_change(self, now: datetime, lease: timedelta) -> ClaimedChange | None:
        """The oldest change that has no deliveries yet, ours until `now + lease`; None if there is none.

        It is read after it is ours, so that one which cannot be read is set aside and holds up no other: that raises
        `UndecodableError`.
        """
        waiting = and_(changes.c.fanned_out_at.is_(None), _past(changes.c.leased_until, now))
        order = (changes.c.seen_at, changes.c.published, changes.c.key)
        with writing(self._engine) as connection:
            key = _claim(connection, changes, waiting, order, {"leased_until": now + lease})
        if key is None:
            return None
        try:
            with reading(self._engine) as connection:
                query = select(changes.c.change, changes.c.seen_at).where(changes.c.key == key)
                return ClaimedChange(**connection.execute(query).one()._mapping)
        except _MISFITS as error:
            raise self._without_change(key, UndecodableError(f'change "{key}"', error), now) from None

    def fan_out(self, change_key: str, messages: Sequence[Delivery], now: datetime) -> int:
        """Write the deliveries of a change and that it has had them; how many rows are new.

        A change is fanned out once: where somebody was faster (our lease had ended), nothing is written.
        """
        first = and_(changes.c.key == change_key, changes.c.fanned_out_at.is_(None))
        done = update(changes).where(first).values(fanned_out_at=now).returning(changes.c.key)
        with writing(self._engine) as connection:
            if connection.execute(done).one_or_none() is None:
                return 0
            return _insert_new(connection, deliveries, [_delivery_row(change_key, one, now) for one in messages])

    def claim_delivery(self, now: datetime, lease: timedelta) -> Delivery | None:
        """The oldest message that may be sent now, ours until `now + lease`; None if there is none.

        This attempt is counted here, so that a message that crashes us is counted too: in `attempts`, and in
        `unfinished` until the end of an attempt is recorded.

        A channel is told in order: a headline waits while an older one of the same channel is neither sent nor dead,
        a detail waits for the headline of its change.

        It is read after it is ours, so that one which cannot be read dies and holds up no other: that raises
        `UndecodableError`.
        """
        counted = {name: deliveries.c[name] + 1 for name in ("attempts", "unfinished")}
        marks = {"leased_until": now + lease} | counted
        order = (deliveries.c.seen_at, deliveries.c.published, deliveries.c.change_key, deliveries.c.key)
        with writing(self._engine) as connection:
            key = _claim(connection, deliveries, _may_be_sent(now), order, marks)
        if key is None:
            return None
        try:
            with reading(self._engine) as connection:
                return _delivery(connection, key)
        except _MISFITS as error:
            raise self._without_delivery(key, UndecodableError(f'delivery "{key}"', error), now) from None

    def record_sent(self, claimed: Delivery, ts: str, now: datetime) -> bool:
        """The message stands in the channel as `ts`. The first `ts` recorded stays.

        This and the other ends of an attempt are recorded only while no other attempt has begun: a process that slept
        longer than its lease must not alter what is somebody else's by now. False if nothing was recorded.
        """
        sent = {"status": DeliveryStatus.SENT, "ts": ts, "ended_at": now, "trouble": ""}
        unsent = and_(_this_attempt(claimed), deliveries.c.status != DeliveryStatus.SENT)
        with writing(self._engine) as connection:
            return _alter(connection, unsent, sent)

    def record_retry(
        self, claimed: Delivery, not_before: datetime, trouble: str, *, refused_since: datetime | None = None
    ) -> bool:
        """The message was refused for now: try again from `not_before` on. The first `refused_since` stays."""
        again = {
            "not_before": not_before,
            "leased_until": None,
            "trouble": trouble,
            "unfinished": 0,
            "refused_since": func.coalesce(deliveries.c.refused_since, literal(refused_since, UtcDateTime)),
        }
        with writing(self._engine) as connection:
            return _alter(connection, and_(_this_attempt(claimed), _PENDING), again)

    def record_dead(self, claimed: Delivery, trouble: str, now: datetime) -> bool:
        """The message will never be sent. A headline takes its detail with it, which has no thread to stand in."""
        with writing(self._engine) as connection:
            return _condemn(connection, claimed.key, _this_attempt(claimed), trouble, now)

    def coverage(self) -> Coverage:
        """How much of the country has been seen and when, and how many messages wait or are dead."""
        with reading(self._engine) as connection:
            known, baselined = connection.execute(_COUNT_AUTHORITIES).one()
            newest = connection.execute(_NEWEST_DOCUMENT).one_or_none()
            messages = {row.status: row.number for row in connection.execute(_COUNT_DELIVERIES)}
            return Coverage(
                authorities_known=known,
                authorities_baselined=baselined,
                newest=None if newest is None else _listing(newest),
                sources=tuple(SourceState(**row._mapping) for row in connection.execute(_SOURCES)),
                waiting=messages.get(DeliveryStatus.PENDING, 0),
                dead=messages.get(DeliveryStatus.DEAD, 0),
            )

    def _without_change(self, key: str, error: UndecodableError, now: datetime) -> UndecodableError:
        given_up = {"fanned_out_at": now, "trouble": str(error)}
        with writing(self._engine) as connection:
            connection.execute(update(changes).where(changes.c.key == key).values(given_up))
        return error

    def _without_delivery(self, key: str, error: UndecodableError, now: datetime) -> UndecodableError:
        with writing(self._engine) as connection:
            _condemn(connection, key, deliveries.c.key == key, str(error), now)
        return error

    def _subscriptions(self, wanted: ColumnElement[bool]) -> tuple[Subscription, ...]:
        order = (subscriptions.c.created_at, subscriptions.c.team, subscriptions.c.channel, subscriptions.c.urn)
        with reading(self._engine) as connection:
            rows = connection.execute(select(subscriptions).where(wanted).order_by(*order))
            return tuple(Subscription(**row._mapping) for row in rows)


_SOURCE_STATE = [column for column in sources.c if column is not sources.c.leased_until]
_SOURCES = select(*_SOURCE_STATE).order_by(sources.c.key)
_COUNT_AUTHORITIES = select(func.count(), func.count(authorities.c.baseline_at)).select_from(authorities)
_COUNT_DELIVERIES = (
    select(deliveries.c.status, func.count().label("number"))
    .where(deliveries.c.trouble != UNSUBSCRIBED)
    .group_by(deliveries.c.status)
)
_NEWEST_DOCUMENT = select(documents).order_by(documents.c.published.desc(), documents.c.file_id.desc()).limit(1)


def _past(moment: Column[Any], now: datetime) -> ColumnElement[bool]:
    return or_(moment.is_(None), moment <= now)


def _claim(
    connection: Connection,
    table: Table,
    free: ColumnElement[bool],
    order: Sequence[Column[Any]],
    marks: Mapping[str, Any],
) -> str | None:
    """Write `marks` on the first row in `order` that is free, and give its key; None if no row is.

    Another claimer may be faster between looking and writing: then the row is not free any more, and the next is tried.
    """
    oldest = select(table.c.key).where(free).order_by(*order).limit(1)
    while (key := connection.scalar(oldest)) is not None:
        claim = update(table).where(table.c.key == key, free).values(marks).returning(table.c.key)
        if connection.execute(claim).one_or_none() is not None:
            return str(key)
    return None


def _may_be_sent(now: datetime) -> ColumnElement[bool]:
    headline = deliveries.alias()
    in_this_channel = select(headline.c.key).where(
        headline.c.part == Part.HEADLINE,
        headline.c.team == deliveries.c.team,
        headline.c.channel == deliveries.c.channel,
    )
    has_its_headline = in_this_channel.where(
        headline.c.change_key == deliveries.c.change_key, headline.c.status == DeliveryStatus.SENT
    ).exists()
    is_preceded = in_this_channel.where(
        headline.c.status == DeliveryStatus.PENDING, _turn(headline) < _turn(deliveries)
    ).exists()
    return and_(
        deliveries.c.status == DeliveryStatus.PENDING,
        _past(deliveries.c.not_before, now),
        _past(deliveries.c.leased_until, now),
        or_(
            and_(deliveries.c.part == Part.HEADLINE, not_(is_preceded)),
            and_(deliveries.c.part == Part.DETAIL, has_its_headline),
        ),
    )


def _turn(table: FromClause) -> Tuple:
    return tuple_(table.c.seen_at, table.c.published, table.c.change_key)


def _delivery(connection: Connection, key: str) -> Delivery:
    headline = deliveries.alias()
    thread_ts = (
        select(headline.c.ts)
        .where(headline.c.part == Part.HEADLINE)
        .where(*(headline.c[name] == deliveries.c[name] for name in _ONE_ALERT))
        .scalar_subquery()
    )
    columns = [deliveries.c[name] for name in _DELIVERY_FIELDS]
    query = select(*columns, changes.c.change, thread_ts.label("thread_ts")).join_from(deliveries, changes)
    return Delivery(**connection.execute(query.where(deliveries.c.key == key)).one()._mapping)


_ONE_ALERT = ("change_key", "team", "channel")
_DELIVERY_FIELDS = (
    "key",
    "team",
    "channel",
    "part",
    "seen_at",
    "status",
    "attempts",
    "unfinished",
    "refused_since",
    "not_before",
    "ts",
    "trouble",
)


_PENDING = deliveries.c.status == DeliveryStatus.PENDING


def _this_attempt(claimed: Delivery) -> ColumnElement[bool]:
    return and_(deliveries.c.key == claimed.key, deliveries.c.attempts == claimed.attempts)


def _owed(team: str, channel: str, urn: str) -> ColumnElement[bool]:
    about = select(changes.c.key).where(changes.c.key == deliveries.c.change_key, changes.c.urn == urn).exists()
    return and_(_PENDING, deliveries.c.team == team, deliveries.c.channel == channel, about)


def _detail_of(key: str) -> ColumnElement[bool]:
    """The pending detail of the headline with this key; nothing, if it is a detail's."""
    headline = deliveries.alias()
    of_this_headline = (
        select(headline.c.key)
        .where(headline.c.key == key, headline.c.part == Part.HEADLINE)
        .where(*(headline.c[name] == deliveries.c[name] for name in _ONE_ALERT))
        .exists()
    )
    return and_(_PENDING, deliveries.c.part == Part.DETAIL, of_this_headline)


def _alter(connection: Connection, which: ColumnElement[bool], values: Mapping[str, Any]) -> bool:
    """Whether there was any such delivery to alter."""
    altered = update(deliveries).where(which).values(values).returning(deliveries.c.key)
    return bool(connection.execute(altered).all())


def _condemn(connection: Connection, key: str, which: ColumnElement[bool], trouble: str, now: datetime) -> bool:
    dead = {"status": DeliveryStatus.DEAD, "ended_at": now, "trouble": trouble}
    if not _alter(connection, and_(which, _PENDING), dead):
        return False
    _alter(connection, _detail_of(key), dead)
    return True


def _documents(connection: Connection, urn: str) -> tuple[KnownDocument, ...]:
    order = (documents.c.published, documents.c.file_id)
    rows = connection.execute(select(documents).where(documents.c.urn == urn).order_by(*order))
    return tuple(_document(row) for row in rows)


_LISTING_FIELDS = tuple(field.name for field in fields(Listing))


def _listing(row: Row[Any]) -> Listing:
    return Listing(**{name: row._mapping[name] for name in _LISTING_FIELDS})


def _document(row: Row[Any]) -> KnownDocument:
    rest = {name: value for name, value in row._mapping.items() if name not in _LISTING_FIELDS}
    return KnownDocument(listing=_listing(row), **rest)


def _last_day(document: KnownDocument) -> tuple[date, date, str]:
    listing, read = document.listing, document.reading
    inspected = read.inspection if isinstance(read, Report) else None
    return (inspected.end if inspected else listing.published, listing.published, listing.file_id)


def _fields(table: Table, *values: object) -> dict[str, Any]:
    """One row of `table`: each column from the value that has a field of its name."""
    return {
        column.name: getattr(value, column.name)
        for value in values
        for column in table.c
        if hasattr(value, column.name)
    }


def _change_row(change: Change, seen_at: datetime) -> dict[str, Any]:
    return {
        "key": change.key,
        "urn": change.urn,
        "published": change.listing.published,
        "change": change,
        "seen_at": seen_at,
        "trouble": "",
    }


def _delivery_row(change_key: str, delivery: Delivery, now: datetime) -> dict[str, Any]:
    return _fields(deliveries, delivery, delivery.change.listing) | {"change_key": change_key, "created_at": now}


def _write_authority(connection: Connection, intent: Intent) -> None:
    row = {
        "urn": intent.urn,
        "latest_report": intent.latest_report,
        "baseline_at": intent.now if intent.baseline else None,
        "walked_at": intent.now,
    }
    new = _insert(connection, authorities).values(row)
    later = {"latest_report": new.excluded.latest_report, "walked_at": new.excluded.walked_at}
    first = {"baseline_at": func.coalesce(authorities.c.baseline_at, new.excluded.baseline_at)}
    connection.execute(new.on_conflict_do_update(index_elements=[authorities.c.urn], set_=later | first))


def _insert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


def _insert_new(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert the rows that are not there yet; how many were not. Counted by what comes back: `rowcount` may be -1."""
    if not rows:
        return 0
    insert = _insert(connection, table).on_conflict_do_nothing().returning(*table.primary_key)
    return len(connection.execute(insert, rows).all())


def _upsert(connection: Connection, table: Table, row: Mapping[str, Any], keep: Collection[str] = ()) -> None:
    """Insert the row, or write it over the one that is there, except for the columns in `keep`."""
    insert = _insert(connection, table).values(row)
    key = [column.name for column in table.primary_key]
    altered = {name: insert.excluded[name] for name in row if name not in keep and name not in key}
    connection.execute(insert.on_conflict_do_update(index_elements=key, set_=altered))
