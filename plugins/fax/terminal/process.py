"""One fax process as the hub sees it: started, asked, watched; its death is told once."""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import orjson

from plugins.fax.terminal import wire
from plugins.fax.terminal.job import Event

log = logging.getLogger(__name__)

_COMMAND: Final = (sys.executable, "-P", str(Path(__file__).with_name("start.py")))
_START_SECONDS: Final = 30.0
_ANSWER_SECONDS: Final = 15.0
_STOP_SECONDS: Final = 5.0
_WATCH_SECONDS: Final = 5.0


class FaxError(Exception):
    """A fax cannot be begun or changed; the message is a sentence."""


class FaxProcess:
    """`told` gets each event with its call's name, `died` is called at the end."""

    def __init__(self, told: Callable[[str, Event], None], died: Callable[[FaxProcess], None]) -> None:
        self._told, self._died = told, died
        self._process: asyncio.subprocess.Process | None = None
        self._numbers = itertools.count(1)
        self._asked: dict[int, asyncio.Future[Any]] = {}
        self._running: asyncio.Task[None] | None = None
        self._listens = False
        self.calls: set[str] = set()

    @property
    def pid(self) -> int | None:
        """Its process; None when it is not running."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def start(self) -> None:
        """Returns once it listens. Raises FaxError."""
        pipe = asyncio.subprocess.PIPE
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        try:
            self._process = await asyncio.create_subprocess_exec(*_COMMAND, stdin=pipe, stdout=pipe, env=environment)
            async with asyncio.timeout(_START_SECONDS):
                ready = await self._output.readline() == wire.READY
        except (OSError, TimeoutError) as error:
            raise FaxError("the fax process does not start") from error
        if not ready:
            raise FaxError("the fax process does not start")
        self._listens = True
        self._running = asyncio.create_task(self._live())

    async def ask(self, method: str, **values: object) -> Any:
        """Its answer. Raises FaxError."""
        if not self._listens or self._process is None or self._process.stdin is None:
            raise FaxError("the fax process died")
        number = next(self._numbers)
        answer = self._asked[number] = asyncio.get_running_loop().create_future()
        try:
            self._process.stdin.write(wire.line(number, method, values))
            async with asyncio.timeout(_ANSWER_SECONDS):
                return await answer
        except TimeoutError as error:
            raise FaxError("the fax process does not answer") from error
        finally:
            self._asked.pop(number, None)

    def kill(self) -> None:
        """At once."""
        if self.pid is not None and self._process:
            self._process.kill()

    async def stop(self) -> None:
        """Let it end its calls, and be gone."""
        if self._process and self._process.stdin:
            self._process.stdin.close()
            await self._exit(self._process)
        if self._running:
            await self._running

    async def _exit(self, process: asyncio.subprocess.Process) -> None:
        try:
            async with asyncio.timeout(_STOP_SECONDS):
                await process.wait()
        except TimeoutError:
            self.kill()
            await process.wait()

    @property
    def _output(self) -> asyncio.StreamReader:
        assert self._process is not None and self._process.stdout is not None
        return self._process.stdout

    async def _live(self) -> None:
        watching = asyncio.create_task(self._watch())
        try:
            while line := await self._output.readline():
                self._heard(*orjson.loads(line))
        finally:
            watching.cancel()
            self._listens = False
            for asked in self._asked.values():
                if not asked.done():
                    asked.set_exception(FaxError("the fax process died"))
            self._died(self)

    def _heard(self, number: int, *rest: Any) -> None:
        if number == 0:
            call, name, values = rest
            self._told(call, wire.event(name, values))
            return
        asked = self._asked.get(number)
        if asked is None or asked.done():
            return
        if len(rest) > 1:
            asked.set_exception(FaxError(rest[1]))
        else:
            asked.set_result(rest[0])

    async def _watch(self) -> None:
        """One that lives but does not answer is worse than a dead one."""
        while True:
            await asyncio.sleep(_WATCH_SECONDS)
            try:
                await self.ask("ping")
            except FaxError as error:
                log.error("a fax process is killed: %s", error)
                self.kill()
                return
