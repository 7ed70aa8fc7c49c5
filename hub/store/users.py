"""Users, roles and departments: who they are and what they may see and do."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, insert, select, update

from hub.model.actor import Actor
from hub.model.errors import Conflict, NotFound
from hub.model.named import Named
from hub.model.permissions import Permission, effective_permissions, visible_departments
from hub.store.access import visible_users
from hub.store.paging import Order, Page, page
from hub.store.tables import departments, roles, users
from hub.store.unit import Tx


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a login is checked against."""

    id: int
    password_hash: str
    enabled: bool
    failed_logins: int
    locked_until: datetime | None


@dataclass(frozen=True, slots=True)
class User:
    """A user as administrators see them. `granted` and `denied` are this user's differences from the roles.

    `capacity` is how many of each medium at once, `skills` a level per skill.
    """

    id: int
    login: str
    name: str
    language: str
    department: Named | None
    roles: list[str]
    granted: list[str]
    denied: list[str]
    skills: dict[str, int]
    capacity: dict[str, int]
    enabled: bool
    last_login_at: datetime | None
    created_at: datetime


def find_credentials(conn: Connection, login: str) -> Credentials | None:
    """By login name, whatever its case."""
    columns = (users.c.id, users.c.password_hash, users.c.enabled, users.c.failed_logins, users.c.locked_until)
    row = conn.execute(select(*columns).where(users.c.login == login.casefold())).mappings().first()
    return Credentials(**row) if row else None


def password_hash(conn: Connection, user_id: int) -> str:
    """The stored hash; raises NotFound."""
    found = conn.execute(select(users.c.password_hash).where(users.c.id == user_id)).scalar()
    if found is None:
        raise NotFound
    return str(found)


def name_of(conn: Connection, user_id: int) -> str:
    """What people call the user."""
    return str(conn.execute(select(users.c.name).where(users.c.id == user_id)).scalar_one())


def note_failed_login(tx: Tx, user_id: int, limit: int, lock: timedelta) -> None:
    """Count a wrong password; every `limit`-th in a row locks the login, each time twice as long, an hour at most."""
    count: int = tx.conn.execute(
        update(users)
        .where(users.c.id == user_id)
        .values(failed_logins=users.c.failed_logins + 1)
        .returning(users.c.failed_logins)
    ).scalar_one()
    if count % limit == 0:
        longer = min(lock * 2 ** min(count // limit - 1, 10), timedelta(hours=1))
        tx.conn.execute(update(users).where(users.c.id == user_id).values(locked_until=tx.now + longer))


def note_login(tx: Tx, user_id: int) -> None:
    """A right password: the count starts anew."""
    values = {"failed_logins": 0, "locked_until": None, "last_login_at": tx.now}
    tx.conn.execute(update(users).where(users.c.id == user_id).values(**values))


def load_actor(conn: Connection, user_id: int) -> Actor | None:
    """The user with effective permissions and departments; None when gone or disabled."""
    row = conn.execute(select(users).where(users.c.id == user_id, users.c.enabled)).mappings().first()
    if row is None:
        return None
    given = conn.execute(select(roles.c.permissions).where(roles.c.name.in_(row["roles"]))).scalars().all()
    allowed = effective_permissions(given, row["granted"], row["denied"])
    return Actor(row["id"], row["name"], allowed, _departments(conn, row["department_id"]), row["language"])


def managed(conn: Connection, actor: Actor, user_ids: Collection[int]) -> frozenset[int]:
    """Those of these users whom the actor may manage: they see them, and have every right these have."""
    if not actor.may(Permission.USERS_MANAGE):
        return frozenset()
    given = {row.name: row.permissions for row in conn.execute(select(roles.c.name, roles.c.permissions))}
    columns = (users.c.id, users.c.roles, users.c.granted, users.c.denied)
    seen = conn.execute(select(*columns).where(users.c.id.in_(user_ids), visible_users(actor)))
    return frozenset(
        row.id
        for row in seen
        if effective_permissions((given.get(name, []) for name in row.roles), row.granted, row.denied)
        <= actor.permissions
    )


def _departments(conn: Connection, own: int | None) -> frozenset[int] | None:
    if own is None:
        return None  # a user of no department is one of the whole site
    parents = {row.id: row.parent_id for row in conn.execute(select(departments.c.id, departments.c.parent_id))}
    return visible_departments(parents, [own])


def get_user(conn: Connection, actor: Actor, user_id: int) -> User:
    """Raises NotFound unless the actor sees them."""
    row = conn.execute(_users().where(visible_users(actor)).where(users.c.id == user_id)).mappings().first()
    if row is None:
        raise NotFound
    return _user(row)


def list_users(
    conn: Connection, actor: Actor, cursor: str, limit: int, *, q: str = "", role: str = "", enabled: bool | None = None
) -> Page[User]:
    """Users the actor sees, by id. `q` is a piece of the name or login."""
    statement = _users().where(visible_users(actor))
    if q:
        statement = statement.where(
            users.c.name.icontains(q, autoescape=True) | users.c.login.icontains(q, autoescape=True)
        )
    if enabled is not None:
        statement = statement.where(users.c.enabled == enabled)
    if role:
        statement = statement.where(users.c.id.in_(_with_role(conn, role)))
    return page(conn, statement, Order(users.c.id, users.c.id, descending=False), cursor, limit, _user)


def _with_role(conn: Connection, role: str) -> list[int]:
    """Users are few; their roles are a JSON list, which the two databases would search in different ways."""
    return [row.id for row in conn.execute(select(users.c.id, users.c.roles)) if role in row.roles]


def own_profile(conn: Connection, user_id: int) -> tuple[User, dict[str, Any]]:
    """The user themself, with their preferences."""
    row = conn.execute(_users().where(users.c.id == user_id)).mappings().one()
    return _user(row), row["preferences"]


def insert_user(tx: Tx, login: str, password: str, values: Mapping[str, Any]) -> int:
    """A new user; `password` is already hashed. Raises Conflict when the login is taken."""
    folded = login.casefold()
    if tx.conn.execute(select(users.c.id).where(users.c.login == folded)).first():
        raise Conflict("This login is taken.")
    row = {"login": folded, "password_hash": password, "created_at": tx.now, **values}
    created = int(tx.conn.execute(insert(users).values(**row).returning(users.c.id)).scalar_one())
    tx.event("user.changed", user=created)
    return created


def update_user(tx: Tx, user_id: int, values: Mapping[str, Any]) -> None:
    """Change some columns."""
    if values:
        tx.conn.execute(update(users).where(users.c.id == user_id).values(**values))
        tx.event("user.changed", user=user_id)


def require_roles(conn: Connection, names: Iterable[str]) -> None:
    """Raises NotFound when there is no such role."""
    known = set(conn.execute(select(roles.c.name)).scalars())
    if missing := set(names) - known:
        raise NotFound(f"There is no role {sorted(missing)[0]!r}.")


def _users() -> Select[Any]:
    joined = users.outerjoin(departments, departments.c.id == users.c.department_id)
    return select(users, departments.c.name.label("department_name")).select_from(joined)


def _user(row: RowMapping) -> User:
    return User(
        id=row["id"],
        login=row["login"],
        name=row["name"],
        language=row["language"],
        department=Named(row["department_id"], row["department_name"]) if row["department_id"] else None,
        roles=row["roles"],
        granted=row["granted"],
        denied=row["denied"],
        skills=row["skills"],
        capacity=row["capacity"],
        enabled=row["enabled"],
        last_login_at=row["last_login_at"],
        created_at=row["created_at"],
    )
