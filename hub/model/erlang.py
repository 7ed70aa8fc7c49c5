"""Erlang's formulas: what a number of agents achieves for a load, and how many agents a target takes.

B: who finds all agents busy is lost. C: waits for ever. A: waits as long as patience lasts, which is exponential.
Arrivals are Poisson, handle times exponential. The load is in erlangs: contacts a second times handle seconds.
Sources: Gans, Koole, Mandelbaum, "Telephone call centers" (2003), §4; Zeltyn, Mandelbaum, "Call centers with
impatient customers: exact analysis" (2005), whose integral J is used here, scaled so that nothing overflows.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

_NEGLIGIBLE = 40.0  # e⁻⁴⁰ of the largest value is below what a float adds
_STRIPS = 1_000  # of Simpson's rule: relative error about 1e-8


@dataclass(frozen=True, slots=True)
class Demand:
    """`load` in erlangs; mean handle time; mean patience, None for endless. Raises ValueError."""

    load: float
    handle_seconds: float
    patience_seconds: float | None = None

    def __post_init__(self) -> None:
        patience = 1.0 if self.patience_seconds is None else self.patience_seconds
        if not (0 <= self.load < math.inf and 0 < self.handle_seconds < math.inf and 0 < patience < math.inf):
            raise ValueError(f"no load that people can bring: {self}")


@dataclass(frozen=True, slots=True)
class Target:
    """The share `service_level` (below 1) of all contacts is answered `within_seconds`; the other two are limits."""

    service_level: float = 0.8
    within_seconds: float = 20.0
    max_occupancy: float = 1.0
    max_abandoned: float = 1.0

    def __post_init__(self) -> None:
        shares = (self.service_level, self.max_occupancy, self.max_abandoned)
        if not (
            0 <= self.service_level < 1 and self.within_seconds >= 0 and all(0 < share <= 1 for share in shares[1:])
        ):
            raise ValueError(f"no target that agents can reach: {self}")


@dataclass(frozen=True, slots=True)
class Service:
    """Shares of all contacts, from 0 to 1; `asa_seconds` is the mean of the answered, the other mean of all."""

    wait_probability: float
    service_level: float
    asa_seconds: float
    mean_wait_seconds: float
    abandoned: float
    occupancy: float


@dataclass(frozen=True, slots=True)
class Staffing:
    """`agents` at work, `scheduled` so that these remain after breaks, training and illness."""

    agents: int
    scheduled: int
    service: Service


def erlang_b(load: float, agents: int) -> float:
    """The share that finds all agents busy when nobody waits."""
    blocked = 1.0
    for busy in range(1, agents + 1):
        blocked = load * blocked / (busy + load * blocked)
    return blocked


def erlang_c(load: float, agents: int) -> float:
    """The share that waits when nobody gives up; 1 where the agents cannot keep up."""
    if load >= agents:
        return 1.0 if load else 0.0
    blocked = erlang_b(load, agents)
    return agents * blocked / (agents - load * (1 - blocked))


def service(demand: Demand, agents: int, within_seconds: float) -> Service:
    """What so many agents achieve: Erlang A with a patience, else Erlang C, where a hopeless queue waits for ever."""
    if not demand.load:
        return Service(0.0, 1.0, 0.0, 0.0, 0.0, 0.0)
    if demand.patience_seconds is not None:
        return _impatient(demand, agents, within_seconds, demand.patience_seconds)
    if demand.load >= agents:
        return Service(1.0, 0.0, math.inf, math.inf, 0.0, 1.0)
    waits, spare = erlang_c(demand.load, agents), (agents - demand.load) / demand.handle_seconds
    mean = waits / spare
    return Service(waits, 1 - waits * math.exp(-spare * within_seconds), mean, mean, 0.0, demand.load / agents)


def staffing(demand: Demand, target: Target, shrinkage: float = 0.0) -> Staffing:
    """The fewest agents that reach the target. `shrinkage`: share of paid time, below 1, that is spent otherwise."""
    if not 0 <= shrinkage < 1:
        raise ValueError(f"nobody would be left: a shrinkage of {shrinkage}")

    def reached(agents: int) -> bool:
        return _meets(service(demand, agents, target.within_seconds), target)

    agents = _fewest(reached, math.ceil(demand.load))
    scheduled = math.ceil(round(agents / (1 - shrinkage), 9))  # 14 / 0.7 is 20, whatever a float makes of it
    return Staffing(agents, scheduled, service(demand, agents, target.within_seconds))


def _meets(found: Service, target: Target) -> bool:
    return (
        found.service_level >= target.service_level
        and found.occupancy <= target.max_occupancy
        and found.abandoned <= target.max_abandoned
    )


def _fewest(reached: Callable[[int], bool], guess: int) -> int:
    """Upwards from the guess, then by halving; more agents always serve better."""
    low, high = -1, guess
    while not reached(high):
        low, high = high, high + 1 + math.isqrt(high)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if reached(middle) else (middle, high)
    return high


def _impatient(demand: Demand, agents: int, within_seconds: float, patience: float) -> Service:
    if not agents:
        return Service(1.0, 0.0, math.inf, patience, 1.0, 0.0)
    wait = _OfferedWait(demand.load, agents, demand.handle_seconds, patience)
    at_once = 1 - wait.probability
    answered = at_once + wait.mean(wait.stays)
    mean_wait = wait.mean(lambda seconds: (1 - wait.stays(seconds)) * patience)
    return Service(
        wait_probability=wait.probability,
        service_level=at_once + wait.mean(wait.stays, within_seconds),
        asa_seconds=wait.mean(lambda seconds: seconds * wait.stays(seconds)) / answered,
        mean_wait_seconds=mean_wait,
        abandoned=mean_wait / patience,
        occupancy=min(demand.load * answered / agents, 1.0),
    )


class _OfferedWait:
    """How long somebody with endless patience would wait, with all others as patient as they are.

    The density at x > 0 is proportional to exp(λ∫₀ˣ P(patience > u) du − nμx); the rest of the probability is at 0.
    Where the load is too great the density has its peak later, and its logarithm there may be in the thousands.
    """

    def __init__(self, load: float, agents: int, handle_seconds: float, patience: float) -> None:
        self.arrivals, self.services, self.patience = load / handle_seconds, agents / handle_seconds, patience
        self.peak = max(0.0, math.log(load / agents) * patience)
        self.top = self._exponent(self.peak)
        self.begin = self._edge(0.0) if self._negligible(0.0) else 0.0
        self.end = self._edge(self._far())
        self.mass = self._masses(self.end)
        busy = self.arrivals * erlang_b(load, agents - 1)
        whole = math.fsum(mass for _, mass in self.mass)
        self.probability = busy * whole / (math.exp(-self.top) + busy * whole)
        self.share = self.probability / whole

    def stays(self, seconds: float) -> float:
        """The share whose patience lasts so long."""
        return math.exp(-seconds / self.patience)

    def mean(self, of: Callable[[float], float], until: float = math.inf) -> float:
        """The mean, over all contacts, of a function of the wait that is 0 for who waits not at all or longer."""
        masses = self.mass if until >= self.end else self._masses(until)
        return self.share * math.fsum(of(seconds) * mass for seconds, mass in masses)

    def _exponent(self, seconds: float) -> float:
        return -self.arrivals * self.patience * math.expm1(-seconds / self.patience) - self.services * seconds

    def _negligible(self, seconds: float) -> bool:
        return self._exponent(seconds) < self.top - _NEGLIGIBLE

    def _far(self) -> float:
        step = 1 / self.services
        while not self._negligible(self.peak + step):
            step *= 2
        return self.peak + step

    def _edge(self, outside: float) -> float:
        """Between the peak and what is negligible, by halving."""
        inside = self.peak
        for _ in range(60):
            middle = (inside + outside) / 2
            inside, outside = (inside, middle) if self._negligible(middle) else (middle, outside)
        return outside

    def _masses(self, until: float) -> list[tuple[float, float]]:
        """Waits up to `until` and their masses; those in which patience ends are taken in finer strips."""
        knots = [self.begin, min(self.begin + _NEGLIGIBLE * self.patience, until), until]
        return [
            (seconds, weight * math.exp(self._exponent(seconds) - self.top))
            for begin, end in pairwise(knots)
            for seconds, weight in _simpson(begin, end)
        ]


def _simpson(begin: float, end: float) -> list[tuple[float, float]]:
    """Points and weights of Simpson's rule; none where there is nothing between."""
    if begin >= end:
        return []
    width = (end - begin) / _STRIPS
    weights = [1, *[4, 2] * (_STRIPS // 2 - 1), 4, 1]
    return [(begin + strip * width, weight * width / 3) for strip, weight in enumerate(weights)]
