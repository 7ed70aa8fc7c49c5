"""Which flows are switched off, by whom and when."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Boolean, Column, Connection, DateTime, MetaData, String, Table, delete, insert, select

metadata = MetaData()
table = Table(
    "self_service_switches",
    metadata,
    Column("flow", String(40), primary_key=True),
    Column("is_on", Boolean, nullable=False),
    Column("changed_by", String(200), nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
)


def is_on(conn: Connection, flow: str) -> bool:
    """Unless somebody switched it off."""
    return conn.execute(select(table.c.is_on).where(table.c.flow == flow)).scalar_one_or_none() is not False


def switch(conn: Connection, flow: str, on: bool, by: str) -> None:
    """From the next contact on."""
    conn.execute(delete(table).where(table.c.flow == flow))
    conn.execute(insert(table).values(flow=flow, is_on=on, changed_by=by[:200], changed_at=datetime.now(UTC)))


def all_of(conn: Connection) -> dict[str, dict[str, Any]]:
    """What was ever switched: {"on", "by", "at"} by flow."""
    rows = conn.execute(select(table))
    return {row.flow: {"on": row.is_on, "by": row.changed_by, "at": _utc(row.changed_at).isoformat()} for row in rows}


def _utc(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)
