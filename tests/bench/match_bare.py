"""What the aim of `match` was taken from: a heap a class, lists of who may take which, and nothing else.

No capacity, no reservations, no rings, no deadlines, no reasons. It cost 6.0 µs (99 %: 10.8) where the aim was set.
"""

from __future__ import annotations

import gc
import heapq
import random
import time
from dataclasses import dataclass, field

Class = tuple[int, int, int]  # queue, skill, the least level


@dataclass(slots=True)
class Bare:
    """`waiting` pieces of work in `classes`, each a heap by place that is deleted from lazily."""

    waiting: int
    classes: int = 500
    signatures: int = 1000
    random: random.Random = field(default_factory=lambda: random.Random(7))
    now: float = 1800.0
    alive: set[int] = field(default_factory=set)
    heaps: list[list[tuple[float, int]]] = field(default_factory=list)

    def run(self, rounds: int) -> list[float]:
        """Microseconds of each match; as much comes as is taken, and a tenth of it goes unserved."""
        reach = self._prepare()
        gc.collect()
        gc.freeze()
        spans = []
        for born in range(self.waiting, self.waiting + rounds):
            self.now += 0.02
            mine = self.random.choice(reach)
            started = time.perf_counter()
            self._match(mine)
            spans.append(1e6 * (time.perf_counter() - started))
            heapq.heappush(self.heaps[self.random.randrange(self.classes)], self._work(born, self.now))
            if self.random.random() < 0.1:
                self.alive.discard(self.random.randrange(born))
        gc.unfreeze()
        return spans

    def _match(self, mine: list[int]) -> None:
        best, where = (self.now + 1, 0), -1
        for number in mine:
            heap = self.heaps[number]
            while heap and heap[0][1] not in self.alive:
                heapq.heappop(heap)
            if heap and heap[0] < best:
                best, where = heap[0], number
        if where >= 0:
            heapq.heappop(self.heaps[where])
            self.alive.remove(best[1])

    def _prepare(self) -> list[list[int]]:
        """Puts down what waits; returns the classes that the agents of each signature may take."""
        chance, wanted = self.random, [self._class() for _ in range(self.classes)]
        self.heaps = [[] for _ in wanted]
        for born in range(self.waiting):
            self.heaps[chance.randrange(self.classes)].append(self._work(born, chance.uniform(0, 1800)))
        for heap in self.heaps:
            heapq.heapify(heap)
        reach = [self._reached(wanted) for _ in range(self.signatures)]
        return [mine for mine in reach if mine]

    def _work(self, born: int, at: float) -> tuple[float, int]:
        self.alive.add(born)
        return (at - 300 * self.random.choice((0, 0, 0, 1)), born)

    def _class(self) -> Class:
        return (self.random.randrange(50), self.random.randrange(12), self.random.randint(1, 3))

    def _reached(self, wanted: list[Class]) -> list[int]:
        queues = self.random.sample(range(50), 3)
        levels = {skill: self.random.randint(1, 3) for skill in self.random.sample(range(12), 5)}
        return [
            number
            for number, (queue, skill, least) in enumerate(wanted)
            if queue in queues and levels.get(skill, 0) >= least
        ]
