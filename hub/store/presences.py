"""Presence rows: one an agent, made on first use."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from hub.model.errors import NotFound
from hub.store.rows import Row, many, one
from hub.store.tables import presence, users
from hub.store.unit import Tx

_LOCKED = select(presence).where(presence.c.user_id == bindparam("user")).with_for_update()
_SAVE = update(presence).where(presence.c.user_id == bindparam("this")).values(version=presence.c.version + 1)


def locked(tx: Tx, user_id: int) -> Row:
    """The user's presence, locked; LOGGED_OUT when they never were here. Raises NotFound."""
    found = one(tx.conn, _LOCKED, user=user_id)
    if found is not None:
        return found
    if one(tx.conn, select(users.c.id).where(users.c.id == user_id)) is None:
        raise NotFound(f"user {user_id}")
    tx.conn.execute(insert(presence).values(user_id=user_id, since=tx.now))
    return locked(tx, user_id)


def save(tx: Tx, row: Row, **values: Any) -> Row:
    """Change it; the screens and the router hear of it."""
    if "state" in values and values["state"] != row["state"]:
        values["since"] = tx.now
    tx.conn.execute(_SAVE, {**values, "this": row["user_id"]})
    after = {**row, **values}
    named = {key: after[key] for key in ("state", "reason", "pending")}
    tx.event("presence.changed", user=row["user_id"], **named)
    return after


def agents(conn: Connection, only: Collection[int] | None = None) -> list[Row]:
    """Everybody who ever was here, or `only` these, with what routing must know of them."""
    columns = (presence, users.c.skills, users.c.capacity, users.c.enabled, users.c.name)
    found = select(*columns).join(users, users.c.id == presence.c.user_id).order_by(users.c.id)
    return many(conn, found if only is None else found.where(users.c.id.in_(only)))


def name_of(conn: Connection, user_id: int) -> str | None:
    """What a user is called; None when there is no such user."""
    found = one(conn, select(users.c.name).where(users.c.id == user_id, users.c.enabled))
    return found["name"] if found else None
