"""One media process as the hub sees it: started, asked, watched; its death is told once."""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import orjson

from plugins.sip.media import wire
from plugins.sip.media.engine import MediaError

log = logging.getLogger(__name__)

_ANSWER_SECONDS: Final = 5.0
_STOP_SECONDS: Final = 5.0
_WATCH_SECONDS: Final = 2.0
COMMAND: Final = (sys.executable, "-P", str(Path(__file__).with_name("start.py")))
DIED: Final = "the media process died"


class WorkerProcess:
    """`tell` gets each event, as `read` makes it of a line. `command` is what is run."""

    def __init__(
        self,
        arguments: Sequence[str],
        tell: Callable[[Any], None],
        command: Sequence[str] = COMMAND,
        read: Callable[..., object] = wire.event,
    ) -> None:
        self._arguments, self._tell = arguments, tell
        self._command, self._event = command, read
        self._process: asyncio.subprocess.Process | None = None
        self._numbers = itertools.count(1)
        self._asked: dict[int, asyncio.Future[Any]] = {}
        self.legs: set[str] = set()

    @property
    def pid(self) -> int | None:
        """Its process; None when it is not running."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def run(self, started: Callable[[], None]) -> None:
        """Start it and return when it has died; being cancelled stops it."""
        self._process = await asyncio.create_subprocess_exec(
            *self._command,
            *self._arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=_environment(),
        )
        try:
            if await self._is_ready():
                started()
                await self._live()
        finally:
            await self._stop()
            self._give_up()

    async def ask(self, method: str, **arguments: object) -> Any:
        """Its answer. Raises MediaError."""
        if self.pid is None or self._process is None or self._process.stdin is None:
            raise MediaError(DIED)
        number = next(self._numbers)
        answer = self._asked[number] = asyncio.get_running_loop().create_future()
        try:
            self._process.stdin.write(wire.line(number, method, arguments))
            async with asyncio.timeout(_ANSWER_SECONDS):
                return await answer
        except TimeoutError as error:
            raise MediaError(f"the media process does not answer ({method})") from error
        finally:
            self._asked.pop(number, None)

    def tell(self, method: str, **arguments: object) -> None:
        """Ask without waiting for the answer; nothing if it is dead."""
        if self.pid is not None and self._process and self._process.stdin:
            self._process.stdin.write(wire.line(next(self._numbers), method, arguments))

    def kill(self) -> None:
        """At once."""
        if self.pid is not None and self._process:
            self._process.kill()

    async def _live(self) -> None:
        watching = asyncio.create_task(self._watch())
        try:
            await self._read()
        finally:
            watching.cancel()

    async def _is_ready(self) -> bool:
        """Whether it came so far as to listen to us."""
        assert self._process is not None and self._process.stdout is not None
        return await self._process.stdout.readline() == wire.READY

    async def _read(self) -> None:
        assert self._process is not None and self._process.stdout is not None
        while line := await self._process.stdout.readline():
            number, *rest = orjson.loads(line)
            if number == 0:
                self._tell(self._event(*rest))
            else:
                self._answered(number, *rest)

    def _answered(self, number: int, answer: object, error: str = "") -> None:
        asked = self._asked.get(number)
        if asked is None or asked.done():
            return
        if error:
            asked.set_exception(MediaError(error))
        else:
            asked.set_result(answer)

    async def _watch(self) -> None:
        """One that lives but does not answer is worse than a dead one."""
        while True:
            await asyncio.sleep(_WATCH_SECONDS)
            try:
                await self.ask("ping")
            except MediaError as error:
                log.error("a media process is killed: %s", error)
                self.kill()
                return

    async def _stop(self) -> None:
        """Let it finish its recordings."""
        assert self._process is not None and self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.close()
        try:
            async with asyncio.timeout(_STOP_SECONDS):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()

    def _give_up(self) -> None:
        for asked in self._asked.values():
            if not asked.done():
                asked.set_exception(MediaError(DIED))


def _environment() -> dict[str, str]:
    """One thread for array operations: more of them fight with the ticker."""
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return os.environ | threads | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
