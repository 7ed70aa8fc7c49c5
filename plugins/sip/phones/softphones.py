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

    async def put(self, here: Place) -> None:
        """Their browser is open here; wherever it was open before, it is not any more."""
        await self._store.write(lambda conn: _put(conn, here))

    async def drop(self, here: Place) -> None:
        """It is closed, unless it is open elsewhere by now."""
        mine = (SOFTPHONES.c.user_id == here.user_id) & (SOFTPHONES.c.token == here.token)
        await self._store.write(lambda conn: conn.execute(SOFTPHONES.delete().where(mine)))

    async def keep(self, tokens: Collection[str]) -> None:
        """These are still open."""
        until = int(time.time()) + LASTS
        change = SOFTPHONES.update().where(SOFTPHONES.c.token.in_(tokens)).values(expires_at=until)
        await self._store.write(lambda conn: conn.execute(change))

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


def _put(conn: Connection, here: Place) -> None:
    conn.execute(SOFTPHONES.delete().where(SOFTPHONES.c.user_id == here.user_id))
    conn.execute(SOFTPHONES.insert().values(**asdict(here), expires_at=int(time.time()) + LASTS))


def _choose(conn: Connection, user_id: int, rings: Rings) -> None:
    conn.execute(RINGING.delete().where(RINGING.c.user_id == user_id))
    conn.execute(RINGING.insert().values(user_id=user_id, rings=rings.value))
