"""Files: stored once by their SHA-256, counted by use, in the database so that one commit covers message and file.

A site may have them sealed (`sealing`): a file's digest says whether it is.
"""

import hashlib
import sqlite3

from sqlalchemy import Connection, delete, func, insert, literal_column, select, update

from hub.api import Attachment
from hub.store import sealing
from hub.store.columns import Bytes
from hub.store.rows import Row, inserted, many, one
from hub.store.tables import attachments, blobs
from hub.store.unit import Tx


def put(tx: Tx, content: bytes) -> str:
    """Store content, or count one more use of what is there; returns its digest."""
    seal = sealing.of(tx.conn)
    digest = seal.name(content) if seal.wanted else hashlib.sha256(content).hexdigest()
    counted = update(blobs).where(blobs.c.digest == digest).values(uses=blobs.c.uses + 1)
    if tx.conn.execute(counted).rowcount == 0:
        kept = seal.close(content) if seal.wanted else content
        tx.conn.execute(insert(blobs).values(digest=digest, content=kept, size=len(content), uses=1))
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
    """An attachment with its content. Raises WrongKey."""
    row = one(conn, _WITH_CONTENT.where(attachments.c.id == attachment_id))
    return _opened(conn, row) if row else None


def load(conn: Connection, message_id: int) -> tuple[Attachment, ...]:
    """The files of a message, with content. Raises WrongKey."""
    rows = many(conn, _WITH_CONTENT.where(attachments.c.message_id == message_id).order_by(attachments.c.id))
    opened = (_opened(conn, row) for row in rows)
    return tuple(
        Attachment(row["name"], row["media_type"], row["content"], row["content_id"], row["inline"]) for row in opened
    )


def part(conn: Connection, digest: str, size: int, start: int, stop: int) -> bytes:
    """The bytes from `start` up to `stop` of a file of `size`; no more than the pieces they are in leave the database.
    Raises WrongKey."""
    if not sealing.names_sealed(digest):
        return _stored(conn, digest, start, stop)
    span = sealing.span(start, stop)
    salt, pieces = _stored(conn, digest, 0, sealing.SALT), _stored(conn, digest, span.start, span.stop)
    plain = sealing.of(conn).open_span(salt, pieces, span.first, size)
    before = span.first * sealing.CHUNK
    return plain[start - before : stop - before]


_WITH_CONTENT = select(attachments, blobs.c.content).join(blobs, blobs.c.digest == attachments.c.digest)


def _opened(conn: Connection, row: Row) -> Row:
    return {**row, "content": sealing.opened(conn, row["content"], sealed=sealing.names_sealed(row["digest"]))}


def _stored(conn: Connection, digest: str, start: int, stop: int) -> bytes:
    if conn.dialect.name == "sqlite":
        return _read_in_place(conn, digest, start, stop)
    wanted = func.substr(blobs.c.content, start + 1, stop - start, type_=Bytes)
    return bytes(conn.execute(select(wanted).where(blobs.c.digest == digest)).scalar() or b"")


def _read_in_place(conn: Connection, digest: str, start: int, stop: int) -> bytes:
    """SQLite's substr() would load the whole, each time."""
    row = conn.execute(select(literal_column("rowid")).select_from(blobs).where(blobs.c.digest == digest)).scalar()
    driver = conn.connection.driver_connection
    if row is None or not isinstance(driver, sqlite3.Connection):
        return b""
    with driver.blobopen("blobs", "content", row, readonly=True) as blob:
        blob.seek(min(start, len(blob)))
        return blob.read(stop - start)
