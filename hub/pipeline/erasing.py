"""Tells plugins whom to forget: promised in the commit that erased them, and kept until the plugin has done it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from functools import partial

from hub.api import Event, Overloaded, crash_point
from hub.plugin.hooks import Hooks
from hub.store import erasing
from hub.store.database import Store

ERASED = "customer.erased"
AGAIN = 60.0  # seconds until a plugin that failed is told again; and until another node's promise is seen


class Forgetting:
    """Each plugin at work hears of each at least once, in order; what one failed at, or was away for, comes again."""

    def __init__(self, store: Store, hooks: Hooks, again: float = AGAIN) -> None:
        self._store = store
        self._hooks = hooks
        self._again = again
        self._due = asyncio.Event()

    def observe(self, events: Sequence[Event]) -> None:
        """Somebody may have been erased."""
        if any(event.type == ERASED for event in events):
            self._due.set()

    async def run(self) -> None:
        """Tell until cancelled."""
        while True:
            self._due.clear()
            with suppress(Overloaded):  # it is still promised when the database is back
                await self.tell()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._again):
                    await self._due.wait()

    async def tell(self) -> None:
        """Whatever is promised, once."""
        for promise in await self._store.read(erasing.promised):
            if await self._hooks.customer_erased(promise.plugin, promise.customer_id, promise.addresses):
                crash_point("forgotten_before_noted")
                await self._store.write(partial(erasing.kept, promise=promise))
