"""The core's tables, one schema for both databases, in the order of the story: site, people, contact, work, record."""

from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from hub.store.columns import Bytes, Document, Id, Instant

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id() -> Column[int]:
    return Column("id", Id, primary_key=True, autoincrement=True)


def _ref(name: str, target: str, *, null: bool = True, index: bool = False) -> Column[Any]:
    return Column(name, Id, ForeignKey(f"{target}.id"), nullable=null, index=index)


def _text(name: str, size: int = 200, default: str = "") -> Column[str]:
    return Column(name, String(size), nullable=False, server_default=default, default=default)


def _json(name: str) -> Column[Any]:
    return Column(name, Document, nullable=False, default=dict, server_default="{}")


def _list(name: str) -> Column[Any]:
    return Column(name, Document, nullable=False, default=list, server_default="[]")


def _at(name: str, *, null: bool = True, index: bool = False) -> Column[Any]:
    return Column(name, Instant, nullable=null, index=index)


def _flag(name: str, default: bool = False) -> Column[bool]:
    return Column(name, Boolean, nullable=False, default=default, server_default=text("true" if default else "false"))


def _number(name: str, default: int = 0) -> Column[int]:
    return Column(name, Integer, nullable=False, default=default, server_default=str(default))


# --- site ---------------------------------------------------------------------------------------------------------

site = Table("site", metadata, Column("key", String(80), primary_key=True), Column("value", Document, nullable=False))
counters = Table(
    "counters", metadata, Column("name", String(40), primary_key=True), Column("value", Id, nullable=False)
)
leases = Table(
    "leases", metadata, Column("name", String(80), primary_key=True), _text("holder", 80), _at("until", null=False)
)

departments = Table("departments", metadata, _id(), _ref("parent_id", "departments"), _text("name"))

connections = Table(
    "connections",
    metadata,
    _id(),
    _text("channel", 40),
    _text("name"),
    _json("settings"),
    Column("secrets", Bytes, nullable=True),
    _flag("enabled", True),
    Column("cursor", Text, nullable=True),
    _text("state", 20, "STOPPED"),
    _text("state_detail", 1000),
    _at("state_at"),
)

accounts = Table(
    "accounts",
    metadata,
    _id(),
    _ref("connection_id", "connections"),
    _text("channel", 40),
    _text("name"),
    _text("scheme", 40),
    _text("address", 400),
    _json("settings"),
    Column("secrets", Bytes, nullable=True),
    _ref("queue_id", "queues"),
    _ref("department_id", "departments"),
    _text("flow", 80),
    _flag("opens_ticket"),
    _text("language", 10, "en"),
    _flag("enabled", True),
    UniqueConstraint("channel", "scheme", "address"),
)

queues = Table(
    "queues",
    metadata,
    _id(),
    _text("key", 80),
    _text("name"),
    _ref("department_id", "departments"),
    _json("skills"),
    _number("priority"),
    _number("offer_seconds", 30),
    _number("wrap_up_seconds"),
    _list("dispositions"),
    _json("hours"),
    _flag("enabled", True),
    UniqueConstraint("key"),
)

# --- users --------------------------------------------------------------------------------------------------------

roles = Table(
    "roles", metadata, _id(), _text("name", 80), _list("permissions"), _flag("builtin"), UniqueConstraint("name")
)

users = Table(
    "users",
    metadata,
    _id(),
    _text("login", 80),
    _text("name"),
    _text("password_hash", 400),
    _text("language", 10, "en"),
    _ref("department_id", "departments"),
    _list("roles"),
    _list("granted"),
    _list("denied"),
    _json("skills"),
    _json("capacity"),
    _json("preferences"),
    _flag("enabled", True),
    _number("failed_logins"),
    _at("locked_until"),
    _at("last_login_at"),
    _at("created_at", null=False),
    UniqueConstraint("login"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    _ref("user_id", "users", null=False, index=True),
    _text("csrf", 64),
    _text("client", 80),
    _at("created_at", null=False),
    _at("seen_at", null=False),
    _at("expires_at", null=False),
)

api_tokens = Table(
    "api_tokens",
    metadata,
    _id(),
    _ref("user_id", "users", null=False),
    _text("name"),
    Column("token_hash", String(64), nullable=False, unique=True),
    _at("created_at", null=False),
    _at("last_used_at"),
    _at("expires_at"),
)

queue_members = Table(
    "queue_members",
    metadata,
    Column("queue_id", Id, ForeignKey("queues.id", ondelete="CASCADE"), primary_key=True),
    Column("user_id", Id, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    _number("preference"),
)

presence = Table(
    "presence",
    metadata,
    Column("user_id", Id, ForeignKey("users.id"), primary_key=True),
    _text("state", 20, "LOGGED_OUT"),
    _text("reason", 80),
    _text("pending", 20),
    _text("pending_reason", 80),
    _at("since", null=False),
    _number("version"),
)

audit = Table(
    "audit",
    metadata,
    _id(),
    _at("at", null=False, index=True),
    _ref("user_id", "users"),
    _text("action", 80),
    _text("target", 80),
    Column("target_id", Id, nullable=True),
    _json("details"),
    _text("client", 80),
)

# --- customers ----------------------------------------------------------------------------------------------------

customers = Table(
    "customers",
    metadata,
    _id(),
    _text("kind", 20, "PERSON"),
    _text("name", 400),
    _text("short_code", 400),
    _text("language", 10),
    _ref("organisation_id", "customers", index=True),
    _json("attributes"),
    Column("notes", Text, nullable=False, default="", server_default=""),
    _ref("merged_into", "customers", index=True),
    _at("created_at", null=False),
    _at("updated_at", null=False),
    _number("version"),
)

identities = Table(
    "identities",
    metadata,
    _id(),
    _ref("customer_id", "customers", index=True),
    _text("scheme", 40),
    _text("value", 400),
    _text("label"),
    _flag("shared"),
    _text("verification", 20, "NONE"),
    _at("created_at", null=False),
    UniqueConstraint("scheme", "value"),
)

identity_candidates = Table(
    "identity_candidates",
    metadata,
    Column("identity_id", Id, ForeignKey("identities.id", ondelete="CASCADE"), primary_key=True),
    Column("customer_id", Id, ForeignKey("customers.id"), primary_key=True),
)

merges = Table(
    "merges",
    metadata,
    _id(),
    _ref("kept_id", "customers", null=False),
    _ref("gone_id", "customers", null=False),
    _ref("user_id", "users"),
    _at("at", null=False),
    _at("undone_at"),
    _json("moved"),
)

asset_types = Table(
    "asset_types", metadata, _id(), _text("key", 80), _json("names"), _list("fields"), UniqueConstraint("key")
)

assets = Table(
    "assets",
    metadata,
    _id(),
    _ref("customer_id", "customers", null=False, index=True),
    _text("type", 80),
    _text("label", 400),
    _json("fields"),
    _at("created_at", null=False),
    _at("updated_at", null=False),
)

# --- tickets ------------------------------------------------------------------------------------------------------

tickets = Table(
    "tickets",
    metadata,
    _id(),
    _text("serial", 20),
    _text("subject", 1000),
    _text("type", 80, "QUESTION"),
    _text("priority", 20, "NORMAL"),
    _text("status", 20, "NEW"),
    _ref("department_id", "departments", index=True),
    _ref("assignee_id", "users", index=True),
    _ref("customer_id", "customers", index=True),
    _ref("asset_id", "assets"),
    _text("channel", 40),
    _json("fields"),
    _at("created_at", null=False),
    _at("updated_at", null=False, index=True),
    _at("closed_at"),
    _number("version"),
    UniqueConstraint("serial"),
)

ticket_history = Table(
    "ticket_history",
    metadata,
    _id(),
    _ref("ticket_id", "tickets", null=False, index=True),
    _at("at", null=False),
    _ref("user_id", "users"),
    _text("field", 80),
    Column("old", Document, nullable=True),
    Column("new", Document, nullable=True),
)

# --- contact ------------------------------------------------------------------------------------------------------

raws = Table(
    "raws",
    metadata,
    _id(),
    _text("channel", 40),
    _ref("connection_id", "connections"),
    _ref("account_id", "accounts"),
    Column("body", Bytes, nullable=False),
    _json("meta"),
    _text("state", 20, "STORED"),
    _number("attempts"),
    _text("error_code", 40),
    _text("error", 2000),
    _text("leased_by", 80),
    _at("due_at"),
    _at("received_at", null=False),
    _at("done_at"),
)
Index("ix_raws_waiting", raws.c.id, sqlite_where=raws.c.state == "STORED", postgresql_where=raws.c.state == "STORED")
Index(
    "ix_raws_quarantined",
    raws.c.id,
    sqlite_where=raws.c.state == "QUARANTINED",
    postgresql_where=raws.c.state == "QUARANTINED",
)

parts = Table(
    "parts",
    metadata,
    _ref("account_id", "accounts", null=False),
    _text("key", 400),
    _number("position"),
    _number("total"),
    _ref("raw_id", "raws", null=False),
    _json("content"),
    _at("expires_at", null=False, index=True),
    UniqueConstraint("account_id", "key", "position"),
)

interactions = Table(
    "interactions",
    metadata,
    _id(),
    _text("channel", 40),
    _text("medium", 20),
    _ref("account_id", "accounts", null=False),
    _text("state", 20, "INITIATED"),
    _text("subject", 1000),
    _ref("customer_id", "customers", index=True),
    _ref("identity_id", "identities"),
    _ref("ticket_id", "tickets", index=True),
    _ref("agent_id", "users", index=True),
    _ref("queue_id", "queues"),
    _ref("department_id", "departments"),
    _json("reply_to"),
    _text("thread", 400),
    _text("language", 10),
    _number("priority"),
    _number("messages"),
    _number("unread"),
    Column("last_message_id", Id, nullable=True),
    _json("attributes"),
    Column("flow_state", Document, nullable=True),
    _number("flow_version"),
    _text("disposition", 80),
    _flag("automatic"),
    _at("created_at", null=False),
    _at("enqueued_at"),
    _at("connected_at"),
    _at("updated_at", null=False, index=True),
    _at("snoozed_until"),
    _at("closed_at"),
    _number("version"),
    Index("ix_interactions_state", "state", "updated_at", "id"),
    Index("ix_interactions_queue", "queue_id", "state", "enqueued_at"),
    Index("ix_interactions_account", "account_id", "id"),
)
_is_open = interactions.c.closed_at.is_(None)
# what an inbox lists: open ones by their latest change, those that wait by their first enqueue time, and all counts
Index(
    "ix_interactions_open",
    interactions.c.updated_at,
    interactions.c.id,
    sqlite_where=_is_open,
    postgresql_where=_is_open,
)
Index(
    "ix_interactions_waiting",
    interactions.c.enqueued_at,
    interactions.c.id,
    interactions.c.state,
    interactions.c.department_id,
    interactions.c.agent_id,
    sqlite_where=_is_open,
    postgresql_where=_is_open,
)
Index(
    "ix_interactions_counts",
    interactions.c.agent_id,
    interactions.c.state,
    interactions.c.queue_id,
    interactions.c.department_id,
    sqlite_where=_is_open,
    postgresql_where=_is_open,
)

threads = Table(
    "threads",
    metadata,
    _text("scope", 80),
    _text("key", 400),
    _ref("interaction_id", "interactions", null=False, index=True),
    UniqueConstraint("scope", "key"),
)

segments = Table(
    "segments",
    metadata,
    _id(),
    _ref("interaction_id", "interactions", null=False, index=True),
    _text("kind", 20),
    _ref("queue_id", "queues"),
    _ref("user_id", "users"),
    _text("flow", 80),
    _text("role", 20, "PRIMARY"),
    _text("state", 20, "ACTIVE"),
    _text("outcome", 30),
    _text("disposition", 80),
    _at("started_at", null=False),
    _at("ended_at"),
    _at("wrap_up_until"),
    Index("ix_segments_user", "user_id", "state"),
)

messages = Table(
    "messages",
    metadata,
    _id(),
    _ref("interaction_id", "interactions", null=False),
    _ref("account_id", "accounts"),
    _number("position"),
    _text("direction", 20),
    _text("kind", 40, "TEXT"),
    _ref("user_id", "users"),
    _ref("identity_id", "identities"),
    _text("author", 400),
    Column("text", Text, nullable=False, default="", server_default=""),
    Column("html", Text, nullable=False, default="", server_default=""),
    Column("quoted", Text, nullable=False, default="", server_default=""),
    _json("fields"),
    _text("external_id", 1000),
    _text("dedup_scope", 80),
    _text("content_hash", 64),
    _ref("raw_id", "raws"),
    _flag("automatic"),
    _at("sent_at"),
    _at("created_at", null=False),
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

blobs = Table(
    "blobs",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("content", Bytes, nullable=False),
    _number("size"),
    _number("uses"),
)

attachments = Table(
    "attachments",
    metadata,
    _id(),
    _ref("message_id", "messages", index=True),
    _ref("uploaded_by", "users"),
    Column("digest", String(64), ForeignKey("blobs.digest"), nullable=False),
    _text("name", 400),
    _text("media_type", 200),
    _number("size"),
    _text("content_id", 400),
    _flag("inline"),
    _at("created_at", null=False),
)

deliveries = Table(
    "deliveries",
    metadata,
    _id(),
    _ref("message_id", "messages", null=False, index=True),
    _ref("interaction_id", "interactions", null=False),
    _ref("account_id", "accounts", null=False),
    _ref("connection_id", "connections"),
    _json("recipient"),
    _text("state", 20, "PENDING"),
    _number("attempts"),
    _text("external_id", 1000),
    _text("error_code", 40),
    _text("error", 1000),
    _text("leased_by", 80),
    _at("leased_until"),
    _at("due_at", null=False),
    _at("pending_until"),
    _at("updated_at", null=False),
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
    _json("content"),
    _at("updated_at", null=False),
)

templates = Table(
    "templates",
    metadata,
    _id(),
    _text("short_code", 80),
    _text("title", 400),
    _text("language", 10),
    Column("text", Text, nullable=False),
    _ref("department_id", "departments"),
    _at("updated_at", null=False),
)

# --- work ---------------------------------------------------------------------------------------------------------

work = Table(
    "work",
    metadata,
    _id(),
    _text("kind", 40, "interaction"),
    _ref("interaction_id", "interactions", index=True),
    _ref("queue_id", "queues", null=False),
    _text("medium", 20),
    _number("priority"),
    _json("requirement"),
    _json("payload"),
    _text("state", 20, "WAITING"),
    _ref("user_id", "users"),
    _at("enqueued_at", null=False),
    _at("created_at", null=False),
    _at("ended_at"),
    _number("version"),
)
Index(
    "ix_work_open",
    work.c.queue_id,
    work.c.enqueued_at,
    sqlite_where=work.c.ended_at.is_(None),
    postgresql_where=work.c.ended_at.is_(None),
)
Index(
    "ix_work_user", work.c.user_id, sqlite_where=work.c.ended_at.is_(None), postgresql_where=work.c.ended_at.is_(None)
)
Index(
    "uq_work_interaction",
    work.c.interaction_id,
    unique=True,
    sqlite_where=work.c.ended_at.is_(None) & (work.c.kind == "interaction"),
    postgresql_where=work.c.ended_at.is_(None) & (work.c.kind == "interaction"),
)

offers = Table(
    "offers",
    metadata,
    _id(),
    _ref("work_id", "work", null=False),
    _ref("interaction_id", "interactions"),
    _ref("queue_id", "queues"),
    _ref("user_id", "users", null=False),
    _text("state", 20, "PENDING"),
    _at("created_at", null=False),
    _at("expires_at", null=False),
    _at("ended_at"),
    _json("explanation"),
    Index("ix_offers_user", "user_id", "state"),
)
Index(
    "uq_offers_open",
    offers.c.work_id,
    offers.c.user_id,
    unique=True,
    sqlite_where=offers.c.ended_at.is_(None),
    postgresql_where=offers.c.ended_at.is_(None),
)

# --- record -------------------------------------------------------------------------------------------------------

events = Table(
    "events",
    metadata,
    Column("seq", Id, primary_key=True, autoincrement=False),
    _at("at", null=False),
    _text("type", 60),
    Column("interaction_id", Id),
    Column("ticket_id", Id),
    Column("customer_id", Id),
    Column("user_id", Id),
    Column("queue_id", Id),
    Column("department_id", Id),
    _json("data"),
    Index("ix_events_interaction", "interaction_id", "seq"),
)

timers = Table(
    "timers",
    metadata,
    _id(),
    _text("owner", 80),
    _text("name", 80),
    _text("key", 200),
    _json("payload"),
    _at("due_at", null=False, index=True),
    _number("attempts"),
    _text("leased_by", 80),
    _at("leased_until"),
)
Index(
    "uq_timers_key",
    timers.c.owner,
    timers.c.name,
    timers.c.key,
    unique=True,
    sqlite_where=timers.c.key != "",
    postgresql_where=timers.c.key != "",
)

webhooks = Table(
    "webhooks",
    metadata,
    _id(),
    _text("url", 1000),
    Column("secret", Bytes, nullable=False),
    _list("events"),
    _flag("enabled", True),
    Column("cursor", Id, nullable=False, default=0, server_default="0"),
    _number("failures"),
    _text("last_error", 1000),
    _at("retry_at"),
    _at("created_at", null=False),
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("user_id", Id, primary_key=True),
    Column("key", String(80), primary_key=True),
    Column("result_id", Id, nullable=False),
    _at("created_at", null=False),
)
