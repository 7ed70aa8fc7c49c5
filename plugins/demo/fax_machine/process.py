"""The dealer's fax machine: a process that calls the hub, and is called by it, as any other machine."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import httpx

log = logging.getLogger(__name__)

NUMBER: Final = "+862158881266"
"""Of the dealer in Shanghai, who has one line for all."""
AGAIN: Final = 30.0
"""Seconds until one that ended is started again."""
PATIENCE: Final = 70.0
"""A document that is long takes its time to be printed."""


class NoMachine(Exception):
    """It is not there: starting, or the library it needs is not installed."""


class Machine:
    """Keeps the process. `port` is where it is called, 0 for none on this desk."""

    def __init__(self, port: int, folder: Path) -> None:
        self._port, self._folder = port, folder
        self._control = 0

    @property
    def wanted(self) -> bool:
        """Whether the demo has one."""
        return self._port > 0

    async def run(self) -> None:
        """Until cancelled."""
        while self.wanted:
            process = await self._start()
            try:
                await self._follow(process)
            finally:
                self._control = 0
                await _end(process)
            await asyncio.sleep(AGAIN)

    async def ask(
        self, method: str, path: str, query: Mapping[str, str] | None = None, body: bytes = b"", kind: str = ""
    ) -> httpx.Response:
        """Raises NoMachine."""
        if not self._control:
            raise NoMachine
        headers = {"content-type": kind} if kind else {}
        try:
            async with httpx.AsyncClient(timeout=PATIENCE, trust_env=False) as http:
                url = f"http://127.0.0.1:{self._control}{path}"
                return await http.request(method, url, params=query, content=body, headers=headers)
        except httpx.HTTPError:
            raise NoMachine from None

    async def state(self) -> dict[str, Any]:
        """Its number, and every fax there was. Raises NoMachine."""
        found: dict[str, Any] = (await self.ask("GET", "/state")).json()
        return found

    async def _start(self) -> Process:
        words = ["-m", "hub.main", "fax", "machine", "--with-stdin", "--number", NUMBER, "--port", str(self._port)]
        return await asyncio.create_subprocess_exec(
            sys.executable, *words, "--folder", str(self._folder), stdin=PIPE, stdout=PIPE, stderr=DEVNULL
        )

    async def _follow(self, process: Process) -> None:
        assert process.stdout is not None
        line = await process.stdout.readline()
        if line:
            self._control = json.loads(line)["control"]
        else:
            log.warning("the customers' fax machine did not start; see `hub fax machine`")
        await process.wait()


async def _end(process: Process) -> None:
    """It goes with its standard input."""
    if process.stdin is not None:
        process.stdin.close()
    if process.returncode is None:
        process.terminate()
        await process.wait()
