"""To whom an agent can pass a conversation on: a queue, a colleague, whoever has a skill, a department."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from sqlalchemy import Connection

from hub.model.errors import NotFound
from hub.pipeline.colleagues import transfer
from hub.store import access, work
from hub.store.unit import Tx
from hub.web.call import Call
from hub.web.fields import Body, Id, Long
from hub.web.routes.users import Levels


class ToQueue(Body):
    """Into a queue (id or key); the note stays in the conversation."""

    queue: Id | Annotated[str, Field(min_length=1, max_length=80)]
    note: Long = ""


class ToUser(Body):
    """To a colleague; the note stays in the conversation.

    `ring`: they are asked, and what they do not take comes back; otherwise it is theirs at once. `voicemail`, with
    `ring`: the caller they do not take is led into their own box instead, at once while they cannot take any.
    """

    user: Id
    ring: bool = False
    voicemail: bool = False
    note: Long = ""


class ToSkill(Body):
    """To whoever has these levels, in `queue` or the one it came from."""

    skills: Annotated[Levels, Field(min_length=1)]
    queue: Id | None = None
    note: Long = ""


class ToDepartment(Body):
    """Into the first queue of a department."""

    department: Id
    note: Long = ""


Transfer = ToQueue | ToUser | ToSkill | ToDepartment


def pass_on(call: Call, tx: Tx, interaction_id: int, body: Transfer) -> None:
    """Do it. Raises NotFound for whom or what there is not, and what `transfer` raises."""
    match body:
        case ToUser():
            access.require_enabled_user(tx.conn, body.user)
            if body.ring:
                transfer.ring(tx, call.actor, interaction_id, body.user, body.note, voicemail=body.voicemail)
            else:
                transfer.to_user(tx, call.actor, interaction_id, body.user, body.note)
        case ToSkill():
            queue = queue_id(tx.conn, body.queue) if body.queue else None
            transfer.to_skill(tx, call.actor, interaction_id, body.skills, queue, body.note)
        case ToDepartment():
            access.require_known_department(tx.conn, body.department)
            transfer.to_department(tx, call.actor, interaction_id, body.department, body.note)
        case ToQueue():
            transfer.to_queue(tx, call.actor, interaction_id, queue_id(tx.conn, body.queue), body.note)


def queue_id(conn: Connection, queue: int | str) -> int:
    """A queue by id or key, of any department: work may be handed to any."""
    found = work.queue(conn, queue) if isinstance(queue, int) else work.queue_by_key(conn, queue)
    if found is None or not found["enabled"]:
        raise NotFound("There is no such queue.")
    return int(found["id"])
