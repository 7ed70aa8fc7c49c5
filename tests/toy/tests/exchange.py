"""The toy's far side as a test holds it: a process, its ledger, and a wire to make it speak."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.farside.ledger import read_ledger
from tests.farside.toy_lines import Line, encode
from tests.support.starting import Running

ROOT = Path(__file__).parents[3]
Entry = dict[str, Any]
Wanted = Callable[[Entry], bool]


@dataclass(slots=True)
class Exchange:
    """A running `tests.farside.toy_peer`; `async with` starts and ends it. `begin`: if not by a new interpreter."""

    ledger: Path
    secret: str = "squeak"
    port: int = 0
    begin: Callable[..., Awaitable[Running]] | None = None
    said: int = field(default=0, init=False)
    _process: Running | None = field(default=None, init=False)
    _news: asyncio.Event = field(default_factory=asyncio.Event, init=False)
    _watching: asyncio.Task[None] | None = field(default=None, init=False)
    _control: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = field(default=None, init=False)

    async def __aenter__(self) -> Exchange:
        begin = self.begin or _execute
        options = ("--port", str(self.port), "--secret", self.secret)
        self._process = await begin("tests.farside.toy_peer", str(self.ledger), *options)
        assert self._process.stdout is not None
        self.port = int((await self._process.stdout.readline()).split()[-1])
        self._control = await asyncio.open_connection("127.0.0.1", self.port)
        await self._do({"role": "control"}, answered=False)
        self._watching = asyncio.create_task(self._watch())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._process is not None and self._control is not None
        self._control[1].close()
        if self._watching is not None:
            self._watching.cancel()
        self._process.send_signal(signal.SIGTERM)
        await self._process.wait()

    async def say(self, kind: str, session: str = "s1", **line: Any) -> str:
        """Have it push one input; its id."""
        self.said += 1
        ident = str(line.pop("id", f"toy-in-{self.said}"))
        await self._do({"do": "say", "id": ident, "kind": kind, "session": session, "to": "desk", **line})
        return ident

    async def behave(self, how: str) -> None:
        """Set how it answers sends."""
        await self._do({"do": "behave", "as": how})

    def entries(self, event: str) -> list[Entry]:
        """What its ledger has of one kind."""
        return [entry for entry in read_ledger(self.ledger) if entry["event"] == event]

    async def until(self, event: str, wanted: Wanted = lambda entry: True, within: float = 30) -> Entry:
        """The first entry of a kind that is wanted, there already or to come."""
        async with asyncio.timeout(within):
            while (found := next(filter(wanted, self.entries(event)), None)) is None:
                self._news.clear()
                await self._news.wait()
            return found

    async def _watch(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(encode({"role": "watch"}))
        try:
            while await reader.readline():
                self._news.set()
        finally:
            writer.close()

    async def _do(self, line: Line, *, answered: bool = True) -> None:
        assert self._control is not None
        reader, writer = self._control
        writer.write(encode(line))
        await writer.drain()
        if answered:
            await reader.readline()


async def _execute(module: str, *arguments: str) -> Running:
    command = (sys.executable, "-m", module, *arguments)
    return await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
