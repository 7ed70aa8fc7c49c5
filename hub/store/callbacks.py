"""Promises to call somebody back: kept from the request until they were reached, however many attempts it takes."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, or_, select, update

from hub.model.states import CALLBACK, CallbackState, WorkState
from hub.store.rows import Row, inserted, many, one
from hub.store.tables import callbacks, identities, interactions, work
from hub.store.unit import Tx

_open = callbacks.c.ended_at.is_(None)
_THEIRS = select(identities.c.id).where(identities.c.customer_id == bindparam("customer"))
PROMISED_TO = select(callbacks).where(
    _open, or_(callbacks.c.identity_id == bindparam("identity"), callbacks.c.identity_id.in_(_THEIRS))
)
"""What is promised to an `identity`, or to any address of the `customer`."""
_OPEN_TO = PROMISED_TO.order_by(callbacks.c.id).with_for_update()


def create(tx: Tx, values: dict[str, Any]) -> int:
    """A new one; `values` are columns. Returns its id."""
    row = {"state": CallbackState.WAITING, **values, "created_at": tx.now, "updated_at": tx.now}
    row["id"] = inserted(tx.conn, insert(callbacks), row)
    _tell(tx, row, "")
    return int(row["id"])


def get(conn: Connection, callback_id: int) -> Row | None:
    """One promise."""
    return one(conn, select(callbacks).where(callbacks.c.id == callback_id))


def locked(tx: Tx, callback_id: int) -> Row | None:
    """One promise, locked for this transaction."""
    return one(tx.conn, select(callbacks).where(callbacks.c.id == callback_id).with_for_update())


def of_work(tx: Tx, work_id: int) -> Row | None:
    """The promise this work is there to keep, locked for this transaction."""
    return one(tx.conn, select(callbacks).where(callbacks.c.work_id == work_id, _open).with_for_update())


def of_interaction(conn: Connection, interaction_id: int) -> Row | None:
    """The open promise that was made in this contact."""
    return one(conn, select(callbacks).where(callbacks.c.interaction_id == interaction_id, _open))


def in_hand(conn: Connection, works: Collection[int] | None = None) -> list[Row]:
    """Promises whose work an agent has taken and whom nobody has called yet; among these works, or all."""
    joined = select(callbacks, interactions.c.customer_id).join(work, work.c.id == callbacks.c.work_id)
    joined = joined.join(interactions, interactions.c.id == callbacks.c.interaction_id)
    taken = (_open, callbacks.c.state == CallbackState.WAITING, work.c.state == WorkState.ASSIGNED)
    among = (work.c.id.in_(works),) if works is not None else ()
    return many(conn, joined.where(*taken, *among).order_by(callbacks.c.id))


def one_at_a_time(tx: Tx, identity_id: int | None) -> None:
    """Whoever else promises this address something waits until this transaction is over."""
    tx.conn.execute(select(identities.c.id).where(identities.c.id == identity_id).with_for_update(key_share=True))


def count_open(conn: Connection, queue_id: int) -> int:
    """How many people this queue still owes a call."""
    counted = select(func.count()).select_from(callbacks).where(_open, callbacks.c.queue_id == queue_id)
    return int(conn.execute(counted).scalar_one())


def open_to(tx: Tx, identity_id: int | None, customer_id: int | None) -> list[Row]:
    """What is promised to this address, or to any of its customer's; locked, so that it is what it says here."""
    return many(tx.conn, _OPEN_TO, identity=identity_id, customer=customer_id)


def move(tx: Tx, row: Row, state: CallbackState, **values: Any) -> Row:
    """Change the state, by the table. Raises IllegalTransition."""
    before = CallbackState(row["state"])
    CALLBACK.check(before, state)
    ended = {"ended_at": tx.now} if CALLBACK.is_final(state) else {}
    after = {**values, **ended, "state": state, "updated_at": tx.now, "version": row["version"] + 1}
    tx.conn.execute(update(callbacks).where(callbacks.c.id == row["id"]).values(**after))
    _tell(tx, {**row, **after}, before.value)
    return {**row, **after}


def change(tx: Tx, row: Row, **values: Any) -> Row:
    """Set columns; the state stays."""
    after = {**values, "updated_at": tx.now, "version": row["version"] + 1}
    tx.conn.execute(update(callbacks).where(callbacks.c.id == row["id"]).values(**after))
    return {**row, **after}


def _tell(tx: Tx, row: Row, previous: str) -> None:
    subjects = {"interaction": row["interaction_id"], "queue": row["queue_id"], "department": row["department_id"]}
    tx.event("callback.state", **subjects, callback=row["id"], state=str(row["state"]), previous=previous)
