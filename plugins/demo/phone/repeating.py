"""UDP loses what it likes: a message is sent again until it is answered (RFC 3261 §17.1, timers A, B, E and F)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

T1, T2 = 0.5, 4.0
GIVE_UP: Final = 64
"""In units of T1."""


class Repeating:
    """Sends at once, and again after T1, 2·T1, … `longest` seconds until `stop`; calls `gave_up` after 64·T1."""

    def __init__(
        self, send: Callable[[], None], gave_up: Callable[[], None], first: float = T1, longest: float = T2
    ) -> None:
        self._send, self._gave_up = send, gave_up
        self._pause, self._longest = first, longest
        self._loop = asyncio.get_running_loop()
        self._end = self._loop.time() + GIVE_UP * first
        self._timer: asyncio.TimerHandle | None = None
        self._turn()

    def stop(self) -> None:
        """It was answered, or no answer is awaited any more."""
        if self._timer is not None:
            self._timer.cancel()

    def _turn(self) -> None:
        if self._loop.time() >= self._end:
            self._gave_up()
            return
        self._send()
        self._timer = self._loop.call_later(self._pause, self._turn)
        self._pause = min(2 * self._pause, self._longest)
