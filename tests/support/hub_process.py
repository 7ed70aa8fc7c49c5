"""The real `hub serve` as a process of its own, for tests that only sockets, signals and files may touch."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.support.starting import Running, Start, execute

READY = "HUB READY "
START_WITHIN = STOP_WITHIN = 60.0  # seconds; both take about one, a loaded machine needs more


@dataclass(slots=True)
class HubProcess:
    """One start of `hub serve` on `database`, with its data in `folder`; `async with` stops it, demanding a clean exit.

    ready   what the process printed when it was up: {"http": "http://127.0.0.1:PORT", "connections": {name: "smtp://HOST:PORT"}}
    begin   how a process is started: executed, or forked from one that has imported it already
    log     everything it wrote, stdout and stderr together
    took    seconds from its execution to READY
    """

    folder: Path
    database: str
    environment: dict[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()
    begin: Start = execute
    ready: dict[str, Any] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    took: float = 0.0
    _process: Running | None = None
    _reader: asyncio.Task[None] | None = None
    _up: asyncio.Event = field(default_factory=asyncio.Event)
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _signalled: bool = False

    @property
    def http(self) -> str:
        return str(self.ready["http"])

    def port_of(self, connection: str) -> int:
        """The port a listening connection got, by the connection's name in the site file."""
        return int(self.ready["connections"][connection].rsplit(":", 1)[1])

    @property
    def pid(self) -> int:
        return self._running().pid

    async def __aenter__(self) -> HubProcess:
        await self.start()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: BaseException | TracebackType | None) -> None:
        code = await self.stop()
        assert kind is not None or self._signalled or code == 0, f"hub serve ended with {code}:\n{self.text}"

    async def start(self) -> None:
        """Start it, also after a stop or a kill, and wait until it is ready. Raises AssertionError with its log."""
        self._up.clear()
        self._signalled = False
        arguments = ("serve", "--ready-json", *self.arguments)
        began = time.perf_counter()
        self._process = await self.begin(arguments, self._environment(), self.folder)
        self._reader = asyncio.create_task(self._read())
        up, gone = asyncio.create_task(self._up.wait()), asyncio.create_task(self._process.wait())
        done, _ = await asyncio.wait([up, gone], timeout=START_WITHIN, return_when=asyncio.FIRST_COMPLETED)
        self.took = time.perf_counter() - began
        gone.cancel()
        up.cancel()
        assert up in done, f"hub serve was not ready within {START_WITHIN} s:\n{self.text}"

    async def stop(self) -> int:
        """Ctrl-C; its exit code. One that does not end in time is killed, and fails the test."""
        process = self._running()
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
        try:
            return await asyncio.wait_for(self.ended(), STOP_WITHIN)
        except TimeoutError:
            await self.kill()
            raise AssertionError(f"hub serve did not end within {STOP_WITHIN} s of SIGINT:\n{self.text}") from None

    async def kill(self) -> None:
        """SIGKILL, as a crash or a power cut would."""
        self.signal(signal.SIGKILL)
        await self.ended()

    def signal(self, number: signal.Signals) -> None:
        """Send any signal (SIGSTOP, SIGCONT, SIGKILL, …); a bad exit code is then expected."""
        self._signalled = True
        if self._running().returncode is None:
            self._running().send_signal(number)

    async def ended(self) -> int:
        """Wait until the process is gone and its last words are read; its exit code (negative: the signal)."""
        code = await self._running().wait()
        assert self._reader is not None
        await self._reader
        self._signalled |= code < 0 and "HUB_CRASH_AT" in self.environment
        return code

    async def wait_for_line(self, wanted: Callable[[str], bool], within: float = 10.0) -> str:
        """The first line of the log, written already or to come, that `wanted` accepts."""
        async with asyncio.timeout(within):
            while (found := next(filter(wanted, self.log), None)) is None:
                self._news.clear()
                await self._news.wait()
            return found

    @property
    def text(self) -> str:
        return "".join(self.log)

    def _running(self) -> Running:
        assert self._process is not None, "hub serve was never started"
        return self._process

    def _environment(self) -> dict[str, str]:
        """Nothing of the caller's own settings leaks in, and every port is asked of the system."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
        ours = {"HUB_DATA": str(self.folder), "HUB_DATABASE": self.database, "HUB_PORT": "0"}
        ours |= {"HUB_SMTP_PORT": "0", "HUB_SIP_PORT": "0"}
        ours["HUB_DEMO_SEED"] = "0"  # a demo site has no customers yet, unless its test wants them
        return {**inherited, **ours, "PYTHONUNBUFFERED": "1", **self.environment}

    async def _read(self) -> None:
        stream = self._running().stdout
        assert stream is not None
        async for line in stream:
            self.log.append(line.decode(errors="replace"))
            self._news.set()
            if self.log[-1].startswith(READY):
                self.ready = json.loads(self.log[-1].removeprefix(READY))
                self._up.set()
