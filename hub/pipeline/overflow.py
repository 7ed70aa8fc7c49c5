"""Work that shall wait no longer where it is: into another queue, or out of the wait."""

from typing import Any

from hub.api import Medium
from hub.model.states import InteractionState, SegmentOutcome, WorkState
from hub.pipeline import route
from hub.store import interactions, work
from hub.store.rows import Row
from hub.store.unit import Tx

DISPOSITION = "OVERFLOW"


def move_on(tx: Tx, work_id: int, reason: str, queue_id: int | None, action: str) -> bool:
    """Carry out an overflow rule. False when the work waits no longer: an agent was faster, or the customer left."""
    row = work.get(tx.conn, work_id)
    if row is None or row["state"] != WorkState.WAITING:
        return False
    if action == "queue":
        target = work.queue(tx.conn, queue_id)
        return target is not None and _into(tx, row, target, reason)
    done: bool = _OTHERWISE[action](tx, row, reason)
    return done


def _into(tx: Tx, row: Row, target: Row, reason: str) -> bool:
    """The same work, in another queue, at its first enqueue time; it never comes back to where it was."""
    visited = sorted({*row["requirement"].get("visited", []), row["queue_id"]})
    own = _own_skills(tx, row)
    requirement = {**row["requirement"], "skills": {**target["skills"], **own}, "visited": visited}
    if not work.requeue(tx, row, target, requirement=requirement):
        return False
    if row["interaction_id"] is not None:
        interaction = interactions.locked(tx, row["interaction_id"])
        interactions.end_segments(tx, interaction["id"], SegmentOutcome.OVERFLOWED, kind="QUEUE")
        department = target["department_id"] or interaction["department_id"]
        interactions.change(tx, interaction, queue_id=target["id"], department_id=department)
        interactions.start_segment(tx, interaction["id"], "QUEUE", queue_id=target["id"])
    tx.event("work.overflowed", queue=row["queue_id"], work=row["id"], reason=reason, action="queue", to=target["id"])
    return True


def _own_skills(tx: Tx, row: Row) -> dict[str, int]:
    """What the work asks for beyond its old queue."""
    before = work.queue(tx.conn, row["queue_id"])
    usual = before["skills"] if before else {}
    return {name: level for name, level in row["requirement"].get("skills", {}).items() if usual.get(name) != level}


def _call_back(tx: Tx, row: Row, reason: str) -> bool:
    """The customer may go, their place stays: who ends the wait now is contacted again (conclude.ended_by_customer)."""
    return _instead(tx, row, reason, "callback", SegmentOutcome.CALLBACK_REQUESTED, row["medium"])


def _leave_message(tx: Tx, row: Row, reason: str) -> bool:
    """What they said is answered later: the same need, without anybody waiting at the other end."""
    return _instead(tx, row, reason, "message", SegmentOutcome.OVERFLOWED, Medium.DEFERRED.value)


def _instead(tx: Tx, row: Row, reason: str, action: str, outcome: SegmentOutcome, medium: str) -> bool:
    queue = work.queue(tx.conn, row["queue_id"])
    visited = sorted({*row["requirement"].get("visited", []), row["queue_id"]})  # its rules have been followed
    requirement = {**row["requirement"], "visited": visited}
    payload = {**row["payload"], action: True}
    values = {"medium": medium, "requirement": requirement, "payload": payload}
    if queue is None or not work.requeue(tx, row, queue, **values):
        return False
    if row["interaction_id"] is not None:
        interactions.end_segments(tx, row["interaction_id"], outcome, kind="QUEUE")
        interactions.start_segment(tx, row["interaction_id"], "QUEUE", queue_id=queue["id"])
    tx.event("work.overflowed", queue=row["queue_id"], work=row["id"], reason=reason, action=action, to=None)
    return True


def _end(tx: Tx, row: Row, reason: str) -> bool:
    if row["interaction_id"] is None:
        return work.end(tx, row, WorkState.CANCELLED)
    interaction = interactions.locked(tx, row["interaction_id"])
    route.free(tx, interaction, WorkState.CANCELLED)
    interactions.end_segments(tx, interaction["id"], SegmentOutcome.TIMED_OUT, kind="QUEUE")
    interactions.move(tx, interaction, InteractionState.CLOSED, disposition=DISPOSITION)
    tx.event("work.overflowed", queue=row["queue_id"], work=row["id"], reason=reason, action="end", to=None)
    return True


_OTHERWISE: dict[str, Any] = {"callback": _call_back, "message": _leave_message, "end": _end}
