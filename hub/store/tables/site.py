"""The site: its settings, departments, connections, accounts and queues."""

from sqlalchemy import Column, String, Table, Text, UniqueConstraint

from hub.store.columns import Bytes, Document, Id
from hub.store.tables.shape import document, flag, identifier, instant, listing, metadata, number, reference, string

site = Table("site", metadata, Column("key", String(80), primary_key=True), Column("value", Document, nullable=False))
counters = Table(
    "counters", metadata, Column("name", String(40), primary_key=True), Column("value", Id, nullable=False)
)
leases = Table(
    "leases", metadata, Column("name", String(80), primary_key=True), string("holder", 80), instant("until", null=False)
)

departments = Table("departments", metadata, identifier(), reference("parent_id", "departments"), string("name"))

connections = Table(
    "connections",
    metadata,
    identifier(),
    string("channel", 40),
    string("name"),
    document("settings"),
    Column("secrets", Bytes, nullable=True),
    flag("enabled", True),
    Column("cursor", Text, nullable=True),
    string("state", 20, "STOPPED"),
    string("state_detail", 1000),
    instant("state_at"),
)

accounts = Table(
    "accounts",
    metadata,
    identifier(),
    reference("connection_id", "connections"),
    string("channel", 40),
    string("name"),
    string("scheme", 40),
    string("address", 400),
    document("settings"),
    Column("secrets", Bytes, nullable=True),
    reference("queue_id", "queues"),
    reference("department_id", "departments"),
    string("flow", 80),
    flag("opens_ticket"),
    string("language", 10, "en"),
    flag("enabled", True),
    UniqueConstraint("channel", "scheme", "address"),
)

queues = Table(
    "queues",
    metadata,
    identifier(),
    string("key", 80),
    string("name"),
    reference("department_id", "departments"),
    document("skills"),
    number("priority"),
    number("offer_seconds", 30),
    number("wrap_up_seconds"),
    listing("dispositions"),
    document("hours"),
    document("routing"),
    flag("enabled", True),
    UniqueConstraint("key"),
)
