"""Follow-ups by hand: whose a missed call is to answer."""

from hub.model.actor import Actor
from hub.model.errors import Conflict, NotFound
from hub.model.states import OfferState, WorkState
from hub.pipeline import presence
from hub.pipeline.promises import missed
from hub.store import access, work
from hub.store.rows import Row
from hub.store.unit import Tx

_KEPT = ("kind", "interaction_id", "medium", "channel", "priority", "place", "requirement", "payload", "enqueued_at")


def assign(tx: Tx, actor: Actor, work_id: int, user_id: int | None) -> int:
    """It is this agent's from now on, READY or not; None: its queue's again, at its place. Returns the work, which is
    another one. Raises NotFound, and Conflict when it is settled."""
    row = _owed(tx, actor, work_id)
    if user_id is not None:
        access.require_enabled_user(tx.conn, user_id)
    if row["state"] == WorkState.ASSIGNED and row["user_id"] == user_id:
        return work_id
    _end(tx, row)
    kept = {name: row[name] for name in _KEPT}
    queue = work.queue(tx.conn, row["queue_id"])
    if user_id is not None or queue is None:
        return work.assign(tx, row["queue_id"], user_id or actor.user_id, kept)
    return work.enqueue(tx, queue, kept)


def _end(tx: Tx, row: Row) -> None:
    for offer in work.open_offers(tx.conn, work_id=row["id"]):
        work.end_offer(tx, offer, OfferState.CANCELLED)
    if not work.end(tx, row, WorkState.CANCELLED):
        raise Conflict("Somebody was faster.")
    if row["state"] == WorkState.ASSIGNED:
        presence.work_ended(tx, row["user_id"])


def _owed(tx: Tx, actor: Actor, work_id: int) -> Row:
    row = work.get(tx.conn, work_id)
    if row is None or row["kind"] != missed.KIND:
        raise NotFound(f"follow-up {work_id}")
    queue = work.queue(tx.conn, row["queue_id"])
    theirs = actor.departments is None or queue is None or queue["department_id"] in {None, *actor.departments}
    if not theirs and row["user_id"] != actor.user_id:
        raise NotFound(f"follow-up {work_id}")
    if row["ended_at"] is not None:
        raise Conflict("It is settled.", {"state": row["state"]})
    return row
