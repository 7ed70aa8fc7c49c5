"""Connections and accounts as rows: what the directory of a running site is read from."""

from sqlalchemy import Connection, select, update

from hub.store.rows import Row, many, one
from hub.store.tables import accounts, connections
from hub.store.unit import Tx


def enabled_accounts(conn: Connection) -> list[Row]:
    """Every account that is switched on."""
    return many(conn, select(accounts).where(accounts.c.enabled).order_by(accounts.c.id))


def enabled_connections(conn: Connection) -> list[Row]:
    """Every connection that is switched on."""
    return many(conn, select(connections).where(connections.c.enabled).order_by(connections.c.id))


def account(conn: Connection, account_id: int) -> Row | None:
    """One account."""
    return one(conn, select(accounts).where(accounts.c.id == account_id))


def connection(conn: Connection, connection_id: int) -> Row | None:
    """One connection."""
    return one(conn, select(connections).where(connections.c.id == connection_id))


def connection_state(tx: Tx, connection_id: int, state: str, detail: str) -> None:
    """Note how a connection fares, and tell the administrators' screens."""
    mine = update(connections).where(connections.c.id == connection_id)
    tx.conn.execute(mine.values(state=state, state_detail=detail[:1000], state_at=tx.now))
    tx.event("connection.state", connection=connection_id, state=state)
