"""Conversations read together are what each would be alone, and everybody knows how many come before."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from sqlalchemy import insert, select

from hub.pipeline import route
from hub.pipeline.conversations import Wanted, by_threads
from hub.pipeline.waits import Waits
from hub.store import interactions, messages
from hub.store.database import Store
from hub.store.tables import accounts, queues, work
from hub.store.unit import Tx

SCOPE = "account:1"


def _set_up(tx: Tx) -> tuple[int, int]:
    queue = tx.conn.execute(insert(queues).returning(queues.c.id), {"key": "q", "name": "q"}).scalar_one()
    new = {"channel": "x", "name": "x", "settings": {}, "queue_id": queue}
    return tx.conn.execute(insert(accounts).returning(accounts.c.id), new).scalar_one(), queue


def _talk(tx: Tx, place: tuple[int, int], key: str, said: int, priority: int = 0) -> None:
    account, queue = place
    values = {"channel": "x", "medium": "LIVE_TEXT", "account_id": account, "queue_id": queue, "thread": key}
    row = interactions.create(tx, {**values, "priority": priority})
    for number in range(said):
        kind = "NOTE" if number % 3 == 2 else "TEXT"
        messages.add(tx, row, messages.INBOUND, {"text": f"{key} {number + 1}", "kind": kind})
    interactions.name_thread(tx, SCOPE, [key], row["id"])
    route.need_agent(tx, row)


def _earlier(tx: Tx) -> None:
    """Each has waited a second longer than the next."""
    for number, row in enumerate(tx.conn.execute(select(work.c.id).order_by(work.c.id)).scalars()):
        since = tx.now + timedelta(seconds=number)
        tx.conn.execute(work.update().where(work.c.id == row).values(enqueued_at=since))


async def _three(store: Store) -> None:
    def work_(tx: Tx) -> None:
        place = _set_up(tx)
        for key, said, priority in (("a", 2, 0), ("b", 7, 0), ("c", 1, 5)):
            _talk(tx, place, key, said, priority)
        _earlier(tx)

    await store.write(work_)


async def test_read_together_each_is_what_it_is_alone(store: Store) -> None:
    await _three(store)
    wanted = [Wanted(SCOPE, key, after, limit) for key in "abcz" for after in (0, 1, 4) for limit in (2, 200)]
    together = await store.read(lambda conn: by_threads(conn, wanted, Waits()))
    alone = [(await store.read(partial(by_threads, wanted=[one], waits=Waits())))[0] for one in wanted]
    assert together == alone
    assert [one.thread if one else None for one in together] == [*"aaaaaabbbbbbcccccc", *[None] * 6]


async def test_a_page_ends_at_its_limit_and_goes_on_from_a_position_without_notes(store: Store) -> None:
    await _three(store)
    wanted = [Wanted(SCOPE, "b", 0, 2), Wanted(SCOPE, "b", 2, 2), Wanted(SCOPE, "b", 0, 200)]
    first, second, whole = await store.read(lambda conn: by_threads(conn, wanted, Waits()))
    assert first and second and whole
    assert [message.text for message in first.messages] == ["b 1", "b 2"]
    assert [message.text for message in second.messages] == ["b 4", "b 5"]
    assert [message.position for message in whole.messages] == [1, 2, 4, 5, 7]


async def test_who_is_more_urgent_or_waits_longer_comes_before(store: Store) -> None:
    await _three(store)
    found = await store.read(lambda conn: by_threads(conn, [Wanted(SCOPE, key, 0, 1) for key in "abc"], Waits()))
    assert [one.waiting_ahead if one else None for one in found] == [1, 2, 0]
