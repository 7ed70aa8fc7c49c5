"""What people did that matters for security, and who did it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select

from hub.store.paging import Order, Page, page
from hub.store.tables import audit, users
from hub.store.unit import Tx


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line of the audit log. `target` names a kind of thing, `target_id` which."""

    id: int
    at: datetime
    user_id: int | None
    user_name: str | None
    action: str
    target: str
    target_id: int | None
    details: dict[str, object]
    client: str


def record(
    tx: Tx,
    user_id: int | None,
    action: str,
    target: str = "",
    target_id: int | None = None,
    *,
    client: str = "",
    **details: object,
) -> None:
    """Write one line, committed with what it speaks of."""
    tx.conn.execute(
        insert(audit).values(
            at=tx.now, user_id=user_id or None, action=action, target=target, target_id=target_id, details=details,
            client=client[:80],
        )
    )  # fmt: skip


def record_once(
    tx: Tx, within: timedelta, user_id: int, action: str, target: str, target_id: int, *, client: str = ""
) -> None:
    """As `record`, unless the same user did the same within this time: a player asks for one sound many times."""
    same = (audit.c.user_id == user_id, audit.c.action == action, audit.c.target_id == target_id)
    if tx.conn.execute(select(audit.c.id).where(audit.c.at > tx.now - within, *same).limit(1)).first() is None:
        record(tx, user_id, action, target, target_id, client=client)


def entries(
    conn: Connection, cursor: str, limit: int, *, action: str = "", user_id: int | None = None
) -> Page[AuditEntry]:
    """Newest first."""
    statement = select(audit, users.c.name.label("user_name")).outerjoin(users, users.c.id == audit.c.user_id)
    if action:
        statement = statement.where(audit.c.action == action)
    if user_id:
        statement = statement.where(audit.c.user_id == user_id)
    return page(conn, statement, Order(audit.c.id, audit.c.id), cursor, limit, lambda row: AuditEntry(**row))
