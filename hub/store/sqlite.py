"""SQLite: one writer thread that commits in groups, and separate readers. What is answered is durable."""

import asyncio
import queue
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import OperationalError

from hub.api import Overloaded
from hub.store.documents import dump, load
from hub.store.unit import Batch, Job, Outcome, RolledBack, run_batch

T = TypeVar("T")
GROUP = 64
READERS = 4
PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=10000",
    "PRAGMA cache_size=-65536",
    "PRAGMA temp_store=MEMORY",
)


def engine(url: str, *, begin: str = "BEGIN", **options: Any) -> Engine:
    """An engine whose transactions start with `begin` (with "" each statement is one); the driver's own guessing about
    them is off."""
    made = create_engine(
        url,
        json_serializer=dump,
        json_deserializer=load,
        hide_parameters=True,  # a failing statement is logged, a customer's words are not
        connect_args={"check_same_thread": False},
        **options,
    )

    @event.listens_for(made, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in PRAGMAS:
            connection.execute(pragma)

    def _begin(connection: Any) -> None:
        if begin:
            connection.dbapi_connection.execute(begin)

    made.dialect.do_begin = _begin  # type: ignore[assignment]  # a listener here made every statement look for some
    return made


class SqliteBackend:
    """Runs jobs on one thread, as many per fsync as are waiting. `options` are its connections'; `committed` is called
    in the event loop."""

    shared = False

    def __init__(self, url: str, options: Mapping[str, Any], committed: Callable[[Batch], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._committed = committed
        self._jobs: queue.SimpleQueue[Job[Any] | None] = queue.SimpleQueue()
        self._writer = engine(url, begin="BEGIN IMMEDIATE", execution_options=options)
        # as on PostgreSQL, a statement sees what was committed before it
        self._reader = engine(url, begin="", execution_options=options)
        self._writing: Connection | None = None
        self._pool = ThreadPoolExecutor(READERS, thread_name_prefix="hub-read")
        self._thread = threading.Thread(target=self._run, name="hub-write", daemon=True)
        self._thread.start()

    def follow(self) -> None:
        """There are no other nodes to hear."""

    async def notify(self, payload: str) -> None:
        """There is nobody to tell either."""

    def hear(self, on_topic: Callable[[str], None]) -> None:
        """There is nobody who would speak."""

    def submit(self, job: Job[Any]) -> None:
        """Queue a job; it is settled in the event loop after its commit."""
        self._jobs.put(job)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` on a reader's connection in a thread."""
        return await self._loop.run_in_executor(self._pool, self._read, work)

    async def close(self) -> None:
        """Finish what is queued, then stop the thread and close the files."""
        self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)
        self._pool.shutdown()
        self._reader.dispose()
        self._let_go()
        self._writer.dispose()

    def _read(self, work: Callable[[Connection], T]) -> T:
        with self._reader.connect() as conn:
            return work(conn)

    def _run(self) -> None:
        while True:
            jobs, going_on = self._gather()
            if jobs:
                batch = self._commit(jobs)
                self._loop.call_soon_threadsafe(self._committed, batch)
            if not going_on:
                return

    def _gather(self) -> tuple[list[Job[Any]], bool]:
        jobs: list[Job[Any]] = []
        while len(jobs) < GROUP:
            try:
                job = self._jobs.get(block=not jobs)
            except queue.Empty:
                break
            if job is None:
                return jobs, False
            jobs.append(job)
        return jobs, True

    def _commit(self, jobs: list[Job[Any]]) -> Batch:
        try:
            conn = self._writing = self._writing or self._writer.connect()
            with conn.begin():
                return run_batch(conn, jobs, datetime.now(UTC))
        except RolledBack as rolled_back:
            return rolled_back.batch
        except Exception as error:  # noqa: BLE001  # disk full, file locked or gone: every caller must hear
            self._let_go()
            return failed(jobs, error)

    def _let_go(self) -> None:
        """The connection is kept from one commit to the next, but not over a failure."""
        if self._writing is not None:
            self._writing.close()
            self._writing = None


def failed(jobs: list[Job[Any]], error: Exception) -> Batch:
    """A batch none of whose jobs was committed. A database that cannot be written now is `Overloaded`: try again."""
    cause = Overloaded(type(error).__name__) if isinstance(error, OperationalError | OSError) else error
    return Batch([Outcome(job, error=cause) for job in jobs])
