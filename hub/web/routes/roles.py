"""Roles, and the tree of departments."""

from __future__ import annotations

from typing import Any

from hub.model.actor import Actor
from hub.model.errors import Conflict, Forbidden
from hub.model.permissions import Permission
from hub.store import access, admin_roles
from hub.store.admin_roles import Department, Role
from hub.store.unit import Tx
from hub.web.call import Call
from hub.web.fields import Body, Id, Name
from hub.web.routes.users import MANAGE, Permissions
from hub.web.routing import Routes

routes = Routes("users")


class NewRole(Body):
    """A set of permissions under a name."""

    name: Name
    permissions: Permissions


class RoleChange(Body):
    """All that the role permits; built-in roles are as they are."""

    permissions: Permissions


class NewDepartment(Body):
    """`parent` null stands at the top."""

    name: Name
    parent: Id | None = None


class DepartmentChange(Body):
    """A department cannot stand below itself."""

    name: Name | None = None
    parent: Id | None = None


@routes.get("/roles")
async def list_roles(call: Call) -> list[Role]:
    """All roles with their permissions."""
    return await call.read(admin_roles.list_roles)


@routes.post("/roles", Permission.ROLES_MANAGE, status=201)
async def create_role(call: Call, body: NewRole) -> Role:
    """Add a role."""
    return await call.write(lambda tx: _create_role(call, tx, body))


@routes.patch("/roles/{role_id}", Permission.ROLES_MANAGE)
async def change_role(call: Call, role_id: int, body: RoleChange) -> Role:
    """Change what a role permits; it holds from the next request on."""
    return await call.write(lambda tx: _change_role(call, tx, role_id, body))


@routes.delete("/roles/{role_id}", Permission.ROLES_MANAGE)
async def delete_role(call: Call, role_id: int) -> None:
    """Remove a role nobody has; built-in ones stay."""
    await call.write(lambda tx: _delete_role(call, tx, role_id))


@routes.get("/departments")
async def list_departments(call: Call) -> list[Department]:
    """The departments one sees, as a flat list of a tree."""
    return await call.read(lambda conn: admin_roles.list_departments(conn, call.actor))


@routes.post("/departments", MANAGE, status=201)
async def create_department(call: Call, body: NewDepartment) -> Department:
    """Add a department."""
    return await call.write(lambda tx: _create_department(call, tx, body))


@routes.patch("/departments/{department_id}", MANAGE)
async def change_department(call: Call, department_id: int, body: DepartmentChange) -> Department:
    """Rename or move a department."""
    return await call.write(lambda tx: _change_department(call, tx, department_id, body))


def _create_role(call: Call, tx: Tx, body: NewRole) -> Role:
    _check_permissions(call.actor, body.permissions)
    created = admin_roles.insert_role(tx, body.name, body.permissions)
    call.record(tx, "role.created", "role", created, permissions=body.permissions)
    return admin_roles.get_role(tx.conn, created)


def _change_role(call: Call, tx: Tx, role_id: int, body: RoleChange) -> Role:
    before = admin_roles.get_role(tx.conn, role_id)
    if before.builtin:
        raise Conflict("This role is built in; make one of your own.")
    _check_permissions(call.actor, set(before.permissions) ^ set(body.permissions))
    admin_roles.update_role(tx, role_id, body.permissions)
    tx.after_commit(call.node.sessions.forget)
    call.record(tx, "role.changed", "role", role_id, before=before.permissions, after=body.permissions)
    return admin_roles.get_role(tx.conn, role_id)


def _delete_role(call: Call, tx: Tx, role_id: int) -> None:
    role = admin_roles.get_role(tx.conn, role_id)
    admin_roles.delete_role(tx, role)
    call.record(tx, "role.deleted", "role", role_id, name=role.name)


def _check_permissions(actor: Actor, permissions: list[str] | set[str]) -> None:
    if not set(permissions) <= actor.permissions:
        raise Forbidden("You cannot give or take rights you do not have.")


def _create_department(call: Call, tx: Tx, body: NewDepartment) -> Department:
    access.require_department(tx.conn, call.actor, body.parent)
    created = admin_roles.insert_department(tx, body.name, body.parent)
    tx.after_commit(call.node.sessions.forget)
    call.record(tx, "department.created", "department", created)
    return admin_roles.get_department(tx.conn, created)


def _change_department(call: Call, tx: Tx, department_id: int, body: DepartmentChange) -> Department:
    access.require_department(tx.conn, call.actor, department_id)
    values: dict[str, Any] = {"name": body.name} if body.name else {}
    if "parent" in body.model_fields_set:
        access.require_department(tx.conn, call.actor, body.parent)
        values["parent_id"] = body.parent
    admin_roles.update_department(tx, department_id, values)
    tx.after_commit(call.node.sessions.forget)
    call.record(tx, "department.changed", "department", department_id, fields=sorted(values))
    return admin_roles.get_department(tx.conn, department_id)
