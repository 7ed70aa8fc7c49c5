"""Messages, files, deliveries; drafts and templates."""

from sqlalchemy import Column, ForeignKey, Index, String, Table, Text, UniqueConstraint

from hub.store.columns import Bytes, Id
from hub.store.tables.shape import document, flag, identifier, instant, listing, metadata, number, reference, string

messages = Table(
    "messages",
    metadata,
    identifier(),
    reference("interaction_id", "interactions", null=False),
    reference("account_id", "accounts"),
    number("position"),
    string("direction", 20),
    string("kind", 40, "TEXT"),
    reference("user_id", "users"),
    reference("identity_id", "identities"),
    string("author", 400),
    Column("text", Text, nullable=False, default="", server_default=""),
    Column("html", Text, nullable=False, default="", server_default=""),
    Column("quoted", Text, nullable=False, default="", server_default=""),
    document("fields"),
    string("external_id", 1000),
    string("dedup_scope", 80),
    string("content_hash", 64),
    reference("raw_id", "raws"),
    flag("automatic"),
    instant("sent_at"),
    instant("created_at", null=False),
    UniqueConstraint("interaction_id", "position"),
)
Index(
    "uq_messages_dedup",
    messages.c.dedup_scope,
    messages.c.external_id,
    messages.c.content_hash,
    unique=True,
    sqlite_where=messages.c.dedup_scope != "",
    postgresql_where=messages.c.dedup_scope != "",
)
Index(
    "ix_messages_raw",
    messages.c.raw_id,
    sqlite_where=messages.c.raw_id.is_not(None),
    postgresql_where=messages.c.raw_id.is_not(None),
)

blobs = Table(
    "blobs",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("content", Bytes, nullable=False),
    number("size"),
    number("uses"),
)

attachments = Table(
    "attachments",
    metadata,
    identifier(),
    reference("message_id", "messages", index=True),
    reference("uploaded_by", "users"),
    Column("digest", String(64), ForeignKey("blobs.digest"), nullable=False),
    string("name", 400),
    string("media_type", 200),
    number("size"),
    string("content_id", 400),
    flag("inline"),
    instant("created_at", null=False),
)

deliveries = Table(
    "deliveries",
    metadata,
    identifier(),
    reference("message_id", "messages", null=False, index=True),
    reference("interaction_id", "interactions", null=False),
    reference("account_id", "accounts", null=False),
    reference("connection_id", "connections"),
    document("recipient"),
    string("state", 20, "PENDING"),
    number("attempts"),
    string("external_id", 1000),
    string("error_code", 40),
    string("error", 1000),
    string("leased_by", 80),
    instant("leased_until"),
    instant("due_at", null=False),
    instant("pending_until"),
    instant("updated_at", null=False),
    Index("ix_deliveries_external", "account_id", "external_id"),
)
_unsent = deliveries.c.state.in_(["PENDING", "LEASED"])
Index(
    "ix_deliveries_unsent",
    deliveries.c.interaction_id,
    deliveries.c.id,
    sqlite_where=_unsent,
    postgresql_where=_unsent,
)
Index(
    "ix_deliveries_due",
    deliveries.c.due_at,
    sqlite_where=deliveries.c.state.in_(["PENDING", "LEASED"]),
    postgresql_where=deliveries.c.state.in_(["PENDING", "LEASED"]),
)

drafts = Table(
    "drafts",
    metadata,
    Column("user_id", Id, ForeignKey("users.id"), primary_key=True),
    Column("interaction_id", Id, ForeignKey("interactions.id"), primary_key=True),
    document("content"),
    instant("updated_at", null=False),
)

templates = Table(
    "templates",
    metadata,
    identifier(),
    string("short_code", 80),
    string("title", 400),
    string("language", 10),
    Column("text", Text, nullable=False),
    reference("department_id", "departments"),
    listing("accounts"),
    string("reference"),
    instant("updated_at", null=False),
)
