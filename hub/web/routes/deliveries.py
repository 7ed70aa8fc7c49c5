"""Messages on their way: taken back, or tried again."""

from __future__ import annotations

from sqlalchemy import Connection

from hub.model.errors import NotFound
from hub.model.permissions import Permission
from hub.pipeline import converse
from hub.store import access, outbox, timeline
from hub.store.timeline import MessageItem
from hub.store.unit import Tx
from hub.web.call import Call
from hub.web.routing import Routes

routes = Routes("conversation")
REPLY = Permission.INTERACTIONS_REPLY


@routes.post("/deliveries/{delivery_id}/undo", REPLY)
async def undo_delivery(call: Call, delivery_id: int) -> MessageItem:
    """Take back what has not gone yet; the answer is the message, to be written anew."""
    return await call.write(lambda tx: _undo(call, tx, delivery_id))


@routes.post("/deliveries/{delivery_id}/retry", REPLY)
async def retry_delivery(call: Call, delivery_id: int) -> MessageItem:
    """Send again what failed, or what nobody knows the fate of."""
    return await call.write(lambda tx: _retry(call, tx, delivery_id))


def _undo(call: Call, tx: Tx, delivery_id: int) -> MessageItem:
    _require(call, tx.conn, delivery_id)
    delivery = converse.undo(tx, call.actor, delivery_id)
    return timeline.get_message(tx.conn, delivery["message_id"])


def _retry(call: Call, tx: Tx, delivery_id: int) -> MessageItem:
    message_id = _require(call, tx.conn, delivery_id)
    converse.retry(tx, call.actor, delivery_id)
    return timeline.get_message(tx.conn, message_id)


def _require(call: Call, conn: Connection, delivery_id: int) -> int:
    """The message's id; raises NotFound unless the actor sees its interaction."""
    row = outbox.get(conn, delivery_id)
    if row is None:
        raise NotFound
    access.require_interaction(conn, call.actor, row["interaction_id"])
    message_id: int = row["message_id"]
    return message_id
