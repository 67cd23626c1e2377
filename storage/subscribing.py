"""Which channel wants to be told of what."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, delete, select

from storage.engine import reading, writing
from storage.outbox import drop_what_is_owed
from storage.rows import Room, columns_of, insert_new
from storage.schema import subscriptions
from storage.types import Subscription


class Subscribing(Room):
    """The verbs of subscriptions."""

    def subscribe(self, subscription: Subscription) -> bool:
        """False if this channel had subscribed to this authority already; then nothing is altered."""
        with writing(self._engine) as connection:
            return insert_new(connection, subscriptions, [columns_of(subscriptions, subscription)]) == 1

    def unsubscribe(self, team: str, channel: str, urn: str) -> bool:
        """False if there was no such subscription. What the channel is still owed about this authority is dropped."""
        this = and_(subscriptions.c.team == team, subscriptions.c.channel == channel, subscriptions.c.urn == urn)
        with writing(self._engine) as connection:
            ended = delete(subscriptions).where(this).returning(subscriptions.c.urn)
            if connection.execute(ended).one_or_none() is None:
                return False
            drop_what_is_owed(connection, team, channel, urn)
            return True

    def subscriptions(self, team: str, channel: str) -> tuple[Subscription, ...]:
        """What one channel has subscribed to, oldest first."""
        return self._subscriptions(and_(subscriptions.c.team == team, subscriptions.c.channel == channel))

    def subscribers(self, urn: str) -> tuple[Subscription, ...]:
        """Every channel of every workspace that has subscribed to one authority, oldest first."""
        return self._subscriptions(subscriptions.c.urn == urn)

    def _subscriptions(self, wanted: ColumnElement[bool]) -> tuple[Subscription, ...]:
        order = (subscriptions.c.created_at, subscriptions.c.team, subscriptions.c.channel, subscriptions.c.urn)
        with reading(self._engine) as connection:
            rows = connection.execute(select(subscriptions).where(wanted).order_by(*order))
            return tuple(Subscription(**row._mapping) for row in rows)
