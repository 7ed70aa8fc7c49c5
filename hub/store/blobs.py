"""Files: stored once by their SHA-256, counted by use, in the database so that one commit covers message and file."""

import hashlib

from sqlalchemy import Connection, delete, insert, select, update

from hub.api import Attachment
from hub.store.rows import Row, inserted, one
from hub.store.tables import attachments, blobs
from hub.store.unit import Tx


def put(tx: Tx, content: bytes) -> str:
    """Store content, or count one more use of what is there; returns its digest."""
    digest = hashlib.sha256(content).hexdigest()
    counted = update(blobs).where(blobs.c.digest == digest).values(uses=blobs.c.uses + 1)
    if tx.conn.execute(counted).rowcount == 0:
        tx.conn.execute(insert(blobs).values(digest=digest, content=content, size=len(content), uses=1))
    return digest


def release(tx: Tx, digest: str) -> None:
    """One use less; the last one takes the content along."""
    tx.conn.execute(update(blobs).where(blobs.c.digest == digest).values(uses=blobs.c.uses - 1))
    tx.conn.execute(delete(blobs).where(blobs.c.digest == digest, blobs.c.uses <= 0))


def attach(tx: Tx, message_id: int | None, file: Attachment, uploaded_by: int | None = None) -> int:
    """Store a file on a message, or, with no message yet, as an upload of a user."""
    values = {
        "message_id": message_id,
        "uploaded_by": uploaded_by,
        "digest": put(tx, file.content),
        "name": file.name[:400],
        "media_type": file.media_type[:200],
        "size": len(file.content),
        "content_id": file.content_id[:400],
        "inline": file.inline,
        "created_at": tx.now,
    }
    return inserted(tx.conn, insert(attachments).values(values))


def claim(tx: Tx, attachment_id: int, user_id: int, message_id: int) -> bool:
    """Move a user's upload onto their message."""
    mine = (
        attachments.c.id == attachment_id,
        attachments.c.uploaded_by == user_id,
        attachments.c.message_id.is_(None),
    )
    return tx.conn.execute(update(attachments).where(*mine).values(message_id=message_id)).rowcount == 1


def get(conn: Connection, attachment_id: int) -> Row | None:
    """An attachment with its content."""
    joined = select(attachments, blobs.c.content).join(blobs, blobs.c.digest == attachments.c.digest)
    return one(conn, joined.where(attachments.c.id == attachment_id))


def load(conn: Connection, message_id: int) -> tuple[Attachment, ...]:
    """The files of a message, with content."""
    joined = select(attachments, blobs.c.content).join(blobs, blobs.c.digest == attachments.c.digest)
    rows = conn.execute(joined.where(attachments.c.message_id == message_id).order_by(attachments.c.id)).mappings()
    return tuple(
        Attachment(row["name"], row["media_type"], row["content"], row["content_id"], row["inline"]) for row in rows
    )
