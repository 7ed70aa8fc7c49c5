"""Customers: addresses, assets, merges."""

from sqlalchemy import Column, ForeignKey, String, Table, Text, UniqueConstraint

from hub.store.columns import Id
from hub.store.tables.shape import document, flag, identifier, instant, listing, metadata, number, reference, string

customers = Table(
    "customers",
    metadata,
    identifier(),
    string("kind", 20, "PERSON"),
    string("name", 400),
    string("short_code", 400),
    string("language", 10),
    reference("organisation_id", "customers", index=True),
    document("attributes"),
    Column("notes", Text, nullable=False, default="", server_default=""),
    reference("merged_into", "customers", index=True),
    instant("created_at", null=False),
    instant("updated_at", null=False),
    number("version"),
    instant("erased_at"),
)

identities = Table(
    "identities",
    metadata,
    identifier(),
    reference("customer_id", "customers", index=True),
    string("scheme", 40),
    string("value", 400),
    string("label"),
    flag("shared"),
    string("verification", 20, "NONE"),
    instant("created_at", null=False),
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
    identifier(),
    reference("kept_id", "customers", null=False),
    reference("gone_id", "customers", null=False),
    reference("user_id", "users"),
    instant("at", null=False),
    instant("undone_at"),
    document("moved"),
)

# a plugin that has not heard of it yet, and what it may need to find what it knows of them: gone when it has
erasures = Table(
    "erasures",
    metadata,
    Column("customer_id", Id, ForeignKey("customers.id"), primary_key=True),
    Column("plugin", String(80), primary_key=True),
    listing("addresses"),
    instant("at", null=False),
)

asset_types = Table(
    "asset_types",
    metadata,
    identifier(),
    string("key", 80),
    document("names"),
    listing("fields"),
    UniqueConstraint("key"),
)

assets = Table(
    "assets",
    metadata,
    identifier(),
    reference("customer_id", "customers", null=False, index=True),
    string("type", 80),
    string("label", 400),
    document("fields"),
    instant("created_at", null=False),
    instant("updated_at", null=False),
)
