"""Connections and accounts as administrators keep them: secrets go in and never come out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection as SqlConnection
from sqlalchemy import RowMapping, Select, insert, select, update

from hub.model.actor import Actor
from hub.model.errors import Conflict, NotFound
from hub.model.named import Named
from hub.store.access import visible_accounts
from hub.store.details import CapabilitiesItem
from hub.store.paging import Order, Page, page
from hub.store.rows import Row, one
from hub.store.tables import accounts, connections, departments, queues
from hub.store.unit import Tx


@dataclass(frozen=True, slots=True)
class Connection:
    """One way to the outside. `settings` are without secrets; `state` is how its listener fares."""

    id: int
    channel: str
    name: str
    settings: dict[str, Any]
    has_secrets: bool
    enabled: bool
    state: str
    state_detail: str
    state_at: datetime | None


@dataclass(frozen=True, slots=True)
class Account:
    """One address of the site. `settings` are without secrets, and only for who manages connections. `capabilities`:
    what this very account carries; None while it is not at work."""

    id: int
    connection: Named | None
    channel: str
    name: str
    scheme: str
    address: str
    settings: dict[str, Any]
    has_secrets: bool
    queue: Named | None
    department: Named | None
    flow: str
    opens_ticket: bool
    language: str
    enabled: bool
    capabilities: CapabilitiesItem | None = None


def list_connections(conn: SqlConnection, cursor: str, limit: int) -> Page[Connection]:
    """By id."""
    order = Order(connections.c.id, connections.c.id, descending=False)
    return page(conn, select(connections), order, cursor, limit, _connection)


def get_connection(conn: SqlConnection, connection_id: int) -> Connection:
    """Raises NotFound."""
    row = conn.execute(select(connections).where(connections.c.id == connection_id)).mappings().first()
    if row is None:
        raise NotFound
    return _connection(row)


def connection_row(conn: SqlConnection, connection_id: int) -> Row:
    """The row itself, secrets still encrypted. Raises NotFound."""
    row = one(conn, select(connections).where(connections.c.id == connection_id))
    if row is None:
        raise NotFound
    return row


def insert_connection(tx: Tx, values: Mapping[str, Any]) -> int:
    """A new connection; the nodes take it up at once."""
    made = int(tx.conn.execute(insert(connections).values(**values).returning(connections.c.id)).scalar_one())
    tx.event("connection.changed", connection=made)
    return made


def update_connection(tx: Tx, connection_id: int, values: Mapping[str, Any]) -> None:
    """Change some columns; the nodes take it up at once."""
    if values:
        tx.conn.execute(update(connections).where(connections.c.id == connection_id).values(**values))
        tx.event("connection.changed", connection=connection_id)


def list_accounts(conn: SqlConnection, actor: Actor, cursor: str, limit: int, channel: str = "") -> Page[Account]:
    """Those the actor sees, by id."""
    statement = _accounts().where(visible_accounts(actor))
    if channel:
        statement = statement.where(accounts.c.channel == channel)
    return page(conn, statement, Order(accounts.c.id, accounts.c.id, descending=False), cursor, limit, _account)


def get_account(conn: SqlConnection, actor: Actor, account_id: int) -> Account:
    """Raises NotFound unless the actor sees it."""
    row = conn.execute(_accounts().where(accounts.c.id == account_id, visible_accounts(actor))).mappings().first()
    if row is None:
        raise NotFound
    return _account(row)


def insert_account(tx: Tx, values: Mapping[str, Any]) -> int:
    """A new account. Raises Conflict when its channel has one with this address."""
    _require_free(tx, values, None)
    made = int(tx.conn.execute(insert(accounts).values(**values).returning(accounts.c.id)).scalar_one())
    tx.event("account.changed", department=values.get("department_id"), account=made)
    return made


def update_account(tx: Tx, row: Row, values: Mapping[str, Any]) -> None:
    """Change some columns. Raises Conflict when the address is taken."""
    after = {**row, **values}
    _require_free(tx, after, row["id"])
    if values:
        tx.conn.execute(update(accounts).where(accounts.c.id == row["id"]).values(**values))
        tx.event("account.changed", department=after["department_id"], account=row["id"])


def _require_free(tx: Tx, values: Mapping[str, Any], own: int | None) -> None:
    same = [accounts.c[name] == values[name] for name in ("channel", "scheme", "address")]
    taken = tx.conn.execute(select(accounts.c.id).where(*same)).scalar()
    if taken is not None and taken != own:
        raise Conflict("There is already an account with this address.")


def _accounts() -> Select[Any]:
    joined = accounts.outerjoin(queues, queues.c.id == accounts.c.queue_id)
    joined = joined.outerjoin(connections, connections.c.id == accounts.c.connection_id)
    joined = joined.outerjoin(departments, departments.c.id == accounts.c.department_id)
    names = {"queue": queues, "connection": connections, "department": departments}
    return select(accounts, *(table.c.name.label(f"{what}_name") for what, table in names.items())).select_from(joined)


def _connection(row: RowMapping) -> Connection:
    plain = {name: row[name] for name in Connection.__slots__ if name != "has_secrets"}
    return Connection(**plain, has_secrets=bool(row["secrets"]))


def _account(row: RowMapping) -> Account:
    joined = ("connection", "queue", "department", "has_secrets", "capabilities")
    plain = {name: row[name] for name in Account.__slots__ if name not in joined}
    named: dict[str, Any] = {what: _named(row, what) for what in ("connection", "queue", "department")}
    return Account(**plain, **named, has_secrets=bool(row["secrets"]))


def _named(row: RowMapping, what: str) -> Named | None:
    return Named(row[f"{what}_id"], row[f"{what}_name"]) if row[f"{what}_id"] else None
