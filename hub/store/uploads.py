"""Files that people put up before they send them, and files they may fetch."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection, delete, select

from hub.api import Attachment, Bytes
from hub.model.actor import Actor
from hub.model.errors import NotFound
from hub.store import blobs
from hub.store.access import visible_attachments
from hub.store.tables import attachments
from hub.store.timeline import FileItem
from hub.store.unit import Tx

FORGOTTEN = timedelta(days=2)


def insert_upload(tx: Tx, actor: Actor, name: str, media_type: str, content: bytes) -> FileItem:
    """Keep a file that its user may put on a message of theirs."""
    file = Attachment(name, media_type, content)
    made = blobs.attach(tx, None, file, uploaded_by=actor.user_id)
    return FileItem(made, name, media_type, len(content), inline=False, content_id="")


def visible_file(conn: Connection, actor: Actor, attachment_id: int) -> Bytes:
    """A file with its content. Raises NotFound unless the actor sees its message, or put it up."""
    seen = select(attachments.c.id).where(attachments.c.id == attachment_id, visible_attachments(actor))
    row = blobs.get(conn, attachment_id) if conn.execute(seen).first() else None
    if row is None:
        raise NotFound
    return Bytes(row["name"], row["media_type"], bytes(row["content"]))


def delete_forgotten(tx: Tx) -> None:
    """Drop uploads that were never sent."""
    old = (attachments.c.message_id.is_(None), attachments.c.created_at < tx.now - FORGOTTEN)
    for digest in tx.conn.execute(delete(attachments).where(*old).returning(attachments.c.digest)).scalars().all():
        blobs.release(tx, digest)
