"""What came in, byte for byte, and the parts that wait for their siblings."""

from sqlalchemy import Column, Index, Table, UniqueConstraint

from hub.store.columns import Bytes, Id
from hub.store.tables.shape import document, flag, identifier, instant, metadata, number, reference, string

raws = Table(
    "raws",
    metadata,
    identifier(),
    string("channel", 40),
    # the input of which the message came, when this was another part of it, or the same once more
    Column("of_id", Id),
    reference("connection_id", "connections"),
    reference("account_id", "accounts"),
    Column("body", Bytes, nullable=False),
    flag("sealed"),
    document("meta"),
    string("state", 20, "STORED"),
    number("attempts"),
    string("error_code", 40),
    string("error", 2000),
    string("leased_by", 80),
    instant("due_at"),
    instant("received_at", null=False),
    instant("done_at"),
)
Index("ix_raws_of", raws.c.of_id, sqlite_where=raws.c.of_id.is_not(None), postgresql_where=raws.c.of_id.is_not(None))
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
    reference("account_id", "accounts", null=False),
    string("key", 400),
    number("position"),
    number("total"),
    reference("raw_id", "raws", null=False),
    document("content"),
    instant("expires_at", null=False, index=True),
    UniqueConstraint("account_id", "key", "position"),
)
