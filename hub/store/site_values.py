"""Settings of the whole site that are kept in the database and changed while it runs: one document a key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from hub.store.tables import site
from hub.store.unit import Tx
from hub.store.upsert import insert_into

ROUTING = "routing"  # how work is ranked, and the rules that are asked when it comes; see docs/routing.md


def site_value(conn: Connection, key: str) -> dict[str, Any]:
    """The document; empty when nobody has set it."""
    return conn.execute(select(site.c.value).where(site.c.key == key)).scalar() or {}


def set_site_value(tx: Tx, key: str, value: Mapping[str, Any]) -> None:
    """Put a document in the place of the one before."""
    row = insert_into(tx.conn, site).values(key=key, value=dict(value))
    tx.conn.execute(row.on_conflict_do_update(index_elements=[site.c.key], set_={"value": row.excluded.value}))
