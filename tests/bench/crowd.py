"""A thousand agents without a thousand logins: copies of the site's own agent, at work, each with a token."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select

from hub.store.database import Store
from hub.store.sessions import insert_api_token
from hub.store.tables import presence, queue_members, users
from hub.store.unit import Tx
from hub.web.sessions import API_PREFIX
from tests.bench.place import Place, hub
from tests.support.hub_process import HubProcess

Opening = Callable[[Place], AbstractAsyncContextManager[HubProcess]]
FULL = {"VOICE": 0, "LIVE_TEXT": 0, "DEFERRED": 0}


@dataclass(frozen=True, slots=True)
class Crowd:
    """Tokens: the administrator's, and the working agents' by user id."""

    admin: str
    agents: dict[int, str]


async def crowd(where: Place, working: int, idle: int = 0, opening: Opening = hub) -> Crowd:
    """Set the site up and fill it. All are READY and take work from the queue; the idle ones have no room for any, so
    that routing has to pass over them each time."""
    async with opening(where):
        pass
    store = await Store.open(where.database, key_file=where.folder / "site.key")
    try:
        return await store.write(lambda tx: _fill(tx, working, idle))
    finally:
        await store.close()


def _fill(tx: Tx, working: int, idle: int) -> Crowd:
    model = dict(tx.conn.execute(select(users).where(users.c.login == "agent1")).mappings().one())
    admin = tx.conn.execute(select(users.c.id).where(users.c.login == "admin")).scalar_one()
    mine = select(queue_members.c.queue_id).where(queue_members.c.user_id == model.pop("id"))
    queue = tx.conn.execute(mine).scalar_one()
    working_ids = _copies(tx, {**model, "capacity": {}}, "working", working)
    everybody = working_ids + _copies(tx, {**model, "capacity": FULL}, "idle", idle)
    tx.conn.execute(insert(queue_members), [{"user_id": user, "queue_id": queue} for user in everybody])
    tx.conn.execute(insert(presence), [{"user_id": user, "state": "READY", "since": tx.now} for user in everybody])
    return Crowd(_token(tx, admin), {user: _token(tx, user) for user in working_ids})


def _copies(tx: Tx, model: dict[str, Any], name: str, count: int) -> list[int]:
    if not count:
        return []
    logins = [f"{name}{number}" for number in range(count)]
    tx.conn.execute(insert(users), [{**model, "login": login, "name": login} for login in logins])
    return list(tx.conn.execute(select(users.c.id).where(users.c.login.in_(logins))).scalars())


def _token(tx: Tx, user_id: int) -> str:
    token = API_PREFIX + secrets.token_urlsafe(24)
    insert_api_token(tx, user_id, "bench", token, None)
    return token
