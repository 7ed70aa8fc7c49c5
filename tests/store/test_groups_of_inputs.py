"""A group of inputs becomes what each alone would become, with a few statements for all of them."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy import Connection, Engine, Table, event, func, insert, select, update

from hub.api import Address, Attachment, Capabilities, Inbound, Medium
from hub.pipeline.group import Applied, Failure, take_each, take_together
from hub.pipeline.ingest import Prepared
from hub.store.database import Store
from hub.store.rows import Row, inserted, many
from hub.store.tables import accounts, customers, identities, interactions, messages, raws, segments, threads, work
from hub.store.unit import Tx
from tests.plugin.doubles import ACCOUNT
from tests.web.conversations import insert_account, insert_queue

Take = Callable[[Tx, Sequence[Prepared]], list[Applied]]
LIVE = Capabilities(Medium.LIVE_TEXT)
FILE = Attachment("a.txt", "text/plain", b"a")
FEW = 17  # statements, whatever the size of the group


def _setup(tx: Tx) -> Row:
    account = insert_account(tx, insert_queue(tx, None, "chats"), None)
    return many(tx.conn, select(accounts).where(accounts.c.id == account))[0]


def _prepared(tx: Tx, account: Row, said: Sequence[Inbound]) -> list[Prepared]:
    values = {"channel": "toy", "account_id": account["id"], "body": b"x", "meta": {}, "received_at": tx.now}
    return [Prepared(inserted(tx.conn, insert(raws), values), ACCOUNT, account, LIVE, (one,), (None,)) for one in said]


def _take(tx: Tx, take: Take, account: Row, said: Sequence[Inbound]) -> None:
    take(tx, _prepared(tx, account, said))


def _says(number: int, person: int, thread: int) -> Inbound:
    sender = Address("tel", f"+86138000{person:05}", f"P{person}")
    return Inbound(f"said-{number}", sender, text=f"{number}", thread=(f"thread-{thread}",))


def _groups(seed: int) -> list[list[Inbound]]:
    """Strangers and acquaintances, new threads and known ones, files, and now and then what came before."""
    chance, said = random.Random(seed), list[Inbound]()

    def one() -> Inbound:
        if said and chance.random() < 0.2:
            return chance.choice(said)
        new = _says(len(said), chance.randint(1, 12), chance.randint(1, 20))
        said.append(replace(new, attachments=(FILE,)) if chance.random() < 0.2 else new)
        return said[-1]

    return [[one() for _ in range(chance.randint(1, 16))] for _ in range(8)]


def _expected(groups: Sequence[Sequence[Inbound]]) -> dict[str, list[str]]:
    """What was said in each thread, once, in order: told in the simplest way."""
    talks: dict[str, list[str]] = {}
    for one in dict.fromkeys(one.external_id for group in groups for one in group):
        first = next(each for group in groups for each in group if each.external_id == one)
        talks.setdefault(first.thread[0], []).append(first.text)
    return talks


def _talks(conn: Connection) -> dict[str, list[str]]:
    joined = select(threads.c.key, messages.c.text, messages.c.position).join(
        messages, messages.c.interaction_id == threads.c.interaction_id
    )
    found: dict[str, list[str]] = {}
    for row in many(conn, joined.order_by(threads.c.key, messages.c.position)):
        found.setdefault(row["key"], []).append(row["text"])
        assert row["position"] == len(found[row["key"]]), "positions have no holes"
    return found


def _counts(conn: Connection, table: Table) -> int:
    return conn.execute(select(func.count()).select_from(table)).scalar_one()


def _about(conn: Connection, table: Table) -> set[int]:
    return set(conn.execute(select(table.c.interaction_id)).scalars())


@pytest.mark.parametrize("take", [take_together, take_each])
@pytest.mark.parametrize("seed", [1, 2])
async def test_whatever_is_in_a_group_becomes_what_each_alone_becomes(store: Store, take: Take, seed: int) -> None:
    account, groups = await store.write(_setup), _groups(seed)
    for group in groups:
        await store.write(partial(_take, take=take, account=account, said=group))
    talks = _expected(groups)
    assert await store.read(_talks) == talks
    names = {one.sender.name for group in groups for one in group if one.sender}
    assert await store.read(lambda conn: set(conn.execute(select(customers.c.name)).scalars())) == names
    assert await store.read(lambda conn: _counts(conn, customers)) == len(names)
    rows = await store.read(lambda conn: many(conn, select(interactions)))
    assert sorted(row["messages"] for row in rows) == sorted(map(len, talks.values()))
    assert {row["state"] for row in rows} == {"QUEUED"} and all(row["messages"] == row["unread"] for row in rows)
    for table in (work, segments):
        waiting = await store.read(partial(_about, table=table))
        assert waiting == {row["id"] for row in rows}, "each waits for an agent, once"


@contextmanager
def _counted() -> Iterator[list[str]]:
    said: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        said.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield said
    event.remove(Engine, "before_cursor_execute", note)


async def test_thirty_two_strangers_take_as_many_statements_as_one(store: Store) -> None:
    account = await store.write(_setup)

    def work(tx: Tx, first: int, count: int) -> list[str]:
        group = _prepared(tx, account, [_says(number, number, number) for number in range(first, first + count)])
        with _counted() as said:
            take_together(tx, group)
            tx.flush()
        return said

    alone = await store.write(partial(work, first=0, count=1))
    many_of_them = await store.write(partial(work, first=1, count=32))
    assert len(alone) == len(many_of_them) < FEW
    assert await store.read(lambda conn: _counts(conn, interactions)) == 33


async def test_one_that_cannot_be_taken_in_leaves_its_neighbours_and_takes_nothing_along(store: Store) -> None:
    account = await store.write(_setup)
    said = [_says(number, number, number) for number in range(4)]
    said[2] = replace(said[2], sent_at="never")  # type: ignore[arg-type]  # a plugin may be wrong about its types
    with pytest.raises(Exception, match=r".+"):
        await store.write(lambda tx: take_together(tx, _prepared(tx, account, said)))
    assert await store.read(lambda conn: _counts(conn, raws)) == 0
    results = await store.write(lambda tx: take_each(tx, _prepared(tx, account, said)))
    assert [isinstance(result, Failure) for _, result in results] == [False, False, True, False]
    assert await store.read(lambda conn: _counts(conn, identities)) == 3


async def test_what_has_changed_since_it_was_looked_for_is_seen(store: Store) -> None:
    """A conversation that an earlier input of the group has brought to its end is none any more."""
    account = await store.write(_setup)
    await store.write(lambda tx: take_together(tx, _prepared(tx, account, [_says(0, 1, 1)])))
    close = update(interactions).values(state="CLOSED")

    def work(tx: Tx) -> None:
        group = _prepared(tx, account, [_says(1, 1, 1), _says(2, 2, 2), _says(3, 2, 2)])
        take_together(tx, group)
        tx.conn.execute(close)
        take_together(tx, _prepared(tx, account, [_says(4, 2, 2)]))

    await store.write(work)
    texts = select(messages.c.text).join(interactions, interactions.c.id == messages.c.interaction_id)
    open_now = texts.where(interactions.c.state == "QUEUED")
    assert await store.read(lambda conn: list(conn.execute(open_now).scalars())) == ["4"]
