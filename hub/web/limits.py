"""Counts what is done too often: a bounded memory of recent attempts by key."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

from hub.model.errors import TooMany

MOST_KEYS = 50_000


class Limit:
    """At most `most` attempts a key within `seconds`. A node counts for itself."""

    def __init__(self, most: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.most = most
        self.seconds = seconds
        self._clock = clock
        self._windows: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def check(self, key: str) -> None:
        """Raises TooMany when the key has used up its attempts."""
        start, count = self._window(key)
        if count >= self.most:
            raise TooMany(retry_after=max(1.0, start + self.seconds - self._clock()))

    def count(self, key: str) -> None:
        """One more attempt."""
        start, count = self._window(key)
        self._windows[key] = (start, count + 1)
        self._windows.move_to_end(key)
        if len(self._windows) > MOST_KEYS:
            self._windows.popitem(last=False)

    def clear(self, key: str) -> None:
        """Forget the attempts of a key."""
        self._windows.pop(key, None)

    def _window(self, key: str) -> tuple[float, int]:
        now = self._clock()
        start, count = self._windows.get(key, (now, 0))
        return (start, count) if now < start + self.seconds else (now, 0)
