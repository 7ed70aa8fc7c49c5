"""Work that waits for an agent, offers, and what the router was told."""

from sqlalchemy import Column, Index, Table

from hub.store.columns import Bytes, Id
from hub.store.tables.shape import document, identifier, instant, metadata, number, reference, string

work = Table(
    "work",
    metadata,
    identifier(),
    string("kind", 40, "interaction"),
    reference("interaction_id", "interactions", index=True),
    reference("queue_id", "queues", null=False),
    string("medium", 20),
    string("channel", 40),
    number("priority"),
    Column("place", Id, nullable=False, default=0, server_default="0"),
    document("requirement"),
    document("payload"),
    string("state", 20, "WAITING"),
    reference("user_id", "users"),
    instant("enqueued_at", null=False),
    instant("queued_at"),
    instant("created_at", null=False),
    instant("ended_at"),
    number("version"),
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
    "ix_work_kind",
    work.c.kind,
    work.c.interaction_id,
    sqlite_where=work.c.ended_at.is_(None) & (work.c.kind != "interaction"),
    postgresql_where=work.c.ended_at.is_(None) & (work.c.kind != "interaction"),
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
    identifier(),
    reference("work_id", "work", null=False),
    reference("interaction_id", "interactions", index=True),
    reference("queue_id", "queues"),
    reference("user_id", "users", null=False),
    string("state", 20, "PENDING"),
    instant("created_at", null=False),
    instant("expires_at", null=False),
    instant("ended_at"),
    document("explanation"),
    Index("ix_offers_user", "user_id", "state"),
)
routing_journal = Table(
    "routing_journal",
    metadata,
    identifier(),
    string("node", 80),
    string("kind", 20),
    instant("at", null=False, index=True),
    Column("body", Bytes, nullable=False),
)
Index(
    "uq_offers_open",
    offers.c.work_id,
    offers.c.user_id,
    unique=True,
    sqlite_where=offers.c.ended_at.is_(None),
    postgresql_where=offers.c.ended_at.is_(None),
)
Index(
    "ix_offers_open",
    offers.c.user_id,
    sqlite_where=offers.c.ended_at.is_(None),
    postgresql_where=offers.c.ended_at.is_(None),
)
