"""A client that repeats a request after a lost answer gets the first result again."""

from sqlalchemy import insert, select

from hub.store.rows import one
from hub.store.tables import idempotency
from hub.store.unit import Tx


def find(tx: Tx, user_id: int, key: str) -> int | None:
    """The id the same request made before; None when it is new, or has no key."""
    if not key:
        return None
    mine = (idempotency.c.user_id == user_id, idempotency.c.key == key)
    row = one(tx.conn, select(idempotency.c.result_id).where(*mine))
    return row["result_id"] if row else None


def remember(tx: Tx, user_id: int, key: str, result_id: int) -> None:
    """Keep what the request made."""
    if key:
        row = {"user_id": user_id, "key": key, "result_id": result_id, "created_at": tx.now}
        tx.conn.execute(insert(idempotency).values(row))
