"""Raw accept in process, with FULL durability, against bare grouped commits of the same bytes."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing

from sqlalchemy import insert

from hub.store import raws
from hub.store.database import Store
from hub.store.tables import accounts
from hub.store.unit import Tx
from tests.bench.place import Place, place
from tests.bench.row import Row

BODY = b"x" * 2000
CLIENTS = 64
GROUP = 64
COUNT = 6000


def rows() -> Iterator[Row]:
    """SQLite is the one with a floor: the same inserts, grouped, with nothing around them."""
    with place("sqlite") as where:
        floor = _floor(where)
        yield Row(
            "raw accept, 64 clients", asyncio.run(_accept(where)), "inputs/s", floor, "≥ 2000", note="sqlite FULL"
        )
    with place("postgresql") as where:
        yield Row("raw accept, 64 clients", asyncio.run(_accept(where)), "inputs/s", note="postgresql fsync")


async def _accept(where: Place) -> float:
    store = await Store.open(where.database, key_file=where.folder / "key")
    account = await store.write(_account)
    started = time.perf_counter()
    await asyncio.gather(*(_client(store, account) for _ in range(CLIENTS)))
    rate = COUNT / (time.perf_counter() - started)
    await store.close()
    return rate


async def _client(store: Store, account: int) -> None:
    def add(tx: Tx) -> int:
        return raws.add(tx, channel="x", account_id=account, connection_id=None, body=BODY, meta={}, node="bench")

    for _ in range(COUNT // CLIENTS):
        await store.write(add)


def _account(tx: Tx) -> int:
    made = tx.conn.execute(insert(accounts), {"channel": "x", "name": "x", "settings": {}}).inserted_primary_key
    assert made is not None
    return int(made[0])


def _floor(where: Place) -> float:
    with closing(sqlite3.connect(where.folder / "floor.db", isolation_level=None)) as bare:
        bare.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE raws (id INTEGER PRIMARY KEY, body BLOB)"
        )
        started = time.perf_counter()
        for _ in range(COUNT // GROUP):
            bare.execute("BEGIN IMMEDIATE")
            for _ in range(GROUP):
                bare.execute("INSERT INTO raws (body) VALUES (?)", (BODY,))
            bare.execute("COMMIT")
        return COUNT / (time.perf_counter() - started)
