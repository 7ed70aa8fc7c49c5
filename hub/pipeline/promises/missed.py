"""Missed calls: whoever gave up waiting is owed an answer. Those of one identity are one piece of work, and any contact
with its customer settles it, on whatever channel."""

from typing import Any

from sqlalchemy import Connection, Executable, bindparam, literal_column, or_, select

from hub.api import Medium
from hub.model.states import CallbackState, OfferState, WorkState
from hub.pipeline.promises import attempts
from hub.store import callbacks, timers, work
from hub.store.rows import Row, many, one
from hub.store.tables import interactions as table
from hub.store.tables import work as works
from hub.store.unit import Tx

KIND = "missed"
FREED = "freed"  # the timer by which an agent hears that work of theirs was settled by somebody else
LISTED = 20
_OWED = (works.c.kind == KIND, works.c.kind != literal_column("'interaction'"), works.c.ended_at.is_(None))
_JOINED = select(works).join(table, table.c.id == works.c.interaction_id).where(*_OWED)
_OF_IDENTITY = _JOINED.where(works.c.state == WorkState.WAITING, table.c.identity_id == bindparam("identity"))
_OWED_TO = _JOINED.where(
    or_(table.c.identity_id == bindparam("identity"), table.c.customer_id == bindparam("customer"))
).order_by(works.c.id)
_ANYTHING: Executable = select(literal_column("1")).where(or_(_OWED_TO.exists(), callbacks.PROMISED_TO.exists()))


def note(tx: Tx, interaction: Row) -> int | None:
    """A live interaction was given up before anybody answered: work for its queue, where that says so. Returns the
    work; None where none is wanted, or nobody is known to answer to."""
    queue = _queue_that_wants(tx, interaction)
    if queue is None:
        return None
    known = _of_identity(tx.conn, interaction["identity_id"])
    if known is None:
        return work.enqueue(tx, queue, {**_columns(interaction), "payload": _payload({}, interaction)})
    payload = _payload(known["payload"], interaction)
    work.change(tx, known, payload=payload, interaction_id=interaction["id"])
    work_id: int = known["id"]
    return work_id


def answered(tx: Tx, interaction: Row) -> None:
    """They are spoken to for the first time. Who only has their letter has not answered it yet."""
    attempts.reached(tx, interaction)
    if interaction["medium"] != Medium.DEFERRED:
        contacted(tx, interaction, interaction["agent_id"])


def contacted(tx: Tx, interaction: Row, user_id: int | None, *, written: bool = False) -> None:
    """Somebody is in contact with them: what they are owed is settled, and says by what. What is only `written` may
    well say when they will be called: it leaves standing what is for later, and what was promised meanwhile."""
    if not _is_owed_anything(tx.conn, interaction):
        return
    by = {"interaction": interaction["id"], "channel": interaction["channel"], "user": user_id}
    for row in _owed(tx.conn, interaction):
        _settle(tx, row, by)
    own = attempts.promised(interaction)
    for promise in callbacks.open_to(tx, interaction["identity_id"], interaction["customer_id"]):
        if promise["state"] == CallbackState.DIALING or promise["id"] == own:
            continue
        if not (written and _stands(tx, interaction, promise)):
            attempt = {**attempts.tried(tx, user_id, "CONTACTED"), "call": interaction["id"]}
            holder = attempts.end(tx, promise, CallbackState.CANCELLED, attempt)
            freed(tx, holder)


def _stands(tx: Tx, interaction: Row, promise: Row) -> bool:
    """Whether a letter that is sent now need not be what they wait for."""
    later = promise["state"] == CallbackState.PLANNED and promise["due_at"] is not None and promise["due_at"] > tx.now
    since = interaction["connected_at"]
    return later or (since is not None and promise["created_at"] >= since)


def _settle(tx: Tx, row: Row, by: dict[str, Any]) -> None:
    for offer in work.open_offers(tx.conn, work_id=row["id"]):
        work.end_offer(tx, offer, OfferState.CANCELLED)
    if row["state"] == WorkState.OFFERED and work.move(tx, row, WorkState.WAITING, "work.requeued", user_id=None):
        row = {**row, "state": WorkState.WAITING, "user_id": None, "version": row["version"] + 1}
    payload = {**row["payload"], "closed_by": by}
    if work.move(tx, row, WorkState.DONE, "work.ended", ended_at=tx.now, payload=payload):
        freed(tx, row["user_id"] if row["state"] == WorkState.ASSIGNED else None)


def freed(tx: Tx, user_id: int | None) -> None:
    """Work of theirs has ended by what somebody else did; they hear of it after this."""
    if user_id is not None:
        timers.schedule(tx, timers.CORE, FREED, tx.now, {"user": user_id}, key=str(user_id))


def _queue_that_wants(tx: Tx, interaction: Row) -> Row | None:
    """Its queue, where that keeps missed calls: the default for voice."""
    queue_id = interaction["queue_id"]
    if interaction["medium"] == Medium.DEFERRED or interaction["identity_id"] is None or queue_id is None:
        return None
    queue = tx.once(("queue", queue_id), lambda conn: work.queue(conn, queue_id))
    said = queue["routing"].get("missed_calls") if queue else False
    return queue if (interaction["medium"] == Medium.VOICE if said is None else said) else None


def _columns(interaction: Row) -> dict[str, Any]:
    """It waits for nobody at the other end: it is DEFERRED work, of the same channel."""
    return {
        "kind": KIND,
        "interaction_id": interaction["id"],
        "medium": Medium.DEFERRED.value,
        "channel": interaction["channel"],
        "priority": interaction["priority"],
    }


def _payload(before: dict[str, Any], interaction: Row) -> dict[str, Any]:
    listed = [*before.get("interactions", []), interaction["id"]]
    return {"count": before.get("count", 0) + 1, "interactions": listed[-LISTED:]}


def _of_identity(conn: Connection, identity_id: int) -> Row | None:
    """What they are owed and nobody is at."""
    return one(conn, _OF_IDENTITY, identity=identity_id)


def _is_owed_anything(conn: Connection, interaction: Row) -> bool:
    """Mostly nobody is: one statement says so."""
    return one(conn, _ANYTHING, identity=interaction["identity_id"], customer=interaction["customer_id"]) is not None


def _owed(conn: Connection, interaction: Row) -> list[Row]:
    """What this address is owed, or any of its customer's."""
    return many(conn, _OWED_TO, identity=interaction["identity_id"], customer=interaction["customer_id"])
