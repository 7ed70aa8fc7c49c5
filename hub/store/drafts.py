"""Unsent replies: they live here, so that they survive a reload and follow to another device."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, delete, select

from hub.store.tables import drafts
from hub.store.unit import Tx
from hub.store.upsert import insert_into


def get_draft(conn: Connection, user_id: int, interaction_id: int) -> dict[str, Any] | None:
    """What the user had begun to write, None when nothing."""
    mine = (drafts.c.user_id == user_id, drafts.c.interaction_id == interaction_id)
    return conn.execute(select(drafts.c.content).where(*mine)).scalar()


def put_draft(tx: Tx, user_id: int, interaction_id: int, content: Mapping[str, Any]) -> None:
    """Keep it in place of the one before."""
    put = insert_into(tx.conn, drafts).values(
        user_id=user_id, interaction_id=interaction_id, content=dict(content), updated_at=tx.now
    )
    newer = {"content": put.excluded.content, "updated_at": put.excluded.updated_at}
    tx.conn.execute(put.on_conflict_do_update(index_elements=["user_id", "interaction_id"], set_=newer))


def delete_draft(tx: Tx, user_id: int, interaction_id: int) -> None:
    """Forget it."""
    mine = (drafts.c.user_id == user_id, drafts.c.interaction_id == interaction_id)
    tx.conn.execute(delete(drafts).where(*mine))
