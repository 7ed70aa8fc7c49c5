"""The outbox: a reply and its delivery are one commit; workers lease deliveries and say what became of them."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, exists, insert, or_, select, update

from hub.model.states import DELIVERY, DeliveryState
from hub.store.rows import Row, inserted, many, one
from hub.store.tables import deliveries
from hub.store.unit import Tx

LEASE = timedelta(seconds=120)
_unsent = deliveries.c.state.in_([DeliveryState.PENDING, DeliveryState.LEASED])


def add(tx: Tx, message: Row, account: Row, recipient: dict[str, Any], due_at: datetime) -> int:
    """Queue one message for one recipient, not before `due_at`."""
    values = {
        "message_id": message["id"],
        "interaction_id": message["interaction_id"],
        "account_id": account["id"],
        "connection_id": account["connection_id"],
        "recipient": recipient,
        "due_at": due_at,
        "updated_at": tx.now,
    }
    return inserted(tx.conn, insert(deliveries).values(values))


def get(conn: Connection, delivery_id: int) -> Row | None:
    """One delivery."""
    return one(conn, select(deliveries).where(deliveries.c.id == delivery_id))


def lease(tx: Tx, node: str, held: Collection[int], most: int) -> list[Row]:
    """Take what is due over the connections this node holds, oldest first; never one that follows an unsent one of the
    same interaction: order is kept."""
    earlier = deliveries.alias()
    unsent_before = exists().where(
        earlier.c.interaction_id == deliveries.c.interaction_id,
        earlier.c.id < deliveries.c.id,
        earlier.c.state.in_([DeliveryState.PENDING, DeliveryState.LEASED]),
    )
    ours = or_(deliveries.c.connection_id.is_(None), deliveries.c.connection_id.in_(held))
    due = and_(deliveries.c.state == DeliveryState.PENDING, deliveries.c.due_at <= tx.now, ours)
    chosen = select(deliveries).where(due, ~unsent_before).order_by(deliveries.c.due_at, deliveries.c.id).limit(most)
    rows = many(tx.conn, chosen.with_for_update(skip_locked=True, of=deliveries))
    if rows:
        until = tx.now + LEASE
        mine = update(deliveries).where(deliveries.c.id.in_([row["id"] for row in rows]))
        leased = mine.values(
            state=DeliveryState.LEASED, leased_by=node, leased_until=until, attempts=deliveries.c.attempts + 1
        )
        tx.conn.execute(leased)
    return [{**row, "state": DeliveryState.LEASED, "attempts": row["attempts"] + 1} for row in rows]


def next_due(conn: Connection) -> datetime | None:
    """When the next waiting delivery is due."""
    waiting = select(deliveries.c.due_at).where(deliveries.c.state == DeliveryState.PENDING)
    row = one(conn, waiting.order_by(deliveries.c.due_at).limit(1))
    return row["due_at"] if row else None


def abandoned(tx: Tx, node: str, living: Sequence[str]) -> list[Row]:
    """Deliveries leased by a node that died (or by an earlier life of this one), or whose lease ran out."""
    lost = or_(deliveries.c.leased_by.not_in(living), deliveries.c.leased_until < tx.now)
    return many(tx.conn, select(deliveries).where(deliveries.c.state == DeliveryState.LEASED, lost).with_for_update())


def overdue(tx: Tx) -> list[Row]:
    """Sent, but the receipt that was to decide has not come in time."""
    late = (deliveries.c.state == DeliveryState.SENT, deliveries.c.pending_until < tx.now)
    return many(tx.conn, select(deliveries).where(*late).limit(100).with_for_update())


def move(tx: Tx, row: Row, state: DeliveryState, department: int | None = None, **values: Any) -> bool:
    """Change the state where the table allows it, compared and swapped; False when it was not to be."""
    if state not in DELIVERY.after(DeliveryState(row["state"])):
        return False
    mine = update(deliveries).where(deliveries.c.id == row["id"], deliveries.c.state == row["state"])
    if tx.conn.execute(mine.values(state=state, updated_at=tx.now, **values)).rowcount != 1:
        return False
    tx.event(
        "delivery.state",
        interaction=row["interaction_id"],
        department=department,
        delivery=row["id"],
        message=row["message_id"],
        state=state.value,
        code=values.get("error_code", ""),
    )
    return True


def by_external_id(conn: Connection, account_ids: Sequence[int], external_id: str) -> Row | None:
    """The delivery the far side calls by this id."""
    same = (deliveries.c.account_id.in_(account_ids), deliveries.c.external_id == external_id)
    return one(conn, select(deliveries).where(*same).order_by(deliveries.c.id.desc()).limit(1))


def under_way(conn: Connection, interaction_id: int) -> bool:
    """Whether something is still to be said in an interaction."""
    pending = deliveries.c.state.in_([DeliveryState.PENDING, DeliveryState.LEASED])
    mine = select(deliveries.c.id).where(deliveries.c.interaction_id == interaction_id, pending)
    return conn.execute(mine.limit(1)).first() is not None


def being_sent(conn: Connection, account_ids: Sequence[int]) -> bool:
    """Whether a delivery of these accounts is with their channel just now."""
    leased = deliveries.c.state == DeliveryState.LEASED
    mine = select(deliveries.c.id).where(deliveries.c.account_id.in_(account_ids), leased)
    return conn.execute(mine.limit(1)).first() is not None


def waiting(conn: Connection) -> int:
    """How many deliveries have not gone yet."""
    return len(conn.execute(select(deliveries.c.id).where(_unsent)).all())


def note(tx: Tx, row: Row, **values: Any) -> None:
    """Set columns without a change of state."""
    tx.conn.execute(update(deliveries).where(deliveries.c.id == row["id"]).values(**values))
