"""Where things of the event log belong: the department that may see them, and the user whose they are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, Table, bindparam, select

from hub.store.rows import listed
from hub.store.tables import interactions, queues, users


@dataclass(frozen=True, slots=True)
class Place:
    """`department` None is the whole site's; `user` is the owner, if any."""

    department: int | None
    user: int | None = None


NOWHERE = Place(None)
_OF_INTERACTIONS = select(interactions.c.id, interactions.c.department_id, interactions.c.agent_id).where(
    interactions.c.id.in_(bindparam("ids", expanding=True))
)


def interaction_places(conn: Connection, ids: Iterable[int]) -> dict[int, Place]:
    """Of interactions: their department and agent."""
    rows = conn.execute(_OF_INTERACTIONS, {"ids": listed(list(ids))})
    return {row.id: Place(row.department_id, row.agent_id) for row in rows}


def queue_places(conn: Connection) -> dict[int, Place]:
    """Of queues: their department."""
    return _departments(conn, queues)


def user_places(conn: Connection) -> dict[int, Place]:
    """Of users: their department; each is their own."""
    return {user: Place(place.department, user) for user, place in _departments(conn, users).items()}


def _departments(conn: Connection, table: Table) -> dict[int, Place]:
    return {row.id: Place(row.department_id) for row in conn.execute(select(table.c.id, table.c.department_id))}
