"""Recordings on the clock on the wall: one frame a tick, whatever the call does meanwhile.

The ticker only appends; a thread of its own writes to disk, so that a slow disk is never audible.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from typing import BinaryIO, Final

from plugins.sip.media import wav
from plugins.sip.media.g711 import FRAME

_FLUSH: Final = 50
"""Frames gathered before they go to disk: 1 s."""
_FRAME_BYTES: Final = FRAME * 2 * 2


class DiskThread:
    """Does what touches the disk, one thing after another."""

    def __init__(self) -> None:
        self._work: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="disk", daemon=True)
        self._thread.start()

    def do(self, work: Callable[[], None]) -> None:
        """Soon; `work` catches its own errors."""
        self._work.put(work)

    def stop(self) -> None:
        """After all that was asked for."""
        self._work.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (work := self._work.get()) is not None:
            work()


class Track:
    """One recording. `first_tick` is where its timeline begins; a tick is 20 ms."""

    def __init__(self, path: Path, first_tick: int, disk: DiskThread) -> None:
        self.paused = False
        self.error = ""
        self._file: BinaryIO = path.open("w+b", buffering=0)
        self._file.write(wav.header(2, 0))
        self._disk = disk
        self._next = first_tick
        self._gathered = bytearray()

    def add(self, tick: int, frame: bytes) -> None:
        """Left and right of this tick, interleaved; ticks that were missed are silent."""
        missed = tick - self._next
        if missed < 0:
            return
        self._gathered += bytes(missed * _FRAME_BYTES) if missed else b""
        self._gathered += bytes(_FRAME_BYTES) if self.paused else frame
        self._next = tick + 1
        if len(self._gathered) >= _FLUSH * _FRAME_BYTES:
            self._flush()

    def finish(self, done: Callable[[float, str], None]) -> None:
        """Write the rest and the length; `done(seconds, error)` is called in the disk's thread."""
        self._flush()
        self._disk.do(lambda: done(*self._finished()))

    def _flush(self) -> None:
        gathered, self._gathered = self._gathered, bytearray()
        self._disk.do(lambda: self._write(gathered))

    def _write(self, gathered: bytearray) -> None:
        try:
            self._file.write(gathered)
        except OSError as error:
            self.error = error.strerror or type(error).__name__

    def _finished(self) -> tuple[float, str]:
        try:
            with self._file:
                return wav.finish(self._file), self.error
        except OSError as error:
            return 0.0, error.strerror or type(error).__name__
