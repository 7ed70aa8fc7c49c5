"""Timers that have come due: the core's own by name, a plugin's by its hook."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from hub.api import Overloaded
from hub.store import timers
from hub.store.database import Store
from hub.store.rows import Row
from hub.store.unit import Tx

log = logging.getLogger(__name__)
IDLE = 2.0
MOMENT = 0.2  # seconds between looks for timers of the core, while plugins have all they may have at once
MOST = 32

CoreTimers = Mapping[str, Callable[[Tx, Mapping[str, Any]], None]]
PluginTimer = Callable[[str, str, Mapping[str, Any]], Awaitable[None]]


class Clock:
    """Fires durable timers; a core timer and its effect are one commit, a plugin's is at least once, and may take its
    time: it keeps no other waiting."""

    def __init__(self, store: Store, core: CoreTimers, plugin: PluginTimer) -> None:
        self._store = store
        self._core = core
        self._plugin = plugin
        self._under_way: dict[tuple[int, datetime], asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Fire what is due until cancelled."""
        try:
            while True:
                await self._look()
        finally:
            tasks = list(self._under_way.values())
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _look(self) -> None:
        owner = timers.CORE if len(self._under_way) >= MOST else None
        try:
            rows = await self._store.write(lambda tx: timers.due(tx, self._store.node, MOST, owner))
            for row in rows:
                await self._begin(row)
        except Overloaded:
            rows = []
        if not rows:
            await asyncio.sleep(await self._pause())

    async def _pause(self) -> float:
        if len(self._under_way) >= MOST:
            return MOMENT
        due = await self._store.read(timers.next_due)
        return min(max((due - datetime.now(UTC)).total_seconds(), 0.02), IDLE) if due else IDLE

    async def _begin(self, row: Row) -> None:
        """The core's fire here, in their order; a plugin's goes its own way, once at a time."""
        this = (row["id"], row["due_at"])
        if row["owner"] == timers.CORE:
            await self._fire(row)
        elif this not in self._under_way:
            task = self._under_way[this] = asyncio.create_task(self._alone(row))
            task.add_done_callback(lambda _: self._under_way.pop(this))

    async def _alone(self, row: Row) -> None:
        with suppress(Overloaded):  # it comes up again when its lease has run out
            await self._fire(row)

    async def _fire(self, row: Row) -> None:
        try:
            if row["owner"] == timers.CORE:
                await self._store.write(lambda tx: self._fire_core(tx, row))
            else:
                await self._plugin(row["owner"], row["name"], row["payload"])
                await self._store.write(lambda tx: timers.done(tx, row))
        except Exception:  # one timer that fails must not stop the clock
            log.exception("timer %s/%s failed", row["owner"], row["name"])
            await self._store.write(lambda tx: timers.again(tx, row))

    def _fire_core(self, tx: Tx, row: Row) -> None:
        if timers.done(tx, row):  # else another node has fired it, our lease having run out
            self._core[row["name"]](tx, row["payload"])
