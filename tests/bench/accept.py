"""Raw accept in process, with FULL durability, against bare grouped commits of the same bytes."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import partial

import asyncpg
from sqlalchemy import insert

from hub.pipeline.together import Together
from hub.store import raws
from hub.store.database import Store
from hub.store.raws import NewRaw
from hub.store.tables import accounts
from hub.store.unit import Tx
from tests.bench.place import DATABASES, Place, place
from tests.bench.row import Measure, Row, scaled

BODY = b"x" * 2000
CLIENTS = 64
COUNT = 6000


def measures(scale: float) -> list[Measure]:
    """One a database, with its durability as in production."""
    return [Measure(f"accept, {kind}", partial(_rows, kind, scaled(COUNT, scale, CLIENTS))) for kind in DATABASES]


def _rows(kind: str, count: int) -> Iterator[Row]:
    rounds = count // CLIENTS
    with place(kind) as where:
        floor = _sqlite_floor(where, rounds) if kind == "sqlite" else asyncio.run(_postgresql_floor(where, rounds))
        rate = asyncio.run(_accept(where, rounds))
    yield Row(f"raw accept, {CLIENTS} clients", rate, "inputs/s", floor, "≥ 2000", note=kind)


async def _accept(where: Place, rounds: int) -> float:
    store = await Store.open(where.database, key_file=where.folder / "key")
    account = await store.write(_account)
    new = NewRaw("x", account, None, BODY, {})

    async def keep(heard: Sequence[NewRaw]) -> Sequence[int]:
        return await store.write(lambda tx: raws.add_all(tx, heard, "bench"))

    together: Together[NewRaw, int] = Together(keep)  # as the hub's receiver does
    started = time.perf_counter()
    await asyncio.gather(*(_client(together, new, rounds) for _ in range(CLIENTS)))
    rate = rounds * CLIENTS / (time.perf_counter() - started)
    await store.close()
    return rate


async def _client(together: Together[NewRaw, int], new: NewRaw, rounds: int) -> None:
    for _ in range(rounds):
        await together.ask(new)


def _account(tx: Tx) -> int:
    made = tx.conn.execute(insert(accounts), {"channel": "x", "name": "x", "settings": {}}).inserted_primary_key
    assert made is not None
    return int(made[0])


def _sqlite_floor(where: Place, rounds: int) -> float:
    """The same inserts, as many in one commit as there are clients."""
    with closing(sqlite3.connect(where.folder / "floor.db", isolation_level=None)) as bare:
        bare.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE raws (id INTEGER PRIMARY KEY, body BLOB)"
        )
        started = time.perf_counter()
        for _ in range(rounds):
            bare.execute("BEGIN IMMEDIATE")
            for _ in range(CLIENTS):
                bare.execute("INSERT INTO raws (body) VALUES (?)", (BODY,))
            bare.execute("COMMIT")
        return rounds * CLIENTS / (time.perf_counter() - started)


async def _postgresql_floor(where: Place, rounds: int) -> float:
    """The same, each insert a statement of its own."""
    bare = await asyncpg.connect(where.database)
    try:
        await bare.execute("CREATE TABLE floor (id bigserial PRIMARY KEY, body bytea)")
        started = time.perf_counter()
        for _ in range(rounds):
            async with bare.transaction():
                for _ in range(CLIENTS):
                    await bare.fetchval("INSERT INTO floor (body) VALUES ($1) RETURNING id", BODY)
        return rounds * CLIENTS / (time.perf_counter() - started)
    finally:
        await bare.close()
