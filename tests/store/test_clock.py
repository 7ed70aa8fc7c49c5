"""The clock: what a plugin's timer takes its time for keeps no other waiting, and a core timer has one effect."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from hub.pipeline.clock import Clock
from hub.store import timers
from hub.store.database import Store
from hub.store.unit import Tx

WITHIN = 30.0


class Told:
    """What has fired; a plugin's timer called "slow" never ends."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self._changed = asyncio.Event()

    async def plugin(self, owner: str, name: str, payload: Mapping[str, Any]) -> None:
        self.core(None, {"name": name})
        if name == "slow":
            await asyncio.get_running_loop().create_future()

    def core(self, tx: Tx | None, payload: Mapping[str, Any]) -> None:
        self.names.append(payload["name"])
        self._changed.set()

    async def until(self, *names: str) -> None:
        async with asyncio.timeout(WITHIN):
            while not set(names) <= set(self.names):
                self._changed.clear()
                await self._changed.wait()


@asynccontextmanager
async def running(clock: Clock) -> AsyncIterator[None]:
    task = asyncio.create_task(clock.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def scheduled(store: Store, owner: str, name: str) -> None:
    past = datetime.now(UTC) - timedelta(seconds=1)
    called = "t" if owner == timers.CORE else name
    await store.write(lambda tx: timers.schedule(tx, owner, called, past, {"name": name}))


async def test_a_slow_timer_of_a_plugin_keeps_no_other_waiting(store: Store) -> None:
    told = Told()
    await scheduled(store, "texts", "slow")
    await scheduled(store, "texts", "quick")
    await scheduled(store, timers.CORE, "of the core")
    async with running(Clock(store, {"t": told.core}, told.plugin)):
        await told.until("slow", "quick", "of the core")
    assert sorted(told.names) == ["of the core", "quick", "slow"], "each once, the slow one while it is under way"


async def test_plugins_that_have_all_they_may_leave_the_clock_to_the_core(store: Store) -> None:
    told = Told()
    for _ in range(40):
        await scheduled(store, "texts", "slow")
    async with running(Clock(store, {"t": told.core}, told.plugin)):
        await told.until("slow")
        await scheduled(store, timers.CORE, "of the core")
        await told.until("of the core")
    assert told.names.count("slow") == 32


async def test_what_another_node_has_fired_has_no_second_effect(store: Store) -> None:
    """Our lease has run out while we did other things: the row is gone, and so is its effect."""
    told = Told()
    await scheduled(store, timers.CORE, "once")
    (row,) = await store.write(lambda tx: timers.due(tx, "other"))
    clock = Clock(store, {"t": told.core}, told.plugin)
    for _ in range(2):
        await clock._fire(row)
    assert told.names == ["once"]


async def test_a_timer_that_sets_itself_again_fires_again(store: Store) -> None:
    told = Told()

    async def set_again(owner: str, name: str, payload: Mapping[str, Any]) -> None:
        if payload["name"] == "first":
            now = datetime.now(UTC) + timedelta(seconds=0.2)
            await store.write(lambda tx: timers.schedule(tx, owner, name, now, {"name": "second"}, "key"))
        await told.plugin(owner, payload["name"], payload)

    await store.write(lambda tx: timers.schedule(tx, "texts", "t", datetime.now(UTC), {"name": "first"}, "key"))
    async with running(Clock(store, {}, set_again)):
        await told.until("first", "second")
