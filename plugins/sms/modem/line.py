"""The serial line to a modem, opened by pyserial (an extra): a thread reads, the event loop is told what came."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from hub.api import Misconfigured, Unreachable

if TYPE_CHECKING:
    from serial import Serial  # type: ignore[import-untyped]  # pyserial has no types

MISSING: Final = "pyserial is not installed: pip install contact-hub[sms]"
LOOK: Final = 0.2
"""Seconds after which the reading thread looks whether the line is to be closed."""
LONGEST: Final = 4096
"""Octets of a line; what is longer is noise."""
PROMPT: Final = "> "


class Line:
    """`Line.open` opens; `lines` has every line that came, `None` at the end; a prompt is a line, too."""

    def __init__(self, serial: Serial) -> None:
        self._serial = serial
        self._loop = asyncio.get_running_loop()
        self.lines: asyncio.Queue[str | None] = asyncio.Queue()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._read, name="modem", daemon=True)
        self._thread.start()

    @classmethod
    async def open(cls, device: str, baud: int) -> Line:
        """Raises Unreachable (it is not plugged in, somebody else has it), Misconfigured."""
        try:
            import serial
        except ImportError:
            raise Misconfigured(MISSING) from None
        try:
            port = await asyncio.to_thread(serial.Serial, device, baud, timeout=LOOK, write_timeout=5, exclusive=True)
        except (OSError, ValueError) as error:
            raise Unreachable(f"{device}: {error}") from None
        return cls(port)

    async def write(self, text: str) -> None:
        """Raises Unreachable where the line has ended."""
        try:
            await asyncio.to_thread(self._serial.write, text.encode("ascii", "replace"))
        except OSError as error:
            raise Unreachable(f"the line to the modem ended: {error}") from None

    async def close(self) -> None:
        """Let go of the device."""
        self._closing.set()
        await asyncio.to_thread(self._thread.join, 5)
        with suppress(OSError):
            self._serial.close()

    def _read(self) -> None:
        waiting = bytearray()
        with suppress(OSError, TypeError):  # unplugged; pyserial closes the file under a read with a TypeError
            while not self._closing.is_set():
                waiting += self._serial.read(max(1, min(self._serial.in_waiting, LONGEST)))
                waiting = self._told(waiting)
        with suppress(RuntimeError):  # the loop has ended before us
            self._loop.call_soon_threadsafe(self.lines.put_nowait, None)

    def _told(self, waiting: bytearray) -> bytearray:
        """Tell of every whole line, and of a prompt; what is left waits."""
        *whole, rest = waiting.replace(b"\r", b"\n").split(b"\n")
        for line in whole:
            if line.strip():
                self._tell(line)
        if rest.startswith(PROMPT.encode()):
            self._tell(rest[:2])
            rest = rest[2:]
        return bytearray(rest[:LONGEST])

    def _tell(self, line: bytes | bytearray) -> None:
        self._loop.call_soon_threadsafe(self.lines.put_nowait, line.decode("ascii", "replace"))
