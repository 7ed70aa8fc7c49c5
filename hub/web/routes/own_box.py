"""An agent's own voicemail box: theirs to set, and their manager's."""

from __future__ import annotations

import io
import struct
import wave
from typing import Annotated

from pydantic import BeforeValidator, Field
from sqlalchemy import Connection
from starlette.responses import Response

from hub.api import Bytes
from hub.model.errors import Forbidden, Invalid, NotFound
from hub.model.permissions import Permission
from hub.store import own_boxes, users
from hub.store.own_boxes import OwnBox
from hub.store.unit import Tx
from hub.web.bodies import File
from hub.web.call import Call
from hub.web.downloads import download
from hub.web.fields import Body, integral
from hub.web.routing import Routes

routes = Routes("own_box")
MANAGE = Permission.USERS_MANAGE
WAV = "audio/wav"
MOST, LONGEST = 10_000_000, 120.0  # bytes; seconds


class BoxBody(Body):
    """`greeting` is said before the tone, "" for the house's words; a call that is for the agent by name waits
    `ring_seconds` for them, or not at all (`at_once`) while they are not ready, or busy. `recorded` false: a recorded
    greeting is dropped."""

    enabled: bool
    greeting: Annotated[str, Field(max_length=2000)] = ""
    ring_seconds: Annotated[int, Field(ge=5, le=300), BeforeValidator(integral)] = 20
    at_once: bool = True
    recorded: bool = True


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


@routes.post("/me/own-box/greeting", Permission.VOICEMAILS_HEAR, max_body=MOST)
async def record_my_greeting(call: Call, body: File) -> OwnBox:
    """Greet callers by a recording of mine: a WAV file of 16 bits, two minutes at most."""
    return await call.write(lambda tx: _record(call, tx, call.actor.user_id, _wav(body)))


@routes.post("/users/{user_id}/own-box/greeting", MANAGE, max_body=MOST)
async def record_greeting_of(call: Call, user_id: int, body: File) -> OwnBox:
    """Give an agent whom I may manage a recorded greeting."""
    return await call.write(lambda tx: _record_of(call, tx, user_id, body))


@routes.get("/me/own-box/greeting", Permission.VOICEMAILS_HEAR, produces=WAV, raises=(NotFound,))
async def hear_my_greeting(call: Call) -> Response:
    """The recording by which I greet callers."""
    return _played(await call.read(lambda conn: own_boxes.sound_of(conn, call.actor.user_id)))


@routes.get("/users/{user_id}/own-box/greeting", MANAGE, produces=WAV)
async def hear_greeting_of(call: Call, user_id: int) -> Response:
    """The recording by which an agent whom I may manage greets callers."""
    return _played(await call.read(lambda conn: _sound_of(call, conn, user_id)))


def _sound_of(call: Call, conn: Connection, user_id: int) -> bytes | None:
    _of(call, conn, user_id)
    return own_boxes.sound_of(conn, user_id)


def _played(sound: bytes | None) -> Response:
    """Never out of a browser's store: the next greeting has the same address."""
    if sound is None:
        raise NotFound("No greeting was recorded.")
    answer = download(Bytes("greeting.wav", WAV, sound))
    answer.headers["cache-control"] = "private, no-store"
    return answer


def _wav(file: File) -> bytes:
    """Raises Invalid unless it can be played."""
    try:
        with wave.open(io.BytesIO(file.content)) as sound:
            rate, good = sound.getframerate(), sound.getsampwidth() == 2
            seconds = sound.getnframes() / rate if rate else 0.0
    except (wave.Error, EOFError, struct.error):
        good, seconds = False, 0.0
    if not good or not 0 < seconds <= LONGEST:
        raise Invalid("greeting", {"file": "A WAV file (PCM, 16 bits) of two minutes at most."})
    return file.content


def _record_of(call: Call, tx: Tx, user_id: int, file: File) -> OwnBox:
    _of(call, tx.conn, user_id)
    return _record(call, tx, user_id, _wav(file))


def _record(call: Call, tx: Tx, user_id: int, sound: bytes) -> OwnBox:
    own_boxes.record(tx, user_id, sound)
    call.record(tx, "user.own_box", "user", user_id, recorded=True)
    return own_boxes.of(tx.conn, user_id)


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
    if not box.recorded:
        own_boxes.record(tx, user_id, None)
    call.record(tx, "user.own_box", "user", user_id, enabled=box.enabled)
    return own_boxes.of(tx.conn, user_id)
