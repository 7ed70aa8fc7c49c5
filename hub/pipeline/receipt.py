"""What the far side says of a message we sent: it moves the delivery, and a failure brings the conversation back."""

from sqlalchemy import Connection, select

from hub.api import Receipt, ReceiptState
from hub.model.states import WAITING_ON_OTHERS, DeliveryState
from hub.pipeline import route
from hub.store import interactions, outbox
from hub.store.tables import accounts
from hub.store.unit import Tx

_STATES = {
    ReceiptState.SENT: DeliveryState.SENT,
    ReceiptState.DELIVERED: DeliveryState.DELIVERED,
    ReceiptState.READ: DeliveryState.READ,
    ReceiptState.FAILED: DeliveryState.FAILED,
    ReceiptState.UNKNOWN: DeliveryState.UNKNOWN,
}


def apply(tx: Tx, receipt: Receipt, channel: str) -> int | None:
    """Move the delivery the receipt speaks of; returns its interaction, None when it speaks of none of ours.

    Receipts come late, twice and out of order: what the table does not allow is passed over.
    """
    delivery = outbox.by_external_id(tx.conn, _accounts(tx.conn, channel), receipt.refers_to)
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


def _accounts(conn: Connection, channel: str) -> list[int]:
    return list(conn.execute(select(accounts.c.id).where(accounts.c.channel == channel)).scalars())
