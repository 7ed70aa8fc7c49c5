"""How long a stranger's document is looked at: a decision about two clocks, both handed in."""

from __future__ import annotations

import os
import threading
import time
from typing import Final, NamedTuple

OUT_OF_TIME: Final = 75
"""What a process ends with whose document was given up."""
_EARNED: Final = 0.25
"""Of a page's seconds, as work: what each page adds to what its document may take."""
_WALL, _SHARE = 0.8, 0.2
"""Of a page's seconds, as time on the wall and as work, after which it is given up: the rest is for the process to
begin and to end in, so that a refusal comes within all of them."""
_LOOK: Final = 0.02


class Spent(NamedTuple):
    """Seconds: on the wall, and of processor time."""

    wall: float
    work: float

    @classmethod
    def now(cls) -> Spent:
        return cls(time.monotonic(), time.process_time())


class Patience:
    """A page is given up when most of `seconds` have gone by on the wall and it has had a fifth of them as work (on a
    busy machine an honest page waits, but does not work), or when its document has no work left. Each page earns a
    quarter of `seconds`, pictures up to the rest of them, and no more than `seconds` are ever saved: a page may take
    that much once, many slow ones end early. Only drawing counts, not what is ours to do with what was drawn."""

    def __init__(self, seconds: float, began: Spent) -> None:
        self._seconds, self._saved, self._share = seconds, seconds, seconds * _SHARE
        self._began, self._resting = began, False

    def begin(self, now: Spent) -> None:
        """The next document is opened, or its next page drawn. What has made no page so far gets no new clock."""
        wall = now.wall if self._resting else self._began.wall
        self.rest(now)
        self._share = self._seconds * _SHARE
        self._save(self._seconds * _EARNED)
        self._began, self._resting = Spent(wall, now.work), False

    def expect(self, pictures: float) -> None:
        """It has pictures, as large a part (0 to 1) of all that are allowed: unpacking them is honest work."""
        more = self._seconds * (1 - _EARNED) * min(1.0, pictures)
        self._share += more
        self._save(more)

    def rest(self, now: Spent) -> None:
        """It was drawn."""
        if not self._resting:
            self._saved -= now.work - self._began.work
        self._resting = True

    def over(self, now: Spent) -> bool:
        if self._resting:
            return False
        wall, work = now.wall - self._began.wall, now.work - self._began.work
        return work >= self._saved or (wall >= self._seconds * _WALL and work >= self._share)

    def left(self) -> float:
        """Seconds of work for what has just begun."""
        return self._saved

    def _save(self, work: float) -> None:
        self._saved = min(self._seconds, self._saved + work)


class Watch:
    """Ends this process when there is no patience left, also while native code runs: it lets other threads run."""

    def __init__(self, patience: Patience) -> None:
        self._patience, self._lock = patience, threading.Lock()

    def start(self) -> None:
        threading.Thread(target=self._look, daemon=True).start()

    def begin(self) -> float:
        """Seconds of work there are."""
        with self._lock:
            self._patience.begin(Spent.now())
            return self._patience.left()

    def expect(self, pictures: float) -> float:
        """Seconds of work there are now."""
        with self._lock:
            self._patience.expect(pictures)
            return self._patience.left()

    def rest(self) -> None:
        with self._lock:
            self._patience.rest(Spent.now())

    def _look(self) -> None:
        while not self._is_over():
            time.sleep(_LOOK)
        os._exit(OUT_OF_TIME)

    def _is_over(self) -> bool:
        with self._lock:
            return self._patience.over(Spent.now())
