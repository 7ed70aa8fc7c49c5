"""Interactions: their threads and segments."""

from sqlalchemy import Column, Index, Table, UniqueConstraint

from hub.store.columns import Document, Id
from hub.store.tables.shape import document, flag, identifier, instant, metadata, number, reference, string

interactions = Table(
    "interactions",
    metadata,
    identifier(),
    string("channel", 40),
    string("medium", 20),
    reference("account_id", "accounts", null=False),
    string("state", 20, "INITIATED"),
    string("subject", 1000),
    reference("customer_id", "customers", index=True),
    reference("identity_id", "identities"),
    reference("ticket_id", "tickets", index=True),
    reference("agent_id", "users", index=True),
    reference("queue_id", "queues"),
    reference("department_id", "departments"),
    document("reply_to"),
    string("thread", 400),
    string("language", 10),
    number("priority"),
    number("messages"),
    number("unread"),
    Column("last_message_id", Id, nullable=True),
    document("attributes"),
    document("audio"),
    Column("flow_state", Document, nullable=True),
    number("flow_version"),
    string("disposition", 80),
    flag("automatic"),
    flag("call"),
    instant("created_at", null=False),
    instant("enqueued_at"),
    instant("connected_at"),
    instant("updated_at", null=False, index=True),
    instant("snoozed_until"),
    instant("closed_at"),
    number("version"),
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
Index(
    "ix_interactions_calls",
    interactions.c.account_id,
    sqlite_where=interactions.c.call & _is_open,
    postgresql_where=interactions.c.call & _is_open,
)

threads = Table(
    "threads",
    metadata,
    string("scope", 80),
    string("key", 400),
    reference("interaction_id", "interactions", null=False, index=True),
    UniqueConstraint("scope", "key"),
)

segments = Table(
    "segments",
    metadata,
    identifier(),
    reference("interaction_id", "interactions", null=False, index=True),
    string("kind", 20),
    reference("queue_id", "queues"),
    reference("user_id", "users"),
    string("flow", 80),
    string("role", 20, "PRIMARY"),
    string("state", 20, "ACTIVE"),
    string("outcome", 30),
    string("disposition", 80),
    instant("started_at", null=False),
    instant("ended_at"),
    instant("wrap_up_until"),
    Index("ix_segments_user", "user_id", "state"),
    Index("ix_segments_queue", "queue_id", "started_at"),
)
