"""What chance decides: how long something takes, how many come and when."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

_FEW = 30.0  # above it a Poisson number is drawn in halves


@dataclass(frozen=True, slots=True)
class Spread:
    """Seconds around a mean. `cv` is the deviation over the mean: 0 always the mean, 1 exponential, else log-normal."""

    mean: float
    cv: float = 1.0

    def draw(self, chance: random.Random) -> float:
        if not self.mean or not self.cv:
            return self.mean
        if self.cv == 1:
            return chance.expovariate(1 / self.mean)
        variance = math.log1p(self.cv**2)
        return chance.lognormvariate(math.log(self.mean) - variance / 2, math.sqrt(variance))


NOTHING = Spread(0.0)
MINUTE = Spread(60.0, 0.0)


def poisson(mean: float, chance: random.Random) -> int:
    """How many of very many who each come rarely."""
    if mean > _FEW:
        return poisson(mean / 2, chance) + poisson(mean - mean / 2, chance)
    number, product, floor = 0, chance.random(), math.exp(-mean)
    while product > floor:
        number, product = number + 1, product * chance.random()
    return number
