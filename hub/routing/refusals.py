"""Who refused which work: they are spared it for a while."""

from __future__ import annotations

import heapq
from collections.abc import Container
from datetime import datetime

from hub.routing.policy import RoutingSettings


class Refusals:
    """`of_work`: work that somebody refused → who, and when; to read."""

    def __init__(self, settings: RoutingSettings) -> None:
        self._settings = settings
        self.of_work: dict[int, dict[int, datetime]] = {}
        self._pauses: list[tuple[datetime, int]] = []

    def add(self, work: int, agent: int, now: datetime) -> None:
        self.of_work.setdefault(work, {})[agent] = now
        heapq.heappush(self._pauses, (now + self._settings.pause, work))

    def forget(self, work: int) -> None:
        self.of_work.pop(work, None)

    def paused(self, work: int, now: datetime) -> Container[int]:
        return self._since(work, now - self._settings.pause)

    def cooling(self, work: int, now: datetime) -> Container[int]:
        return self._since(work, now - self._settings.cool_down)

    def next_end(self) -> datetime | None:
        return self._pauses[0][0] if self._pauses else None

    def pop_ended(self, now: datetime) -> set[int]:
        """Work of which some agent's pause is over."""
        ended = set()
        while self._pauses and self._pauses[0][0] <= now:
            ended.add(heapq.heappop(self._pauses)[1])
        return ended

    def _since(self, work: int, bound: datetime) -> Container[int]:
        return {agent for agent, at in self.of_work.get(work, {}).items() if at > bound}
