"""The router's journal: rows of compressed bytes, in the order they were written."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select

from hub.store.rows import Row, many
from hub.store.tables import routing_journal
from hub.store.unit import Tx

_INSERT = insert(routing_journal)
_FORGET = delete(routing_journal).where(routing_journal.c.at < bindparam("before"))
_PAGE = (
    select(routing_journal)
    .where(routing_journal.c.id > bindparam("after"), routing_journal.c.at < bindparam("until"))
    .order_by(routing_journal.c.id)
    .limit(50)
)


def add(tx: Tx, row: dict[str, Any], keep_from: datetime) -> None:
    """Write one row; a snapshot lets what is older than `keep_from` go."""
    tx.conn.execute(_INSERT, row)
    if row["kind"] == "snapshot":
        tx.conn.execute(_FORGET, {"before": keep_from})


def between(conn: Connection, since: datetime, until: datetime) -> Iterator[Row]:
    """From the last snapshot at or before `since` (or the first after it) up to `until`, one by one."""
    j = routing_journal.c
    first = select(j.id).where(j.kind == "snapshot", j.at <= since).order_by(j.id.desc()).limit(1)
    start = conn.execute(first).scalar() or 0
    last = start - 1
    while rows := many(conn, _PAGE, after=last, until=until):  # no cursor: it would need a transaction
        yield from rows
        last = rows[-1]["id"]
