"""What came in and could not be understood."""

from __future__ import annotations

from starlette.responses import Response

from hub.api import Bytes
from hub.model.permissions import Permission
from hub.model.states import RawState
from hub.store import admin_quarantine
from hub.store.admin_quarantine import QuarantinedDetail, QuarantinedItem
from hub.store.paging import Page
from hub.store.unit import Tx
from hub.web.call import Call
from hub.web.downloads import download
from hub.web.fields import Paging
from hub.web.routing import Routes

routes = Routes("quarantine")
MANAGE = Permission.QUARANTINE_MANAGE
OCTETS = "application/octet-stream"


@routes.get("/quarantine", MANAGE)
async def list_quarantine(call: Call, query: Paging) -> Page[QuarantinedItem]:
    """What stands aside, newest first."""
    return await call.read(lambda conn: admin_quarantine.list_quarantined(conn, call.actor, query.cursor, query.limit))


@routes.get("/quarantine/{raw_id}", MANAGE)
async def get_quarantined(call: Call, raw_id: int) -> QuarantinedDetail:
    """One input with its beginning as text."""
    return await call.read(lambda conn: admin_quarantine.get_quarantined(conn, call.actor, raw_id))


@routes.get("/quarantine/{raw_id}/raw", MANAGE, produces=OCTETS)
async def get_quarantined_raw(call: Call, raw_id: int) -> Response:
    """Its bytes, as they came."""
    content = await call.read(lambda conn: admin_quarantine.quarantined_bytes(conn, call.actor, raw_id))
    return download(Bytes(f"input-{raw_id}.raw", OCTETS, content))


@routes.post("/quarantine/{raw_id}/replay", MANAGE)
async def replay_quarantined(call: Call, raw_id: int) -> None:
    """Have it read anew, by a node that is at work, within seconds."""
    await call.write(lambda tx: _settle(call, tx, raw_id, RawState.STORED))


@routes.post("/quarantine/{raw_id}/discard", MANAGE)
async def discard_quarantined(call: Call, raw_id: int) -> None:
    """Put it away: it is kept as long as other inputs are, and read no more."""
    await call.write(lambda tx: _settle(call, tx, raw_id, RawState.DISCARDED))


def _settle(call: Call, tx: Tx, raw_id: int, after: RawState) -> None:
    admin_quarantine.settle(tx, call.actor, raw_id, after)
    call.record(tx, f"quarantine.{'replayed' if after is RawState.STORED else 'discarded'}", "raw", raw_id)
