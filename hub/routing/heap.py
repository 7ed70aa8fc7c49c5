"""A heap whose items can leave or change place: old entries stay and are skipped (lazy deletion)."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

K = TypeVar("K", bound=tuple[Any, ...])

_SLACK = 32


class LazyHeap(Generic[K]):
    """Items are ids, each in the heap at most once; the smallest key comes first."""

    def __init__(self) -> None:
        self._keys: dict[int, K] = {}
        self._heap: list[tuple[K, int]] = []

    def __len__(self) -> int:
        return len(self._keys)

    def __contains__(self, item: int) -> bool:
        return item in self._keys

    def __iter__(self) -> Iterator[int]:
        return iter(self._keys)

    def key(self, item: int) -> K:
        return self._keys[item]

    def put(self, item: int, key: K) -> None:
        """Add, or move to another place."""
        if self._keys.get(item) == key:
            return
        self._keys[item] = key
        heapq.heappush(self._heap, (key, item))
        if len(self._heap) > 2 * len(self._keys) + _SLACK:
            self._rebuild()

    def drop(self, item: int) -> None:
        self._keys.pop(item, None)

    def first(self) -> int | None:
        heap, keys = self._heap, self._keys
        while heap:
            key, item = heap[0]
            if keys.get(item) == key:
                return item
            heapq.heappop(heap)
        return None

    def first_where(self, accepts: Callable[[int], bool]) -> int | None:
        """The first item accepted; those passed over keep their places."""
        passed: list[tuple[K, int]] = []
        item = self.first()
        while item is not None and not accepts(item):
            passed.append(heapq.heappop(self._heap))
            item = self.first()
        for entry in passed:
            heapq.heappush(self._heap, entry)
        return item

    def _rebuild(self) -> None:
        self._heap = [(key, item) for item, key in self._keys.items()]
        heapq.heapify(self._heap)
