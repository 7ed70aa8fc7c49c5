"""Files and messages in the form they came: uploads, attachments, HTML, raw bytes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial

from sqlalchemy import Connection
from starlette.responses import Response

from hub.api import Bytes, MessageKind
from hub.model.errors import NotFound
from hub.model.permissions import Permission
from hub.store import audit, blobs, timeline, uploads
from hub.store.timeline import FileItem
from hub.store.unit import Tx
from hub.store.uploads import StoredFile
from hub.web.bodies import File
from hub.web.call import Call
from hub.web.downloads import download, in_pieces, sandboxed_page
from hub.web.errors import RangeNotSatisfiable
from hub.web.fields import Query, QueryFlag
from hub.web.ranges import Part, part_of
from hub.web.routing import Routes
from hub.web.sanitise import clean_html, page

routes = Routes("files")
READ = Permission.INTERACTIONS_READ
OCTETS = "application/octet-stream"
MAX_UPLOAD = 25_000_000
PIECE = 1024 * 1024
ONE_HEARING = timedelta(minutes=10)


class HtmlOptions(Query):
    """`remote` lets pictures be fetched from the web, which tells their owner that somebody looks."""

    remote: QueryFlag = False


@routes.post("/uploads", Permission.INTERACTIONS_REPLY, status=201, max_body=MAX_UPLOAD)
async def upload_file(call: Call, body: File) -> FileItem:
    """Put up a file, to be named in `attachments` of a message; it is forgotten after two days."""
    name = body.name.replace("\0", "").replace("\\", "/").rpartition("/")[2][:400] or "file"
    return await call.write(lambda tx: uploads.insert_upload(tx, call.actor, name, body.media_type[:200], body.content))


@routes.get("/attachments/{attachment_id}", READ, produces=OCTETS, raises=(RangeNotSatisfiable,))
async def get_attachment(call: Call, attachment_id: int) -> Response:
    """The file itself, or the part a `Range` asks for; what a browser could run comes as a download.

    A call's recording needs the permission `recordings.play`, too, and who heard it stands in the audit log.
    """
    file = await call.read(lambda conn: uploads.visible_file(conn, call.actor, attachment_id))
    headers, etag = call.request.headers, f'"{file.digest}"'
    wanted = part_of(headers, etag, file.size) if call.request.method == "GET" else Part(0, file.size, file.size)
    if file.recording and call.request.method == "GET":
        await call.write(lambda tx: _heard(tx, call, file))
    described = {"name": file.name, "media_type": file.media_type, "etag": etag}
    return in_pieces(_pieces(call, file, wanted), wanted, **described, kept=not file.recording)


@routes.get("/messages/{message_id}/html", READ, produces="text/html")
async def get_message_html(call: Call, message_id: int, query: HtmlOptions) -> Response:
    """A message's HTML, sanitised, as a page for a sandboxed frame; inline pictures are in it."""
    html = await call.read(lambda conn: _html(call, conn, message_id))
    return sandboxed_page(page(html), remote=query.remote)


@routes.get("/messages/{message_id}/raw", READ, produces=OCTETS)
async def get_message_raw(call: Call, message_id: int) -> Response:
    """The bytes the message came in as."""
    return download(await call.read(lambda conn: _raw(call, conn, message_id)))


def _heard(tx: Tx, call: Call, file: StoredFile) -> None:
    who, client = call.actor.user_id, call.client
    audit.record_once(tx, ONE_HEARING, who, "recording.played", "attachment", file.id, client=client)


async def _pieces(call: Call, file: StoredFile, wanted: Part) -> AsyncIterator[bytes]:
    """Not all at once: an hour of a call is more than a hundred megabytes."""
    if call.request.method == "HEAD":
        return
    for start in range(wanted.start, wanted.stop, PIECE):
        stop = min(start + PIECE, wanted.stop)
        yield await call.read(partial(blobs.part, digest=file.digest, size=file.size, start=start, stop=stop))


def _html(call: Call, conn: Connection, message_id: int) -> str:
    row = timeline.visible_message(conn, call.actor, message_id)
    if not row["html"]:
        raise NotFound("This message has no HTML.")
    return clean_html(row["html"], blobs.load(conn, message_id))


def _raw(call: Call, conn: Connection, message_id: int) -> Bytes:
    row = timeline.visible_message(conn, call.actor, message_id)
    if row["kind"] == MessageKind.RECORDING:
        uploads.require_hearing(call.actor)
    if row["raw_id"] is None:
        raise NotFound("This message did not come in from outside.")
    return Bytes(f"message-{message_id}.raw", OCTETS, timeline.raw_bytes(conn, row["raw_id"]))
