"""What is owed to somebody who is not at the other end now: a call back, an answer to what they left."""

from sqlalchemy import Column, ForeignKey, Index, Table, Text

from hub.store.columns import Bytes, Id
from hub.store.tables.shape import document, flag, identifier, instant, listing, metadata, number, reference, string

callbacks = Table(
    "callbacks",
    metadata,
    identifier(),
    string("state", 20, "WAITING"),
    reference("interaction_id", "interactions", null=False, index=True),
    reference("identity_id", "identities"),
    reference("queue_id", "queues", null=False),
    reference("department_id", "departments"),
    reference("account_id", "accounts"),
    reference("work_id", "work"),
    reference("call_id", "interactions"),
    document("to"),
    string("medium", 20),
    string("channel", 40),
    number("priority"),
    Column("place", Id, nullable=False, default=0, server_default="0"),
    document("requirement"),
    number("attempts"),
    listing("tries"),
    instant("enqueued_at", null=False),
    instant("due_at"),
    instant("until"),
    instant("created_at", null=False),
    instant("updated_at", null=False, index=True),
    instant("ended_at"),
    number("version"),
)
_is_open = callbacks.c.ended_at.is_(None)
Index("ix_callbacks_work", callbacks.c.work_id, sqlite_where=_is_open, postgresql_where=_is_open)
Index("ix_callbacks_number", callbacks.c.identity_id, sqlite_where=_is_open, postgresql_where=_is_open)

voicemails = Table(
    "voicemails",
    metadata,
    identifier(),
    string("state", 20, "NEW"),
    Column("message_id", Id, nullable=False, unique=True),
    reference("interaction_id", "interactions", null=False, index=True),
    reference("queue_id", "queues"),
    reference("department_id", "departments"),
    reference("box_user_id", "users"),
    reference("assignee_id", "users"),
    reference("heard_by", "users"),
    instant("heard_at"),
    string("language", 10),
    string("transcript_state", 20, "PENDING"),
    Column("transcript", Text, nullable=False, default="", server_default=""),
    instant("created_at", null=False, index=True),
    instant("closed_at"),
    number("version"),
)
_untold = voicemails.c.transcript_state == "PENDING"
Index("ix_voicemails_untold", voicemails.c.id, sqlite_where=_untold, postgresql_where=_untold)

own_boxes = Table(
    "own_boxes",
    metadata,
    Column("user_id", Id, ForeignKey("users.id"), primary_key=True),
    flag("enabled"),
    Column("greeting", Text, nullable=False, default="", server_default=""),
    Column("sound", Bytes),
    number("ring_seconds", 20),
    flag("at_once", True),
)
