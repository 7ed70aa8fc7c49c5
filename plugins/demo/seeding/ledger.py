"""What the site has been filled with, so that nothing is made twice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import sqlalchemy as sa

from hub.api import PluginStore

_table = sa.Table(
    "demo_seeded",
    sa.MetaData(),
    sa.Column("key", sa.String(200), primary_key=True),
    sa.Column("ref", sa.BigInteger, nullable=False),
)

Make = Callable[[], Awaitable[int]]
Find = Callable[[], Awaitable[int | None]]


class Ledger:
    """Keys of what was made, with the ids the hub gave them."""

    def __init__(self, store: PluginStore, made: dict[str, int]) -> None:
        self._store, self._made = store, made
        self._doubtful = bool(made)  # an earlier run was cut off: its last step may be done and not be noted

    @classmethod
    async def read(cls, store: PluginStore) -> Ledger:
        """As it stands in the database."""
        return cls(store, dict(await store.read(lambda conn: [tuple(row) for row in conn.execute(sa.select(_table))])))

    def __contains__(self, key: str) -> bool:
        return key in self._made

    def __getitem__(self, key: str) -> int:
        return self._made[key]

    def get(self, key: str) -> int | None:
        """The id of what was made, or None."""
        return self._made.get(key)

    async def note(self, key: str, ref: int) -> None:
        """It is made."""
        await self._store.write(lambda conn: conn.execute(sa.insert(_table).values(key=key, ref=ref)))
        self._made[key] = ref

    async def once(self, key: str, make: Make, find: Find) -> int:
        """The id of what `make` makes, now or before; the first step after an interruption looks before it makes."""
        if key not in self._made:
            found = await find() if self._doubtful else None
            self._doubtful = False
            await self.note(key, found or await make())
        return self._made[key]
