"""Tickets and the history of their fields."""

from sqlalchemy import Column, Table, UniqueConstraint

from hub.store.columns import Document
from hub.store.tables.shape import document, identifier, instant, metadata, number, reference, string

tickets = Table(
    "tickets",
    metadata,
    identifier(),
    string("serial", 20),
    string("subject", 1000),
    string("type", 80, "QUESTION"),
    string("priority", 20, "NORMAL"),
    string("status", 20, "NEW"),
    reference("department_id", "departments", index=True),
    reference("assignee_id", "users", index=True),
    reference("customer_id", "customers", index=True),
    reference("asset_id", "assets"),
    string("channel", 40),
    document("fields"),
    instant("created_at", null=False),
    instant("updated_at", null=False, index=True),
    instant("closed_at"),
    number("version"),
    UniqueConstraint("serial"),
)

ticket_history = Table(
    "ticket_history",
    metadata,
    identifier(),
    reference("ticket_id", "tickets", null=False, index=True),
    instant("at", null=False),
    reference("user_id", "users"),
    string("field", 80),
    Column("old", Document, nullable=True),
    Column("new", Document, nullable=True),
)
