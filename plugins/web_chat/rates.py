"""Rate limits as pure values: token buckets that take the time as an argument."""

from collections import OrderedDict
from dataclasses import dataclass

MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Rate:
    """So many a minute, so many at once. `per_minute` 0 means no limit."""

    per_minute: int
    burst: int

    @classmethod
    def of(cls, per_minute: int) -> "Rate":
        """The usual shape: a quarter of a minute's worth may come at once, and never less than three."""
        return cls(per_minute, max(3, per_minute // 4))


@dataclass(frozen=True, slots=True)
class Bucket:
    """What is left of a burst, as of `at` (seconds of any steady clock)."""

    tokens: float
    at: float


def take(bucket: Bucket | None, rate: Rate, now: float) -> tuple[Bucket, float]:
    """One more: the bucket after it, and how many seconds too early it is (0.0: it may pass)."""
    per_second = rate.per_minute / MINUTE
    before = bucket or Bucket(rate.burst, now)
    tokens = min(float(rate.burst), before.tokens + max(0.0, now - before.at) * per_second)
    if tokens >= 1.0:
        return Bucket(tokens - 1.0, now), 0.0
    return Bucket(tokens, now), (1.0 - tokens) / per_second


class Buckets:
    """Buckets by whom they are for, bounded: the ones unused for longest are forgotten first, and were full again."""

    def __init__(self, most: int = 50_000) -> None:
        self._buckets: OrderedDict[tuple[str, str], Bucket] = OrderedDict()
        self._most = most

    def take(self, what: str, whose: str, rate: Rate, now: float) -> float:
        """Seconds to wait before `whose` may do `what` once more; 0.0 when they just did."""
        if rate.per_minute == 0:
            return 0.0
        key = (what, whose)
        self._buckets[key], wait = take(self._buckets.get(key), rate, now)
        self._buckets.move_to_end(key)
        if len(self._buckets) > self._most:
            self._buckets.popitem(last=False)
        return wait
