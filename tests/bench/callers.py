"""sipp as many callers at once: the scenario of the tests, each with a number of their own."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.voice.sipp import SCENARIOS

SCENARIO = (SCENARIOS / "calls_and_hangs_up.xml").read_text(encoding="utf-8")
PAUSE = '<pause milliseconds="600"/>'
DESK = "+861058880000"
"""Whom the scenario calls."""
_LOGGED = re.compile(rb"^-{10,}.*\n\w+ message (sent|received) .*\n\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Callers:
    """`count` calls, `rate` new ones a second as long as no more than `at_once` are under way; each is hung up
    `holding` seconds after it was answered."""

    folder: Path
    port: int
    count: int
    rate: int
    at_once: int
    holding: float = 0.0

    @asynccontextmanager
    async def calling(self, *more: str) -> AsyncIterator[asyncio.subprocess.Process]:
        """They begin; who has not hung up at the end is gone without a word."""
        process = await asyncio.create_subprocess_exec(
            "sipp", f"127.0.0.1:{self.port}", "-sf", str(self._scenario()), "-inf", str(self._numbers()),
            "-i", "127.0.0.1", "-m", str(self.count), "-r", str(self.rate), "-l", str(self.at_once), "-nostdin", *more,
            cwd=self.folder, env={"TERM": "dumb", "PATH": "/usr/bin:/bin"},
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            yield process
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()

    async def wire(self) -> list[tuple[str, bytes]]:
        """What was said in these calls: ("sent" or "received" by the callers, the message)."""
        log = self.folder / "messages"
        async with self.calling("-trace_msg", "-message_file", str(log)) as process:
            await process.wait()
        _, *found = _LOGGED.split(await asyncio.to_thread(log.read_bytes))
        return [(way.decode(), text) for way, text in zip(found[::2], found[1::2], strict=True)]

    def _scenario(self) -> Path:
        path = self.folder / "calls.xml"
        held = SCENARIO.replace(PAUSE, f'<pause milliseconds="{round(1000 * self.holding)}"/>' if self.holding else "")
        path.write_text(held.replace("13800138000", "[field0]"), encoding="utf-8")
        return path

    def _numbers(self) -> Path:
        path = self.folder / "numbers.csv"
        path.write_text("\n".join(["SEQUENTIAL", *(f"{13_800_000_000 + number};" for number in range(self.count)), ""]))
        return path
