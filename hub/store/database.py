"""One face for both databases: `read`, `write` and the tail of the event log."""

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection

from hub.api import Overloaded
from hub.store import eventlog, sealing
from hub.store.away import as_overloaded, away
from hub.store.eventlog import EventTail
from hub.store.sqlite import SqliteBackend
from hub.store.unit import Batch, Job, Outcome, Tx
from hub.store.vault import Vault

T = TypeVar("T")
UNTOLD = 0.5  # seconds after which a commit of ours counts as one whose answer was lost


class Backend(Protocol):
    """What a database must do for the store. `shared`: several nodes may work on it."""

    shared: bool

    def submit(self, job: Job[Any]) -> None: ...

    def follow(self) -> None: ...

    async def read(self, work: Callable[[Connection], T]) -> T: ...

    async def notify(self, payload: str) -> None: ...

    def hear(self, on_topic: Callable[[str], None]) -> None: ...

    async def close(self) -> None: ...


class Store:
    """The site's memory. Functions given to it are synchronous and may run again after a conflict."""

    tail: EventTail

    def __init__(self, url: str, vault: Vault, node: str, *, seals: bool = False) -> None:
        self.url = url
        self.vault = vault
        self._seal = sealing.Seal(vault, wanted=seals)
        self.node = node
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False
        self._backend = self._connect(url)

    @classmethod
    async def open(cls, url: str, *, key_file: Path, node: str = "hub", seals: bool = False) -> "Store":
        """Open the database at `url` (sqlite:///path or postgresql://…); it must have been migrated. `seals`: files and
        raw inputs are encrypted from now on."""
        store = cls(url, Vault.open(key_file), node, seals=seals)
        last = await store.read(eventlog.last_number)
        store.tail = EventTail(store.read, last)
        store._backend.follow()
        return store

    @property
    def postgres(self) -> bool:
        """Whether several nodes may share this database."""
        return self._backend.shared

    async def send(self, payload: str) -> None:
        """Say a small thing to the site's other nodes; there are none on SQLite."""
        await self._backend.notify(payload)

    def hear(self, on_topic: Callable[[str], None]) -> None:
        """Have `on_topic` called with what other nodes say."""
        self._backend.hear(on_topic)

    async def close(self) -> None:
        """Commit what is queued and let go of the database. Who still asks hears Overloaded: nobody would answer them,
        and a task that waits for ever keeps the process from ending."""
        self._closing = True
        await self._backend.close()
        for task in self._tasks:
            task.cancel()

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` on a reader; it sees what is committed. Raises what `work` raised, or Overloaded when the database
        cannot be read now."""
        self._require_open()
        try:
            return await self._backend.read(work)
        except Exception as error:
            if away(error):
                raise as_overloaded(error) from error
            raise

    async def write(self, work: Callable[[Tx], T]) -> T:
        """Run `work` in a transaction and return after the commit. Raises what `work` raised, or Overloaded when the
        database cannot be written now."""
        self._require_open()
        waiting: asyncio.Future[T] = asyncio.get_running_loop().create_future()

        def settle(value: T, error: BaseException | None) -> None:
            if waiting.done():
                return
            if error is None:
                waiting.set_result(value)
            else:
                waiting.set_exception(error)

        self._backend.submit(Job(work, settle))
        return await waiting

    def _require_open(self) -> None:
        if self._closing:
            raise Overloaded("the hub is ending")

    def key(self, purpose: str) -> bytes:
        """32 secret bytes for one purpose."""
        return self.vault.key(purpose)

    def _connect(self, url: str) -> Backend:
        options = {sealing.OPTION: self._seal}
        if url.startswith("sqlite"):
            return SqliteBackend(url, options, self._committed)
        from hub.store.postgres import PostgresBackend  # its driver is a tenth of a start, and SQLite needs none of it

        return PostgresBackend(url, options, self._committed, self._heard)

    def _committed(self, batch: Batch) -> None:
        if batch.events and not self.tail.publish(batch.events):
            self._catch_up(batch.events[-1].seq)
        for call in batch.after:
            call()
        for outcome in batch.outcomes:
            self._settle(outcome)

    def _settle(self, outcome: Outcome) -> None:
        if outcome.again and not self._closing:
            self._backend.submit(outcome.job)
        else:
            outcome.job.settle(outcome.value, as_overloaded(outcome.error) if outcome.error else None)

    def _heard(self, seq: int, ours: bool) -> None:
        """Of what we commit ourselves the writer tells, a moment later; only if it does not, the log has to be read."""
        if ours:
            asyncio.get_running_loop().call_later(UNTOLD, self._make_sure, seq)
        else:
            self._catch_up(seq or self.tail.last + 1)

    def _make_sure(self, seq: int) -> None:
        if seq > self.tail.last and not self._closing:
            self._catch_up(seq)

    def _catch_up(self, seq: int) -> None:
        task = asyncio.get_running_loop().create_task(self._read_on(seq))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _read_on(self, seq: int) -> None:
        with contextlib.suppress(Overloaded):  # it is away, or we are ending: the next that is heard asks again
            await self.tail.catch_up(seq)
