"""Outgoing webhooks: where to, what of the event log, and how far each has come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update

from hub.model.errors import NotFound
from hub.store.tables import events, webhooks
from hub.store.unit import Tx


@dataclass(frozen=True, slots=True)
class Webhook:
    """`events` are types or beginnings of types ("ticket."), none for all; `cursor` the last event it has got."""

    id: int
    url: str
    events: list[str]
    enabled: bool
    cursor: int
    failures: int
    last_error: str
    retry_at: datetime | None
    created_at: datetime


def list_webhooks(conn: Connection) -> list[Webhook]:
    """By id."""
    return [_webhook(row) for row in conn.execute(select(webhooks).order_by(webhooks.c.id)).mappings()]


def get_webhook(conn: Connection, webhook_id: int) -> Webhook:
    """Raises NotFound."""
    row = conn.execute(select(webhooks).where(webhooks.c.id == webhook_id)).mappings().first()
    if row is None:
        raise NotFound
    return _webhook(row)


def secret_of(conn: Connection, webhook_id: int) -> bytes:
    """The encrypted secret. Raises NotFound."""
    found = conn.execute(select(webhooks.c.secret).where(webhooks.c.id == webhook_id)).scalar()
    if found is None:
        raise NotFound
    return bytes(found)


def insert_webhook(tx: Tx, url: str, wanted: Sequence[str], secret: bytes, enabled: bool) -> int:
    """A new one; it gets what happens from now on."""
    now = tx.conn.execute(select(func.coalesce(func.max(events.c.seq), 0))).scalar_one()
    values = {"url": url, "events": list(wanted), "secret": secret, "enabled": enabled, "cursor": now}
    made = insert(webhooks).values(**values, created_at=tx.now).returning(webhooks.c.id)
    webhook_id = int(tx.conn.execute(made).scalar_one())
    tx.event("webhook.changed", webhook=webhook_id)
    return webhook_id


def update_webhook(tx: Tx, webhook_id: int, values: Mapping[str, Any]) -> None:
    """Change some columns; what had failed is tried at once."""
    again = {"retry_at": None, "failures": 0, "last_error": ""}
    tx.conn.execute(update(webhooks).where(webhooks.c.id == webhook_id).values(**again, **values))
    tx.event("webhook.changed", webhook=webhook_id)


def delete_webhook(tx: Tx, webhook_id: int) -> None:
    """Remove it."""
    tx.conn.execute(delete(webhooks).where(webhooks.c.id == webhook_id))
    tx.event("webhook.changed", webhook=webhook_id)


def advance(tx: Tx, webhook_id: int, cursor: int) -> None:
    """It has got everything up to here."""
    values = {"cursor": cursor, "failures": 0, "last_error": "", "retry_at": None}
    tx.conn.execute(update(webhooks).where(webhooks.c.id == webhook_id).values(**values))


def note_failure(tx: Tx, webhook_id: int, error: str, wait: timedelta) -> None:
    """A call did not succeed; the next is not before `wait` is over."""
    c = webhooks.c
    values = {"failures": c.failures + 1, "last_error": error[:1000], "retry_at": tx.now + wait}
    tx.conn.execute(update(webhooks).where(c.id == webhook_id).values(**values))


def _webhook(row: RowMapping) -> Webhook:
    return Webhook(**{name: row[name] for name in Webhook.__slots__})
