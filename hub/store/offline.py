"""Work on a database before anybody serves from it: one transaction on a connection of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import Connection

from hub.store import sqlite

T = TypeVar("T")


def on_database(url: str, work: Callable[[Connection], T], *, reading: bool = False) -> T:
    """Run `work` in one transaction. Safe to call from anywhere; `reading`, also beside a hub that writes."""
    if url.startswith("sqlite"):
        return _on_sqlite(url, work, "BEGIN" if reading else "BEGIN IMMEDIATE")
    with ThreadPoolExecutor(1) as thread:  # asyncpg needs a loop, and the caller may be inside one
        return thread.submit(asyncio.run, _on_postgres(url, work)).result()


def _on_sqlite(url: str, work: Callable[[Connection], T], begin: str) -> T:
    engine = sqlite.engine(url, begin=begin)
    try:
        with engine.begin() as conn:
            return work(conn)
    finally:
        engine.dispose()


async def _on_postgres(url: str, work: Callable[[Connection], T]) -> T:
    from hub.store import postgres  # its driver is a tenth of a start, and SQLite needs none of it

    engine = postgres.engine(url, 1)
    try:
        async with engine.begin() as conn:
            return await conn.run_sync(work)
    finally:
        await engine.dispose()
