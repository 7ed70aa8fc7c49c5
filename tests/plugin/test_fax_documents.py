"""Where many write at once, a fax's document is kept once, and is there as long as a fax needs it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.store.postgres import engine
from plugins.fax.outgoing import jobs
from plugins.fax.states import JobState
from plugins.fax.tables import metadata

TIFF = b"II"
Work = Callable[[Connection], None]
WAITING = text("select count(*) from pg_locks where not granted and pid != pg_backend_pid()")


@pytest.fixture
async def database(postgresql_url: str) -> AsyncIterator[AsyncEngine]:
    found = engine(postgresql_url, 3)
    async with found.begin() as conn:
        await conn.run_sync(metadata.create_all)
    yield found
    await found.dispose()


def put(conn: Connection, delivery: int) -> None:
    now = datetime.now(UTC)
    values = {
        "delivery_id": delivery, "message_id": 2, "interaction_id": 3, "account_id": 4, "number": "+8613800138000",
        "document": jobs.keep(conn, TIFF, 1), "pages": 1, "on_call": False, "recipient_id": None, "due_at": now,
        "give_up_at": now + timedelta(hours=1),
    }  # fmt: skip
    jobs.put(conn, "me", now, values)


def fail(conn: Connection, delivery: int) -> None:
    job = jobs.find(conn, delivery)
    assert job is not None and jobs.move(conn, "me", job, JobState.FAILED) is not None


async def at_once(database: AsyncEngine, first: Work, second: Work) -> None:
    """The second begins before the first is committed."""
    async with asyncio.timeout(30), database.connect() as one, database.connect() as other:
        await one.run_sync(first)
        waiting = asyncio.create_task(other.run_sync(second))
        await one_waits(database)
        await one.commit()
        await waiting
        await other.commit()


async def test_two_that_bring_the_same_one_at_once_both_have_it(database: AsyncEngine) -> None:
    await at_once(database, partial(put, delivery=1), partial(put, delivery=2))
    assert await kept_for(database, 2) == TIFF


async def test_one_that_ends_takes_it_from_no_other_that_just_came(database: AsyncEngine) -> None:
    async with database.begin() as conn:
        await conn.run_sync(put, 1)
    await at_once(database, partial(put, delivery=2), partial(fail, delivery=1))
    assert await kept_for(database, 2) == TIFF


async def kept_for(database: AsyncEngine, delivery: int) -> bytes:
    async with database.connect() as conn:
        job = await conn.run_sync(jobs.find, delivery)
        assert job is not None
        return await conn.run_sync(jobs.document, job.document)


async def one_waits(database: AsyncEngine) -> None:
    async with database.connect() as watching:
        while not (await watching.execute(WAITING)).scalar_one():
            await watching.rollback()
