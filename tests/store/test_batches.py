"""Units of work that share a commit fail alone, with all they had written, said or put off."""

from __future__ import annotations

import asyncio
from functools import partial

from sqlalchemy import func, insert, select

from hub.store.database import Store
from hub.store.tables import queues
from hub.store.unit import Tx

_QUEUE = insert(queues)
COUNT = 20


async def _keys(store: Store) -> list[str]:
    return await store.read(lambda conn: list(conn.execute(select(queues.c.key).order_by(queues.c.id)).scalars()))


def _add(tx: Tx, number: int) -> int:
    tx.later(_QUEUE, {"key": f"q{number:02}", "name": ""})
    if number % 5 == 3:
        raise ValueError(f"q{number:02} is not to be")
    return number


async def test_what_a_failing_unit_put_off_is_not_written_and_the_others_is(store: Store) -> None:
    outcomes = await asyncio.gather(
        *(store.write(partial(_add, number=number)) for number in range(COUNT)), return_exceptions=True
    )
    kept = [number for number in range(COUNT) if number % 5 != 3]
    assert [outcome for outcome in outcomes if isinstance(outcome, int)] == kept
    assert sorted(await _keys(store)) == [f"q{number:02}" for number in kept]


async def test_what_cannot_be_written_in_the_end_fails_the_unit_that_put_it_off(store: Store) -> None:
    twice = [store.write(lambda tx: tx.later(_QUEUE, {"key": "same", "name": ""})) for _ in range(2)]
    other = store.write(lambda tx: tx.later(_QUEUE, {"key": "other", "name": ""}))
    outcomes = await asyncio.gather(*twice, other, return_exceptions=True)
    assert [isinstance(outcome, Exception) for outcome in outcomes] == [False, True, False]
    assert sorted(await _keys(store)) == ["other", "same"]


async def test_a_mark_undoes_what_came_after_it_and_nothing_else(store: Store) -> None:
    def work(tx: Tx) -> None:
        tx.later(_QUEUE, {"key": "before", "name": ""})
        mark = tx.mark()
        tx.later(_QUEUE, {"key": "after", "name": ""})
        tx.event("test.never")
        tx.back_to(mark)
        tx.event("test.noted")

    await store.write(work)
    assert await _keys(store) == ["before"]
    assert store.tail.last == 1


async def test_a_unit_sees_what_it_put_off_once_it_asks_for_it(store: Store) -> None:
    def work(tx: Tx) -> int:
        tx.later(_QUEUE, {"key": "mine", "name": ""})
        tx.flush()
        return tx.conn.execute(select(func.count()).select_from(queues)).scalar_one()

    assert await store.write(work) == 1
