"""The work that waits, each piece in the line of its class."""

from __future__ import annotations

from collections.abc import Iterable

from hub.routing.classes import Matrix, WorkKey
from hub.routing.snapshots import Work


def place(work: Work) -> WorkKey:
    """The one order of work: priority, then first enqueue time; it never changes while the work waits."""
    return (-work.priority, work.enqueued_at, work.id)


class Waiting:
    def __init__(self, matrix: Matrix) -> None:
        self._matrix = matrix
        self._works: dict[int, Work] = {}

    def get(self, work: int) -> Work | None:
        return self._works.get(work)

    def __getitem__(self, work: int) -> Work:
        return self._works[work]

    def in_queue(self, queue: int) -> list[Work]:
        return [work for work in self._works.values() if work.queue == queue]

    def sorted(self, works: Iterable[int]) -> list[Work]:
        """Those of them that wait, in order."""
        return sorted((self._works[work] for work in works if work in self._works), key=place)

    def add(self, work: Work) -> None:
        self.drop(work.id)
        self._works[work.id] = work
        self._matrix.line(work).waiting.put(work.id, place(work))

    def drop(self, work: int) -> None:
        if known := self._works.pop(work, None):
            self._matrix.line(known).waiting.drop(work)
