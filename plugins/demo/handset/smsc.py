"""The customers' SMSC: a process of its own (`hub sms smsc`), which the hub binds to as to any carrier's."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx

log = logging.getLogger(__name__)

SOONEST, LATEST = 5.0, 300.0
"""Seconds until one that ended is started again, longer each time."""
PATIENCE, LOOK = 30.0, 0.2


class NoCarrier(Exception):
    """The SMSC is not there, or the hub has not bound to it."""


class Handsets:
    """The SMSC by its HTTP control: what its handsets got, and sending from one."""

    def __init__(self, control: int) -> None:
        self.control = control
        self._url = f"http://127.0.0.1:{control}"

    async def binds(self) -> int:
        """How many are bound that hear. Raises NoCarrier."""
        return int((await self._ask("GET", "/health")).json()["binds"])

    async def texts(self, number: str, after: int = 0) -> Sequence[dict[str, Any]]:
        """What is new or changed on this handset since `after`. Raises NoCarrier."""
        answer = await self._ask("GET", f"/handsets/{number}/texts?after={after}")
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def send(self, number: str, to: str, text: str) -> int:
        """From this handset; its id, once the hub has taken it. Raises NoCarrier."""
        answer = await self._ask("POST", f"/handsets/{number}/texts", {"to": to, "text": text})
        if not answer.is_success:
            raise NoCarrier
        return int(answer.json()["id"])

    async def _ask(self, method: str, path: str, body: dict[str, str] | None = None) -> httpx.Response:
        try:
            async with httpx.AsyncClient(timeout=PATIENCE, trust_env=False) as http:
                return await http.request(method, f"{self._url}{path}", json=body)
        except httpx.HTTPError:
            raise NoCarrier from None


class Smsc:
    """Keeps the process; `handsets` is None until it is up."""

    def __init__(self, port: int, ledger: Path) -> None:
        self._port, self._ledger = port, ledger
        self._up = asyncio.Event()
        self.handsets: Handsets | None = None

    @property
    def wanted(self) -> bool:
        """Whether the demo has one."""
        return self._port > 0

    async def run(self) -> None:
        """Until cancelled."""
        pause = SOONEST
        while self.wanted:
            process = await self._start()
            try:
                await self._follow(process)
            finally:
                self.handsets = None
                await _end(process)
            await asyncio.sleep(pause)
            pause = min(2 * pause, LATEST)

    async def bound(self) -> Handsets:
        """Once it is up, and the hub has bound to it. Raises NoCarrier where that does not come."""
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    await self._up.wait()
                    if self.handsets and await self.handsets.binds():
                        return self.handsets
                    await asyncio.sleep(LOOK)
        except TimeoutError:
            raise NoCarrier from None

    async def _start(self) -> Process:
        words = ["-m", "hub.main", "sms", "smsc", "--with-stdin", "--port", str(self._port), "--ledger"]
        return await asyncio.create_subprocess_exec(
            sys.executable, *words, str(self._ledger), stdin=PIPE, stdout=PIPE, stderr=DEVNULL
        )

    async def _follow(self, process: Process) -> None:
        assert process.stdout is not None
        line = await process.stdout.readline()
        if not line:
            log.warning("the customers' SMSC did not start; see `hub sms smsc`")
        else:
            self.handsets = Handsets(json.loads(line)["control"])
            self._up.set()
        await process.wait()


async def _end(process: Process) -> None:
    """It goes with its standard input."""
    if process.stdin is not None:
        process.stdin.close()
    if process.returncode is None:
        process.terminate()
        await process.wait()
