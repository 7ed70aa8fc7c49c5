"""Up to when every answer of ours on a connection has been read by its far side: nanoseconds since 1970."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select, update

from plugins.sms.record.tables import lines


def read(sql: Connection, connection_id: int) -> int:
    """0 when that was never so."""
    found = sql.execute(select(lines.c.settled_at).where(lines.c.connection_id == connection_id)).scalar_one_or_none()
    return int(found or 0)


def write(sql: Connection, connection_id: int, settled_at: int) -> None:
    """From now on. One node holds a connection, so nobody else writes."""
    mine = update(lines).where(lines.c.connection_id == connection_id).values(settled_at=settled_at)
    if sql.execute(mine).rowcount == 0:
        sql.execute(insert(lines).values(connection_id=connection_id, settled_at=settled_at))
