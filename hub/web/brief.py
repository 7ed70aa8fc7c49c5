"""A short memory for what many screens ask at once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Brief(Generic[T]):
    """Keeps one value for `seconds`; whoever asks while it is being fetched waits for the same fetch."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._turn = asyncio.Lock()
        self._kept: tuple[float, T] | None = None

    async def get(self, fetch: Callable[[], Awaitable[T]]) -> T:
        """The value, fetched anew when it is too old."""
        async with self._turn:
            now = self._clock()
            if self._kept is None or now >= self._kept[0]:
                self._kept = (now + self._seconds, await fetch())
            return self._kept[1]
