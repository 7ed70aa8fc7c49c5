"""Work that is begun now and that nobody waits for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any


class Soon:
    """Keeps it alive until it is done: asyncio alone would not. Of `faults` in it `failed` hears; any other is a bug,
    and asyncio says so."""

    def __init__(self, failed: Callable[[Exception], None] = lambda _: None, *faults: type[Exception]) -> None:
        self._failed = failed
        self._faults = faults
        self._tasks: set[asyncio.Task[None]] = set()

    def __call__(self, work: Coroutine[Any, Any, None]) -> None:
        """Begin."""
        task = asyncio.get_running_loop().create_task(self._guarded(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def done(self) -> None:
        """Wait until all of it is."""
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def end(self) -> None:
        """Cancel what is not done."""
        for task in self._tasks:
            task.cancel()
        await self.done()

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except self._faults as error:
            self._failed(error)
