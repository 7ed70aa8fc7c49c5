"""Messages: one thing said or sent, in order within its interaction."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, insert, select, update

from hub.api import MessageKind
from hub.store import blobs, search
from hub.store.interactions import subjects
from hub.store.rows import Row, inserted, many, one
from hub.store.tables import attachments, interactions, messages
from hub.store.unit import Tx

INBOUND, OUTBOUND, INTERNAL = "INBOUND", "OUTBOUND", "INTERNAL"


def known(conn: Connection, scope: str, external_id: str, content_hash: str) -> Row | None:
    """The message that already came in under this id, with this content."""
    same = (
        messages.c.dedup_scope == scope,
        messages.c.external_id == external_id,
        messages.c.content_hash == content_hash,
    )
    return one(conn, select(messages.c.id, messages.c.interaction_id).where(*same))


def add(tx: Tx, interaction: Row, direction: str, values: dict[str, Any], files: Sequence[Any] = ()) -> Row:
    """Append a message: position, counters, search and event in one go. `files` are hub.api Attachments."""
    position = _next_position(tx, interaction["id"])
    row = {"kind": MessageKind.TEXT.value, "text": "", **values}
    row |= {"interaction_id": interaction["id"], "position": position, "direction": direction, "created_at": tx.now}
    row["id"] = inserted(tx.conn, insert(messages).values(row))
    for file in files:
        blobs.attach(tx, row["id"], file)
    unread = {"unread": interactions.c.unread + 1} if direction == INBOUND else {}
    mine = update(interactions).where(interactions.c.id == interaction["id"])
    tx.conn.execute(mine.values(last_message_id=row["id"], updated_at=tx.now, **unread))
    search.index_message(tx, row["id"])
    tx.event(
        "interaction.message", **subjects(interaction), message=row["id"], direction=direction, kind=str(row["kind"])
    )
    return row


def _next_position(tx: Tx, interaction_id: int) -> int:
    mine = update(interactions).where(interactions.c.id == interaction_id)
    counted = tx.conn.execute(mine.values(messages=interactions.c.messages + 1).returning(interactions.c.messages))
    position: int = counted.scalar_one()
    return position


def get(conn: Connection, message_id: int) -> Row | None:
    """One message."""
    return one(conn, select(messages).where(messages.c.id == message_id))


def last_inbound(conn: Connection, interaction_id: int) -> Row | None:
    """The customer's newest message."""
    theirs = (messages.c.interaction_id == interaction_id, messages.c.direction == INBOUND)
    return one(conn, select(messages).where(*theirs).order_by(messages.c.position.desc()).limit(1))


def references(conn: Connection, interaction_id: int, most: int = 20) -> list[str]:
    """External ids of the conversation, newest first: what a reply may refer to."""
    mine = messages.c.interaction_id == interaction_id
    named = (mine, messages.c.external_id != "", messages.c.direction != INTERNAL)
    newest = select(messages.c.external_id).where(*named).order_by(messages.c.position.desc()).limit(most)
    return list(conn.execute(newest).scalars())


def files_of(conn: Connection, message_ids: Sequence[int]) -> dict[int, list[Row]]:
    """Attachments (without content) by message."""
    found: dict[int, list[Row]] = {}
    if message_ids:
        rows = select(attachments).where(attachments.c.message_id.in_(message_ids)).order_by(attachments.c.id)
        for row in many(conn, rows):
            found.setdefault(row["message_id"], []).append(row)
    return found


def name(tx: Tx, message_id: int, external_id: str) -> None:
    """The far side's id of a message we sent: what replies and later messages refer to."""
    mine = update(messages).where(messages.c.id == message_id, messages.c.external_id == "")
    tx.conn.execute(mine.values(external_id=external_id[:1000]))
