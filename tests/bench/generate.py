"""A site with years behind it, written straight into its database: a part of it made here, then copied by the database.

Made are a tenth of the conversations and their messages, with their index; the database copies these nine times under
new ids. So a text stands in ten messages, but every message has its own row, its own conversation and its own place in
the index.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import asyncpg
from sqlalchemy import Connection, TableClause, insert, select
from sqlalchemy import text as sql

from hub.model.searching import fts5_document, tsvector
from hub.store import search
from hub.store.database import Store
from hub.store.search_schema import INDEXES
from hub.store.tables import accounts, customers, departments, interactions, messages, queues, tickets, users
from hub.store.unit import Tx
from tests.bench.chinese import Writer
from tests.bench.place import Place, hub

COPIES = 10
BATCH = 1_000  # conversations
DEPARTMENTS = 5
EACH = 5  # messages of a conversation
OPEN_STATES = ("CONNECTED", "QUEUED", "AWAITING_CUSTOMER")
INDEX_TEXT = "INSERT INTO search_messages (rowid, tokens) VALUES (:id, :tokens)"
INDEX_TSVECTOR = "INSERT INTO search_messages (rowid, tokens) VALUES (:id, CAST(CAST(:tokens AS text) AS tsvector))"


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is in the end; `open` of the interactions are open, each has five messages."""

    interactions: int = 200_000
    open: int = 50_000
    customers: int = 5_000

    @property
    def messages(self) -> int:
        """Stored messages, all of them indexed."""
        return self.interactions * EACH


@dataclass(frozen=True, slots=True)
class Site:
    """Ids of what was there before: departments, agents (of the first department), the queue, the account."""

    departments: list[int]
    agents: list[int]
    queue: int
    account: int


async def generate(where: Place, size: Size) -> None:
    """Fill the database of a hub that does not run; says on stderr how far it is."""
    async with hub(where):
        pass
    store = await Store.open(where.database, key_file=where.folder / "site.key")
    try:
        index = await store.write(_drop_index)
        await _fill(store, size)
    finally:
        await store.close()
    if index:
        await _tidy(where, index)


async def _fill(store: Store, size: Size) -> None:
    site = await store.write(_site)
    writer, made = Writer(), size.interactions // COPIES
    await store.write(lambda tx: _people(tx, size.customers, writer))
    for first in range(1, made + 1, BATCH):
        few = range(first, min(first + BATCH, made + 1))
        await store.write(partial(_conversations, few=few, site=site, size=size, writer=writer))
        _progress(few[-1] * EACH, size)
    for copy in range(1, COPIES):
        await store.write(partial(_copy, made=made, copy=copy))
        _progress((copy + 1) * made * EACH, size)


def _progress(done: int, size: Size) -> None:
    print(f"\r{done:,} of {size.messages:,} messages", end="\n" if done >= size.messages else "", file=sys.stderr)


def _site(tx: Tx) -> Site:
    """With more departments than one; the agents are of the first."""
    tx.conn.execute(insert(departments), [{"name": f"Branch {number}"} for number in range(2, DEPARTMENTS + 1)])
    ids = {table: list(tx.conn.execute(select(table.c.id).order_by(table.c.id)).scalars()) for table in _SITE}
    agents = list(tx.conn.execute(select(users.c.id).where(users.c.login != "admin")).scalars())
    return Site(ids[departments], agents, ids[queues][0], ids[accounts][0])


_SITE = (departments, queues, accounts)


def _people(tx: Tx, count: int, writer: Writer) -> None:
    """Customers, and a ticket for each."""
    for number in range(1, count + 1):
        name = writer.text()[:4]
        person = {"id": number, "name": name, "short_code": "", "attributes": {"city": writer.text()[:2]}}
        tx.conn.execute(insert(customers), person | {"created_at": tx.now, "updated_at": tx.now})
        search.index_new_customer(tx, number, person, [f"customer{number}@customers.test"])
        ticket = {"id": number, "serial": f"{number:010}", "subject": writer.text()[:20], "fields": {}}
        tx.conn.execute(insert(tickets), ticket | {"created_at": tx.now, "updated_at": tx.now})
        search.index_new_ticket(tx, number, ticket)


def _conversations(tx: Tx, few: Iterable[int], site: Site, size: Size, writer: Writer) -> None:
    ids = list(few)
    texts = {(number - 1) * EACH + place: writer.text() for number in ids for place in range(1, EACH + 1)}
    tx.conn.execute(insert(interactions), [_interaction(tx, number, site, size) for number in ids])
    tx.conn.execute(insert(messages), [_message(tx, message, text) for message, text in texts.items()])
    _index(tx.conn, texts)


def _interaction(tx: Tx, number: int, site: Site, size: Size) -> dict[str, Any]:
    every = max(1, size.interactions // size.open)
    at = tx.now - timedelta(seconds=number * 7919 % 8_000_000)
    state = OPEN_STATES[number // every % len(OPEN_STATES)] if number % every == 0 else "CLOSED"
    return {
        "id": number, "channel": "email", "medium": "DEFERRED", "account_id": site.account, "state": state,
        "customer_id": number % size.customers + 1, "ticket_id": number % size.customers + 1,
        "agent_id": site.agents[number % len(site.agents)] if state == "CONNECTED" else None,
        "queue_id": site.queue, "department_id": site.departments[number // every % len(site.departments)],
        "messages": EACH, "last_message_id": number * EACH, "subject": f"Repair {number}", "created_at": at,
        "enqueued_at": at, "updated_at": at, "closed_at": at if state == "CLOSED" else None,
    }  # fmt: skip


def _message(tx: Tx, number: int, text: str) -> dict[str, Any]:
    interaction, place = divmod(number - 1, EACH)
    direction = "INBOUND" if place % 2 == 0 else "OUTBOUND"
    return {
        "id": number, "interaction_id": interaction + 1, "position": place + 1, "direction": direction, "text": text,
        "created_at": tx.now,
    }  # fmt: skip


def _index(conn: Connection, texts: dict[int, str]) -> None:
    """As hub.store.search does for one, for many."""
    postgresql = conn.dialect.name == "postgresql"
    write = tsvector if postgresql else fts5_document
    statement = sql(INDEX_TSVECTOR if postgresql else INDEX_TEXT)
    conn.execute(statement, [{"id": number, "tokens": write(text)} for number, text in texts.items()])


def _copy(tx: Tx, made: int, copy: int) -> None:
    """The rows made here once more, under ids further on."""
    by = made * copy
    _copy_rows(tx.conn, interactions, made, {"id": by, "last_message_id": by * EACH})
    _copy_rows(tx.conn, messages, made * EACH, {"id": by * EACH, "interaction_id": by})
    _copy_rows(tx.conn, INDEXES["message"], made * EACH, {"rowid": by * EACH})


def _copy_rows(conn: Connection, table: TableClause, made: int, shifts: dict[str, int]) -> None:
    """`shifts`: what is added to which column; its first is the key."""
    columns = [column + shifts[column.name] if column.name in shifts else column for column in table.c]
    rows = select(*columns).where(table.c[next(iter(shifts))] <= made)
    conn.execute(insert(table).from_select([column.name for column in table.c], rows, include_defaults=False))


def _drop_index(tx: Tx) -> str:
    """A GIN index is made ten times faster at once than row by row. Returns how to make it again, "" on SQLite."""
    if tx.conn.dialect.name != "postgresql":
        return ""
    definition = "SELECT indexdef FROM pg_indexes WHERE indexname = 'ix_search_messages'"
    found = str(tx.conn.exec_driver_sql(definition).scalar_one())
    tx.conn.exec_driver_sql("DROP INDEX ix_search_messages")
    return found


async def _tidy(where: Place, index: str) -> None:
    """Make the index, and do now what autovacuum would do while we measure."""
    server = await asyncpg.connect(where.database)
    try:
        await server.execute("SET maintenance_work_mem = '1GB'")
        await server.execute(index)
        await server.execute("VACUUM ANALYZE")
    finally:
        await server.close()
