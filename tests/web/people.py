"""Who works at the site the tests speak of."""

from __future__ import annotations

from dataclasses import dataclass

import httpx
from sqlalchemy import insert, select
from starlette.applications import Starlette

from hub.model.permissions import BUILT_IN_ROLES
from hub.store.tables import departments, roles, users
from hub.store.unit import Tx
from hub.web.passwords import hash_password

PASSWORD = "correct horse battery"
HASH = hash_password(PASSWORD)
BASE = "http://hub.test"


@dataclass(frozen=True, slots=True)
class Ids:
    """What `insert_people` made. `sales` and `service` are the two departments."""

    sales: int
    service: int
    users: dict[str, int]


class People:
    """Gives clients: `await people.client("agent")` is logged in by token."""

    def __init__(self, app: Starlette, ids: Ids) -> None:
        self.app = app
        self.transport = httpx.ASGITransport(app)
        self.ids = ids

    def stranger(self) -> httpx.AsyncClient:
        """Somebody not logged in."""
        return httpx.AsyncClient(transport=self.transport, base_url=f"{BASE}/api/v1")

    async def client(self, login: str) -> httpx.AsyncClient:
        """A user with a bearer token."""
        client = self.stranger()
        token = await log_in(client, login)
        client.cookies.clear()
        client.headers["authorization"] = f"Bearer {token}"
        return client

    async def browser(self, login: str) -> httpx.AsyncClient:
        """A user with the cookie and no more."""
        client = self.stranger()
        await log_in(client, login)
        return client


async def log_in(client: httpx.AsyncClient, login: str, password: str = PASSWORD) -> str:
    """The token; the client keeps the cookie."""
    answer = await client.post("/login", json={"login": login, "password": password})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["token"])


def insert_people(tx: Tx) -> Ids:
    """The built-in roles, two departments, and: admin, supervisor and agent of sales; of service
    other, an agent, and head, who may do everything there; nobody."""
    known = set(tx.conn.execute(select(roles.c.name)).scalars())
    for name, permissions in BUILT_IN_ROLES.items():
        if name not in known:
            tx.conn.execute(insert(roles).values(name=name, permissions=sorted(permissions), builtin=True))
    sales, service = (_department(tx, name) for name in ("Sales", "Service"))
    made = {
        "admin": _user(tx, "admin", ["admin"], None),
        "supervisor": _user(tx, "supervisor", ["supervisor"], sales),
        "agent": _user(tx, "agent", ["agent"], sales),
        "other": _user(tx, "other", ["agent"], service),
        "head": _user(tx, "head", ["admin"], service),
        "nobody": _user(tx, "nobody", [], sales),
    }
    return Ids(sales, service, made)


def _department(tx: Tx, name: str) -> int:
    return int(tx.conn.execute(insert(departments).values(name=name).returning(departments.c.id)).scalar_one())


def _user(tx: Tx, login: str, names: list[str], department: int | None) -> int:
    row = {"login": login, "name": login.title(), "password_hash": HASH, "roles": names, "created_at": tx.now}
    statement = insert(users).values(**row, department_id=department).returning(users.c.id)
    return int(tx.conn.execute(statement).scalar_one())
