"""The fax machines of this hub: processes that are started when first needed, and again when they die."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Final, Self

from hub.api import Misconfigured
from plugins.fax.terminal import spandsp, wire
from plugins.fax.terminal.ending import DIED, ending
from plugins.fax.terminal.job import Codec, Done, Event, Job, PageDone, T38Options
from plugins.fax.terminal.process import FaxError, FaxProcess

log = logging.getLogger(__name__)

_PAUSE: Final = 0.2
"""Seconds between the death of a process and the start of the next; doubled for each that died young."""
_LONGEST_PAUSE: Final = 10.0
_YOUNG: Final = 30.0


@dataclass(frozen=True, slots=True)
class Load:
    """Of a process: its calls, and by how many ms the latest tick since the last look began late."""

    calls: int
    late_ms: float


class Session:
    """One fax call. `near` is where its process listens for the media's datagrams."""

    def __init__(self, name: str, job: Job, process: FaxProcess) -> None:
        self._name, self._job, self._process = name, job, process
        self._events: asyncio.Queue[Event] = asyncio.Queue()
        self._pages = 0
        self._over = False
        self.near: tuple[str, int] = ("127.0.0.1", 0)

    async def audio(self, far: tuple[str, int], codec: Codec | str) -> None:
        """Go on by G.711 with RTP to and from `far`. Raises FaxError."""
        await self._process.ask("audio", call=self._name, far=far, codec=Codec(codec))

    async def t38(self, far: tuple[str, int], options: T38Options = T38Options()) -> None:  # noqa: B008  # frozen
        """Go on by T.38 with UDPTL to and from `far`: before the first page alone. Raises FaxError."""
        await self._process.ask("t38", call=self._name, far=far, options=asdict(options))

    async def events(self) -> AsyncIterator[Event]:
        """What happens, to one listener; Done is the last, and always comes."""
        while True:
            event = await self._events.get()
            yield event
            if isinstance(event, Done):
                return

    async def stop(self) -> None:
        """The call is over: Done is told, if it was not yet, and what belongs to it is given back."""
        with suppress(FaxError):
            await self._process.ask("stop", call=self._name)
        self._process.calls.discard(self._name)

    def tell(self, event: Event) -> None:
        """For `events`."""
        if isinstance(event, PageDone):
            self._pages = event.page
        if not self._over:
            self._over = isinstance(event, Done)
            self._events.put_nowait(event)

    def died(self) -> None:
        """Its process did; the pages that were whole by then are."""
        self.tell(Done(DIED, ending(DIED).text["en"], self._pages, self._job.pages_expected))


class Terminals:
    """An async context manager; nothing runs until the first fax. Each process takes about sixty calls of a core."""

    def __init__(self, processes: int = 1) -> None:
        self._most = processes
        self._alive: list[FaxProcess] = []
        self._sessions: dict[str, Session] = {}
        self._numbers = itertools.count(1)
        self._starting = asyncio.Lock()
        self._died_at, self._pause, self._started_at = 0.0, 0.0, 0.0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        async with self._starting:
            await asyncio.gather(*(process.stop() for process in list(self._alive)))

    @property
    def pids(self) -> list[int]:
        """Of the processes that run."""
        return [process.pid for process in self._alive if process.pid is not None]

    async def loads(self) -> list[Load]:
        """How each process does. Raises FaxError when one died just now."""
        answers = [await process.ask("load") for process in self._alive]
        return [Load(int(calls), late) for calls, late in answers]

    async def open(self, job: Job) -> Session:
        """A machine that waits for `audio` or `t38`. Raises Misconfigured without the library, and FaxError."""
        if not spandsp.available():
            raise Misconfigured(spandsp.INSTALL)
        process = await self._least_loaded()
        name = str(next(self._numbers))
        session = self._sessions[name] = Session(name, job, process)
        process.calls.add(name)
        try:
            session.near = ("127.0.0.1", await process.ask("open", call=name, job=wire.job_out(job)))
        except BaseException:  # also when whoever asked does not wait any more: nobody else would end it
            self._sessions.pop(name, None)
            await session.stop()
            raise
        return session

    async def _least_loaded(self) -> FaxProcess:
        async with self._starting:
            if len(self._alive) < self._most and all(process.calls for process in self._alive):
                await self._start()
        if not self._alive:
            raise FaxError("no fax process is running")
        return min(self._alive, key=lambda process: len(process.calls))

    async def _start(self) -> None:
        clock = asyncio.get_running_loop().time
        await asyncio.sleep(max(0.0, self._died_at + self._pause - clock()) if self._pause else 0.0)
        process = FaxProcess(self._told, self._died)
        try:
            await process.start()
        except FaxError:
            self._failed(clock())
            await process.stop()
            raise
        self._started_at = clock()
        self._alive.append(process)

    def _told(self, call: str, event: Event) -> None:
        if session := self._sessions.get(call):
            session.tell(event)
            if isinstance(event, Done):
                del self._sessions[call]

    def _died(self, process: FaxProcess) -> None:
        now = asyncio.get_running_loop().time()
        self._alive = [each for each in self._alive if each is not process]
        self._failed(now)
        for call in sorted(process.calls):
            if session := self._sessions.pop(call, None):
                session.died()

    def _failed(self, now: float) -> None:
        young = now - self._started_at < _YOUNG
        self._pause = min(max(2 * self._pause, _PAUSE), _LONGEST_PAUSE) if young else _PAUSE
        self._died_at = now
