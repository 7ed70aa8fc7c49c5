"""The event log, timers, webhooks, requests already done."""

from sqlalchemy import Column, Index, String, Table

from hub.store.columns import Bytes, Id
from hub.store.tables.shape import document, flag, identifier, instant, listing, metadata, number, string

events = Table(
    "events",
    metadata,
    Column("seq", Id, primary_key=True, autoincrement=False),
    instant("at", null=False),
    string("type", 60),
    Column("interaction_id", Id),
    Column("ticket_id", Id),
    Column("customer_id", Id),
    Column("user_id", Id),
    Column("queue_id", Id),
    Column("department_id", Id),
    document("data"),
    Index("ix_events_interaction", "interaction_id", "seq"),
)

timers = Table(
    "timers",
    metadata,
    identifier(),
    string("owner", 80),
    string("name", 80),
    string("key", 200),
    document("payload"),
    instant("due_at", null=False, index=True),
    number("attempts"),
    string("leased_by", 80),
    instant("leased_until"),
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
    identifier(),
    string("url", 1000),
    Column("secret", Bytes, nullable=False),
    listing("events"),
    flag("enabled", True),
    Column("cursor", Id, nullable=False, default=0, server_default="0"),
    number("failures"),
    string("last_error", 1000),
    instant("retry_at"),
    instant("created_at", null=False),
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("user_id", Id, primary_key=True),
    Column("key", String(80), primary_key=True),
    Column("result_id", Id, nullable=False),
    instant("created_at", null=False),
)
