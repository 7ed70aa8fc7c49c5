"""The plugin's tables: documents, what is to be sent, every fax call there was, lists of recipients."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

metadata: Final = MetaData()

documents: Final = Table(
    "fax_documents",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("tiff", LargeBinary, nullable=False),
    Column("pages", Integer, nullable=False),
)

jobs: Final = Table(
    "fax_jobs",
    metadata,
    Column("delivery_id", Integer, primary_key=True, autoincrement=False),
    Column("message_id", Integer, nullable=False),
    Column("interaction_id", Integer, nullable=False),
    Column("account_id", Integer, nullable=False),
    Column("number", String(100), nullable=False),
    Column("document", String(64), nullable=False),
    Column("pages", Integer, nullable=False),
    Column("on_call", Boolean, nullable=False),
    Column("recipient_id", Integer, nullable=True),
    Column("automatic", Boolean, nullable=False, default=False),
    Column("sub_address", String(20), nullable=False, default=""),
    Column("state", String(20), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("page", Integer, nullable=False),
    Column("code", String(40), nullable=False),
    Column("text", String(400), nullable=False),
    Column("leased_by", String(40), nullable=False),
    Column("leased_until", DateTime(timezone=True), nullable=True),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("give_up_at", DateTime(timezone=True), nullable=False),
)

calls: Final = Table(
    "fax_calls",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("account_id", Integer, nullable=False),
    Column("direction", String(3), nullable=False),
    Column("delivery_id", Integer, nullable=True),
    Column("message_id", Integer, nullable=True),
    Column("number", String(100), nullable=False),
    Column("station", String(40), nullable=False),
    Column("began_at", DateTime(timezone=True), nullable=False),
    Column("seconds", Float, nullable=False),
    Column("ok", Boolean, nullable=False),
    Column("code", String(40), nullable=False),
    Column("text", String(400), nullable=False),
    Column("pages", Integer, nullable=False),
    Column("pages_expected", Integer, nullable=False),
    Column("bit_rate", Integer, nullable=False),
    Column("ecm", Boolean, nullable=False),
    Column("t38", Boolean, nullable=False),
    Column("compression", String(20), nullable=False),
    Column("bad_rows", Integer, nullable=False),
)

broadcasts: Final = Table(
    "fax_broadcasts",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("account_id", Integer, nullable=False),
    Column("title", String(200), nullable=False),
    Column("files", JSON, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("text", Text, nullable=False),
    Column("fields", JSON, nullable=False),
    Column("state", String(20), nullable=False),
    Column("made_by", String(200), nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
)

recipients: Final = Table(
    "fax_recipients",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("broadcast_id", Integer, nullable=False),
    Column("number", String(100), nullable=False),
    Column("name", String(200), nullable=False),
    Column("state", String(20), nullable=False),
    Column("message_id", Integer, nullable=True),
    Column("code", String(40), nullable=False),
    Column("text", String(400), nullable=False),
    Column("since", DateTime(timezone=True), nullable=True),
)

people: Final = Table(
    "fax_people",
    metadata,
    Column("number", String(100), primary_key=True),
    Column("customer_id", Integer, nullable=False),
)
