"""Queues and their members as administrators keep them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, delete, insert, select, update

from hub.model.actor import Actor
from hub.model.errors import Conflict, NotFound
from hub.model.named import Named
from hub.store.access import visible_queues
from hub.store.paging import Order, Page, page
from hub.store.tables import departments, queue_members, queues, users
from hub.store.unit import Tx


@dataclass(frozen=True, slots=True)
class Queue:
    """Where work waits. `hours` are the opening hours, empty for always; `dispositions` the wrap-up codes; `routing`
    how it is served (docs/routing.md)."""

    id: int
    key: str
    name: str
    department: Named | None
    skills: dict[str, int]
    priority: int
    offer_seconds: int
    wrap_up_seconds: int
    dispositions: list[str]
    hours: dict[str, Any]
    routing: dict[str, Any]
    enabled: bool


@dataclass(frozen=True, slots=True)
class Member:
    """A user who takes this queue's work; a lower `preference` is asked first, `weight` is their share by WEIGHTED."""

    id: int
    name: str
    preference: int
    weight: int


def list_queues(conn: Connection, actor: Actor, cursor: str, limit: int) -> Page[Queue]:
    """Those the actor sees, by id."""
    statement = _select().where(visible_queues(actor))
    return page(conn, statement, Order(queues.c.id, queues.c.id, descending=False), cursor, limit, _queue)


def visible(conn: Connection, actor: Actor) -> list[Queue]:
    """All the actor sees, by id."""
    return [
        _queue(row) for row in conn.execute(_select().where(visible_queues(actor)).order_by(queues.c.id)).mappings()
    ]


def get_queue(conn: Connection, actor: Actor, queue_id: int) -> Queue:
    """Raises NotFound unless the actor sees it."""
    row = conn.execute(_select().where(queues.c.id == queue_id, visible_queues(actor))).mappings().first()
    if row is None:
        raise NotFound
    return _queue(row)


def insert_queue(tx: Tx, values: Mapping[str, Any]) -> int:
    """A new queue. Raises Conflict when its key is taken."""
    if tx.conn.execute(select(queues.c.id).where(queues.c.key == values["key"])).first():
        raise Conflict("This key is taken.")
    made = int(tx.conn.execute(insert(queues).values(**values).returning(queues.c.id)).scalar_one())
    tx.event("queue.changed", queue=made, department=values.get("department_id"))
    return made


def update_queue(tx: Tx, queue_id: int, values: Mapping[str, Any]) -> None:
    """Change some columns."""
    if values:
        changed = update(queues).where(queues.c.id == queue_id).values(**values).returning(queues.c.department_id)
        tx.event("queue.changed", queue=queue_id, department=tx.conn.execute(changed).scalar_one())


def members_of(conn: Connection, queue_id: int) -> list[Member]:
    """By preference, then name."""
    m = queue_members.c
    rows = select(users.c.id, users.c.name, m.preference, m.weight).join(queue_members, m.user_id == users.c.id)
    ordered = rows.where(m.queue_id == queue_id).order_by(m.preference, users.c.name, users.c.id)
    return [Member(**row) for row in conn.execute(ordered).mappings()]


def set_members(tx: Tx, queue_id: int, members: Sequence[tuple[int, int, int]]) -> None:
    """Make these the members: (user id, preference, weight)."""
    tx.conn.execute(delete(queue_members).where(queue_members.c.queue_id == queue_id))
    rows = [
        {"queue_id": queue_id, "user_id": user, "preference": preference, "weight": weight}
        for user, preference, weight in members
    ]
    if rows:
        tx.conn.execute(insert(queue_members), rows)
    department = tx.conn.execute(select(queues.c.department_id).where(queues.c.id == queue_id)).scalar()
    tx.event("queue.changed", queue=queue_id, department=department)


def _select() -> Select[Any]:
    joined = queues.outerjoin(departments, departments.c.id == queues.c.department_id)
    return select(queues, departments.c.name.label("department_name")).select_from(joined)


def _queue(row: RowMapping) -> Queue:
    plain = {name: row[name] for name in Queue.__slots__ if name != "department"}
    department = Named(row["department_id"], row["department_name"]) if row["department_id"] else None
    return Queue(**plain, department=department)
