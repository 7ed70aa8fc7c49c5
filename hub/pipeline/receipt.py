"""What the far side says of a message we sent: it moves the delivery, and a failure brings the conversation back.

A receipt may overtake our own note of the id it speaks of: while anything of that channel is being sent, one that names
nothing we know is looked at again, a few times.
"""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from hub.api import Receipt, ReceiptState
from hub.model.states import WAITING_ON_OTHERS, DeliveryState
from hub.pipeline import route
from hub.store import interactions, outbox, timers
from hub.store.tables import accounts
from hub.store.unit import Tx

_STATES = {
    ReceiptState.SENT: DeliveryState.SENT,
    ReceiptState.DELIVERED: DeliveryState.DELIVERED,
    ReceiptState.READ: DeliveryState.READ,
    ReceiptState.FAILED: DeliveryState.FAILED,
    ReceiptState.UNKNOWN: DeliveryState.UNKNOWN,
}


TIMER = "receipt"
AGAIN = (timedelta(seconds=1), timedelta(seconds=5), timedelta(seconds=60))


def apply(tx: Tx, receipt: Receipt, channel: str, looked: int = 0) -> int | None:
    """Move the delivery the receipt speaks of; returns its interaction, None when it speaks of none of ours.

    Receipts come late, twice and out of order: what the table does not allow is passed over.
    """
    ours = _accounts(tx.conn, channel)
    delivery = outbox.by_external_id(tx.conn, ours, receipt.refers_to)
    if delivery is None and looked < len(AGAIN) and (looked or outbox.being_sent(tx.conn, ours)):
        _look_again(tx, receipt, channel, looked)
        return None
    # its id may have been noted between those two looks: on PostgreSQL each sees what is committed by then
    delivery = delivery or outbox.by_external_id(tx.conn, ours, receipt.refers_to)
    if delivery is None:
        tx.event("receipt.unmatched", channel=channel)
        return None
    interaction = interactions.locked(tx, delivery["interaction_id"])
    failed = receipt.state in (ReceiptState.FAILED, ReceiptState.UNKNOWN)
    values = {"error_code": receipt.code[:40], "error": receipt.detail[:1000]} if failed else {}
    moved = outbox.move(tx, delivery, _STATES[receipt.state], interaction["department_id"], **values)
    if moved and failed and interaction["state"] in WAITING_ON_OTHERS:
        route.need_agent(tx, interaction)
    interaction_id: int = interaction["id"]
    return interaction_id


def again(tx: Tx, payload: Mapping[str, Any]) -> None:
    """Look once more for what a receipt speaks of."""
    told = payload["receipt"]
    at = datetime.fromisoformat(told["at"]) if told["at"] else None
    receipt = replace(Receipt(**{**told, "at": at}), state=ReceiptState(told["state"]))
    apply(tx, receipt, payload["channel"], payload["looked"])


def _look_again(tx: Tx, receipt: Receipt, channel: str, looked: int) -> None:
    told = {**asdict(receipt), "at": receipt.at.isoformat() if receipt.at else ""}
    payload = {"receipt": told, "channel": channel, "looked": looked + 1}
    timers.schedule(tx, timers.CORE, TIMER, tx.now + AGAIN[looked], payload)


def _accounts(conn: Connection, channel: str) -> list[int]:
    return list(conn.execute(select(accounts.c.id).where(accounts.c.channel == channel)).scalars())
