"""baresip as a caller's or an agent's phone: it sounds a tone of its own and records what it hears."""

from __future__ import annotations

import asyncio
import io
import json
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from tests.support.ports import free_port

Sound: TypeAlias = np.ndarray[tuple[int], np.dtype[np.float64]]

CONFIG = """
sip_listen 127.0.0.1:{sip}
net_interface 127.0.0.1
ctrl_tcp_listen 127.0.0.1:{control}
audio_source aufile,{folder}/tone.wav
audio_player aufile,{folder}/played.wav
audio_alert aufile,{folder}/alert.wav
audio_buffer 20-160
rtp_timeout 0
module_path /usr/lib/baresip/modules
module g711.so
module aufile.so
module sndfile.so
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
"""


class Baresip:
    """One phone. `events` are what it told (REGISTER_OK, CALL_INCOMING, CALL_ESTABLISHED, CALL_CLOSED, …)."""

    def __init__(self, folder: Path, account: str, tone: int) -> None:
        folder.mkdir()
        self.folder = folder
        self.sip, self._control = free_port(), free_port()
        values = {"sip": self.sip, "control": self._control, "folder": folder}
        (folder / "config").write_text(CONFIG.format(**values))
        (folder / "accounts").write_text(account.format(**values) + "\n")
        (folder / "tone.wav").write_bytes(sine(tone))
        self.events: list[str] = []
        self.log: list[str] = []
        self._news = asyncio.Condition()
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Baresip:
        self._process = await asyncio.create_subprocess_exec(
            "baresip", "-4", "-s", "-v", "-f", str(self.folder), cwd=self.folder, stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        self._tasks.append(asyncio.create_task(self._read_log()))
        self._reader, self._writer = await self._connected()
        self._tasks.append(asyncio.create_task(self._read_events()))
        return self

    async def __aexit__(self, *_: object) -> None:
        self._writer.close()
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def do(self, command: str, parameters: str = "") -> None:
        """A command of its menu ("dial", "accept", "hangup", "hold", "resume", "transfer")."""
        text = json.dumps({"command": command, "params": parameters})
        self._writer.write(f"{len(text)}:{text},".encode())
        await self._writer.drain()

    async def until(self, event: str, count: int = 1) -> None:
        """It has told this so many times."""
        await self._wait(event, lambda: self.events.count(event) >= count)

    async def registered(self) -> None:
        """It has a binding; it may have had it before it could be asked."""
        await self._wait("binding", lambda: any("1 binding" in line for line in self.log))

    async def _wait(self, what: str, true: Callable[[], bool], within: float = 30) -> None:
        try:
            async with asyncio.timeout(within), self._news:
                await self._news.wait_for(true)
        except TimeoutError:
            raise AssertionError(f"no {what} in {self.events}\n{''.join(self.log[-120:])}") from None

    def loudness(self, frequency: float, last: float = 1.0) -> float:
        """How much of what it heard in the last seconds was this tone, 0 to 1."""
        sound = self._heard(last)
        if len(sound) < 800:
            return 0.0
        spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)))) ** 2
        bins = np.fft.rfftfreq(len(sound), 1 / 8000)
        near = spectrum[np.abs(bins - frequency) < 15].sum()
        return float(near / max(1.0, spectrum.sum()))

    def level(self, last: float = 0.5) -> float:
        """How loud it was in the last seconds: RMS of 16 bit samples."""
        sound = self._heard(last)
        return float(np.sqrt(np.mean(sound**2))) if len(sound) else 0.0

    def heard(self) -> Sound:
        """All it heard until now."""
        return self._heard(86_400)

    def _heard(self, last: float) -> Sound:
        found = max(self.folder.glob("dump-*-dec.wav"), key=lambda path: path.stat().st_mtime_ns, default=None)
        return _samples(found.read_bytes() if found else b"")[-int(8000 * last) :]

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        async with asyncio.timeout(30):
            while True:
                try:
                    return await asyncio.open_connection("127.0.0.1", self._control)
                except OSError:
                    await asyncio.sleep(0.05)  # it has not bound its port yet, and does not tell when

    async def _read_log(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            async with self._news:
                self.log.append(line.decode(errors="replace"))
                self._news.notify_all()

    async def _read_events(self) -> None:
        while size := (await self._reader.readuntil(b":"))[:-1]:
            told: dict[str, Any] = json.loads(await self._reader.readexactly(int(size)))
            await self._reader.readexactly(1)
            async with self._news:
                if told.get("event"):
                    self.events.append(str(told["type"]))
                self._news.notify_all()


def sine(frequency: int, seconds: int = 60) -> bytes:
    """So much of it."""
    t = np.arange(seconds * 8000) / 8000
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setparams((1, 2, 8000, 0, "NONE", ""))
        writer.writeframes((8000 * np.sin(2 * np.pi * frequency * t)).astype("<i2").tobytes())
    return file.getvalue()


def _samples(data: bytes) -> Sound:
    """Of a wav file still being written, whose head knows no length yet."""
    sound = data[data.index(b"data") + 8 :] if b"data" in data else b""
    return np.frombuffer(sound[: len(sound) & ~1], "<i2").astype(np.float64)
