"""Files and messages in the form they came: uploads, attachments, HTML, raw bytes."""

from __future__ import annotations

from sqlalchemy import Connection
from starlette.responses import Response

from hub.api import Bytes
from hub.model.errors import NotFound
from hub.model.permissions import Permission
from hub.store import blobs, timeline, uploads
from hub.store.timeline import FileItem
from hub.web.bodies import File
from hub.web.call import Call
from hub.web.downloads import download, sandboxed_page
from hub.web.fields import Query, QueryFlag
from hub.web.routing import Routes
from hub.web.sanitise import clean_html, page

routes = Routes("files")
READ = Permission.INTERACTIONS_READ
OCTETS = "application/octet-stream"
MAX_UPLOAD = 25_000_000


class HtmlOptions(Query):
    """`remote` lets pictures be fetched from the web, which tells their owner that somebody looks."""

    remote: QueryFlag = False


@routes.post("/uploads", Permission.INTERACTIONS_REPLY, status=201, max_body=MAX_UPLOAD)
async def upload_file(call: Call, body: File) -> FileItem:
    """Put up a file, to be named in `attachments` of a message; it is forgotten after two days."""
    name = body.name.replace("\0", "").replace("\\", "/").rpartition("/")[2][:400] or "file"
    return await call.write(lambda tx: uploads.insert_upload(tx, call.actor, name, body.media_type[:200], body.content))


@routes.get("/attachments/{attachment_id}", READ, produces=OCTETS)
async def get_attachment(call: Call, attachment_id: int) -> Response:
    """The file itself; what a browser could run comes as a download."""
    return download(await call.read(lambda conn: uploads.visible_file(conn, call.actor, attachment_id)))


@routes.get("/messages/{message_id}/html", READ, produces="text/html")
async def get_message_html(call: Call, message_id: int, query: HtmlOptions) -> Response:
    """A message's HTML, sanitised, as a page for a sandboxed frame; inline pictures are in it."""
    html = await call.read(lambda conn: _html(call, conn, message_id))
    return sandboxed_page(page(html), remote=query.remote)


@routes.get("/messages/{message_id}/raw", READ, produces=OCTETS)
async def get_message_raw(call: Call, message_id: int) -> Response:
    """The bytes the message came in as."""
    return download(await call.read(lambda conn: _raw(call, conn, message_id)))


def _html(call: Call, conn: Connection, message_id: int) -> str:
    row = timeline.visible_message(conn, call.actor, message_id)
    if not row["html"]:
        raise NotFound("This message has no HTML.")
    return clean_html(row["html"], blobs.load(conn, message_id))


def _raw(call: Call, conn: Connection, message_id: int) -> Bytes:
    row = timeline.visible_message(conn, call.actor, message_id)
    if row["raw_id"] is None:
        raise NotFound("This message did not come in from outside.")
    return Bytes(f"message-{message_id}.raw", OCTETS, timeline.raw_bytes(conn, row["raw_id"]))
