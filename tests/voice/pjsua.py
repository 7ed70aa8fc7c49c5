"""PJSUA as an agent's desk phone, which baresip cannot be: two calls at once, joined by its transfer key."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from tests.voice.baresip import sine

ROOT = Path(__file__).parents[2]


class Pjsua:
    """One phone. `events` are what it told: REGISTERED, and INCOMING, EARLY, CONFIRMED, DISCONNECTED
    of leg 0, 1, …, and TRANSFER with a code."""

    def __init__(self, folder: Path, user: str, password: str, hub: int, frequency: int) -> None:
        folder.mkdir()
        (folder / "tone.wav").write_bytes(sine(frequency))
        self._arguments = [user, password, str(hub), str(folder / "tone.wav")]
        self.events: list[dict[str, Any]] = []
        self._news = asyncio.Condition()

    async def __aenter__(self) -> Pjsua:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.voice.pjsua_phone", *self._arguments, cwd=ROOT,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        self._reading = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()
        await self._reading

    def do(self, command: str) -> None:
        """A command of `pjsua_phone`."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{command}\n".encode())

    async def until(self, event: str, **more: Any) -> None:
        """It has told this."""
        wanted = {"event": event, **more}
        try:
            async with asyncio.timeout(15), self._news:
                await self._news.wait_for(lambda: any(wanted.items() <= told.items() for told in self.events))
        except TimeoutError:
            raise AssertionError(f"no {wanted} in {self.events}") from None

    async def _read(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            if not line.startswith(b"{"):
                continue  # what PJSUA says of itself before it can be told not to
            async with self._news:
                self.events.append(json.loads(line))
                self._news.notify_all()
