"""What came in and could not be understood, for a person to look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, func, or_, select

from hub.model.actor import Actor
from hub.model.errors import Conflict, NotFound
from hub.model.named import Named
from hub.model.states import RawState
from hub.store import raws as stored
from hub.store import sealing
from hub.store.access import visible_accounts
from hub.store.paging import Order, Page, page
from hub.store.tables import accounts, connections, raws
from hub.store.unit import Tx

PREVIEW = 4000


@dataclass(frozen=True, slots=True)
class QuarantinedItem:
    """One input that stands aside; `size` in bytes."""

    id: int
    channel: str
    account: Named | None
    connection: Named | None
    error_code: str
    error: str
    attempts: int
    size: int
    received_at: datetime


@dataclass(frozen=True, slots=True)
class QuarantinedDetail(QuarantinedItem):
    """With the beginning of its bytes as text, and what its channel noted beside them."""

    preview: str
    meta: dict[str, Any]


def list_quarantined(conn: Connection, actor: Actor, cursor: str, limit: int) -> Page[QuarantinedItem]:
    """Newest first."""
    return page(conn, _select(actor), Order(raws.c.id, raws.c.id), cursor, limit, _item)


def get_quarantined(conn: Connection, actor: Actor, raw_id: int) -> QuarantinedDetail:
    """Raises NotFound unless it stands aside and the actor sees its account."""
    row = conn.execute(_select(actor, raws.c.meta, raws.c.body).where(raws.c.id == raw_id)).mappings().first()
    if row is None:
        raise NotFound
    plain = _item(row)
    fields = {name: getattr(plain, name) for name in QuarantinedItem.__slots__}
    body = sealing.opened(conn, row["body"], sealed=row["sealed"])
    preview = body[:PREVIEW].decode("utf-8", "replace").replace("\0", "\ufffd")
    return QuarantinedDetail(**fields, preview=preview, meta=row["meta"])


def quarantined_bytes(conn: Connection, actor: Actor, raw_id: int) -> bytes:
    """The whole input. Raises NotFound as `get_quarantined`."""
    row = conn.execute(_select(actor, raws.c.body).where(raws.c.id == raw_id)).mappings().first()
    if row is None:
        raise NotFound
    return sealing.opened(conn, row["body"], sealed=row["sealed"])


def settle(tx: Tx, actor: Actor, raw_id: int, after: RawState) -> None:
    """Have it read anew (STORED) or put it away (DISCARDED). Raises NotFound, Conflict."""
    get_quarantined(tx.conn, actor, raw_id)
    if not stored.set_state(tx, raw_id, RawState.QUARANTINED, after):
        raise Conflict
    tx.event("raw.settled", raw=raw_id, state=after.value)


def _select(actor: Actor, *more: Any) -> Select[Any]:
    joined = raws.outerjoin(accounts, accounts.c.id == raws.c.account_id)
    joined = joined.outerjoin(connections, connections.c.id == raws.c.connection_id)
    names = (accounts.c.name.label("account_name"), connections.c.name.label("connection_name"))
    columns = [column for column in raws.c if column.name not in ("body", "meta")]
    seen = or_(raws.c.account_id.is_(None), visible_accounts(actor))
    chosen = select(*columns, func.length(raws.c.body).label("size"), *names, *more).select_from(joined)
    return chosen.where(raws.c.state == RawState.QUARANTINED.value, seen)


def _item(row: RowMapping) -> QuarantinedItem:
    return QuarantinedItem(
        id=row["id"],
        channel=row["channel"],
        account=Named(row["account_id"], row["account_name"]) if row["account_id"] else None,
        connection=Named(row["connection_id"], row["connection_name"]) if row["connection_id"] else None,
        error_code=row["error_code"],
        error=row["error"],
        attempts=row["attempts"],
        size=sealing.plain_size(row["size"]) if row["sealed"] else row["size"],
        received_at=row["received_at"],
    )
