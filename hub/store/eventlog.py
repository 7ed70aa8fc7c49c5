"""The event log: one row per change the inbox shows, numbered without holes, readable from any number on.

Trap this file exists for: a number taken from a sequence is visible before its transaction commits, so a reader could
pass over a slower one for ever. Here the numbers come from a counter row whose lock is held until commit.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, text, update

from hub.api import Event
from hub.store.documents import dump
from hub.store.tables import counters, events

COUNTER, CHANNEL = "events", "hub_events"
SPEAKER = "hub_speaker"  # the option of a connection that says who tells the nodes of what it commits
PAGE = 1000
KEPT_IN_MEMORY = 20_000


_INSERT = insert(events)
_ADVANCE = (
    update(counters)
    .where(counters.c.name == COUNTER)
    .values(value=counters.c.value + bindparam("more"))
    .returning(counters.c.value)
)


# What follows it in the transaction is the commit alone: other nodes wait for the log's lock as long as that takes.
_APPEND_AND_TELL = text(
    """
    WITH counted AS (
        UPDATE counters SET value = value + CAST(:more AS bigint) WHERE name = 'events' RETURNING value
    ), drafted AS (
        SELECT * FROM jsonb_to_recordset(CAST(:drafts AS jsonb)) AS draft (
            place bigint, at timestamptz, type text, interaction_id bigint, ticket_id bigint, customer_id bigint,
            user_id bigint, queue_id bigint, department_id bigint, data jsonb
        )
    ), stored AS (
        INSERT INTO events (
            seq, at, type, interaction_id, ticket_id, customer_id, user_id, queue_id, department_id, data
        )
        SELECT counted.value - CAST(:more AS bigint) + place,
            at, type, interaction_id, ticket_id, customer_id, user_id, queue_id, department_id, data
        FROM counted, drafted
    )
    SELECT value, pg_notify(CAST(:channel AS text), CAST(value AS text) || ' ' || CAST(:speaker AS text)) FROM counted
    """
)


def append(conn: Connection, drafts: Sequence[dict[str, Any]]) -> list[Event]:
    """Number and store the drafts; returns them as events. Call last in a transaction: it takes the log's lock. On
    PostgreSQL the other nodes are told the newest number, all in one statement."""
    if conn.dialect.name == "postgresql":
        return _numbered(drafts, _append_and_tell(conn, drafts))
    last: int = conn.execute(_ADVANCE, {"more": len(drafts)}).scalar_one()
    made = _numbered(drafts, last)
    conn.execute(_INSERT, [{**draft, "seq": event.seq} for draft, event in zip(drafts, made, strict=True)])
    return made


def _numbered(drafts: Sequence[dict[str, Any]], last: int) -> list[Event]:
    first = last - len(drafts) + 1
    return [Event(**draft, seq=first + index) for index, draft in enumerate(drafts)]


def _append_and_tell(conn: Connection, drafts: Sequence[dict[str, Any]]) -> int:
    rows = [{**draft, "place": place, "at": draft["at"].isoformat()} for place, draft in enumerate(drafts, start=1)]
    speaker = conn.get_execution_options().get(SPEAKER, "")
    values = {"more": len(drafts), "drafts": dump(rows), "channel": CHANNEL, "speaker": speaker}
    last: int = conn.execute(_APPEND_AND_TELL, values).scalar_one()
    return last


def read_after(conn: Connection, seq: int, limit: int = PAGE) -> list[Event]:
    """The next events after `seq`, oldest first."""
    rows = conn.execute(select(events).where(events.c.seq > seq).order_by(events.c.seq).limit(limit))
    return [Event(**row) for row in rows.mappings()]


def last_number(conn: Connection) -> int:
    """The number of the newest event, 0 when there is none."""
    last: int = conn.execute(select(func.coalesce(func.max(events.c.seq), 0))).scalar_one()
    return last


class EventTail:
    """Follows the log in memory, so that a thousand screens cost one read. Feed it with `publish` after each commit."""

    def __init__(
        self, read: Callable[[Callable[[Connection], list[Event]]], Awaitable[list[Event]]], last: int
    ) -> None:
        self._read = read
        self._recent: list[Event] = []
        self._waiters: set[asyncio.Future[None]] = set()
        self._catching_up = asyncio.Lock()
        self.last = last

    def publish(self, committed: Sequence[Event]) -> bool:
        """Take freshly committed events when they are the next ones; False asks the caller to `catch_up` instead."""
        fresh = [event for event in committed if event.seq > self.last]
        if not fresh:
            return True
        if fresh[0].seq != self.last + 1:
            return False
        self._recent += fresh
        self.last = fresh[-1].seq
        if len(self._recent) > 2 * KEPT_IN_MEMORY:
            del self._recent[:KEPT_IN_MEMORY]
        self._wake()
        return True

    async def catch_up(self, seq: int) -> None:
        """Read up to at least `seq` from the database: another node wrote in between."""
        async with self._catching_up:
            while self.last < seq:
                page = await self._read(lambda conn: read_after(conn, self.last))
                if not page or not self.publish(page):
                    return

    async def batches(self, since: int) -> AsyncIterator[Sequence[Event]]:
        """Everything after `since`, in order and without gaps, for ever; a batch is what was there at once."""
        while True:
            batch = await self._after(since)
            if batch:
                yield batch
                since = batch[-1].seq
            else:
                await self._next()

    async def follow(self, since: int) -> AsyncIterator[Event]:
        """As `batches`, one event at a time."""
        async for batch in self.batches(since):
            for event in batch:
                yield event

    async def _after(self, since: int) -> Sequence[Event]:
        if since >= self.last:
            return ()
        if self._recent and since + 1 >= self._recent[0].seq:
            return self._recent[since + 1 - self._recent[0].seq :][:PAGE]
        return await self._read(lambda conn: read_after(conn, since))

    async def _next(self) -> None:
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.add(waiter)
        try:
            await waiter
        finally:
            self._waiters.discard(waiter)

    def _wake(self) -> None:
        waiters, self._waiters = self._waiters, set()
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)
