"""Arrivals that are expected, interval by interval; each draw of them is another day."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from hub.routing.simulation.draws import Spread, poisson
from hub.routing.simulation.scenario import Contact


@dataclass(frozen=True, slots=True)
class Expected:
    """So many arrivals from `start` up to `start + seconds`, at random; patience is exponential, None for endless."""

    start: float
    seconds: float
    queue: int
    channel: str
    medium: str
    arrivals: float
    handle: Spread
    patience: float | None = None
    skills: Mapping[str, int] = field(default_factory=dict)
    priority: int = 0
    known: Mapping[str, object] = field(default_factory=dict)

    def draw(self, chance: random.Random) -> list[Contact]:
        return [self._one(chance) for _ in range(poisson(self.arrivals, chance))]

    def _one(self, chance: random.Random) -> Contact:
        return Contact(
            self.start + chance.random() * self.seconds,
            self.queue,
            self.channel,
            self.medium,
            self.handle.draw(chance),
            None if self.patience is None else chance.expovariate(1 / self.patience),
            self.skills,
            self.priority,
            known=self.known,
        )


@dataclass(frozen=True, slots=True)
class Day:
    """What is known of a day's arrivals: some as they were (`recorded`), some as they are `expected`."""

    recorded: tuple[Contact, ...] = ()
    expected: tuple[Expected, ...] = ()

    def draw(self, seed: int) -> list[Contact]:
        """One such day, in order of arrival."""
        chance = random.Random(f"arrivals {seed}")
        drawn: Iterable[Contact] = (contact for each in self.expected for contact in each.draw(chance))
        return sorted([*self.recorded, *drawn], key=lambda contact: contact.at)

    @property
    def arrivals(self) -> tuple[Contact | Expected, ...]:
        return (*self.recorded, *self.expected)

    @property
    def last_arrival(self) -> float:
        ends = (each.start + each.seconds for each in self.expected)
        return max([*(each.at for each in self.recorded), *ends])
