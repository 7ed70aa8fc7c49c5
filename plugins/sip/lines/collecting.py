"""What a caller presses or says to a flow: keys become answers, a message after the tone becomes a voicemail. While
they wait for an agent a key counts that means something else than to wait on.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Collection, Mapping
from typing import Any

from plugins.sip.calls.keys import Collector, Expected
from plugins.sip.lines.arrangement import Arrangement
from plugins.sip.lines.recording import Recording
from plugins.sip.lines.within import Within
from plugins.sip.media.engine import MediaError

log = logging.getLogger(__name__)


class Collecting:
    """One line's."""

    def __init__(self, line: Within, arrangement: Arrangement) -> None:
        self._line, self._arrangement = line, arrangement
        self._collector = Collector()
        self._offered: Collection[str] = ()
        self._timer: asyncio.TimerHandle | None = None
        self._recording: tuple[asyncio.Event, asyncio.Task[None]] | None = None

    def expect(self, fields: Mapping[str, Any]) -> None:
        """A prompt asks for this."""
        if expected := Expected.of(fields):
            self._collector.expect(expected)

    def offer(self, keys: Collection[str]) -> None:
        """From now on these mean something while they wait."""
        self._offered = keys

    def press(self, key: str) -> None:
        """A key of the customer's."""
        if self._recording is not None:
            self._recording[0].set()
        elif self._line.speaking is not None and self._arrangement.alone:
            self._line.speaking.cut()
            self._answer(self._collector.press(key, time.monotonic()))
            self._wind()
        elif self._line.speaking is not None and self._arrangement.mode == "WAITING" and key in self._offered:
            self._line.speaking.cut()
            self._choose(key)

    def _choose(self, key: str) -> None:
        """Once: pressed again it would answer what they have not been asked yet."""
        self._offered = ()
        self._collector.expect(Expected())
        self._answer(key)

    async def record(self, seconds: float) -> None:
        """A message of at most so long, ended by a key or by hanging up."""
        if self._recording is None and self._line.connected:
            done = asyncio.Event()
            task = asyncio.get_running_loop().create_task(self._record(done, seconds))
            self._recording = (done, task)

    async def close(self) -> None:
        """The call is over: what was said until now counts."""
        if self._timer is not None:
            self._timer.cancel()
        if self._recording is not None:
            self._recording[0].set()
            await asyncio.wait([self._recording[1]])

    async def _record(self, done: asyncio.Event, seconds: float) -> None:
        try:
            recording = await Recording.begin(self._line, "voicemail")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(done.wait(), seconds)
            await recording.finish()
        except (MediaError, OSError) as error:
            log.warning("a message could not be recorded: %s", error)
        finally:
            self._recording = None

    def _answer(self, keys: str) -> None:
        if keys:
            self._line.reports.keys(keys)

    def _wind(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if (due := self._collector.due) is not None:
            pause = max(0.0, due - time.monotonic())
            self._timer = asyncio.get_running_loop().call_later(pause, self._paused)

    def _paused(self) -> None:
        self._answer(self._collector.tick(time.monotonic()))
