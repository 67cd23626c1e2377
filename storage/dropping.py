"""Messages that nobody waits for any more: those of a channel that has unsubscribed, or was muted.

Only what would be posted as news is dropped, with all that belongs to it. What belongs to a message that stands, or may
stand, is still owed: its detail, and above all its correction, for nothing wrong must go on standing. Whether a message
stands that was begun already is found out first (`unwanted`).

Whoever drops holds the row of the channel, as do those who send and those who write what is owed: what is being sent is
not dropped meanwhile, and what is being written is dropped, too.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, Connection, and_, delete, or_, select, update

from storage.places import hold
from storage.schema import PENDING, changes, deliveries, digest_items, tellings
from storage.types import DeliveryStatus

UNSUBSCRIBED = "the channel unsubscribed"
MUTED = "the channel was muted"


def unsubscribed(connection: Connection, team: str, channel: str, urns: Collection[str]) -> None:
    """Nobody waits any more for news about these authorities alone, nor for their part of a digest."""
    hold(connection, [(team, channel)])
    about = select(tellings.c.delivery_key).join(changes, changes.c.key == tellings.c.change_key)
    of_them = deliveries.c.key.in_(about.where(changes.c.urn.in_(urns)))
    of_others = deliveries.c.key.in_(about.where(changes.c.urn.not_in(urns)))
    _drop(connection, team, channel, of_them & ~of_others, UNSUBSCRIBED)
    items = and_(digest_items.c.team == team, digest_items.c.channel == channel)
    theirs = select(changes.c.key).where(changes.c.urn.in_(urns))
    connection.execute(delete(digest_items).where(items, digest_items.c.change_key.in_(theirs)))


def muted(connection: Connection, team: str, channel: str) -> None:
    """What was to be told before the mute would come after it as old news."""
    hold(connection, [(team, channel)])
    _drop(connection, team, channel, deliveries.c.key.in_(select(tellings.c.delivery_key)), MUTED)


def _drop(connection: Connection, team: str, channel: str, which: ColumnElement[bool], why: str) -> None:
    here = and_(PENDING, deliveries.c.team == team, deliveries.c.channel == channel, which)
    by_itself = and_(deliveries.c.thread_of.is_(None), deliveries.c.edits.is_(None))
    is_begun = or_(deliveries.c.unfinished > 0, deliveries.c.unsure_since.is_not(None))
    connection.execute(update(deliveries).where(here, by_itself, is_begun).values(unwanted=why))
    _with_what_belongs_to_them(connection, and_(here, by_itself, ~is_begun), why)


def with_what_belongs_to_it(connection: Connection, key: str, why: str) -> None:
    """Drop this message, and what was to stand in its thread or to correct it."""
    _with_what_belongs_to_them(connection, deliveries.c.key == key, why)


def _with_what_belongs_to_them(connection: Connection, which: ColumnElement[bool], why: str) -> None:
    drop = update(deliveries).values(status=DeliveryStatus.DROPPED, trouble=why).returning(deliveries.c.key)
    dropped = set(connection.scalars(drop.where(PENDING, which)))
    while dropped:
        belongs = or_(deliveries.c.thread_of.in_(dropped), deliveries.c.edits.in_(dropped))
        dropped = set(connection.scalars(drop.where(PENDING, belongs)))
