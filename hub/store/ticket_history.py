"""What happened to a ticket, field by field: who changed what, from what to what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Table, insert, select

from hub.api import Json
from hub.model.actor import Actor
from hub.model.named import Named
from hub.store.rows import Row, many
from hub.store.tables import assets, customers, departments, ticket_history, users
from hub.store.unit import Tx

# ids are kept, not names: an erased customer is then erased here, too
_NAMED: Mapping[str, tuple[Table, str]] = {
    "department": (departments, "name"),
    "assignee": (users, "name"),
    "customer": (customers, "name"),
    "asset": (assets, "label"),
}


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One change. For department, assignee, customer and asset `old` and `new` are {id, name} as named now."""

    id: int
    at: datetime
    user: Named | None
    field: str
    old: Json
    new: Json


def note(tx: Tx, actor: Actor | None, ticket_id: int, field: str, old: Json, new: Json) -> None:
    """Put down one change."""
    user_id = actor.user_id if actor else None
    row = {"ticket_id": ticket_id, "at": tx.now, "user_id": user_id, "field": field, "old": old, "new": new}
    tx.conn.execute(insert(ticket_history).values(row))


def note_change(tx: Tx, actor: Actor | None, before: Row, column: str, value: Json) -> None:
    """Put down the change of a column; of the site's own fields one entry each."""
    if column != "fields":
        return note(tx, actor, before["id"], column.removesuffix("_id"), before[column], value)
    old, new = before["fields"], value if isinstance(value, dict) else {}
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name):
            note(tx, actor, before["id"], f"fields.{name}"[:80], old.get(name), new.get(name))
    return None


def history(conn: Connection, ticket_id: int, before: int | None = None, limit: int = 50) -> list[HistoryEntry]:
    """Newest first; `before` is the id to go on from."""
    c = ticket_history.c
    wanted = (
        select(ticket_history, users.c.name).outerjoin(users, users.c.id == c.user_id).where(c.ticket_id == ticket_id)
    )
    if before is not None:
        wanted = wanted.where(c.id < before)
    rows = many(conn, wanted.order_by(c.id.desc()).limit(limit))
    names = {field: _names(conn, field, rows) for field in _NAMED}
    return [_entry(row, names.get(row["field"])) for row in rows]


def _names(conn: Connection, field: str, rows: Iterable[Row]) -> dict[Json, str]:
    table, column = _NAMED[field]
    ids = {each for row in rows if row["field"] == field for each in (row["old"], row["new"]) if each is not None}
    if not ids:
        return {}
    return {row.id: row[1] for row in conn.execute(select(table.c.id, table.c[column]).where(table.c.id.in_(ids)))}


def _entry(row: Row, names: dict[Json, str] | None) -> HistoryEntry:
    user = Named(row["user_id"], row["name"]) if row["user_id"] is not None else None
    old, new = row["old"], row["new"]
    if names is not None:
        old, new = _shown(old, names), _shown(new, names)
    return HistoryEntry(row["id"], row["at"], user, row["field"], old, new)


def _shown(reference: Json, names: dict[Json, str]) -> Json:
    return None if reference is None else {"id": reference, "name": names.get(reference, "")}
