"""The event log has no holes and reaches every node in order, whoever wrote what when."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from sqlalchemy import Connection

from hub.api import Event
from hub.store import database, eventlog
from hub.store.database import Store
from hub.store.eventlog import read_after
from hub.store.unit import Tx

WRITERS, EACH = 8, 25


def _note(tx: Tx) -> None:
    tx.event("test.noted")


def _fail(tx: Tx) -> None:
    tx.event("test.never")
    raise ValueError("this one takes nothing along")


async def _write(store: Store) -> None:
    for _ in range(EACH):
        await store.write(_note)
        outcome = await asyncio.gather(store.write(_fail), return_exceptions=True)
        assert isinstance(outcome[0], ValueError)


async def _follow(store: Store, count: int) -> list[int]:
    seen: list[int] = []
    async for event in store.tail.follow(since=0):
        assert event.type == "test.noted"
        seen.append(event.seq)
        if len(seen) == count:
            return seen
    return seen


async def test_numbers_have_no_holes_though_units_of_work_fail_between_them(store: Store) -> None:
    await asyncio.gather(*(_write(store) for _ in range(WRITERS)))
    async with asyncio.timeout(20):
        assert await _follow(store, WRITERS * EACH) == list(range(1, WRITERS * EACH + 1))


async def test_two_nodes_see_the_same_events_in_the_same_order(postgresql_url: str, tmp_path: Path) -> None:
    one = await Store.open(postgresql_url, key_file=tmp_path / "key", node="one")
    two = await Store.open(postgresql_url, key_file=tmp_path / "key", node="two")
    following = [asyncio.create_task(_follow(store, 2 * WRITERS * EACH)) for store in (one, two)]
    await asyncio.gather(*(_write(store) for store in (one, two) for _ in range(WRITERS)))
    async with asyncio.timeout(30):
        seen = await asyncio.gather(*following)
    assert seen[0] == seen[1] == list(range(1, 2 * WRITERS * EACH + 1))
    await one.close()
    await two.close()


async def test_a_node_reads_nothing_to_learn_what_it_wrote_itself(
    postgresql_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "UNTOLD", 1000.0)
    store = await Store.open(postgresql_url, key_file=tmp_path / "key", node="one")
    reads: list[int] = []

    def read(conn: Connection, seq: int) -> list[Event]:
        reads.append(seq)
        return read_after(conn, seq)

    monkeypatch.setattr(eventlog, "read_after", read)
    for _ in range(EACH):
        await store.write(_note)
    assert store.tail.last == EACH
    other = await Store.open(postgresql_url, key_file=tmp_path / "key", node="two")
    await other.write(_note)
    async with asyncio.timeout(20):
        assert (await _follow(store, EACH + 1))[-1] == EACH + 1
    asked = [seq for seq in reads if seq < EACH]
    assert len(asked) <= 1, "it looks once when it begins to hear the others, and never for what its writers told it"
    await store.close()
    await other.close()


async def test_a_commit_whose_answer_was_lost_is_heard_of_all_the_same(
    postgresql_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = await Store.open(postgresql_url, key_file=tmp_path / "key", node="one")
    monkeypatch.setattr(store.tail, "publish", _Deaf(store.tail.publish))
    await store.write(_note)
    async with asyncio.timeout(20):
        assert await _follow(store, 1) == [1]
    await store.close()


class _Deaf:
    """Hears nothing the first time, as of a commit whose answer never came."""

    def __init__(self, publish: Callable[[Sequence[Event]], bool]) -> None:
        self._publish = publish
        self._heard = False

    def __call__(self, committed: Sequence[Event]) -> bool:
        if not self._heard:
            self._heard = True
            return True
        return self._publish(committed)
