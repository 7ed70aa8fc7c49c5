"""Users."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from sqlalchemy import Connection

from hub.model.actor import Actor
from hub.model.errors import Conflict, Forbidden
from hub.model.permissions import Permission
from hub.store import access, admin_roles, users
from hub.store.paging import Page
from hub.store.unit import Tx
from hub.store.users import User
from hub.web.call import Call
from hub.web.fields import Body, Id, Language, Name, Paging, QueryFlag, Short, integral
from hub.web.routes.login import Password
from hub.web.routing import Routes

routes = Routes("users")
MANAGE = Permission.USERS_MANAGE
RIGHTS = frozenset({"roles", "granted", "denied", "department_id", "enabled", "password_hash"})
LoginName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9@._+-]{0,78}$")]
PermissionName = Annotated[str, Field(pattern=r"^[a-z_]+(\.[a-z_]+)+$", max_length=80)]
Permissions = Annotated[list[PermissionName], Field(max_length=200)]
Level = Annotated[int, Field(ge=0, le=100), BeforeValidator(integral)]
Levels = Annotated[dict[Short, Level], Field(max_length=200)]


class UserFilter(Paging):
    """`q` is a piece of the name or the login."""

    q: Short = ""
    role: Short = ""
    enabled: QueryFlag | None = None


class NewUser(Body):
    """`department` null is the whole site."""

    login: LoginName
    name: Name
    password: Password
    language: Language = "en"
    department: Id | None = None
    roles: Annotated[list[Short], Field(max_length=20)] = Field(default_factory=list)
    granted: Permissions = Field(default_factory=list)
    denied: Permissions = Field(default_factory=list)
    skills: Levels = Field(default_factory=dict)
    capacity: Levels = Field(default_factory=dict)


class UserChange(Body):
    """Only what is named changes. A change of rights ends the user's sessions."""

    name: Name | None = None
    password: Password | None = None
    language: Language | None = None
    department: Id | None = None
    roles: Annotated[list[Short], Field(max_length=20)] | None = None
    granted: Permissions | None = None
    denied: Permissions | None = None
    skills: Levels | None = None
    capacity: Levels | None = None
    enabled: bool | None = None


@routes.get("/users", MANAGE)
async def list_users(call: Call, query: UserFilter) -> Page[User]:
    """Users of one's own departments and those below."""
    return await call.read(
        lambda conn: users.list_users(
            conn, call.actor, query.cursor, query.limit, q=query.q, role=query.role, enabled=query.enabled
        )
    )


@routes.post("/users", MANAGE, status=201)
async def create_user(call: Call, body: NewUser) -> User:
    """Add a user. Nobody can give rights they do not have."""
    hashed = await call.node.passwords.hash(body.password)
    return await call.write(lambda tx: _create(call, tx, body, hashed))


@routes.get("/users/{user_id}", MANAGE)
async def get_user(call: Call, user_id: int) -> User:
    """One user."""
    return await call.read(lambda conn: users.get_user(conn, call.actor, user_id))


@routes.patch("/users/{user_id}", MANAGE)
async def change_user(call: Call, user_id: int, body: UserChange) -> User:
    """Change a user; a change of rights ends their sessions."""
    hashed = await call.node.passwords.hash(body.password) if body.password else None
    return await call.write(lambda tx: _change(call, tx, user_id, body, hashed))


def _create(call: Call, tx: Tx, body: NewUser, hashed: str) -> User:
    values = body.model_dump(exclude={"login", "password", "department"}) | {"department_id": body.department}
    _check_rights(tx.conn, call.actor, values)
    created = users.insert_user(tx, body.login, hashed, values)
    call.record(tx, "user.created", "user", created, roles=body.roles)
    return users.get_user(tx.conn, call.actor, created)


def _change(call: Call, tx: Tx, user_id: int, body: UserChange, hashed: str | None) -> User:
    users.get_user(tx.conn, call.actor, user_id)
    values = body.model_dump(exclude_unset=True, exclude={"password", "department"})
    values = {name: value for name, value in values.items() if value is not None}
    if "department" in body.model_fields_set:
        values["department_id"] = body.department
    if hashed:
        values["password_hash"] = hashed
    _check_change(call, tx.conn, user_id, values)
    users.update_user(tx, user_id, values)
    if RIGHTS & values.keys():
        call.node.sessions.end_all(tx, user_id)
    call.record(tx, "user.changed", "user", user_id, fields=sorted(values))
    return users.get_user(tx.conn, call.actor, user_id)


def _check_change(call: Call, conn: Connection, user_id: int, values: dict[str, Any]) -> None:
    if user_id == call.actor.user_id and {"roles", "granted", "denied", "enabled", "department_id"} & values.keys():
        raise Conflict("Nobody changes their own rights; ask another administrator.")
    target = users.load_actor(conn, user_id)
    if target and not target.permissions <= call.actor.permissions:
        raise Forbidden("This user has rights you do not have.")
    _check_rights(conn, call.actor, values)


def _check_rights(conn: Connection, actor: Actor, values: dict[str, Any]) -> None:
    """Nobody gives what they do not have: permissions, or a department outside their own."""
    users.require_roles(conn, values.get("roles", []))
    given = admin_roles.permissions_of(conn, values.get("roles", [])) | set(values.get("granted", []))
    if not given <= actor.permissions:
        raise Forbidden("You cannot give rights you do not have.")
    if "department_id" in values:
        access.require_department(conn, actor, values["department_id"])
