"""Every call's 20 ms, on time although one of them may be busy for long.

A page's end costs spandsp up to 85 ms. So a few threads share the calls: one of them waits for the next that is due,
and while it works another waits. The interpreter's lock is free while the library works.
"""

from __future__ import annotations

import heapq
import itertools
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable
from typing import Final

from plugins.fax.terminal.t30 import TICK

THREADS: Final = 8
_REMEMBERED: Final = 100_000
_LATEST: Final = 2.0
"""Seconds; who is later than that skips, for the far side has given up on it."""


class Ticker:
    """`add` what is to be ticked; it ticks as long as the answer is True."""

    def __init__(self, threads: int = THREADS) -> None:
        self._due: list[tuple[float, int, Callable[[], bool]]] = []
        self._numbers = itertools.count()
        self._lead, self._changed = threading.Lock(), threading.Condition()
        self._late: deque[float] = deque(maxlen=_REMEMBERED)
        self._count = 0
        for number in range(threads):
            threading.Thread(target=self._follow, name=f"ticks-{number}", daemon=True).start()

    def __len__(self) -> int:
        return self._count

    def add(self, tick: Callable[[], bool]) -> None:
        """From the next 20 ms on."""
        with self._changed:
            self._count += 1
            heapq.heappush(self._due, (time.monotonic() + TICK, next(self._numbers), tick))
            self._changed.notify()

    def lateness(self) -> list[float]:
        """Seconds each tick began late since the last look."""
        late, self._late = self._late, deque(maxlen=_REMEMBERED)
        return list(late)

    def _follow(self) -> None:
        while True:
            with self._lead:
                due, number, tick = self._next()
            late = time.monotonic() - due
            self._late.append(late)
            again = _ticked(tick)
            with self._changed:
                if again:
                    heapq.heappush(self._due, (due + TICK if late < _LATEST else due + late, number, tick))
                    self._changed.notify()
                else:
                    self._count -= 1

    def _next(self) -> tuple[float, int, Callable[[], bool]]:
        """The next that is due, when it is."""
        with self._changed:
            while not self._due or self._due[0][0] > time.monotonic():
                self._changed.wait(self._due[0][0] - time.monotonic() if self._due else None)
            return heapq.heappop(self._due)


def _ticked(tick: Callable[[], bool]) -> bool:
    try:
        return tick()
    except Exception:  # noqa: BLE001  # whatever befell one call, the others go on
        traceback.print_exc()
        return False
