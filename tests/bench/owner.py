"""The owner of routing with the store: how soon it has taken over, and how fast its offers are committed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from functools import partial

import psutil
from sqlalchemy import func, insert, select

from hub.pipeline.owner.router import Router
from hub.store.database import Store
from hub.store.tables import accounts, interactions, offers, work
from hub.store.unit import Tx
from tests.bench.crowd import crowd
from tests.bench.floors import commits
from tests.bench.place import DATABASES, Place, place
from tests.bench.row import Measure, Row, Unfinished, scaled

AGENTS, OFFERED = 1000, 3000  # three chats each
WITHIN = 120.0
CHUNK = 2000


def measures(scale: float) -> list[Measure]:
    """One a database and number waiting."""
    return [
        Measure(f"owner, {kind}, {waiting}", partial(_rows, kind, scaled(waiting, scale, 10), scale))
        for kind in DATABASES
        for waiting in (1_000, 100_000)
    ]


def _rows(kind: str, waiting: int, scale: float) -> Iterator[Row]:
    with place(kind) as where, asyncio.Runner() as runner:
        rows = _measured(where, waiting, scale)
        while (row := runner.run(_next(rows))) is not None:
            yield row


async def _next(rows: AsyncIterator[Row]) -> Row | None:
    return await anext(rows, None)


async def _measured(where: Place, waiting: int, scale: float) -> AsyncIterator[Row]:
    """A router that finds so many waiting and all agents free."""
    await crowd(where, scaled(AGENTS, scale, 5))
    floor = 1000 / (sum(await commits(where)) / 200)
    store = await Store.open(where.database, key_file=where.folder / "site.key", node="bench")
    routing = None
    try:
        await _fill(store, waiting)
        before = psutil.Process().memory_info().rss
        started, routing = time.perf_counter(), asyncio.create_task(Router(store).run())
        first = await _until(store, 1, started)
        aim = "≤ 5 s" if waiting <= 1000 else "≤ 10 s"
        held = (psutil.Process().memory_info().rss - before) / 2**20
        yield Row(f"take over, {waiting} waiting", first, "s", aim=aim, memory=held, note=where.kind)
        wanted = min(scaled(OFFERED, scale, 10), waiting)
        await _until(store, wanted, started)
        rate = wanted / (time.time() - await _first_transaction(store))
        yield Row("committed offers", rate, "offers/s", floor, "≥ 300", note=f"{where.kind}; {wanted} of {waiting}")
    finally:
        if routing is not None:
            routing.cancel()
            await asyncio.gather(routing, return_exceptions=True)
        await store.close()


async def _first_transaction(store: Store) -> float:
    """When the first that committed offers began."""
    began = await store.read(lambda conn: conn.execute(select(func.min(offers.c.created_at))).scalar_one())
    return float(began.timestamp())


async def _fill(store: Store, waiting: int) -> None:
    for start in range(0, waiting, CHUNK):
        await store.write(partial(_add, numbers=range(start, min(start + CHUNK, waiting))))


def _add(tx: Tx, numbers: range) -> None:
    """Chats in the queue, without messages: routing does not look at them."""
    account = tx.conn.execute(select(accounts).where(accounts.c.queue_id.is_not(None))).mappings().first()
    assert account is not None
    since = tx.now - timedelta(hours=1)
    plain = {"channel": account["channel"], "medium": "LIVE_TEXT", "queue_id": account["queue_id"]}
    times = [since + timedelta(milliseconds=number) for number in numbers]
    rows = [
        {**plain, "account_id": account["id"], "state": "QUEUED", "created_at": at, "enqueued_at": at, "updated_at": at}
        for at in times
    ]
    ids = tx.conn.execute(insert(interactions).returning(interactions.c.id, sort_by_parameter_order=True), rows)
    works = [
        {**plain, "interaction_id": number, "requirement": {"skills": {}}, "enqueued_at": at, "created_at": at}
        for number, at in zip(ids.scalars(), times, strict=True)
    ]
    tx.conn.execute(insert(work), works)


async def _until(store: Store, count: int, started: float) -> float:
    """Seconds until so many offers are committed."""
    while time.perf_counter() < started + WITHIN:
        made = await store.read(lambda conn: conn.execute(select(func.count()).select_from(offers)).scalar_one())
        if made >= count:
            return time.perf_counter() - started
        await asyncio.sleep(0.01)
    raise Unfinished(f"no {count} offers within {WITHIN:.0f} s")
