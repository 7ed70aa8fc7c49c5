"""A far side that is told what to do by lines on its standard input, and tells what happened on its standard output."""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
WITHIN = 30.0


@dataclass(slots=True)
class Commanded:
    """`async with Commanded("tests.farside.cmpp_ismg", ledger, "--version", "3") as far:`; `far.events` is its ledger,
    one object an event."""

    module: str
    ledger: Path
    options: tuple[str, ...] = ()
    events: list[dict[str, Any]] = field(default_factory=list)
    _process: Process | None = None
    _reading: asyncio.Task[None] | None = None
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def __aenter__(self) -> Commanded:
        command = [sys.executable, "-m", self.module, str(self.ledger), *self.options]
        self._process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdin=PIPE, stdout=PIPE)
        self._reading = asyncio.create_task(self._read())
        await self.event("listening")
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._process is not None and self._process.stdin is not None and self._reading is not None
        self._process.stdin.close()
        try:
            await asyncio.wait_for(self._process.wait(), WITHIN)
        except TimeoutError:
            self._process.kill()
        await self._reading

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.events[0]["port"])

    def named(self, name: str) -> list[dict[str, Any]]:
        """The events of a name so far."""
        return [event for event in self.events if event["event"] == name]

    def do(self, what: str, **about: object) -> None:
        """Have it do something."""
        assert self._process is not None and self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": what, **about}).encode() + b"\n")

    async def event(self, name: str, wanted: Callable[[dict[str, Any]], bool] = bool) -> dict[str, Any]:
        """The first such event, as soon as there is one."""

        def found() -> list[dict[str, Any]]:
            return [event for event in self.named(name) if wanted(event)]

        async with asyncio.timeout(WITHIN), self._news:
            await self._news.wait_for(found)
        return found()[0]

    async def _read(self) -> None:
        assert self._process is not None and self._process.stdout is not None
        async for line in self._process.stdout:
            async with self._news:
                self.events.append(json.loads(line))
                self._news.notify_all()
