"""The first tables"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None

MOMENT = sa.DateTime(timezone=True)
VALUE = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "authorities",
        sa.Column("urn", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False, server_default=""),
        sa.Column("listed_report", sa.Date()),
        sa.Column("latest_report", sa.Date()),
        sa.Column("news_from", sa.Date()),
        sa.Column("baseline_at", MOMENT),
        sa.Column("walked_at", MOMENT),
        sa.Column("failures", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("next_look_at", MOMENT),
        sa.Column("trouble", sa.Text(), nullable=False, server_default=""),
        sa.Column("unlisted_since", MOMENT),
        sa.Column("departed_at", MOMENT),
        sa.PrimaryKeyConstraint("urn", name="pk_authorities"),
    )
    op.create_table(
        "sources",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("next_check_at", MOMENT),
        sa.Column("not_before", MOMENT),
        sa.Column("last_ok_at", MOMENT),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("next_look_at", MOMENT),
        sa.Column("listed_at", MOMENT),
        sa.PrimaryKeyConstraint("key", name="pk_sources"),
    )
    op.create_table(
        "subscriptions",
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("narrowed", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("excepted", VALUE, nullable=False),
        sa.Column("documents", VALUE, nullable=False),
        sa.Column("changes", VALUE, nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("compact", sa.Boolean(), nullable=False),
        sa.Column("threads", sa.Boolean(), nullable=False),
        sa.Column("mention", sa.Text(), nullable=False),
        sa.Column("mention_on", sa.String(32)),
        sa.Column("even_if_empty", sa.Boolean(), nullable=False),
        sa.Column("digest_at", MOMENT),
        sa.Column("edited_by", sa.Text()),
        sa.Column("edited_at", MOMENT),
        sa.PrimaryKeyConstraint("team", "channel", "scope", "narrowed", name="pk_subscriptions"),
    )
    op.create_index("ix_subscriptions_scope", "subscriptions", ["scope"])
    _index_of_some("subscriptions", "digest_at", ["digest_at"], "digest_at IS NOT NULL")
    op.create_table(
        "unfurls",
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("team", "channel", "url", name="pk_unfurls"),
    )
    op.create_table(
        "visits",
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text()),
        sa.Column("last_modified", sa.Text()),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("meaning", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("url", name="pk_visits"),
    )
    op.create_table(
        "hosts",
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("next_try_at", MOMENT),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("host", name="pk_hosts"),
    )
    op.create_table(
        "fetches",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("fetched_at", MOMENT, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("headers", VALUE, nullable=False),
        sa.PrimaryKeyConstraint("sha256", "url", name="pk_fetches"),
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_leases"),
    )
    op.create_table(
        "troubles",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("copy", sa.Text()),
        sa.Column("told_at", MOMENT),
        sa.Column("over_at", MOMENT),
        sa.Column("over_told_at", MOMENT),
        sa.Column("about", VALUE, nullable=False),
        sa.Column("told_of", VALUE, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_troubles"),
    )
    op.create_table(
        "changes",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("urn", sa.Text(), nullable=False),
        sa.Column("published", sa.Date(), nullable=False),
        sa.Column("amends", sa.Text(), nullable=False),
        sa.Column("change", VALUE, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("fanned_out_at", MOMENT),
        sa.Column("put_off_until", MOMENT),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_changes"),
    )
    op.create_index("ix_changes_amends", "changes", ["amends"])
    _index_of_some("changes", "waiting", ["seen_at", "published", "key"], "fanned_out_at IS NULL")
    op.create_table(
        "documents",
        sa.Column("file_id", sa.Text(), nullable=False),
        sa.Column("urn", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("published", sa.Date(), nullable=False),
        sa.Column("standing", sa.String(32), nullable=False),
        sa.Column("first_seen_at", MOMENT, nullable=False),
        sa.Column("sha256", sa.Text()),
        sa.Column("reading", VALUE),
        sa.Column("parser", sa.Text()),
        sa.Column("kind", sa.String(32)),
        sa.Column("inspected", sa.Date()),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("next_try_at", MOMENT),
        sa.Column("check_at", MOMENT),
        sa.Column("altered_at", MOMENT),
        sa.Column("missing_since", MOMENT),
        sa.Column("withdrawn_at", MOMENT),
        sa.Column("same_as", sa.Text(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("told_sha256", sa.Text()),
        sa.Column("retold", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["urn"], ["authorities.urn"], name="fk_documents_urn_authorities"),
        sa.PrimaryKeyConstraint("file_id", "urn", name="pk_documents"),
    )
    op.create_index("ix_documents_check_at", "documents", ["check_at"])
    op.create_index("ix_documents_published_file_id", "documents", ["published", "file_id"])
    op.create_index("ix_documents_urn", "documents", ["urn"])
    op.create_table(
        "channels",
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("due_at", MOMENT),
        sa.Column("leased_until", MOMENT),
        sa.Column("leased_by", sa.Text()),
        sa.Column("alone", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("limited_until", MOMENT),
        sa.Column("paused_at", MOMENT),
        sa.Column("paused_why", sa.Text(), nullable=False, server_default=""),
        sa.Column("pauses", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("muted_until", MOMENT),
        sa.Column("muted_since", MOMENT),
        sa.Column("muted_by", sa.Text()),
        sa.Column("unfurls", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.PrimaryKeyConstraint("team", "channel", name="pk_channels"),
    )
    _index_of_some("channels", "due_at", ["due_at"], "due_at IS NOT NULL")
    _index_of_some("channels", "limited_until", ["team", "limited_until"], "limited_until IS NOT NULL")
    _index_of_some("channels", "paused_at", ["paused_at"], "paused_at IS NOT NULL")
    op.create_table(
        "workspaces",
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("not_before", MOMENT),
        sa.Column("paused_at", MOMENT),
        sa.Column("paused_why", sa.Text(), nullable=False, server_default=""),
        sa.Column("pauses", sa.Integer(), nullable=False, server_default="0"),
        sa.PrimaryKeyConstraint("team", name="pk_workspaces"),
    )
    op.create_table(
        "messages",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("blocks", VALUE, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("part", sa.String(32), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("thread_of", sa.Text()),
        sa.Column("edits", sa.Text()),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("unfinished", sa.Integer(), nullable=False),
        sa.Column("begun_at", MOMENT),
        sa.Column("unsure_since", MOMENT),
        sa.Column("unsure_until", MOMENT),
        sa.Column("unwanted", sa.Text(), nullable=False, server_default=""),
        sa.Column("refused_since", MOMENT),
        sa.Column("ts", sa.Text()),
        sa.Column("in_another", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT),
        sa.ForeignKeyConstraint(["message"], ["messages.id"], name="fk_deliveries_message_messages"),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sa.UniqueConstraint("key", name="uq_deliveries_key"),
    )
    _index_of_some("deliveries", "pending", ["team", "channel", "id"], "status = 'pending'")
    _index_of_some("deliveries", "dead", ["id"], "status = 'dead'")
    op.create_table(
        "tellings",
        sa.Column("change_key", sa.Text(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("delivery_key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["delivery_key"], ["deliveries.key"], name="fk_tellings_delivery_key_deliveries"),
        sa.PrimaryKeyConstraint("change_key", "team", "channel", "delivery_key", name="pk_tellings"),
    )
    op.create_index("ix_tellings_delivery_key", "tellings", ["delivery_key"])
    op.create_table(
        "digest_items",
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("change_key", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["change_key"], ["changes.key"], name="fk_digest_items_change_key_changes"),
        sa.PrimaryKeyConstraint("team", "channel", "change_key", name="pk_digest_items"),
    )
    op.create_index("ix_digest_items_due_at", "digest_items", ["due_at"])
    op.create_table(
        "restorations",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.Identity(), nullable=False),
        sa.Column("restored_at", MOMENT, nullable=False),
        sa.Column("copied_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_restorations"),
    )


def _index_of_some(table: str, name: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(f"ix_{table}_{name}", table, columns, sqlite_where=condition, postgresql_where=condition)
