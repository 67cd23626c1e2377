"""Which channel wants to be told of what."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, and_, delete, select

from storage.engine import reading, writing
from storage.outbox import drop_what_is_owed
from storage.rows import Room, columns_of, upsert
from storage.schema import subscriptions
from storage.types import Subscription


class Subscribing(Room):
    """The verbs of subscriptions."""

    def put_subscriptions(self, wishes: Sequence[Subscription]) -> None:
        """Write these wishes, all of them or none. Who first had one, and when, stays."""
        with writing(self._engine) as connection:
            for wish in wishes:
                upsert(connection, subscriptions, columns_of(subscriptions, wish), keep={"created_by", "created_at"})

    def remove_subscriptions(self, team: str, channel: str, scopes: Collection[str], urns: Collection[str]) -> int:
        """End these wishes of a channel; how many there were. What it is still owed about `urns` is dropped then."""
        these = and_(_in_channel(team, channel), subscriptions.c.scope.in_(scopes))
        with writing(self._engine) as connection:
            ended = connection.execute(delete(subscriptions).where(these).returning(subscriptions.c.scope)).all()
            for urn in urns if ended else ():
                drop_what_is_owed(connection, team, channel, urn)
            return len(ended)

    def subscription(self, team: str, channel: str, scope: str) -> Subscription | None:
        found = self._subscriptions(and_(_in_channel(team, channel), subscriptions.c.scope == scope))
        return found[0] if found else None

    def subscriptions(self, team: str, channel: str) -> tuple[Subscription, ...]:
        """What one channel has subscribed to, oldest first."""
        return self._subscriptions(_in_channel(team, channel))

    def workspace_subscriptions(self, team: str) -> tuple[Subscription, ...]:
        """What every channel of one workspace has subscribed to, oldest first."""
        return self._subscriptions(subscriptions.c.team == team)

    def reached_by(self, scopes: Collection[str]) -> tuple[Subscription, ...]:
        """Every wish, of every workspace, for one of these scopes, oldest first."""
        return self._subscriptions(subscriptions.c.scope.in_(scopes))

    def _subscriptions(self, wanted: ColumnElement[bool]) -> tuple[Subscription, ...]:
        order = (subscriptions.c.created_at, subscriptions.c.team, subscriptions.c.channel, subscriptions.c.scope)
        with reading(self._engine) as connection:
            rows = connection.execute(select(subscriptions).where(wanted).order_by(*order))
            return tuple(Subscription(**row._mapping) for row in rows)


def _in_channel(team: str, channel: str) -> ColumnElement[bool]:
    return and_(subscriptions.c.team == team, subscriptions.c.channel == channel)
