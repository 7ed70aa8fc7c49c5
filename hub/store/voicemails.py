"""Messages people left to be heard: in whose box each is, whether it was heard, and by whom it is seen to."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, insert, or_, select, update

from hub.model.actor import Actor
from hub.model.errors import Forbidden, NotFound
from hub.model.permissions import Permission
from hub.model.states import VOICEMAIL, InteractionState, VoicemailState
from hub.store import access
from hub.store.rows import Row, inserted, one
from hub.store.tables import interactions, voicemails
from hub.store.unit import Tx

PENDING, DONE, FAILED = "PENDING", "DONE", "FAILED"  # of the transcript


def create(tx: Tx, values: dict[str, Any]) -> int:
    """A new one; `values` are columns. Returns its id."""
    row = {**values, "created_at": tx.now}
    row["id"] = inserted(tx.conn, insert(voicemails), row)
    _tell(tx, row, VoicemailState.NEW)
    return int(row["id"])


def in_boxes(actor: Actor) -> ColumnElement[bool]:
    """The actor's own box, and those of their departments' queues; who supervises sees their agents' boxes, too."""
    v = voicemails.c
    shared = or_(v.box_user_id.is_(None), v.box_user_id == actor.user_id)
    if actor.may(Permission.INTERACTIONS_SUPERVISE):
        shared = or_(shared, v.box_user_id.is_not(None))
    return shared & or_(access.in_departments(actor, v.department_id), v.box_user_id == actor.user_id)


def get(tx: Tx, voicemail_id: int) -> Row:
    """One, locked. Raises NotFound."""
    row = one(tx.conn, select(voicemails).where(voicemails.c.id == voicemail_id).with_for_update())
    if row is None:
        raise NotFound(f"voicemail {voicemail_id}")
    return row


def require(tx: Tx, actor: Actor, voicemail_id: int) -> Row:
    """One that the actor may hear, locked. Raises NotFound."""
    mine = select(voicemails).where(voicemails.c.id == voicemail_id, in_boxes(actor))
    row = one(tx.conn, mine.with_for_update())
    if row is None:
        raise NotFound(f"voicemail {voicemail_id}")
    return row


def require_box(conn: Connection, actor: Actor, message_id: int) -> None:
    """Raises Forbidden unless the actor may hear the box this message is in."""
    if not actor.may(Permission.VOICEMAILS_HEAR):
        raise Forbidden("You may not listen to voicemails.")
    known = one(conn, select(voicemails.c.id).where(voicemails.c.message_id == message_id))
    hears = select(voicemails.c.id).where(voicemails.c.message_id == message_id, in_boxes(actor))
    if known is not None and one(conn, hears) is None:
        raise Forbidden("This is not your box.")


def of_interaction(conn: Connection, interaction_id: int) -> list[int]:
    """Those left in this contact."""
    left = select(voicemails.c.id).where(voicemails.c.interaction_id == interaction_id)
    return list(conn.execute(left).scalars())


def change(tx: Tx, row: Row, **values: Any) -> Row:
    """Set columns."""
    after = {**row, **values, "version": row["version"] + 1}
    mine = update(voicemails).where(voicemails.c.id == row["id"])
    tx.conn.execute(mine.values(**values, version=after["version"]))
    _tell(tx, after, VoicemailState(after["state"]))
    return after


def move(tx: Tx, row: Row, state: VoicemailState, **values: Any) -> Row:
    """Change the state, by the table; what it is already it stays."""
    before = VoicemailState(row["state"])
    if before is state:
        return change(tx, row, **values) if values else row
    VOICEMAIL.check(before, state)
    closed = {"closed_at": tx.now if state is VoicemailState.CLOSED else None}
    return change(tx, row, state=state, **closed, **values)


def untold(conn: Connection) -> Row | None:
    """The oldest that nobody has tried to read from what is heard, and of which self-service has said whose box it is
    in."""
    found = select(voicemails).join(interactions, interactions.c.id == voicemails.c.interaction_id)
    boxed = interactions.c.state != InteractionState.SELF_SERVICE
    waiting = found.where(voicemails.c.transcript_state == PENDING, boxed)
    return one(conn, waiting.order_by(voicemails.c.id).limit(1))


def _tell(tx: Tx, row: Row, state: VoicemailState) -> None:
    subjects = {"interaction": row["interaction_id"], "queue": row.get("queue_id"), "user": row.get("box_user_id")}
    tx.event(
        "voicemail.changed",
        **subjects,
        department=row.get("department_id"),
        voicemail=row["id"],
        state=state.value,
    )
