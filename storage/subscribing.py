"""Which channel wants to be told of what."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, bindparam, delete, func, select, union
from sqlalchemy.sql.dml import ReturningDelete

from storage import dropping
from storage.engine import reading, writing
from storage.places import Place, is_one_of
from storage.rows import Room, columns_of, insert, upsert
from storage.schema import channels, subscriptions, workspaces
from storage.types import ChannelState, Subscription


class Subscribing(Room):
    """The verbs of subscriptions."""

    def put_subscriptions(self, wishes: Sequence[Subscription], instead_of: Collection[Subscription] = ()) -> None:
        """Write these wishes in place of those others, all of them or none. Who first had one, and when, stays."""
        rows = [columns_of(subscriptions, wish) for wish in wishes]
        with writing(self._engine) as connection:
            for wish in instead_of:
                connection.execute(delete(subscriptions).where(_is(wish)))
            new = insert(connection, subscriptions)
            altered = {column.name: new.excluded[column.name] for column in subscriptions.c if column.name not in _KEPT}
            key = [column.name for column in subscriptions.primary_key]
            if rows:
                connection.execute(new.on_conflict_do_update(index_elements=key, set_=altered), rows)

    def remove_subscriptions(self, wishes: Iterable[Subscription], urns: Collection[str]) -> int:
        """End these wishes; how many there were. What their channels were to be told about `urns` is dropped then."""
        with writing(self._engine) as connection:
            ended = [one for one in wishes if connection.execute(_ending(one)).one_or_none() is not None]
            for team, channel in {(one.team, one.channel) for one in ended} if urns else ():
                dropping.unsubscribed(connection, team, channel, urns)
            return len(ended)

    def is_subscribed(self, team: str, channel: str, scope: str) -> bool:
        """Whether the channel has a wish for this very scope."""
        with reading(self._engine) as connection:
            return connection.scalar(_IS_SUBSCRIBED, {"team": team, "channel": channel, "scope": scope}) is not None

    def subscriptions(self, team: str, channel: str) -> tuple[Subscription, ...]:
        """What one channel has subscribed to, oldest first."""
        return self._subscriptions(_in_channel(team, channel))

    def workspace_subscriptions(self, team: str, first: int, most: int) -> tuple[Subscription, ...]:
        """What the channels of one workspace have subscribed to, channel after channel: `most` of them from `first`."""
        query = select(*_WISH).where(subscriptions.c.team == team)
        order = (subscriptions.c.channel, subscriptions.c.scope, subscriptions.c.narrowed)
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(*order).offset(first).limit(most))
            return tuple(Subscription(**row._mapping) for row in rows)

    def count_subscriptions(self, team: str) -> tuple[int, int]:
        """How many subscriptions the channels of one workspace have, and how many channels have any."""
        counts = select(func.count(), func.count(subscriptions.c.channel.distinct()))
        with reading(self._engine) as connection:
            held, channels_with_any = connection.execute(counts.where(subscriptions.c.team == team)).one()
            return held, channels_with_any

    def teams(self) -> tuple[str, ...]:
        """The workspaces of which anything is known."""
        known = union(select(subscriptions.c.team), select(channels.c.team), select(workspaces.c.team))
        with reading(self._engine) as connection:
            return tuple(sorted(connection.execute(known).scalars()))

    def reached_by(self, scopes: Collection[str], places: Collection[Place] | None = None) -> tuple[Subscription, ...]:
        """Every wish for one of these scopes, of these channels or of all, oldest first."""
        wanted: ColumnElement[bool] = subscriptions.c.scope.in_(scopes)
        if places is not None:
            wanted &= is_one_of(self._engine, places, subscriptions.c.team, subscriptions.c.channel)
        return self._subscriptions(wanted)

    def channel(self, team: str, channel: str) -> ChannelState:
        """What people have said about a channel; of one that nobody has spoken about, the usual."""
        query = select(*_STATE).where(channels.c.team == team, channels.c.channel == channel)
        with reading(self._engine) as connection:
            row = connection.execute(query).one_or_none()
            return ChannelState() if row is None else ChannelState(**row._mapping)

    def mute(self, team: str, channel: str, until: datetime | None, by: str, since: datetime | None = None) -> None:
        """Tell the channel nothing until then, nor what it was still to be told; None ends it."""
        state = {"muted_until": until, "muted_since": since, "muted_by": by if until else None}
        with writing(self._engine) as connection:
            upsert(connection, channels, {"team": team, "channel": channel} | state)
            if until:
                dropping.muted(connection, team, channel)

    def set_unfurls(self, team: str, channel: str, unfurls: bool) -> None:
        with writing(self._engine) as connection:
            upsert(connection, channels, {"team": team, "channel": channel, "unfurls": unfurls})

    def muted(self, now: datetime, places: Collection[Place] | None = None) -> Mapping[Place, datetime]:
        """Until when each channel, of these or of all, is muted that is so now."""
        wanted: ColumnElement[bool] = channels.c.muted_until > now
        if places is not None:
            wanted &= is_one_of(self._engine, places)
        query = select(channels.c.team, channels.c.channel, channels.c.muted_until).where(wanted)
        with reading(self._engine) as connection:
            rows = connection.execute(query)
            return {(row.team, row.channel): row.muted_until for row in rows}

    def _subscriptions(self, wanted: ColumnElement[bool]) -> tuple[Subscription, ...]:
        order = (subscriptions.c.created_at, *subscriptions.primary_key)
        with reading(self._engine) as connection:
            rows = connection.execute(select(*_WISH).where(wanted).order_by(*order))
            return tuple(Subscription(**row._mapping) for row in rows)


_KEPT = frozenset({"team", "channel", "scope", "narrowed", "created_by", "created_at"})
_WISH = [column for column in subscriptions.c if column.name != "narrowed"]
_STATE = (channels.c.muted_until, channels.c.muted_since, channels.c.muted_by, channels.c.unfurls)


def _is(wish: Subscription) -> ColumnElement[bool]:
    return and_(
        _in_channel(wish.team, wish.channel),
        subscriptions.c.scope == wish.scope,
        subscriptions.c.narrowed == wish.narrowed,
    )


def _ending(wish: Subscription) -> ReturningDelete[tuple[str]]:
    return delete(subscriptions).where(_is(wish)).returning(subscriptions.c.scope)


_IS_SUBSCRIBED = (
    select(subscriptions.c.scope)
    .where(*(subscriptions.c[name] == bindparam(name) for name in ("team", "channel", "scope")))
    .limit(1)
)
"""Asked with every card, and so made but once."""


def _in_channel(team: str, channel: str) -> ColumnElement[bool]:
    return and_(subscriptions.c.team == team, subscriptions.c.channel == channel)
