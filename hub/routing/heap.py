"""Heaps whose items can leave or change place: old entries stay and are skipped (lazy deletion)."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

K = TypeVar("K", bound=Any)

_SLACK = 32


class LazyHeap(Generic[K]):
    """Items are ids, each in the heap at most once; the smallest key comes first, of equal ones the smallest id.

    `keys`: each item's key, to read.
    """

    __slots__ = ("_heap", "keys")

    def __init__(self) -> None:
        self.keys: dict[int, K] = {}
        self._heap: list[tuple[K, int]] = []

    def __len__(self) -> int:
        return len(self.keys)

    def __contains__(self, item: int) -> bool:
        return item in self.keys

    def __iter__(self) -> Iterator[int]:
        return iter(self.keys)

    def put(self, item: int, key: K) -> None:
        """Add, or move to another place."""
        if self.keys.get(item) == key:
            return
        self.keys[item] = key
        heapq.heappush(self._heap, (key, item))
        if len(self._heap) > 2 * len(self.keys) + _SLACK:
            self._rebuild()

    def drop(self, item: int) -> None:
        self.keys.pop(item, None)

    def first(self) -> int | None:
        entry = self.first_entry()
        return None if entry is None else entry[1]

    def first_entry(self) -> tuple[K, int] | None:
        """The smallest key and its item."""
        heap, keys = self._heap, self.keys
        while heap:
            entry = heap[0]
            if keys.get(entry[1]) == entry[0]:
                return entry
            heapq.heappop(heap)
        return None

    def first_where(self, accepts: Callable[[int], bool]) -> tuple[K, int] | None:
        """The first item accepted, with its key; those passed over keep their places."""
        passed: list[tuple[K, int]] = []
        entry = self.first_entry()
        while entry is not None and not accepts(entry[1]):
            passed.append(heapq.heappop(self._heap))
            entry = self.first_entry()
        for each in passed:
            heapq.heappush(self._heap, each)
        return entry

    def _rebuild(self) -> None:
        self._heap = [(key, item) for item, key in self.keys.items()]
        heapq.heapify(self._heap)


class Due(Protocol):
    """What time brings something to, at most once at a time."""

    number: int
    due: datetime | None


D = TypeVar("D", bound=Due)


class Agenda(Generic[D]):
    """What is due when, the soonest first, of one moment the lowest number. It holds the things themselves: one that is
    due at another time stays behind until it comes up, and its own field then says that it is not meant."""

    __slots__ = ("_heap", "_length", "_limit")

    def __init__(self) -> None:
        self._heap: list[tuple[datetime, int, D]] = []
        self._length, self._limit = 0, _SLACK

    def put(self, thing: D, at: datetime) -> None:
        """Add, or move to another time."""
        if thing.due is None:
            self._length += 1
        thing.due = at
        heapq.heappush(self._heap, (at, thing.number, thing))
        if len(self._heap) > self._limit:
            self._tidy()

    def drop(self, thing: D) -> None:
        if thing.due is not None:
            thing.due = None
            self._length -= 1

    def next(self) -> datetime | None:
        """When the first is due."""
        heap = self._heap
        while heap:
            at, _, thing = heap[0]
            if thing.due is at:
                return at
            heapq.heappop(heap)
        return None

    def due_by(self, now: datetime) -> Iterator[D]:
        """Those due, each taken out."""
        while (at := self.next()) is not None and at <= now:
            thing = self._heap[0][2]
            self.drop(thing)
            yield thing

    def _tidy(self) -> None:
        """What is not meant any more goes, once it is as much as what is."""
        if len(self._heap) > 2 * self._length + _SLACK:
            self._heap = list(dict.fromkeys(each for each in self._heap if each[2].due is each[0]))
            heapq.heapify(self._heap)
        self._limit = 2 * self._length + _SLACK
