"""Call-backs: the customer need not wait, their place does. Who gets the work contacts them when it is their turn."""

from hub.model.errors import Conflict, NotFound
from hub.model.states import InteractionState, SegmentOutcome, WorkState
from hub.pipeline import presence
from hub.store import interactions, work
from hub.store.rows import Row
from hub.store.unit import Tx

KIND = "callback"


def ask(tx: Tx, interaction: Row) -> None:
    """From now on they may go and keep their place. Raises Conflict unless they wait."""
    row = work.open_for(tx.conn, interaction["id"])
    if row is None or row["state"] != WorkState.WAITING:
        raise Conflict("They do not wait.", {"state": interaction["state"]})
    promise(tx, row)


def promise(tx: Tx, row: Row) -> bool:
    """Waiting work becomes one that is kept when its customer goes; its queue's overflow rules have been followed then.
    False when it waits no longer."""
    queue = work.queue(tx.conn, row["queue_id"])
    visited = sorted({*row["requirement"].get("visited", []), row["queue_id"]})
    values = {"requirement": {**row["requirement"], "visited": visited}, "payload": {**row["payload"], KIND: True}}
    if queue is None or not work.requeue(tx, row, queue, **values):
        return False
    if row["interaction_id"] is not None:
        interactions.end_segments(tx, row["interaction_id"], SegmentOutcome.CALLBACK_REQUESTED, kind="QUEUE")
        interactions.start_segment(tx, row["interaction_id"], "QUEUE", queue_id=queue["id"])
    return True


def keep(tx: Tx, interaction: Row) -> bool:
    """The customer goes. Where a call-back was promised their interaction ends well and the work goes on without it;
    False where none was."""
    row = work.open_for(tx.conn, interaction["id"])
    if row is None or not row["payload"].get(KIND) or row["state"] == WorkState.ASSIGNED:
        return False
    if not work.change(tx, row, kind=KIND):
        return False
    interactions.end_segments(tx, interaction["id"], SegmentOutcome.CALLBACK_REQUESTED, kind="QUEUE")
    interactions.move(tx, interaction, InteractionState.CLOSED, disposition="CALLBACK")
    return True


def done(tx: Tx, user_id: int, work_id: int) -> None:
    """The agent who has this work has done it: the slot is free. Raises NotFound unless it is theirs, and Conflict for
    work that ends with its interaction."""
    row = work.get(tx.conn, work_id)
    if row is None or row["user_id"] != user_id or row["state"] != WorkState.ASSIGNED:
        raise NotFound(f"work {work_id}")
    if row["kind"] == "interaction":
        raise Conflict("This work ends when its conversation does.")
    if work.end(tx, row):
        presence.work_ended(tx, user_id)
