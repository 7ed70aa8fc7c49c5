"""The unit of work: what a function given to `Store.write` gets, and how several of them share one commit."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Executable, Table
from sqlalchemy.exc import DBAPIError

from hub.api import Event, Json
from hub.store import eventlog
from hub.store.put_off import PutOff, plain
from hub.store.rows import Row, inserted

T = TypeVar("T")
CONFLICTS = frozenset({"40001", "40P01"})  # PostgreSQL: serialisation failure, deadlock
MOST_ATTEMPTS = 5
SET_UP = frozenset({"queue.changed", "routing.changed"})


class Tx:
    """One unit of work inside a transaction on the writer. `now` is the one clock reading of the whole batch.

    `rows` are those that are not written yet. `beforehand` is what was found for keys that one of several inputs will
    ask for, None where nothing was: who asks takes it out, and so does who makes such a thing.
    """

    __slots__ = ("_conn", "after", "beforehand", "drafts", "due", "known", "now", "rows")

    def __init__(self, conn: Connection, now: datetime) -> None:
        self._conn = conn
        self.now = now
        self.rows = PutOff()
        self.beforehand: dict[Hashable, Row | None] = {}
        self.drafts: list[dict[str, Any]] = []
        self.after: list[Callable[[], None]] = []
        self.due: list[tuple[Executable, dict[str, Any]]] = []
        self.known: dict[Hashable, Any] = {}

    @property
    def conn(self) -> Connection:
        """The connection; whoever asks for it sees all that this transaction has made."""
        if self.rows:
            self.rows.write(self._conn)
        return self._conn

    @property
    def postgres(self) -> bool:
        """Which of the two databases it is."""
        return self._conn.dialect.name == "postgresql"

    def make(self, table: Table, row: Row) -> int:
        """Have this row, by its number. With a number in hand it is written later (`rows`), else at once."""
        number = self.rows.number(table)
        if number is None:
            return inserted(self.conn, plain(table), row)
        self.rows.insert(table, {**row, "id": number})
        return number

    def once(self, key: Hashable, load: Callable[[Connection], T]) -> T:
        """What `load` reads, read once in this transaction: for how the site is set up, which many units of work in one
        commit ask for. An event of SET_UP says that it has changed."""
        if key not in self.known:
            self.known[key] = load(self._conn)
        found: T = self.known[key]
        return found

    def later(self, statement: Executable, row: dict[str, Any]) -> None:
        """Write this together with others of its kind before the commit: for what nothing in this transaction reads.
        Who changes such a thing calls `flush` first."""
        self.due.append((statement, row))

    def flush(self) -> None:
        """Write what is due."""
        rows: dict[Executable, list[dict[str, Any]]] = {}
        for statement, row in self.due:
            rows.setdefault(statement, []).append(row)
        self.due.clear()
        conn = self.conn
        for statement, some in rows.items():
            conn.execute(statement, some)

    def event(
        self,
        name: str,
        *,
        interaction: int | None = None,
        ticket: int | None = None,
        customer: int | None = None,
        user: int | None = None,
        queue: int | None = None,
        department: int | None = None,
        **data: Json,
    ) -> None:
        """Put one row into the event log, committed with everything else. Ids and states only, never content."""
        if name in SET_UP:
            self.known.clear()
        self.drafts.append(
            {
                "at": self.now,
                "type": name,
                "interaction_id": interaction,
                "ticket_id": ticket,
                "customer_id": customer,
                "user_id": user,
                "queue_id": queue,
                "department_id": department,
                "data": data,
            }
        )

    def after_commit(self, call: Callable[[], None]) -> None:
        """Have `call` run in the event loop once this is committed; never when it is not."""
        self.after.append(call)

    def mark(self) -> "Mark":
        """A point to go back to. Every mark is ended, the newest first, by `back_to` or `keep`."""
        self.flush()
        self._conn.exec_driver_sql("SAVEPOINT mark")
        return Mark(len(self.drafts), len(self.after))

    def back_to(self, mark: "Mark") -> None:
        """Undo everything since."""
        self._conn.exec_driver_sql("ROLLBACK TO SAVEPOINT mark")
        self._conn.exec_driver_sql("RELEASE SAVEPOINT mark")
        self.due.clear()
        self.known.clear()
        self.rows.forget()
        self.beforehand.clear()
        del self.drafts[mark.events :], self.after[mark.calls :]

    def keep(self) -> None:
        """Everything since the newest mark stays."""
        self._conn.exec_driver_sql("RELEASE SAVEPOINT mark")


@dataclass(frozen=True, slots=True)
class Mark:
    """How many events and calls there were."""

    events: int
    calls: int


@dataclass(slots=True)
class Job(Generic[T]):
    """One function waiting for its commit. `settle(value, error)` hands the outcome back to whoever waits."""

    work: Callable[[Tx], T]
    settle: Callable[[Any, BaseException | None], None]
    attempts: int = 0


@dataclass(slots=True)
class Outcome:
    """How one job of a batch went; `again` asks to run it in a later batch."""

    job: Job[Any]
    value: Any = None
    error: BaseException | None = None
    again: bool = False


@dataclass(slots=True)
class Batch:
    """What a transaction brought: outcomes in order, the events with their numbers, the calls for afterwards."""

    outcomes: list[Outcome] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    after: list[Callable[[], None]] = field(default_factory=list)


class RolledBack(Exception):
    """The only job of a transaction failed, and the transaction has to end without effect. `batch` tells whom."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self.batch = Batch([outcome])


def run_batch(conn: Connection, jobs: Sequence[Job[Any]], now: datetime) -> Batch:
    """Run the jobs in one transaction; one failure does not take the others along. Raises RolledBack.

    Events are numbered last: the counter's row lock then makes commit order equal number order, without holes.
    """
    tx = Tx(conn, now)
    if len(jobs) == 1:
        outcomes = [_run_alone(tx, jobs[0])]
    else:
        outcomes = _run_together(tx, jobs) or [_run_one(tx, job) for job in jobs]
    events = eventlog.append(conn, tx.drafts) if tx.drafts else []
    return Batch(outcomes, events, tx.after)


def _run_together(tx: Tx, jobs: Sequence[Job[Any]]) -> list[Outcome] | None:
    """All behind one savepoint: one each would be a good part of what the database has to do. None when a job failed;
    which one shows when they run again, each behind its own."""
    mark = tx.mark()
    try:
        outcomes = [Outcome(job, value=job.work(tx)) for job in jobs]
        tx.flush()
    except Exception:  # noqa: BLE001  # whatever it is, its own run finds it again and tells its caller
        tx.back_to(mark)
        return None
    tx.keep()
    return outcomes


def _run_alone(tx: Tx, job: Job[Any]) -> Outcome:
    """Mostly there is one at a time: the transaction itself is savepoint enough."""
    outcome = _run(tx, job)
    if outcome.error is None:
        return outcome
    if isinstance(outcome.error, DBAPIError) and outcome.error.connection_invalidated:
        raise outcome.error  # it is not the job's: the database is gone
    raise RolledBack(outcome)


def _run_one(tx: Tx, job: Job[Any]) -> Outcome:
    mark = tx.mark()
    outcome = _run(tx, job)
    if outcome.error is None:
        tx.keep()
    else:
        tx.back_to(mark)
    return outcome


def _run(tx: Tx, job: Job[Any]) -> Outcome:
    job.attempts += 1
    try:
        value = job.work(tx)
        tx.flush()
    except Exception as error:  # noqa: BLE001  # whatever a job raises belongs to its caller, not to the batch
        return Outcome(job, error=error, again=_worth_another_try(job, error))
    return Outcome(job, value=value)


def _worth_another_try(job: Job[Any], error: Exception) -> bool:
    state = getattr(error.orig, "sqlstate", None) if isinstance(error, DBAPIError) else None
    return state in CONFLICTS and job.attempts < MOST_ATTEMPTS
