"""How often something may be tried: a bucket of one minute's worth, so that nobody walks through all numbers."""

from __future__ import annotations

import time
from collections.abc import Callable


class Pace:
    """`a_minute` at most, on this node."""

    def __init__(self, a_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = float(a_minute)
        self._clock = clock
        self._left = self._most
        self._at = clock()

    def allows(self) -> bool:
        """Whether one more is allowed; it counts then."""
        now = self._clock()
        self._left = min(self._most, self._left + (now - self._at) * self._most / 60)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True
