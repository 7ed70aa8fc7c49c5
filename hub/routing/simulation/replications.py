"""Several days of the same kind, each with chances of its own: means and how sure they are."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from hub.routing.simulation.figures import Cell, Figures, Measure, figures
from hub.routing.simulation.forecast import Day
from hub.routing.simulation.scenario import Scenario
from hub.routing.simulation.world import World


@dataclass(frozen=True, slots=True)
class Estimate:
    """`error`: the standard error of the mean; nan when there was one value only."""

    mean: float
    error: float

    @property
    def doubt(self) -> float:
        """The standard error, 0 where none is known."""
        return 0.0 if math.isnan(self.error) else self.error

    @classmethod
    def of(cls, values: Sequence[float]) -> Estimate:
        error = statistics.stdev(values) / math.sqrt(len(values)) if len(values) > 1 else math.nan
        return cls(statistics.fmean(values), error)


Estimates = Mapping[Measure, Estimate]


def replicate(
    scenario: Scenario,
    day: Day,
    replications: int,
    seed: int,
    told: Callable[[int], None],
) -> dict[Cell, Estimates]:
    """Plays the day so often; `told` hears how often so far. The same seed gives the same figures."""
    days: list[Mapping[Cell, Figures]] = []
    for number in range(replications):
        own = seed * 1_000_003 + number
        days.append(figures(World(scenario, day.draw(own), own).play(), scenario))
        told(number + 1)
    return summarise(days)


def summarise(days: Sequence[Mapping[Cell, Figures]]) -> dict[Cell, Estimates]:
    """Over the days that have the figure; counts are 0 where there is none."""
    cells = dict.fromkeys(cell for day in days for cell in day)
    return {cell: _estimates([day.get(cell, _NOTHING) for day in days]) for cell in cells}


_NOTHING: Figures = {Measure.OFFERED: 0.0, Measure.ANSWERED: 0.0}


def _estimates(found: Iterable[Figures]) -> Estimates:
    values: dict[Measure, list[float]] = {}
    for each in found:
        for measure, value in each.items():
            values.setdefault(measure, []).append(value)
    return {measure: Estimate.of(some) for measure, some in values.items()}
