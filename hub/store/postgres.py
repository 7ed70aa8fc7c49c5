"""PostgreSQL: asyncpg underneath, a few writers that commit in groups, one listener for what other nodes wrote."""

import asyncio
import contextlib
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

import asyncpg
from sqlalchemy import Connection
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, PendingRollbackError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from hub.store.documents import dump, load
from hub.store.eventlog import CHANNEL, SPEAKER
from hub.store.sqlite import failed
from hub.store.unit import Batch, Job, RolledBack, run_batch

T = TypeVar("T")
GROUP = 32
WRITERS = 2
READERS = 8
STOP_READING = 2.0  # seconds that a read nobody waits for any more may take when the store closes
TOPICS = "hub_topics"
GONE = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)


def async_url(url: str) -> str:
    """The URL with the asyncpg driver named."""
    return make_url(url).set(drivername="postgresql+asyncpg").render_as_string(hide_password=False)


def engine(url: str, size: int, **options: Any) -> AsyncEngine:
    """A pool of `size` connections."""
    return create_async_engine(
        async_url(url),
        pool_size=size,
        max_overflow=0,
        # the default of 100 a connection is less than what lists of every length make of the hot statements
        connect_args={"prepared_statement_cache_size": 1000},
        json_serializer=dump,
        json_deserializer=load,
        hide_parameters=True,  # as on SQLite: no customer's words in the log
        **options,
    )


class ConnectionLost(ConnectionError):
    """The connection went before the commit was asked for: whatever was written is undone."""


class PostgresBackend:
    """Runs jobs in groups on a few connections, which have these `options`. `committed` hears our own batches, `heard`
    the newest number of any commit, and whether that was one of ours."""

    shared = True

    def __init__(
        self,
        url: str,
        options: Mapping[str, Any],
        committed: Callable[[Batch], None],
        heard: Callable[[int, bool], None],
    ) -> None:
        self._url = url
        self._committed = committed
        self._heard = heard
        self._on_topic: Callable[[str], None] = lambda _payload: None
        self._listener: asyncpg.Connection | None = None
        self._speaking = asyncio.Lock()
        self._jobs: asyncio.Queue[Job[Any] | None] = asyncio.Queue()
        self._name = secrets.token_hex(8)
        self._write = engine(url, WRITERS, execution_options={**options, SPEAKER: self._name})
        # Each statement sees what was committed before it, in a transaction or not: so none is begun and ended.
        self._readers = engine(
            url, READERS, isolation_level="AUTOCOMMIT", pool_reset_on_return=None, execution_options=options
        )
        self._tasks = [asyncio.create_task(self._writer(), name=f"hub-write-{n}") for n in range(WRITERS)]
        self._listening: asyncio.Task[None] | None = None
        self._reading: set[asyncio.Task[Any]] = set()

    def follow(self) -> None:
        """Hear other nodes from now on; whoever is told must be ready for it."""
        self._listening = asyncio.create_task(self._listen(), name="hub-listen")

    def submit(self, job: Job[Any]) -> None:
        """Queue a job; it is settled after its commit."""
        self._jobs.put_nowait(job)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` on a reader's connection. Who stops waiting does not stop it: that would cost the connection."""
        reading = asyncio.ensure_future(self._read(work))
        self._reading.add(reading)
        reading.add_done_callback(self._has_read)
        return await asyncio.shield(reading)

    async def _read(self, work: Callable[[Connection], T]) -> T:
        """A connection that broke while it lay in the pool shows when it is used; asking each first would cost every
        read a round trip. The pool is empty after that, and a read can be done again."""
        try:
            return await self._read_once(work)
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
        return await self._read_once(work)

    async def _read_once(self, work: Callable[[Connection], T]) -> T:
        async with self._readers.connect() as conn:
            return await conn.run_sync(work)

    def _has_read(self, reading: asyncio.Task[Any]) -> None:
        self._reading.discard(reading)
        if not reading.cancelled():
            reading.exception()  # whoever still waits has it

    async def notify(self, payload: str) -> None:
        """Say something to the other nodes; lost while the connection is down, as wake-ups may be."""
        async with self._speaking:
            if self._listener is not None:
                with contextlib.suppress(*GONE):
                    await self._listener.execute("SELECT pg_notify($1, $2)", TOPICS, payload)

    def hear(self, on_topic: Callable[[str], None]) -> None:
        """Have `on_topic` called with what other nodes say."""
        self._on_topic = on_topic

    async def close(self) -> None:
        """Finish what is queued, then let the connections go."""
        for _ in self._tasks:
            self._jobs.put_nowait(None)
        await asyncio.gather(*self._tasks)
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)
        if self._reading:
            await asyncio.wait(self._reading, timeout=STOP_READING)
        await self._write.dispose()
        await self._readers.dispose()

    async def _writer(self) -> None:
        while (job := await self._jobs.get()) is not None:
            jobs = [job]
            stop = False
            while len(jobs) < GROUP and not self._jobs.empty():
                more = self._jobs.get_nowait()
                if more is None:
                    stop = True
                    break
                jobs.append(more)
            self._committed(await self._commit(jobs))
            if stop:
                return

    async def _commit(self, jobs: list[Job[Any]]) -> Batch:
        try:
            return await self._commit_twice(jobs)
        except RolledBack as rolled_back:
            return rolled_back.batch
        except Exception as error:  # noqa: BLE001  # every caller must hear of it; a writer that dies would hang them all
            return failed(jobs, error)

    async def _commit_twice(self, jobs: list[Job[Any]]) -> Batch:
        """As `_read`: the first attempt on a connection that broke has done nothing."""
        try:
            return await self._commit_once(jobs)
        except ConnectionLost:
            return await self._commit_once(jobs)

    async def _commit_once(self, jobs: list[Job[Any]]) -> Batch:
        async with self._write.begin() as conn:
            return await conn.run_sync(self._batch, jobs)

    def _batch(self, conn: Connection, jobs: list[Job[Any]]) -> Batch:
        try:
            return run_batch(conn, jobs, datetime.now(UTC))
        except (DBAPIError, PendingRollbackError) as error:
            if isinstance(error, PendingRollbackError) or error.connection_invalidated:
                raise ConnectionLost from error
            raise

    async def _listen(self) -> None:
        """Keep one LISTEN connection; after a loss the next number heard makes the tail read what it missed."""
        dsn = make_url(self._url).set(drivername="postgresql").render_as_string(hide_password=False)
        while True:
            try:
                await self._hear(dsn)
            except GONE:
                await asyncio.sleep(0.5)

    async def _hear(self, dsn: str) -> None:
        conn = await asyncpg.connect(dsn)
        gone = asyncio.Event()
        conn.add_termination_listener(lambda *_: gone.set())
        try:
            await conn.add_listener(CHANNEL, lambda *message: self._told(str(message[-1])))
            await conn.add_listener(TOPICS, lambda *message: self._on_topic(str(message[-1])))
            self._listener = conn
            self._heard(0, False)
            await gone.wait()
        finally:
            self._listener = None
            try:
                await conn.close(timeout=2)
            finally:
                conn.terminate()  # nothing, unless the farewell was cut off

    def _told(self, message: str) -> None:
        seq, _, speaker = message.partition(" ")
        self._heard(int(seq), speaker == self._name)
