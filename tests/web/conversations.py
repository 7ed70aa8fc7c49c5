"""Interactions that stand in the database, as if they had come in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import insert

from hub.model.states import InteractionState
from hub.store import interactions, messages
from hub.store.tables import accounts, customers, identities, queues
from hub.store.tables import interactions as table
from hub.store.unit import Tx


def insert_queue(tx: Tx, department: int | None, key: str) -> int:
    """A queue of a department."""
    return _insert(tx, queues, key=key, name=key.title(), department_id=department)


def insert_account(tx: Tx, queue: int, department: int | None, channel: str = "toy") -> int:
    """An address of the site on a channel no plugin carries."""
    place = {"queue_id": queue, "department_id": department}
    return _insert(tx, accounts, channel=channel, name="Front door", scheme="toy", address=f"door-{queue}", **place)


def insert_customer(tx: Tx, name: str = "Wang Wei") -> int:
    """A person with one address."""
    times = {"created_at": tx.now, "updated_at": tx.now}
    customer = _insert(tx, customers, name=name, **times)
    _insert(tx, identities, customer_id=customer, scheme="toy", value=f"{name}-{customer}", created_at=tx.now)
    return customer


def insert_interaction(tx: Tx, account: int, queue: int, department: int | None, **values: Any) -> int:
    """One interaction with one message of its customer."""
    row = {"channel": "toy", "medium": "DEFERRED", "account_id": account, "queue_id": queue, "enqueued_at": tx.now}
    row |= {"department_id": department, "state": InteractionState.QUEUED, "reply_to": {"scheme": "toy", "value": "w"}}
    made = interactions.create(tx, {**row, **values})
    messages.add(tx, made, messages.INBOUND, {"text": "Where is my order?", "author": "Wang Wei", "external_id": "x1"})
    return int(made["id"])


def insert_many(tx: Tx, count: int, account: int, queue: int, department: int | None) -> None:
    """Many open interactions at once, each a second after the one before."""
    row = {"channel": "toy", "medium": "DEFERRED", "account_id": account, "queue_id": queue, "state": "QUEUED"}
    rows = [
        {**row, "department_id": department, "created_at": at, "updated_at": at, "enqueued_at": at}
        for at in (tx.now - timedelta(seconds=number) for number in range(count))
    ]
    tx.conn.execute(insert(table), rows)


def _insert(tx: Tx, table: Any, **values: Any) -> int:
    return int(tx.conn.execute(insert(table).values(**values).returning(table.c.id)).scalar_one())
