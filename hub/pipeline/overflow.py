"""Work that shall wait no longer where it is: into another queue, or out of the wait."""

from collections.abc import Callable

from hub.api import Medium
from hub.model.states import InteractionState, SegmentOutcome, WorkState
from hub.pipeline import route
from hub.pipeline.calls import reach
from hub.pipeline.colleagues import place
from hub.pipeline.promises import callback
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
    return _OTHERWISE[action](tx, row, reason)


def _into(tx: Tx, row: Row, target: Row, reason: str) -> bool:
    """The same work, in another queue, at its first enqueue time; it never comes back to where it was."""
    visited = sorted({*row["requirement"].get("visited", []), row["queue_id"]})
    own = _own_skills(tx, row)
    requirement = {**row["requirement"], "skills": {**target["skills"], **own}, "visited": visited}
    about = row["interaction_id"]
    interaction = interactions.locked(tx, about) if about is not None else None  # a contact is locked before its work
    if not work.requeue(tx, row, target, requirement=requirement):
        return False
    if interaction is not None:
        interactions.end_segments(tx, interaction["id"], SegmentOutcome.OVERFLOWED, kind="QUEUE")
        department = target["department_id"] or interaction["department_id"]
        after = interactions.change(tx, interaction, queue_id=target["id"], department_id=department)
        reach.moved(tx, interaction, after)
        interactions.start_segment(tx, interaction["id"], "QUEUE", queue_id=target["id"])
    _told(tx, row, reason, "queue", target["id"])
    return True


def _own_skills(tx: Tx, row: Row) -> dict[str, int]:
    """What the work asks for beyond its old queue."""
    before = work.queue(tx.conn, row["queue_id"])
    usual = before["skills"] if before else {}
    return {name: level for name, level in row["requirement"].get("skills", {}).items() if usual.get(name) != level}


def _call_back(tx: Tx, row: Row, reason: str) -> bool:
    """The customer may go; who gets the work contacts them again."""
    if not callback.promise(tx, row):
        return False
    _told(tx, row, reason, "callback")
    return True


def _leave_message(tx: Tx, row: Row, reason: str) -> bool:
    """What they said is answered later: the same need, without anybody waiting at the other end."""
    queue = work.queue(tx.conn, row["queue_id"])
    visited = sorted({*row["requirement"].get("visited", []), row["queue_id"]})  # its rules have been followed
    requirement = {**row["requirement"], "visited": visited}
    if queue is None or not work.requeue(tx, row, queue, medium=Medium.DEFERRED.value, requirement=requirement):
        return False
    if row["interaction_id"] is not None:
        interactions.end_segments(tx, row["interaction_id"], SegmentOutcome.OVERFLOWED, kind="QUEUE")
        interactions.start_segment(tx, row["interaction_id"], "QUEUE", queue_id=queue["id"])
    _told(tx, row, reason, "message")
    return True


def _end(tx: Tx, row: Row, reason: str) -> bool:
    if row["interaction_id"] is None:
        return work.end(tx, row, WorkState.CANCELLED)
    interaction = interactions.locked(tx, row["interaction_id"])
    place.close(tx, interaction)
    route.free(tx, interaction, WorkState.CANCELLED)
    interactions.end_segments(tx, interaction["id"], SegmentOutcome.TIMED_OUT, kind="QUEUE")
    interactions.move(tx, interaction, InteractionState.CLOSED, disposition=DISPOSITION)
    _told(tx, row, reason, "end")
    return True


def _told(tx: Tx, row: Row, reason: str, action: str, to: int | None = None) -> None:
    subjects = {"interaction": row["interaction_id"], "queue": row["queue_id"]}
    tx.event("work.overflowed", **subjects, work=row["id"], reason=reason, action=action, to=to)


_OTHERWISE: dict[str, Callable[[Tx, Row, str], bool]] = {"callback": _call_back, "message": _leave_message, "end": _end}
