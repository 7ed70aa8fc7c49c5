"""First light: the whole core."""

import sqlalchemy as sa
from alembic import op

from hub.store import search_schema
from hub.store.columns import Document, Id, Instant

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "asset_types",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=80), server_default="", nullable=False),
        sa.Column("names", Document, server_default="{}", nullable=False),
        sa.Column("fields", Document, server_default="[]", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asset_types")),
        sa.UniqueConstraint("key", name=op.f("uq_asset_types_key")),
    )
    op.create_table(
        "blobs",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), server_default="0", nullable=False),
        sa.Column("uses", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_blobs")),
    )
    op.create_table(
        "connections",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("channel", sa.String(length=40), server_default="", nullable=False),
        sa.Column("name", sa.String(length=200), server_default="", nullable=False),
        sa.Column("settings", Document, server_default="{}", nullable=False),
        sa.Column("secrets", sa.LargeBinary(), nullable=True),
        sa.Column("enabled", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("cursor", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=20), server_default="STOPPED", nullable=False),
        sa.Column("state_detail", sa.String(length=1000), server_default="", nullable=False),
        sa.Column("state_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connections")),
    )
    op.create_table(
        "counters",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", Id, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counters")),
    )
    op.create_table(
        "customers",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=20), server_default="PERSON", nullable=False),
        sa.Column("name", sa.String(length=400), server_default="", nullable=False),
        sa.Column("short_code", sa.String(length=400), server_default="", nullable=False),
        sa.Column("language", sa.String(length=10), server_default="", nullable=False),
        sa.Column("organisation_id", Id, nullable=True),
        sa.Column("attributes", Document, server_default="{}", nullable=False),
        sa.Column("notes", sa.Text(), server_default="", nullable=False),
        sa.Column("merged_into", Id, nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["merged_into"], ["customers.id"], name=op.f("fk_customers_merged_into")),
        sa.ForeignKeyConstraint(["organisation_id"], ["customers.id"], name=op.f("fk_customers_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers")),
    )
    op.create_index(op.f("ix_customers_merged_into"), "customers", ["merged_into"], unique=False)
    op.create_index(op.f("ix_customers_organisation_id"), "customers", ["organisation_id"], unique=False)
    op.create_table(
        "departments",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("parent_id", Id, nullable=True),
        sa.Column("name", sa.String(length=200), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["departments.id"], name=op.f("fk_departments_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_departments")),
    )
    op.create_table(
        "events",
        sa.Column("seq", Id, autoincrement=False, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("type", sa.String(length=60), server_default="", nullable=False),
        sa.Column("interaction_id", Id, nullable=True),
        sa.Column("ticket_id", Id, nullable=True),
        sa.Column("customer_id", Id, nullable=True),
        sa.Column("user_id", Id, nullable=True),
        sa.Column("queue_id", Id, nullable=True),
        sa.Column("department_id", Id, nullable=True),
        sa.Column("data", Document, server_default="{}", nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_events")),
    )
    op.create_index("ix_events_interaction", "events", ["interaction_id", "seq"], unique=False)
    op.create_table(
        "idempotency",
        sa.Column("user_id", Id, nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("result_id", Id, nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", "key", name=op.f("pk_idempotency")),
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("holder", sa.String(length=80), server_default="", nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )
    op.create_table(
        "roles",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=80), server_default="", nullable=False),
        sa.Column("permissions", Document, server_default="[]", nullable=False),
        sa.Column("builtin", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roles")),
        sa.UniqueConstraint("name", name=op.f("uq_roles_name")),
    )
    op.create_table(
        "site",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("value", Document, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_site")),
    )
    op.create_table(
        "timers",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("owner", sa.String(length=80), server_default="", nullable=False),
        sa.Column("name", sa.String(length=80), server_default="", nullable=False),
        sa.Column("key", sa.String(length=200), server_default="", nullable=False),
        sa.Column("payload", Document, server_default="{}", nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("leased_by", sa.String(length=80), server_default="", nullable=False),
        sa.Column("leased_until", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timers")),
    )
    op.create_index(op.f("ix_timers_due_at"), "timers", ["due_at"], unique=False)
    op.create_index(
        "uq_timers_key",
        "timers",
        ["owner", "name", "key"],
        unique=True,
        sqlite_where=sa.text("\"key\" != ''"),
        postgresql_where=sa.text("\"key\" != ''"),
    )
    op.create_table(
        "webhooks",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("url", sa.String(length=1000), server_default="", nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("events", Document, server_default="[]", nullable=False),
        sa.Column("enabled", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("cursor", Id, server_default="0", nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_error", sa.String(length=1000), server_default="", nullable=False),
        sa.Column("retry_at", Instant(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
    )
    op.create_table(
        "assets",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("customer_id", Id, nullable=False),
        sa.Column("type", sa.String(length=80), server_default="", nullable=False),
        sa.Column("label", sa.String(length=400), server_default="", nullable=False),
        sa.Column("fields", Document, server_default="{}", nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_assets_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assets")),
    )
    op.create_index(op.f("ix_assets_customer_id"), "assets", ["customer_id"], unique=False)
    op.create_table(
        "identities",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("customer_id", Id, nullable=True),
        sa.Column("scheme", sa.String(length=40), server_default="", nullable=False),
        sa.Column("value", sa.String(length=400), server_default="", nullable=False),
        sa.Column("label", sa.String(length=200), server_default="", nullable=False),
        sa.Column("shared", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("verification", sa.String(length=20), server_default="NONE", nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_identities_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identities")),
        sa.UniqueConstraint("scheme", "value", name=op.f("uq_identities_scheme_value")),
    )
    op.create_index(op.f("ix_identities_customer_id"), "identities", ["customer_id"], unique=False)
    op.create_table(
        "queues",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=80), server_default="", nullable=False),
        sa.Column("name", sa.String(length=200), server_default="", nullable=False),
        sa.Column("department_id", Id, nullable=True),
        sa.Column("skills", Document, server_default="{}", nullable=False),
        sa.Column("priority", sa.Integer(), server_default="0", nullable=False),
        sa.Column("offer_seconds", sa.Integer(), server_default="30", nullable=False),
        sa.Column("wrap_up_seconds", sa.Integer(), server_default="0", nullable=False),
        sa.Column("dispositions", Document, server_default="[]", nullable=False),
        sa.Column("hours", Document, server_default="{}", nullable=False),
        sa.Column("enabled", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.ForeignKeyConstraint(["department_id"], ["departments.id"], name=op.f("fk_queues_department_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queues")),
        sa.UniqueConstraint("key", name=op.f("uq_queues_key")),
    )
    op.create_table(
        "templates",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("short_code", sa.String(length=80), server_default="", nullable=False),
        sa.Column("title", sa.String(length=400), server_default="", nullable=False),
        sa.Column("language", sa.String(length=10), server_default="", nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("department_id", Id, nullable=True),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["department_id"], ["departments.id"], name=op.f("fk_templates_department_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_templates")),
    )
    op.create_table(
        "users",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("login", sa.String(length=80), server_default="", nullable=False),
        sa.Column("name", sa.String(length=200), server_default="", nullable=False),
        sa.Column("password_hash", sa.String(length=400), server_default="", nullable=False),
        sa.Column("language", sa.String(length=10), server_default="en", nullable=False),
        sa.Column("department_id", Id, nullable=True),
        sa.Column("roles", Document, server_default="[]", nullable=False),
        sa.Column("granted", Document, server_default="[]", nullable=False),
        sa.Column("denied", Document, server_default="[]", nullable=False),
        sa.Column("skills", Document, server_default="{}", nullable=False),
        sa.Column("capacity", Document, server_default="{}", nullable=False),
        sa.Column("preferences", Document, server_default="{}", nullable=False),
        sa.Column("enabled", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("failed_logins", sa.Integer(), server_default="0", nullable=False),
        sa.Column("locked_until", Instant(), nullable=True),
        sa.Column("last_login_at", Instant(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["department_id"], ["departments.id"], name=op.f("fk_users_department_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("login", name=op.f("uq_users_login")),
    )
    op.create_table(
        "accounts",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("connection_id", Id, nullable=True),
        sa.Column("channel", sa.String(length=40), server_default="", nullable=False),
        sa.Column("name", sa.String(length=200), server_default="", nullable=False),
        sa.Column("scheme", sa.String(length=40), server_default="", nullable=False),
        sa.Column("address", sa.String(length=400), server_default="", nullable=False),
        sa.Column("settings", Document, server_default="{}", nullable=False),
        sa.Column("secrets", sa.LargeBinary(), nullable=True),
        sa.Column("queue_id", Id, nullable=True),
        sa.Column("department_id", Id, nullable=True),
        sa.Column("flow", sa.String(length=80), server_default="", nullable=False),
        sa.Column("opens_ticket", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("language", sa.String(length=10), server_default="en", nullable=False),
        sa.Column("enabled", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.ForeignKeyConstraint(["connection_id"], ["connections.id"], name=op.f("fk_accounts_connection_id")),
        sa.ForeignKeyConstraint(["department_id"], ["departments.id"], name=op.f("fk_accounts_department_id")),
        sa.ForeignKeyConstraint(["queue_id"], ["queues.id"], name=op.f("fk_accounts_queue_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("channel", "scheme", "address", name=op.f("uq_accounts_channel_scheme_address")),
    )
    op.create_table(
        "api_tokens",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("name", sa.String(length=200), server_default="", nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("last_used_at", Instant(), nullable=True),
        sa.Column("expires_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_api_tokens_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_tokens_token_hash")),
    )
    op.create_table(
        "audit",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("user_id", Id, nullable=True),
        sa.Column("action", sa.String(length=80), server_default="", nullable=False),
        sa.Column("target", sa.String(length=80), server_default="", nullable=False),
        sa.Column("target_id", Id, nullable=True),
        sa.Column("details", Document, server_default="{}", nullable=False),
        sa.Column("client", sa.String(length=80), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_audit_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_at"), "audit", ["at"], unique=False)
    op.create_table(
        "identity_candidates",
        sa.Column("identity_id", Id, nullable=False),
        sa.Column("customer_id", Id, nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_identity_candidates_customer_id")),
        sa.ForeignKeyConstraint(
            ["identity_id"], ["identities.id"], name=op.f("fk_identity_candidates_identity_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("identity_id", "customer_id", name=op.f("pk_identity_candidates")),
    )
    op.create_table(
        "merges",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("kept_id", Id, nullable=False),
        sa.Column("gone_id", Id, nullable=False),
        sa.Column("user_id", Id, nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("undone_at", Instant(), nullable=True),
        sa.Column("moved", Document, server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(["gone_id"], ["customers.id"], name=op.f("fk_merges_gone_id")),
        sa.ForeignKeyConstraint(["kept_id"], ["customers.id"], name=op.f("fk_merges_kept_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_merges_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merges")),
    )
    op.create_table(
        "presence",
        sa.Column("user_id", Id, nullable=False),
        sa.Column("state", sa.String(length=20), server_default="LOGGED_OUT", nullable=False),
        sa.Column("reason", sa.String(length=80), server_default="", nullable=False),
        sa.Column("pending", sa.String(length=20), server_default="", nullable=False),
        sa.Column("pending_reason", sa.String(length=80), server_default="", nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_presence_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_presence")),
    )
    op.create_table(
        "queue_members",
        sa.Column("queue_id", Id, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("preference", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["queue_id"], ["queues.id"], name=op.f("fk_queue_members_queue_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_queue_members_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("queue_id", "user_id", name=op.f("pk_queue_members")),
    )
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("csrf", sa.String(length=64), server_default="", nullable=False),
        sa.Column("client", sa.String(length=80), server_default="", nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sessions_user_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_user_id"), "sessions", ["user_id"], unique=False)
    op.create_table(
        "tickets",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("serial", sa.String(length=20), server_default="", nullable=False),
        sa.Column("subject", sa.String(length=1000), server_default="", nullable=False),
        sa.Column("type", sa.String(length=80), server_default="QUESTION", nullable=False),
        sa.Column("priority", sa.String(length=20), server_default="NORMAL", nullable=False),
        sa.Column("status", sa.String(length=20), server_default="NEW", nullable=False),
        sa.Column("department_id", Id, nullable=True),
        sa.Column("assignee_id", Id, nullable=True),
        sa.Column("customer_id", Id, nullable=True),
        sa.Column("asset_id", Id, nullable=True),
        sa.Column("channel", sa.String(length=40), server_default="", nullable=False),
        sa.Column("fields", Document, server_default="{}", nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["asset_id"], ["assets.id"], name=op.f("fk_tickets_asset_id")),
        sa.ForeignKeyConstraint(["assignee_id"], ["users.id"], name=op.f("fk_tickets_assignee_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_tickets_customer_id")),
        sa.ForeignKeyConstraint(["department_id"], ["departments.id"], name=op.f("fk_tickets_department_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tickets")),
        sa.UniqueConstraint("serial", name=op.f("uq_tickets_serial")),
    )
    op.create_index(op.f("ix_tickets_assignee_id"), "tickets", ["assignee_id"], unique=False)
    op.create_index(op.f("ix_tickets_customer_id"), "tickets", ["customer_id"], unique=False)
    op.create_index(op.f("ix_tickets_department_id"), "tickets", ["department_id"], unique=False)
    op.create_index(op.f("ix_tickets_updated_at"), "tickets", ["updated_at"], unique=False)
    op.create_table(
        "interactions",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("channel", sa.String(length=40), server_default="", nullable=False),
        sa.Column("medium", sa.String(length=20), server_default="", nullable=False),
        sa.Column("account_id", Id, nullable=False),
        sa.Column("state", sa.String(length=20), server_default="INITIATED", nullable=False),
        sa.Column("subject", sa.String(length=1000), server_default="", nullable=False),
        sa.Column("customer_id", Id, nullable=True),
        sa.Column("identity_id", Id, nullable=True),
        sa.Column("ticket_id", Id, nullable=True),
        sa.Column("agent_id", Id, nullable=True),
        sa.Column("queue_id", Id, nullable=True),
        sa.Column("department_id", Id, nullable=True),
        sa.Column("reply_to", Document, server_default="{}", nullable=False),
        sa.Column("thread", sa.String(length=400), server_default="", nullable=False),
        sa.Column("language", sa.String(length=10), server_default="", nullable=False),
        sa.Column("priority", sa.Integer(), server_default="0", nullable=False),
        sa.Column("messages", sa.Integer(), server_default="0", nullable=False),
        sa.Column("unread", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_message_id", Id, nullable=True),
        sa.Column("attributes", Document, server_default="{}", nullable=False),
        sa.Column("flow_state", Document, nullable=True),
        sa.Column("flow_version", sa.Integer(), server_default="0", nullable=False),
        sa.Column("disposition", sa.String(length=80), server_default="", nullable=False),
        sa.Column("automatic", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("enqueued_at", Instant(), nullable=True),
        sa.Column("connected_at", Instant(), nullable=True),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.Column("snoozed_until", Instant(), nullable=True),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_interactions_account_id")),
        sa.ForeignKeyConstraint(["agent_id"], ["users.id"], name=op.f("fk_interactions_agent_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_interactions_customer_id")),
        sa.ForeignKeyConstraint(["department_id"], ["departments.id"], name=op.f("fk_interactions_department_id")),
        sa.ForeignKeyConstraint(["identity_id"], ["identities.id"], name=op.f("fk_interactions_identity_id")),
        sa.ForeignKeyConstraint(["queue_id"], ["queues.id"], name=op.f("fk_interactions_queue_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_interactions_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interactions")),
    )
    op.create_index("ix_interactions_account", "interactions", ["account_id", "id"], unique=False)
    op.create_index(op.f("ix_interactions_agent_id"), "interactions", ["agent_id"], unique=False)
    op.create_index(
        "ix_interactions_counts",
        "interactions",
        ["agent_id", "state", "queue_id", "department_id"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(op.f("ix_interactions_customer_id"), "interactions", ["customer_id"], unique=False)
    op.create_index(
        "ix_interactions_open",
        "interactions",
        ["updated_at", "id"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index("ix_interactions_queue", "interactions", ["queue_id", "state", "enqueued_at"], unique=False)
    op.create_index("ix_interactions_state", "interactions", ["state", "updated_at", "id"], unique=False)
    op.create_index(op.f("ix_interactions_ticket_id"), "interactions", ["ticket_id"], unique=False)
    op.create_index(op.f("ix_interactions_updated_at"), "interactions", ["updated_at"], unique=False)
    op.create_index(
        "ix_interactions_waiting",
        "interactions",
        ["enqueued_at", "id", "state", "department_id", "agent_id"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "raws",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("channel", sa.String(length=40), server_default="", nullable=False),
        sa.Column("connection_id", Id, nullable=True),
        sa.Column("account_id", Id, nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("meta", Document, server_default="{}", nullable=False),
        sa.Column("state", sa.String(length=20), server_default="STORED", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error_code", sa.String(length=40), server_default="", nullable=False),
        sa.Column("error", sa.String(length=2000), server_default="", nullable=False),
        sa.Column("leased_by", sa.String(length=80), server_default="", nullable=False),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("done_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_raws_account_id")),
        sa.ForeignKeyConstraint(["connection_id"], ["connections.id"], name=op.f("fk_raws_connection_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_raws")),
    )
    op.create_index(
        "ix_raws_quarantined",
        "raws",
        ["id"],
        unique=False,
        sqlite_where=sa.text("state = 'QUARANTINED'"),
        postgresql_where=sa.text("state = 'QUARANTINED'"),
    )
    op.create_index(
        "ix_raws_waiting",
        "raws",
        ["id"],
        unique=False,
        sqlite_where=sa.text("state = 'STORED'"),
        postgresql_where=sa.text("state = 'STORED'"),
    )
    op.create_table(
        "ticket_history",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("ticket_id", Id, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("user_id", Id, nullable=True),
        sa.Column("field", sa.String(length=80), server_default="", nullable=False),
        sa.Column("old", Document, nullable=True),
        sa.Column("new", Document, nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_history_ticket_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_ticket_history_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_history")),
    )
    op.create_index(op.f("ix_ticket_history_ticket_id"), "ticket_history", ["ticket_id"], unique=False)
    op.create_table(
        "drafts",
        sa.Column("user_id", Id, nullable=False),
        sa.Column("interaction_id", Id, nullable=False),
        sa.Column("content", Document, server_default="{}", nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["interaction_id"], ["interactions.id"], name=op.f("fk_drafts_interaction_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_drafts_user_id")),
        sa.PrimaryKeyConstraint("user_id", "interaction_id", name=op.f("pk_drafts")),
    )
    op.create_table(
        "messages",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("interaction_id", Id, nullable=False),
        sa.Column("account_id", Id, nullable=True),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("direction", sa.String(length=20), server_default="", nullable=False),
        sa.Column("kind", sa.String(length=40), server_default="TEXT", nullable=False),
        sa.Column("user_id", Id, nullable=True),
        sa.Column("identity_id", Id, nullable=True),
        sa.Column("author", sa.String(length=400), server_default="", nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("html", sa.Text(), server_default="", nullable=False),
        sa.Column("quoted", sa.Text(), server_default="", nullable=False),
        sa.Column("fields", Document, server_default="{}", nullable=False),
        sa.Column("external_id", sa.String(length=1000), server_default="", nullable=False),
        sa.Column("dedup_scope", sa.String(length=80), server_default="", nullable=False),
        sa.Column("content_hash", sa.String(length=64), server_default="", nullable=False),
        sa.Column("raw_id", Id, nullable=True),
        sa.Column("automatic", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_messages_account_id")),
        sa.ForeignKeyConstraint(["identity_id"], ["identities.id"], name=op.f("fk_messages_identity_id")),
        sa.ForeignKeyConstraint(["interaction_id"], ["interactions.id"], name=op.f("fk_messages_interaction_id")),
        sa.ForeignKeyConstraint(["raw_id"], ["raws.id"], name=op.f("fk_messages_raw_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_messages_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("interaction_id", "position", name=op.f("uq_messages_interaction_id_position")),
    )
    op.create_index(
        "uq_messages_dedup",
        "messages",
        ["dedup_scope", "external_id", "content_hash"],
        unique=True,
        sqlite_where=sa.text("dedup_scope != ''"),
        postgresql_where=sa.text("dedup_scope != ''"),
    )
    op.create_table(
        "parts",
        sa.Column("account_id", Id, nullable=False),
        sa.Column("key", sa.String(length=400), server_default="", nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("total", sa.Integer(), server_default="0", nullable=False),
        sa.Column("raw_id", Id, nullable=False),
        sa.Column("content", Document, server_default="{}", nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_parts_account_id")),
        sa.ForeignKeyConstraint(["raw_id"], ["raws.id"], name=op.f("fk_parts_raw_id")),
        sa.UniqueConstraint("account_id", "key", "position", name=op.f("uq_parts_account_id_key_position")),
    )
    op.create_index(op.f("ix_parts_expires_at"), "parts", ["expires_at"], unique=False)
    op.create_table(
        "segments",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("interaction_id", Id, nullable=False),
        sa.Column("kind", sa.String(length=20), server_default="", nullable=False),
        sa.Column("queue_id", Id, nullable=True),
        sa.Column("user_id", Id, nullable=True),
        sa.Column("flow", sa.String(length=80), server_default="", nullable=False),
        sa.Column("role", sa.String(length=20), server_default="PRIMARY", nullable=False),
        sa.Column("state", sa.String(length=20), server_default="ACTIVE", nullable=False),
        sa.Column("outcome", sa.String(length=30), server_default="", nullable=False),
        sa.Column("disposition", sa.String(length=80), server_default="", nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("wrap_up_until", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["interaction_id"], ["interactions.id"], name=op.f("fk_segments_interaction_id")),
        sa.ForeignKeyConstraint(["queue_id"], ["queues.id"], name=op.f("fk_segments_queue_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_segments_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segments")),
    )
    op.create_index(op.f("ix_segments_interaction_id"), "segments", ["interaction_id"], unique=False)
    op.create_index("ix_segments_user", "segments", ["user_id", "state"], unique=False)
    op.create_table(
        "threads",
        sa.Column("scope", sa.String(length=80), server_default="", nullable=False),
        sa.Column("key", sa.String(length=400), server_default="", nullable=False),
        sa.Column("interaction_id", Id, nullable=False),
        sa.ForeignKeyConstraint(["interaction_id"], ["interactions.id"], name=op.f("fk_threads_interaction_id")),
        sa.UniqueConstraint("scope", "key", name=op.f("uq_threads_scope_key")),
    )
    op.create_index(op.f("ix_threads_interaction_id"), "threads", ["interaction_id"], unique=False)
    op.create_table(
        "work",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=40), server_default="interaction", nullable=False),
        sa.Column("interaction_id", Id, nullable=True),
        sa.Column("queue_id", Id, nullable=False),
        sa.Column("medium", sa.String(length=20), server_default="", nullable=False),
        sa.Column("priority", sa.Integer(), server_default="0", nullable=False),
        sa.Column("requirement", Document, server_default="{}", nullable=False),
        sa.Column("payload", Document, server_default="{}", nullable=False),
        sa.Column("state", sa.String(length=20), server_default="WAITING", nullable=False),
        sa.Column("user_id", Id, nullable=True),
        sa.Column("enqueued_at", Instant(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["interaction_id"], ["interactions.id"], name=op.f("fk_work_interaction_id")),
        sa.ForeignKeyConstraint(["queue_id"], ["queues.id"], name=op.f("fk_work_queue_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_work_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work")),
    )
    op.create_index(op.f("ix_work_interaction_id"), "work", ["interaction_id"], unique=False)
    op.create_index(
        "ix_work_open",
        "work",
        ["queue_id", "enqueued_at"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "ix_work_user",
        "work",
        ["user_id"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "uq_work_interaction",
        "work",
        ["interaction_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL AND kind = 'interaction'"),
        postgresql_where=sa.text("ended_at IS NULL AND kind = 'interaction'"),
    )
    op.create_table(
        "attachments",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("message_id", Id, nullable=True),
        sa.Column("uploaded_by", Id, nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=400), server_default="", nullable=False),
        sa.Column("media_type", sa.String(length=200), server_default="", nullable=False),
        sa.Column("size", sa.Integer(), server_default="0", nullable=False),
        sa.Column("content_id", sa.String(length=400), server_default="", nullable=False),
        sa.Column("inline", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["digest"], ["blobs.digest"], name=op.f("fk_attachments_digest")),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_attachments_message_id")),
        sa.ForeignKeyConstraint(["uploaded_by"], ["users.id"], name=op.f("fk_attachments_uploaded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
    )
    op.create_index(op.f("ix_attachments_message_id"), "attachments", ["message_id"], unique=False)
    op.create_table(
        "deliveries",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("message_id", Id, nullable=False),
        sa.Column("interaction_id", Id, nullable=False),
        sa.Column("account_id", Id, nullable=False),
        sa.Column("connection_id", Id, nullable=True),
        sa.Column("recipient", Document, server_default="{}", nullable=False),
        sa.Column("state", sa.String(length=20), server_default="PENDING", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("external_id", sa.String(length=1000), server_default="", nullable=False),
        sa.Column("error_code", sa.String(length=40), server_default="", nullable=False),
        sa.Column("error", sa.String(length=1000), server_default="", nullable=False),
        sa.Column("leased_by", sa.String(length=80), server_default="", nullable=False),
        sa.Column("leased_until", Instant(), nullable=True),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("pending_until", Instant(), nullable=True),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_deliveries_account_id")),
        sa.ForeignKeyConstraint(["connection_id"], ["connections.id"], name=op.f("fk_deliveries_connection_id")),
        sa.ForeignKeyConstraint(["interaction_id"], ["interactions.id"], name=op.f("fk_deliveries_interaction_id")),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_deliveries_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
    )
    op.create_index(
        "ix_deliveries_due",
        "deliveries",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("state IN ('PENDING', 'LEASED')"),
        postgresql_where=sa.text("state IN ('PENDING', 'LEASED')"),
    )
    op.create_index("ix_deliveries_external", "deliveries", ["account_id", "external_id"], unique=False)
    op.create_index(op.f("ix_deliveries_message_id"), "deliveries", ["message_id"], unique=False)
    op.create_index(
        "ix_deliveries_unsent",
        "deliveries",
        ["interaction_id", "id"],
        unique=False,
        sqlite_where=sa.text("state IN ('PENDING', 'LEASED')"),
        postgresql_where=sa.text("state IN ('PENDING', 'LEASED')"),
    )
    op.create_table(
        "offers",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("work_id", Id, nullable=False),
        sa.Column("interaction_id", Id, nullable=True),
        sa.Column("queue_id", Id, nullable=True),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("state", sa.String(length=20), server_default="PENDING", nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("explanation", Document, server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(["interaction_id"], ["interactions.id"], name=op.f("fk_offers_interaction_id")),
        sa.ForeignKeyConstraint(["queue_id"], ["queues.id"], name=op.f("fk_offers_queue_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_offers_user_id")),
        sa.ForeignKeyConstraint(["work_id"], ["work.id"], name=op.f("fk_offers_work_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offers")),
    )
    op.create_index("ix_offers_user", "offers", ["user_id", "state"], unique=False)
    op.create_index(
        "uq_offers_open",
        "offers",
        ["work_id", "user_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    search_schema.create(op.get_bind())
    op.execute("INSERT INTO counters (name, value) VALUES ('events', 0), ('tickets', 0)")


def downgrade() -> None:
    search_schema.drop(op.get_bind())
    op.drop_table("offers")
    op.drop_table("deliveries")
    op.drop_table("attachments")
    op.drop_table("work")
    op.drop_table("threads")
    op.drop_table("segments")
    op.drop_table("parts")
    op.drop_table("messages")
    op.drop_table("drafts")
    op.drop_table("ticket_history")
    op.drop_table("raws")
    op.drop_table("interactions")
    op.drop_table("tickets")
    op.drop_table("sessions")
    op.drop_table("queue_members")
    op.drop_table("presence")
    op.drop_table("merges")
    op.drop_table("identity_candidates")
    op.drop_table("audit")
    op.drop_table("api_tokens")
    op.drop_table("accounts")
    op.drop_table("users")
    op.drop_table("templates")
    op.drop_table("queues")
    op.drop_table("identities")
    op.drop_table("assets")
    op.drop_table("webhooks")
    op.drop_table("timers")
    op.drop_table("site")
    op.drop_table("roles")
    op.drop_table("leases")
    op.drop_table("idempotency")
    op.drop_table("events")
    op.drop_table("departments")
    op.drop_table("customers")
    op.drop_table("counters")
    op.drop_table("connections")
    op.drop_table("blobs")
    op.drop_table("asset_types")
