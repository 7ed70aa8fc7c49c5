"""The callee as a test sees it: commands go in, events come out, and what it heard is measured."""

from __future__ import annotations

import asyncio
import json
import math
import struct
import sys
import wave
from pathlib import Path
from typing import Any

RATE = 8000
PLAYED = 620
"""Hertz of the tone the callee plays."""


class FarSide:
    """`async with FarSide(folder) as callee:`; `port` is where it takes calls."""

    def __init__(self, folder: Path) -> None:
        self.heard = folder / "heard.wav"
        self._tone = folder / "tone.wav"
        self.port = 0

    async def __aenter__(self) -> FarSide:
        write_tone(self._tone, PLAYED)
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "plugins.demo.tests.phone.callee", str(self._tone), str(self.heard),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        self.port = (await self.next("port"))["port"]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()

    def do(self, command: str) -> None:
        """answer, refuse CODE, hold, resume, hang_up."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{command}\n".encode())

    async def next(self, key: str, value: object = None) -> dict[str, Any]:
        """The next event that has this key, and this value where one is asked for. Raises TimeoutError."""
        assert self._process.stdout is not None
        async with asyncio.timeout(20):
            while True:
                line = await self._process.stdout.readline()
                assert line, "the callee ended"
                event: dict[str, Any] = json.loads(line) if line.startswith(b"{") else {}  # PJSUA logs as it starts
                if key in event and value in {None, event[key]}:
                    return event

    async def loudest(self) -> int:
        """End it, and say which frequency (Hz, in steps of 20) it heard most of."""
        self.do("quit")
        await self._process.wait()
        return strongest(self.heard.read_bytes()[44:])


def write_tone(path: Path, hertz: int, seconds: float = 2.0) -> None:
    """Mono, 16 bits, 8 kHz."""
    samples = [round(8000 * math.sin(2 * math.pi * hertz * n / RATE)) for n in range(round(RATE * seconds))]
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(struct.pack(f"<{len(samples)}h", *samples))


def strongest(pcm: bytes) -> int:
    """The frequency with most energy in it, by Goertzel; 0 for silence."""
    samples = struct.unpack(f"<{len(pcm) // 2}h", pcm[: len(pcm) // 2 * 2])
    found = {hertz: _energy(samples, hertz) for hertz in range(200, 1400, 20)}
    return max(found, key=lambda hertz: found[hertz]) if any(samples) else 0


def _energy(samples: tuple[int, ...], hertz: int) -> float:
    turn, last, before = 2 * math.cos(2 * math.pi * hertz / RATE), 0.0, 0.0
    for sample in samples:
        last, before = sample + turn * last - before, last
    return last * last + before * before - turn * last * before
