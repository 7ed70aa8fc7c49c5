"""Missed calls: whoever gave up waiting is owed an answer. Those of one identity are one piece of work."""

from typing import Any

from sqlalchemy import Connection, select

from hub.api import Medium
from hub.model.states import WorkState
from hub.store import work
from hub.store.rows import Row, one
from hub.store.tables import interactions as table
from hub.store.tables import work as works
from hub.store.unit import Tx

KIND = "missed"
LISTED = 20


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
    """They have been spoken to: what they are owed is done."""
    if _queue_that_wants(tx, interaction) is None:
        return
    if (row := _of_identity(tx.conn, interaction["identity_id"])) is not None:
        work.end(tx, row, WorkState.DONE)


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
    joined = select(works).join(table, table.c.id == works.c.interaction_id)
    owed = (works.c.kind == KIND, works.c.state == WorkState.WAITING, works.c.ended_at.is_(None))
    return one(conn, joined.where(*owed, table.c.identity_id == identity_id).limit(1))
