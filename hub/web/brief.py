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
        self._kept: tuple[float, int, T] | None = None

    async def get(self, fetch: Callable[[], Awaitable[T]], seen: int = 0) -> T:
        """The value, fetched anew when it is too old.

        `seen`: the number of the last event the asker may know of. If the value is from before it, the answer waits
        until the value may be fetched again: who asks because of an event never gets what was before it, and no
        storm of events fetches more often.
        """
        async with self._turn:
            outdated = self._kept is not None and self._kept[1] < seen
            if self._kept is not None and outdated:
                await asyncio.sleep(max(0.0, self._kept[0] - self._clock()))
            if self._kept is None or outdated or self._clock() >= self._kept[0]:
                self._kept = (self._clock() + self._seconds, seen, await fetch())
            return self._kept[2]
