"""sipp as a caller or a callee: a scenario of ours, one call, its verdict and what it sent and got."""

from __future__ import annotations

import asyncio
from pathlib import Path

SCENARIOS = Path(__file__).parent / "scenarios"


class Sipp:
    """One run, of a scenario of ours by name, or of any file. `async with` starts it; `verdict()` waits for its end."""

    def __init__(self, folder: Path, scenario: str | Path, to: int, *more: str) -> None:
        file = SCENARIOS / f"{scenario}.xml" if isinstance(scenario, str) else scenario
        self._folder = folder
        self._log = folder / f"{file.stem}.messages"
        self._arguments = [
            f"127.0.0.1:{to}", "-sf", str(file), "-i", "127.0.0.1", "-m", "1", "-nostdin",
            "-timeout", "40s", "-timeout_error", "-trace_msg", "-message_file", str(self._log), *more,
        ]  # fmt: skip
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Sipp:
        self._process = await asyncio.create_subprocess_exec(
            "sipp", *self._arguments, cwd=self._folder, env={"TERM": "dumb", "PATH": "/usr/bin:/bin"},
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._process is not None
        if self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def verdict(self) -> int:
        """0: the scenario went as written."""
        assert self._process is not None
        return await asyncio.wait_for(self._process.wait(), 50)

    @property
    def wire(self) -> str:
        """Everything sent and got, for a failing test."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""
