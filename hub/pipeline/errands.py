"""Work that is done when asked for, one task a key, and once more when it was asked for meanwhile."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from hub.api import Overloaded

log = logging.getLogger(__name__)
PAUSE = 1.0  # seconds until the database is asked again


class Errands:
    """`errand` is given a key and does all there is to do for it. Whoever asks while it runs may ask about something it
    has not seen: it runs again. A store that is away only delays it; any other fault ends that run and nothing else."""

    def __init__(self, errand: Callable[[int], Awaitable[None]], name: str, pause: float = PAUSE) -> None:
        self._errand = errand
        self._name = name
        self._pause = pause
        self._due: set[int] = set()
        self._tasks: dict[int, asyncio.Task[None]] = {}

    def ask(self, key: int) -> None:
        """Have it done soon."""
        self._due.add(key)
        if key not in self._tasks:
            self._tasks[key] = asyncio.get_running_loop().create_task(self._run(key), name=self._name)

    async def close(self) -> None:
        """Stop what runs and forget what is due."""
        self._due.clear()
        running = list(self._tasks.values())
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        self._tasks.clear()  # of those that never began

    async def _run(self, key: int) -> None:
        try:
            while key in self._due:
                self._due.discard(key)
                await self._once(key)
        finally:
            # Here and in no callback of the task, which runs later: who asked in between would be heard by nobody.
            self._tasks.pop(key, None)

    async def _once(self, key: int) -> None:
        try:
            await self._errand(key)
        except Overloaded:
            log.warning("%s %d waits: the database is away", self._name, key)
            self._due.add(key)
            await asyncio.sleep(self._pause)
        except Exception:  # whatever it was, the others' are still to be done
            log.exception("%s %d failed", self._name, key)
