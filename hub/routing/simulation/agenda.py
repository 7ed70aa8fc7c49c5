"""What is still to happen, in order of time; of the same time, in the order it was planned."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable

Happening = Callable[[], None]


class Agenda:
    def __init__(self) -> None:
        self._planned: list[tuple[float, int, Happening]] = []
        self._number = 0

    def plan(self, at: float, happening: Happening) -> None:
        self._number += 1
        heapq.heappush(self._planned, (at, self._number, happening))

    @property
    def next(self) -> float:
        """When the first of it happens; infinite for never."""
        return self._planned[0][0] if self._planned else math.inf

    def pop(self) -> Happening:
        return heapq.heappop(self._planned)[2]
