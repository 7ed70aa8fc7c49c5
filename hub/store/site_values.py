"""Settings of the whole site that are kept in the database and changed while it runs: one document a key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hub.store.tables import site
from hub.store.unit import Tx
from hub.store.upsert import insert_into


def set_site_value(tx: Tx, key: str, value: Mapping[str, Any]) -> None:
    """Put a document in the place of the one before."""
    row = insert_into(tx.conn, site).values(key=key, value=dict(value))
    tx.conn.execute(row.on_conflict_do_update(index_elements=[site.c.key], set_={"value": row.excluded.value}))
