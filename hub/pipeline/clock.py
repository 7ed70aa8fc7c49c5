"""Timers that have come due: the core's own by name, a plugin's by its hook."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from hub.api import Overloaded
from hub.store import timers
from hub.store.database import Store
from hub.store.rows import Row
from hub.store.unit import Tx

log = logging.getLogger(__name__)
IDLE = 2.0

CoreTimers = Mapping[str, Callable[[Tx, Mapping[str, Any]], None]]
PluginTimer = Callable[[str, str, Mapping[str, Any]], Awaitable[None]]


class Clock:
    """Fires durable timers; a core timer and its effect are one commit, a plugin's is at least once."""

    def __init__(self, store: Store, core: CoreTimers, plugin: PluginTimer) -> None:
        self._store = store
        self._core = core
        self._plugin = plugin

    async def run(self) -> None:
        """Fire what is due until cancelled."""
        while True:
            try:
                rows = await self._store.write(lambda tx: timers.due(tx, self._store.node))
                for row in rows:
                    await self._fire(row)
            except Overloaded:
                rows = []
            if not rows:
                await asyncio.sleep(await self._pause())

    async def _pause(self) -> float:
        due = await self._store.read(timers.next_due)
        return min(max((due - datetime.now(UTC)).total_seconds(), 0.02), IDLE) if due else IDLE

    async def _fire(self, row: Row) -> None:
        try:
            if row["owner"] == timers.CORE:
                await self._store.write(lambda tx: self._fire_core(tx, row))
            else:
                await self._plugin(row["owner"], row["name"], row["payload"])
                await self._store.write(lambda tx: timers.done(tx, row["id"]))
        except Exception:  # one timer that fails must not stop the clock
            log.exception("timer %s/%s failed", row["owner"], row["name"])
            await self._store.write(lambda tx: timers.again(tx, row))

    def _fire_core(self, tx: Tx, row: Row) -> None:
        timers.done(tx, row["id"])
        self._core[row["name"]](tx, row["payload"])
