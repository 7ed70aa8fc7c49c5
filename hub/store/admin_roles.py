"""Roles and departments as administrators keep them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, insert, select, true, update

from hub.model.actor import Actor
from hub.model.errors import Conflict, NotFound
from hub.model.permissions import visible_departments
from hub.store.tables import departments, roles, users
from hub.store.unit import Tx


@dataclass(frozen=True, slots=True)
class Role:
    """A set of permissions under a name. `builtin` ones cannot be removed."""

    id: int
    name: str
    permissions: list[str]
    builtin: bool


@dataclass(frozen=True, slots=True)
class Department:
    """A node of the department tree."""

    id: int
    name: str
    parent: int | None


def list_roles(conn: Connection) -> list[Role]:
    """By name."""
    return [Role(**row) for row in conn.execute(select(roles).order_by(roles.c.name)).mappings()]


def get_role(conn: Connection, role_id: int) -> Role:
    """Raises NotFound."""
    row = conn.execute(select(roles).where(roles.c.id == role_id)).mappings().first()
    if row is None:
        raise NotFound
    return Role(**row)


def permissions_of(conn: Connection, names: Iterable[str]) -> frozenset[str]:
    """What these roles give together."""
    given = conn.execute(select(roles.c.permissions).where(roles.c.name.in_(names))).scalars()
    return frozenset(name for permissions in given for name in permissions)


def insert_role(tx: Tx, name: str, permissions: Sequence[str]) -> int:
    """Raises Conflict when the name is taken."""
    if tx.conn.execute(select(roles.c.id).where(roles.c.name == name)).first():
        raise Conflict("This name is taken.")
    values = {"name": name, "permissions": list(permissions)}
    tx.event("role.changed")
    return int(tx.conn.execute(insert(roles).values(**values).returning(roles.c.id)).scalar_one())


def update_role(tx: Tx, role_id: int, permissions: Sequence[str]) -> None:
    """Change what it permits."""
    tx.conn.execute(update(roles).where(roles.c.id == role_id).values(permissions=list(permissions)))
    tx.event("role.changed")


def delete_role(tx: Tx, role: Role) -> None:
    """Raises Conflict when it is built in or somebody has it."""
    if role.builtin:
        raise Conflict("This role is built in.")
    if any(role.name in names for names in tx.conn.execute(select(users.c.roles)).scalars()):
        raise Conflict("Somebody still has this role.")
    tx.conn.execute(delete(roles).where(roles.c.id == role.id))
    tx.event("role.changed")


def list_departments(conn: Connection, actor: Actor) -> list[Department]:
    """Those the actor sees, by name."""
    seen = true() if actor.departments is None else departments.c.id.in_(actor.departments)
    rows = conn.execute(select(departments).where(seen).order_by(departments.c.name, departments.c.id))
    return [_department(row) for row in rows.mappings()]


def get_department(conn: Connection, department_id: int) -> Department:
    """Raises NotFound."""
    row = conn.execute(select(departments).where(departments.c.id == department_id)).mappings().first()
    if row is None:
        raise NotFound
    return _department(row)


def insert_department(tx: Tx, name: str, parent_id: int | None) -> int:
    """A new department below `parent_id`."""
    values = {"name": name, "parent_id": parent_id}
    created = tx.conn.execute(insert(departments).values(**values).returning(departments.c.id)).scalar_one()
    tx.event("department.changed")
    return int(created)


def update_department(tx: Tx, department_id: int, values: Mapping[str, Any]) -> None:
    """Raises Conflict when it would stand below itself."""
    parents = {row.id: row.parent_id for row in tx.conn.execute(select(departments.c.id, departments.c.parent_id))}
    if values.get("parent_id") in visible_departments(parents, [department_id]):
        raise Conflict("A department cannot stand below itself.")
    if values:
        tx.conn.execute(update(departments).where(departments.c.id == department_id).values(**values))
        tx.event("department.changed")


def _department(row: RowMapping) -> Department:
    return Department(row["id"], row["name"], row["parent_id"])
