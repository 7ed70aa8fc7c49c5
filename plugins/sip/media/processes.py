"""The media processes of this hub: as many as the site asks for, the dead replaced."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Callable, Sequence
from typing import Any, Final

from plugins.sip.media.engine import MediaError
from plugins.sip.media.settings import MediaSettings
from plugins.sip.media.worker_process import WorkerProcess

log = logging.getLogger(__name__)

_START_SECONDS: Final = 15.0
_PAUSE: Final = 0.2
"""Between the death of a process and the start of the next; doubled while they die young, up to LONGEST_PAUSE."""
_LONGEST_PAUSE: Final = 10.0
_YOUNG: Final = 10.0


class Processes:
    """`tell` gets their events, `died` each one that is no more; `make` makes one of its arguments and `tell`."""

    def __init__(
        self,
        settings: MediaSettings,
        tell: Callable[[Any], None],
        died: Callable[[WorkerProcess], None],
        make: Callable[[Sequence[str], Callable[[Any], None]], WorkerProcess] = WorkerProcess,
    ) -> None:
        self._settings, self._tell, self._died, self._make = settings, tell, died, make
        self._running: list[asyncio.Task[None]] = []
        self._alive = asyncio.Event()
        self.alive: list[WorkerProcess] = []

    def start(self) -> None:
        """Returns at once; `least_loaded` waits until there is one."""
        self._running = [asyncio.create_task(self._keep(number)) for number in range(self._settings.workers)]

    async def stop(self) -> None:
        """Each finishes its recordings first."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def least_loaded(self) -> WorkerProcess:
        """The one with the fewest legs. Raises MediaError when none starts."""
        try:
            async with asyncio.timeout(_START_SECONDS):
                await self._alive.wait()
        except TimeoutError as error:
            raise MediaError("no media process is running") from error
        return min(self.alive, key=lambda worker: len(worker.legs))

    async def _keep(self, number: int) -> None:
        """Start one again and again."""
        clock, pause = asyncio.get_running_loop().time, _PAUSE
        for life in itertools.count(1):
            started = clock()
            await self._live(number)
            log.error("media process %d died (life %d) and is started again", number, life)
            pause = _PAUSE if clock() - started > _YOUNG else min(2 * pause, _LONGEST_PAUSE)
            await asyncio.sleep(pause)

    async def _live(self, number: int) -> None:
        worker = self._make(self._arguments(number), self._tell)

        def started() -> None:
            self.alive.append(worker)
            self._alive.set()

        try:
            await worker.run(started)
        except OSError as error:
            log.error("a media process cannot be started: %s", error)
        finally:
            self._gone(worker)

    def _gone(self, worker: WorkerProcess) -> None:
        if worker in self.alive:
            self.alive.remove(worker)
        if not self.alive:
            self._alive.clear()
        self._died(worker)

    def _arguments(self, number: int) -> list[str]:
        """Of a range of ports each process has its own even ones: odd ones are RTCP's (RFC 3550 §11)."""
        first, last = self._settings.ports
        start, stop, step = (0, 1, 1) if not last else (first + first % 2 + 2 * number, last + 1, self._step)
        return [self._settings.host, str(start), str(stop), str(step), str(self._settings.silence_seconds)]

    @property
    def _step(self) -> int:
        return 2 * self._settings.workers
