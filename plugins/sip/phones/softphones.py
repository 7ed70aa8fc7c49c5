"""Agents' browsers that are open as phones, in the plugin's own tables: at which node each is, and which of an agent's
devices ring at all."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Final

import sqlalchemy as sa
from sqlalchemy import Connection

from hub.api import PluginStore

LASTS: Final = 90
"""Seconds that a browser is believed to be open by the word of its node, which says it again in time."""
LEG: Final = "Hub-Leg"
"""The header by which a browser learns what the core calls this leg."""
_meta = sa.MetaData()
SOFTPHONES = sa.Table(
    "sip_softphones",
    _meta,
    sa.Column("user_id", sa.Integer, primary_key=True),
    *(sa.Column(name, sa.Text) for name in ("token", "name", "host")),
    sa.Column("port", sa.Integer),
    sa.Column("expires_at", sa.BigInteger),
)
RINGING = sa.Table(
    "sip_ringing", _meta, sa.Column("user_id", sa.Integer, primary_key=True), sa.Column("rings", sa.Text)
)


class Rings(StrEnum):
    """Which of an agent's devices ring, as they chose."""

    ALL = "all"
    BROWSER = "browser"
    PHONE = "phone"
    OUTSIDE = "outside"

    def includes(self, kind: Rings) -> bool:
        """Whether a device of this kind rings."""
        return self in (Rings.ALL, kind)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an agent's browser is called: as `token`, which only nodes know, at its node's port. `name` is shown."""

    user_id: int
    token: str
    name: str
    host: str
    port: int

    @property
    def uri(self) -> str:
        """To be called."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"sip:{self.token}@{host}:{self.port}"


class Softphones:
    """The tables."""

    def __init__(self, store: PluginStore) -> None:
        self._store = store

    async def of_user(self, user_id: int) -> Place | None:
        """Where an agent's browser is open; None where none is."""
        return await self._store.read(lambda conn: place(conn, user_id))

    async def change(self, opened: Collection[Place], closed: Collection[Place]) -> None:
        """Browsers that are open here now, and nowhere else any more; and some that are closed, unless they are open
        elsewhere by now."""
        await self._store.write(lambda conn: _change(conn, opened, closed))

    async def keep(self, here: Collection[Place]) -> None:
        """These are still open, but for whom another has been opened elsewhere."""
        await self._store.write(lambda conn: _keep(conn, here))

    async def rings(self, user_id: int) -> Rings:
        """Which of their devices ring."""
        mine = sa.select(RINGING.c.rings).where(RINGING.c.user_id == user_id)
        chosen: str | None = await self._store.read(lambda conn: conn.execute(mine).scalar())
        return Rings(chosen) if chosen else Rings.ALL

    async def choose(self, user_id: int, rings: Rings) -> None:
        """From now on."""
        await self._store.write(lambda conn: _choose(conn, user_id, rings))


def place(conn: Connection, user_id: int) -> Place | None:
    """Where an agent's browser is open now."""
    open_now = (SOFTPHONES.c.user_id == user_id) & (SOFTPHONES.c.expires_at > int(time.time()))
    row = conn.execute(sa.select(SOFTPHONES).where(open_now)).mappings().first()
    return Place(row["user_id"], row["token"], row["name"], row["host"], row["port"]) if row else None


def _change(conn: Connection, opened: Collection[Place], closed: Collection[Place]) -> None:
    conn.execute(SOFTPHONES.delete().where(SOFTPHONES.c.token.in_([each.token for each in closed])))
    _put(conn, opened)


def _keep(conn: Connection, here: Collection[Place]) -> None:
    """What was lost from the table is put there again."""
    now, users = int(time.time()), [each.user_id for each in here]
    mine = SOFTPHONES.c.token.in_([each.token for each in here])
    conn.execute(SOFTPHONES.update().where(mine).values(expires_at=now + LASTS))
    known = sa.select(SOFTPHONES.c.user_id).where(SOFTPHONES.c.user_id.in_(users), SOFTPHONES.c.expires_at > now)
    listed = set(conn.scalars(known))
    _put(conn, [each for each in here if each.user_id not in listed])


def _put(conn: Connection, here: Collection[Place]) -> None:
    if here:
        users, until = [each.user_id for each in here], int(time.time()) + LASTS
        conn.execute(SOFTPHONES.delete().where(SOFTPHONES.c.user_id.in_(users)))
        conn.execute(SOFTPHONES.insert(), [asdict(each) | {"expires_at": until} for each in here])


def _choose(conn: Connection, user_id: int, rings: Rings) -> None:
    conn.execute(RINGING.delete().where(RINGING.c.user_id == user_id))
    conn.execute(RINGING.insert().values(user_id=user_id, rings=rings.value))
