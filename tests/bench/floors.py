"""What the disk alone takes: one small durable commit after another, with nothing around them."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from contextlib import closing

import asyncpg

from tests.bench.place import Place

BODY = b"x" * 2000


async def commits(where: Place, count: int = 200) -> list[float]:
    """Milliseconds that each of `count` commits took on this database."""
    if where.kind == "sqlite":
        return await asyncio.to_thread(_sqlite, where, count)
    server = await asyncpg.connect(where.database)
    try:
        await server.execute("CREATE TABLE floor (body bytea)")
        spans = []
        for _ in range(count):
            started = time.perf_counter()
            await server.execute("INSERT INTO floor VALUES ($1)", BODY)
            spans.append(1000 * (time.perf_counter() - started))
        await server.execute("DROP TABLE floor")
        return spans
    finally:
        await server.close()


def _sqlite(where: Place, count: int) -> list[float]:
    with closing(sqlite3.connect(where.folder / "commits.db", isolation_level=None)) as bare:
        bare.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE floor (body BLOB)")
        spans = []
        for _ in range(count):
            started = time.perf_counter()
            bare.execute("INSERT INTO floor VALUES (?)", (BODY,))
            spans.append(1000 * (time.perf_counter() - started))
        return spans
