"""Bringing in a colleague while one keeps the interaction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from pydantic import Field

from hub.model.permissions import Permission
from hub.pipeline.colleagues import consult
from hub.pipeline.colleagues.consult import Whom
from hub.store import access, listing
from hub.store.interaction_item import InteractionItem
from hub.store.unit import Tx
from hub.web.call import Call
from hub.web.fields import Body, Id, Long
from hub.web.routes.passing_on import queue_id
from hub.web.routes.users import Levels
from hub.web.routing import Routes

routes = Routes("consult")
TRANSFER = Permission.INTERACTIONS_TRANSFER
REPLY = Permission.INTERACTIONS_REPLY


class Asking(Body):
    """Who is asked: a user, or whoever of a queue (by default the interaction's) has these levels. The note stays in
    the conversation, for them to read before they accept. `voicemail`: when that user does not come, the caller is
    led into their own box. `aside`: for a word in private, where the interaction is a conference."""

    user: Id | None = None
    voicemail: bool = False
    aside: bool = False
    queue: Id | None = None
    skills: Annotated[Levels, Field(default_factory=dict)]
    note: Long = ""


@routes.post("/interactions/{interaction_id}/consult", TRANSFER)
async def ask_colleague(call: Call, interaction_id: int, body: Asking) -> InteractionItem:
    """Have a colleague brought in; the interaction stays mine."""
    return await _act(call, interaction_id, lambda tx: _ask(call, tx, interaction_id, body))


@routes.post("/interactions/{interaction_id}/consult/complete", TRANSFER)
async def complete_consultation(call: Call, interaction_id: int) -> None:
    """It is the colleague's from now on; it may leave my sight by that."""
    await call.write(lambda tx: consult.complete(tx, call.actor, interaction_id))


@routes.post("/interactions/{interaction_id}/consult/join", TRANSFER)
async def join_conference(call: Call, interaction_id: int) -> InteractionItem:
    """The colleague speaks with the customer too. Whom I ask for from then on is in it as soon as they answer."""
    return await _act(call, interaction_id, lambda tx: consult.join(tx, call.actor, interaction_id))


@routes.post("/interactions/{interaction_id}/consult/back", TRANSFER)
async def end_consultation(call: Call, interaction_id: int) -> InteractionItem:
    """Without the colleague again, whether they had accepted or not."""
    return await _act(call, interaction_id, lambda tx: consult.back(tx, call.actor, interaction_id))


@routes.post("/interactions/{interaction_id}/consult/leave", REPLY)
async def leave_consultation(call: Call, interaction_id: int) -> None:
    """I was brought in and go again; it may leave my sight by that."""
    await call.write(lambda tx: consult.leave(tx, call.actor, interaction_id))


async def _act(call: Call, interaction_id: int, action: Callable[[Tx], object]) -> InteractionItem:
    await call.write(action)
    return await call.read(lambda conn: listing.get_interaction(conn, call.actor, interaction_id))


def _ask(call: Call, tx: Tx, interaction_id: int, body: Asking) -> int:
    if body.user is not None:
        access.require_enabled_user(tx.conn, body.user)
    queue = queue_id(tx.conn, body.queue) if body.queue is not None else None
    whom = Whom(body.user, queue, body.skills, body.voicemail, body.aside)
    return consult.ask(tx, call.actor, interaction_id, whom, body.note)
