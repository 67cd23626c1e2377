"""The tables. Every change here needs a migration; a test compares the two.

Times are UTC, values are JSON, words of an enumeration are text. A row that belongs to a Slack workspace carries its
team id.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Date,
    DateTime,
    Dialect,
    Enum,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    cast,
    false,
    literal_column,
    text,
    true,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import JSONB

from judgements.types import Kind
from storage.codec import BLOCKS, CHANGE, DOCUMENT_SORTS, HEADERS, MOVEMENTS, READING, WORDS, Codec, escape, unescape
from storage.types import DeliveryStatus, Movements, Part, Standing, TroubleKind


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime in, the same moment in UTC out. A naive one is refused: nobody knows when it is."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value.isoformat()} has no time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        # SQLite has no time zones and gives back the UTC we wrote without saying so.
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Words(TypeDecorator[str]):
    """Text from the outside world, whatever characters it holds."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | None:
        return None if value is None else escape(value)

    def process_result_value(self, value: str | None, _dialect: Dialect) -> str | None:
        return None if value is None else unescape(value)


JSON_VALUE = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


class Value(TypeDecorator[Any]):
    """A value of ours as JSON; an absent one is NULL.

    It is fetched as text, for the codec makes a value of that three times as fast as of what `json` makes of it.
    """

    impl = JSON_VALUE
    cache_ok = True

    def __init__(self, codec: Codec[Any]) -> None:
        super().__init__()
        self.codec = codec

    def process_bind_param(self, value: Any, _dialect: Dialect) -> Any:
        return None if value is None else self.codec.encode(value)

    def column_expression(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        return type_coerce(cast(column, Text), self)

    def result_processor(self, dialect: Dialect, _coltype: object) -> Callable[[Any], Any]:
        return lambda value: self.process_result_value(value, dialect)

    def process_result_value(self, value: Any, _dialect: Dialect) -> Any:
        # Another program may write an absent value as the null of JSON.
        return None if value in (None, "null") else self.codec.decode(value)


class Reread(Value):
    """A value that can be made anew from the archive: what cannot be decoded is `UNDECODABLE`, and no error."""

    cache_ok = True

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        try:
            return super().process_result_value(value, dialect)
        except (ValueError, TypeError, LookupError):
            return UNDECODABLE


UNDECODABLE = object()


def _one_of(words: type[StrEnum]) -> Enum:
    return Enum(
        words, native_enum=False, length=32, values_callable=lambda members: [member.value for member in members]
    )


def _only(index: Index, where: str) -> None:
    """Let the index hold only these rows: what waits is little, and what is done is much."""
    for dialect in ("sqlite", "postgresql"):
        index.dialect_options[dialect]["where"] = text(where)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

authorities = Table(
    "authorities",
    metadata,
    Column("urn", Text, primary_key=True),
    Column("name", Words, nullable=False, server_default=""),
    Column("listed_report", Date),
    Column("latest_report", Date),
    Column("news_from", Date),
    Column("baseline_at", UtcDateTime),
    Column("walked_at", UtcDateTime),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("next_look_at", UtcDateTime),
    Column("trouble", Words, nullable=False, server_default=""),
    Column("unlisted_since", UtcDateTime),
    Column("departed_at", UtcDateTime),
)

# A joint inspection may stand on the pages of two authorities: the same file, listed twice.
documents = Table(
    "documents",
    metadata,
    Column("file_id", Text, primary_key=True),
    Column("urn", Text, ForeignKey(authorities.c.urn), primary_key=True),
    Column("title", Words, nullable=False),
    Column("url", Words, nullable=False),
    Column("published", Date, nullable=False),
    Column("standing", _one_of(Standing), nullable=False),
    Column("first_seen_at", UtcDateTime, nullable=False),
    Column("sha256", Text),
    Column("reading", Reread(READING)),
    Column("parser", Text),
    Column("kind", _one_of(Kind)),
    Column("inspected", Date),
    Column("why", Words, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("next_try_at", UtcDateTime),
    Column("check_at", UtcDateTime),
    Column("altered_at", UtcDateTime),
    Column("missing_since", UtcDateTime),
    Column("withdrawn_at", UtcDateTime),
    Column("same_as", Words, nullable=False),
    Column("told", Words, nullable=False),
    Column("told_sha256", Text),
    Column("retold", Integer, nullable=False),
    Index(None, "urn"),
    Index(None, "published", "file_id"),
    Index(None, "check_at"),
)

# An authority may be told of (as created) before its page has been seen. What cannot be told is `put_off_until` then,
# with the `trouble`, and holds up no other.
changes = Table(
    "changes",
    metadata,
    Column("key", Text, primary_key=True),
    Column("urn", Text, nullable=False),
    Column("published", Date, nullable=False),
    Column("amends", Words, nullable=False),
    Column("change", Value(CHANGE), nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("fanned_out_at", UtcDateTime),
    Column("put_off_until", UtcDateTime),
    Column("trouble", Words, nullable=False),
    Index(None, "amends"),
)
_only(Index("ix_changes_waiting", changes.c.seen_at, changes.c.published, changes.c.key), "fanned_out_at IS NULL")

visits = Table(
    "visits",
    metadata,
    Column("url", Words, primary_key=True),
    Column("etag", Words),
    Column("last_modified", Words),
    Column("sha256", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("meaning", Text, nullable=False),
)

hosts = Table(
    "hosts",
    metadata,
    Column("host", Words, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("next_try_at", UtcDateTime),
    Column("trouble", Words, nullable=False),
)

# What is known of the bytes in the archive.
fetches = Table(
    "fetches",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("url", Words, primary_key=True),
    Column("fetched_at", UtcDateTime, nullable=False),
    Column("size", Integer, nullable=False),
    Column("headers", Value(HEADERS), nullable=False),
)

# Work that only one process may do at a time: whoever is the owner, until then.
leases = Table(
    "leases",
    metadata,
    Column("name", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("until", UtcDateTime, nullable=False),
)

troubles = Table(
    "troubles",
    metadata,
    Column("key", Words, primary_key=True),
    Column("kind", _one_of(TroubleKind), nullable=False),
    Column("sentence", Words, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("last_at", UtcDateTime, nullable=False),
    Column("times", Integer, nullable=False),
    Column("copy", Text),
    Column("told_at", UtcDateTime),
    Column("over_at", UtcDateTime),
    Column("over_told_at", UtcDateTime),
    Column("about", Value(WORDS), nullable=False),
    Column("told_of", Value(WORDS), nullable=False),
)

sources = Table(
    "sources",
    metadata,
    Column("key", Text, primary_key=True),
    Column("next_check_at", UtcDateTime),
    Column("not_before", UtcDateTime),
    Column("last_ok_at", UtcDateTime),
    Column("failures", Integer, nullable=False),
    Column("trouble", Words, nullable=False),
    Column("seen", Integer, nullable=False),
    Column("next_look_at", UtcDateTime),
    Column("listed_at", UtcDateTime),
)

# `narrowed` says in words what `documents` and `changes` say: a channel may have several wishes for one scope.
subscriptions = Table(
    "subscriptions",
    metadata,
    Column("team", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("scope", Text, primary_key=True),
    Column("narrowed", Text, primary_key=True),
    Column("created_by", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("excepted", Value(WORDS), nullable=False),
    Column("documents", Value(DOCUMENT_SORTS), nullable=False),
    Column("changes", Value(MOVEMENTS), nullable=False),
    Column("how", Text, nullable=False),
    Column("compact", Boolean, nullable=False),
    Column("threads", Boolean, nullable=False),
    Column("mention", Text, nullable=False),
    Column("mention_on", _one_of(Movements)),
    Column("even_if_empty", Boolean, nullable=False),
    Column("digest_at", UtcDateTime),
    Column("edited_by", Text),
    Column("edited_at", UtcDateTime),
    Index(None, "scope"),
)
_only(Index("ix_subscriptions_digest_at", subscriptions.c.digest_at), "digest_at IS NOT NULL")

# A channel is the unit of sending. `due_at`: when it is to be looked whether it is owed something; NULL: it is owed
# nothing. `pauses` counts the refusals in a row that were for good. `alone`: attempts to send its next message came to
# no end again and again, so that whoever sends it sends nothing else meanwhile.
channels = Table(
    "channels",
    metadata,
    Column("team", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("due_at", UtcDateTime),
    Column("leased_until", UtcDateTime),
    Column("leased_by", Text),
    Column("alone", Boolean, nullable=False, server_default=false()),
    Column("limited_until", UtcDateTime),
    Column("paused_at", UtcDateTime),
    Column("paused_why", Words, nullable=False, server_default=""),
    Column("pauses", Integer, nullable=False, server_default="0"),
    Column("muted_until", UtcDateTime),
    Column("muted_since", UtcDateTime),
    Column("muted_by", Text),
    Column("unfurls", Boolean, nullable=False, server_default=true()),
)
_only(Index("ix_channels_due_at", channels.c.due_at), "due_at IS NOT NULL")
_only(Index("ix_channels_limited_until", channels.c.team, channels.c.limited_until), "limited_until IS NOT NULL")
_only(Index("ix_channels_paused_at", channels.c.paused_at), "paused_at IS NOT NULL")

# `not_before`: no channel of the workspace is sent anything until then.
workspaces = Table(
    "workspaces",
    metadata,
    Column("team", Text, primary_key=True),
    Column("not_before", UtcDateTime),
    Column("paused_at", UtcDateTime),
    Column("paused_why", Words, nullable=False, server_default=""),
    Column("pauses", Integer, nullable=False, server_default="0"),
)

# When the database was put back from a copy, and the moment of that copy.
restorations = Table(
    "restorations",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), Identity(), primary_key=True),
    Column("restored_at", UtcDateTime, nullable=False),
    Column("copied_at", UtcDateTime, nullable=False),
)

# Rendered once, shared by all channels that are told the same.
messages = Table(
    "messages",
    metadata,
    Column("id", Text, primary_key=True),
    Column("text", Words, nullable=False),
    Column("blocks", Value(BLOCKS), nullable=False),
)

# A channel is told in the order of `id`. `thread_of` and `edits` are keys of earlier deliveries to the same channel.
# `in_another`: what it says stands in the channel as a part of another message, `ts`, and was not posted.
# The last attempt began at `begun_at`, those that may have reached Slack without our knowing between the `unsure_`s.
# `unwanted`: why nobody waits any more for what was begun already; "" while somebody does.
deliveries = Table(
    "deliveries",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), Identity(), primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("team", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("part", _one_of(Part), nullable=False),
    Column("message", Text, ForeignKey(messages.c.id), nullable=False),
    Column("thread_of", Text),
    Column("edits", Text),
    Column("status", _one_of(DeliveryStatus), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("unfinished", Integer, nullable=False),
    Column("begun_at", UtcDateTime),
    Column("unsure_since", UtcDateTime),
    Column("unsure_until", UtcDateTime),
    Column("unwanted", Text, nullable=False, server_default=""),
    Column("refused_since", UtcDateTime),
    Column("ts", Text),
    Column("in_another", Boolean, nullable=False, server_default=false()),
    Column("trouble", Words, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
)
_only(Index("ix_deliveries_pending", deliveries.c.team, deliveries.c.channel, deliveries.c.id), "status = 'pending'")
_only(Index("ix_deliveries_dead", deliveries.c.id), "status = 'dead'")


def _status_is(status: DeliveryStatus) -> ColumnElement[bool]:
    # The word stands in the statement itself: an index of some rows alone is not used where it is a parameter.
    return deliveries.c.status == literal_column(f"'{status.value}'")


PENDING, DEAD = _status_is(DeliveryStatus.PENDING), _status_is(DeliveryStatus.DEAD)

# Which deliveries tell which change in which channel.
tellings = Table(
    "tellings",
    metadata,
    Column("change_key", Text, primary_key=True),
    Column("team", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("delivery_key", Text, ForeignKey(deliveries.c.key), primary_key=True),
    Index(None, "delivery_key"),
)

# What a channel is to be told in a digest, and how it wished to be told when it was put by: "weekly mon 09:45".
digest_items = Table(
    "digest_items",
    metadata,
    Column("team", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("change_key", Text, ForeignKey(changes.c.key), primary_key=True),
    Column("how", Text, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Index(None, "due_at"),
)

unfurls = Table(
    "unfurls",
    metadata,
    Column("team", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("url", Words, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
)
