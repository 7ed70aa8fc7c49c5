"""Files that people put up before they send them, and files they may fetch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, delete, select

from hub.api import Attachment, MessageKind
from hub.model.actor import Actor
from hub.model.errors import Forbidden, NotFound
from hub.model.permissions import Permission
from hub.store import blobs, voicemails
from hub.store.access import visible_attachments
from hub.store.rows import one
from hub.store.tables import attachments, messages
from hub.store.timeline import FileItem
from hub.store.unit import Tx

FORGOTTEN = timedelta(days=2)
_OWN = (attachments.c[name] for name in ("id", "name", "media_type", "size", "digest"))
_COLUMNS = (*_OWN, messages.c.kind, messages.c.id.label("message"))


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that may be fetched; `size` in bytes. Equal digests, equal bytes: `blobs.part` has them. `recording`:
    a call's."""

    id: int
    name: str
    media_type: str
    size: int
    digest: str
    recording: bool


def insert_upload(tx: Tx, actor: Actor, name: str, media_type: str, content: bytes) -> FileItem:
    """Keep a file that its user may put on a message of theirs."""
    file = Attachment(name, media_type, content)
    made = blobs.attach(tx, None, file, uploaded_by=actor.user_id)
    return FileItem(made, name, media_type, len(content), inline=False, content_id="")


def visible_file(conn: Connection, actor: Actor, attachment_id: int) -> StoredFile:
    """What is known of a file. Raises NotFound unless the actor sees its message, or put it up; Forbidden when it is a
    recording, and they may not hear those."""
    joined = attachments.outerjoin(messages, messages.c.id == attachments.c.message_id)
    seen = select(*_COLUMNS).select_from(joined)
    row = one(conn, seen.where(attachments.c.id == attachment_id, visible_attachments(actor)))
    if row is None:
        raise NotFound
    kind, message_id = row.pop("kind"), row.pop("message")
    recording = kind == MessageKind.RECORDING
    if recording:
        require_hearing(actor)
    if kind == MessageKind.VOICEMAIL:
        voicemails.require_box(conn, actor, message_id)
    return StoredFile(**row, recording=recording)


def require_hearing(actor: Actor) -> None:
    """Raises Forbidden unless the actor may hear recordings."""
    if not actor.may(Permission.RECORDINGS_PLAY):
        raise Forbidden("You may not listen to recordings.")


def delete_forgotten(tx: Tx) -> None:
    """Drop uploads that were never sent."""
    old = (attachments.c.message_id.is_(None), attachments.c.created_at < tx.now - FORGOTTEN)
    for digest in tx.conn.execute(delete(attachments).where(*old).returning(attachments.c.digest)).scalars().all():
        blobs.release(tx, digest)
