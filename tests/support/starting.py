"""Two ways to start a `hub`: as a new interpreter, and as a fork of one that has imported it (see `preloaded`)."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol

HUB = Path(sys.executable).with_name("hub")
ROOT = Path(__file__).parents[2]
LIMIT = 2**20  # bytes a line


class Running(Protocol):
    """What we need of a started process; asyncio's own is one."""

    stdout: asyncio.StreamReader | None
    pid: int

    @property
    def returncode(self) -> int | None: ...

    async def wait(self) -> int: ...

    def send_signal(self, signal: int) -> None: ...


Start = Callable[[Sequence[str], Mapping[str, str], Path], Awaitable[Running]]


async def execute(arguments: Sequence[str], environment: Mapping[str, str], folder: Path) -> Running:
    """`hub` with these arguments, as anybody starts it."""
    return await asyncio.create_subprocess_exec(
        HUB, *arguments, env=environment, cwd=folder,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, limit=LIMIT,
    )  # fmt: skip


@dataclass(slots=True)
class Forked:
    """A fork, whose end its parent tells us by a line on `_end`."""

    pid: int
    stdout: asyncio.StreamReader | None
    _ended: asyncio.Task[int]

    @property
    def returncode(self) -> int | None:
        return self._ended.result() if self._ended.done() else None

    async def wait(self) -> int:
        return await asyncio.shield(self._ended)

    def send_signal(self, signal: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal)


@dataclass(slots=True)
class Preloaded:
    """The process that forks, from the first start until the end of the block."""

    _process: subprocess.Popen[bytes] | None = None
    _asking: socket.socket | None = None

    def __enter__(self) -> Preloaded:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: BaseException | TracebackType | None) -> None:
        if self._process is not None and self._asking is not None:
            self._asking.close()
            self._process.wait()

    async def start(self, arguments: Sequence[str], environment: Mapping[str, str], folder: Path) -> Running:
        """As `execute`; what only a new interpreter heeds gets one."""
        if "LD_PRELOAD" in environment:
            return await execute(arguments, environment, folder)
        return await self._fork("hub", arguments, environment, folder)

    async def run(self, module: str, *arguments: object) -> Running:
        """`python -m module` with these arguments, for a far side of ours that wants no new interpreter either."""
        return await self._fork(module, list(map(str, arguments)), os.environ, ROOT)

    async def _fork(
        self, program: str, arguments: Sequence[str], environment: Mapping[str, str], folder: Path
    ) -> Running:
        asking = self._asking or self._launch()
        asked = {"program": program, "arguments": list(map(str, arguments)), "environment": dict(environment)}
        asked["folder"] = str(folder)
        (output, theirs), (told, telling) = os.pipe(), os.pipe()
        socket.send_fds(asking, [json.dumps(asked).encode()], [theirs, telling])
        os.close(theirs)
        os.close(telling)
        lines = await _lines(told)
        return Forked(int(await lines.readline()), await _lines(output), asyncio.create_task(_number(lines)))

    def _launch(self) -> socket.socket:
        self._asking, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        environment = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
        command = [sys.executable, "-u", "-m", "tests.support.preloaded", str(theirs.fileno())]
        self._process = subprocess.Popen(command, cwd=ROOT, env=environment, pass_fds=[theirs.fileno()])
        theirs.close()
        return self._asking


async def _lines(descriptor: int) -> asyncio.StreamReader:
    """What comes out of a pipe."""
    lines = asyncio.StreamReader(limit=LIMIT)
    pipe = os.fdopen(descriptor, "rb", buffering=0)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), pipe)
    return lines


async def _number(lines: asyncio.StreamReader) -> int:
    code = int(await lines.readline())
    await lines.read()  # to its end, at which the pipe is closed
    return code
