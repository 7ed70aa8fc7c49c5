"""An agent's own voicemail box: theirs to set, and their manager's."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field
from sqlalchemy import Connection

from hub.model.errors import Forbidden
from hub.model.permissions import Permission
from hub.store import own_boxes, users
from hub.store.own_boxes import OwnBox
from hub.store.unit import Tx
from hub.web.call import Call
from hub.web.fields import Body, integral
from hub.web.routing import Routes

routes = Routes("own_box")
MANAGE = Permission.USERS_MANAGE


class BoxBody(Body):
    """`greeting` is said before the tone, "" for the house's words; a call that is for the agent by name waits
    `ring_seconds` for them, or not at all (`at_once`) while they are not ready, or busy."""

    enabled: bool
    greeting: Annotated[str, Field(max_length=2000)] = ""
    ring_seconds: Annotated[int, Field(ge=5, le=300), BeforeValidator(integral)] = 20
    at_once: bool = True


@routes.get("/own-boxes", Permission.INTERACTIONS_TRANSFER)
async def list_own_boxes(call: Call) -> list[int]:
    """The users whose own box takes a caller who is passed on to them and not answered."""
    return await call.read(own_boxes.open_ones)


@routes.get("/me/own-box")
async def get_my_box(call: Call) -> OwnBox:
    """My own box."""
    return await call.read(lambda conn: own_boxes.of(conn, call.actor.user_id))


@routes.put("/me/own-box", Permission.VOICEMAILS_HEAR)
async def set_my_box(call: Call, body: BoxBody) -> OwnBox:
    """Have a box of my own, or none; only who may hear voicemails has one."""
    return await call.write(lambda tx: _put(call, tx, call.actor.user_id, body))


@routes.get("/users/{user_id}/own-box", MANAGE)
async def get_box_of(call: Call, user_id: int) -> OwnBox:
    """The box of an agent whom I may manage."""
    return await call.read(lambda conn: _of(call, conn, user_id))


@routes.put("/users/{user_id}/own-box", MANAGE)
async def set_box_of(call: Call, user_id: int, body: BoxBody) -> OwnBox:
    """Give an agent whom I may manage a box, or none."""
    return await call.write(lambda tx: _put_of(call, tx, user_id, body))


def _of(call: Call, conn: Connection, user_id: int) -> OwnBox:
    users.get_user(conn, call.actor, user_id)
    if user_id not in users.managed(conn, call.actor, [user_id]):
        raise Forbidden("This user has rights you do not have.")
    return own_boxes.of(conn, user_id)


def _put_of(call: Call, tx: Tx, user_id: int, body: BoxBody) -> OwnBox:
    _of(call, tx.conn, user_id)
    return _put(call, tx, user_id, body)


def _put(call: Call, tx: Tx, user_id: int, body: BoxBody) -> OwnBox:
    box = OwnBox(**body.model_dump())
    own_boxes.put(tx, user_id, box)
    call.record(tx, "user.own_box", "user", user_id, enabled=box.enabled)
    return box
