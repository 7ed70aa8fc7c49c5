"""Who follows what an engine tells: each gets everything, from when they began."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from plugins.sip.media.engine import Event


class Listeners:
    """`tell` never waits."""

    def __init__(self) -> None:
        self._queues: set[asyncio.Queue[Event]] = set()

    def tell(self, event: Event) -> None:
        """To all who follow."""
        for queue in self._queues:
            queue.put_nowait(event)

    def follow(self) -> AsyncIterator[Event]:
        """From now on, not from when it is first asked for one."""
        queue: asyncio.Queue[Event] = asyncio.Queue()
        self._queues.add(queue)
        return self._each(queue)

    async def _each(self, queue: asyncio.Queue[Event]) -> AsyncIterator[Event]:
        try:
            while True:
                yield await queue.get()
        finally:
            self._queues.discard(queue)
